//! Commits by libgit2, within a few milliseconds.

use std::path::PathBuf;

use git2::{Oid, message_prettify};

use super::super::error::WorkspaceError;
use super::Repo;
use super::head::Head;
use super::index_draft::IndexDraft;
use super::index_file::IndexLock;

/// Commits `paths` on top of `head`, which HEAD points at. HEAD and the index
/// change at the very end, so that an earlier failure leaves them as they were.
pub(super) fn commit(repo: &Repo, head: &Head, paths: &[PathBuf], message: &str) -> Result<Oid, WorkspaceError> {
    let failed = || WorkspaceError::git("commit");
    let _lock = IndexLock::acquire(repo)?;
    let draft = IndexDraft::copy(repo)?;
    let git = draft.repo();
    let parent = head.commit.map(|id| git.find_commit(id)).transpose().map_err(failed())?;
    let base = match &parent {
        Some(parent) => parent.tree(),
        None => git.treebuilder(None).and_then(|empty| git.find_tree(empty.write()?)),
    }
    .map_err(failed())?;
    let tree = draft.stage(&base, paths).map_err(failed())?;
    if tree == base.id() {
        return Err(WorkspaceError::NothingToCommit);
    }
    let create = || {
        let tree = git.find_tree(tree)?;
        let author = git.author_from_env()?;
        let committer = git.committer_from_env()?;
        let message = message_prettify(message, None)?;
        let parents = Vec::from_iter(&parent);
        git.commit(Some("HEAD"), &author, &committer, &message, &tree, &parents)
    };
    let id = create().map_err(failed())?;
    draft.publish()?;
    Ok(id)
}
