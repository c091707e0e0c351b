//! Where a run keeps what it needs to be put right if it is killed, and the lock that keeps others out.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use super::error::WorkspaceError;
use super::notice::{Notice, Tell};
use crate::notation::sha256;

/// Between two tries.
const TICK: Duration = Duration::from_millis(20);

/// How many tries pass before the waiting is told: half a second.
const TOLD_AFTER: u128 = 25;

const LOCK: &str = "lock";

/// What is cleared by name; nothing else in the folder is ours but the lock and the claim to git's lock.
const NAMES: &[&str] = &["draft", "draft.lock", "index", "journal", "journal.new", "message", "next", "next.lock", "workshop"];

/// How the names of kept old files begin; a number follows.
const OLD: &str = "old-";

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
        for folder in [&folder, lock_folder] {
            refuse_link(folder)?;
        }
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

    /// As [`enter`](Self::enter), in the user's private folder for what is about `dir`, which has every
    /// link followed.
    ///
    /// # Errors
    /// As for [`enter`](Self::enter); [`WorkspaceError::NoStateFolder`] if there is no private folder.
    pub(super) fn enter_private(dir: &Path, patience: Duration, tell: Tell<'_>) -> Result<Self, WorkspaceError> {
        let folder = Self::private_path(dir)?;
        let made = missing_folders(&folder);
        make_private(&folder)?;
        let mut state = Self::enter(dir, folder.clone(), &folder, patience, tell)?;
        state.made = made;
        for folder in folder.ancestors().take(2) {
            is_private(folder, &state.lock)?;
        }
        Ok(state)
    }

    /// Where the state of runs in `dir` is kept, which has every link followed and is in no repository.
    pub(super) fn private_path(dir: &Path) -> Result<PathBuf, WorkspaceError> {
        let bytes: String = dir.as_os_str().as_encoded_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let key = sha256(&[&bytes]);
        Ok(home::state_folder()?.join(&key[..32]))
    }

    /// Where something of this name is kept.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Where the old bytes of the file with this number are kept.
    pub(super) fn old_path(&self, number: usize) -> PathBuf {
        self.folder.join(format!("{OLD}{number}"))
    }

    /// The lock as the standard input of a child, which then holds it too: nobody comes in before
    /// the child has ended, even if this process ends first. What the child reads is empty.
    pub(super) fn shared_lock(&self) -> io::Result<Stdio> {
        self.lock.try_clone().map(Stdio::from)
    }

    /// Removes everything that is kept, and nothing that is not ours.
    pub(super) fn clear(&self) -> Result<(), WorkspaceError> {
        let failed = |error| WorkspaceError::io("clear", &self.folder)(error);
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if entry.file_name().to_str().is_some_and(is_kept) {
                fs::remove_file(entry.path()).map_err(failed)?;
            }
        }
        Ok(())
    }
}

fn is_kept(name: &str) -> bool {
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    NAMES.contains(&name) || name.strip_prefix(OLD).is_some_and(is_number)
}

/// What a link leads to is not ours.
fn refuse_link(folder: &Path) -> Result<(), WorkspaceError> {
    let found = match fs::symlink_metadata(folder) {
        Ok(metadata) if metadata.is_symlink() => "link",
        Ok(metadata) if !metadata.is_dir() => "file",
        _ => return Ok(()),
    };
    Err(WorkspaceError::NotAFolder { path: folder.to_owned(), found })
}

/// Makes a folder that others cannot write to.
fn make_private(folder: &Path) -> Result<(), WorkspaceError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let unusable = |error| WorkspaceError::NoStateFolder { why: format!("cannot create {}: {error}", folder.display()) };
    builder.create(folder).map_err(unusable)
}

/// Checks that nobody else can put a journal into the folder: its owner is that of the lock, which this
/// process has just written, and nobody else may write to it.
#[cfg(unix)]
fn is_private(folder: &Path, lock: &File) -> Result<(), WorkspaceError> {
    use std::os::unix::fs::MetadataExt as _;

    let read = |metadata: io::Result<fs::Metadata>| metadata.map_err(WorkspaceError::io("read", folder));
    let (there, own) = (read(fs::symlink_metadata(folder))?, read(lock.metadata())?);
    if there.is_dir() && there.uid() == own.uid() && there.mode() & 0o022 == 0 {
        return Ok(());
    }
    Err(WorkspaceError::NoStateFolder { why: format!("other users can write to {}", folder.display()) })
}

#[cfg(not(unix))]
fn is_private(_: &Path, _: &File) -> Result<(), WorkspaceError> {
    Ok(())
}

/// Where programs keep their state for a user.
mod home {
    use std::env;
    use std::path::PathBuf;

    use super::WorkspaceError;

    /// The variables that lead there, in the order in which they are asked, each with the way from it.
    #[cfg(not(windows))]
    const VARIABLES: &[(&str, &str)] = &[("XDG_STATE_HOME", "plimsoll"), ("HOME", ".local/state/plimsoll")];
    #[cfg(windows)]
    const VARIABLES: &[(&str, &str)] = &[("XDG_STATE_HOME", "plimsoll"), ("LOCALAPPDATA", "plimsoll")];

    /// A relative path counts as none, as the XDG base directory specification says.
    pub(super) fn state_folder() -> Result<PathBuf, WorkspaceError> {
        let named = |(variable, below): &(&str, &str)| {
            let folder = PathBuf::from(env::var_os(variable)?);
            folder.is_absolute().then(|| folder.join(below))
        };
        VARIABLES.iter().find_map(named).ok_or_else(|| {
            let variables: Vec<&str> = VARIABLES.iter().map(|(variable, _)| *variable).collect();
            WorkspaceError::NoStateFolder { why: format!("neither {} is an absolute path", variables.join(" nor ")) }
        })
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

/// The folders that do not exist of those to and above this one, the innermost first.
pub(super) fn missing_folders(folder: &Path) -> Vec<PathBuf> {
    let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
    folder.ancestors().take_while(is_missing).map(Path::to_owned).collect()
}
