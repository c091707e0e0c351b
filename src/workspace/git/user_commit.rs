//! Commits by the user's own `git`, with hooks, signing and filters.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use git2::{Index, Oid};

use super::super::change::ignore_missing;
use super::super::error::WorkspaceError;
use super::super::state::StateFolder;
use super::Repo;
use super::head::{Head, Start};
use super::index_draft::IndexDraft;
use super::index_file::{IndexLock, NextIndex};
use super::kept::{draft_path, message_path};
use super::paths::is_tracked;
use super::user_git::{pathspec, run};

/// Our messages are UTF-8, whatever encoding the user has set for their own. Housekeeping waits for
/// the user's next command, as its locks would stay if it were killed. What is told is told with all digits.
const COMMIT_OPTIONS: &[&str] = &["-c", "i18n.commitEncoding=UTF-8", "-c", "maintenance.auto=false", "-c", "core.abbrev=40"];

/// Commits `paths` on top of HEAD by `git commit --only`: git itself reads HEAD, and moves it only from
/// there.
///
/// git works on a draft of the index. So what it leaves locked if it is killed is the draft, and hooks see
/// HEAD and our files alone.
pub(super) fn commit(
    repo: &Repo,
    state: &StateFolder,
    index: &IndexLock,
    start: &Start,
    paths: &[PathBuf],
) -> Result<Oid, WorkspaceError> {
    IndexDraft::copy(repo, state)?;
    let draft = || Index::open(&draft_path(state)).map_err(WorkspaceError::git("read a draft of the index"));
    let head = repo.tree(start.head.commit)?;
    let known = draft()?;
    // git refuses a name that means no file.
    let (to_add, gone): (Vec<&PathBuf>, Vec<&PathBuf>) =
        paths.iter().partition(|path| is_tracked(&known, path) || fs::symlink_metadata(repo.root.join(path)).is_ok());
    let in_head = gone.into_iter().filter(|path| head.get(path).is_some());
    let specs: Vec<OsString> = to_add.iter().copied().chain(in_head).map(|path| pathspec(path)).collect();
    if specs.is_empty() {
        return Err(WorkspaceError::NothingToCommit);
    }
    let message_file = message_path(state);
    let git = DraftGit { repo, state };
    if !to_add.is_empty() {
        // What a person asks for in a sparse checkout may lie outside of it.
        let is_sparse = repo.inner.config().and_then(|config| config.get_bool("core.sparseCheckout")).unwrap_or(false);
        let sparse = is_sparse.then_some("--sparse");
        let to_add = to_add.iter().map(|path| pathspec(path));
        // What may be ignored has been checked.
        git.run(&[], "add", |git| _ = git.args(["--force", "--all"]).args(sparse).arg("--").args(to_add))?;
    }
    let added = draft()?;
    let is_as_in_head = |path: &PathBuf| {
        let entry = added.get_path(path, 0).map(|entry| (entry.id, i32::try_from(entry.mode).ok()));
        entry == head.get(path).map(|item| (item.id, Some(item.mode)))
    };
    if paths.iter().all(is_as_in_head) {
        return Err(WorkspaceError::NothingToCommit);
    }
    // A kill behind the commit finds a next index to be completed.
    NextIndex::begin(state)?;
    start.begin_branch(&repo.inner, &repo.root)?;
    let committed = git.run(COMMIT_OPTIONS, "commit", |git| {
        _ = git.args(["--no-quiet", "--cleanup=whitespace", "-F"]).arg(&message_file).args(["--only", "--"]).args(&specs);
    });
    let told = match committed {
        Ok(told) => told,
        Err(error) => {
            let has_moved = is_overtaken(repo, start, &error)?;
            let back = start.leave_branch(&repo.inner, &repo.root);
            let error = if has_moved { WorkspaceError::HeadMoved { root: repo.root.clone() } } else { error };
            return Err(error.after_restoring(back));
        }
    };
    let made = told_commit(&told).ok_or(WorkspaceError::NothingToCommit)?;
    // Others have gone on from it, or a hook has replaced it: the index is to agree with HEAD.
    let head = Head::read(&repo.inner)?.commit.unwrap_or(made);
    let published = NextIndex::make(repo, state, paths, head).and_then(|next| next.publish(repo, index));
    published.inspect_err(|_| start.take_back(&repo.inner, made))?;
    let lasts = head == made || repo.inner.graph_descendant_of(head, made).unwrap_or(false);
    Ok(if lasts { made } else { head })
}

/// The commit that git says it has made: `[main 0123…] subject`, with all digits by [`COMMIT_OPTIONS`].
fn told_commit(told: &[u8]) -> Option<Oid> {
    let told = String::from_utf8_lossy(told);
    let mut heads = told.lines().filter_map(|line| line.strip_prefix('[')?.split_once(']'));
    heads.find_map(|(head, _)| head.rsplit(' ').next()?.parse().ok())
}

/// Whether git failed because somebody moves HEAD: it is elsewhere, or about to be, as whoever moves it
/// locks it first.
fn is_overtaken(repo: &Repo, start: &Start, error: &WorkspaceError) -> Result<bool, WorkspaceError> {
    const LOOKS: usize = 10;
    let by_git_itself = matches!(error, WorkspaceError::UserGit { code: Some(128), .. });
    for _ in 0..if by_git_itself { LOOKS } else { 1 } {
        if Head::read(&repo.inner)?.commit != start.head.commit {
            return Ok(true);
        }
        thread::sleep(Duration::from_millis(10));
    }
    Ok(false)
}

/// Removes what a git leaves in its folder that is killed during `commit --only`: the index that it was
/// about to commit, named by its process.
pub(super) fn remove_leftovers(repo: &Repo, state: &StateFolder) {
    let began = fs::metadata(state.path("journal")).and_then(|metadata| metadata.modified()).ok();
    let Ok(entries) = fs::read_dir(repo.inner.path()) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process = name.strip_prefix("next-index-").and_then(|rest| rest.strip_suffix(".lock"));
        let is_newer = entry.metadata().and_then(|metadata| metadata.modified()).ok() >= began;
        if process.is_some_and(has_ended) && is_newer {
            let _ = ignore_missing(fs::remove_file(entry.path()));
        }
    }
}

/// Whether a process is known to have ended, be it that nobody has asked how.
fn has_ended(process: &str) -> bool {
    let processes = Path::new("/proc");
    if process.parse::<u32>().is_err() || !processes.join("self").exists() {
        return false;
    }
    let Ok(stat) = fs::read_to_string(processes.join(process).join("stat")) else { return true };
    let state = stat.rsplit_once(')').and_then(|(_, rest)| rest.trim_start().chars().next());
    matches!(state, Some('Z' | 'X'))
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
