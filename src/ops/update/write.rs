//! The services of a repository are written and committed together.

use std::path::PathBuf;

use super::choice::UpdateRequest;
use super::groups::RepositoryGroup;
use super::updated::Updated;
use crate::change::{Update, of_updates};
use crate::ops::landing::{Landing, PATIENCE, Placed};
use crate::ops::{CommitChoice, OpError};
use crate::workspace::{Repo, Session, Tell};

/// An error of services that are written together: the first has it, and the others point to that one.
pub fn shared(error: OpError, members: &[usize], dirs: &[PathBuf]) -> Vec<(usize, OpError)> {
    let Some(first) = members.first() else { return Vec::new() };
    let with = |at: &usize| (*at, OpError::WrittenWith(dirs[*first].clone()));
    std::iter::once((*first, error)).chain(members[1..].iter().map(with)).collect()
}

impl RepositoryGroup {
    /// Keeps other runs out; what is read from now on is what is written on.
    pub fn begin<'g>(&'g self, dirs: &[PathBuf], tell: Tell<'_>) -> Result<Session<'g>, OpError> {
        match &self.repo {
            Some(repo) => Ok(repo.begin(PATIENCE, tell)?),
            None => Ok(Session::in_folder(&dirs[self.members[0]], PATIENCE, tell)?),
        }
    }

    /// Writes what is ready, as far as the first commit that fails: with why, and the services that it was of.
    pub fn write(
        &self,
        request: &UpdateRequest,
        session: &Session<'_>,
        services: &mut [Updated],
    ) -> Option<(OpError, Vec<usize>)> {
        let Some(repo) = &self.repo else {
            let error = write_alone(session, &request.commit, &mut services[self.members[0]]).err()?;
            return Some((error, self.members.clone()));
        };
        let ready: Vec<usize> = self.members.iter().copied().filter(|at| services[*at].ready().is_some()).collect();
        let parts: Vec<Vec<usize>> = if request.commit_per_service && request.commit.commit {
            ready.into_iter().map(|at| vec![at]).collect()
        } else {
            vec![ready]
        };
        let mut write = |mut part: Vec<usize>| {
            let error = write_together(&request.commit, repo, session, services, &mut part).err()?;
            Some((error, part))
        };
        parts.into_iter().find_map(&mut write)
    }
}

/// Writes a service that is in no repository.
fn write_alone(session: &Session<'_>, choice: &CommitChoice, updated: &mut Updated) -> Result<(), OpError> {
    let Some(update) = updated.ready() else { return Ok(()) };
    let dir = updated.real.as_path();
    let landing = Landing { session, base: dir, boundary: dir, choice };
    let placed = [Placed { dir, changeset: update.changeset() }];
    landing.land(|preflight| Ok(Some((preflight(&placed)?, String::new()))))?;
    updated.written = true;
    Ok(())
}

/// Writes services together. Those that something is in the way of are left out.
fn write_together(
    choice: &CommitChoice,
    repo: &Repo,
    session: &Session<'_>,
    services: &mut [Updated],
    part: &mut Vec<usize>,
) -> Result<(), OpError> {
    if part.is_empty() {
        return Ok(());
    }
    let mut faults: Vec<(usize, OpError)> = Vec::new();
    let landing = Landing { session, base: repo.root(), boundary: repo.root(), choice };
    let outcome = landing.land(|preflight| {
        let clear = without_faults(services, part, &mut faults, |part| preflight(&placed(services, part)))?;
        Ok(clear.map(|clear| (clear, of_updates(&ready_among(services, part)))))
    });
    for (at, error) in faults {
        services[at].outcome = Err(error);
    }
    let commit = outcome?;
    for at in part {
        services[*at].written = true;
        services[*at].commit.clone_from(&commit);
    }
    Ok(())
}

/// Leaves those out of `part` that something is in the way of; nothing is left if it is in the way of all.
fn without_faults<T>(
    services: &[Updated],
    part: &mut Vec<usize>,
    faults: &mut Vec<(usize, OpError)>,
    check: impl Fn(&[usize]) -> Result<T, OpError>,
) -> Result<Option<T>, OpError> {
    if let Ok(checked) = check(part) {
        return Ok(Some(checked));
    }
    if let Err(error) = check(&[]) {
        // It is the repository's, and in the way of all.
        let dirs: Vec<PathBuf> = services.iter().map(|updated| updated.dir.clone()).collect();
        faults.extend(shared(error, part, &dirs));
        part.clear();
    }
    part.retain(|at| match check(&[*at]) {
        Ok(_) => true,
        Err(error) => {
            faults.push((*at, error));
            false
        }
    });
    if part.is_empty() { Ok(None) } else { check(part).map(Some) }
}

fn ready_among<'s>(services: &'s [Updated], part: &[usize]) -> Vec<&'s Update> {
    part.iter().filter_map(|at| services[*at].ready()).collect()
}

fn placed<'s>(services: &'s [Updated], part: &[usize]) -> Vec<Placed<'s>> {
    let ready = part.iter().filter_map(|at| Some((&services[*at].real, services[*at].ready()?)));
    ready.map(|(dir, update)| Placed { dir, changeset: update.changeset() }).collect()
}
