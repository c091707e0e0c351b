//! The commit of files that were written.

use std::fs;
use std::path::PathBuf;

use git2::{Index, Oid};
use serde::{Deserialize, Serialize};

use super::super::error::WorkspaceError;
use super::super::journal::{FileChange, digest};
use super::super::state::StateFolder;
use super::branch_name::short_name;
use super::conversions::Conversions;
use super::head::{Head, Start, target_of};
use super::index_file::{IndexLock, NextIndex};
use super::kept::{draft_path, message_path};
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

/// A commit that is to be made, with what it takes to finish it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct CommitDraft {
    start: Start,
    /// Relative to the work tree.
    paths: Vec<PathBuf>,
}

impl CommitDraft {
    pub(in super::super) fn make(ready: &Ready) -> Self {
        Self { start: ready.start.clone(), paths: ready.paths.clone() }
    }

    /// Commits the paths as they are on disk, on top of HEAD as it was when they were checked.
    ///
    /// # Errors
    /// The branches, HEAD and the index are as before then: the branch is moved last, and only from where
    /// it was.
    pub(in super::super) fn carry_out(
        &self,
        repo: &Repo,
        state: &StateFolder,
        index: &IndexLock,
        message: &str,
    ) -> Result<Commit, WorkspaceError> {
        let path = message_path(state);
        fs::write(&path, message).map_err(WorkspaceError::io("write", path))?;
        let known = repo.inner.index().map_err(WorkspaceError::git("read the index"))?;
        // One of the files may say it of the others.
        let conversions = Conversions::of(repo, &known, &self.paths);
        let id = if !conversions.foreign.is_empty() || needs_user_git(repo)? {
            user_commit::commit(repo, state, index, &self.start, &self.paths)?
        } else {
            fast_commit::commit(repo, state, index, &self.start, (&self.paths, &conversions), message)?
        };
        let (old, new) = (repo.tree(self.start.head.commit)?, repo.tree(Some(id))?);
        let mut paths = self.paths.clone();
        paths.retain(|path| old.get(path) != new.get(path));
        Ok(Commit { id: id.to_string(), branch: short_name(&self.start.branch).to_owned(), paths })
    }

    /// After the run was killed: completes HEAD and the index if the commit was made, and returns its id.
    /// `index` is the lock that the run left.
    pub(in super::super) fn finish(
        &self,
        repo: &Repo,
        state: &StateFolder,
        index: Option<IndexLock>,
    ) -> Result<Option<String>, WorkspaceError> {
        self.start.remove_stale_locks(&repo.inner, state)?;
        user_commit::remove_leftovers(repo, state);
        let Some(id) = self.made_commit(repo, state)? else {
            self.start.leave_branch(&repo.inner, &repo.root)?;
            return Ok(None);
        };
        if Head::read(&repo.inner)? == self.start.head && self.start.switches() {
            self.start.point_head(&repo.inner, &repo.root)?;
        }
        // Once the next index has come into its place it is the user's to change.
        if NextIndex::is_pending(state) && Head::read(&repo.inner)?.commit == Some(id) {
            let lock = index.map_or_else(|| IndexLock::acquire(repo, state), Ok)?;
            NextIndex::make(repo, state, &self.paths, id)?.publish(repo, &lock)?;
        }
        Ok(Some(id.to_string()))
    }

    /// After the run was killed without a commit: whether somebody has committed what it had
    /// written to a file, so that the file must not be put back.
    pub(in super::super) fn is_committed(&self, repo: &Repo, file: &FileChange) -> bool {
        let now = Head::read(&repo.inner).ok().and_then(|head| head.commit);
        if now == self.start.head.commit {
            return false;
        }
        let item = repo.tree(now).ok().and_then(|tree| tree.get(&file.path));
        let committed = item.and_then(|item| repo.inner.find_blob(item.id).ok());
        item.is_some() == committed.is_some() && committed.map(|blob| digest(blob.content())) == file.new
    }

    /// Whether a commit is on top of where HEAD was, with our message; hooks may have added to that.
    fn is_ours(&self, repo: &Repo, state: &StateFolder, id: Oid) -> Result<bool, WorkspaceError> {
        let commit = repo.inner.find_commit(id).map_err(WorkspaceError::git("read a commit"))?;
        let message = fs::read_to_string(message_path(state)).unwrap_or_default();
        let subject = message.lines().next().unwrap_or_default();
        let is_on_top = commit.parent_ids().eq(self.start.head.commit);
        Ok(is_on_top && commit.message().is_ok_and(|message| message.contains(subject)))
    }

    /// The commit at the end of our branch, if every file that was to change has changed in it. Hooks may
    /// have made something else of a file.
    fn made_commit(&self, repo: &Repo, state: &StateFolder) -> Result<Option<Oid>, WorkspaceError> {
        let at = target_of(&repo.inner, &self.start.branch)?;
        let draft = draft_path(state);
        let (Some(id), true) = (at.filter(|_| at != self.start.at && at != self.start.head.commit), draft.exists()) else {
            return Ok(None);
        };
        if !self.is_ours(repo, state, id)? {
            return Ok(None);
        }
        // A draft that was only half written belongs to no commit.
        let Ok(draft) = Index::open(&draft) else { return Ok(None) };
        let (before, after) = (repo.tree(self.start.head.commit)?, repo.tree(Some(id))?);
        let changes = |path: &&PathBuf| draft.get_path(path, 0).map(|entry| entry.id) != before.get(path).map(|item| item.id);
        let has_changed = |path: &PathBuf| before.get(path) != after.get(path);
        let mut changing = self.paths.iter().filter(changes).peekable();
        Ok((changing.peek().is_some() && changing.all(has_changed)).then_some(id))
    }
}

impl Repo {
    pub(super) fn tree(&self, commit: Option<Oid>) -> Result<TreeLookup<'_>, WorkspaceError> {
        TreeLookup::of(&self.inner, commit).map_err(WorkspaceError::git("read a commit"))
    }
}
