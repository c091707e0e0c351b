//! Commits by libgit2, within a few milliseconds.

use std::path::PathBuf;

use git2::{Oid, message_prettify, opts};

use super::super::error::WorkspaceError;
use super::super::state::StateFolder;
use super::Repo;
use super::conversions::Conversions;
use super::head::Start;
use super::index_draft::IndexDraft;
use super::index_file::{IndexLock, NextIndex};

/// Commits `paths` on top of HEAD. All objects and the next index are written before the branch moves, and
/// the branch moves only from where it was: a failure leaves nothing to be put back in git.
pub(super) fn commit(
    repo: &Repo,
    state: &StateFolder,
    index: &IndexLock,
    start: &Start,
    (paths, conversions): (&[PathBuf], &Conversions),
    message: &str,
) -> Result<Oid, WorkspaceError> {
    let failed = || WorkspaceError::git("commit");
    // All that trees and the commit name is in the last commit or is written here, one line before.
    opts::strict_object_creation(false);
    let draft = IndexDraft::copy(repo, state)?;
    let git = draft.repo();
    let parent = start.head.commit.map(|id| git.find_commit(id)).transpose().map_err(failed())?;
    let base = match &parent {
        Some(parent) => parent.tree(),
        None => git.treebuilder(None).and_then(|empty| git.find_tree(empty.write()?)),
    }
    .map_err(failed())?;
    let tree = draft.stage(&base, paths, conversions).map_err(failed())?;
    if tree == base.id() {
        return Err(WorkspaceError::NothingToCommit);
    }
    let message = message_prettify(message, None).map_err(failed())?;
    let create = || {
        let (author, committer) = (git.author_from_env()?, git.committer_from_env()?);
        git.commit(None, &author, &committer, &message, &git.find_tree(tree)?, &Vec::from_iter(&parent))
    };
    let id = create().map_err(failed())?;
    let next = NextIndex::make(repo, state, paths, id)?;
    let what = if parent.is_some() { "commit" } else { "commit (initial)" };
    let log = format!("{what}: {}", message.lines().next().unwrap_or_default());
    start.advance(git, &repo.root, id, &log)?;
    let completed = start.point_head(git, &repo.root).and_then(|()| next.publish(repo, index));
    completed.inspect_err(|_| start.take_back(git, id))?;
    Ok(id)
}
