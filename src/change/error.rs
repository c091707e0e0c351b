//! What can keep a change from being worked out.

use std::path::PathBuf;

use super::LockFault;
use crate::blueprint::BlueprintError;
use crate::merge::MergeRefusal;
use crate::yaml::Fault;

/// What kept a change from being worked out.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The lock cannot be used.
    #[error("{} {fault}", path.display())]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// Why.
        fault: LockFault,
    },
    /// Files that cannot be merged.
    #[error("{} files that cannot be merged", .0.len())]
    Refused(Vec<MergeRefusal>),
    /// Answers, manifests or a checklist are not in order.
    #[error("{} faults in what was asked for", .0.len())]
    Faults(Vec<Fault>),
    /// The blueprint does not render.
    #[error(transparent)]
    Blueprint(#[from] BlueprintError),
    /// Something that cannot be.
    #[error("{0}")]
    Bug(String),
}
