//! The file that holds the index, its lock, and how the next index comes into its place.

use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use git2::{Index, IndexEntry, Repository};

use super::super::change::ignore_missing;
use super::super::error::WorkspaceError;
use super::super::journal::Journal;
use super::super::state::StateFolder;
use super::Repo;
use super::index_draft::draft_path;

/// Between two looks at a lock of another process.
const TICK: Duration = Duration::from_millis(20);

/// How many looks are taken: one second, as git seldom takes longer without a person.
const LOOKS: usize = 50;

/// Where git keeps the index.
pub(super) fn index_path(repo: &Repository) -> PathBuf {
    repo.path().join("index")
}

/// Waits a moment for another git process to let go of the index.
pub(super) fn wait_until_free(repo: &Repo) -> Result<(), WorkspaceError> {
    let lock = lock_path(repo);
    patiently(repo, || if lock.exists() { Err(io::ErrorKind::AlreadyExists.into()) } else { Ok(()) })
}

/// Keeps every other git process from changing the index, until dropped.
pub(super) struct IndexLock(PathBuf);

impl IndexLock {
    /// Takes the lock. It is a second name of the journal, so that the next run knows it for ours
    /// if this one is killed.
    pub(super) fn acquire(repo: &Repo, state: &StateFolder) -> Result<Self, WorkspaceError> {
        let (journal, lock) = (Journal::path(state), lock_path(repo));
        patiently(repo, || link(&journal, &lock))?;
        Ok(Self(lock))
    }

    /// The lock that a run has left that was killed.
    pub(super) fn left_behind(repo: &Repo, state: &StateFolder) -> Option<Self> {
        let lock = lock_path(repo);
        let (journal, locked) = (fs::read(Journal::path(state)).ok()?, fs::read(&lock).ok()?);
        (journal == locked).then_some(Self(lock))
    }
}

impl Drop for IndexLock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn lock_path(repo: &Repo) -> PathBuf {
    repo.inner.path().join("index.lock")
}

fn patiently(repo: &Repo, mut take: impl FnMut() -> io::Result<()>) -> Result<(), WorkspaceError> {
    let mut outcome = take();
    for _ in 0..LOOKS {
        match &outcome {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => thread::sleep(TICK),
            _ => break,
        }
        outcome = take();
    }
    outcome.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => WorkspaceError::IndexLocked { root: repo.root.clone(), lock: lock_path(repo) },
        _ => WorkspaceError::io("lock", lock_path(repo))(error),
    })
}

/// Some file systems have no hard links; a copy there has the same bytes.
fn link(journal: &Path, lock: &Path) -> io::Result<()> {
    match fs::hard_link(journal, lock) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => File::create_new(lock)?.write_all(&fs::read(journal)?),
        outcome => outcome,
    }
}

/// The index as it will be after the commit. It is written before HEAD moves and goes away when it
/// becomes the index.
pub(super) struct NextIndex(PathBuf);

impl NextIndex {
    /// Takes the index as it is now, with the entries of `paths` as the draft has them. The index
    /// is to be locked.
    pub(super) fn make(repo: &Repo, state: &StateFolder, paths: &[PathBuf]) -> Result<Self, WorkspaceError> {
        let (index, new, next) = (index_path(&repo.inner), state.path("next"), next_path(state));
        let permissions = copy_with_time(&index, &new).map_err(WorkspaceError::io("copy", &index))?;
        graft(repo, &draft_path(state), &new, paths).map_err(WorkspaceError::git("write the index"))?;
        let set_permissions = permissions.map_or(Ok(()), |permissions| fs::set_permissions(&new, permissions));
        set_permissions.and_then(|()| fs::rename(&new, &next)).map_err(WorkspaceError::io("write", &next))?;
        Ok(Self(next))
    }

    /// Whether a next index has been made that is not yet the index.
    pub(super) fn is_pending(state: &StateFolder) -> bool {
        next_path(state).exists()
    }

    /// Makes it the index, and lets go of the lock.
    pub(super) fn publish(self, repo: &Repo, lock: IndexLock) -> Result<(), WorkspaceError> {
        let index = index_path(&repo.inner);
        fs::rename(&self.0, &index).map_err(WorkspaceError::io("write", &index))?;
        drop(lock);
        Ok(())
    }
}

fn next_path(state: &StateFolder) -> PathBuf {
    state.path("index")
}

fn graft(repo: &Repo, draft: &Path, next: &Path, paths: &[PathBuf]) -> Result<(), git2::Error> {
    let (draft, mut index) = (Index::open(draft)?, Index::open(next)?);
    let written = fs::metadata(next).and_then(|metadata| metadata.modified()).unwrap_or(UNIX_EPOCH);
    let handle = Repository::open(repo.inner.path())?;
    handle.set_index(&mut index)?;
    for path in paths {
        index.remove_path(path)?;
        if let Some(entry) = draft.get_path(path, 0) {
            index.add(&entry)?;
        }
    }
    keep_doubts(&repo.root, &mut index, since_epoch(written))?;
    index.write()
}

/// Git compares times by whole seconds, and looks into files that are as young as the index. Next to the
/// younger index that is written now, an edit of the same size within that second would not be seen any
/// more: such an entry gets no size, which makes git look into the file.
fn keep_doubts(root: &Path, index: &mut Index, written: Duration) -> Result<(), git2::Error> {
    let is_young = |entry: &IndexEntry| u64::try_from(entry.mtime.seconds()).is_ok_and(|second| second >= written.as_secs());
    let young: Vec<IndexEntry> = index.iter().filter(|entry| entry.file_size != 0 && is_young(entry)).collect();
    for mut entry in young {
        let time =
            std::str::from_utf8(&entry.path).ok().and_then(|path| fs::symlink_metadata(root.join(path)).ok()?.modified().ok());
        let known = (u64::try_from(entry.mtime.seconds()).ok(), Some(entry.mtime.nanoseconds()));
        let found = time.map(since_epoch).map(|time| (Some(time.as_secs()), Some(time.subsec_nanos())));
        if found != Some(known) {
            entry.file_size = 0;
            index.add(&entry)?;
        }
    }
    Ok(())
}

fn since_epoch(time: SystemTime) -> Duration {
    time.duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Copies the index, if there is one, and returns its permissions. The time of
/// the copy is that of the index: entries as young as the index are compared by
/// content, and with a later time they would not be.
pub(super) fn copy_with_time(from: &Path, to: &Path) -> io::Result<Option<Permissions>> {
    // What a run left that was killed, be it while libgit2 wrote the copy.
    for path in [to.to_owned(), to.with_extension("lock")] {
        ignore_missing(fs::remove_file(path))?;
    }
    let metadata = match fs::metadata(from) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        outcome => outcome?,
    };
    fs::copy(from, to)?;
    File::options().write(true).open(to)?.set_modified(metadata.modified()?)?;
    Ok(Some(metadata.permissions()))
}
