//! Files to be written together.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata, OpenOptions};
use std::io;
use std::path::{Component, Path, PathBuf};

use super::change::{Old, Step};
use super::error::WorkspaceError;
use super::journal::digest;
use super::resolve::{Links, nearest_existing, resolve};

/// Files with their bytes, to be written or removed below one folder, all or none.
#[derive(Debug, Clone)]
pub struct WriteSet {
    root: PathBuf,
    boundary: PathBuf,
    /// `None` for a file that is to be removed.
    files: BTreeMap<PathBuf, Option<Vec<u8>>>,
}

impl WriteSet {
    /// An empty set for files below `root`, which need not exist yet.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), boundary: root.to_owned(), files: BTreeMap::new() }
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
        self.files.insert(path.into(), Some(bytes));
    }

    /// Has the file at `path`, relative to the root folder, removed. That it is not there is no
    /// fault.
    pub fn remove(&mut self, path: impl Into<PathBuf>) {
        self.files.insert(path.into(), None);
    }

    /// Finds everything that would keep the files from being written, sorted by the path at fault.
    /// Changes nothing.
    #[must_use]
    pub fn preflight(&self) -> Vec<WorkspaceError> {
        let mut locator = match self.locator() {
            Ok(locator) => locator,
            Err(fault) => return vec![fault],
        };
        let (mut faults, mut folders) = (BTreeMap::new(), BTreeSet::new());
        for (path, bytes) in &self.files {
            match self.check(path, bytes.as_deref(), &mut locator) {
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
    pub(super) fn steps(&self) -> Result<Vec<Step<'_>>, WorkspaceError> {
        let mut locator = self.locator()?;
        let mut steps = Vec::new();
        for (name, bytes) in &self.files {
            let (target, new) = (locator.locate(name)?, bytes.as_deref());
            let old = match metadata(&target)? {
                None if new.is_none() => continue,
                None => None,
                Some(metadata) => {
                    let bytes = fs::read(&target).map_err(WorkspaceError::io("read", &target))?;
                    if new == Some(bytes.as_slice()) {
                        continue;
                    }
                    let digest = digest(&bytes).map_err(WorkspaceError::io("read", &target))?;
                    Some(Old { digest, permissions: metadata.permissions() })
                }
            };
            steps.push(Step { name, target, old, new });
        }
        Ok(steps)
    }

    /// Every file of the set that has no step.
    pub(super) fn without(&self, steps: &[Step<'_>]) -> Vec<PathBuf> {
        self.files.keys().filter(|name| steps.binary_search_by_key(&name.as_path(), |step| step.name).is_err()).cloned().collect()
    }

    /// The folder that a file is to be written in, if it is to be written at all; or what is in the
    /// way, and where.
    fn check(
        &self,
        path: &Path,
        bytes: Option<&[u8]>,
        locator: &mut Locator<'_>,
    ) -> Result<Option<PathBuf>, (PathBuf, WorkspaceError)> {
        let target = locator.locate(path).map_err(|fault| match &fault {
            WorkspaceError::LinkLeaves { link, .. } => (link.clone(), fault),
            _ => (self.root.join(path), fault),
        })?;
        let is_planned = |path: &&Path| self.files.get(*path).is_some_and(Option::is_some);
        let planned_file = path.ancestors().skip(1).find(is_planned).map(|ancestor| self.root.join(ancestor));
        let nearest = target.parent().map_or(target.as_path(), nearest_existing);
        let parent = planned_file.or_else(|| (!nearest.is_dir()).then(|| nearest.to_owned()));
        if let Some(parent) = parent {
            return Err((target.clone(), WorkspaceError::ParentNotAFolder { path: target, parent }));
        }
        let existing = metadata(&target).map_err(|fault| (target.clone(), fault))?;
        match (existing, bytes) {
            (None, None) => return Ok(None),
            (Some(_), Some(bytes)) if fs::read(&target).is_ok_and(|old| old == bytes) => return Ok(None),
            (Some(existing), Some(_)) if is_read_only_file(&target, &existing) => {
                return Err((target.clone(), WorkspaceError::ReadOnlyFile { path: target }));
            }
            _ => {}
        }
        Ok(Some(nearest.to_owned()))
    }

    fn locator(&self) -> Result<Locator<'_>, WorkspaceError> {
        Ok(Locator { root: &self.root, real_root: real(&self.root)?, boundary: real(&self.boundary)?, links: Links::default() })
    }
}

/// Tells where the files of a set really are.
struct Locator<'a> {
    root: &'a Path,
    real_root: PathBuf,
    boundary: PathBuf,
    links: Links,
}

impl Locator<'_> {
    /// Where the file at `path` really is, with every symbolic link followed.
    fn locate(&mut self, path: &Path) -> Result<PathBuf, WorkspaceError> {
        let below_root = |c| matches!(c, Component::Normal(_) | Component::CurDir);
        if path.file_name().is_none() || !path.components().all(below_root) {
            let path = path.to_owned();
            return Err(WorkspaceError::PathEscapes { path });
        }
        let whole = self.root.join(path);
        let target = self.links.resolve(&whole).map_err(WorkspaceError::io("follow", &whole))?;
        if target != self.real_root.join(path) {
            self.check_links(path)?;
        }
        if target.starts_with(&self.boundary) {
            Ok(target)
        } else {
            Err(WorkspaceError::OutsideWorkTree { path: target, root: self.boundary.clone() })
        }
    }

    /// Checks that no link on the way leaves the boundary, wherever the next one leads.
    fn check_links(&self, path: &Path) -> Result<(), WorkspaceError> {
        let mut link = self.root.to_owned();
        for component in path.components() {
            link.push(component);
            if !link.is_symlink() {
                continue;
            }
            let target = real(&link)?;
            if !target.starts_with(&self.boundary) {
                return Err(WorkspaceError::LinkLeaves { link, target, boundary: self.boundary.clone() });
            }
        }
        Ok(())
    }
}

fn real(path: &Path) -> Result<PathBuf, WorkspaceError> {
    resolve(path).map_err(WorkspaceError::io("follow", path))
}

/// What is known of the regular file at `path`, or `None` if nothing is there.
fn metadata(path: &Path) -> Result<Option<Metadata>, WorkspaceError> {
    let found = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => return Ok(Some(metadata)),
        Ok(metadata) if metadata.is_dir() => "folder",
        Ok(_) => "special file",
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(WorkspaceError::io("read", path)(error)),
    };
    let path = path.to_owned();
    Err(WorkspaceError::NotAFile { path, found })
}

/// The bits alone do not tell of read-only mounts and foreign files, and a trial
/// alone does not tell of bits that do not bind root: both are asked.
fn is_read_only_file(path: &Path, metadata: &Metadata) -> bool {
    metadata.permissions().readonly() || OpenOptions::new().write(true).open(path).is_err()
}

fn is_read_only_folder(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().readonly()) || tempfile::tempfile_in(path).is_err()
}
