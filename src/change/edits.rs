//! What people have edited since the last render.

use super::Lock;
use crate::merge::{Change, File, Owned, Policy, Reader};

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
    // Where people have moved an object, its edits are in another file.
    let here = |mut edit: Change| {
        let file = edit.object.as_ref().and_then(|object| reader.file_of(&ours, object));
        edit.file = file.map_or(edit.file, str::to_owned);
        edit
    };
    let is_theirs = |edit: &Change| policy.owner(edit.object.as_ref(), &edit.field).is_some();
    merged.changes.into_iter().filter(|edit| !edit.is_reworded()).map(here).filter(|edit| !is_theirs(edit)).collect()
}
