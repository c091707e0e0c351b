//! A lock that was lost: made again from the service file, with what people have edited kept.

use std::path::Path;
use std::sync::Arc;

use super::write_planned;
use crate::blueprint::MANIFESTS;
use crate::change::{
    Aftermath, Edition, FileKind, FromTo, LOCK_FILE, Lock, Missing, OutFile, Update, UpdateCause, hand_edits, missing,
};
use crate::checklist;
use crate::manifest::{Manifest, Secrets};
use crate::merge::{MergePolicy, Note, Owned, SourceFile, TextReader};
use crate::notation::{Field, FieldPattern, ObjectKey};
use crate::ops::prepare::{exists, standing_service_file};
use crate::ops::update::{Attendants, Updated, read_ours};
use crate::ops::{CommitChoice, Editions, OpError};
use crate::service::{self, Answers, Service};
use crate::workspace::Bounds;
use crate::yaml::{Fault, Node, Route};

/// Whether a folder has a service file and manifests, and no lock.
#[must_use]
pub fn is_lost(dir: &Path) -> bool {
    exists(&dir.join(service::FILE)) && dir.join(MANIFESTS).is_dir() && !dir.join(LOCK_FILE).exists()
}

/// A render of the service by one version of checklist and blueprint, held against what stands.
struct Candidate {
    edition: Arc<Edition>,
    service: Service,
    manifests: Vec<Manifest>,
    lock: Lock,
    /// How much of the manifests differs from it.
    distance: usize,
}

/// Works out the lock of the service in a folder: what its service file renders to is the base, and
/// whatever stands otherwise in the manifests was edited by hand. Of the versions that the service file
/// leaves open, those are taken whose render is nearest to the manifests, so that the next update brings
/// what has changed since. Nothing but the lock is written.
///
/// # Errors
/// There is no service file, everything that is wrong with it, or nothing of the service stands there.
pub fn relock(dir: &Path) -> Result<Update, OpError> {
    let path = dir.join(service::FILE);
    let text = standing_service_file(dir)?.ok_or_else(|| OpError::NoServiceFile(path.clone()))?;
    let mut answers = Answers::default();
    answers.add_file(&path.to_string_lossy(), &text).map_err(OpError::Faults)?;
    let Candidate { edition, service, manifests, lock: made, .. } = nearest(dir, &answers)?;
    let ours = read_ours(&mut Bounds::of_folder(dir)?, &made)?;
    let reader = TextReader::default();
    let removed = removed(&reader, &made, &ours, &service)?;
    if removed.len() == manifests.len() {
        let message = format!("none of the {} objects of {} stands in {MANIFESTS}/", manifests.len(), service.name);
        let mut fault = Fault::new(Route::root(), message);
        fault.source =
            Some(crate::yaml::Source::File(path.display().to_string().into(), crate::yaml::Place { line: 1, column: 1 }));
        let hint = "`plimsoll new` renders them from this file; to take over what stands there under other names, move this file \
                    away and run `plimsoll adopt`, with it as `--values`";
        return Err(OpError::Faults(vec![fault.hint(hint)]));
    }
    let rules = edition.rules().map_err(OpError::Faults)?;
    let missing: Vec<Missing> = removed.iter().map(|object| missing(object, &manifests, &ours, rules, &service)).collect();
    let same = |id: String| FromTo { from: id.clone(), to: id };
    let mut update = Update {
        dir: dir.to_owned(),
        service: service.name.clone(),
        tier: service.tier(),
        checklist: same(edition.checklist_id()),
        blueprint: same(edition.blueprint_id()),
        newer: None,
        causes: vec![UpdateCause::LockLost],
        changes: Vec::new(),
        conflicts: Vec::new(),
        hand_edits: hand_edits(&reader, &made, &ours, owned_in(&service)),
        missing,
        notes: Vec::new(),
        dropped_comments: Vec::new(),
        aftermath: Aftermath::default(),
        relied_on: Vec::new(),
        files: Vec::new(),
        lock: Some(OutFile::new(
            LOCK_FILE,
            FileKind::Text,
            None,
            Some(made.text().map_err(|error| OpError::Bug(error.to_string()))?),
        )),
        missing_files: Vec::new(),
        checklist_described: edition.checklist.described(),
        secrets: Secrets::of(&edition.checklist),
    };
    update.hide_secrets();
    Ok(update)
}

/// Writes the lock that was announced.
///
/// # Errors
/// Everything that is in the way; or the folder has changed since it was announced.
pub fn write_lock(dir: &Path, announced: &Update, commit: CommitChoice, attendants: &Attendants<'_>) -> Result<Updated, OpError> {
    let plan = |_: &Path, _: &crate::ops::update::UpdateChoice| {
        if !is_lost(dir) {
            return Err(OpError::ChangedMeanwhile(dir.to_owned()));
        }
        let update = relock(dir)?;
        if update.lock == announced.lock { Ok(update) } else { Err(OpError::ChangedMeanwhile(dir.to_owned())) }
    };
    write_planned(dir, &plan, commit, attendants)
}

/// The candidate that is nearest to the manifests; of several, the newest.
fn nearest(dir: &Path, answers: &Answers) -> Result<Candidate, OpError> {
    let written = answers.at_top("checklist").and_then(Node::as_str);
    let checklists: Vec<Option<&str>> = if written.is_none_or(|name| name == checklist::PRODUCTION) {
        checklist::SHIPPED.iter().rev().map(|shipped| Some(shipped.id)).collect()
    } else {
        vec![None]
    };
    let editions = Editions::default();
    let mut best: Option<Candidate> = None;
    let mut first: Option<OpError> = None;
    for checklist in checklists {
        match candidate(&editions, dir, answers, checklist) {
            Ok(found) if best.as_ref().is_none_or(|best| found.distance < best.distance) => best = Some(found),
            Ok(_) => {}
            Err(error) => {
                first.get_or_insert(error);
            }
        }
    }
    best.ok_or_else(|| first.unwrap_or_else(|| OpError::NoServiceFile(dir.join(service::FILE))))
}

fn candidate(editions: &Editions, dir: &Path, answers: &Answers, checklist: Option<&str>) -> Result<Candidate, OpError> {
    let mut answers = answers.clone();
    if let Some(id) = checklist {
        answers.set(&format!("checklist={id}")).map_err(|fault| OpError::Faults(vec![fault]))?;
    }
    let edition = editions.of_answers(&answers, dir)?;
    let (service, plan) = edition.plan(&answers).map_err(OpError::Faults)?;
    let manifests = edition.renderer.render(&plan)?;
    let lock = edition.lock(&manifests);
    let ours = read_ours(&mut Bounds::of_folder(dir)?, &lock)?;
    let reader = TextReader::default();
    let distance = hand_edits(&reader, &lock, &ours, owned_in(&service)).len() + removed(&reader, &lock, &ours, &service)?.len();
    Ok(Candidate { edition, service, manifests, lock, distance })
}

/// The fields that others own.
fn owned_in(service: &Service) -> Vec<Owned> {
    let owned = service.owned_elsewhere.iter();
    owned.filter_map(|it| Some(Owned { pattern: FieldPattern::parse(&it.field).ok()?, by: it.by.clone() })).collect()
}

/// The objects of a render that do not stand, and that nobody else owns.
fn removed<'t>(
    reader: &TextReader<'t>,
    lock: &'t Lock,
    ours: &'t [(String, String)],
    service: &Service,
) -> Result<Vec<ObjectKey>, OpError> {
    let base: Vec<SourceFile<'t>> = lock.files.iter().map(|file| SourceFile { path: &file.path, text: &file.base }).collect();
    let ours: Vec<SourceFile<'t>> = ours.iter().map(|(path, text)| SourceFile { path, text }).collect();
    let policy = MergePolicy { deleted_objects_stay: true, ..MergePolicy::default() };
    let merged = reader.merge(&base, &ours, &base, &policy).map_err(OpError::Refused)?;
    let owned = owned_in(service);
    let is_left = |object: &ObjectKey| owned.iter().any(|owned| owned.pattern.covers(object, &Field::default()));
    let stays_deleted = |note| match note {
        Note::StaysDeleted { object, .. } if !is_left(&object) => Some(object),
        _ => None,
    };
    Ok(merged.notes.into_iter().filter_map(stays_deleted).collect())
}
