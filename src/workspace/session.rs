//! Runs that write: one at a time, and finished or undone by the next one if they are killed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::change::{Step, put_back, remove_folders};
use super::error::WorkspaceError;
use super::git::{Commit, CommitPlan, Ready, Repo};
use super::journal::{FileChange, Journal, digest};
use super::notice::{Notice, Recovered, Tell};
use super::resolve::resolve;
use super::state::StateFolder;
use super::write::WriteSet;

/// Keeps other runs of Plimsoll from writing to a repository, or to a folder that is in none, until
/// dropped. What is read while it lasts is what is written on.
#[must_use = "others may write as soon as it is dropped"]
pub struct Session<'repo> {
    repo: Option<&'repo Repo>,
    root: PathBuf,
    state: StateFolder,
}

/// The outcome of [`Session::write`].
#[derive(Debug)]
pub struct Applied {
    /// Files that were created, replaced or removed, as they were put into the set.
    pub written: Vec<PathBuf>,
    /// Files that were as they shall be already.
    pub unchanged: Vec<PathBuf>,
}

impl Repo {
    /// Waits until no other run writes to the repository, be it in another work tree of it, and
    /// puts right what a run left that was killed.
    ///
    /// # Errors
    ///
    /// [`WorkspaceError::Busy`] if the other run does not end within `patience`;
    /// [`WorkspaceError::NotRestored`] if what was left cannot be put right.
    pub fn begin(&self, patience: Duration, tell: Tell<'_>) -> Result<Session<'_>, WorkspaceError> {
        let (folder, lock_folder) = self.state_folders();
        let state = StateFolder::enter(self.root(), folder, &lock_folder, patience, tell)?;
        Session { repo: Some(self), root: self.root().to_owned(), state }.recovered(tell)
    }
}

impl Session<'static> {
    /// As [`Repo::begin`] for a folder that is in no repository. It is created if it does not exist,
    /// and goes again if nothing is written to it.
    ///
    /// # Errors
    /// As [`Repo::begin`].
    pub fn in_folder(dir: &Path, patience: Duration, tell: Tell<'_>) -> Result<Self, WorkspaceError> {
        let root = resolve(dir).map_err(WorkspaceError::io("follow", dir))?;
        let folder = Self::folder_state(&root);
        let state = StateFolder::enter(dir, folder.clone(), &folder, patience, tell)?;
        Session { repo: None, root, state }.recovered(tell)
    }

    /// Whether a run is or was at work in a folder that is in no repository.
    #[must_use]
    pub fn is_open_in(dir: &Path) -> bool {
        Self::folder_state(dir).exists()
    }

    /// A place of the session's own, on the file system of its folder.
    pub(super) fn workshop(&self) -> PathBuf {
        self.state.path("workshop")
    }

    /// Ends the session, with all that is in its workshop.
    pub(super) fn end(self) -> Result<(), WorkspaceError> {
        self.state.clear()
    }

    fn folder_state(dir: &Path) -> PathBuf {
        dir.join(".plimsoll")
    }
}

impl Session<'_> {
    /// Writes every file whose bytes differ and removes what is to be removed, following symbolic
    /// links inside the boundary. Replaced files keep their permissions.
    ///
    /// # Errors
    ///
    /// The first failure; everything is then as before.
    /// [`WorkspaceError::NotRestored`] if it could not be put back.
    pub fn write(&self, set: &WriteSet) -> Result<Applied, WorkspaceError> {
        let steps = set.steps()?;
        self.change(&steps, None, || Ok(()))?;
        Ok(Applied { unchanged: set.without(&steps), written: steps.iter().map(|step| step.name.to_owned()).collect() })
    }

    /// Writes the files as [`write`](Self::write) does, and commits those of `ready` as they are
    /// then on top of HEAD, and nothing else: what is staged or modified besides stays so.
    ///
    /// The user's own `git` does it where hooks, signing or filters ask for it.
    ///
    /// # Errors
    ///
    /// If HEAD moved or the index is locked since the checks, if nothing changed, or if a file
    /// cannot be written, or git or a hook refuses. The files, HEAD, the branches and the index are
    /// then as before; [`WorkspaceError::NotRestored`] if that failed too.
    pub fn commit(&self, set: &WriteSet, ready: &Ready, message: &str) -> Result<Commit, WorkspaceError> {
        let Some(repo) = self.repo else {
            return Err(WorkspaceError::NoRepository { dir: self.root.clone() });
        };
        let steps = set.steps()?;
        let plan = CommitPlan::make(repo, ready)?;
        self.change(&steps, Some(plan.clone()), || plan.carry_out(repo, &self.state, message))
    }

    /// Takes the steps and does the rest, both or neither.
    fn change<T>(
        &self,
        steps: &[Step<'_>],
        commit: Option<CommitPlan>,
        rest: impl FnOnce() -> Result<T, WorkspaceError>,
    ) -> Result<T, WorkspaceError> {
        let journal = Journal::new(self.missing_folders(steps)?, self.file_changes(steps)?, commit);
        if let Err(error) = journal.open(&self.root, &self.state) {
            // Nothing has changed yet, and what cannot be cleared goes with the next run.
            let _ = self.state.clear();
            return Err(error);
        }
        let mut taken = 0;
        let outcome = self.take(&journal, steps, &mut taken).and_then(|()| rest());
        if let Err(cause) = outcome {
            return Err(self.undo(&journal, taken, cause));
        }
        Journal::close(&self.state)?;
        outcome
    }

    /// Takes the steps, and counts those that were taken.
    fn take(&self, journal: &Journal, steps: &[Step<'_>], taken: &mut usize) -> Result<(), WorkspaceError> {
        for folder in journal.folders.iter().map(|folder| self.root.join(folder)) {
            fs::create_dir(&folder).map_err(WorkspaceError::io("create folder", folder))?;
        }
        for step in steps {
            step.take()?;
            *taken += 1;
        }
        Ok(())
    }

    /// Undoes the steps that were taken, whatever hooks have made of them since, and returns the
    /// error to report.
    fn undo(&self, journal: &Journal, taken: usize, cause: WorkspaceError) -> WorkspaceError {
        let outcome = put_back(&self.root, &self.state, &journal.files[..taken], |_, _| false);
        remove_folders(&self.root, &journal.folders);
        let restored = if outcome.failed.is_empty() {
            Journal::close(&self.state)
        } else {
            Err(WorkspaceError::NotRestored { items: outcome.failed, cause: None })
        };
        cause.after_restoring(restored)
    }

    /// Puts right what the last run left, if it was killed.
    fn recovered(self, tell: Tell<'_>) -> Result<Self, WorkspaceError> {
        let Some(journal) = Journal::read(&self.state)? else {
            self.state.clear()?;
            return Ok(self);
        };
        let plan = journal.commit.as_ref().zip(self.repo);
        let commit = plan.map(|(plan, repo)| plan.finish(repo, &self.state)).transpose()?.flatten();
        let mut recovered = Recovered::default();
        if commit.is_some() {
            recovered.commit = commit;
        } else {
            let is_committed = |file: &FileChange| plan.is_some_and(|(plan, repo)| plan.is_taken_by_others(repo, file));
            let stays = |file: &FileChange, is_ours: bool| !is_ours || is_committed(file);
            let outcome = put_back(&self.root, &self.state, &journal.files, stays);
            if !outcome.failed.is_empty() {
                return Err(WorkspaceError::NotRestored { items: outcome.failed, cause: None });
            }
            remove_folders(&self.root, &journal.folders);
            (recovered.put_back, recovered.left) = (outcome.done, outcome.left);
        }
        Journal::close(&self.state)?;
        if recovered != Recovered::default() {
            tell(&Notice::Recovered(recovered));
        }
        Ok(self)
    }

    fn file_changes(&self, steps: &[Step<'_>]) -> Result<Vec<FileChange>, WorkspaceError> {
        let change = |step: &Step<'_>| {
            let old = step.old.as_ref().map(|old| old.digest.clone());
            let new = step.new.map(digest).transpose().map_err(WorkspaceError::io("write", &step.target))?;
            Ok(FileChange { path: self.relative(&step.target)?, old, new })
        };
        steps.iter().map(change).collect()
    }

    /// The folders that the steps need and that do not exist, the outermost first.
    fn missing_folders(&self, steps: &[Step<'_>]) -> Result<Vec<PathBuf>, WorkspaceError> {
        let mut missing = BTreeSet::new();
        for step in steps.iter().filter(|step| step.new.is_some()) {
            for folder in step.target.ancestors().skip(1).take_while(|folder| !folder.exists()) {
                if !missing.insert(self.relative(folder)?) {
                    break;
                }
            }
        }
        Ok(missing.into_iter().collect())
    }

    fn relative(&self, path: &Path) -> Result<PathBuf, WorkspaceError> {
        let outside = |_| WorkspaceError::OutsideWorkTree { path: path.to_owned(), root: self.root.clone() };
        path.strip_prefix(&self.root).map(Path::to_owned).map_err(outside)
    }
}
