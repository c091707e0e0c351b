//! Puts computed files on disk and into git, all or nothing.
//!
//! The layer knows paths and bytes, nothing of what the files mean. A run has
//! four steps:
//!
//! 1. [`Repo::discover`] finds the repository. [`Repo::begin`] keeps other runs out, and puts right
//!    what a run left that was killed. Files are read after that.
//! 2. [`WriteSet`] collects the files.
//! 3. [`WriteSet::preflight`] and [`Repo::preflight`] report every fault at once
//!    and change nothing.
//! 4. [`Session::commit`] writes the files and commits exactly those, or leaves everything as it was.
//!
//! Whatever else the user has staged, modified or left untracked stays as it is.
//!
//! # If the process is killed
//!
//! Before the first change a journal tells all that will change, and the old files are kept beside
//! it (`journal.rs`). The next run to begin takes a journal that still stands for that of a killed
//! one: the lock of the dead is open. If the commit is on its branch the index is completed, else
//! every file that holds what was to be written gets its old bytes back (`session.rs`). The index
//! of the user comes last: it is locked only while HEAD moves, by a second name of the journal, so
//! that a lock left behind is known for ours.

mod change;
mod detect;
mod error;
mod git;
mod hint;
mod hunks;
mod journal;
mod lock;
mod notice;
mod one_file;
mod read;
mod remote;
mod resolve;
mod session;
mod state;
mod write;

pub use detect::{Found, detect};
pub use error::WorkspaceError;
pub use git::{Commit, CommitRequest, DirtyFile, Edit, NewRepo, Operation, Ready, Repo};
pub use hunks::hunks;
pub use lock::{LOCK_FILE, Lock, LockFault, Locked, LockedFile, digest, lock_schema_of_type};
pub use notice::{Notice, Recovered, Tell};
pub use one_file::{check_writable, write_file};
pub use read::{find_files, find_folders_with, read_text};
pub use session::{Applied, Session};
pub use write::WriteSet;
