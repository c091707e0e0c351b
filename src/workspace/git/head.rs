//! Where HEAD is, and how to put it back.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use git2::{ErrorCode, Oid, Repository};

use super::super::error::WorkspaceError;

/// What HEAD points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    /// The full name of the branch, or `None` if HEAD is detached.
    pub(super) branch: Option<String>,
    /// `None` before the first commit.
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
pub(super) struct HeadBackup {
    head: Head,
    branch: String,
    commit: Option<Oid>,
    logs: Vec<(PathBuf, Option<u64>)>,
}

impl HeadBackup {
    /// Remembers HEAD, which is `head`, and the branch with this full name.
    pub(super) fn take(repo: &Repository, head: Head, branch: &str) -> Result<Self, WorkspaceError> {
        let logs = [repo.path().join("logs/HEAD"), repo.commondir().join("logs").join(branch)];
        Ok(Self {
            head,
            branch: branch.to_owned(),
            commit: target_of(repo, branch)?,
            logs: logs.into_iter().map(with_length).collect(),
        })
    }

    /// Points HEAD at the branch, which is created where HEAD is if it does not
    /// exist. The index and the files stay, as with `git switch -c`.
    pub(super) fn switch(&self, repo: &Repository) -> Result<(), WorkspaceError> {
        if self.head.branch.as_ref() == Some(&self.branch) {
            return Ok(());
        }
        let failed = || WorkspaceError::git("start the branch");
        if let (None, Some(commit)) = (self.commit, self.head.commit) {
            repo.reference(&self.branch, commit, false, "branch: Created from HEAD").map_err(failed())?;
        }
        repo.set_head(&self.branch).map_err(failed())
    }

    /// Puts HEAD and the branch back, and takes what was added from their logs:
    /// otherwise `git switch -` would lead to a branch that never was.
    pub(super) fn restore(&self, repo: &Repository) -> Result<(), WorkspaceError> {
        let failed = || WorkspaceError::git("put HEAD back");
        let now = Head::read(repo)?;
        if now.branch != self.head.branch {
            match (&self.head.branch, self.head.commit) {
                (Some(branch), _) => repo.set_head(branch).map_err(failed())?,
                (None, Some(commit)) => repo.set_head_detached(commit).map_err(failed())?,
                (None, None) => {}
            }
        }
        let commit = target_of(repo, &self.branch)?;
        if commit != self.commit {
            match self.commit {
                Some(old) => repo.reference(&self.branch, old, true, "reset: commit failed").map(drop),
                None => repo.find_reference(&self.branch).and_then(|mut branch| branch.delete()),
            }
            .map_err(failed())?;
        }
        for (path, length) in &self.logs {
            cut(path, *length).map_err(WorkspaceError::io("put back", path))?;
        }
        Ok(())
    }
}

fn with_length(path: PathBuf) -> (PathBuf, Option<u64>) {
    let length = fs::metadata(&path).ok().map(|metadata| metadata.len());
    (path, length)
}

fn cut(path: &Path, length: Option<u64>) -> io::Result<()> {
    match length {
        Some(length) => OpenOptions::new().write(true).open(path)?.set_len(length),
        None => match fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            outcome => outcome,
        },
    }
}
