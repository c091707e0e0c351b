//! Many services at once: worked out side by side, then written and committed together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::choice::{Attendants, ConflictsSettled, UpdateChoice, UpdateRequest};
use super::groups::groups;
use super::updated::Updated;
use super::work_out;
use super::write::shared;
use crate::change::{LOCK_FILE, Update};
use crate::ops::{CommitChoice, Editions, OpError, Tries};
use crate::workspace::{Repo, find_folders_with, real};

/// Finds the services below folders, sorted.
///
/// # Errors
/// A folder that cannot be read.
pub fn find_services(dirs: &[PathBuf]) -> Result<Vec<PathBuf>, OpError> {
    find_folders_with(dirs, LOCK_FILE).map_err(OpError::Workspace)
}

/// Updates services. One that cannot be updated does not stop the others; the results come in the
/// order of the request, each folder once.
///
/// # Errors
/// [`OpError::Left`] if the person leaves while conflicts are settled, or what was announced may not be
/// written; nothing has been written then.
pub fn run(request: &UpdateRequest, editions: &Editions, attendants: &Attendants<'_>) -> Result<Vec<Updated>, OpError> {
    run_with(request, &|dir, choice| work_out(editions, dir, choice), attendants)
}

/// Works out one service under the lock of its repository, and writes it.
///
/// # Errors
/// Everything that is in the way.
pub fn run_one(
    dir: &Path,
    work_out: WorkOutOne<'_>,
    commit: CommitChoice,
    attendants: &Attendants<'_>,
) -> Result<Updated, OpError> {
    if commit.commit {
        Repo::discover(dir)?;
    }
    let request = UpdateRequest {
        dirs: vec![dir.to_owned()],
        choice: UpdateChoice::default(),
        commit,
        commit_per_service: false,
        dry_run: false,
    };
    let mut updated = run_with(&request, work_out, attendants)?;
    updated.pop().ok_or_else(|| OpError::Bug("nothing came of the folder".to_owned()))
}

/// Works out what becomes of the service in a folder.
pub type WorkOutOne<'a> = &'a (dyn Fn(&Path, &UpdateChoice) -> Result<Update, OpError> + Sync);

/// The same with another way to work out a service.
///
/// # Errors
/// As for [`run`].
fn run_with(request: &UpdateRequest, work_out: WorkOutOne<'_>, attendants: &Attendants<'_>) -> Result<Vec<Updated>, OpError> {
    let (dirs, reals): (Vec<PathBuf>, Vec<PathBuf>) = each_once(&request.dirs).unzip();
    let mut blocked: BTreeMap<usize, OpError> = BTreeMap::new();
    let groups = groups(request, &dirs, &reals, &mut blocked);
    let mut sessions = Vec::new();
    for group in &groups {
        let begun = (!request.dry_run).then(|| group.begin(&dirs, attendants.tell)).transpose();
        sessions.push(begun.unwrap_or_else(|error| {
            blocked.extend(shared(error, &group.members, &dirs));
            None
        }));
    }
    let done = AtomicUsize::new(0);
    let work_out_one = |(at, dir): (usize, &PathBuf)| {
        let outcome = (!blocked.contains_key(&at)).then(|| work_out(dir, &request.choice));
        (attendants.progress)(done.fetch_add(1, Ordering::Relaxed) + 1, dirs.len());
        outcome
    };
    let outcomes: Vec<Option<Result<Update, OpError>>> = dirs.par_iter().enumerate().map(work_out_one).collect();
    let mut services = Vec::new();
    for (at, ((dir, real), outcome)) in dirs.into_iter().zip(reals).zip(outcomes).enumerate() {
        // What was not worked out is blocked.
        let outcome = outcome.unwrap_or_else(|| Err(blocked.remove(&at).unwrap_or(OpError::Left)));
        let mut updated = Updated { dir, real, outcome, written: false, commit: None };
        settle(&mut updated, request, work_out, attendants)?;
        services.push(updated);
    }
    if !(attendants.announce)(&services) {
        return Err(OpError::Left);
    }
    for (group, session) in groups.iter().zip(&sessions) {
        let Some(session) = session else { continue };
        let mut tries = Tries::default();
        while let Some((error, overtaken)) = group.write(request, session, &mut services) {
            let begins = tries.again(&error, attendants.tell);
            let dirs: Vec<PathBuf> = services.iter().map(|updated| updated.dir.clone()).collect();
            for (at, error) in shared(error, &overtaken, &dirs) {
                services[at].outcome = Err(error);
            }
            if begins {
                work_out_again(&overtaken, &mut services, request, work_out, attendants);
            }
        }
    }
    Ok(services)
}

/// Works services out again that somebody has changed, and announces them.
fn work_out_again(
    overtaken: &[usize],
    services: &mut [Updated],
    request: &UpdateRequest,
    work_out: WorkOutOne<'_>,
    attendants: &Attendants<'_>,
) {
    let again = overtaken.iter().map(|at| {
        let Updated { dir, real, .. } = &services[*at];
        let outcome = work_out(dir, &request.choice);
        let mut updated = Updated { dir: dir.clone(), real: real.clone(), outcome, written: false, commit: None };
        if let Err(left) = settle(&mut updated, request, work_out, attendants) {
            updated.outcome = Err(left);
        }
        updated
    });
    let again: Vec<Updated> = again.collect();
    let may_be_written = (attendants.announce)(&again);
    for (at, updated) in overtaken.iter().zip(again) {
        services[*at] = updated;
        if !may_be_written {
            services[*at].outcome = Err(OpError::Left);
        }
    }
}

/// The folders, each once, by the names that were given first and with every link followed.
fn each_once(dirs: &[PathBuf]) -> impl Iterator<Item = (PathBuf, PathBuf)> {
    let mut known = BTreeSet::new();
    let with_real = dirs.iter().map(|dir| (dir.clone(), real(dir).unwrap_or_else(|| dir.clone())));
    with_real.filter(move |(_, real)| known.insert(real.clone()))
}

/// Has the conflicts of a service settled, and works it out again.
fn settle(
    updated: &mut Updated,
    request: &UpdateRequest,
    work_out: WorkOutOne<'_>,
    attendants: &Attendants<'_>,
) -> Result<(), OpError> {
    let Some(update) = updated.outcome.as_ref().ok().filter(|update| !update.conflicts.is_empty()) else { return Ok(()) };
    match (attendants.settle)(update) {
        ConflictsSettled::Not => {}
        ConflictsSettled::Left => return Err(OpError::Left),
        ConflictsSettled::By(resolve) => {
            let mut choice = request.choice.clone();
            choice.resolve.splice(0..0, resolve);
            updated.outcome = work_out(&updated.dir, &choice);
        }
    }
    Ok(())
}
