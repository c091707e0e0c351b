//! Runs that write: one at a time, and finished or undone by the next one if they are killed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::change::{FileChangeStep, PutBack, put_back, remove_folders};
use super::error::WorkspaceError;
use super::git::{Commit, CommitDraft, IndexLock, NewRepo, Ready, Repo};
use super::journal::{FileChange, Journal, digest};
use super::notice::{Notice, Recovered, Tell};
use super::resolve::resolve;
use super::shield::Shield;
use super::state::StateFolder;
use super::write::WriteSet;

/// How often a commit begins again that finds HEAD moved.
const TRIES: usize = 20;

/// How long the others get to be done with HEAD.
const PAUSE: Duration = Duration::from_millis(10);

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
    /// As [`Repo::begin`] for a folder that is in no repository, and need not exist. What the run needs to
    /// be put right is kept in the user's private folder for state.
    ///
    /// # Errors
    /// As [`Repo::begin`]; [`WorkspaceError::NoStateFolder`] if there is no private folder.
    pub fn in_folder(dir: &Path, patience: Duration, tell: Tell<'_>) -> Result<Self, WorkspaceError> {
        let root = resolve(dir).map_err(WorkspaceError::io("follow", dir))?;
        let state = StateFolder::enter_private(&root, patience, tell)?;
        Session { repo: None, root, state }.recovered(tell)
    }

    /// Whether a run is or was at work in a folder that is in no repository.
    #[must_use]
    pub fn is_open_in(dir: &Path) -> bool {
        resolve(dir).is_ok_and(|root| StateFolder::private_path(&root).is_ok_and(|state| state.exists()))
    }

    /// The folder that is worked in, with every link followed.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// What the session keeps.
    pub(super) fn state(&self) -> &StateFolder {
        &self.state
    }
}

impl Session<'_> {
    /// Writes every file whose bytes differ and removes what is to be removed, following symbolic
    /// links inside the boundary. Replaced files keep their permissions.
    ///
    /// # Errors
    ///
    /// The first failure; everything is then as before. [`WorkspaceError::NotRestored`] if it could not be put
    /// back, [`WorkspaceError::EditsLeft`] if somebody has edited a file since it was written.
    pub fn write(&self, set: &WriteSet) -> Result<Applied, WorkspaceError> {
        let _shield = Shield::raise();
        let steps = set.steps()?;
        self.change(&steps, None, || Ok(()))?;
        Ok(Applied { unchanged: set.without(&steps), written: steps.iter().map(|step| step.name.to_owned()).collect() })
    }

    /// Takes git's lock of the index, so that nobody else commits until it is dropped. HEAD and files are
    /// read after that.
    ///
    /// # Errors
    /// [`WorkspaceError::IndexLocked`] if another process does not let go of it.
    pub fn hold(&self) -> Result<HeldSession<'_>, WorkspaceError> {
        let Some(repo) = self.repo else {
            return Err(WorkspaceError::NoRepository { dir: self.root.clone() });
        };
        Ok(HeldSession { session: self, repo, index: IndexLock::acquire(repo, &self.state)? })
    }

    /// Writes and commits what `prepare` makes while git's lock is held; nothing if it makes nothing. Where
    /// somebody moves HEAD all the same, who does not heed the lock, all of it begins again on the new one.
    ///
    /// # Errors
    /// What `prepare` finds in the way, and as [`hold`](Self::hold) and [`HeldSession::commit`].
    pub fn land<E: From<WorkspaceError>>(
        &self,
        mut prepare: impl FnMut(&Repo) -> Result<Option<(WriteSet, Ready, String)>, E>,
    ) -> Result<Option<Commit>, E> {
        // It outlives git's lock, which nobody would let go of otherwise.
        let _shield = Shield::raise();
        for _ in 0..TRIES {
            let held = self.hold()?;
            let Some((set, ready, message)) = prepare(held.repo)? else { return Ok(None) };
            match held.commit(&set, &ready, &message) {
                Err(WorkspaceError::HeadMoved { .. }) => thread::sleep(PAUSE),
                outcome => return Ok(outcome.map(Some)?),
            }
        }
        Err(WorkspaceError::HeadMoved { root: self.root.clone() }.into())
    }

    /// Takes the steps and does the rest, both or neither.
    fn change<T>(
        &self,
        steps: &[FileChangeStep<'_>],
        commit: Option<CommitDraft>,
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
    fn take(&self, journal: &Journal, steps: &[FileChangeStep<'_>], taken: &mut usize) -> Result<(), WorkspaceError> {
        for folder in journal.folders.iter().map(|folder| self.root.join(folder)) {
            fs::create_dir(&folder).map_err(WorkspaceError::io("create folder", folder))?;
        }
        for step in steps {
            step.take()?;
            *taken += 1;
        }
        Ok(())
    }

    /// Undoes the steps that were taken, and returns the error to report. What a person or a hook has made
    /// of a file since is theirs.
    fn undo(&self, journal: &Journal, taken: usize, cause: WorkspaceError) -> WorkspaceError {
        let outcome = self.put_back(journal, taken);
        if !outcome.failed.is_empty() {
            return cause.after_restoring(Err(WorkspaceError::NotRestored { items: outcome.failed, cause: None }));
        }
        let cause = cause.after_restoring(Journal::close(&self.state));
        if outcome.left.is_empty() {
            return cause;
        }
        let files = outcome.left.iter().map(|file| self.root.join(file)).collect();
        WorkspaceError::EditsLeft { files, cause: Box::new(cause) }
    }

    /// Puts the first `count` files of a journal back that hold what was written, unless somebody has
    /// committed that; and removes the folders that were made for them.
    fn put_back(&self, journal: &Journal, count: usize) -> PutBack {
        let plan = journal.commit.as_ref().zip(self.repo);
        let is_committed = |file: &FileChange| plan.is_some_and(|(plan, repo)| plan.is_committed(repo, file));
        let outcome = put_back(&self.root, &self.state, journal, count, is_committed);
        remove_folders(&self.root, &journal.folders);
        outcome
    }

    /// Puts right what the last run left, if it was killed.
    fn recovered(self, tell: Tell<'_>) -> Result<Self, WorkspaceError> {
        let index = self.repo.and_then(|repo| IndexLock::left_behind(repo, &self.state));
        if self.repo.is_none() {
            NewRepo::remove_workshop(&self.root, &self.state)?;
        }
        let Some(journal) = Journal::read(&self.state)? else {
            drop(index);
            self.state.clear()?;
            return Ok(self);
        };
        let plan = journal.commit.as_ref().zip(self.repo);
        let made = plan.map(|(plan, repo)| plan.finish(repo, &self.state, index)).transpose()?.flatten();
        let mut recovered = Recovered::default();
        if made.is_some() {
            recovered.commit = made;
        } else {
            let outcome = self.put_back(&journal, journal.files.len());
            if !outcome.failed.is_empty() {
                return Err(WorkspaceError::NotRestored { items: outcome.failed, cause: None });
            }
            (recovered.put_back, recovered.left) = (outcome.done, outcome.left);
        }
        Journal::close(&self.state)?;
        if recovered != Recovered::default() {
            tell(&Notice::Recovered(recovered));
        }
        Ok(self)
    }

    fn file_changes(&self, steps: &[FileChangeStep<'_>]) -> Result<Vec<FileChange>, WorkspaceError> {
        let change = |step: &FileChangeStep<'_>| {
            let old = step.old.as_ref().map(|old| old.digest.clone());
            Ok(FileChange { path: self.relative(&step.target)?, old, new: step.new.map(digest) })
        };
        steps.iter().map(change).collect()
    }

    /// The folders that the steps need and that do not exist, the outermost first.
    fn missing_folders(&self, steps: &[FileChangeStep<'_>]) -> Result<Vec<PathBuf>, WorkspaceError> {
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

/// A session that holds git's lock of the index.
#[must_use = "others may commit as soon as it is dropped"]
pub struct HeldSession<'s> {
    session: &'s Session<'s>,
    repo: &'s Repo,
    index: IndexLock,
}

impl HeldSession<'_> {
    /// Writes the files as [`Session::write`] does, and commits those of `ready`, which was made while
    /// this was held, as they are then on top of HEAD, and nothing else: what is staged or modified
    /// besides stays so.
    ///
    /// The user's own `git` does it where hooks, signing or filters ask for it.
    ///
    /// # Errors
    ///
    /// [`WorkspaceError::HeadMoved`] if somebody moved HEAD all the same, who does not heed the lock; if
    /// nothing changed, or if a file cannot be written, or git or a hook refuses. The files, the branches
    /// and the index are then as before; [`WorkspaceError::NotRestored`] if that failed too, and
    /// [`WorkspaceError::EditsLeft`] if somebody or a hook has edited a file since it was written.
    pub fn commit(self, set: &WriteSet, ready: &Ready, message: &str) -> Result<Commit, WorkspaceError> {
        let Self { session, repo, index } = self;
        let steps = set.steps()?;
        let draft = CommitDraft::make(ready);
        // The lock is let go of last, when files that had to be put back are back.
        session.change(&steps, Some(draft.clone()), || draft.carry_out(repo, &session.state, &index, message))
    }
}
