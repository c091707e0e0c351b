//! Commits by the user's own `git`, with hooks, signing and filters.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use git2::{Index, Oid};

use super::super::error::WorkspaceError;
use super::super::state::StateFolder;
use super::Repo;
use super::head::{Head, HeadBackup};
use super::index_draft::{IndexDraft, draft_path};
use super::index_file::{IndexLock, NextIndex};
use super::paths::is_tracked;
use super::user_git::{pathspec, run};

/// Our messages are UTF-8, whatever encoding the user has set for their own. Housekeeping waits for
/// the user's next command, as its locks would stay if it were killed.
const COMMIT_OPTIONS: &[&str] = &["-c", "i18n.commitEncoding=UTF-8", "-c", "maintenance.auto=false"];

/// Commits `paths` on top of HEAD, as [`fast_commit`](super::fast_commit) does.
///
/// git works on a draft of the index that is like HEAD but for `paths`. So hooks see just what is
/// committed, and what git leaves locked if it is killed is the draft.
pub(super) fn commit(
    repo: &Repo,
    state: &StateFolder,
    before: &HeadBackup,
    paths: &[PathBuf],
    message: &str,
) -> Result<Oid, WorkspaceError> {
    let head = &before.head;
    IndexDraft::copy(repo, state)?.reset(head.commit).map_err(WorkspaceError::git("write a draft of the index"))?;
    let draft = Index::open(&draft_path(state)).map_err(WorkspaceError::git("read a draft of the index"))?;
    let is_known = |path: &&PathBuf| is_tracked(&draft, path) || fs::symlink_metadata(repo.root.join(path)).is_ok();
    let specs: Vec<OsString> = paths.iter().filter(is_known).map(|path| pathspec(path)).collect();
    if specs.is_empty() {
        return Err(WorkspaceError::NothingToCommit);
    }
    let message_file = state.path("message");
    fs::write(&message_file, message).map_err(WorkspaceError::io("write", &message_file))?;
    let git = DraftGit { repo, state };
    // What may be ignored has been checked: files that the index knows are not.
    git.run(&[], "add", |git| _ = git.args(["--force", "--all", "--"]).args(&specs))?;
    if head.commit.is_some()
        && git.run(&[], "diff", |git| _ = git.args(["--cached", "--name-only", "--no-ext-diff", "HEAD"]))?.is_empty()
    {
        return Err(WorkspaceError::NothingToCommit);
    }
    let lock = IndexLock::acquire(repo, state)?;
    NextIndex::make(repo, state, paths)?;
    before.switch(&repo.inner)?;
    git.run(COMMIT_OPTIONS, "commit", |git| _ = git.args(["--quiet", "--cleanup=whitespace", "-F"]).arg(&message_file))?;
    let id = Head::read(&repo.inner)?.commit.ok_or(WorkspaceError::NothingToCommit)?;
    // Hooks may have changed what is committed.
    NextIndex::make(repo, state, paths)?.publish(repo, lock)?;
    Ok(id)
}

/// The user's git, at work on the draft.
struct DraftGit<'a> {
    repo: &'a Repo,
    state: &'a StateFolder,
}

impl DraftGit<'_> {
    fn run(&self, options: &[&str], name: &'static str, prepare: impl FnOnce(&mut Command)) -> Result<Vec<u8>, WorkspaceError> {
        let lock = self.state.shared_lock().map_err(WorkspaceError::io("share the lock with git in", &self.repo.root))?;
        run(self.repo, options, name, |git| {
            git.env("GIT_INDEX_FILE", draft_path(self.state)).stdin(lock);
            prepare(git);
        })
    }
}
