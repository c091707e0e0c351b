//! An index of our own, from which the commit is made while the user's stays as it is.

use std::fs;
use std::path::{Path, PathBuf};

use git2::build::TreeUpdateBuilder;
use git2::{FileMode, Index, IndexEntry, IndexTime, Oid, Repository, Tree};

use super::super::error::WorkspaceError;
use super::super::state::StateFolder;
use super::Repo;
use super::conversions::Conversions;
use super::index_file::{copy_with_time, index_path};
use super::kept::draft_path;

const REGULAR: u32 = 0o100_644;
const EXECUTABLE: u32 = 0o100_755;
const LINK: u32 = 0o120_000;

/// A copy of the index.
pub(super) struct IndexDraft<'r> {
    /// A handle of the repository that takes the copy for its index.
    repo: &'r Repository,
    root: &'r Path,
}

impl<'r> IndexDraft<'r> {
    pub(super) fn copy(repo: &'r Repo, state: &StateFolder) -> Result<Self, WorkspaceError> {
        let failed = || WorkspaceError::git("read the index");
        let (original, path) = (index_path(&repo.inner), draft_path(state));
        copy_with_time(&original, &path).map_err(WorkspaceError::io("copy", &original))?;
        let mut index = Index::open(&path).map_err(failed())?;
        let handle = repo.second_handle().map_err(failed())?;
        handle.set_index(&mut index).map_err(failed())?;
        Ok(Self { repo: handle, root: &repo.root })
    }

    /// The repository, with the draft for its index.
    pub(super) fn repo(&self) -> &'r Repository {
        self.repo
    }

    /// Takes `paths` as they are on disk into the draft, and returns the tree
    /// that differs from `base` in nothing but them.
    pub(super) fn stage(&self, base: &Tree<'_>, paths: &[PathBuf], conversions: &Conversions) -> Result<Oid, git2::Error> {
        let mut index = self.repo.index()?;
        let trusts_mode = self.repo.config()?.get_bool("core.fileMode").unwrap_or(true);
        let mut tree = TreeUpdateBuilder::new();
        for path in paths {
            let file = self.root.join(path);
            if let Ok(metadata) = fs::symlink_metadata(&file) {
                let as_it_is = conversions.none.then(|| as_it_is(&file, path, &metadata)).flatten();
                let entry = add(&mut index, path, as_it_is, trusts_mode)?;
                tree.upsert(path, entry.id, file_mode(entry.mode));
            } else {
                index.remove_path(path)?;
                if base.get_path(path).is_ok() {
                    tree.remove(path);
                }
            }
        }
        index.write()?;
        tree.create_updated(self.repo, base)
    }
}

/// Adds `path` as `git add` does, also where the mode of files means nothing:
/// an index opened by its path does not know `core.fileMode`.
fn add(
    index: &mut Index,
    path: &Path,
    as_it_is: Option<(IndexEntry, Vec<u8>)>,
    trusts_mode: bool,
) -> Result<IndexEntry, git2::Error> {
    let known = index.get_path(path, 0).map(|entry| entry.mode);
    match as_it_is {
        Some((entry, bytes)) => index.add_frombuffer(&entry, &bytes)?,
        None => index.add_path(path)?,
    }
    let missing = || git2::Error::from_str("a file vanished from the index");
    let mut entry = index.get_path(path, 0).ok_or_else(missing)?;
    let mode = known.unwrap_or(REGULAR);
    if !trusts_mode && entry.mode != mode {
        entry.mode = mode;
        index.add(&entry)?;
    }
    Ok(entry)
}

/// A regular file with its bytes, to be stored as they are: without the many looks at the disk that libgit2 takes
/// to find out.
#[cfg(unix)]
fn as_it_is(file: &Path, path: &Path, metadata: &fs::Metadata) -> Option<(IndexEntry, Vec<u8>)> {
    use std::os::unix::fs::MetadataExt as _;

    // As git has it, of what does not fit into 32 bits the lower ones count.
    let low = |number: u64| u32::try_from(number & u64::from(u32::MAX)).unwrap_or_default();
    let time =
        |seconds: i64, nanoseconds: i64| Some(IndexTime::new(i32::try_from(seconds).ok()?, u32::try_from(nanoseconds).ok()?));
    let entry = IndexEntry {
        ctime: time(metadata.ctime(), metadata.ctime_nsec())?,
        mtime: time(metadata.mtime(), metadata.mtime_nsec())?,
        dev: low(metadata.dev()),
        ino: low(metadata.ino()),
        mode: if metadata.mode() & 0o100 == 0 { REGULAR } else { EXECUTABLE },
        uid: metadata.uid(),
        gid: metadata.gid(),
        file_size: low(metadata.size()),
        id: Oid::ZERO_SHA1,
        flags: 0,
        flags_extended: 0,
        path: path.as_os_str().as_encoded_bytes().to_vec(),
    };
    if metadata.is_file() { Some((entry, fs::read(file).ok()?)) } else { None }
}

#[cfg(not(unix))]
fn as_it_is(_: &Path, _: &Path, _: &fs::Metadata) -> Option<(IndexEntry, Vec<u8>)> {
    None
}

fn file_mode(mode: u32) -> FileMode {
    match mode {
        EXECUTABLE => FileMode::BlobExecutable,
        LINK => FileMode::Link,
        _ => FileMode::Blob,
    }
}
