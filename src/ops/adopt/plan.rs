//! What becomes of a folder: the merge with all that may be taken, and what of it is held back.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::Value as Json;

use super::Adoption;
use super::arrange::{self, Arranged};
use super::keeps::{self, Kept};
use super::merge::{self, AdoptedMerge, ResultJudge};
use super::risky::{Accepted, Risky, risks_in};
use super::standing::Standing;
use crate::adopt::{self, AdoptedObject, Aligned, Family, ObjectField, Proposal};
use crate::change::{Aftermath, FileKind, FromTo, LOCK_FILE, OutFile, Update, UpdateCause, explained, hide_in_change, items_of};
use crate::check::{Cause as Found, Finding, Report};
use crate::checklist::Checklist;
use crate::manifest::{Secrets, Workload};
use crate::merge::{ChangeKind, FieldChange};
use crate::notation::{Field, FieldPattern, ObjectKey};
use crate::ops::{OpError, update};
use crate::plan::Plan;
use crate::service::{self, OwnedElsewhere, Service, Waiver};
use crate::yaml::{Fault, Route, Source, read};

/// For how many days a waiver is proposed.
const WAIVER_DAYS: i64 = 90;

/// A merge, with what was held back for the service that runs.
struct Careful {
    outcome: AdoptedMerge,
    kept: Vec<Kept>,
    risks: Vec<Risky>,
}

impl Standing<'_> {
    /// What becomes of the folder with a proposal.
    ///
    /// # Errors
    /// Answers that are missing, files that stand where ours go, or files that cannot be merged.
    pub fn plan(&self, mut proposal: Proposal) -> Result<Adoption, OpError> {
        if !proposal.missing.is_empty() {
            return Err(OpError::Faults(proposal.missing));
        }
        let (family, edition) = (self.family()?, self.edition);
        let container = self.container(&family)?;
        let (mut service, plan) = edition.plan(&proposal.answers).map_err(OpError::Faults)?;
        refuse_other_namespace(&service, &family)?;
        let manifests = edition.renderer.render(&plan)?;
        let aligned = adopt::align(&manifests, &family, &container).map_err(OpError::Faults)?;
        let arranged = arrange::arrange(&self.request.dir, &self.texts, &self.strange, &self.objects, &family, &aligned)?;
        let others = self.texts.iter().filter(|(path, _)| !arranged.from.contains_key(path)).cloned().collect();
        let judge = ResultJudge {
            rules: edition.rules().map_err(OpError::Faults)?,
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
        if !service.owned_elsewhere.is_empty() {
            proposal.text = service::text(&service).map_err(|error| OpError::Bug(error.to_string()))?;
        }
        let waivers = waivers(&service, &edition.checklist, &kept, &risks, self.request.today);
        let lock = edition.lock(&manifests).text().map_err(|error| OpError::Bug(error.to_string()))?;
        let mut update = self.update(&proposal.text, lock, (&service, &plan), &aligned, &arranged, &outcome);
        update::complete(&mut update, &self.texts, &[]);
        update.hide_secrets();
        let mut edits = outcome.edits;
        for edit in &mut edits {
            hide_in_change(&update.secrets, &mut edit.change);
        }
        hide_in_risks(&update.secrets, &mut risks);
        let members: Vec<&AdoptedObject> = aligned.iter().filter_map(|aligned| aligned.standing).collect();
        let stranger = |object: &&AdoptedObject| !members.iter().any(|member| std::ptr::eq(*member, *object));
        let untouched = self.objects.iter().filter(stranger).map(AdoptedObject::label).collect();
        let moved = arranged.from.iter().filter(|(from, to)| from != to).map(|(from, to)| (from.clone(), to.clone())).collect();
        Ok(Adoption {
            proposal,
            update,
            edits,
            untouched,
            moved,
            apart: arranged.apart,
            filled: arranged.filled,
            kept,
            risks,
            waivers,
            report: outcome.report,
        })
    }

    /// Merges with all that a person may take, and again without what nobody has taken, until nothing of
    /// the kind is left in what changes.
    fn carefully(&self, ours: &[(String, String)], aligned: &[Aligned<'_>], judge: &ResultJudge<'_>) -> Result<Careful, OpError> {
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
        let rendered = aligned.iter().filter_map(|aligned| read("a manifest", &aligned.manifest.text).ok().map(Rc::new));
        let commented: Vec<_> = rendered.collect();
        let explained =
            |change: &FieldChange| explained(change.clone(), items_of(edition, service, plan, &commented, change), false);
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

/// Takes secrets out of the values that are told of risks.
fn hide_in_risks(secrets: &Secrets, risks: &mut [Risky]) {
    for field in risks.iter_mut().flat_map(|risky| &mut risky.fields) {
        for value in [&mut field.before, &mut field.after].into_iter().flatten() {
            *value = secrets.masked_at(Some(&field.object), &field.field, value);
        }
    }
}

/// Refuses another namespace than that of the manifests: what stands would stay where it is, and what comes
/// would go elsewhere.
fn refuse_other_namespace(service: &Service, family: &Family<'_>) -> Result<(), OpError> {
    let standing = &family.workload.id.namespace;
    if service.namespace == *standing {
        return Ok(());
    }
    let words =
        |namespace: &Option<String>| namespace.as_ref().map_or("no namespace".to_owned(), |name| format!("namespace {name}"));
    let message = format!("{} has {}, not {}", family.workload.label(), words(standing), words(&service.namespace));
    let mut fault = Fault::new(Route::root().key("namespace"), message);
    fault.source = Some(Source::Given("--set namespace".to_owned()));
    let hint = "adopt it where it is; then set `namespace` in plimsoll.yaml, and `plimsoll update` says how the objects move";
    Err(OpError::Faults(vec![fault.hint(hint)]))
}

/// Refuses labels by which another object of the folder would begin to select the Pods: they cannot be held
/// back, as what is rendered selects by them too.
fn refuse_selected(family: &Family<'_>, changes: &[FieldChange]) -> Result<(), OpError> {
    let text = |value: &Option<Json>| value.as_ref().and_then(Json::as_str).map(str::to_owned);
    let label = |change: &FieldChange| {
        let in_pod = family.kind.in_pod(change.field.steps()).map(|steps| Field::new(steps.to_vec())).unwrap_or_default();
        let keys: Vec<&str> = in_pod.keys().collect();
        match (keys.as_slice(), &change.after) {
            (["metadata", "labels", key], after) => {
                vec![((*key).to_owned(), text(after).unwrap_or_default())]
            }
            (["metadata", "labels"], Some(Json::Object(map))) => {
                map.iter().map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
            }
            _ => Vec::new(),
        }
    };
    let added: Vec<(String, String)> = changes.iter().filter(|change| change.kind == ChangeKind::Added).flat_map(label).collect();
    let fault = |selector: &ObjectField<'_>| {
        let message = format!("{} does not select these Pods, and would by the labels that they get", selector.object.label());
        let mut fault = Fault::new(selector.route.clone(), message);
        fault.source = Some(Source::File(Arc::clone(&selector.object.file), selector.place()));
        fault.hint("make its selector narrower, answer otherwise what the label says, as `component`, or pass --accept-risky")
    };
    let faults: Vec<Fault> = family.selecting_with(&added).iter().map(fault).collect();
    if faults.is_empty() { Ok(()) } else { Err(OpError::Faults(faults)) }
}

fn is_covered(change: &FieldChange, patterns: &[FieldPattern]) -> bool {
    change.object.as_ref().is_some_and(|object| patterns.iter().any(|pattern| pattern.covers(object, &change.field)))
}

/// Whether a change takes the number of Pods out of a workload.
fn takes_replicas(change: &FieldChange) -> bool {
    let replicas = change.object.as_ref().and_then(Workload::of).and_then(|workload| workload.replicas);
    change.kind == ChangeKind::Removed && replicas.is_some_and(|replicas| change.field.to_string() == replicas)
}

/// What patterns name in objects that stand or come.
fn fields_of_patterns(patterns: &[FieldPattern], aligned: &[Aligned<'_>]) -> Vec<(ObjectKey, Field)> {
    let keys: Vec<ObjectKey> = aligned.iter().map(|aligned| aligned.manifest.id.key()).collect();
    let named = |pattern: &FieldPattern| {
        let object = keys.iter().find(|key| pattern.names(key))?;
        Some((object.clone(), pattern.field_in(object)))
    };
    patterns.iter().filter_map(named).collect()
}

/// The items that find fault in the result with what is held back.
fn items(report: &Report, checklist: &Checklist, fields: &[(ObjectKey, Field)]) -> Vec<String> {
    let is_about = |finding: &Finding, (object, field): &(ObjectKey, Field)| {
        let patterns = checklist.item(&finding.item).map(|item| checklist.patterns(item)).unwrap_or_default();
        // An object that does not come is missed in the workload, by what names its kind.
        let kind = |label: &String| label.rsplit('/').nth(1).and_then(Workload::of_kind);
        let is_missed = || finding.object.as_ref().and_then(kind).is_some();
        let is_meant = |pattern: &FieldPattern| !field.steps().is_empty() || (is_missed() && !pattern.as_str().starts_with('*'));
        patterns.iter().any(|pattern| pattern.touches(object, field) && is_meant(pattern))
    };
    let failed = report.findings.iter().filter(|finding| finding.cause == Found::Failed);
    let found = failed.filter(|finding| fields.iter().any(|field| is_about(finding, field)));
    found.map(|finding| finding.item.clone()).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The fields in which nothing changes.
fn held(kept: &[Kept], risks: &[Risky]) -> Vec<FieldPattern> {
    let kept = kept.iter().flat_map(|kept| kept.fields.iter().cloned());
    let not_taken = risks.iter().filter(|risky| risky.is_held()).flat_map(|risky| &risky.fields);
    kept.chain(not_taken.map(|field| field.pattern.clone())).collect()
}

/// Writes into the service who owns what is held back. A mapping of which nothing is left is one field, so
/// that a later render does not bring the rest of it alone.
fn own(service: &mut Service, kept: &[Kept], risks: &[Risky], emptied: &[FieldPattern]) {
    let mut owned: Vec<(String, String, Vec<&str>)> = Vec::new();
    let mut add = |pattern: &FieldPattern, by: String, what: Option<&'static str>| {
        let whole = emptied.iter().find(|whole| whole.contains(pattern)).unwrap_or(pattern);
        let at = owned.iter().position(|(field, ..)| field == whole.as_str()).unwrap_or_else(|| {
            owned.push((whole.as_str().to_owned(), by, Vec::new()));
            owned.len() - 1
        });
        let whats = &mut owned[at].2;
        if let Some(what) = what.filter(|what| !whats.contains(what)) {
            whats.push(what);
        }
    };
    for kept in kept {
        kept.fields.iter().for_each(|field| add(field, kept.why.owner().to_owned(), None));
    }
    for risky in risks.iter().filter(|risky| risky.is_held()) {
        risky.fields.iter().for_each(|field| add(&field.pattern, String::new(), Some(risky.risk.what)));
    }
    for (field, by, whats) in owned {
        let by = if by.is_empty() { format!("people, who have not tried {} yet", whats.join(" and ")) } else { by };
        if service.owned_elsewhere.iter().all(|owned| owned.field != field) {
            service.owned_elsewhere.push(OwnedElsewhere { field, by });
        }
    }
}

/// Waivers for the items that find fault with what is held back, for a person to take or leave.
fn waivers(service: &Service, checklist: &Checklist, kept: &[Kept], risks: &[Risky], today: Date) -> Vec<Waiver> {
    let owner = service.owner.team.clone().unwrap_or_else(|| service.name.clone());
    let expires = today.saturating_add(WAIVER_DAYS.days()).to_string();
    let kept = kept.iter().map(|kept| (&kept.items, kept.why.excuse()));
    let held = risks.iter().filter(|risky| risky.is_held());
    let held = held.map(|risky| (&risky.items, risky.excuse()));
    let mut waivers: Vec<Waiver> = Vec::new();
    for (items, reason) in kept.chain(held) {
        for item in items {
            let is_waivable = checklist.item(item).is_some_and(|item| item.waivable);
            if is_waivable && waivers.iter().all(|waiver| waiver.item != *item) {
                waivers.push(Waiver {
                    item: item.clone(),
                    object: None,
                    container: None,
                    reason: reason.clone(),
                    owner: owner.clone(),
                    expires: expires.clone(),
                });
            }
        }
    }
    waivers
}
