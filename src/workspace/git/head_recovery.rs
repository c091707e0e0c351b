//! HEAD and a branch after a run was killed that was about to move them.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use git2::Repository;

use super::super::change::ignore_missing;
use super::super::error::WorkspaceError;
use super::super::journal::Journal;
use super::super::state::StateFolder;
use super::head::{BRANCH_CREATED, Head, HeadBackup, cut, log_paths, target_of};

/// For how long git at most keeps a reference locked: it does not wait for a person meanwhile.
const LOCK_OF_A_REFERENCE: Duration = Duration::from_millis(500);

/// How entries of a log begin that a run makes, in their order.
const SWITCHED: &str = "checkout: moving from ";
const COMMITTED: &str = "commit";

impl HeadBackup {
    /// Removes the locks of HEAD and of the branch that were taken since the journal was written
    /// and that nobody lets go of.
    pub(super) fn remove_stale_locks(&self, repo: &Repository, state: &StateFolder) -> Result<(), WorkspaceError> {
        let began = written(&Journal::path(state));
        let locks = [repo.path().join("HEAD.lock"), repo.commondir().join(format!("{}.lock", self.branch))];
        let taken = |lock: &PathBuf| written(lock).filter(|time| Some(*time) >= began);
        let suspects: Vec<_> = locks.into_iter().filter_map(|lock| taken(&lock).map(|time| (lock, time))).collect();
        if suspects.is_empty() {
            return Ok(());
        }
        thread::sleep(LOCK_OF_A_REFERENCE);
        for (lock, _) in suspects.into_iter().filter(|(lock, time)| written(lock) == Some(*time)) {
            ignore_missing(fs::remove_file(&lock)).map_err(WorkspaceError::io("remove the stale lock", lock))?;
        }
        Ok(())
    }

    /// Puts back what a run left that was killed before its commit, as far as nothing was done to
    /// HEAD, which is at `now`, and the branch since.
    pub(super) fn restore_untouched(&self, repo: &Repository, now: &Head) -> Result<(), WorkspaceError> {
        let at = target_of(repo, &self.branch)?;
        if now.commit != self.head.commit || (at != self.commit && at != self.head.commit) {
            return Ok(());
        }
        let [head_log, branch_log] = log_paths(repo, &self.branch);
        let (head_log, branch_log) = (Log::read(head_log, self.logs[0]), Log::read(branch_log, self.logs[1]));
        let switches = self.head.branch.as_ref() != Some(&self.branch);
        let head_is_ours = head_log.goes_on_with(if switches { &[SWITCHED, COMMITTED] } else { &[COMMITTED] });
        let branch_is_ours =
            branch_log.goes_on_with(if self.commit.is_none() { &[BRANCH_CREATED, COMMITTED] } else { &[COMMITTED] });
        if switches && head_is_ours && now.branch.as_ref() == Some(&self.branch) {
            self.restore_head(repo, now)?;
        }
        // Without a log nothing tells who has created the branch.
        if at != self.commit && branch_is_ours && !branch_log.added.is_empty() {
            let deleted = repo.find_reference(&self.branch).and_then(|mut branch| branch.delete());
            deleted.map_err(WorkspaceError::git("remove the branch that was begun"))?;
        }
        for log in
            [(head_is_ours, head_log), (branch_is_ours, branch_log)].into_iter().filter_map(|(ours, log)| ours.then_some(log))
        {
            log.cut()?;
        }
        Ok(())
    }
}

fn written(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

/// A log of a reference, with what was added to it.
struct Log {
    path: PathBuf,
    length: Option<u64>,
    added: String,
}

impl Log {
    fn read(path: PathBuf, length: Option<u64>) -> Self {
        let bytes = fs::read(&path).unwrap_or_default();
        let start = length.and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
        let added = String::from_utf8_lossy(bytes.get(start..).unwrap_or_default()).into_owned();
        Self { path, length, added }
    }

    /// Whether nothing was added but entries that begin like these, in their order.
    fn goes_on_with(&self, expected: &[&str]) -> bool {
        let mut expected = expected.iter();
        let message = |line: &str| line.split_once('\t').map(|(_, message)| message.to_owned()).unwrap_or_default();
        self.added.lines().all(|line| expected.next().is_some_and(|expected| message(line).starts_with(expected)))
    }

    fn cut(&self) -> Result<(), WorkspaceError> {
        if self.added.is_empty() {
            return Ok(());
        }
        cut(&self.path, self.length).map_err(WorkspaceError::io("put back", &self.path))
    }
}
