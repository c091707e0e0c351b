//! What a run is about to change, written down before the first change.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::below::is_below;
use super::error::WorkspaceError;
use super::git::CommitDraft;
use super::state::StateFolder;
use crate::notation::sha256;

/// The version of the journal's format.
const FORMAT: u32 = 3;

const NAME: &str = "journal";

/// While it stands, the changes in it are not finished: they are to be undone, or the commit is to
/// be completed where it was made.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Journal {
    format: u32,
    /// The process that writes, whose number is in the names of its drafts.
    pub(super) process: u32,
    /// Folders that will be created, the outermost first.
    pub(super) folders: Vec<PathBuf>,
    /// Files that will be created, replaced or removed, relative to the session's root. The bytes
    /// that stand there are kept under the number of the file.
    pub(super) files: Vec<FileChange>,
    /// What will happen in git.
    pub(super) commit: Option<CommitDraft>,
}

/// A file before and after, told by the digests of its bytes; `None` where there is no file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileChange {
    pub(super) path: PathBuf,
    pub(super) old: Option<String>,
    pub(super) new: Option<String>,
}

impl Journal {
    pub(super) fn new(folders: Vec<PathBuf>, files: Vec<FileChange>, commit: Option<CommitDraft>) -> Self {
        Self { format: FORMAT, process: std::process::id(), folders, files, commit }
    }

    /// Where the journal stands.
    pub(super) fn path(state: &StateFolder) -> PathBuf {
        state.path(NAME)
    }

    /// Keeps the old files below `root` and puts the journal in its place, whole or not at all.
    pub(super) fn open(&self, root: &Path, state: &StateFolder) -> Result<(), WorkspaceError> {
        for (number, file) in self.files.iter().enumerate().filter(|(_, file)| file.old.is_some()) {
            let path = root.join(&file.path);
            keep(&path, &state.old_path(number)).map_err(WorkspaceError::io("keep a copy of", path))?;
        }
        let (path, draft) = (Self::path(state), state.path("journal.new"));
        self.write(&draft).and_then(|()| fs::rename(&draft, &path)).map_err(WorkspaceError::io("write", path))
    }

    fn write(&self, path: &Path) -> io::Result<()> {
        let mut file = File::create(path)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        // A kill loses nothing that was written. A machine that goes down might, which matters as
        // soon as something of the user's is replaced.
        if self.files.iter().any(|file| file.old.is_some()) { file.sync_all() } else { Ok(()) }
    }

    /// The journal of a run that did not finish.
    pub(super) fn read(state: &StateFolder) -> Result<Option<Self>, WorkspaceError> {
        let path = Self::path(state);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(WorkspaceError::io("read", &path))?,
        };
        let is_fine = |journal: &Self| {
            // The folder that is worked in may be one of those that are created.
            let folders = journal.folders.iter().filter(|folder| !folder.as_os_str().is_empty());
            let mut paths = folders.chain(journal.files.iter().map(|file| &file.path));
            journal.format == FORMAT && paths.all(|path| is_below(path))
        };
        match serde_json::from_slice(&bytes) {
            Ok(journal) if is_fine(&journal) => Ok(Some(journal)),
            _ => Err(WorkspaceError::ForeignJournal { path }),
        }
    }

    /// Says that everything is done.
    pub(super) fn close(state: &StateFolder) -> Result<(), WorkspaceError> {
        let path = Self::path(state);
        fs::remove_file(&path).map_err(WorkspaceError::io("remove", path))?;
        state.clear()
    }
}

/// How bytes are told apart. Processors have instructions for this digest, and none for the one that git takes.
pub(super) fn digest(bytes: &[u8]) -> String {
    sha256(&[bytes])
}

/// Costs no copy where the file system has hard links: the file that takes the place of the old one
/// is another file.
fn keep(path: &Path, kept: &Path) -> io::Result<()> {
    fs::hard_link(path, kept).or_else(|_| fs::copy(path, kept).map(drop))
}
