//! Where a run keeps what it needs to be put right if it is killed, and the lock that keeps others out.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use super::error::WorkspaceError;
use super::notice::{Notice, Tell};

/// Between two tries.
const TICK: Duration = Duration::from_millis(20);

/// How many tries pass before the waiting is told: half a second.
const TOLD_AFTER: u128 = 25;

const LOCK: &str = "lock";

/// A folder that one process at a time is in. It goes when the process leaves it in order.
#[derive(Debug)]
pub(super) struct StateFolder {
    folder: PathBuf,
    lock: File,
    lock_path: PathBuf,
    /// Folders that were made for it, the innermost first.
    made: Vec<PathBuf>,
}

impl StateFolder {
    /// Enters `folder`, once nobody else is in one with the same `lock_folder`. Both belong to the
    /// repository or folder `place`.
    ///
    /// The system lets go of the lock when the process ends, however it ends.
    ///
    /// # Errors
    /// [`WorkspaceError::Busy`] if another process stays in it for longer than `patience`.
    pub(super) fn enter(
        place: &Path,
        folder: PathBuf,
        lock_folder: &Path,
        patience: Duration,
        tell: Tell<'_>,
    ) -> Result<Self, WorkspaceError> {
        let tries = patience.as_millis() / TICK.as_millis();
        let lock_path = lock_folder.join(LOCK);
        let mut made = missing_folders(&folder);
        made.extend(missing_folders(lock_folder));
        for count in 0..=tries {
            match try_lock(lock_folder, &lock_path).map_err(WorkspaceError::io("lock", &lock_path))? {
                Some(lock) => {
                    fs::create_dir_all(&folder).map_err(WorkspaceError::io("create folder", &folder))?;
                    return Ok(Self { folder, lock, lock_path, made });
                }
                None if count == TOLD_AFTER => tell(&Notice::Waiting { place: place.to_owned() }),
                None => {}
            }
            thread::sleep(TICK);
        }
        Err(WorkspaceError::Busy { place: place.to_owned(), waited: patience })
    }

    /// Where something of this name is kept.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The lock as the standard input of a child, which then holds it too: nobody comes in before
    /// the child has ended, even if this process ends first. What the child reads is empty.
    pub(super) fn shared_lock(&self) -> io::Result<Stdio> {
        self.lock.try_clone().map(Stdio::from)
    }

    /// Removes everything that is kept.
    pub(super) fn clear(&self) -> Result<(), WorkspaceError> {
        let failed = |error| WorkspaceError::io("clear", &self.folder)(error);
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path == self.lock_path {
                continue;
            }
            if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) }.map_err(failed)?;
        }
        Ok(())
    }
}

impl Drop for StateFolder {
    fn drop(&mut self) {
        let others = fs::read_dir(&self.folder)
            .map_or(0, |entries| entries.flatten().filter(|entry| entry.path() != self.lock_path).count());
        // What is left in it is for the next run.
        if others > 0 {
            return;
        }
        if CAN_REMOVE_LOCK {
            let _ = fs::remove_file(&self.lock_path);
        }
        let lock_folder = self.lock_path.parent().unwrap_or(&self.lock_path).to_owned();
        // Only empty folders go, so that those of a run that is just coming in stay.
        for folder in [self.folder.clone(), lock_folder].iter().chain(&self.made) {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// The lock, unless another process has it.
fn try_lock(folder: &Path, path: &Path) -> io::Result<Option<File>> {
    fs::create_dir_all(folder)?;
    let file = match File::options().read(true).write(true).create(true).truncate(false).open(path) {
        // The last holder took the folder away in between.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    match file.try_lock() {
        Ok(()) if is_still_there(&file, path)? => Ok(Some(file)),
        Ok(()) | Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Whether the lock can be told from another one at the same path, and so may be removed.
const CAN_REMOVE_LOCK: bool = cfg!(unix);

/// Whether the file that was opened is the one that stands at the path now.
#[cfg(unix)]
fn is_still_there(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;

    match fs::metadata(path) {
        Ok(there) => file.metadata().map(|opened| (opened.dev(), opened.ino()) == (there.dev(), there.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
fn is_still_there(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}

fn missing_folders(folder: &Path) -> Vec<PathBuf> {
    let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
    folder.ancestors().take_while(is_missing).map(Path::to_owned).collect()
}
