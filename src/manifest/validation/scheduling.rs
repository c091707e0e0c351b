//! Which nodes a Pod may run on: tolerations and affinity.

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::labels::{key, operator, selector};
use super::spread::label_keys;
use crate::notation::{annotation_or_label_key, dns_label, dns_subdomain, label_value};
use crate::yaml::Node;

/// The operators by which nodes are chosen.
const NODE_OPERATORS: &[&str] = &["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"];

const EFFECTS: &[&str] = &["NoSchedule", "PreferNoSchedule", "NoExecute"];

/// Judges `tolerations`.
pub(super) fn tolerations<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    for toleration in spec.list("tolerations") {
        faults.judge_given(toleration, "key", annotation_or_label_key);
        let operator = toleration.text("operator");
        if toleration.text("key").is_empty() && operator != "Exists" {
            faults.at(toleration, "operator", "must be `Exists` where no `key` is named");
        }
        if toleration.has("tolerationSeconds") && toleration.text("effect") != "NoExecute" {
            faults.at(toleration, "effect", "must be `NoExecute` where `tolerationSeconds` is set");
        }
        match operator {
            "" | "Equal" => faults.judge_given(toleration, "value", label_value),
            "Exists" if !toleration.text("value").is_empty() => {
                faults.at(toleration, "value", "must be absent where `operator` is `Exists`");
            }
            "Exists" => {}
            other => faults.at(toleration, "operator", format!("must be `Exists` or `Equal`, and is `{other}`")),
        }
        faults.one_of(toleration, "effect", EFFECTS);
    }
}

/// Judges `affinity`.
pub(super) fn affinity<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    let (required, preferred) =
        ("requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution");
    let affinity = spec.at("affinity");
    let nodes = affinity.at("nodeAffinity");
    if nodes.has(required) {
        let terms = nodes.at(required).list("nodeSelectorTerms");
        if terms.is_empty() {
            faults.lacks(nodes.at(required), "nodeSelectorTerms");
        }
        for term in terms {
            node_term(term, true, faults);
        }
    }
    for weighted in nodes.list(preferred) {
        weight(weighted, faults);
        node_term(weighted.at("preference"), false, faults);
    }
    for kind in ["podAffinity", "podAntiAffinity"] {
        for term in affinity.at(kind).list(required) {
            pod_term(term, faults);
        }
        for weighted in affinity.at(kind).list(preferred) {
            weight(weighted, faults);
            if weighted.has("podAffinityTerm") {
                pod_term(weighted.at("podAffinityTerm"), faults);
            } else {
                faults.lacks(weighted, "podAffinityTerm");
            }
        }
    }
}

fn weight<'n>(weighted: &'n Node, faults: &mut Complaints<'n>) {
    if weighted.has("weight") {
        faults.range(weighted, "weight", 1..=100);
    } else {
        faults.lacks(weighted, "weight");
    }
}

fn pod_term<'n>(term: &'n Node, faults: &mut Complaints<'n>) {
    selector(term.at("labelSelector"), faults);
    selector(term.at("namespaceSelector"), faults);
    for namespace in term.list("namespaces") {
        faults.judge(namespace, dns_label);
    }
    key(term, "topologyKey", faults);
    if faults.since(31) {
        label_keys(term, &["matchLabelKeys", "mismatchLabelKeys"], faults);
    }
}

/// Judges a term by which nodes are chosen; values have to be those of labels where they are required.
fn node_term<'n>(term: &'n Node, required: bool, faults: &mut Complaints<'n>) {
    for expression in term.list("matchExpressions") {
        operator(expression, NODE_OPERATORS, faults);
        key(expression, "key", faults);
        if required && faults.since(32) {
            for value in expression.list("values") {
                faults.judge(value, label_value);
            }
        }
    }
    for field in term.list("matchFields") {
        let values = field.list("values");
        if !matches!(field.text("operator"), "In" | "NotIn") {
            faults.at(field, "operator", format!("must be `In` or `NotIn`, and is `{}`", field.text("operator")));
        } else if values.len() != 1 {
            faults.at(field, "values", "must hold one value");
        }
        if field.text("key") == "metadata.name" {
            for value in values {
                faults.judge(value, dns_subdomain);
            }
        } else {
            faults.at(field, "key", format!("must be `metadata.name`, and is `{}`", field.text("key")));
        }
    }
}
