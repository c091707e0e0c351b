//! From files to a commit: all or nothing.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::around::around;
use super::prepare::certain_files;
use super::{OpError, Prepared};
use crate::change::kustomize::{Listing, Relisted};
use crate::change::{Edition, LOCK_FILE, of_new};
use crate::service;
use crate::workspace::{Commit, CommitRequest, NewRepo, Ready, Repo, Session, Tell, WorkspaceError, WriteSet};

/// For how long another run is waited for: hooks of its commit may take their time.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

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
    /// The kustomizations that list the manifests from now on.
    pub kustomizations: Vec<Listing>,
}

/// The kustomizations around a prepared service, with its manifests listed in them.
#[must_use]
pub fn relisted(prepared: &Prepared) -> Vec<Relisted> {
    let paths = prepared.files.iter().map(|(path, _)| path.clone());
    let come: Vec<String> = paths.filter(|path| path != service::FILE && path != LOCK_FILE).collect();
    around(&prepared.dir, come.iter().map(String::as_str)).relist(&come, &[], &[])
}

/// Checks that a new service can be committed in `dir`, as far as it shows before it is prepared.
///
/// # Errors
/// Everything about the repository that is in the way.
pub fn check_repository(edition: &Edition, dir: &Path, choice: &CommitChoice) -> Result<(), OpError> {
    if !choice.commit {
        return Ok(());
    }
    let repo = match Repo::discover(dir) {
        Err(WorkspaceError::NoRepository { .. }) if choice.init => return Ok(()),
        found => found?,
    };
    let dir = absolute(dir)?;
    let paths = certain_files(edition).map(|path| dir.join(path)).collect();
    let request =
        CommitRequest { paths, branch: choice.branch.clone(), allow_dirty: choice.allow_dirty, ..CommitRequest::default() };
    repo.preflight(&request).map(drop).map_err(OpError::Workspace)
}

fn absolute(dir: &Path) -> Result<PathBuf, OpError> {
    std::path::absolute(dir).map_err(|source| OpError::Unreadable { path: dir.to_owned(), source })
}

/// Puts right what a run left in `dir` that was killed. What is read from the folder after that can
/// be relied on.
///
/// # Errors
/// It cannot be put right; or another run is at work and does not end.
pub fn recover(dir: &Path, tell: Tell<'_>) -> Result<(), OpError> {
    if Session::is_open_in(dir) {
        drop(Session::in_folder(dir, PATIENCE, tell)?);
    }
    if let Some(repo) = Repo::discover(dir).ok().filter(Repo::is_open) {
        drop(repo.begin(PATIENCE, tell)?);
    }
    Ok(())
}

/// Writes the files of a prepared service, and commits them where that is asked for.
///
/// # Errors
/// Everything that is in the way; the folder and the repository are then as they were.
pub fn write(edition: &Edition, prepared: &Prepared, choice: &CommitChoice, tell: Tell<'_>) -> Result<Written, OpError> {
    let repo = match Repo::discover(&prepared.dir) {
        Err(WorkspaceError::NoRepository { .. }) if choice.init => {
            let session = begin_in_folder(prepared, tell)?;
            return write_into_new_repository(edition, prepared, choice, session, tell);
        }
        found => found,
    };
    let repo = if choice.commit { Some(repo?) } else { repo.ok() };
    match repo {
        Some(repo) if choice.commit => commit(edition, prepared, choice, &repo, tell),
        Some(repo) => write_only(prepared, &repo.begin(PATIENCE, tell)?),
        None => write_only(prepared, &begin_in_folder(prepared, tell)?),
    }
}

/// What is in the way of the files is in the way of the session too, and says it better.
fn begin_in_folder(prepared: &Prepared, tell: Tell<'_>) -> Result<Session<'static>, OpError> {
    let faults = write_set(prepared, &[]).preflight();
    if !faults.is_empty() {
        return Err(OpError::Workspace(faults));
    }
    Ok(Session::in_folder(&prepared.dir, PATIENCE, tell)?)
}

fn write_only(prepared: &Prepared, session: &Session<'_>) -> Result<Written, OpError> {
    prepared.check_still_new()?;
    let relisted = relisted(prepared);
    let set = write_set(prepared, &relisted);
    let faults = set.preflight();
    if !faults.is_empty() {
        return Err(OpError::Workspace(faults));
    }
    session.write(&set)?;
    Ok(Written { commit: None, kustomizations: relisted.into_iter().map(|one| one.listing).collect() })
}

/// A repository that is made for the service goes again if the service cannot be committed.
fn write_into_new_repository(
    edition: &Edition,
    prepared: &Prepared,
    choice: &CommitChoice,
    session: Session<'static>,
    tell: Tell<'_>,
) -> Result<Written, OpError> {
    prepared.check_still_new()?;
    let made = NewRepo::init(session)?;
    let outcome = commit(edition, prepared, choice, made.repo(), tell);
    if outcome.is_ok() { made.keep() } else { made.remove() }?;
    outcome
}

fn commit(
    edition: &Edition,
    prepared: &Prepared,
    choice: &CommitChoice,
    repo: &Repo,
    tell: Tell<'_>,
) -> Result<Written, OpError> {
    let session = repo.begin(PATIENCE, tell)?;
    let dir = absolute(&prepared.dir)?;
    let branch = choice.branch.clone();
    let mut kustomizations = Vec::new();
    let commit = session.land(|repo| {
        prepared.check_still_new()?;
        let relisted = relisted(prepared);
        let set = write_set(prepared, &relisted).within(repo.root());
        let written = prepared.files.iter().map(|(path, _)| path).chain(edited(&relisted).map(|(path, _)| path));
        let (inputs, paths): (Vec<PathBuf>, Vec<PathBuf>) =
            written.map(|path| dir.join(path)).partition(|path| prepared.service_file_stands && path.ends_with(service::FILE));
        let branch = branch.clone();
        let request = CommitRequest { paths, inputs, branch, allow_dirty: choice.allow_dirty, ..CommitRequest::default() };
        let ready = ready(repo, &set, &request)?;
        kustomizations = relisted.into_iter().map(|one| one.listing).collect();
        Ok::<_, OpError>(Some((set, ready, of_new(edition, &prepared.service, &prepared.manifests, &kustomizations))))
    })?;
    Ok(Written { commit, kustomizations })
}

/// Every fault of writing and of committing files, or the way to commit them.
pub(super) fn ready(repo: &Repo, set: &WriteSet, request: &CommitRequest) -> Result<Ready, OpError> {
    let mut faults = set.preflight();
    match repo.preflight(request) {
        Ok(ready) if faults.is_empty() => Ok(ready),
        Ok(_) => Err(OpError::Workspace(faults)),
        Err(more) => {
            faults.extend(more);
            Err(OpError::Workspace(faults))
        }
    }
}

/// The kustomizations that are written, by their files.
fn edited(relisted: &[Relisted]) -> impl Iterator<Item = (&String, &String)> {
    relisted.iter().filter_map(|one| Some((&one.listing.file, one.after.as_ref()?)))
}

fn write_set(prepared: &Prepared, relisted: &[Relisted]) -> WriteSet {
    let mut set = WriteSet::new(&prepared.dir);
    for (path, text) in prepared.files.iter().map(|(path, text)| (path, text)).chain(edited(relisted)) {
        set.put(path, text.clone().into_bytes());
    }
    set
}
