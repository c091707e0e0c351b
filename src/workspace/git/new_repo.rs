//! A repository that goes again if what it was made for fails.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::error::WorkspaceError;
use super::super::session::Session;
use super::Repo;

/// A repository that was just made.
#[must_use = "a repository that is neither kept nor removed stays"]
pub struct NewRepo {
    repo: Repo,
    git_dir: PathBuf,
    /// Where the repository comes from and goes to, in one step.
    workshop: PathBuf,
    /// Keeps others from making one in the same folder.
    session: Session<'static>,
}

impl NewRepo {
    /// Makes a repository at `dir`, which is in none yet and in which `session` was begun.
    ///
    /// # Errors
    /// If the repository cannot be created.
    pub fn init(dir: &Path, session: Session<'static>) -> Result<Self, WorkspaceError> {
        let (workshop, git_dir) = (session.workshop(), dir.join(".git"));
        drop(Repo::init(&workshop)?);
        fs::rename(workshop.join(".git"), &git_dir).map_err(WorkspaceError::io("create", &git_dir))?;
        Ok(Self { repo: Repo::discover(dir)?, git_dir, workshop, session })
    }

    /// The repository.
    #[must_use]
    pub fn repo(&self) -> &Repo {
        &self.repo
    }

    /// Leaves the repository where it is.
    ///
    /// # Errors
    /// If what it was made with cannot be removed.
    pub fn keep(self) -> Result<(), WorkspaceError> {
        self.session.end()
    }

    /// Removes the repository and the folders that were made for it.
    ///
    /// # Errors
    /// If the repository cannot be removed. Folders that meanwhile hold something else stay.
    pub fn remove(self) -> Result<(), WorkspaceError> {
        fs::rename(&self.git_dir, self.workshop.join(".git")).map_err(WorkspaceError::io("remove", &self.git_dir))?;
        self.session.end()
    }
}
