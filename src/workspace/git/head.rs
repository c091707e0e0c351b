//! Where HEAD is, and how to put it back.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use git2::{ErrorCode, Oid, Repository};
use serde::{Deserialize, Serialize};

use super::super::change::ignore_missing;
use super::super::error::WorkspaceError;

/// What the log of a branch says first that was started here; git itself says it in other words.
pub(super) const BRANCH_CREATED: &str = "branch: Created from HEAD for a commit";

/// What HEAD points at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    /// The full name of the branch, or `None` if HEAD is detached.
    pub(super) branch: Option<String>,
    /// `None` before the first commit.
    #[serde(with = "id")]
    pub(super) commit: Option<Oid>,
}

impl Head {
    pub(super) fn read(repo: &Repository) -> Result<Self, WorkspaceError> {
        let failed = || WorkspaceError::git("read HEAD");
        let head = repo.find_reference("HEAD").map_err(failed())?;
        let branch = head.symbolic_target().map_err(failed())?;
        let commit = match branch {
            Some(branch) => target_of(repo, branch)?,
            None => head.target(),
        };
        let branch = branch.map(str::to_owned);
        Ok(Self { branch, commit })
    }
}

/// The commit of the branch with this full name, or `None` if it does not exist.
pub(super) fn target_of(repo: &Repository, branch: &str) -> Result<Option<Oid>, WorkspaceError> {
    match repo.refname_to_id(branch) {
        Ok(id) => Ok(Some(id)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(WorkspaceError::git("read a branch")(error)),
    }
}

/// HEAD and one branch as they were, with the ends of their logs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct HeadBackup {
    pub(super) head: Head,
    /// The full name of the branch that a commit goes to.
    pub(super) branch: String,
    #[serde(with = "id")]
    pub(super) commit: Option<Oid>,
    /// The lengths of the logs; `None` where there was no log.
    pub(super) logs: [Option<u64>; 2],
}

/// A commit, as JSON has it.
mod id {
    use git2::Oid;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de::Error as _};

    #[expect(clippy::ref_option, reason = "serde hands fields over so")]
    pub(super) fn serialize<S: Serializer>(id: &Option<Oid>, serializer: S) -> Result<S::Ok, S::Error> {
        id.map(|id| id.to_string()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Oid>, D::Error> {
        let hex = Option::<String>::deserialize(deserializer)?;
        hex.map(|hex| hex.parse()).transpose().map_err(D::Error::custom)
    }
}

impl HeadBackup {
    /// Remembers HEAD, which is `head`, and the branch with this full name.
    pub(super) fn take(repo: &Repository, head: Head, branch: &str) -> Result<Self, WorkspaceError> {
        let logs = log_paths(repo, branch).map(|path| fs::metadata(path).ok().map(|metadata| metadata.len()));
        Ok(Self { head, branch: branch.to_owned(), commit: target_of(repo, branch)?, logs })
    }

    /// Points HEAD at the branch, which is created where HEAD is if it does not
    /// exist. The index and the files stay, as with `git switch -c`.
    pub(super) fn switch(&self, repo: &Repository) -> Result<(), WorkspaceError> {
        if self.head.branch.as_ref() == Some(&self.branch) {
            return Ok(());
        }
        let failed = || WorkspaceError::git("start the branch");
        if let (None, Some(commit)) = (self.commit, self.head.commit) {
            repo.reference(&self.branch, commit, false, BRANCH_CREATED).map_err(failed())?;
        }
        repo.set_head(&self.branch).map_err(failed())
    }

    /// Puts HEAD and the branch back, and takes what was added from their logs:
    /// otherwise `git switch -` would lead to a branch that never was.
    pub(super) fn restore(&self, repo: &Repository) -> Result<(), WorkspaceError> {
        let failed = || WorkspaceError::git("put HEAD back");
        self.restore_head(repo, &Head::read(repo)?)?;
        let commit = target_of(repo, &self.branch)?;
        if commit != self.commit {
            match self.commit {
                Some(old) => repo.reference(&self.branch, old, true, "reset: commit failed").map(drop),
                None => repo.find_reference(&self.branch).and_then(|mut branch| branch.delete()),
            }
            .map_err(failed())?;
        }
        for (path, length) in log_paths(repo, &self.branch).iter().zip(self.logs) {
            cut(path, length).map_err(WorkspaceError::io("put back", path))?;
        }
        Ok(())
    }

    /// Puts back what HEAD points at; `now` is where it is.
    pub(super) fn restore_head(&self, repo: &Repository, now: &Head) -> Result<(), WorkspaceError> {
        if now.branch == self.head.branch {
            return Ok(());
        }
        match (&self.head.branch, self.head.commit) {
            (Some(branch), _) => repo.set_head(branch),
            (None, Some(commit)) => repo.set_head_detached(commit),
            (None, None) => Ok(()),
        }
        .map_err(WorkspaceError::git("put HEAD back"))
    }
}

/// The logs of HEAD and of a branch.
pub(super) fn log_paths(repo: &Repository, branch: &str) -> [PathBuf; 2] {
    [repo.path().join("logs/HEAD"), repo.commondir().join("logs").join(branch)]
}

/// Takes a log back to a length, or away.
pub(super) fn cut(path: &Path, length: Option<u64>) -> io::Result<()> {
    match length {
        Some(length) => OpenOptions::new().write(true).open(path)?.set_len(length),
        None => ignore_missing(fs::remove_file(path)),
    }
}
