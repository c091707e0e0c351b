//! When a Job has failed and when it has succeeded.

use std::collections::BTreeSet;

use super::super::complaints::Complaints;
use super::super::fields::{ObjectFields, whole};
use crate::notation::annotation_or_label_key;
use crate::yaml::Node;

const MOST_RULES: usize = 20;
const MOST_CODES: usize = 255;

fn most<'n>(node: &'n Node, field: &'static str, most: usize, faults: &mut Complaints<'n>) {
    let count = node.list(field).len();
    if count > most {
        faults.at(node, field, format!("are {count}; {most} are allowed"));
    }
}

/// Judges `podFailurePolicy`; whether the status of a condition is filled in where it is absent depends on the kind.
pub(super) fn failure_policy<'n>(spec: &'n Node, fills_in: bool, faults: &mut Complaints<'n>) {
    let policy = spec.at("podFailurePolicy");
    most(policy, "rules", MOST_RULES, faults);
    for rule in policy.list("rules") {
        let right = faults.needs_one_of(rule, "action", &["FailJob", "FailIndex", "Ignore", "Count"]);
        if right && rule.text("action") == "FailIndex" && !spec.has("backoffLimitPerIndex") {
            faults.at(rule, "action", "must not be `FailIndex` unless `backoffLimitPerIndex` is set");
        }
        let conditions = rule.list("onPodConditions");
        match (rule.has("onExitCodes"), !conditions.is_empty()) {
            (false, false) => faults.add(rule, "says of nothing; `onExitCodes` or `onPodConditions` is required"),
            (true, true) => faults.add(rule, "has both `onExitCodes` and `onPodConditions`; one is allowed"),
            _ => {}
        }
        if rule.has("onExitCodes") {
            exit_codes(rule.at("onExitCodes"), spec.at("template").at("spec"), faults);
        }
        most(rule, "onPodConditions", MOST_RULES, faults);
        for condition in conditions {
            faults.needs_judged(condition, "type", annotation_or_label_key);
            if fills_in || faults.needs(condition, "status") {
                faults.one_of(condition, "status", &["True", "False", "Unknown"]);
            }
        }
    }
}

fn exit_codes<'n>(on: &'n Node, pod: &'n Node, faults: &mut Complaints<'n>) {
    faults.needs_one_of(on, "operator", &["In", "NotIn"]);
    if on.has("containerName") {
        let name = on.text("containerName");
        let mut containers = pod.list("containers").iter().chain(pod.list("initContainers"));
        if !containers.any(|container| container.text("name") == name) {
            faults.at(on, "containerName", format!("is `{name}`, which is no container of this Job"));
        }
    }
    let values = on.list("values");
    if values.is_empty() {
        faults.lacks(on, "values");
    }
    most(on, "values", MOST_CODES, faults);
    let (mut seen, mut last) = (BTreeSet::new(), i64::MIN);
    let mut ordered = true;
    for value in values {
        let code = whole(value).unwrap_or_default();
        if code == 0 && on.text("operator") == "In" {
            faults.add(value, "must not be 0 where `operator` is `In`: 0 is no failure");
        }
        if !seen.insert(code) {
            faults.add(value, format!("is {code}, which stands twice"));
        }
        ordered &= last <= code;
        last = code;
    }
    if !ordered {
        faults.at(on, "values", "must stand in ascending order");
    }
}

/// Judges `successPolicy`.
pub(super) fn success_policy<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    let policy = spec.at("successPolicy");
    if spec.text("completionMode") != "Indexed" {
        return faults.add(policy, "is only allowed where `completionMode` is `Indexed`");
    }
    if policy.list("rules").is_empty() {
        faults.lacks(policy, "rules");
    }
    most(policy, "rules", MOST_RULES, faults);
    let completions = spec.int("completions").unwrap_or(1);
    for rule in policy.list("rules") {
        if !rule.has("succeededCount") && !rule.has("succeededIndexes") {
            faults.add(rule, "says of nothing; `succeededCount` or `succeededIndexes` is required");
        }
        let indexes = rule.has("succeededIndexes").then(|| indexes(rule.text("succeededIndexes"), completions));
        if let Some(Err(fault)) = &indexes {
            faults.at(rule, "succeededIndexes", fault.clone());
        }
        faults.not_negative(rule, &["succeededCount"]);
        let least = indexes.and_then(Result::ok).unwrap_or(completions).min(completions);
        if let Some(count) = rule.int("succeededCount").filter(|count| *count > least) {
            faults.at(rule, "succeededCount", format!("must not be more than the {least} indexes there are, and is {count}"));
        }
    }
}

/// How many indexes a text such as `0,2-4` names.
fn indexes(text: &str, completions: i64) -> Result<i64, String> {
    if text.is_empty() {
        return Ok(0);
    }
    let (mut total, mut last) = (0, -1);
    for interval in text.split(',') {
        let (first, end) = interval.split_once('-').unwrap_or((interval, interval));
        let number =
            |text: &str| text.parse::<i64>().map_err(|_| format!("is not a list of indexes such as `0,2-4`: `{interval}`"));
        let (from, to) = (number(first)?, number(end)?);
        if to >= completions {
            return Err(format!("holds the index {to}; the last is {}", completions - 1));
        }
        if from <= last || to < from || (to == from && interval.contains('-')) {
            return Err(format!("must stand in ascending order: `{interval}`"));
        }
        total += to - from + 1;
        last = to;
    }
    Ok(total)
}
