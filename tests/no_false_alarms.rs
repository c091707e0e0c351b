//! The heart of the product: whatever service file is accepted, what it renders to has no finding in
//! our own check.

use std::path::Path;

use plimsoll::blueprint::source;
use plimsoll::change::Edition;
use plimsoll::check::Rules;
use plimsoll::checklist;
use plimsoll::ops::Editions;
use plimsoll::service::Answers;
use plimsoll::yaml::write;
use proptest::strategy::{Strategy, ValueTree};
use rayon::prelude::*;
use serde_json::Value as Json;

use crate::check::{check_service, rules_of, shown};
use crate::support::{services, thinned};

/// How many accepted service files are judged with the newest checklist and blueprint, before they are thinned.
const CASES: usize = 2_000;

#[test]
fn what_is_accepted_is_clean() {
    let newest = Edition::newest().unwrap();
    let mut pairs = 0;
    for (checklist, blueprint) in checklist::SHIPPED.iter().flat_map(|one| source::SHIPPED.iter().map(move |other| (one, other)))
    {
        let mut pins = Answers::default();
        pins.set(&format!("checklist={}", checklist.id)).unwrap();
        pins.set(&format!("blueprint={}", blueprint.id)).unwrap();
        // A pair that does not go together is refused.
        let Ok(edition) = Editions::default().of_answers(&pins, Path::new("")) else { continue };
        let is_newest = (edition.checklist_id(), edition.blueprint_id()) == (newest.checklist_id(), newest.blueprint_id());
        is_clean(&edition, rules_of(checklist.id), if is_newest { CASES } else { CASES / 8 } / thinned());
        pairs += 1;
    }
    assert!(pairs >= checklist::SHIPPED.len(), "{pairs} pairs");
}

/// Judges so many accepted service files.
fn is_clean(edition: &Edition, rules: &Rules, cases: usize) {
    let (mut runner, strategy) = (services::runner(), services::service());
    let (mut clean, mut refused, mut faults) = (0, 0, Vec::new());
    let id = format!("{} with {}", edition.checklist_id(), edition.blueprint_id());
    while clean < cases && faults.is_empty() {
        let batch: Vec<Json> = (0..500).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect();
        let judged: Vec<Option<Vec<String>>> = batch
            .par_iter()
            .map(|service| {
                let text = services::fitted(edition, &write::document(service));
                let mut answers = Answers::default();
                answers.add_file("service.yaml", &text).unwrap();
                let (service, plan) = edition.plan(&answers).ok()?;
                let manifests = edition.renderer.render(&plan).unwrap_or_else(|error| panic!("{error}\n{text}"));
                let report = check_service(rules, &service, &manifests);
                let real = shown(&report).into_iter().filter(|line| !line.contains("waives nothing"));
                Some(real.map(|line| format!("{line}\n{text}")).collect())
            })
            .collect();
        for outcome in judged {
            match outcome {
                None => refused += 1,
                Some(found) if found.is_empty() => clean += 1,
                Some(found) => faults.extend(found),
            }
        }
        assert!(refused <= (clean + 10) * 100, "{id}: only {clean} of {} that were drawn are accepted", clean + refused);
    }
    faults.sort();
    faults.dedup_by_key(|fault| fault.split(' ').nth(1).map(str::to_owned));
    assert!(faults.is_empty(), "{id}: {clean} accepted were clean, {refused} refused:\n{}", faults.join("\n"));
    assert!(refused > cases / 10, "the generator hardly tries what is forbidden: {refused} refused");
}
