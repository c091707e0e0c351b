//! Files to be written together.

use std::collections::BTreeMap;
use std::fs::{self, Metadata, OpenOptions};
use std::io;
use std::path::{Component, Path, PathBuf};

use super::error::WorkspaceError;
use super::resolve::{nearest_existing, resolve};
use super::undo::{Applied, UndoLog, replace};

/// Files with their bytes, to be written below one folder, all or none.
#[derive(Debug, Clone)]
pub struct WriteSet {
    root: PathBuf,
    boundary: PathBuf,
    files: BTreeMap<PathBuf, Vec<u8>>,
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
        self.files.insert(path.into(), bytes);
    }

    /// Finds everything that would keep [`apply`](Self::apply) from writing,
    /// sorted by the path at fault. Changes nothing.
    #[must_use]
    pub fn preflight(&self) -> Vec<WorkspaceError> {
        let mut faults = BTreeMap::new();
        for (path, bytes) in &self.files {
            self.check(path, bytes, &mut faults);
        }
        faults.into_values().collect()
    }

    /// Writes every file whose bytes differ, each in one step, following
    /// symbolic links inside the boundary. Replaced files keep their permissions.
    ///
    /// # Errors
    ///
    /// The first failure; everything written before it is put back as it was.
    /// [`WorkspaceError::NotRestored`] if that failed too.
    pub fn apply(self) -> Result<Applied, WorkspaceError> {
        let mut written = Vec::new();
        let mut unchanged = Vec::new();
        let mut undo = UndoLog::default();
        for (path, bytes) in &self.files {
            match self.write(path, bytes, &mut undo) {
                Ok(true) => written.push(path.clone()),
                Ok(false) => unchanged.push(path.clone()),
                Err(cause) => return Err(undo.restore_after(cause)),
            }
        }
        Ok(Applied { written, unchanged, undo })
    }

    fn write(&self, path: &Path, bytes: &[u8], undo: &mut UndoLog) -> Result<bool, WorkspaceError> {
        let target = self.locate(path)?;
        let existing = metadata(&target)?;
        if let Some(existing) = existing {
            let old = fs::read(&target).map_err(WorkspaceError::io("read", &target))?;
            if old == bytes {
                return Ok(false);
            }
            let permissions = existing.permissions();
            replace(&target, bytes, Some(permissions.clone())).map_err(WorkspaceError::io("write", &target))?;
            undo.replaced_file(&target, old, permissions);
        } else {
            create_folders(&target, undo)?;
            replace(&target, bytes, None).map_err(WorkspaceError::io("write", &target))?;
            undo.created_file(&target);
        }
        Ok(true)
    }

    fn check(&self, path: &Path, bytes: &[u8], faults: &mut BTreeMap<PathBuf, WorkspaceError>) {
        let mut report = |at: &Path, fault| {
            faults.entry(at.to_owned()).or_insert(fault);
        };
        let target = match self.locate(path) {
            Ok(target) => target,
            Err(fault) => {
                let at = match &fault {
                    WorkspaceError::LinkLeaves { link, .. } => link.clone(),
                    _ => self.root.join(path),
                };
                report(&at, fault);
                return;
            }
        };
        let planned_file =
            path.ancestors().skip(1).find(|ancestor| self.files.contains_key(*ancestor)).map(|ancestor| self.root.join(ancestor));
        let nearest = target.parent().map_or(target.as_path(), nearest_existing);
        let parent = planned_file.or_else(|| (!nearest.is_dir()).then(|| nearest.to_owned()));
        if let Some(parent) = parent {
            let path = target.clone();
            report(&target, WorkspaceError::ParentNotAFolder { path, parent });
            return;
        }
        match metadata(&target) {
            Err(fault) => {
                report(&target, fault);
                return;
            }
            Ok(Some(_)) if fs::read(&target).is_ok_and(|old| old == bytes) => return,
            Ok(Some(existing)) if is_read_only_file(&target, &existing) => {
                let path = target.clone();
                report(&target, WorkspaceError::ReadOnlyFile { path });
            }
            Ok(_) => {}
        }
        if is_read_only_folder(nearest) {
            let path = nearest.to_owned();
            report(nearest, WorkspaceError::ReadOnlyFolder { path });
        }
    }

    /// Where the file at `path` really is, with every symbolic link followed.
    fn locate(&self, path: &Path) -> Result<PathBuf, WorkspaceError> {
        let below_root = |c| matches!(c, Component::Normal(_) | Component::CurDir);
        if path.file_name().is_none() || !path.components().all(below_root) {
            let path = path.to_owned();
            return Err(WorkspaceError::PathEscapes { path });
        }
        let real = |path: &Path| resolve(path).map_err(WorkspaceError::io("follow", path));
        let boundary = real(&self.boundary)?;
        let mut link = self.root.clone();
        for component in path.components() {
            link.push(component);
            if !link.is_symlink() {
                continue;
            }
            let target = real(&link)?;
            if !target.starts_with(&boundary) {
                return Err(WorkspaceError::LinkLeaves { link, target, boundary });
            }
        }
        let target = real(&self.root.join(path))?;
        if target.starts_with(&boundary) {
            Ok(target)
        } else {
            Err(WorkspaceError::OutsideWorkTree { path: target, root: boundary })
        }
    }
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

fn create_folders(file: &Path, undo: &mut UndoLog) -> Result<(), WorkspaceError> {
    let missing: Vec<&Path> = file.ancestors().skip(1).take_while(|ancestor| !ancestor.exists()).collect();
    for folder in missing.into_iter().rev() {
        fs::create_dir(folder).map_err(WorkspaceError::io("create folder", folder))?;
        undo.created_folder(folder);
    }
    Ok(())
}
