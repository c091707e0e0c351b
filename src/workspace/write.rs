//! Files to be written together.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata, OpenOptions};
use std::path::{Path, PathBuf};

use super::below::{Bounds, read_regular, regular};
use super::change::{FileChangeStep, Old};
use super::error::WorkspaceError;
use super::journal::digest;
use super::resolve::nearest_existing;

/// Files with their bytes, to be written or removed below one folder, all or none.
#[derive(Debug, Clone)]
pub struct WriteSet {
    root: PathBuf,
    boundary: PathBuf,
    files: BTreeMap<PathBuf, PendingFile>,
    /// Other files, with what they have to hold.
    relied_on: BTreeMap<PathBuf, StoodThere>,
}

/// What is to become of a file.
#[derive(Debug, Clone)]
struct PendingFile {
    /// Its bytes; `None` if it is to be removed.
    bytes: Option<Vec<u8>>,
    stood_there: StoodThere,
}

/// What stood in the place of a file when its new bytes were worked out.
#[derive(Debug, Clone)]
enum StoodThere {
    /// Whatever stands there.
    Anything,
    Nothing,
    Bytes(Vec<u8>),
}

impl StoodThere {
    fn is(&self, now: Option<&[u8]>) -> bool {
        match self {
            Self::Anything => true,
            Self::Nothing => now.is_none(),
            Self::Bytes(bytes) => now == Some(bytes),
        }
    }
}

impl WriteSet {
    /// An empty set for files below `root`, which need not exist yet.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), boundary: root.to_owned(), files: BTreeMap::new(), relied_on: BTreeMap::new() }
    }

    /// Lets symbolic links lead anywhere inside `boundary`, the work tree of a
    /// repository, instead of only inside the root folder.
    #[must_use]
    pub fn within(mut self, boundary: &Path) -> Self {
        boundary.clone_into(&mut self.boundary);
        self
    }

    /// Adds a file at `path`, relative to the root folder. A file that was
    /// already put there is replaced.
    pub fn put(&mut self, path: impl Into<PathBuf>, bytes: Vec<u8>) {
        self.files.insert(path.into(), PendingFile { bytes: Some(bytes), stood_there: StoodThere::Anything });
    }

    /// Has the file at `path`, relative to the root folder, removed. That it is not there is no
    /// fault.
    pub fn remove(&mut self, path: impl Into<PathBuf>) {
        self.files.insert(path.into(), PendingFile { bytes: None, stood_there: StoodThere::Anything });
    }

    /// Has nothing written unless the file at `path`, which was put or removed before, still holds these
    /// bytes, by which the new ones were worked out; `None` for no file.
    pub fn expect(&mut self, path: &Path, read: Option<Vec<u8>>) {
        if let Some(pending) = self.files.get_mut(path) {
            pending.stood_there = read.map_or(StoodThere::Nothing, StoodThere::Bytes);
        }
    }

    /// The same for a file that is not written, unless it is put or removed.
    pub fn rely_on(&mut self, path: PathBuf, read: Option<Vec<u8>>) {
        self.relied_on.insert(path, read.map_or(StoodThere::Nothing, StoodThere::Bytes));
    }

    /// Finds everything that would keep the files from being written, sorted by the path at fault.
    /// Changes nothing.
    #[must_use]
    pub fn preflight(&self) -> Vec<WorkspaceError> {
        let mut bounds = match self.bounds() {
            Ok(bounds) => bounds,
            Err(fault) => return vec![fault],
        };
        let (mut faults, mut folders) = (BTreeMap::new(), BTreeSet::new());
        for (path, pending) in &self.files {
            match self.check(path, pending.bytes.as_deref(), &mut bounds) {
                Ok(folder) => folders.extend(folder),
                Err((at, fault)) => _ = faults.entry(at).or_insert(fault),
            }
        }
        for path in folders.into_iter().filter(|folder| is_read_only_folder(folder)) {
            faults.entry(path.clone()).or_insert(WorkspaceError::ReadOnlyFolder { path });
        }
        faults.into_values().collect()
    }

    /// What there is to do, with what stands there now. Files that are as they shall be already have
    /// no step; symbolic links inside the boundary are followed.
    ///
    /// # Errors
    /// [`WorkspaceError::ChangedMeanwhile`] for a file that is not as it was when that was worked out.
    pub(super) fn steps(&self) -> Result<Vec<FileChangeStep<'_>>, WorkspaceError> {
        let mut bounds = self.bounds()?;
        for (path, stood_there) in self.relied_on.iter().filter(|(path, _)| !self.files.contains_key(*path)) {
            let target = bounds.at(path)?.real().to_owned();
            if !stood_there.is(read_regular(&target, &target)?.as_deref()) {
                return Err(WorkspaceError::ChangedMeanwhile { path: target });
            }
        }
        let mut steps = Vec::new();
        for (name, pending) in &self.files {
            let (place, new) = (bounds.at(name)?, pending.bytes.as_deref());
            let target = place.real().to_owned();
            let now = read_regular(&target, &target)?;
            if !pending.stood_there.is(now.as_deref()) && now.as_deref() != new {
                return Err(WorkspaceError::ChangedMeanwhile { path: target });
            }
            if now.as_deref() == new {
                continue;
            }
            let old = match now {
                None => None,
                Some(bytes) => {
                    let digest = digest(&bytes);
                    let metadata = fs::metadata(&target).map_err(WorkspaceError::io("read", &target))?;
                    Some(Old { digest, permissions: metadata.permissions() })
                }
            };
            steps.push(FileChangeStep { name, target, old, new });
        }
        Ok(steps)
    }

    /// Every file of the set that has no step.
    pub(super) fn without(&self, steps: &[FileChangeStep<'_>]) -> Vec<PathBuf> {
        self.files.keys().filter(|name| steps.binary_search_by_key(&name.as_path(), |step| step.name).is_err()).cloned().collect()
    }

    /// The folder that a file is to be written in, if it is to be written at all; or what is in the
    /// way, and where.
    fn check(
        &self,
        path: &Path,
        bytes: Option<&[u8]>,
        bounds: &mut Bounds,
    ) -> Result<Option<PathBuf>, (PathBuf, WorkspaceError)> {
        let place = bounds.at(path).map_err(|fault| match &fault {
            WorkspaceError::LinkLeaves { link, .. } => (link.clone(), fault),
            _ => (self.root.join(path), fault),
        })?;
        let target = place.real().to_owned();
        let is_pending = |path: &&Path| self.files.get(*path).is_some_and(|pending| pending.bytes.is_some());
        let pending_file = path.ancestors().skip(1).find(is_pending).map(|ancestor| self.root.join(ancestor));
        let nearest = target.parent().map_or(target.as_path(), nearest_existing);
        let parent = pending_file.or_else(|| (!nearest.is_dir()).then(|| nearest.to_owned()));
        if let Some(parent) = parent {
            return Err((target.clone(), WorkspaceError::ParentNotAFolder { path: target, parent }));
        }
        let existing = regular(&target, &target).map_err(|fault| (target.clone(), fault))?;
        match (existing, bytes) {
            (None, None) => return Ok(None),
            (Some(_), bytes) if read_regular(&target, &target).is_ok_and(|old| old.as_deref() == bytes) => return Ok(None),
            (Some(existing), Some(_)) if is_read_only_file(&target, &existing) => {
                return Err((target.clone(), WorkspaceError::ReadOnlyFile { path: target }));
            }
            _ => {}
        }
        Ok(Some(nearest.to_owned()))
    }

    fn bounds(&self) -> Result<Bounds, WorkspaceError> {
        Bounds::new(&self.root, &self.boundary)
    }
}

/// The bits alone do not tell of read-only mounts and foreign files, and asking the system does not tell of
/// bits that do not bind root: both are asked.
fn is_read_only_file(path: &Path, metadata: &Metadata) -> bool {
    metadata.permissions().readonly() || !may_write(path, || OpenOptions::new().write(true).open(path).is_ok())
}

fn is_read_only_folder(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().readonly())
        || !may_write(path, || tempfile::tempfile_in(path).is_ok())
}

/// Whether the system lets this process write to a path.
#[cfg(unix)]
fn may_write(path: &Path, _: impl FnOnce() -> bool) -> bool {
    rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok()
}

/// Whether a trial of writing to a path succeeds, where the system cannot be asked.
#[cfg(not(unix))]
fn may_write(_: &Path, trial: impl FnOnce() -> bool) -> bool {
    trial()
}
