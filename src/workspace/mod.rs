//! Layer 5: puts computed files on disk and into git, all or nothing.
//!
//! The layer knows paths and bytes, nothing of what the files mean. A run has
//! five steps:
//!
//! 1. [`Repo::discover`] finds the repository. [`Repo::begin`] keeps other runs out, and puts right
//!    what a run left that was killed. Files are read after that.
//! 2. [`WriteSet`] collects the files.
//! 3. [`Session::hold`] takes git's lock of the index: from now on nobody else commits.
//! 4. [`WriteSet::preflight`] and [`Repo::preflight`] report every fault at once
//!    and change nothing.
//! 5. [`HeldSession::commit`] writes the files and commits exactly those, or leaves everything as it was.
//!
//! Whatever else the user has staged, modified or left untracked stays as it is. The branch moves last, and
//! only from where it was when HEAD was read; where somebody has moved it all the same, the files are put
//! back and the run begins again at step 3. No branch is ever reset, and no log cut.
//!
//! # Where things lie
//!
//! What lies in a work tree is somebody's input. [`Bounds`] makes a path of a name only if it stays below its
//! folder, and reads nothing but regular files there; what a run keeps for itself lies in git's own folder,
//! or outside of a repository in the user's private folder for state (`state.rs`).
//!
//! # If the process is killed
//!
//! Before the first change a journal tells all that will change, and the old files are kept beside
//! it (`journal.rs`). The next run to begin takes a journal that still stands for that of a killed
//! one: the lock of the dead is open. If the commit is on its branch the index is completed, else
//! every file that holds what was to be written gets its old bytes back (`session.rs`). git's lock of the
//! index is a second name of a file of ours, so that one left behind is known.

#![allow(clippy::disallowed_methods, reason = "the layer that reaches the disk, within its bounds")]

mod below;
mod change;
mod detect;
mod dirty_file;
mod error;
mod git;
mod hint;
mod hunks;
mod journal;
mod kustomize;
mod look;
mod notice;
mod one_file;
mod operation;
mod read;
mod remote;
mod resolve;
mod session;
mod shield;
mod state;
mod write;

pub use below::{Below, Bounds, is_below};
pub use detect::{Detected, detect};
pub use dirty_file::{Dirtiness, DirtyFile};
pub use error::WorkspaceError;
pub use git::{Commit, CommitRequest, NewRepo, Ready, Repo};
pub use hunks::hunks;
pub use kustomize::build_kustomization;
pub use look::{is_file, is_folder, real, stands};
pub use notice::{Notice, Recovered, Tell};
pub use one_file::{check_writable, write_file};
pub use operation::Operation;
pub use read::{
    Input, find_files, find_folders_with, find_manifests, place_near, read_below, read_manifests, read_near, read_standard_input,
    read_typed,
};
pub use session::{Applied, HeldSession, Session};
pub use write::WriteSet;
