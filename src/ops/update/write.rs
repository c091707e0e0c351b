//! Many services at once: worked out side by side, then written and committed together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::{UpdateChoice, work_out};
use crate::change::{LOCK_FILE, Update, of_updates};
use crate::merge::Resolve;
use crate::ops::landing::{Landing, PATIENCE, Placed};
use crate::ops::{CommitChoice, Editions, OpError};
use crate::workspace::{Commit, Repo, Session, Tell, WorkspaceError, find_folders_with, real, stands};

/// What is to be updated, and how.
#[derive(Clone, Debug)]
pub struct UpdateRequest {
    /// The folders of the services.
    pub dirs: Vec<PathBuf>,
    /// What to do where the texts do not tell.
    pub choice: UpdateChoice,
    /// What shall become of the files in git.
    pub commit: CommitChoice,
    /// Whether each service gets a commit of its own.
    pub commit_per_service: bool,
    /// Whether nothing is written.
    pub dry_run: bool,
}

/// Who is asked and told while updates run.
pub struct Attendants<'a> {
    /// Hears how many services have been worked out, and of how many.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
    /// Settles the conflicts of a service.
    pub settle: &'a dyn Fn(&Update) -> ConflictsSettled,
    /// Hears what will be written, before it is.
    pub announce: &'a dyn Fn(&[Updated]),
    /// Hears of other runs and killed ones.
    pub tell: Tell<'a>,
}

/// What becomes of the conflicts of a service.
pub enum ConflictsSettled {
    /// They are settled so.
    By(Vec<Resolve>),
    /// They stay, and nothing of the service is written.
    Not,
    /// The person has left: nothing at all is written.
    Left,
}

/// What came of one service.
#[derive(Debug)]
pub struct Updated {
    /// Its folder.
    pub dir: PathBuf,
    /// The folder with every link followed.
    real: PathBuf,
    /// What becomes of it, or why it cannot be updated.
    pub outcome: Result<Update, OpError>,
    /// Whether its files were written.
    pub written: bool,
    /// The commit that has them.
    pub commit: Option<Commit>,
}

impl Updated {
    /// What is to become of a service, not written.
    #[must_use]
    pub fn planned(dir: PathBuf, update: Update) -> Self {
        Self { real: dir.clone(), dir, outcome: Ok(update), written: false, commit: None }
    }

    /// The update, if it is to be written.
    fn ready(&self) -> Option<&Update> {
        self.outcome.as_ref().ok().filter(|update| update.is_pending() && update.conflicts.is_empty())
    }
}

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
/// [`OpError::Left`] if the person leaves while conflicts are settled; nothing has been written then.
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
    (attendants.announce)(&services);
    for (group, session) in groups.iter().zip(&sessions) {
        if let Some(session) = session {
            group.write(request, session, &mut services);
        }
    }
    Ok(services)
}

/// The folders, each once, by the names that were given first and with every link followed.
fn each_once(dirs: &[PathBuf]) -> impl Iterator<Item = (PathBuf, PathBuf)> {
    let mut known = BTreeSet::new();
    let with_real = dirs.iter().map(|dir| (dir.clone(), real(dir).unwrap_or_else(|| dir.clone())));
    with_real.filter(move |(_, real)| known.insert(real.clone()))
}

/// An error of services that are written together: the first has it, and the others point to that one.
fn shared(error: OpError, members: &[usize], dirs: &[PathBuf]) -> Vec<(usize, OpError)> {
    let Some(first) = members.first() else { return Vec::new() };
    let with = |at: &usize| (*at, OpError::WrittenWith(dirs[*first].clone()));
    std::iter::once((*first, error)).chain(members[1..].iter().map(with)).collect()
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

/// The services of one repository, or one that is in none, by their positions in the request.
struct RepositoryGroup {
    repo: Option<Repo>,
    members: Vec<usize>,
}

fn groups(
    request: &UpdateRequest,
    dirs: &[PathBuf],
    reals: &[PathBuf],
    blocked: &mut BTreeMap<usize, OpError>,
) -> Vec<RepositoryGroup> {
    let mut found: Vec<RepositoryGroup> = Vec::new();
    let mut known: BTreeMap<PathBuf, usize> = BTreeMap::new();
    let mut repositories: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for (at, (dir, real)) in dirs.iter().zip(reals).enumerate() {
        if let Some(group) = group_around(&mut repositories, real) {
            found[group].members.push(at);
            continue;
        }
        let repo = match Repo::discover(dir) {
            Ok(repo) => Some(repo),
            // What has no repository cannot be committed, but looked at, and written without.
            Err(_) if request.dry_run || !request.commit.commit => None,
            Err(error) => {
                // That there is no service says more.
                if stands(&dir.join(LOCK_FILE)) {
                    let error = match error {
                        WorkspaceError::NoRepository { dir } => OpError::NotInRepository(dir),
                        error => error.into(),
                    };
                    blocked.insert(at, error);
                }
                continue;
            }
        };
        let root = repo.as_ref().map_or_else(|| dir.clone(), |repo| repo.root().to_owned());
        let in_work_tree = repo.is_some() && stands(&root.join(".git"));
        let group = *known.entry(root.clone()).or_insert_with(|| {
            found.push(RepositoryGroup { repo, members: Vec::new() });
            found.len() - 1
        });
        if in_work_tree {
            repositories.insert(root, group);
        }
        found[group].members.push(at);
    }
    found
}

/// The group of the repository around a folder, if that one is known: to open it again for every service
/// would take longer than its update. The folders between them become known, too.
fn group_around(known: &mut BTreeMap<PathBuf, usize>, real: &Path) -> Option<usize> {
    let mut between = Vec::new();
    for folder in real.ancestors() {
        if let Some(group) = known.get(folder).copied() {
            known.extend(between.into_iter().map(|folder: &Path| (folder.to_owned(), group)));
            return Some(group);
        }
        if stands(&folder.join(".git")) {
            return None;
        }
        between.push(folder);
    }
    None
}

impl RepositoryGroup {
    /// Keeps other runs out; what is read from now on is what is written on.
    fn begin<'g>(&'g self, dirs: &[PathBuf], tell: Tell<'_>) -> Result<Session<'g>, OpError> {
        match &self.repo {
            Some(repo) => Ok(repo.begin(PATIENCE, tell)?),
            None => Ok(Session::in_folder(&dirs[self.members[0]], PATIENCE, tell)?),
        }
    }

    fn write(&self, request: &UpdateRequest, session: &Session<'_>, services: &mut [Updated]) {
        let Some(repo) = &self.repo else {
            return write_alone(session, &request.commit, &mut services[self.members[0]]);
        };
        let ready: Vec<usize> = self.members.iter().copied().filter(|at| services[*at].ready().is_some()).collect();
        let parts: Vec<Vec<usize>> = if request.commit_per_service && request.commit.commit {
            ready.into_iter().map(|at| vec![at]).collect()
        } else {
            vec![ready]
        };
        for part in parts {
            write_together(&request.commit, repo, session, services, part);
        }
    }
}

/// Writes a service that is in no repository.
fn write_alone(session: &Session<'_>, choice: &CommitChoice, updated: &mut Updated) {
    let Some(update) = updated.ready() else { return };
    let dir = updated.real.as_path();
    let landing = Landing { session, base: dir, boundary: dir, choice };
    let placed = [Placed { dir, changeset: update.changeset() }];
    match landing.land(|preflight| Ok(Some((preflight(&placed)?, String::new())))) {
        Ok(_) => updated.written = true,
        Err(error) => updated.outcome = Err(error),
    }
}

/// Writes services together. Those that something is in the way of are left out.
fn write_together(choice: &CommitChoice, repo: &Repo, session: &Session<'_>, services: &mut [Updated], mut part: Vec<usize>) {
    if part.is_empty() {
        return;
    }
    let dirs: Vec<PathBuf> = services.iter().map(|updated| updated.dir.clone()).collect();
    let mut faults: Vec<(usize, OpError)> = Vec::new();
    let landing = Landing { session, base: repo.root(), boundary: repo.root(), choice };
    let outcome = landing.land(|preflight| {
        let clear = without_faults(services, &mut part, &mut faults, |part| preflight(&placed(services, part)))?;
        Ok(clear.map(|clear| (clear, of_updates(&ready_among(services, &part)))))
    });
    match outcome {
        Ok(commit) => {
            for at in &part {
                services[*at].written = true;
                services[*at].commit.clone_from(&commit);
            }
        }
        Err(error) => faults.extend(shared(error, &part, &dirs)),
    }
    for (at, error) in faults {
        services[at].outcome = Err(error);
    }
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
