//! What a run keeps in its folder for git to read.

use std::path::PathBuf;

use super::super::state::StateFolder;

/// Where the draft of the index stands. A run that finishes another's commit reads it again.
pub(super) fn draft_path(state: &StateFolder) -> PathBuf {
    state.path("draft")
}

/// Where the message is kept, for git and for whoever finishes the run.
pub(super) fn message_path(state: &StateFolder) -> PathBuf {
    state.path("message")
}
