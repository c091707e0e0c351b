//! From files to a commit: all or nothing.

use std::path::Path;

use super::around::around;
use super::landing::{Landing, PATIENCE, Placed, absolute, write_set};
use super::prepare::certain_files;
use super::{CommitChoice, OpError, Prepared};
use crate::change::kustomize::{Listing, Relisted};
use crate::change::{Changeset, Edition, FileKind, OutFile, of_new};
use crate::workspace::{Commit, CommitRequest, NewRepo, Repo, Session, Tell, WorkspaceError};

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
    let come: Vec<String> = prepared.manifests.iter().map(|manifest| manifest.path.clone()).collect();
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

/// Puts right what a run left in `dir` that was killed. What is read from the folder after that can
/// be relied on.
///
/// # Errors
/// It cannot be put right; or another run is at work and does not end.
pub fn recover(dir: &Path, tell: Tell<'_>) -> Result<(), OpError> {
    if Session::is_open_in(dir) {
        drop(Session::in_folder(dir, PATIENCE, tell)?);
    }
    if let Some(repo) = Repo::find_open(dir) {
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
        Some(repo) => land(edition, prepared, choice, Some(&repo), &repo.begin(PATIENCE, tell)?),
        None => land(edition, prepared, choice, None, &begin_in_folder(prepared, tell)?),
    }
}

/// What is in the way of the files is in the way of the session too, and says it better.
fn begin_in_folder(prepared: &Prepared, tell: Tell<'_>) -> Result<Session<'static>, OpError> {
    let placed = [Placed { dir: &prepared.dir, changeset: changeset(prepared, &[]) }];
    let faults = write_set(&prepared.dir, &prepared.dir, &placed).preflight();
    if !faults.is_empty() {
        return Err(OpError::Workspace(faults));
    }
    Ok(Session::in_folder(&prepared.dir, PATIENCE, tell)?)
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
    let repo = made.repo();
    let outcome = repo
        .begin(PATIENCE, tell)
        .map_err(OpError::from)
        .and_then(|session| land(edition, prepared, choice, Some(repo), &session));
    if outcome.is_ok() { made.keep() } else { made.remove() }?;
    outcome
}

fn land(
    edition: &Edition,
    prepared: &Prepared,
    choice: &CommitChoice,
    repo: Option<&Repo>,
    session: &Session<'_>,
) -> Result<Written, OpError> {
    let dir = &prepared.dir;
    let boundary = repo.filter(|_| choice.commit).map_or(dir.as_path(), Repo::root);
    let mut kustomizations = Vec::new();
    let commit = Landing { session, base: dir, boundary, choice }.land(|preflight| {
        prepared.check_still_new()?;
        let relisted = relisted(prepared);
        let edited: Vec<OutFile> = relisted.iter().filter_map(edited).collect();
        let clear = preflight(&[Placed { dir, changeset: changeset(prepared, &edited) }])?;
        kustomizations = relisted.into_iter().map(|one| one.listing).collect();
        Ok(Some((clear, of_new(edition, &prepared.service, &prepared.manifests, &kustomizations))))
    })?;
    Ok(Written { commit, kustomizations })
}

/// A kustomization that is written.
fn edited(relisted: &Relisted) -> Option<OutFile> {
    let text = relisted.after.clone()?;
    Some(OutFile::new(&relisted.listing.file, FileKind::Text, Some(relisted.before.clone()), Some(text)))
}

/// What is written of a prepared service; a service file that stands is what it was made from.
fn changeset<'f>(prepared: &'f Prepared, edited: &'f [OutFile]) -> Changeset<'f> {
    let (files, standing): (Vec<&OutFile>, Vec<&OutFile>) =
        prepared.files.iter().chain(edited).partition(|file| file.before != file.text);
    let inputs = standing.iter().map(|file| file.path.as_str()).collect();
    let read = standing.iter().map(|file| (file.path.as_str(), file.text.as_deref())).collect();
    Changeset { files, inputs, read, ..Changeset::default() }
}
