//! Many services at once: planned side by side, then written and committed together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::{Changed, Update, UpdateChoice, message, plan};
use crate::merge::Resolve;
use crate::ops::write::PATIENCE;
use crate::ops::{CommitChoice, OpError, Toolboxes};
use crate::service;
use crate::workspace::{
    Commit, CommitRequest, LOCK_FILE, Ready, Repo, Session, Tell, WorkspaceError, WriteSet, find_folders_with,
};

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
    /// Hears how many services have been planned, and of how many.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
    /// Settles the conflicts of a service; `None` where they stay.
    pub settle: &'a dyn Fn(&Update) -> Option<Vec<Resolve>>,
    /// Hears what will be written, before it is.
    pub announce: &'a dyn Fn(&[Updated]),
    /// Hears of other runs and killed ones.
    pub tell: Tell<'a>,
}

/// What came of one service.
#[derive(Debug)]
pub struct Updated {
    /// Its folder.
    pub dir: PathBuf,
    /// What becomes of it, or why it cannot be updated.
    pub outcome: Result<Update, OpError>,
    /// Whether its files were written.
    pub written: bool,
    /// The commit that has them.
    pub commit: Option<Commit>,
}

impl Updated {
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
/// order of the request.
///
/// # Errors
/// What is in the way of all of them. Nothing has been written then, unless the services are in
/// several repositories or get a commit each.
pub fn run(request: &UpdateRequest, toolboxes: &Toolboxes, attendants: &Attendants<'_>) -> Result<Vec<Updated>, OpError> {
    let mut done: Vec<(usize, Updated)> = Vec::with_capacity(request.dirs.len());
    let planned = AtomicUsize::new(0);
    let groups = groups(request)?;
    let mut openings = Vec::new();
    for group in &groups {
        openings.push(if request.dry_run { Vec::new() } else { group.begin(request, attendants.tell)? });
    }
    let mut written = Vec::new();
    for group in &groups {
        let plan_one = |(at, dir): &(usize, PathBuf)| {
            let outcome = plan(toolboxes, dir, &request.choice);
            (attendants.progress)(planned.fetch_add(1, Ordering::Relaxed) + 1, request.dirs.len());
            (*at, Updated { dir: dir.clone(), outcome, written: false, commit: None })
        };
        let mut services: Vec<(usize, Updated)> = group.dirs.par_iter().map(plan_one).collect();
        for (_, updated) in &mut services {
            settle(updated, request, toolboxes, attendants);
        }
        written.push(services);
    }
    for ((group, sessions), services) in groups.iter().zip(&openings).zip(written) {
        let (order, mut services): (Vec<usize>, Vec<Updated>) = services.into_iter().unzip();
        (attendants.announce)(&services);
        if !request.dry_run {
            group.write(request, sessions, &mut services)?;
        }
        done.extend(order.into_iter().zip(services));
    }
    done.sort_by_key(|(at, _)| *at);
    Ok(done.into_iter().map(|(_, updated)| updated).collect())
}

/// Has the conflicts of a service settled, and plans it again.
fn settle(updated: &mut Updated, request: &UpdateRequest, toolboxes: &Toolboxes, attendants: &Attendants<'_>) {
    let Ok(update) = &updated.outcome else { return };
    if update.conflicts.is_empty() {
        return;
    }
    if let Some(resolve) = (attendants.settle)(update) {
        let mut choice = request.choice.clone();
        choice.resolve.splice(0..0, resolve);
        updated.outcome = plan(toolboxes, &updated.dir, &choice);
    }
}

/// The services of one repository, or of none.
struct Group {
    repo: Option<Repo>,
    dirs: Vec<(usize, PathBuf)>,
}

fn groups(request: &UpdateRequest) -> Result<Vec<Group>, OpError> {
    let mut found: Vec<Group> = Vec::new();
    let mut known: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for (at, dir) in request.dirs.iter().enumerate() {
        let repo = match Repo::discover(dir) {
            Ok(repo) => Some(repo),
            // What has no repository cannot be committed, but looked at, and written without.
            Err(_) if request.dry_run || !request.commit.commit => None,
            Err(error) => return Err(error.into()),
        };
        let root = repo.as_ref().map_or(PathBuf::new(), |repo| repo.root().to_owned());
        let group = *known.entry(root).or_insert_with(|| {
            found.push(Group { repo, dirs: Vec::new() });
            found.len() - 1
        });
        found[group].dirs.push((at, dir.clone()));
    }
    Ok(found)
}

impl Group {
    /// Keeps other runs out; what is read from now on is what is written on.
    fn begin<'g>(&'g self, request: &UpdateRequest, tell: Tell<'_>) -> Result<Vec<Session<'g>>, OpError> {
        match &self.repo {
            Some(repo) => Ok(vec![repo.begin(PATIENCE, tell)?]),
            None if request.commit.commit => Ok(Vec::new()),
            None => self.dirs.iter().map(|(_, dir)| Ok(Session::in_folder(dir, PATIENCE, tell)?)).collect(),
        }
    }

    fn write(&self, request: &UpdateRequest, sessions: &[Session<'_>], services: &mut [Updated]) -> Result<(), OpError> {
        let ready: Vec<usize> = (0..services.len()).filter(|at| services[*at].ready().is_some()).collect();
        match &self.repo {
            Some(repo) => {
                let [session] = sessions else { return Ok(()) };
                let parts: Vec<Vec<usize>> = if request.commit_per_service && request.commit.commit {
                    ready.into_iter().map(|at| vec![at]).collect()
                } else {
                    vec![ready]
                };
                parts.into_iter().try_for_each(|part| write_together(request, repo, session, services, part))
            }
            None => {
                for (session, updated) in sessions.iter().zip(services) {
                    let Some(update) = updated.ready() else { continue };
                    let set = write_set(&updated.dir, &updated.dir, &[update])?;
                    let outcome = preflight(&set).and_then(|()| Ok(session.write(&set)?));
                    match outcome {
                        Ok(_) => updated.written = true,
                        Err(error) => updated.outcome = Err(error),
                    }
                }
                Ok(())
            }
        }
    }
}

/// Writes services together. Those that something is in the way of are left out.
fn write_together(
    request: &UpdateRequest,
    repo: &Repo,
    session: &Session<'_>,
    services: &mut [Updated],
    mut part: Vec<usize>,
) -> Result<(), OpError> {
    let mut faults: Vec<(usize, OpError)> = Vec::new();
    if check(request, repo, services, &part).is_err() {
        part.retain(|at| match check(request, repo, services, &[*at]) {
            Ok(_) => true,
            Err(error) => {
                faults.push((*at, error));
                false
            }
        });
    }
    if !part.is_empty() {
        let (set, ready) = check(request, repo, services, &part)?;
        let commit = match ready {
            Some(ready) => {
                let updates: Vec<&Update> = part.iter().filter_map(|at| services[*at].ready()).collect();
                Some(session.commit(&set, &ready, &message::of_updates(&updates))?)
            }
            None => {
                session.write(&set)?;
                None
            }
        };
        for at in &part {
            services[*at].written = true;
            services[*at].commit.clone_from(&commit);
        }
    }
    for (at, error) in faults {
        services[at].outcome = Err(error);
    }
    Ok(())
}

/// Everything that is in the way of writing and committing services.
fn check(
    request: &UpdateRequest,
    repo: &Repo,
    services: &[Updated],
    part: &[usize],
) -> Result<(WriteSet, Option<Ready>), OpError> {
    let updates: Vec<(&Path, &Update)> =
        part.iter().filter_map(|at| Some((services[*at].dir.as_path(), services[*at].ready()?))).collect();
    let mut set = WriteSet::new(repo.root()).within(repo.root());
    let (mut paths, mut inputs) = (Vec::new(), Vec::new());
    for (dir, update) in updates {
        let dir = real(dir)?;
        let below = dir.strip_prefix(repo.root()).unwrap_or(&dir).to_owned();
        fill(&mut set, &below, update);
        paths.extend(written_files(update).map(|file| dir.join(&file.path)));
        if !update.files.iter().any(|file| file.path == service::FILE) {
            inputs.push(dir.join(service::FILE));
        }
    }
    let mut faults = set.preflight();
    if !request.commit.commit {
        return if faults.is_empty() { Ok((set, None)) } else { Err(OpError::Workspace(faults)) };
    }
    let commit = CommitRequest { paths, inputs, branch: request.commit.branch.clone(), allow_dirty: request.commit.allow_dirty };
    match repo.preflight(&commit) {
        Ok(ready) if faults.is_empty() => Ok((set, Some(ready))),
        Ok(_) => Err(OpError::Workspace(faults)),
        Err(more) => {
            faults.extend(more);
            Err(OpError::Workspace(faults))
        }
    }
}

/// A folder with every symbolic link followed.
fn real(dir: &Path) -> Result<PathBuf, OpError> {
    dir.canonicalize().map_err(|source| OpError::Unreadable { path: dir.to_owned(), source })
}

fn write_set(root: &Path, boundary: &Path, updates: &[&Update]) -> Result<WriteSet, OpError> {
    let mut set = WriteSet::new(&real(root)?).within(&real(boundary)?);
    for update in updates {
        fill(&mut set, Path::new(""), update);
    }
    Ok(set)
}

fn fill(set: &mut WriteSet, below: &Path, update: &Update) {
    for file in written_files(update) {
        match &file.after {
            Some(text) => set.put(below.join(&file.path), text.clone().into_bytes()),
            None => set.remove(below.join(&file.path)),
        }
    }
}

fn written_files(update: &Update) -> impl Iterator<Item = &Changed> {
    update.files.iter().chain(&update.lock)
}

fn preflight(set: &WriteSet) -> Result<(), OpError> {
    let faults: Vec<WorkspaceError> = set.preflight();
    if faults.is_empty() { Ok(()) } else { Err(OpError::Workspace(faults)) }
}
