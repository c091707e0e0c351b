//! What stands on disk: the lock, the manifests, and what people have edited.

use std::fs;
use std::io;
use std::path::Path;

use crate::merge::{Change, ChangeKind, File, Owned, Policy, Reader};
use crate::ops::OpError;
use crate::workspace::{LOCK_FILE, Lock, find_files, read_text};

/// Reads the lock of a service, with its text.
///
/// # Errors
/// There is none, or it cannot be used.
pub fn read_lock(dir: &Path) -> Result<(Lock, String), OpError> {
    let path = dir.join(LOCK_FILE);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(OpError::NoLock(path)),
        Err(source) => return Err(OpError::Unreadable { path, source }),
    };
    let lock = Lock::read(&text).map_err(|fault| OpError::Lock { path, fault })?;
    Ok((lock, text))
}

/// The manifests on disk, by their paths below the service's folder: everything in the folders of
/// the last render.
///
/// # Errors
/// A file or folder that cannot be read.
pub fn read_ours(dir: &Path, lock: &Lock) -> Result<Vec<(String, String)>, OpError> {
    let mut folders: Vec<&str> =
        lock.files.iter().filter_map(|file| file.path.rsplit_once('/')).map(|(folder, _)| folder).collect();
    folders.sort_unstable();
    folders.dedup();
    let folders: Vec<_> = folders.into_iter().map(|folder| dir.join(folder)).filter(|folder| folder.is_dir()).collect();
    let mut ours = Vec::new();
    for path in find_files(&folders).map_err(OpError::Workspace)? {
        let below = path.strip_prefix(dir).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        ours.push((below, read_text(&path)?));
    }
    Ok(ours)
}

/// What people have changed since the last render, what others own left out.
pub fn hand_edits<'t>(reader: &Reader<'t>, lock: &'t Lock, ours: &'t [(String, String)], owned: Vec<Owned>) -> Vec<Change> {
    let untouched = ours.len() == lock.files.len()
        && lock.files.iter().all(|file| ours.iter().any(|(path, text)| *path == file.path && *text == file.base));
    if untouched {
        return Vec::new();
    }
    let base: Vec<File<'t>> = lock.files.iter().map(|file| File { path: &file.path, text: &file.base }).collect();
    let ours: Vec<File<'t>> = ours.iter().map(|(path, text)| File { path, text }).collect();
    // What cannot be merged has been refused before.
    let policy = Policy { owned, ..Policy::default() };
    let Ok(merged) = reader.merge(&base, &base, &ours, &policy) else { return Vec::new() };
    let tied = merged.conflicts.into_iter().map(|conflict| Change {
        file: conflict.file,
        object: conflict.object,
        field: conflict.field,
        kind: ChangeKind::Changed,
        before: conflict.base,
        after: conflict.theirs,
    });
    // Where people have moved an object, its edits are in another file.
    let here = |mut edit: Change| {
        let file = edit.object.as_ref().and_then(|object| reader.file_of(&ours, object));
        edit.file = file.map_or(edit.file, str::to_owned);
        edit
    };
    let is_theirs = |edit: &Change| policy.owner(edit.object.as_ref(), &edit.field).is_some();
    merged.changes.into_iter().chain(tied).filter(|edit| !is_theirs(edit)).map(here).collect()
}
