//! `LimitRanges` and `ResourceQuotas`.

use std::collections::BTreeSet;

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::labels::{OPERATORS, operator};
use super::metadata::{Lives, metadata};
use super::resources::{amount, any_resource_name, container_resource_name, is_shared, is_standard};
use crate::notation::{Quantity, annotation_or_label_key, dns_subdomain};
use crate::yaml::Node;

/// The amounts of a limit: where the first stands, it must not be more than the second.
const ORDER: &[(&str, &str)] = &[
    ("min", "max"),
    ("min", "defaultRequest"),
    ("min", "default"),
    ("defaultRequest", "default"),
    ("defaultRequest", "max"),
    ("default", "max"),
];

/// Judges a `LimitRange`.
pub(super) fn limit_range<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    metadata(root, Lives::InNamespace, dns_subdomain, faults);
    let mut seen = BTreeSet::new();
    for limit in root.at("spec").list("limits") {
        let kind = limit.text("type");
        if faults.needs_judged(limit, "type", annotation_or_label_key) {
            if !kind.contains('/') && !matches!(kind, "Pod" | "Container" | "PersistentVolumeClaim") {
                faults.at(limit, "type", format!("must be `Container`, `Pod` or `PersistentVolumeClaim`, and is `{kind}`"));
            }
            faults.twice(&mut seen, limit, "type");
        }
        for field in ["default", "defaultRequest"] {
            if kind == "Pod" && !limit.map(field).is_empty() {
                faults.forbid(limit, &[field], "where `type` is `Pod`");
            }
        }
        limit_of(limit, faults);
        let storage = |field: &str| limit.at(field).get("storage").is_some();
        if kind == "PersistentVolumeClaim" && !storage("min") && !storage("max") {
            faults.add(limit, "bounds no storage; `min` or `max` of `storage` is required");
        }
    }
}

fn limit_of<'n>(limit: &'n Node, faults: &mut Complaints<'n>) {
    let of_containers = matches!(limit.text("type"), "Pod" | "Container");
    let fields = ["min", "max", "default", "defaultRequest", "maxLimitRequestRatio"];
    for entry in fields.iter().flat_map(|field| limit.map(field)) {
        if of_containers {
            container_resource_name(&entry.node, &entry.key, faults);
        } else {
            any_resource_name(entry, faults);
        }
    }
    let amount = |field: &str, name: &str| limit.at(field).get(name).and_then(ObjectFields::measure);
    for (low, high) in ORDER {
        for entry in limit.map(low) {
            let (Some(least), Some(most)) = (entry.node.measure(), amount(high, &entry.key)) else { continue };
            if least > most {
                faults.add(&entry.node, format!("must not be more than `{high}`, which is {most}, and is {least}"));
            }
        }
    }
    for entry in limit.map("maxLimitRequestRatio") {
        let Some(ratio) = entry.node.measure() else { continue };
        if ratio.nanos() < 1_000_000_000 {
            faults.add(&entry.node, format!("must be 1 or more, and is {ratio}"));
        }
        let (Some(min), Some(max)) = (amount("min", &entry.key), amount("max", &entry.key)) else { continue };
        // As a server works it out: nothing is more than something by nothing.
        #[expect(clippy::cast_precision_loss, reason = "so does a server")]
        let share = max.nanos() as f64 / min.nanos() as f64;
        #[expect(clippy::cast_precision_loss, reason = "so does a server")]
        if ratio.nanos() as f64 / 1e9 > share {
            faults.add(&entry.node, format!("must not be more than `max` by `min`, {max} by {min}, and is {ratio}"));
        }
    }
    for entry in limit.map("defaultRequest").iter().filter(|entry| !is_shared(&entry.key)) {
        let default: Option<Quantity> = amount("default", &entry.key);
        if default.is_some() && default != entry.node.measure() {
            faults.add(&entry.node, "must be the same as `default`: this resource cannot be shared");
        }
    }
}

const SCOPES: &[&str] = &[
    "Terminating",
    "NotTerminating",
    "BestEffort",
    "NotBestEffort",
    "PriorityClass",
    "CrossNamespacePodAffinity",
    "VolumeAttributesClass",
];

/// Judges a `ResourceQuota`.
pub(super) fn quota<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    metadata(root, Lives::InNamespace, dns_subdomain, faults);
    let spec = root.at("spec");
    for entry in spec.map("hard") {
        if any_resource_name(entry, faults) {
            if entry.key == "storage" {
                faults.add(&entry.node, "is `storage`, which is no resource of a quota; `requests.storage` is");
            }
            // Pages of memory need not be whole here.
            if !entry.key.contains("hugepages-") {
                amount(entry, faults);
            }
        }
    }
    let mut scopes = BTreeSet::new();
    for scope in spec.list("scopes") {
        scope_of(scope, scope.words(), spec, faults);
        scopes.insert(scope.words());
    }
    contradiction(&scopes, spec, "scopes", faults);
    scopes.clear();
    for expression in spec.at("scopeSelector").list("matchExpressions") {
        let scope = expression.text("scopeName");
        scopes.insert(scope);
        if faults.needs(expression, "scopeName") {
            scope_of(expression.at("scopeName"), scope, spec, faults);
        }
        let said = expression.text("operator");
        if SCOPES.contains(&scope) && !matches!(scope, "PriorityClass" | "VolumeAttributesClass") && said != "Exists" {
            faults.at(expression, "operator", format!("must be `Exists` for the scope `{scope}`, and is `{said}`"));
        } else {
            operator(expression, OPERATORS, faults);
        }
    }
    contradiction(&scopes, spec, "scopeSelector", faults);
}

fn contradiction<'n>(scopes: &BTreeSet<&str>, spec: &'n Node, field: &'static str, faults: &mut Complaints<'n>) {
    for (one, other) in [("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating")] {
        if scopes.contains(one) && scopes.contains(other) {
            faults.at(spec, field, format!("hold `{one}` and `{other}`, which exclude each other"));
        }
    }
}

fn scope_of<'n>(node: &'n Node, scope: &str, spec: &'n Node, faults: &mut Complaints<'n>) {
    let known = SCOPES.contains(&scope) && (scope != "VolumeAttributesClass" || faults.since(34));
    if !known {
        return faults.add(node, format!("is `{scope}`, which is no scope of a quota"));
    }
    let compute = ["cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"];
    let fits = |name: &str| match scope {
        "BestEffort" => name == "pods",
        "VolumeAttributesClass" => matches!(name, "persistentvolumeclaims" | "requests.storage"),
        _ => name == "pods" || compute.contains(&name),
    };
    let wrong = spec.map("hard").iter().find(|entry| is_standard(&entry.key) && !fits(&entry.key));
    if let Some(entry) = wrong {
        faults.add(node, format!("is `{scope}`, which does not go with `{}`", entry.key));
    }
}
