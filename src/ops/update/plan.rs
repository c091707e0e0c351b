//! What becomes of one service.

use std::fs;
use std::io;
use std::path::Path;

use super::owned::owned;
use super::{Asked, Cause, Changed, Explained, FromTo, Missing, Update, UpdateChoice, locked_id, pin};
use crate::formats::{Field, ObjectKey};
use crate::manifest::{Effect, Manifest, effect};
use crate::merge::{self, Change, ChangeKind, File, Merged, Note, Policy};
use crate::ops::prepare::standing_service_file;
use crate::ops::{OpError, Toolbox, Toolboxes};
use crate::service::{self, Answers, Service};
use crate::workspace::{LOCK_FILE, Lock, LockedFile, find_files, read_text};

/// Works out what becomes of the service in a folder. Changes nothing.
///
/// # Errors
/// There is no service that Plimsoll wrote, everything that is wrong with its service file or lock,
/// or every file that cannot be merged.
pub fn plan(toolboxes: &Toolboxes, dir: &Path, choice: &UpdateChoice) -> Result<Update, OpError> {
    let path = dir.join(service::FILE);
    let standing = standing_service_file(dir)?.ok_or_else(|| OpError::NoServiceFile(path.clone()))?;
    let name = path.to_string_lossy();
    let service_text = match &choice.to {
        Some(to) => pin::pinned(&name, &standing, to)?,
        None => standing.clone(),
    };
    let (old, lock_text) = read_lock(dir)?;
    let mut answers = Answers::default();
    answers.add_file(&name, &service_text).map_err(OpError::Faults)?;
    let toolbox = toolboxes.of_answers(&answers, dir)?;
    let (service, plan) = toolbox.plan(&answers).map_err(OpError::Faults)?;
    let manifests = toolbox.renderer.render(&plan)?;
    let ours = read_ours(dir, &old)?;
    let merged = merge_files(&old, &ours, &manifests, &service, choice)?;
    let lock = new_lock(&toolbox, &old, &service_text, &manifests);
    let mut files = changed_files(&ours, &merged);
    if service_text != standing {
        files.insert(0, Changed { path: service::FILE.to_owned(), before: Some(standing), after: Some(service_text.clone()) });
    }
    let lock = match says_something_new(&old, &lock) || !files.is_empty() {
        true => {
            let after = lock.text().map_err(|error| OpError::Bug(error.to_string()))?;
            (after != lock_text).then(|| Changed { path: LOCK_FILE.to_owned(), before: Some(lock_text), after: Some(after) })
        }
        false => None,
    };
    let hand_edits = hand_edits(&old, &ours);
    let mut update = Update {
        dir: dir.to_owned(),
        service: service.name.clone(),
        tier: service.tier(),
        checklist: FromTo { from: locked_id(&old.checklist), to: toolbox.checklist_id() },
        blueprint: FromTo { from: locked_id(&old.blueprint), to: toolbox.blueprint_id() },
        causes: Vec::new(),
        changes: Vec::new(),
        conflicts: Vec::new(),
        hand_edits,
        missing: Vec::new(),
        notes: Vec::new(),
        dropped_comments: Vec::new(),
        files,
        lock,
        checklist_described: toolbox.checklist.described(),
    };
    explain(&mut update, merged, &toolbox, &service);
    update.causes = causes(&update, &old, &toolbox, &service_text);
    Ok(update)
}

fn read_lock(dir: &Path) -> Result<(Lock, String), OpError> {
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
fn read_ours(dir: &Path, lock: &Lock) -> Result<Vec<(String, String)>, OpError> {
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

fn merge_files(
    lock: &Lock,
    ours: &[(String, String)],
    manifests: &[Manifest],
    service: &Service,
    choice: &UpdateChoice,
) -> Result<Merged, OpError> {
    let base: Vec<File<'_>> = lock.files.iter().map(|file| File { path: &file.path, text: &file.base }).collect();
    let ours: Vec<File<'_>> = ours.iter().map(|(path, text)| File { path, text }).collect();
    let theirs: Vec<File<'_>> = manifests.iter().map(|manifest| File { path: &manifest.path, text: &manifest.text }).collect();
    let rendered: Vec<ObjectKey> = manifests.iter().map(|manifest| manifest.id.key()).collect();
    let policy = Policy {
        owned: owned(service, &rendered, &ours),
        resolve: choice.resolve.clone(),
        otherwise: choice.otherwise,
        deleted_objects_stay: true,
    };
    merge::merge(&base, &ours, &theirs, &policy).map_err(OpError::Refused)
}

/// The lock after the update. A file that means what it meant keeps its text there, so that comments
/// of the blueprint that are not taken over now are still known for ours when they are.
fn new_lock(toolbox: &Toolbox, old: &Lock, service_text: &str, manifests: &[Manifest]) -> Lock {
    let (blueprint, checklist) = toolbox.locked();
    let locked = |manifest: &Manifest| {
        let before = old.files.iter().find(|file| file.path == manifest.path);
        match before.filter(|file| merge::means_the_same(&file.base, &manifest.text)) {
            Some(file) => file.clone(),
            None => LockedFile::new(&manifest.path, &manifest.text),
        }
    };
    Lock::new(blueprint, checklist, service_text, manifests.iter().map(locked).collect())
}

/// Whether a lock differs from the old one in more than who wrote it and how the service file is put.
fn says_something_new(old: &Lock, new: &Lock) -> bool {
    old.blueprint != new.blueprint || old.checklist != new.checklist || old.files != new.files
}

fn changed_files(ours: &[(String, String)], merged: &Merged) -> Vec<Changed> {
    let before = |path: &str| ours.iter().find(|(known, _)| known == path).map(|(_, text)| text.clone());
    merged
        .files
        .iter()
        .map(|file| Changed { path: file.path.clone(), before: before(&file.path), after: file.text.clone() })
        .filter(|changed| changed.before != changed.after)
        .collect()
}

/// What people have changed since the last render.
fn hand_edits(lock: &Lock, ours: &[(String, String)]) -> Vec<Change> {
    let untouched = ours.len() == lock.files.len()
        && lock.files.iter().all(|file| ours.iter().any(|(path, text)| *path == file.path && *text == file.base));
    if untouched {
        return Vec::new();
    }
    let base: Vec<File<'_>> = lock.files.iter().map(|file| File { path: &file.path, text: &file.base }).collect();
    let ours: Vec<File<'_>> = ours.iter().map(|(path, text)| File { path, text }).collect();
    // What cannot be merged has been refused before.
    let Ok(merged) = merge::merge(&base, &base, &ours, &Policy::default()) else { return Vec::new() };
    let tied = merged.conflicts.into_iter().map(|conflict| Change {
        file: conflict.file,
        object: conflict.object,
        field: conflict.field,
        kind: ChangeKind::Changed,
        before: conflict.base,
        after: conflict.theirs,
    });
    merged.changes.into_iter().chain(tied).collect()
}

fn explain(update: &mut Update, merged: Merged, toolbox: &Toolbox, service: &Service) {
    let fields = toolbox.field_items();
    let items = |object: Option<&ObjectKey>, field: &Field| fields.asking(&toolbox.checklist, service, object, field);
    update.changes = merged
        .changes
        .into_iter()
        .map(|change| Explained {
            items: items(change.object.as_ref(), &change.field),
            effect: change.object.as_ref().map_or(Effect::NoRestart, |object| effect_of(object, &change)),
            change,
        })
        .collect();
    update.conflicts = merged
        .conflicts
        .into_iter()
        .map(|conflict| Asked { items: items(conflict.object.as_ref(), &conflict.field), conflict })
        .collect();
    for note in merged.notes {
        match note {
            Note::StaysDeleted { object, .. } => {
                let items = items(Some(&object), &Field::default());
                update.missing.push(Missing { object: object.to_string(), items });
            }
            note if update.notes.contains(&note) => {}
            note => update.notes.push(note),
        }
    }
    for file in merged.files {
        update.dropped_comments.extend(file.dropped_comments.into_iter().map(|comment| (file.path.clone(), comment)));
    }
}

/// A whole object that comes or goes does nothing to the Pods of another.
fn effect_of(object: &ObjectKey, change: &Change) -> Effect {
    if change.field.steps().is_empty() { Effect::NoRestart } else { effect(object, &change.field) }
}

fn causes(update: &Update, old: &Lock, toolbox: &Toolbox, service_text: &str) -> Vec<Cause> {
    let mut causes = Vec::new();
    if update.checklist.changes() {
        causes.push(Cause::Checklist(update.checklist.clone()));
    } else if old.checklist.digest != toolbox.checklist_digest() {
        causes.push(Cause::ChecklistEdited { checklist: update.checklist.to.clone() });
    }
    if update.blueprint.changes() {
        causes.push(Cause::Blueprint(update.blueprint.clone()));
    }
    if old.service != crate::workspace::digest(service_text) {
        causes.push(Cause::ServiceFile);
    }
    causes
}
