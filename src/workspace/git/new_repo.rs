//! A repository that goes again if what it was made for fails.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::error::WorkspaceError;
use super::Repo;

/// A repository that was just made.
#[must_use = "a repository that is neither kept nor removed stays"]
pub struct NewRepo {
    repo: Repo,
    git_dir: PathBuf,
    folders: Vec<PathBuf>,
}

impl NewRepo {
    /// Makes a repository at `dir`, which is in none yet.
    ///
    /// # Errors
    /// If the folder or the repository cannot be created.
    pub fn init(dir: &Path) -> Result<Self, WorkspaceError> {
        let folders =
            dir.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists()).map(Path::to_owned).collect();
        let repo = Repo::init(dir)?;
        let git_dir = repo.root().join(".git");
        Ok(Self { repo, git_dir, folders })
    }

    /// The repository.
    #[must_use]
    pub fn repo(&self) -> &Repo {
        &self.repo
    }

    /// Removes the repository and the folders that were made for it.
    ///
    /// # Errors
    /// If the repository cannot be removed. Folders that meanwhile hold something else stay.
    pub fn remove(self) -> Result<(), WorkspaceError> {
        fs::remove_dir_all(&self.git_dir).map_err(WorkspaceError::io("remove", &self.git_dir))?;
        for folder in &self.folders {
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
        Ok(())
    }
}
