//! Where a draft is judged: what the service and the checklist refuse of it is taken back, and what
//! would be so anyway is left out.

use serde_json::Value as Json;

use super::draft::{Draft, FoundField};
use crate::checklist::Checklist;
use crate::plan::{self, Contract, Plan};
use crate::service::{self, Answers, FILE, Service, Waiver};
use crate::yaml::{Fault, Route, RouteStep, write};

/// Lists of which an element is kept or left out as a whole.
const WHOLE_ELEMENTS: &[&str] = &["env", "writable-paths", "metrics"];

/// What a draft is judged by.
#[derive(Clone, Copy, Debug)]
pub struct DraftJudge<'a> {
    /// What a person answered; it stands over what the objects say.
    pub given: &'a Answers,
    /// What is asked.
    pub checklist: &'a Checklist,
    /// What the blueprint says of itself.
    pub contract: Contract<'a>,
}

/// A value that the objects have and the service file must not.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// The field with its value, and what says so.
    pub found: FoundField,
    /// Why not, and the items that refuse it.
    pub faults: Vec<Fault>,
}

impl DraftJudge<'_> {
    /// The draft with the person's answers over it.
    pub(super) fn answers(&self, draft: &Draft) -> Answers {
        let mut answers = self.given.clone();
        let text = write::document(&draft.built().0);
        // What was written a moment ago can be read; were it not, the answers alone are judged.
        let _ = answers.add_file_below(FILE, &text);
        answers
    }

    /// The service and its plan, or everything that is wrong with the draft.
    pub(super) fn plan(&self, draft: &Draft) -> Result<(Service, Plan), Vec<Fault>> {
        plan::of_answers(&self.answers(draft), self.checklist, self.contract)
    }

    /// What would be decided if every item were waived; `None` where something cannot be at all.
    pub(super) fn decided(&self, draft: &Draft) -> Option<Json> {
        let mut service = service::load(&self.answers(draft), Some(&self.contract.intake)).service;
        let waived = |item: &crate::checklist::Item| Waiver {
            item: item.id.clone(),
            object: None,
            container: None,
            reason: String::new(),
            owner: String::new(),
            expires: String::new(),
        };
        service.waivers = self.checklist.items.iter().map(waived).collect();
        let mut values = plan::make(&service, self.checklist, self.contract).ok()?.values();
        // The order of variables says nothing here.
        if let Some(variables) = values.pointer_mut("/container/env").and_then(Json::as_array_mut) {
            variables.sort_by_key(|variable| variable["name"].as_str().unwrap_or_default().to_owned());
        }
        Some(values)
    }

    /// Takes back what is refused; returns that, and what is then still wrong and only a person can
    /// answer.
    pub(super) fn settle(&self, draft: &mut Draft) -> (Vec<Refused>, Vec<Fault>) {
        let mut refused: Vec<Refused> = Vec::new();
        loop {
            let Err(faults) = self.plan(draft) else { return (refused, Vec::new()) };
            let Some((picked, fault)) = faults.iter().find_map(|fault| Some((self.culprits(draft, fault)?, fault))) else {
                return (refused, faults);
            };
            let same = |other: &&Fault| other.route == fault.route;
            let reasons: Vec<Fault> = faults.iter().filter(same).cloned().collect();
            let taken = draft.take_back(|found| picked.contains(&found.field));
            refused.extend(taken.into_iter().map(|found| Refused { found, faults: reasons.clone() }));
        }
    }

    /// The fields of the draft that must go so that a fault does.
    fn culprits(&self, draft: &Draft, fault: &Fault) -> Option<Vec<Route>> {
        let (_, routes) = draft.built();
        let within = |around: &Route| -> Vec<Route> {
            let stands = routes.iter().zip(draft.found());
            stands
                .filter(|(route, _)| around.contains(route) || route.contains(around))
                .map(|(_, found)| found.field.clone())
                .collect()
        };
        // Without them there is no service: they stay, and what is wrong with them is asked for.
        let needed = |key: &str| self.contract.intake.needs.iter().any(|need| need.split('.').next() == Some(key));
        let required = |field: &&Route| {
            matches!(field.steps(), [RouteStep::Key(key), rest @ ..]
            if needed(key) && !matches!(rest, [_, RouteStep::Key(part)] if part != "port"))
        };
        let around = element(&fault.route);
        let found: Vec<Route> = within(&around).into_iter().filter(|field| !required(&field)).collect();
        if !found.is_empty() {
            let timing: Vec<Route> = found.iter().filter(|field| is_timing(field)).cloned().collect();
            return Some(if timing.is_empty() { found } else { timing });
        }
        // A field that the objects tell may not stand beside one that the person gave.
        let top = fault.route.steps().first()?;
        let rivals = draft.found().iter().map(|found| &found.field).filter(|field| {
            let first = field.steps().first();
            !required(field)
                && (first == Some(top)
                    || (*top == RouteStep::Key("size".to_owned()) && first == Some(&RouteStep::Key("resources".to_owned()))))
        });
        let rivals: Vec<Route> = rivals.cloned().collect();
        let mut without = draft.clone();
        without.take_back(|found| rivals.contains(&found.field));
        let is_cured = !rivals.is_empty()
            && self
                .plan(&without)
                .err()
                .unwrap_or_default()
                .iter()
                .all(|other| other.route != fault.route || other.message != fault.message);
        is_cured.then_some(rivals)
    }

    /// Leaves out what would be so anyway.
    pub(super) fn drop_defaults(&self, draft: &mut Draft) {
        let Some(decided) = self.decided(draft) else { return };
        let wrong = |draft: &Draft| -> Vec<String> {
            self.plan(draft).err().unwrap_or_default().iter().map(|fault| format!("{} {}", fault.route, fault.message)).collect()
        };
        let faults = wrong(draft);
        let mut before = usize::MAX;
        // What one field needs beside it can go once that has gone.
        while draft.found().len() < before {
            before = draft.found().len();
            let fields: Vec<Route> = draft.found().iter().map(|found| found.field.clone()).collect();
            for field in fields {
                let mut without = draft.clone();
                without.take_back(|found| found.field == field);
                if self.decided(&without).as_ref() == Some(&decided) && wrong(&without) == faults {
                    *draft = without;
                }
            }
        }
    }
}

/// What goes as a whole with the field.
fn element(route: &Route) -> Route {
    let steps = route.steps();
    let is = |step: &RouteStep, words: &[&str]| matches!(step, RouteStep::Key(key) if words.contains(&key.as_str()));
    let list = steps
        .iter()
        .zip(steps.iter().skip(1))
        .position(|(list, index)| is(list, WHOLE_ELEMENTS) && matches!(index, RouteStep::Index(_)));
    match (steps, list) {
        (_, Some(list)) => Route::from_steps(&steps[..list + 2]),
        ([first, ..], None) if is(first, &["resources"]) => Route::from_steps(&steps[..1]),
        ([first, _, ..], None) if is(first, &["probes"]) => Route::from_steps(&steps[..2]),
        _ => route.clone(),
    }
}

/// Whether the field is how often and how patiently something is probed.
fn is_timing(field: &Route) -> bool {
    let timings = ["period-seconds", "timeout-seconds", "failure-threshold"];
    matches!(field.steps(), [_, _, RouteStep::Key(key)] if timings.contains(&key.as_str()))
}
