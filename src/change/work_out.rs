//! From base, ours and theirs to what becomes of a service.

use std::path::Path;
use std::sync::Arc;

use super::explain::{Explainer, explain};
use super::owned::{foreign, kept, owned};
use super::{
    Aftermath, ChangeError, Edition, FileKind, FromTo, LOCK_FILE, Lock, LockFault, LockedFile, Missing, OutFile, Update,
    hand_edits, missing,
};
use crate::checklist::Changes;
use crate::manifest::{Manifest, Secrets};
use crate::merge::{Doubt, MergePolicy, MergeRefusal, Merged, Note, Owned, Resolve, Side, SourceFile, TextReader, object_key};
use crate::notation::{Field, FieldPattern, ObjectKey};
use crate::plan::Plan;
use crate::service::{self, Service};

/// How conflicts are settled.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settlement<'s> {
    /// Single ones; the first that fits decides.
    pub resolve: &'s [Resolve],
    /// All others.
    pub otherwise: Option<Side>,
    /// The fields that are as today's render has them, whatever stands there.
    pub take: &'s [FieldPattern],
}

/// A service as it was rendered last, as it stands, and as it is rendered today.
#[derive(Debug)]
pub struct ServiceSides<'a> {
    /// The service's folder.
    pub dir: &'a Path,
    /// The service file as it stands.
    pub standing: String,
    /// The service file as it will be.
    pub service_text: String,
    /// What was written last, and its text.
    pub old: (&'a Lock, String),
    /// The manifests as they stand.
    pub ours: &'a [(String, String)],
    /// What today's service file asks for.
    pub service: &'a Service,
    /// What was decided.
    pub plan: &'a Plan,
    /// What is rendered with today.
    pub edition: &'a Edition,
    /// Today's render.
    pub manifests: &'a [Manifest],
    /// What was rendered with last, where it still ships.
    pub before: Option<Arc<Edition>>,
    /// What changes between their checklists, where that is known.
    pub changes: Option<Arc<Changes>>,
    /// How conflicts are settled.
    pub settled: Settlement<'a>,
}

/// Works out what becomes of a service; what is around its manifests comes later.
///
/// # Errors
/// A lock that cannot be used, and every file that cannot be merged.
pub fn work_out(sides: ServiceSides<'_>) -> Result<Update, ChangeError> {
    let ServiceSides { dir, standing, service_text, old: (old, lock_text), ours, service, plan, edition, manifests, .. } = sides;
    let reader = TextReader::default();
    check_bases(&reader, old, manifests).map_err(|fault| ChangeError::Lock { path: dir.join(LOCK_FILE), fault })?;
    let merged = merge_files(&reader, old, ours, manifests, service, &sides.settled);
    let (merged, owned) = merged.map_err(|refusals| refused(dir, refusals))?;
    let lock = new_lock(&reader, edition, old, manifests);
    let mut files = changed_files(ours, &merged);
    if service_text != standing {
        files.insert(0, OutFile::new(service::FILE, FileKind::Values, Some(standing), Some(service_text)));
    }
    let changed_lock = if says_something_new(old, &lock) || !files.is_empty() {
        let after = lock.text().map_err(|error| ChangeError::Bug(error.to_string()))?;
        (after != lock_text).then(|| OutFile::new(LOCK_FILE, FileKind::Text, Some(lock_text), Some(after)))
    } else {
        None
    };
    let mut update = Update {
        dir: dir.to_owned(),
        service: service.name.clone(),
        tier: service.tier(),
        checklist: FromTo { from: old.checklist.id(), to: edition.checklist_id() },
        blueprint: FromTo { from: old.blueprint.id(), to: edition.blueprint_id() },
        newer: None,
        causes: Vec::new(),
        changes: Vec::new(),
        conflicts: Vec::new(),
        hand_edits: hand_edits(&reader, old, ours, owned.clone()),
        missing: missing_objects(&merged, manifests, ours, &owned, edition, service)?,
        notes: Vec::new(),
        dropped_comments: Vec::new(),
        aftermath: Aftermath::default(),
        read: Vec::new(),
        relied_on: relied_on(&reader, old, &lock, ours, &files),
        files,
        missing_files: not_among(old, ours),
        lock: changed_lock,
        checklist_described: edition.checklist.described(),
        secrets: Secrets::of(&edition.checklist),
    };
    let explainer =
        Explainer { edition, changes: sides.changes, before: sides.before, old, service, plan, manifests, reader: &reader };
    explain(&mut update, merged, &explainer)?;
    Ok(update)
}

/// The files of the last render that are not on disk.
fn not_among(lock: &Lock, ours: &[(String, String)]) -> Vec<String> {
    let paths = lock.files.iter().map(|file| &file.path);
    paths.filter(|path| !ours.iter().any(|(known, _)| known == *path)).cloned().collect()
}

/// Merges the files; with what others own of them.
fn merge_files<'t>(
    reader: &TextReader<'t>,
    lock: &'t Lock,
    ours: &'t [(String, String)],
    manifests: &'t [Manifest],
    service: &Service,
    settled: &Settlement<'_>,
) -> Result<(Merged, Vec<Owned>), Vec<MergeRefusal>> {
    let base: Vec<SourceFile<'t>> = lock.files.iter().map(|file| SourceFile { path: &file.path, text: &file.base }).collect();
    let ours: Vec<SourceFile<'t>> = ours.iter().map(|(path, text)| SourceFile { path, text }).collect();
    let theirs: Vec<SourceFile<'t>> =
        manifests.iter().map(|manifest| SourceFile { path: &manifest.path, text: &manifest.text }).collect();
    let rendered: Vec<ObjectKey> = manifests.iter().map(|manifest| manifest.id.key()).collect();
    let foreign = foreign(reader, &rendered, &base, &ours);
    let take = settled.take.iter().cloned();
    let mut policy = MergePolicy {
        owned: owned(service, &foreign),
        doubts: take.clone().map(Doubt::Fields).collect(),
        resolve: take.map(|pattern| Resolve { pattern, side: Side::Theirs }).chain(settled.resolve.iter().cloned()).collect(),
        otherwise: settled.otherwise,
        deleted_objects_stay: true,
        ..MergePolicy::default()
    };
    let mut merged = reader.merge(&base, &ours, &theirs, &policy)?;
    let kept = kept(&foreign, &merged);
    if !kept.is_empty() {
        policy.owned.extend(kept);
        merged = reader.merge(&base, &ours, &theirs, &policy)?;
    }
    Ok((merged, policy.owned))
}

/// Files that cannot be merged, with their whole paths.
fn refused(dir: &Path, mut refusals: Vec<MergeRefusal>) -> ChangeError {
    for refusal in &mut refusals {
        refusal.file = dir.join(&refusal.file).display().to_string();
    }
    ChangeError::Refused(refusals)
}

/// The lock after the update. A file that means what it meant keeps its text there, so that comments
/// of the blueprint that are not taken over now are still known for ours when they are.
fn new_lock<'t>(reader: &TextReader<'t>, edition: &Edition, old: &'t Lock, manifests: &'t [Manifest]) -> Lock {
    let (blueprint, checklist) = edition.locked();
    let locked = |manifest: &'t Manifest| {
        let before = old.files.iter().find(|file| file.path == manifest.path);
        match before.filter(|file| reader.means_the_same(&file.base, &manifest.text)) {
            Some(file) => file.clone(),
            None => LockedFile::new(&manifest.path, &manifest.text),
        }
    };
    Lock::new(blueprint, checklist, manifests.iter().map(locked).collect())
}

/// Whether a lock differs from the old one in more than who wrote it, and in which format.
fn says_something_new(old: &Lock, new: &Lock) -> bool {
    !old.blueprint.is(&new.blueprint) || !old.checklist.is(&new.checklist) || old.files != new.files
}

/// Checks the texts of a lock, which git may have merged by lines, as far as they are not those of today.
fn check_bases<'t>(reader: &TextReader<'t>, lock: &'t Lock, manifests: &'t [Manifest]) -> Result<(), LockFault> {
    for file in &lock.files {
        if manifests.iter().any(|manifest| manifest.path == file.path && manifest.text == file.base) {
            continue;
        }
        let damaged =
            |line: u32, what: &str| LockFault::Damaged { what: format!("line {line} of the text of {} {what}", file.path) };
        let text = reader.read(SourceFile { path: &file.path, text: &file.base }).map_err(|refusals| {
            let first = refusals.first().map_or((1, "cannot be read"), |refusal| (refusal.line, refusal.what.as_str()));
            damaged(first.0, first.1)
        })?;
        if let Some((route, place)) = text.documents.iter().flat_map(|document| &document.duplicate_keys).next() {
            return Err(damaged(place.line, &format!("has `{route}` a second time")));
        }
    }
    Ok(())
}

/// The manifests that are not written, because they are as the new render wants them already: files that
/// hold an object whose render is another one than last time, or that are gone.
fn relied_on<'t>(
    reader: &TextReader<'t>,
    old: &'t Lock,
    new: &'t Lock,
    ours: &'t [(String, String)],
    written: &[OutFile],
) -> Vec<String> {
    let standing: Vec<SourceFile<'t>> = ours.iter().map(|(path, text)| SourceFile { path, text }).collect();
    let differ = |one: &'t Lock, other: &Lock| -> Vec<&'t LockedFile> {
        one.files.iter().filter(|file| !other.files.iter().any(|known| known == *file)).collect()
    };
    let mut paths: Vec<String> = Vec::new();
    for file in differ(old, new).into_iter().chain(differ(new, old)) {
        let is_standing = ours.iter().any(|(path, _)| *path == file.path);
        let moved = || reader.read(SourceFile { path: &file.path, text: &file.base }).ok();
        let objects = moved()
            .filter(|_| !is_standing)
            .into_iter()
            .flat_map(|text| text.documents.iter().filter_map(|document| object_key(&document.root)).collect::<Vec<_>>());
        let found: Vec<&str> = objects.filter_map(|object| reader.file_of(&standing, &object)).collect();
        let known = if found.is_empty() { vec![file.path.as_str()] } else { found };
        paths.extend(known.into_iter().map(str::to_owned));
    }
    paths.retain(|path| !written.iter().any(|file| file.path == *path));
    paths.sort_unstable();
    paths.dedup();
    paths
}

fn changed_files(ours: &[(String, String)], merged: &Merged) -> Vec<OutFile> {
    let before = |path: &str| ours.iter().find(|(known, _)| known == path).map(|(_, text)| text.clone());
    merged
        .files
        .iter()
        .map(|file| OutFile::new(&file.path, FileKind::Manifest, before(&file.path), file.text.clone()))
        .filter(|file| file.before != file.text)
        .collect()
}

/// The objects that people have removed, each with what is not kept without it.
fn missing_objects(
    merged: &Merged,
    manifests: &[Manifest],
    ours: &[(String, String)],
    owned: &[Owned],
    edition: &Edition,
    service: &Service,
) -> Result<Vec<Missing>, ChangeError> {
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
    let rules = edition.rules().map_err(ChangeError::Faults)?;
    Ok(removed.into_iter().map(|object| missing(object, manifests, &standing, rules, service)).collect())
}
