//! What can keep an operation from being done. Nothing has been changed then.

use std::path::{Path, PathBuf};

use crate::blueprint::BlueprintError;
use crate::change::{ChangeError, LockFault};
use crate::merge::MergeRefusal;
use crate::notation::counted;
use crate::workspace::WorkspaceError;
use crate::yaml::Fault;

/// What kept an operation from being done.
#[derive(Debug, thiserror::Error)]
pub enum OpError {
    /// Answers, a service file or a checklist are not in order.
    #[error("{} in what was asked for", counted(.0.len(), "fault"))]
    Faults(Vec<Fault>),
    /// Files stand where Plimsoll would write, and Plimsoll did not write them.
    #[error("{} that Plimsoll did not write", counted(.paths.len(), "file"))]
    Exists {
        /// The folder of the service.
        dir: PathBuf,
        /// The files.
        paths: Vec<PathBuf>,
    },
    /// Objects that Plimsoll would write stand in the folder already.
    #[error("{} of the same name in {}", counted(.faults.len(), "object"), dir.display())]
    ObjectsStand {
        /// The folder of the service.
        dir: PathBuf,
        /// The objects, each with its place.
        faults: Vec<Fault>,
    },
    /// The folder holds a service that Plimsoll wrote before.
    #[error("{} holds a service that Plimsoll wrote before", .0.display())]
    AlreadyThere(PathBuf),
    /// The service file exists, and answers were given beside it.
    #[error("{} exists already, and other answers were given beside it", .0.display())]
    TwoServiceFiles(PathBuf),
    /// What is named is a file, or is not there.
    #[error("{} is not a folder", .0.display())]
    NotAFolder(PathBuf),
    /// The folder holds no service file.
    #[error("{} does not exist", .0.display())]
    NoServiceFile(PathBuf),
    /// The folder holds no lock, so Plimsoll has not written its service.
    #[error("{} does not exist", .0.display())]
    NoLock(PathBuf),
    /// The lock cannot be used.
    #[error("{} {fault}", path.display())]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// Why.
        fault: LockFault,
    },
    /// None of the objects that were rendered last stands in the folder any more.
    #[error("none of the {} that plimsoll.lock tells of is left in {}", counted(files.len(), "manifest"), shown(dir))]
    AllGone {
        /// The service's folder.
        dir: PathBuf,
        /// The manifests, by their paths below it.
        files: Vec<String>,
        /// A file of the folder that holds one of the objects.
        elsewhere: Option<PathBuf>,
    },
    /// The folder is in no repository, and is to be committed.
    #[error("{} is not in a git repository", .0.display())]
    NotInRepository(PathBuf),
    /// Another service, with which it is written, could not be.
    #[error("is written together with {}, which could not be", .0.display())]
    WrittenWith(PathBuf),
    /// The person left before anything was written.
    #[error("cancelled")]
    Left,
    /// Files cannot be merged.
    #[error("{} that cannot be merged", counted(.0.len(), "fault"))]
    Refused(Vec<MergeRefusal>),
    /// The folder is another one than what was shown and agreed to.
    #[error("{} has changed since it was read", .0.display())]
    ChangedMeanwhile(PathBuf),
    /// A file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The repository or the disk is not in order.
    #[error("{} in the folder or its repository", counted(.0.len(), "fault"))]
    Workspace(Vec<WorkspaceError>),
    /// A shipped blueprint or checklist is faulty, or something else that cannot be.
    #[error("{0}")]
    Bug(String),
}

impl From<BlueprintError> for OpError {
    fn from(error: BlueprintError) -> Self {
        match error {
            BlueprintError::Beyond { limit, .. } => {
                Self::Faults(vec![Fault { message: error.to_string(), ..Fault::beyond(limit) }])
            }
            error => Self::Bug(error.to_string()),
        }
    }
}

impl From<ChangeError> for OpError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Lock { path, fault } => Self::Lock { path, fault },
            ChangeError::Refused(refusals) => Self::Refused(refusals),
            ChangeError::Faults(faults) => Self::Faults(faults),
            ChangeError::Blueprint(error) => error.into(),
            ChangeError::Bug(what) => Self::Bug(what),
        }
    }
}

impl From<WorkspaceError> for OpError {
    fn from(error: WorkspaceError) -> Self {
        Self::Workspace(vec![error])
    }
}

/// A folder as people name it.
fn shown(dir: &Path) -> String {
    if dir == Path::new("") { ".".to_owned() } else { dir.display().to_string() }
}
