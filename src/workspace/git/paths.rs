//! Whether the repository can commit a path.

use std::path::{Path, PathBuf};

use git2::{Index, ObjectType};

use super::super::below::{is_git_folder, regular};
use super::super::error::WorkspaceError;
use super::super::resolve::Links;
use super::Repo;
use super::dirty::told_to_leave;
use super::tree_lookup::TreeLookup;

/// The mode of a submodule in the index.
const GITLINK: u32 = 0o160_000;

/// `path` relative to the work tree, with every symbolic link followed, because
/// git does not look behind links.
pub(super) fn locate(repo: &Repo, links: &mut Links, path: &Path) -> Result<PathBuf, WorkspaceError> {
    let real = links.resolve(&repo.root.join(path)).map_err(WorkspaceError::io("follow", path))?;
    match real.strip_prefix(&repo.root) {
        Ok(relative) if is_committable(relative) => Ok(relative.to_owned()),
        _ => Err(WorkspaceError::OutsideWorkTree { path: path.to_owned(), root: repo.root.clone() }),
    }
}

/// Refuses rules of ignoring and attributes in a folder that are no regular files: git does not follow such
/// links, and libgit2 does, out of the repository and into pipes.
pub(super) fn check_rules(repo: &Repo, folder: &Path) -> Result<(), WorkspaceError> {
    [".gitattributes", ".gitignore"].into_iter().try_for_each(|name| {
        let path = repo.root.join(folder).join(name);
        regular(&path, &path).map(drop)
    })
}

/// What keeps git from committing `path`, which is relative to the work tree.
pub(super) fn check(repo: &Repo, index: &Index, tree: &TreeLookup<'_>, path: &Path) -> Result<(), WorkspaceError> {
    let kind = |path: &Path| tree.get(path)?.kind;
    let nested = |folder: &Path| {
        repo.root.join(folder).join(".git").exists()
            || kind(folder) == Some(ObjectType::Commit)
            || index.get_path(folder, 0).is_some_and(|entry| entry.mode == GITLINK)
    };
    for folder in folders(path) {
        if nested(folder) {
            return Err(WorkspaceError::NestedRepository { path: path.to_owned(), repository: folder.to_owned() });
        }
        if kind(folder) == Some(ObjectType::Blob) {
            return Err(WorkspaceError::KindClash { path: path.to_owned(), tracked: folder.to_owned() });
        }
    }
    if matches!(kind(path), Some(ObjectType::Tree | ObjectType::Commit)) {
        return Err(WorkspaceError::KindClash { path: path.to_owned(), tracked: path.to_owned() });
    }
    if let Some((path, flag)) = index.get_path(path, 0).and_then(|entry| Some((path.to_owned(), told_to_leave(&entry)?))) {
        return Err(WorkspaceError::LeftAlone { path, flag });
    }
    let ignored = || repo.inner.is_path_ignored(path).map_err(WorkspaceError::git("read the ignore rules"));
    if !is_tracked(index, path) && ignored()? {
        let path = path.to_owned();
        return Err(WorkspaceError::Ignored { path });
    }
    Ok(())
}

/// Whether the index has the path, be it with conflicts.
pub(super) fn is_tracked(index: &Index, path: &Path) -> bool {
    (0..=3).any(|stage| index.get_path(path, stage).is_some())
}

/// The folders above `path`, the outermost first, without the work tree itself.
fn folders(path: &Path) -> Vec<&Path> {
    let mut folders: Vec<_> = path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty()).collect();
    folders.reverse();
    folders
}

fn is_committable(relative: &Path) -> bool {
    relative.file_name().is_some() && !relative.iter().any(is_git_folder)
}
