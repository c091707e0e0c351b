//! The commit of files that were written.

use std::path::{Path, PathBuf};

use git2::{Oid, Tree};

use super::super::error::WorkspaceError;
use super::branch::short_name;
use super::head::{Head, HeadBackup, target_of};
use super::user_git::needs_user_git;
use super::{Ready, Repo, fast_commit, user_commit};

/// A commit that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The full id.
    pub id: String,
    /// The branch it is on.
    pub branch: String,
    /// The files of the request that changed by it, relative to the work tree.
    pub paths: Vec<PathBuf>,
}

impl Repo {
    /// Commits the files of `ready` as they are on disk on top of HEAD, and
    /// nothing else: what is staged or modified besides stays so. Files that are
    /// gone from disk are removed.
    ///
    /// The user's own `git` does it where hooks, signing or filters ask for it.
    ///
    /// # Errors
    ///
    /// If HEAD moved or the index is locked since the checks, if nothing
    /// changed, or if git or a hook refuses. HEAD, the branches and the index
    /// are then as before; [`WorkspaceError::NotRestored`] if that failed too.
    pub fn commit(&self, ready: Ready, message: &str) -> Result<Commit, WorkspaceError> {
        let head = Head::read(&self.inner)?;
        let at = target_of(&self.inner, &ready.branch)?;
        if head != ready.head || (at.is_some() && at != head.commit) {
            let root = self.root.clone();
            return Err(WorkspaceError::HeadMoved { root });
        }
        let backup = HeadBackup::take(&self.inner, head.clone(), &ready.branch)?;
        let commit = || {
            backup.switch(&self.inner)?;
            if needs_user_git(self, &ready.paths)? {
                user_commit::commit(self, &head, &ready.paths, message)
            } else {
                fast_commit::commit(self, &head, &ready.paths, message)
            }
        };
        let id = commit().map_err(|cause| cause.after_restoring(backup.restore(&self.inner)))?;
        let old = head.commit.and_then(|id| self.tree_of(id));
        let new = self.tree_of(id);
        let mut paths = ready.paths;
        paths.retain(|path| entry(old.as_ref(), path) != entry(new.as_ref(), path));
        Ok(Commit { id: id.to_string(), branch: short_name(&ready.branch).to_owned(), paths })
    }

    fn tree_of(&self, commit: Oid) -> Option<Tree<'_>> {
        self.inner.find_commit(commit).ok()?.tree().ok()
    }
}

fn entry(tree: Option<&Tree<'_>>, path: &Path) -> Option<(Oid, i32)> {
    let entry = tree?.get_path(path).ok()?;
    Some((entry.id(), entry.filemode()))
}
