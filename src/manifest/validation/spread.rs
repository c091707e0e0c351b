//! How the Pods of a workload are spread.

use std::collections::BTreeSet;

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::labels::selector;
use crate::notation::annotation_or_label_key;
use crate::yaml::Node;

/// Judges `topologySpreadConstraints`.
pub(super) fn spread<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    let mut seen = BTreeSet::new();
    for constraint in spec.list("topologySpreadConstraints") {
        if constraint.has("maxSkew") {
            faults.positive(constraint, "maxSkew");
        } else {
            faults.lacks(constraint, "maxSkew");
        }
        let (topology, action) = (constraint.text("topologyKey"), constraint.text("whenUnsatisfiable"));
        faults.needs(constraint, "topologyKey");
        faults.needs_one_of(constraint, "whenUnsatisfiable", &["DoNotSchedule", "ScheduleAnyway"]);
        if !seen.insert((topology, action)) {
            faults.add(
                constraint,
                format!(
                    "has the `topologyKey` `{topology}` and `whenUnsatisfiable: {action}` of another; each pair may stand once"
                ),
            );
        }
        faults.positive(constraint, "minDomains");
        if constraint.has("minDomains") && action != "DoNotSchedule" {
            faults.at(constraint, "minDomains", "is only allowed where `whenUnsatisfiable` is `DoNotSchedule`");
        }
        for field in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
            faults.given_one_of(constraint, field, &["Honor", "Ignore"]);
        }
        selector(constraint.at("labelSelector"), faults);
        if faults.since(34) {
            label_keys(constraint, &["matchLabelKeys"], faults);
        } else {
            label_keys_of_old(constraint, faults);
        }
    }
}

/// Judges keys whose values are taken from the Pod itself: into what is matched, and into what is not.
pub(super) fn label_keys<'n>(term: &'n Node, fields: &[&'static str], faults: &mut Complaints<'n>) {
    for field in fields {
        if !term.list(field).is_empty() && !term.has("labelSelector") {
            faults.at(term, field, "is only allowed beside a `labelSelector`");
        } else {
            for key in term.list(field) {
                faults.judge(key, annotation_or_label_key);
            }
        }
    }
    // What the server itself puts among the expressions may stand there, but not among the labels, too.
    let selector = term.at("labelSelector");
    let mut selected: BTreeSet<&str> = selector.map("matchLabels").iter().map(|entry| entry.key.as_str()).collect();
    let mut twice = BTreeSet::new();
    for expression in selector.list("matchExpressions") {
        let key = expression.text("key");
        if !selected.insert(key) {
            twice.insert(key);
        }
    }
    for key in term.list("matchLabelKeys") {
        let text = key.words();
        if twice.contains(text) {
            faults.add(key, format!("is `{text}`, which the `labelSelector` selects by already"));
        }
        if term.list("mismatchLabelKeys").iter().any(|other| other.words() == text) {
            faults.add(key, format!("is `{text}`, which stands in `mismatchLabelKeys`, too"));
        }
    }
}

fn label_keys_of_old<'n>(constraint: &'n Node, faults: &mut Complaints<'n>) {
    let keys = constraint.list("matchLabelKeys");
    if !keys.is_empty() && !constraint.has("labelSelector") {
        faults.at(constraint, "matchLabelKeys", "is only allowed beside a `labelSelector`");
    }
    let selector = constraint.at("labelSelector");
    for key in keys {
        let text = key.words();
        faults.judge(key, annotation_or_label_key);
        let selects = selector.at("matchLabels").get(text).is_some()
            || selector.list("matchExpressions").iter().any(|expression| expression.text("key") == text);
        if selects {
            faults.add(key, format!("is `{text}`, which the `labelSelector` selects by already"));
        }
    }
}
