//! The file that holds the index, its lock, and how the next index comes into its place.

use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use git2::{Index, IndexEntry, Oid, Repository};

use super::super::change::ignore_missing;
use super::super::error::WorkspaceError;
use super::super::state::StateFolder;
use super::Repo;
use super::kept::draft_path;
use super::tree_lookup::TreeLookup;

/// Between two looks at a lock of another process.
const TICK: Duration = Duration::from_millis(20);

/// How many looks are taken: one second, as git seldom takes longer without a person.
const LOOKS: usize = 50;

/// Where git keeps the index.
pub(super) fn index_path(repo: &Repository) -> PathBuf {
    repo.path().join("index")
}

/// The file of ours that the lock is a second name of.
const CLAIM: &str = "claim";

/// Keeps every other git process from changing the index, until dropped.
#[derive(Debug)]
pub(in super::super) struct IndexLock {
    lock: PathBuf,
    claim: PathBuf,
}

impl IndexLock {
    /// Takes the lock. It is a second name of a file of ours, so that the next run knows it for ours
    /// if this one is killed.
    pub(in super::super) fn acquire(repo: &Repo, state: &StateFolder) -> Result<Self, WorkspaceError> {
        let (lock, claim) = (lock_path(repo), state.path(CLAIM));
        fs::write(&claim, format!("plimsoll {}\n", std::process::id())).map_err(WorkspaceError::io("write", &claim))?;
        match patiently(repo, || link(&claim, &lock)) {
            Ok(()) => Ok(Self { lock, claim }),
            Err(error) => {
                let _ = fs::remove_file(&claim);
                Err(error)
            }
        }
    }

    /// The lock that a run has left that was killed.
    pub(in super::super) fn left_behind(repo: &Repo, state: &StateFolder) -> Option<Self> {
        let (lock, claim) = (lock_path(repo), state.path(CLAIM));
        let claimed = fs::read(&claim).ok()?;
        if fs::read(&lock).is_ok_and(|locked| locked == claimed) {
            return Some(Self { lock, claim });
        }
        let _ = fs::remove_file(&claim);
        None
    }
}

impl Drop for IndexLock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.lock);
        let _ = fs::remove_file(&self.claim);
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
fn link(claim: &Path, lock: &Path) -> io::Result<()> {
    match fs::hard_link(claim, lock) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => File::create_new(lock)?.write_all(&fs::read(claim)?),
        outcome => outcome,
    }
}

/// The index as it will be after the commit. It is written before HEAD moves and goes away when it
/// becomes the index.
pub(super) struct NextIndex(PathBuf);

impl NextIndex {
    /// Says that an index is to be made: whoever finishes the run makes it.
    pub(super) fn begin(state: &StateFolder) -> Result<(), WorkspaceError> {
        let next = next_path(state);
        fs::write(&next, "").map_err(WorkspaceError::io("write", next))
    }

    /// Takes the index as it is now, with the entries of `paths` as the commit has them. The index
    /// is to be locked.
    pub(super) fn make(repo: &Repo, state: &StateFolder, paths: &[PathBuf], commit: Oid) -> Result<Self, WorkspaceError> {
        let (index, new, next) = (index_path(&repo.inner), state.path("next"), next_path(state));
        let permissions = copy_with_time(&index, &new).map_err(WorkspaceError::io("copy", &index))?;
        let tree = repo.tree(Some(commit))?;
        graft(repo, &tree, &draft_path(state), &new, paths).map_err(WorkspaceError::git("write the index"))?;
        let set_permissions = permissions.map_or(Ok(()), |permissions| fs::set_permissions(&new, permissions));
        set_permissions.and_then(|()| fs::rename(&new, &next)).map_err(WorkspaceError::io("write", &next))?;
        Ok(Self(next))
    }

    /// Whether a next index has been begun that is not yet the index.
    pub(super) fn is_pending(state: &StateFolder) -> bool {
        next_path(state).exists()
    }

    /// Makes it the index, which is locked.
    pub(super) fn publish(self, repo: &Repo, _: &IndexLock) -> Result<(), WorkspaceError> {
        let index = index_path(&repo.inner);
        fs::rename(&self.0, &index).map_err(WorkspaceError::io("write", &index))
    }
}

fn next_path(state: &StateFolder) -> PathBuf {
    state.path("index")
}

fn graft(repo: &Repo, tree: &TreeLookup<'_>, draft: &Path, next: &Path, paths: &[PathBuf]) -> Result<(), git2::Error> {
    let (draft, mut index) = (Index::open(draft)?, Index::open(next)?);
    let written = fs::metadata(next).and_then(|metadata| metadata.modified()).unwrap_or(UNIX_EPOCH);
    let handle = repo.second_handle()?;
    handle.set_index(&mut index)?;
    for path in paths {
        index.remove_path(path)?;
        let Some(item) = tree.get(path) else { continue };
        let Some(mut entry) = draft.get_path(path, 0) else { continue };
        if entry.id != item.id {
            // A hook has made something else of the file: git is to look into it.
            entry.id = item.id;
            entry.file_size = 0;
        }
        index.add(&entry)?;
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
