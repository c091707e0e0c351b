//! What people have edited since the last render.

use super::Lock;
use crate::merge::{FieldChange, MergePolicy, Owned, SourceFile, TextReader};

/// What people have changed since the last render, what others own left out.
pub fn hand_edits<'t>(
    reader: &TextReader<'t>,
    lock: &'t Lock,
    ours: &'t [(String, String)],
    owned: Vec<Owned>,
) -> Vec<FieldChange> {
    let untouched = ours.len() == lock.files.len()
        && lock.files.iter().all(|file| ours.iter().any(|(path, text)| *path == file.path && *text == file.base));
    if untouched {
        return Vec::new();
    }
    let base: Vec<SourceFile<'t>> = lock.files.iter().map(|file| SourceFile { path: &file.path, text: &file.base }).collect();
    let ours: Vec<SourceFile<'t>> = ours.iter().map(|(path, text)| SourceFile { path, text }).collect();
    // What cannot be merged has been refused before.
    let policy = MergePolicy { owned, ..MergePolicy::default() };
    let Ok(merged) = reader.merge(&base, &base, &ours, &policy) else { return Vec::new() };
    // Where people have moved an object, its edits are in another file.
    let here = |mut edit: FieldChange| {
        let file = edit.object.as_ref().and_then(|object| reader.file_of(&ours, object));
        edit.file = file.map_or(edit.file, str::to_owned);
        edit
    };
    let is_theirs = |edit: &FieldChange| policy.owner(edit.object.as_ref(), &edit.field).is_some();
    merged.changes.into_iter().filter(|edit| !edit.is_reworded()).map(here).filter(|edit| !is_theirs(edit)).collect()
}
