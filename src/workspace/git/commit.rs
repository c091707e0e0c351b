//! The commit of files that were written.

use std::path::PathBuf;

use git2::{Index, Oid};
use serde::{Deserialize, Serialize};

use super::super::error::WorkspaceError;
use super::super::journal::FileChange;
use super::super::state::StateFolder;
use super::branch::short_name;
use super::head::{Head, HeadBackup, target_of};
use super::index_draft::draft_path;
use super::index_file::{IndexLock, NextIndex};
use super::tree_lookup::TreeLookup;
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

/// A commit that is to be made, with what it takes to undo or to finish it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct CommitPlan {
    before: HeadBackup,
    /// Relative to the work tree.
    paths: Vec<PathBuf>,
}

impl CommitPlan {
    /// Remembers HEAD, if it is still where it was when `ready` was checked.
    pub(in super::super) fn make(repo: &Repo, ready: &Ready) -> Result<Self, WorkspaceError> {
        let head = Head::read(&repo.inner)?;
        let at = target_of(&repo.inner, &ready.branch)?;
        if head != ready.head || (at.is_some() && at != head.commit) {
            let root = repo.root.clone();
            return Err(WorkspaceError::HeadMoved { root });
        }
        Ok(Self { before: HeadBackup::take(&repo.inner, head, &ready.branch)?, paths: ready.paths.clone() })
    }

    /// Commits the paths as they are on disk. After an error HEAD, the branches and the index are
    /// as before.
    pub(in super::super) fn carry_out(&self, repo: &Repo, state: &StateFolder, message: &str) -> Result<Commit, WorkspaceError> {
        let commit = if needs_user_git(repo, &self.paths)? { user_commit::commit } else { fast_commit::commit };
        let id = commit(repo, state, &self.before, &self.paths, message)
            .map_err(|cause| cause.after_restoring(self.before.restore(&repo.inner)))?;
        let (old, new) = (repo.tree(self.before.head.commit)?, repo.tree(Some(id))?);
        let mut paths = self.paths.clone();
        paths.retain(|path| old.get(path) != new.get(path));
        Ok(Commit { id: id.to_string(), branch: short_name(&self.before.branch).to_owned(), paths })
    }

    /// After the run was killed: completes the index if the commit was made, and returns its id;
    /// else puts HEAD and the branch back.
    pub(in super::super) fn finish(&self, repo: &Repo, state: &StateFolder) -> Result<Option<String>, WorkspaceError> {
        // Whoever held the lock of our session has ended, so this lock is nobody's.
        let ours = IndexLock::left_behind(repo, state);
        self.before.remove_stale_locks(&repo.inner, state)?;
        let head = Head::read(&repo.inner)?;
        if let Some(id) = self.made_commit(repo, state, &head)? {
            // Once the next index has come into its place it is the user's to change.
            if NextIndex::is_pending(state) && head.commit == Some(id) {
                let lock = ours.map_or_else(|| IndexLock::acquire(repo, state), Ok)?;
                NextIndex::make(repo, state, &self.paths)?.publish(repo, lock)?;
            }
            return Ok(Some(id.to_string()));
        }
        self.before.restore_untouched(&repo.inner, &head)?;
        Ok(None)
    }

    /// After the run was killed without a commit: whether somebody has committed what it had
    /// written to a file, so that the file must not be put back.
    pub(in super::super) fn is_taken_by_others(&self, repo: &Repo, file: &FileChange) -> bool {
        let now = Head::read(&repo.inner).ok().and_then(|head| head.commit);
        if now == self.before.head.commit {
            return false;
        }
        let committed = repo.tree(now).ok().and_then(|tree| tree.get(&file.path)).map(|item| item.id.to_string());
        committed == file.new
    }

    /// The commit at the end of our branch, if it holds our files as the draft has them.
    fn made_commit(&self, repo: &Repo, state: &StateFolder, head: &Head) -> Result<Option<Oid>, WorkspaceError> {
        let at = if head.branch.as_ref() == Some(&self.before.branch) {
            head.commit
        } else {
            target_of(&repo.inner, &self.before.branch)?
        };
        let draft = draft_path(state);
        let (Some(id), true) = (at.filter(|_| at != self.before.head.commit), draft.exists()) else {
            return Ok(None);
        };
        // A draft that was only half written belongs to no commit.
        let Ok(draft) = Index::open(&draft) else { return Ok(None) };
        let tree = repo.tree(Some(id))?;
        let is_in = |path: &PathBuf| {
            let ours = draft.get_path(path, 0).map(|entry| entry.id);
            ours == tree.get(path).map(|item| item.id)
        };
        Ok(self.paths.iter().all(is_in).then_some(id))
    }
}

impl Repo {
    fn tree(&self, commit: Option<Oid>) -> Result<TreeLookup<'_>, WorkspaceError> {
        TreeLookup::of(&self.inner, commit).map_err(WorkspaceError::git("read a commit"))
    }
}
