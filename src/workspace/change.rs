//! Changes of files, and how they are undone.

use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::below::{Bounds, read_regular};
use super::error::WorkspaceError;
use super::journal::{FileChange, Journal, digest};
use super::state::StateFolder;

/// What is to be done to one file.
#[derive(Debug)]
pub(super) struct FileChangeStep<'a> {
    /// The file as it was put into the write set.
    pub(super) name: &'a Path,
    /// Where it really is.
    pub(super) target: PathBuf,
    /// What stands there, if anything does.
    pub(super) old: Option<Old>,
    /// The bytes that are to stand there; `None` to remove the file.
    pub(super) new: Option<&'a [u8]>,
}

/// A file that stands.
#[derive(Debug)]
pub(super) struct Old {
    pub(super) digest: String,
    pub(super) permissions: Permissions,
}

impl FileChangeStep<'_> {
    /// Takes the step at once: readers see the old file or the new one.
    pub(super) fn take(&self) -> Result<(), WorkspaceError> {
        match self.new {
            Some(bytes) => {
                let permissions = self.old.as_ref().map(|old| &old.permissions);
                replace(&self.target, bytes, permissions).map_err(WorkspaceError::io("write", &self.target))
            }
            None => fs::remove_file(&self.target).map_err(WorkspaceError::io("remove", &self.target)),
        }
    }
}

/// What became of files that were to be put back.
#[derive(Debug, Default)]
pub(super) struct PutBack {
    /// Those that are as before.
    pub(super) done: Vec<PathBuf>,
    /// Those that hold neither the old bytes nor the new ones.
    pub(super) left: Vec<PathBuf>,
    /// Those that could not be put back, with the reason.
    pub(super) failed: Vec<String>,
}

/// Puts the first `count` files of a journal back that hold what was to be written, but those of which
/// `is_committed` says that somebody has committed it.
pub(super) fn put_back(
    root: &Path,
    state: &StateFolder,
    journal: &Journal,
    count: usize,
    is_committed: impl Fn(&FileChange) -> bool,
) -> PutBack {
    let mut outcome = PutBack::default();
    for (number, file) in journal.files.iter().enumerate().take(count).rev() {
        // A link that was put on the way since leads nowhere that we wrote to.
        let place = Bounds::new(root, root).and_then(|mut bounds| bounds.at(&file.path));
        let path = root.join(&file.path);
        if !place.is_ok_and(|place| place.real() == path) {
            outcome.left.push(file.path.clone());
            continue;
        }
        match put_file_back(&path, &state.old_path(number), file, journal.process, &is_committed) {
            Ok(Done::PutBack) => outcome.done.push(file.path.clone()),
            Ok(Done::Left) => outcome.left.push(file.path.clone()),
            Ok(Done::Nothing) => {}
            Err(error) => outcome.failed.push(format!("{} ({error})", path.display())),
        }
    }
    outcome
}

/// What was done about a file.
enum Done {
    /// It is as before.
    Nothing,
    PutBack,
    Left,
}

fn put_file_back(
    path: &Path,
    kept: &Path,
    file: &FileChange,
    process: u32,
    is_committed: impl Fn(&FileChange) -> bool,
) -> io::Result<Done> {
    ignore_missing(fs::remove_file(draft_beside(path, process)))?;
    let now = match read_regular(path, path) {
        Ok(bytes) => bytes.as_deref().map(digest),
        Err(WorkspaceError::Io { source, .. }) => return Err(source),
        Err(_) => return Ok(Done::Left),
    };
    if now == file.old {
        return Ok(Done::Nothing);
    }
    if now != file.new {
        return Ok(Done::Left);
    }
    if is_committed(file) {
        return Ok(Done::Nothing);
    }
    if file.old.is_none() {
        fs::remove_file(path)?;
        return Ok(Done::PutBack);
    }
    // Across file systems there is no rename, and the old file was copied.
    fs::rename(kept, path).or_else(|_| {
        let permissions = fs::metadata(kept)?.permissions();
        replace(path, &fs::read(kept)?, Some(&permissions))
    })?;
    Ok(Done::PutBack)
}

/// Removes folders that were created, as far as nothing is in them; the outermost stands first.
pub(super) fn remove_folders(root: &Path, folders: &[PathBuf]) {
    for folder in folders.iter().rev() {
        let _ = fs::remove_dir(root.join(folder));
    }
}

/// Puts `bytes` at `path` in one step. Without `permissions` the file gets those of a new file.
pub(super) fn replace(path: &Path, bytes: &[u8], permissions: Option<&Permissions>) -> io::Result<()> {
    let draft = draft_beside(path, std::process::id());
    let write = || {
        let mut file = File::create_new(&draft)?;
        file.write_all(bytes)?;
        if let Some(permissions) = permissions {
            file.set_permissions(permissions.clone())?;
        }
        fs::rename(&draft, path)
    };
    write().inspect_err(|error| {
        if error.kind() != io::ErrorKind::AlreadyExists {
            let _ = fs::remove_file(&draft);
        }
    })
}

/// Where the next bytes of a file are written: in its own folder, so that they come into its place
/// in one step, and under a name that is found again after a kill and that nobody else gives.
fn draft_beside(path: &Path, process: u32) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{process}.plimsoll-draft"));
    path.with_file_name(name)
}

/// That something is gone already is no error of removing it.
pub(super) fn ignore_missing(outcome: io::Result<()>) -> io::Result<()> {
    match outcome {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}
