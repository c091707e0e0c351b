//! What becomes of one service.

use std::path::Path;

use super::explain::{Explainer, explain};
use super::missing::missing;
use super::owned::{foreign, kept, owned};
use super::standing::{hand_edits, read_lock, read_ours};
use super::{Changed, FromTo, Missing, Update, UpdateChoice, pin};
use crate::formats::{Field, ObjectKey};
use crate::manifest::Manifest;
use crate::merge::{File, Merged, Note, Owned, Policy, Reader};
use crate::ops::prepare::standing_service_file;
use crate::ops::{OpError, Toolbox, Toolboxes};
use crate::service::{self, Answers, Service};
use crate::workspace::{LOCK_FILE, Lock, Locked, LockedFile};

/// Works out what becomes of the service in a folder. Changes nothing.
///
/// # Errors
/// There is no service that Plimsoll wrote, everything that is wrong with its service file or lock,
/// or every file that cannot be merged.
pub fn plan(toolboxes: &Toolboxes, dir: &Path, choice: &UpdateChoice) -> Result<Update, OpError> {
    let dir = dir.strip_prefix(".").unwrap_or(dir);
    let path = dir.join(service::FILE);
    let standing = standing_service_file(dir)?.ok_or_else(|| OpError::NoServiceFile(path.clone()))?;
    let name = path.to_string_lossy();
    let service_text = match &choice.to {
        Some(to) => pin::pinned(&name, &standing, to)?,
        None => standing.clone(),
    };
    let (old, lock_text) = read_lock(dir)?;
    // Another pin alone is no edit.
    let is_edited = old.service != crate::workspace::digest(&standing);
    let mut answers = Answers::default();
    answers.add_file(&name, &service_text).map_err(OpError::Faults)?;
    let toolbox = toolboxes.of_answers(&answers, dir)?;
    let (service, plan) = toolbox.plan(&answers).map_err(OpError::Faults)?;
    let manifests = toolbox.renderer.render(&plan)?;
    let ours = read_ours(dir, &old)?;
    let reader = Reader::default();
    let (merged, owned) = merge_files(&reader, &old, &ours, &manifests, &service, choice).map_err(|error| below(dir, error))?;
    let lock = new_lock(&reader, &toolbox, &old, &service_text, &manifests);
    let mut files = changed_files(&ours, &merged);
    if service_text != standing {
        files.insert(0, Changed { path: service::FILE.to_owned(), before: Some(standing), after: Some(service_text.clone()) });
    }
    let lock = if says_something_new(&old, &lock) || !files.is_empty() {
        let after = lock.text().map_err(|error| OpError::Bug(error.to_string()))?;
        (after != lock_text).then(|| Changed { path: LOCK_FILE.to_owned(), before: Some(lock_text), after: Some(after) })
    } else {
        None
    };
    let mut update = Update {
        dir: dir.to_owned(),
        service: service.name.clone(),
        tier: service.tier(),
        checklist: FromTo { from: locked_id(&old.checklist), to: toolbox.checklist_id() },
        blueprint: FromTo { from: locked_id(&old.blueprint), to: toolbox.blueprint_id() },
        causes: Vec::new(),
        changes: Vec::new(),
        conflicts: Vec::new(),
        hand_edits: hand_edits(&reader, &old, &ours, owned.clone()),
        missing: missing_objects(&merged, &manifests, &ours, &owned, &toolbox, &service)?,
        notes: Vec::new(),
        dropped_comments: Vec::new(),
        files,
        lock,
        checklist_described: toolbox.checklist.described(),
    };
    let before = toolboxes.of_lock(&old);
    let explainer = Explainer {
        toolbox: &toolbox,
        changes: before.as_ref().map(|before| toolboxes.changes(before, &toolbox, service.tier())),
        before,
        old: &old,
        answers: &answers,
        service: &service,
        plan: &plan,
        manifests: &manifests,
        reader: &reader,
        is_edited,
    };
    explain(&mut update, merged, &explainer)?;
    Ok(update)
}

/// The id under which a checklist or blueprint was locked.
fn locked_id(locked: &Locked) -> String {
    format!("{}@{}", locked.name, locked.version)
}

/// An error of files below a folder, with their whole paths.
fn below(dir: &Path, error: OpError) -> OpError {
    let OpError::Refused(mut refusals) = error else { return error };
    for refusal in &mut refusals {
        refusal.file = dir.join(&refusal.file).display().to_string();
    }
    OpError::Refused(refusals)
}

/// Merges the files; with what others own of them.
fn merge_files<'t>(
    reader: &Reader<'t>,
    lock: &'t Lock,
    ours: &'t [(String, String)],
    manifests: &'t [Manifest],
    service: &Service,
    choice: &UpdateChoice,
) -> Result<(Merged, Vec<Owned>), OpError> {
    let base: Vec<File<'t>> = lock.files.iter().map(|file| File { path: &file.path, text: &file.base }).collect();
    let ours: Vec<File<'t>> = ours.iter().map(|(path, text)| File { path, text }).collect();
    let theirs: Vec<File<'t>> = manifests.iter().map(|manifest| File { path: &manifest.path, text: &manifest.text }).collect();
    let rendered: Vec<ObjectKey> = manifests.iter().map(|manifest| manifest.id.key()).collect();
    let foreign = foreign(reader, &rendered, &base, &ours);
    let mut policy = Policy {
        owned: owned(service, &foreign),
        resolve: choice.resolve.clone(),
        otherwise: choice.otherwise,
        deleted_objects_stay: true,
    };
    let mut merged = reader.merge(&base, &ours, &theirs, &policy).map_err(OpError::Refused)?;
    let kept = kept(&foreign, &merged);
    if !kept.is_empty() {
        policy.owned.extend(kept);
        merged = reader.merge(&base, &ours, &theirs, &policy).map_err(OpError::Refused)?;
    }
    Ok((merged, policy.owned))
}

/// The lock after the update. A file that means what it meant keeps its text there, so that comments
/// of the blueprint that are not taken over now are still known for ours when they are.
fn new_lock<'t>(reader: &Reader<'t>, toolbox: &Toolbox, old: &'t Lock, service_text: &str, manifests: &'t [Manifest]) -> Lock {
    let (blueprint, checklist) = toolbox.locked();
    let locked = |manifest: &'t Manifest| {
        let before = old.files.iter().find(|file| file.path == manifest.path);
        match before.filter(|file| reader.means_the_same(&file.base, &manifest.text)) {
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

/// The objects that people have removed, each with what is not kept without it.
fn missing_objects(
    merged: &Merged,
    manifests: &[Manifest],
    ours: &[(String, String)],
    owned: &[Owned],
    toolbox: &Toolbox,
    service: &Service,
) -> Result<Vec<Missing>, OpError> {
    // An object that others own as a whole is theirs to leave out.
    let is_left = |object: &ObjectKey| owned.iter().any(|owned| owned.pattern.covers(object, &Field::default()));
    let removed: Vec<&ObjectKey> = merged
        .notes
        .iter()
        .filter_map(|note| match note {
            Note::StaysDeleted { object, .. } if !is_left(object) => Some(object),
            _ => None,
        })
        .collect();
    if removed.is_empty() {
        return Ok(Vec::new());
    }
    let mut standing: Vec<(String, String)> =
        ours.iter().filter(|(path, _)| !merged.files.iter().any(|file| file.path == *path)).cloned().collect();
    standing.extend(merged.files.iter().filter_map(|file| Some((file.path.clone(), file.text.clone()?))));
    let rules = toolbox.rules()?;
    Ok(removed.into_iter().map(|object| missing(object, manifests, &standing, rules, service)).collect())
}
