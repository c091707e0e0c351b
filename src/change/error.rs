//! What can keep a change from being worked out.

use super::LockFault;
use crate::blueprint::BlueprintError;
use crate::merge::MergeRefusal;
use crate::yaml::Fault;

/// What kept a change from being worked out.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The lock cannot be used.
    #[error("plimsoll.lock {0}")]
    Lock(LockFault),
    /// Files that cannot be merged, by their paths below the service's folder.
    #[error("{} files that cannot be merged", .0.len())]
    Refused(Vec<MergeRefusal>),
    /// A rule of the checklist cannot be compiled.
    #[error("{} faults in the checklist", .0.len())]
    Faults(Vec<Fault>),
    /// The blueprint does not render.
    #[error(transparent)]
    Blueprint(#[from] BlueprintError),
    /// Something that cannot be.
    #[error("{0}")]
    Bug(String),
}
