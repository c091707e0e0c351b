//! Commits by libgit2, within a few milliseconds.

use std::path::PathBuf;

use git2::{Oid, message_prettify};

use super::super::error::WorkspaceError;
use super::super::state::StateFolder;
use super::Repo;
use super::head::HeadBackup;
use super::index_draft::IndexDraft;
use super::index_file::{IndexLock, NextIndex};

/// Commits `paths` on top of `head`, which is where HEAD is. HEAD and the index
/// change at the very end, so that an earlier failure leaves them as they were.
pub(super) fn commit(
    repo: &Repo,
    state: &StateFolder,
    before: &HeadBackup,
    paths: &[PathBuf],
    message: &str,
) -> Result<Oid, WorkspaceError> {
    let failed = || WorkspaceError::git("commit");
    let draft = IndexDraft::copy(repo, state)?;
    let git = draft.repo();
    let parent = before.head.commit.map(|id| git.find_commit(id)).transpose().map_err(failed())?;
    let base = match &parent {
        Some(parent) => parent.tree(),
        None => git.treebuilder(None).and_then(|empty| git.find_tree(empty.write()?)),
    }
    .map_err(failed())?;
    let tree = draft.stage(&base, paths).map_err(failed())?;
    if tree == base.id() {
        return Err(WorkspaceError::NothingToCommit);
    }
    let lock = IndexLock::acquire(repo, state)?;
    let next = NextIndex::make(repo, state, paths)?;
    before.switch(git)?;
    let create = || {
        let tree = git.find_tree(tree)?;
        let author = git.author_from_env()?;
        let committer = git.committer_from_env()?;
        let message = message_prettify(message, None)?;
        let parents = Vec::from_iter(&parent);
        git.commit(Some("HEAD"), &author, &committer, &message, &tree, &parents)
    };
    let id = create().map_err(failed())?;
    next.publish(repo, lock)?;
    Ok(id)
}
