//! A single file that a person named, written as `cp` would write it.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, absolute};
use std::time::Duration;

use super::below::resolve_typed;
use super::change::replace;
use super::error::WorkspaceError;

/// How often a pipe is tried that nobody reads, and how long is waited between.
const TRIES: u32 = 200;
const PAUSE: Duration = Duration::from_millis(10);

/// Writes a file, a device or a pipe. A regular file gets its bytes in one step, so that readers see the
/// old ones or the new ones; one that has other names, or belongs to somebody else, is written in its
/// place. A link stays one, and so does everything that is no regular file.
///
/// # Errors
/// It cannot be written, such as a pipe that nobody reads, or a link to nothing.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), WorkspaceError> {
    resolve_typed(path)?;
    write(path, bytes).map_err(WorkspaceError::io("write", path))
}

/// Checks that a file can be written, and changes nothing.
///
/// # Errors
/// It cannot be written.
pub fn check_writable(path: &Path) -> Result<(), WorkspaceError> {
    resolve_typed(path)?;
    let check = || match standing(path)? {
        Some(stands) if stands.is_file() && stands.permissions().readonly() => Err(is_read_only()),
        Some(stands) if stands.is_file() => open(path).map(drop),
        Some(stands) if stands.is_dir() => Err(is_folder()),
        Some(_) => Ok(()),
        None => File::create_new(path).and_then(|_| fs::remove_file(path)),
    };
    check().map_err(WorkspaceError::io("write", path))
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let Some(stands) = standing(path)? else { return replace(&absolute(path)?, bytes, None) };
    if stands.is_dir() {
        return Err(is_folder());
    }
    if !stands.is_file() {
        return stream(path, &stands, bytes);
    }
    if is_descriptor(path) {
        return OpenOptions::new().append(true).open(path)?.write_all(bytes);
    }
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    if stands.permissions().readonly() {
        return Err(is_read_only());
    }
    if is_shared(&stands) {
        let mut file = open(path)?;
        file.set_len(0)?;
        return file.write_all(bytes);
    }
    replace(&path.canonicalize()?, bytes, Some(&stands.permissions()))
}

/// What stands at a path, links followed; `None` where nothing does.
fn standing(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::metadata(path) {
        Ok(stands) => Ok(Some(stands)),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Err(_) if path.is_symlink() => Err(io::Error::new(io::ErrorKind::NotFound, "it is a link to nothing")),
        Err(_) => Ok(None),
    }
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).open(path)
}

fn is_read_only() -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only")
}

fn is_folder() -> io::Error {
    io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")
}

/// Whether a path such as `/dev/stdout` names a file that the process has open, whose earlier bytes stay.
fn is_descriptor(path: &Path) -> bool {
    let mut path = path.to_owned();
    // As many links as Linux follows.
    for _ in 0..40 {
        let Some(folder) = absolute(&path).ok().and_then(|path| path.parent()?.canonicalize().ok()) else { return false };
        if folder.starts_with("/proc") && folder.ends_with("fd") {
            return true;
        }
        let Ok(target) = path.read_link() else { return false };
        path = folder.join(target);
    }
    false
}

/// Whether a file that came in its place would not be the same one to somebody.
#[cfg(unix)]
fn is_shared(stands: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    stands.nlink() > 1 || stands.uid() != rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_shared(_: &Metadata) -> bool {
    false
}

/// Writes to a device or a pipe. A reader that goes away wanted no more.
#[cfg(unix)]
fn stream(path: &Path, stands: &Metadata, bytes: &[u8]) -> io::Result<()> {
    use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};

    if !stands.file_type().is_fifo() {
        return open(path)?.write_all(bytes);
    }
    // Opened in the usual way, a pipe that nobody reads would hold us up for ever.
    let at_once = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or_default();
    let nobody = rustix::io::Errno::NXIO.raw_os_error();
    let mut tries = 0;
    let mut pipe = loop {
        match OpenOptions::new().write(true).custom_flags(at_once).open(path) {
            Err(error) if error.raw_os_error() == Some(nobody) && tries < TRIES => tries += 1,
            Err(error) if error.raw_os_error() == Some(nobody) => return Err(io::Error::new(error.kind(), "nobody reads it")),
            opened => break opened?,
        }
        std::thread::sleep(PAUSE);
    };
    let mut rest = bytes;
    while !rest.is_empty() {
        match pipe.write(rest) {
            Ok(written) => rest = &rest[written..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => std::thread::sleep(PAUSE),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn stream(path: &Path, _: &Metadata, bytes: &[u8]) -> io::Result<()> {
    open(path)?.write_all(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_made_and_replaced_and_its_links_stay() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        write_file(&at("new"), b"one").unwrap();
        write_file(&at("new"), b"two").unwrap();
        assert_eq!(fs::read(at("new")).unwrap(), b"two");
        fs::hard_link(at("new"), at("hard")).unwrap();
        write_file(&at("hard"), b"3").unwrap();
        assert_eq!(fs::read(at("new")).unwrap(), b"3");
        assert!(write_file(dir.path(), b"x").unwrap_err().to_string().ends_with("it is a folder"));
        check_writable(&at("other")).unwrap();
        assert!(!at("other").exists() && check_writable(&at("none/other")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_a_link_to_nothing_is_none() {
        use std::os::unix::fs::symlink;

        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::write(at("file"), "one").unwrap();
        symlink("file", at("soft")).unwrap();
        symlink("soft", at("softer")).unwrap();
        write_file(&at("softer"), b"two").unwrap();
        assert_eq!(fs::read(at("file")).unwrap(), b"two");
        assert!(at("soft").is_symlink() && at("softer").is_symlink());
        symlink("gone", at("dangling")).unwrap();
        assert!(write_file(&at("dangling"), b"x").is_err() && check_writable(&at("dangling")).is_err());
        assert!(at("dangling").is_symlink() && !at("gone").exists());
    }
}
