//! What was written, and how to put everything back.

use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::error::WorkspaceError;

/// The outcome of [`WriteSet::apply`](super::WriteSet::apply).
#[derive(Debug)]
#[must_use = "without it the files cannot be rolled back"]
pub struct Applied {
    /// Files that were created or replaced, as they were put into the set.
    pub written: Vec<PathBuf>,
    /// Files that already had the same bytes.
    pub unchanged: Vec<PathBuf>,
    pub(super) undo: UndoLog,
}

impl Applied {
    /// Puts every written file back as it was before: replaced files get their
    /// old bytes and permissions, created files and folders are removed. A
    /// created folder that meanwhile holds something else stays.
    ///
    /// # Errors
    ///
    /// [`WorkspaceError::NotRestored`] names every file that could not be put
    /// back; the others are.
    pub fn rollback(self) -> Result<(), WorkspaceError> {
        let items = self.undo.restore();
        if items.is_empty() { Ok(()) } else { Err(WorkspaceError::NotRestored { items, cause: None }) }
    }
}

/// One change of the file system, with what undoes it.
#[derive(Debug)]
enum Change {
    CreatedFolder(PathBuf),
    CreatedFile(PathBuf),
    ReplacedFile { path: PathBuf, bytes: Vec<u8>, permissions: Permissions },
}

/// Changes in the order they were made.
#[derive(Debug, Default)]
pub(super) struct UndoLog(Vec<Change>);

impl UndoLog {
    pub(super) fn created_folder(&mut self, path: &Path) {
        self.0.push(Change::CreatedFolder(path.to_owned()));
    }

    pub(super) fn created_file(&mut self, path: &Path) {
        self.0.push(Change::CreatedFile(path.to_owned()));
    }

    pub(super) fn replaced_file(&mut self, path: &Path, bytes: Vec<u8>, permissions: Permissions) {
        self.0.push(Change::ReplacedFile { path: path.to_owned(), bytes, permissions });
    }

    /// Undoes everything after `cause` and returns the error to report.
    pub(super) fn restore_after(self, cause: WorkspaceError) -> WorkspaceError {
        let items = self.restore();
        if items.is_empty() { cause } else { WorkspaceError::NotRestored { items, cause: Some(Box::new(cause)) } }
    }

    /// Undoes the changes, the latest first, and names those it could not undo.
    fn restore(self) -> Vec<String> {
        let mut failed = Vec::new();
        for change in self.0.into_iter().rev() {
            let (path, outcome) = match change {
                Change::CreatedFolder(path) => {
                    // Only an empty folder is removed: anything in it is not ours.
                    let _ = fs::remove_dir(&path);
                    continue;
                }
                Change::CreatedFile(path) => {
                    let outcome = match fs::remove_file(&path) {
                        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                        outcome => outcome,
                    };
                    (path, outcome)
                }
                Change::ReplacedFile { path, bytes, permissions } => {
                    let outcome = replace(&path, &bytes, Some(permissions));
                    (path, outcome)
                }
            };
            if let Err(error) = outcome {
                failed.push(format!("{} ({error})", path.display()));
            }
        }
        failed
    }
}

/// Puts `bytes` at `path` in one step: readers see the old file or the new one.
/// Without `permissions` the file gets those of a new file.
pub(super) fn replace(path: &Path, bytes: &[u8], permissions: Option<Permissions>) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = new_file_beside(folder)?;
    file.write_all(bytes)?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    file.persist(path)?;
    Ok(())
}

#[cfg(unix)]
fn new_file_beside(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    use std::os::unix::fs::PermissionsExt as _;

    // The mode every program asks for; the umask takes its part from it.
    tempfile::Builder::new().permissions(Permissions::from_mode(0o666)).tempfile_in(folder)
}

#[cfg(not(unix))]
fn new_file_beside(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new().tempfile_in(folder)
}
