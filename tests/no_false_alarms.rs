//! The heart of the product: whatever service file is accepted, what it renders to has no finding in
//! our own check.

use plimsoll::ops::Toolbox;
use plimsoll::service::Answers;
use plimsoll::yaml::write;
use proptest::strategy::{Strategy, ValueTree};
use rayon::prelude::*;
use serde_json::Value as Json;

use crate::check::{check_service, rules, shown};
use crate::support::services;

/// How many accepted service files are judged.
const CASES: usize = 2_000;

#[test]
fn what_is_accepted_is_clean() {
    let (toolbox, rules) = (Toolbox::shipped().unwrap(), rules());
    let (mut runner, strategy) = (services::runner(), services::service());
    let (mut clean, mut refused, mut faults) = (0, 0, Vec::new());
    while clean < CASES && faults.is_empty() {
        let batch: Vec<Json> = (0..500).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect();
        let judged: Vec<Option<Vec<String>>> = batch
            .par_iter()
            .map(|service| {
                let text = write::document(service);
                let mut answers = Answers::default();
                answers.add_file("service.yaml", &text).unwrap();
                let (service, plan) = toolbox.plan(&answers).ok()?;
                let manifests = toolbox.renderer.render(&plan).unwrap_or_else(|error| panic!("{error}\n{text}"));
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
    }
    faults.sort();
    faults.dedup_by_key(|fault| fault.split(' ').nth(1).map(str::to_owned));
    assert!(faults.is_empty(), "{} accepted were clean, {refused} refused:\n{}", clean, faults.join("\n"));
    assert!(refused > CASES / 10, "the generator hardly tries what is forbidden: {refused} refused");
}
