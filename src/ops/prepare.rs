//! From answers to files: everything that is decided before the first byte is written.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::service_file::standing_service_file;
use super::{Editions, OpError};
use crate::blueprint::MANIFESTS;
use crate::change::{Edition, FileKind, LOCK_FILE, OutFile};
use crate::manifest::Manifest;
use crate::merge::object_key;
use crate::notation::ObjectKey;
use crate::plan::Plan;
use crate::service::{self, Answers, Service};
use crate::workspace::{find_manifests, is_folder, stands};
use crate::yaml::{self, Fault, Route, Source};

/// A service, all its files, and what they were made from. Nothing has been written.
#[derive(Debug)]
pub struct Prepared {
    /// What was asked for.
    pub service: Service,
    /// What was decided.
    pub plan: Plan,
    /// What a cluster will get.
    pub manifests: Vec<Manifest>,
    /// The service's folder.
    pub dir: PathBuf,
    /// All files: service file, manifests, lock. A service file that stood there before stays as it is.
    pub files: Vec<OutFile>,
}

impl Prepared {
    /// Checks that nothing stands where the files are to go, and none of the objects anywhere in the folder;
    /// another run may have come between.
    pub(super) fn check_still_new(&self) -> Result<(), OpError> {
        if stands(&self.dir.join(LOCK_FILE)) {
            return Err(OpError::AlreadyThere(self.dir.clone()));
        }
        let made = self.files.iter().filter(|file| file.before.is_none());
        refuse_standing(&self.dir, made.map(|file| self.dir.join(&file.path)))?;
        refuse_objects(&self.dir, &self.manifests)
    }
}

/// Checks that a new service can be made in `dir`, as far as it shows before anything is answered.
///
/// # Errors
/// A service is there already, or files that are in the way of any service.
pub fn check_folder(edition: &Edition, dir: &Path) -> Result<(), OpError> {
    if stands(&dir.join(LOCK_FILE)) {
        return Err(OpError::AlreadyThere(dir.to_owned()));
    }
    refuse_standing(dir, certain_files(edition).map(|path| dir.join(path)))
}

/// The files that every service gets, but for its service file.
pub(super) fn certain_files(edition: &Edition) -> impl Iterator<Item = String> {
    edition.renderer.certain_files().chain([LOCK_FILE.to_owned()])
}

/// Prepares a new service in `dir`, which need not exist.
///
/// A service file that stands in the folder is taken for the answers, and stays as it is.
///
/// # Errors
/// Everything that is wrong with the answers; or files that are in the way.
pub fn prepare(edition: &Edition, dir: &Path, answers: &Answers) -> Result<Prepared, OpError> {
    if stands(&dir.join(LOCK_FILE)) {
        return Err(OpError::AlreadyThere(dir.to_owned()));
    }
    let standing = standing_service_file(dir)?;
    let from_disk = match &standing {
        Some(_) if !answers.is_empty() => return Err(OpError::TwoServiceFiles(dir.join(service::FILE))),
        Some(text) => {
            let mut answers = Answers::default();
            answers.add_file(&dir.join(service::FILE).to_string_lossy(), text).map_err(OpError::Faults)?;
            Some(answers)
        }
        None => None,
    };
    let answers = from_disk.as_ref().unwrap_or(answers);
    let (service, plan) = edition.plan(answers).map_err(OpError::Faults)?;
    let manifests = edition.renderer.render(&plan)?;
    let before = standing.clone();
    let service_text = match standing.or_else(|| answers.only_file().map(str::to_owned)) {
        Some(text) => text,
        None => service::text(&service).map_err(|error| OpError::Bug(error.to_string()))?,
    };
    let lock_text = edition.lock(&manifests).text().map_err(|error| OpError::Bug(error.to_string()))?;
    let made = |manifest: &Manifest| OutFile::new(&manifest.path, FileKind::Manifest, None, Some(manifest.text.clone()));
    let mut files = vec![OutFile::new(service::FILE, FileKind::Values, before, Some(service_text))];
    files.extend(manifests.iter().map(made));
    files.push(OutFile::new(LOCK_FILE, FileKind::Text, None, Some(lock_text)));
    let prepared = Prepared { service, plan, manifests, dir: dir.to_owned(), files };
    prepared.check_still_new()?;
    Ok(prepared)
}

/// Renders the service in `dir` with the checklist that a flag names, else with the edition of its lock, else
/// as its service file says; writes nothing. With whether the service file names another edition than the lock.
///
/// # Errors
/// There is no service file, or everything that is wrong with it.
pub fn render(flag: Option<&str>, dir: &Path) -> Result<(Vec<Manifest>, bool), OpError> {
    let path = dir.join(service::FILE);
    let text = standing_service_file(dir)?.ok_or_else(|| OpError::NoServiceFile(path.clone()))?;
    let mut answers = Answers::default();
    answers.add_file(&path.to_string_lossy(), &text).map_err(OpError::Faults)?;
    let (edition, is_held_back) = Editions::default().of_folder(flag, &answers, dir)?;
    let (_, plan) = edition.plan(&answers).map_err(OpError::Faults)?;
    Ok((edition.renderer.render(&plan)?, is_held_back))
}

/// Refuses to take the place of files that Plimsoll did not write.
fn refuse_standing(dir: &Path, paths: impl Iterator<Item = PathBuf>) -> Result<(), OpError> {
    let paths: Vec<PathBuf> = paths.filter(|path| stands(path)).collect();
    if paths.is_empty() { Ok(()) } else { Err(OpError::Exists { dir: dir.to_owned(), paths }) }
}

/// Refuses to write an object a second time: one with the same identity stands where `adopt` looks.
fn refuse_objects(dir: &Path, manifests: &[Manifest]) -> Result<(), OpError> {
    let mut faults = Vec::new();
    // What cannot be read holds nothing that could be applied.
    let folder = if is_folder(&dir.join(MANIFESTS)) { MANIFESTS } else { "." };
    let found = find_manifests(dir, folder).0;
    for input in found.iter().filter(|input| !is_of_another_service(dir, &input.path)) {
        let (path, Ok(text)) = (&input.path, input.read()) else { continue };
        let shown: Arc<str> = path.strip_prefix(".").unwrap_or(path).display().to_string().into();
        for document in yaml::load(&shown, &text).unwrap_or_default() {
            let Some(key) = object_key(&document.root).filter(|key| manifests.iter().any(|it| is_same(&it.id.key(), key))) else {
                continue;
            };
            let mut fault = Fault::new(Route::root(), format!("{key} stands here already"));
            fault.source = Some(Source::File(Arc::clone(&shown), document.root.place));
            faults.push(fault);
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(OpError::ObjectsStand { dir: dir.to_owned(), faults }) }
}

/// Whether a file below a folder belongs to a service in a folder between them.
fn is_of_another_service(dir: &Path, path: &Path) -> bool {
    let mut between = path.ancestors().skip(1).take_while(|folder| *folder != dir);
    between.any(|folder| stands(&folder.join(service::FILE)))
}

/// Whether two objects may be one in a cluster: who leaves the namespace open leaves it to whoever applies
/// the manifests.
fn is_same(one: &ObjectKey, other: &ObjectKey) -> bool {
    let near = one.namespace.is_none() || other.namespace.is_none() || one.namespace == other.namespace;
    near && (&one.group, &one.kind, &one.name) == (&other.group, &other.kind, &other.name)
}
