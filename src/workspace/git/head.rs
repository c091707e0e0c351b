//! Where HEAD is, and how it and a branch are moved: only from where they were, and never back.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use git2::{ErrorCode, Oid, Repository};
use serde::{Deserialize, Serialize};

use super::super::change::ignore_missing;
use super::super::error::WorkspaceError;
use super::super::journal::Journal;
use super::super::state::StateFolder;
use super::branch_name::short_name;

/// What the log of a branch says first that was started here; git itself says it in other words.
const BRANCH_CREATED: &str = "branch: Created from HEAD for a commit";

/// For how long git at most keeps a reference locked: it does not wait for a person meanwhile.
const LOCK_OF_A_REFERENCE: Duration = Duration::from_millis(500);

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

/// HEAD and the branch that a commit goes to, as they were when it was decided.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Start {
    pub(super) head: Head,
    /// The full name of the branch that a commit goes to.
    pub(super) branch: String,
    /// Where the branch was; `None` if it did not exist.
    #[serde(with = "id")]
    pub(super) at: Option<Oid>,
}

impl Start {
    /// A commit on top of HEAD, which was read before. The branch is at HEAD, or does not exist: it is not
    /// read again, as it may have moved since, and what is moved is what was read.
    pub(super) fn of(repo: &Repository, head: Head, branch: String) -> Result<Self, WorkspaceError> {
        let exists = head.branch.as_ref() == Some(&branch) || target_of(repo, &branch)?.is_some();
        let at = head.commit.filter(|_| exists);
        Ok(Self { head, branch, at })
    }

    /// Whether HEAD is to point at another branch than it did.
    pub(super) fn switches(&self) -> bool {
        self.head.branch.as_ref() != Some(&self.branch)
    }

    /// Moves the branch to a commit, if it is still where it was.
    ///
    /// # Errors
    /// [`WorkspaceError::HeadMoved`] if it is not, or is just being moved.
    pub(super) fn advance(&self, repo: &Repository, root: &Path, commit: Oid, log: &str) -> Result<(), WorkspaceError> {
        let moved = match self.at {
            Some(old) => repo.reference_matching(&self.branch, commit, true, old, log),
            None => repo.reference(&self.branch, commit, false, log),
        };
        moved.map(drop).map_err(|error| as_moved(error, root, "move the branch"))
    }

    /// Takes the branch back from a commit of ours that could not be completed, if nobody has gone on from it.
    pub(super) fn take_back(&self, repo: &Repository, commit: Oid) {
        let log = "commit: could not be completed";
        let is_ours = |repo: &Repository| repo.refname_to_id(&self.branch) == Ok(commit);
        // What fails here has failed before, and that is what is told.
        match self.at {
            Some(old) => drop(repo.reference_matching(&self.branch, old, true, commit, log)),
            None if is_ours(repo) => drop(repo.find_reference(&self.branch).and_then(|mut branch| branch.delete())),
            None => {}
        }
    }

    /// Points HEAD at the branch, if it is still where it was. The index and the files stay, as with
    /// `git switch -c`.
    pub(super) fn point_head(&self, repo: &Repository, root: &Path) -> Result<(), WorkspaceError> {
        let head = Head::read(repo)?;
        if head.branch.as_ref() == Some(&self.branch) {
            return Ok(());
        }
        if head != self.head {
            return Err(WorkspaceError::HeadMoved { root: root.to_owned() });
        }
        let from = match (&head.branch, head.commit) {
            (Some(branch), _) => short_name(branch).to_owned(),
            (None, commit) => commit.map(|id| id.to_string()).unwrap_or_default(),
        };
        let log = format!("checkout: moving from {from} to {}", short_name(&self.branch));
        let pointed = match &head.branch {
            Some(old) => repo.reference_symbolic_matching("HEAD", &self.branch, true, old, &log),
            None => repo.reference_symbolic("HEAD", &self.branch, true, &log),
        };
        pointed.map(drop).map_err(|error| as_moved(error, root, "point HEAD at the branch"))
    }

    /// Starts the branch where HEAD is, for git to commit to, and points HEAD at it.
    pub(super) fn begin_branch(&self, repo: &Repository, root: &Path) -> Result<(), WorkspaceError> {
        if !self.switches() {
            return Ok(());
        }
        if let (None, Some(commit)) = (self.at, self.head.commit) {
            self.advance(repo, root, commit, BRANCH_CREATED)?;
        }
        self.point_head(repo, root)
    }

    /// Takes back what [`begin_branch`](Self::begin_branch) did, as far as nobody has done anything to it
    /// since. The logs stay.
    pub(super) fn leave_branch(&self, repo: &Repository, root: &Path) -> Result<(), WorkspaceError> {
        if !self.switches() || target_of(repo, &self.branch)? != self.at.or(self.head.commit) {
            return Ok(());
        }
        let begun = self.at.is_none() && self.head.commit.is_some() && is_begun_here(repo, &self.branch);
        let failed = || WorkspaceError::git("put HEAD back");
        if Head::read(repo)?.branch.as_ref() == Some(&self.branch) {
            let log = format!("checkout: moving from {} back", short_name(&self.branch));
            let back = match (&self.head.branch, self.head.commit) {
                (Some(branch), _) => repo.reference_symbolic_matching("HEAD", branch, true, &self.branch, &log).map(drop),
                (None, Some(commit)) => repo.set_head_detached(commit),
                (None, None) => Ok(()),
            };
            back.map_err(|error| as_moved(error, root, "put HEAD back"))?;
        }
        if begun {
            repo.find_reference(&self.branch).and_then(|mut branch| branch.delete()).map_err(failed())?;
        }
        Ok(())
    }

    /// Removes the locks of HEAD and of the branch that were taken since the journal was written and that
    /// nobody lets go of: a run was killed with them.
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
}

/// Whether the newest entry of a branch's log is the one that is written here. Without a log nothing tells
/// who has made it.
fn is_begun_here(repo: &Repository, branch: &str) -> bool {
    repo.reflog(branch).is_ok_and(|log| log.get(0).is_some_and(|entry| entry.message() == Ok(Some(BRANCH_CREATED))))
}

/// That a reference is elsewhere, is there already, or is being moved by another process is the same for
/// us: to begin again.
fn as_moved(error: git2::Error, root: &Path, action: &'static str) -> WorkspaceError {
    match error.code() {
        ErrorCode::Modified | ErrorCode::Exists | ErrorCode::Locked => WorkspaceError::HeadMoved { root: root.to_owned() },
        _ => WorkspaceError::git(action)(error),
    }
}

fn written(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
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
