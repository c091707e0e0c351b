//! The file that holds the index, and its lock.

use std::fs::{self, File, Permissions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use git2::Repository;

use super::super::error::WorkspaceError;
use super::super::undo::replace;
use super::Repo;

/// Where git keeps the lock of the index.
pub(super) fn lock_path(repo: &Repository) -> PathBuf {
    repo.path().join("index.lock")
}

/// Where git keeps the index.
pub(super) fn index_path(repo: &Repository) -> PathBuf {
    repo.path().join("index")
}

/// Keeps every other git process from changing the index, until dropped.
pub(super) struct IndexLock(PathBuf);

impl IndexLock {
    pub(super) fn acquire(repo: &Repo) -> Result<Self, WorkspaceError> {
        let lock = lock_path(&repo.inner);
        match File::create_new(&lock) {
            Ok(_) => Ok(Self(lock)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let root = repo.root.clone();
                Err(WorkspaceError::IndexLocked { root, lock })
            }
            Err(error) => Err(WorkspaceError::io("lock", lock)(error)),
        }
    }
}

impl Drop for IndexLock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// The index file as it was.
pub(super) struct IndexBackup {
    path: PathBuf,
    /// `None` if there was no index yet.
    old: Option<OldIndex>,
}

struct OldIndex {
    bytes: Vec<u8>,
    permissions: Permissions,
    modified: SystemTime,
}

impl IndexBackup {
    pub(super) fn take(repo: &Repo) -> Result<Self, WorkspaceError> {
        let path = index_path(&repo.inner);
        let old = read(&path).map_err(WorkspaceError::io("read", &path))?;
        Ok(Self { path, old })
    }

    /// Puts the index back, with its time: git compares it with the times of the
    /// files to tell which of them may have changed since.
    pub(super) fn restore(&self, repo: &Repo) -> Result<(), WorkspaceError> {
        let now = read(&self.path).map_err(WorkspaceError::io("read", &self.path))?;
        if now.as_ref().map(|now| &now.bytes) == self.old.as_ref().map(|old| &old.bytes) {
            return Ok(());
        }
        let _lock = IndexLock::acquire(repo)?;
        let outcome = match &self.old {
            Some(old) => write(&self.path, old),
            None => fs::remove_file(&self.path),
        };
        outcome.map_err(WorkspaceError::io("put back", &self.path))
    }
}

fn read(path: &Path) -> io::Result<Option<OldIndex>> {
    let bytes = match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        outcome => outcome?,
    };
    let metadata = fs::metadata(path)?;
    Ok(Some(OldIndex { bytes, permissions: metadata.permissions(), modified: metadata.modified()? }))
}

fn write(path: &Path, old: &OldIndex) -> io::Result<()> {
    replace(path, &old.bytes, Some(old.permissions.clone()))?;
    File::options().write(true).open(path)?.set_modified(old.modified)
}
