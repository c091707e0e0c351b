//! What is held back for the service that runs: who owns it, which items find fault with it, and the waivers
//! that this asks for.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::keeps::Kept;
use super::risky::Risky;
use crate::adopt::Aligned;
use crate::check::{Cause, Finding, Report};
use crate::checklist::Checklist;
use crate::manifest::Workload;
use crate::notation::{Field, FieldPattern, ObjectKey};
use crate::service::{OwnedElsewhere, Service, Waiver};

/// For how many days a waiver is proposed.
const WAIVER_DAYS: i64 = 90;

/// The fields in which nothing changes.
pub fn held(kept: &[Kept], risks: &[Risky]) -> Vec<FieldPattern> {
    let kept = kept.iter().flat_map(|kept| kept.fields.iter().cloned());
    let not_taken = risks.iter().filter(|risky| risky.is_held()).flat_map(|risky| &risky.fields);
    kept.chain(not_taken.map(|field| field.pattern.clone())).collect()
}

/// What patterns name in objects that stand or come.
pub fn fields_of_patterns(patterns: &[FieldPattern], aligned: &[Aligned<'_>]) -> Vec<(ObjectKey, Field)> {
    let keys: Vec<ObjectKey> = aligned.iter().map(|aligned| aligned.manifest.id.key()).collect();
    let named = |pattern: &FieldPattern| {
        let object = keys.iter().find(|key| pattern.names(key))?;
        Some((object.clone(), pattern.field_in(object)))
    };
    patterns.iter().filter_map(named).collect()
}

/// The items that find fault in the result with what is held back.
pub fn items(report: &Report, checklist: &Checklist, fields: &[(ObjectKey, Field)]) -> Vec<String> {
    let is_about = |finding: &Finding, (object, field): &(ObjectKey, Field)| {
        let patterns = checklist.item(&finding.item).map(|item| checklist.patterns(item)).unwrap_or_default();
        // An object that does not come is missed in the workload, by what names its kind.
        let kind = |label: &String| label.rsplit('/').nth(1).and_then(Workload::of_kind);
        let is_missed = || finding.object.as_ref().and_then(kind).is_some();
        let is_meant = |pattern: &FieldPattern| !field.steps().is_empty() || (is_missed() && !pattern.as_str().starts_with('*'));
        patterns.iter().any(|pattern| pattern.touches(object, field) && is_meant(pattern))
    };
    let failed = report.findings.iter().filter(|finding| finding.cause == Cause::Failed);
    let found = failed.filter(|finding| fields.iter().any(|field| is_about(finding, field)));
    found.map(|finding| finding.item.clone()).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Writes into the service who owns what is held back. A mapping of which nothing is left is one field, so
/// that a later render does not bring the rest of it alone.
pub fn own(service: &mut Service, kept: &[Kept], risks: &[Risky], emptied: &[FieldPattern]) {
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

/// What the service leaves to others so that some fields stay.
pub fn owned_for<'p>(service: &Service, fields: impl Iterator<Item = &'p FieldPattern>) -> Vec<String> {
    let fields: Vec<&FieldPattern> = fields.collect();
    let is_for = |owned: &&OwnedElsewhere| {
        FieldPattern::parse(&owned.field).is_ok_and(|owned| fields.iter().any(|field| owned.contains(field)))
    };
    service.owned_elsewhere.iter().filter(is_for).map(|owned| owned.field.clone()).collect()
}

/// Waivers for the items that find fault with what is held back, for a person to take or leave.
pub fn waivers(service: &Service, checklist: &Checklist, kept: &[Kept], risks: &[Risky], today: Date) -> Vec<Waiver> {
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
