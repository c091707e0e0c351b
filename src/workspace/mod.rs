//! Puts computed files on disk and into git, all or nothing.
//!
//! The layer knows paths and bytes, nothing of what the files mean. A run has
//! four steps:
//!
//! 1. [`WriteSet`] collects the files; [`Repo::discover`] finds the repository.
//! 2. [`WriteSet::preflight`] and [`Repo::preflight`] report every fault at once
//!    and change nothing.
//! 3. [`WriteSet::apply`] writes the files, or leaves everything as it was.
//! 4. [`Repo::commit`] commits exactly those files. If it fails, the index and
//!    HEAD are as before and [`Applied::rollback`] puts the files back.
//!
//! Whatever else the user has staged, modified or left untracked stays as it is.

mod detect;
mod error;
mod git;
mod hint;
mod lock;
mod read;
mod resolve;
mod undo;
mod write;

pub use detect::{Found, detect};
pub use error::WorkspaceError;
pub use git::{Commit, CommitRequest, DirtyFile, Edit, NewRepo, Operation, Ready, Repo};
pub use lock::{LOCK_FILE, Lock, LockFault, Locked, LockedFile, digest, lock_schema};
pub use read::{find_files, read_text};
pub use undo::Applied;
pub use write::WriteSet;
