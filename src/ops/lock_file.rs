//! The lock that stands in a folder.

use std::collections::BTreeSet;
use std::path::Path;

use super::OpError;
use crate::change::{LOCK_FILE, Lock, LockFault};
use crate::workspace::{Bounds, is_below, stands};

/// Reads the lock of a service, with its text.
///
/// # Errors
/// There is none, or it cannot be used.
pub fn read_lock(folder: &mut Bounds) -> Result<(Lock, String), OpError> {
    let dir = folder.root().to_owned();
    let path = dir.join(LOCK_FILE);
    let text = folder.read(LOCK_FILE)?.ok_or_else(|| OpError::NoLock(path.clone()))?;
    let checked = Lock::read(&text).and_then(|lock| check_paths(&dir, &lock).map(|()| lock));
    let lock = checked.map_err(|fault| OpError::Lock { path, fault })?;
    Ok((lock, text))
}

/// Checks that the files of a lock lie below its folder, and not in that of another service.
fn check_paths(dir: &Path, lock: &Lock) -> Result<(), LockFault> {
    let mut folders = BTreeSet::new();
    for file in &lock.files {
        let path = Path::new(&file.path);
        if !is_below(path) {
            return Err(LockFault::Damaged { what: format!("`{}` is not a path below its folder", file.path) });
        }
        folders.extend(path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty()));
    }
    match folders.into_iter().find(|folder| stands(&dir.join(folder).join(LOCK_FILE))) {
        Some(folder) => Err(LockFault::Damaged { what: format!("it names files of the service in {}", folder.display()) }),
        None => Ok(()),
    }
}

/// The lock of a folder; none where there is none.
pub fn standing_lock(dir: &Path) -> Result<Option<Lock>, OpError> {
    match read_lock(&mut Bounds::of_folder(dir)?) {
        Ok((lock, _)) => Ok(Some(lock)),
        Err(OpError::NoLock(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
