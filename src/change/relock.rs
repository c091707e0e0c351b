//! A lock that was lost: what a service file renders to becomes the base again, and whatever stands otherwise in
//! the manifests was edited by hand.

use std::path::Path;
use std::sync::Arc;

use super::{
    Aftermath, ChangeError, Edition, FileKind, FromTo, LOCK_FILE, Lock, Missing, OutFile, Update, UpdateCause, hand_edits,
    missing,
};
use crate::blueprint::MANIFESTS;
use crate::manifest::{Manifest, Secrets};
use crate::merge::{MergePolicy, Note, Owned, SourceFile, TextReader};
use crate::notation::{Field, FieldPattern, ObjectKey};
use crate::service::{Answers, FILE, Service};
use crate::yaml::{Fault, Place, Route, Source};

/// A render of a service by one edition, with the lock that it would have.
pub struct Relock {
    edition: Arc<Edition>,
    service: Service,
    manifests: Vec<Manifest>,
    /// The lock.
    pub lock: Lock,
}

impl Relock {
    /// Renders what answers ask for.
    ///
    /// # Errors
    /// Everything that is wrong with the answers.
    pub fn of(edition: Arc<Edition>, answers: &Answers) -> Result<Self, ChangeError> {
        let (service, plan) = edition.plan(answers).map_err(ChangeError::Faults)?;
        let manifests = edition.renderer.render(&plan)?;
        let lock = edition.lock(&manifests);
        Ok(Self { edition, service, manifests, lock })
    }

    /// How much of the manifests that stand differs from the render.
    ///
    /// # Errors
    /// Every file that cannot be merged.
    pub fn distance(&self, ours: &[(String, String)]) -> Result<usize, ChangeError> {
        let reader = TextReader::default();
        let edits = hand_edits(&reader, &self.lock, ours, owned_in(&self.service));
        Ok(edits.len() + self.removed(&reader, ours)?.len())
    }

    /// The update that writes the lock, and nothing else; `dir` is the service's folder.
    ///
    /// # Errors
    /// Nothing of the service stands there.
    pub fn update(self, dir: &Path, ours: &[(String, String)]) -> Result<Update, ChangeError> {
        let Self { edition, service, manifests, lock } = &self;
        let reader = TextReader::default();
        let removed = self.removed(&reader, ours)?;
        if removed.len() == manifests.len() {
            let message = format!("none of the {} objects of {} stands in {MANIFESTS}/", manifests.len(), service.name);
            let mut fault = Fault::new(Route::root(), message);
            let path = dir.join(FILE).display().to_string();
            fault.source = Some(Source::File(path.into(), Place { line: 1, column: 1 }));
            let hint = "`plimsoll new` renders them from this file; to take over what stands there under other names, move this \
                        file away and run `plimsoll adopt`, with it as `--values`";
            return Err(ChangeError::Faults(vec![fault.hint(hint)]));
        }
        let rules = edition.rules().map_err(ChangeError::Faults)?;
        let missing: Vec<Missing> = removed.iter().map(|object| missing(object, manifests, ours, rules, service)).collect();
        let text = lock.text().map_err(|error| ChangeError::Bug(error.to_string()))?;
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
            hand_edits: hand_edits(&reader, lock, ours, owned_in(service)),
            missing,
            notes: Vec::new(),
            dropped_comments: Vec::new(),
            aftermath: Aftermath::default(),
            read: Vec::new(),
            relied_on: Vec::new(),
            files: Vec::new(),
            lock: Some(OutFile::new(LOCK_FILE, FileKind::Text, None, Some(text))),
            missing_files: Vec::new(),
            checklist_described: edition.checklist.described(),
            secrets: Secrets::of(&edition.checklist),
        };
        update.hide_secrets();
        Ok(update)
    }

    /// The objects of the render that do not stand, and that nobody else owns.
    fn removed<'t>(&'t self, reader: &TextReader<'t>, ours: &'t [(String, String)]) -> Result<Vec<ObjectKey>, ChangeError> {
        let base: Vec<SourceFile<'t>> =
            self.lock.files.iter().map(|file| SourceFile { path: &file.path, text: &file.base }).collect();
        let ours: Vec<SourceFile<'t>> = ours.iter().map(|(path, text)| SourceFile { path, text }).collect();
        let policy = MergePolicy { deleted_objects_stay: true, ..MergePolicy::default() };
        let merged = reader.merge(&base, &ours, &base, &policy).map_err(ChangeError::Refused)?;
        let owned = owned_in(&self.service);
        let is_left = |object: &ObjectKey| owned.iter().any(|owned| owned.pattern.covers(object, &Field::default()));
        let stays_deleted = |note| match note {
            Note::StaysDeleted { object, .. } if !is_left(&object) => Some(object),
            _ => None,
        };
        Ok(merged.notes.into_iter().filter_map(stays_deleted).collect())
    }
}

/// The fields that others own.
fn owned_in(service: &Service) -> Vec<Owned> {
    let owned = service.owned_elsewhere.iter();
    owned.filter_map(|it| Some(Owned { pattern: FieldPattern::parse(&it.field).ok()?, by: it.by.clone() })).collect()
}
