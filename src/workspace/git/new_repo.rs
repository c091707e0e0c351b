//! A repository that goes again if what it was made for fails.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::change::ignore_missing;
use super::super::error::WorkspaceError;
use super::super::session::Session;
use super::super::state::{StateFolder, missing_folders};
use super::Repo;

/// A repository that was just made.
#[must_use = "a repository that is neither kept nor removed stays"]
pub struct NewRepo {
    repo: Repo,
    git_dir: PathBuf,
    /// Folders that were made around it, the innermost first.
    made: Vec<PathBuf>,
    /// Keeps others from making one in the same folder.
    session: Session<'static>,
}

impl NewRepo {
    /// Makes a repository in the folder in which `session` was begun, which is in none yet.
    ///
    /// It is made in a folder beside its place, on the same file system, and put there in one step. The
    /// session keeps the name of that folder, so that the next run removes what a killed one left.
    ///
    /// # Errors
    /// If the repository cannot be created.
    pub fn init(session: Session<'static>) -> Result<Self, WorkspaceError> {
        let dir = session.root().to_owned();
        let name = format!(".{}.plimsoll-draft", std::process::id());
        let (workshop, git_dir) = (dir.join(&name), dir.join(".git"));
        let made = missing_folders(&dir);
        fs::create_dir_all(&dir).map_err(WorkspaceError::io("create folder", &dir))?;
        // Before the name is kept: what stands there already is not ours.
        if fs::symlink_metadata(&workshop).is_ok() {
            return Err(WorkspaceError::NotAFile { path: workshop, found: "file or folder" });
        }
        let record = session.state().path(WORKSHOP);
        fs::write(&record, &name).map_err(WorkspaceError::io("write", record))?;
        fs::create_dir(&workshop).map_err(WorkspaceError::io("create folder", &workshop))?;
        drop(Repo::init(&workshop)?);
        fs::rename(workshop.join(".git"), &git_dir).map_err(WorkspaceError::io("create", &git_dir))?;
        Ok(Self { repo: Repo::discover(&dir)?, git_dir, made, session })
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
        Self::remove_workshop(self.session.root(), self.session.state())
    }

    /// Removes the repository and the folders that were made for it.
    ///
    /// # Errors
    /// If the repository cannot be removed. Folders that meanwhile hold something else stay.
    pub fn remove(self) -> Result<(), WorkspaceError> {
        let (root, state) = (self.session.root(), self.session.state());
        let name = workshop_name(state)?;
        if let Some(name) = name {
            fs::rename(&self.git_dir, root.join(name).join(".git")).map_err(WorkspaceError::io("remove", &self.git_dir))?;
        }
        Self::remove_workshop(root, state)?;
        for folder in &self.made {
            let _ = fs::remove_dir(folder);
        }
        Ok(())
    }

    /// Removes the folder in which a repository was made, if the session keeps the name of one.
    pub(in super::super) fn remove_workshop(root: &Path, state: &StateFolder) -> Result<(), WorkspaceError> {
        let Some(name) = workshop_name(state)? else { return Ok(()) };
        let workshop = root.join(name);
        let failed = || WorkspaceError::io("remove", &workshop);
        ignore_missing(fs::remove_dir_all(&workshop)).map_err(failed())?;
        let record = state.path(WORKSHOP);
        ignore_missing(fs::remove_file(&record)).map_err(WorkspaceError::io("remove", record))
    }
}

/// The file that keeps the name.
const WORKSHOP: &str = "workshop";

fn workshop_name(state: &StateFolder) -> Result<Option<String>, WorkspaceError> {
    let record = state.path(WORKSHOP);
    match fs::read_to_string(&record) {
        Ok(name) if name.ends_with(".plimsoll-draft") && !name.contains(['/', '\\']) => Ok(Some(name)),
        Ok(_) => Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(WorkspaceError::io("read", record)(error)),
    }
}
