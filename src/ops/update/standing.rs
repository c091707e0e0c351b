//! The manifests that stand on disk.

use std::path::{Path, PathBuf};

use crate::change::Lock;
use crate::merge::object_key;
use crate::notation::ObjectKey;
use crate::ops::OpError;
use crate::workspace::{Bounds, Input, find_files, read_manifests};
use crate::yaml::load;

/// The manifests on disk, by their paths below the service's folder: everything in the folders of
/// the last render.
///
/// # Errors
/// A file or folder that cannot be read.
pub fn read_ours(folder: &mut Bounds, lock: &Lock) -> Result<Vec<(String, String)>, OpError> {
    let mut folders: Vec<&str> =
        lock.files.iter().filter_map(|file| file.path.rsplit_once('/')).map(|(folder, _)| folder).collect();
    folders.sort_unstable();
    folders.dedup();
    read_manifests(folder, &folders).map_err(OpError::Workspace)
}

/// Refuses to go on where none of the objects that were rendered last stands any more: one that is gone
/// was removed, but all of them are somewhere else, or got lost.
///
/// # Errors
/// [`OpError::AllGone`].
pub fn refuse_all_gone(dir: &Path, lock: &Lock, ours: &[(String, String)]) -> Result<(), OpError> {
    let is_as_rendered = |path: &str, base: &str| ours.iter().any(|(known, text)| known == path && text == base);
    if lock.files.is_empty() || lock.files.iter().any(|file| is_as_rendered(&file.path, &file.base)) {
        return Ok(());
    }
    let objects = |path: &str, text: &str| -> Option<Vec<ObjectKey>> {
        let documents = load(path, text).ok()?;
        Some(documents.iter().filter_map(|document| object_key(&document.root)).collect())
    };
    let rendered: Vec<ObjectKey> = lock.files.iter().filter_map(|file| objects(&file.path, &file.base)).flatten().collect();
    // One of the same kind may have another name, and what cannot be read is told by the merge.
    let holds_one = |(path, text): &(String, String)| {
        let is_rendered = |object: &ObjectKey| {
            let is_same_kind = |other: &&ObjectKey| other.kind == object.kind && other.group == object.group;
            rendered.contains(object)
                || (lock.files.iter().any(|file| file.path == *path) && rendered.iter().any(|other| is_same_kind(&other)))
        };
        objects(path, text).is_none_or(|objects| objects.iter().any(is_rendered))
    };
    if ours.iter().any(holds_one) {
        return Ok(());
    }
    let files = lock.files.iter().map(|file| file.path.clone()).collect();
    Err(OpError::AllGone { dir: dir.to_owned(), files, elsewhere: elsewhere(dir, &rendered) })
}

/// A file of the service's folder that holds one of the objects.
fn elsewhere(dir: &Path, rendered: &[ObjectKey]) -> Option<PathBuf> {
    let holds_one = |input: &Input| {
        let documents = input.read().ok().and_then(|text| load("", &text).ok()).unwrap_or_default();
        documents.iter().filter_map(|document| object_key(&document.root)).any(|object| rendered.contains(&object))
    };
    find_files(&[on_disk(dir).to_owned()]).0.into_iter().find(holds_one).map(|input| input.path)
}

/// A folder as the disk knows it: the one that we are in has a name there.
pub fn on_disk(dir: &Path) -> &Path {
    if dir == Path::new("") { Path::new(".") } else { dir }
}
