//! From files to a commit: all or nothing.

use std::path::{Path, PathBuf};

use super::prepare::certain_files;
use super::{OpError, Prepared, Toolbox, message};
use crate::service;
use crate::workspace::{Commit, CommitRequest, Repo, WorkspaceError, WriteSet};

/// What shall become of the files in git.
#[derive(Clone, Debug, Default)]
pub struct CommitChoice {
    /// Whether they are committed at all.
    pub commit: bool,
    /// Whether a repository is made where there is none.
    pub init: bool,
    /// The branch to start and commit to.
    pub branch: Option<String>,
    /// Whether paths that carry uncommitted edits may be written.
    pub allow_dirty: bool,
}

/// What was done.
#[derive(Debug)]
pub struct Written {
    /// The commit, where one was asked for.
    pub commit: Option<Commit>,
}

/// Checks that a new service can be committed in `dir`, as far as it shows before it is prepared.
///
/// # Errors
/// Everything about the repository that is in the way.
pub fn check_repository(toolbox: &Toolbox, dir: &Path, choice: &CommitChoice) -> Result<(), OpError> {
    if !choice.commit {
        return Ok(());
    }
    let repo = match Repo::discover(dir) {
        Err(WorkspaceError::NoRepository { .. }) if choice.init => return Ok(()),
        found => found?,
    };
    let dir = absolute(dir)?;
    let paths = certain_files(toolbox).map(|path| dir.join(path)).collect();
    let request = CommitRequest { paths, inputs: Vec::new(), branch: choice.branch.clone(), allow_dirty: choice.allow_dirty };
    repo.preflight(&request).map(drop).map_err(OpError::Workspace)
}

fn absolute(dir: &Path) -> Result<PathBuf, OpError> {
    std::path::absolute(dir).map_err(|source| OpError::Unreadable { path: dir.to_owned(), source })
}

/// Writes the files of a prepared service, and commits them where that is asked for.
///
/// # Errors
/// Everything that is in the way; the folder and the repository are then as they were.
pub fn write(toolbox: &Toolbox, prepared: &Prepared, choice: &CommitChoice) -> Result<Written, OpError> {
    let mut set = WriteSet::new(&prepared.dir);
    for (path, text) in &prepared.files {
        set.put(path, text.clone().into_bytes());
    }
    if !choice.commit {
        let faults = set.preflight();
        if !faults.is_empty() {
            return Err(OpError::Workspace(faults));
        }
        let _applied = set.apply()?;
        return Ok(Written { commit: None });
    }
    let repo = match Repo::discover(&prepared.dir) {
        Err(WorkspaceError::NoRepository { .. }) if choice.init => None,
        found => Some(found?),
    };
    let Some(repo) = repo else {
        return write_into_new_repository(toolbox, prepared, choice, set);
    };
    commit(toolbox, prepared, choice, &repo, set)
}

/// A repository that is made for the service goes again if the service cannot be committed.
fn write_into_new_repository(
    toolbox: &Toolbox,
    prepared: &Prepared,
    choice: &CommitChoice,
    set: WriteSet,
) -> Result<Written, OpError> {
    let faults = set.preflight();
    if !faults.is_empty() {
        return Err(OpError::Workspace(faults));
    }
    let made = crate::workspace::NewRepo::init(&prepared.dir)?;
    let outcome = commit(toolbox, prepared, choice, made.repo(), set);
    match outcome {
        Ok(written) => Ok(written),
        Err(error) => {
            made.remove()?;
            Err(error)
        }
    }
}

fn commit(toolbox: &Toolbox, prepared: &Prepared, choice: &CommitChoice, repo: &Repo, set: WriteSet) -> Result<Written, OpError> {
    let set = set.within(repo.root());
    let dir = absolute(&prepared.dir)?;
    let (inputs, paths): (Vec<PathBuf>, Vec<PathBuf>) = prepared
        .files
        .iter()
        .map(|(path, _)| dir.join(path))
        .partition(|path| prepared.service_file_stands && path.ends_with(service::FILE));
    let request = CommitRequest { paths, inputs, branch: choice.branch.clone(), allow_dirty: choice.allow_dirty };
    let mut faults = set.preflight();
    let ready = match repo.preflight(&request) {
        Ok(ready) if faults.is_empty() => ready,
        Ok(_) => return Err(OpError::Workspace(faults)),
        Err(more) => {
            faults.extend(more);
            return Err(OpError::Workspace(faults));
        }
    };
    let applied = set.apply()?;
    match repo.commit(ready, &message::of_new(toolbox, prepared)) {
        Ok(commit) => Ok(Written { commit: Some(commit) }),
        Err(error) => {
            applied.rollback()?;
            Err(error.into())
        }
    }
}
