//! Edits that are not committed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use git2::{Index, IndexEntry, Status, StatusOptions};

use super::super::dirty_file::{Dirtiness, DirtyFile};
use super::super::error::WorkspaceError;
use super::Repo;
use super::tree_lookup::TreeLookup;
use super::user_git::{pathspec, run};

/// Keeps `git status` from writing the index.
const READ_ONLY: &[&str] = &["--no-optional-locks"];

/// Those of `paths` that differ from the last commit, in the index or on disk; `filtered` are those that only
/// the user's git can compare.
pub(super) fn find(repo: &Repo, paths: &[PathBuf], filtered: &BTreeSet<PathBuf>) -> Result<Vec<DirtyFile>, WorkspaceError> {
    let (foreign, plain): (Vec<&Path>, Vec<&Path>) =
        paths.iter().map(PathBuf::as_path).partition(|path| filtered.contains(*path));
    let mut files = find_by_libgit2(repo, &plain)?;
    files.extend(find_by_user_git(repo, &foreign)?);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// Whether a file on disk is another one than that in the index.
pub(super) fn differs_from_index(repo: &Repo, path: &Path) -> bool {
    let on_disk = Status::WT_MODIFIED | Status::WT_DELETED | Status::WT_TYPECHANGE;
    repo.inner.status_file(path).is_ok_and(|status| status.intersects(on_disk))
}

/// A file that is not on disk, if the last commit or the index has it.
pub(super) fn missing(index: &Index, tree: &TreeLookup<'_>, path: PathBuf) -> Option<DirtyFile> {
    let edit = match index.get_path(&path, 0) {
        Some(entry) if told_to_leave(&entry).is_some() => Dirtiness::NotCheckedOut,
        None if tree.get(&path).is_none() => return None,
        _ => Dirtiness::Deleted,
    };
    Some(DirtyFile { path, edit })
}

/// The flag by which git was told to look away from a file on disk: it neither shows nor commits what is
/// changed there.
pub(super) fn told_to_leave(entry: &IndexEntry) -> Option<&'static str> {
    const ASSUME_UNCHANGED: u16 = 0x8000;
    const SKIP_WORKTREE: u16 = 1 << 14;
    if entry.flags_extended & SKIP_WORKTREE != 0 {
        Some("skip-worktree")
    } else {
        (entry.flags & ASSUME_UNCHANGED != 0).then_some("assume-unchanged")
    }
}

fn find_by_libgit2(repo: &Repo, paths: &[&Path]) -> Result<Vec<DirtyFile>, WorkspaceError> {
    // No paths would mean all paths.
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let mut options = StatusOptions::new();
    options.include_untracked(true).recurse_untracked_dirs(true).exclude_submodules(true).disable_pathspec_match(true);
    for path in paths {
        options.pathspec(path);
    }
    let statuses = repo.inner.statuses(Some(&mut options)).map_err(WorkspaceError::git("read the status of the files"))?;
    Ok(statuses
        .iter()
        .filter(|entry| entry.status() != Status::CURRENT)
        .map(|entry| DirtyFile { path: path_of(entry.path_bytes()), edit: edit_of(entry.status()) })
        .collect())
}

/// libgit2 does not run the filters of LFS and the like, without which their
/// files look modified.
fn find_by_user_git(repo: &Repo, paths: &[&Path]) -> Result<Vec<DirtyFile>, WorkspaceError> {
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let options = ["--porcelain", "-z", "--untracked-files=all", "--no-renames"];
    let output = run(repo, READ_ONLY, "status", |git| {
        git.args(options).arg("--").args(paths.iter().map(|path| pathspec(path)));
    })?;
    Ok(output
        .split(|byte| *byte == 0)
        .filter_map(|line| {
            let (code, path) = line.split_at_checked(3)?;
            Some(DirtyFile { path: path_of(path), edit: edit_of_code(code) })
        })
        .collect())
}

fn edit_of(status: Status) -> Dirtiness {
    if status.is_conflicted() {
        Dirtiness::Conflicted
    } else if status.is_wt_new() {
        Dirtiness::Untracked
    } else if status.is_wt_deleted() {
        Dirtiness::Deleted
    } else if status.is_wt_modified() || status.is_wt_typechange() {
        Dirtiness::Modified
    } else {
        Dirtiness::Staged
    }
}

/// Reads the two letters of `git status --porcelain`, for index and work tree.
fn edit_of_code(code: &[u8]) -> Dirtiness {
    match code {
        [b'U', ..] | [_, b'U', ..] | [b'A', b'A', ..] | [b'D', b'D', ..] => Dirtiness::Conflicted,
        [_, b'?' | b'A', ..] => Dirtiness::Untracked,
        [_, b'D', ..] => Dirtiness::Deleted,
        [_, b'M' | b'T', ..] => Dirtiness::Modified,
        _ => Dirtiness::Staged,
    }
}

fn path_of(bytes: &[u8]) -> PathBuf {
    // Paths of ours are UTF-8, and nothing else was asked for.
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
