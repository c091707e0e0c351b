//! What becomes of a folder: the merge with all that may be taken, again until nothing is in it that nobody took.

use std::rc::Rc;

use super::arrange::{self, Arranged};
use super::held_back::{fields_of_patterns, held, items, own, owned_for, waivers};
use super::keeps::{self, Kept};
use super::merge::{self, AdoptedMerge, ResultJudge};
use super::refuse::{refuse_other_namespace, refuse_selected};
use super::result::Adoption;
use super::risky::{Accepted, Risky, risks_in};
use super::standing::Standing;
use crate::adopt::{self, AdoptedObject, Aligned, Proposal};
use crate::change::roots::Roots;
use crate::change::{
    Aftermath, ChangeError, FileKind, FromTo, LOCK_FILE, OutFile, Surroundings, Update, UpdateCause, complete, explained,
    items_of,
};
use crate::manifest::{Secrets, Workload};
use crate::merge::{ChangeKind, FieldChange};
use crate::notation::{Field, FieldPattern, ObjectKey};
use crate::plan::Plan;
use crate::service::{self, Service};
use crate::yaml;

/// A merge, with what was held back for the service that runs.
struct Careful {
    outcome: AdoptedMerge,
    kept: Vec<Kept>,
    risks: Vec<Risky>,
}

impl Standing<'_> {
    /// What becomes of the folder with a proposal; `read` reads what is around it.
    ///
    /// # Errors
    /// Answers that are missing, files that stand where ours go, or files that cannot be merged.
    pub fn work_out(
        &self,
        mut proposal: Proposal,
        read: impl FnOnce(&Update, &[(String, String)]) -> Surroundings,
    ) -> Result<Adoption, ChangeError> {
        if !proposal.missing.is_empty() {
            return Err(ChangeError::Faults(proposal.missing));
        }
        let (family, edition) = (self.family()?, self.edition);
        let container = self.container(&family)?;
        let (mut service, plan) = edition.plan(&proposal.answers).map_err(ChangeError::Faults)?;
        refuse_other_namespace(&service, &family)?;
        let manifests = edition.renderer.render(&plan)?;
        let aligned = adopt::align(&manifests, &family, &container).map_err(ChangeError::Faults)?;
        let arranged = arrange::arrange(&self.request.dir, &self.texts, &self.strange, &self.objects, &family, &aligned)?;
        let others = self.texts.iter().filter(|(path, _)| !arranged.from.contains_key(path)).cloned().collect();
        let judge = ResultJudge {
            rules: edition.rules().map_err(ChangeError::Faults)?,
            service: &service,
            today: self.request.today,
            others,
        };
        let Careful { outcome, mut kept, mut risks } = self.carefully(&arranged.texts, &aligned, &judge)?;
        if self.request.accepted != Accepted::All {
            refuse_selected(&family, &outcome.changes)?;
        }
        for kept in &mut kept {
            kept.items = items(&outcome.report, &edition.checklist, &fields_of_patterns(&kept.fields, &aligned));
        }
        for risky in &mut risks {
            risky.first = risky.risk.first.replace("NAME", &family.workload.id.name);
        }
        for risky in risks.iter_mut().filter(|risky| risky.is_held()) {
            let fields: Vec<(ObjectKey, Field)> =
                risky.fields.iter().map(|field| (field.object.clone(), field.field.clone())).collect();
            risky.items = items(&outcome.report, &edition.checklist, &fields);
        }
        own(&mut service, &kept, &risks, &merge::emptied(&aligned, &held(&kept, &risks)));
        for kept in &mut kept {
            kept.owned = owned_for(&service, kept.fields.iter());
        }
        for risky in risks.iter_mut().filter(|risky| risky.is_held()) {
            risky.owned = owned_for(&service, risky.fields.iter().map(|field| &field.pattern));
        }
        if !service.owned_elsewhere.is_empty() {
            proposal.text = service::text(&service).map_err(|error| ChangeError::Bug(error.to_string()))?;
        }
        let waivers = waivers(&service, &edition.checklist, &kept, &risks, self.request.today);
        let lock = edition.lock(&manifests).text().map_err(|error| ChangeError::Bug(error.to_string()))?;
        let mut update = self.update(&proposal.text, lock, (&service, &plan), &aligned, &arranged, &outcome);
        complete(&mut update, &self.texts, &[], read);
        let members: Vec<&AdoptedObject> = aligned.iter().filter_map(|aligned| aligned.standing).collect();
        let stranger = |object: &&AdoptedObject| !members.iter().any(|member| std::ptr::eq(*member, *object));
        let untouched = self.objects.iter().filter(stranger).map(AdoptedObject::label).collect();
        let moved = arranged.from.iter().filter(|(from, to)| from != to).map(|(from, to)| (from.clone(), to.clone())).collect();
        let mut adoption = Adoption {
            proposal,
            update,
            edits: outcome.edits,
            untouched,
            moved,
            apart: arranged.apart,
            filled: arranged.filled,
            kept,
            risks,
            waivers,
            report: outcome.report,
        };
        adoption.hide_secrets();
        Ok(adoption)
    }

    /// Merges with all that a person may take, and again without what nobody has taken, until nothing of
    /// the kind is left in what changes.
    fn carefully(
        &self,
        ours: &[(String, String)],
        aligned: &[Aligned<'_>],
        judge: &ResultJudge<'_>,
    ) -> Result<Careful, ChangeError> {
        let family = self.family()?;
        let given = &self.request.given;
        let mut kept: Vec<Kept> = keeps::kept(&family, given).into_iter().collect();
        let mut risks: Vec<Risky> = Vec::new();
        loop {
            let held = held(&kept, &risks);
            let mut outcome = merge::merge(ours, aligned, &held, judge)?;
            if outcome.changes.iter().any(takes_replicas)
                && let Some(hand_over) = keeps::hand_over(&family)
                && !kept.iter().any(|kept| kept.why == hand_over.why)
            {
                kept.push(hand_over);
                continue;
            }
            let mut is_new = false;
            for risky in risks_in(&outcome.changes, &self.request.accepted, given) {
                if let Some(known) = risks.iter_mut().find(|known| known.risk.id == risky.risk.id) {
                    let fields: Vec<_> = risky.fields.into_iter().filter(|field| !known.fields.contains(field)).collect();
                    is_new |= !fields.is_empty();
                    known.fields.extend(fields);
                } else {
                    is_new = true;
                    risks.push(risky);
                }
            }
            if !is_new {
                // What is held is told as such.
                outcome.edits.retain(|edit| !is_covered(&edit.change, &held));
                risks.sort_by_key(|risky| adopt::RISKS.iter().position(|risk| risk.id == risky.risk.id));
                return Ok(Careful { outcome, kept, risks });
            }
        }
    }

    fn update(
        &self,
        text: &str,
        lock: String,
        (service, plan): (&Service, &Plan),
        aligned: &[Aligned<'_>],
        arranged: &Arranged,
        outcome: &AdoptedMerge,
    ) -> Update {
        let edition = self.edition;
        // Without comments nothing tells items apart but what they name themselves.
        let rendered = aligned.iter().filter_map(|aligned| yaml::read("a manifest", &aligned.manifest.text).ok().map(Rc::new));
        let commented: Vec<_> = rendered.collect();
        let roots = Roots::new(&edition.renderer, plan);
        let explained =
            |change: &FieldChange| explained(change.clone(), items_of(edition, service, &roots, &commented, change), false);
        let mut files = vec![OutFile::new(service::FILE, FileKind::Values, None, Some(text.to_owned()))];
        files.extend(self.changed(arranged, &outcome.files));
        let same = |id: String| FromTo { from: id.clone(), to: id };
        Update {
            dir: self.request.dir.clone(),
            service: service.name.clone(),
            tier: service.tier(),
            checklist: same(edition.checklist_id()),
            blueprint: same(edition.blueprint_id()),
            newer: None,
            causes: vec![UpdateCause::Adopted],
            changes: outcome.changes.iter().map(explained).collect(),
            conflicts: Vec::new(),
            hand_edits: outcome.edits.iter().map(|edit| edit.change.clone()).collect(),
            missing: Vec::new(),
            notes: Vec::new(),
            dropped_comments: outcome.dropped_comments.clone(),
            aftermath: Aftermath::default(),
            read: self.texts.clone(),
            relied_on: Vec::new(),
            files,
            lock: Some(OutFile::new(LOCK_FILE, FileKind::Text, None, Some(lock))),
            missing_files: Vec::new(),
            checklist_described: edition.checklist.described(),
            secrets: Secrets::of(&edition.checklist),
        }
    }

    /// The files that are other ones afterwards, those that go elsewhere included.
    fn changed(&self, arranged: &Arranged, after: &[(String, String)]) -> Vec<OutFile> {
        let before = |path: &str| self.texts.iter().find(|(known, _)| known == path).map(|(_, text)| text.clone());
        let kept = |path: &str| after.iter().any(|(known, _)| known == path);
        let gone = arranged.from.keys().filter(|path| !kept(path));
        let gone = gone.map(|path| OutFile::new(path, FileKind::Manifest, before(path), None));
        let written = after.iter().map(|(path, text)| OutFile::new(path, FileKind::Manifest, before(path), Some(text.clone())));
        written.chain(gone).filter(|file| file.before != file.text).collect()
    }
}

fn is_covered(change: &FieldChange, patterns: &[FieldPattern]) -> bool {
    change.object.as_ref().is_some_and(|object| patterns.iter().any(|pattern| pattern.covers(object, &change.field)))
}

/// Whether a change takes the number of Pods out of a workload.
fn takes_replicas(change: &FieldChange) -> bool {
    let replicas = change.object.as_ref().and_then(Workload::of).and_then(|workload| workload.replicas);
    change.kind == ChangeKind::Removed && replicas.is_some_and(|replicas| change.field.to_string() == replicas)
}
