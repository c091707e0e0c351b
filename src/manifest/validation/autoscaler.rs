//! `HorizontalPodAutoscalers`.

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::metadata::{Lives, metadata};
use super::resources::container_resource_name;
use crate::notation::{dns_label, dns_subdomain, path_segment};
use crate::yaml::Node;

/// The longest that scaling is held back, and the longest period of a policy, in seconds.
const MOST_WINDOW: i64 = 3600;
const MOST_PERIOD: i64 = 1800;

/// The types of metrics and the fields that describe them.
const METRICS: &[(&str, &str)] = &[
    ("Object", "object"),
    ("External", "external"),
    ("Pods", "pods"),
    ("Resource", "resource"),
    ("ContainerResource", "containerResource"),
];

/// Judges a `HorizontalPodAutoscaler`.
pub(super) fn autoscaler<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    bounds(root, faults);
    let spec = root.at("spec");
    for metric in spec.list("metrics") {
        metric_of(metric, faults);
    }
    let from_nothing = spec.list("metrics").iter().any(|metric| matches!(metric.text("type"), "Object" | "External"));
    if spec.int("minReplicas") == Some(0) && faults.since(37) && !from_nothing {
        faults.at(
            spec,
            "metrics",
            "must hold an `Object` or `External` metric where `minReplicas` is 0: nothing else is measured then",
        );
    }
    for direction in ["scaleUp", "scaleDown"] {
        rules(spec.at("behavior").at(direction), faults);
    }
}

/// Judges a `HorizontalPodAutoscaler` of the first version of its API.
pub(super) fn autoscaler_of_old<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    bounds(root, faults);
    let spec = root.at("spec");
    faults.positive(spec, "targetCPUUtilizationPercentage");
    if spec.int("minReplicas") == Some(0) && faults.since(37) {
        faults.at(spec, "minReplicas", "must not be 0 where the CPU is measured");
    }
}

fn bounds<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    metadata(root, Lives::InNamespace, dns_subdomain, faults);
    let spec = root.at("spec");
    let least = i64::from(!faults.since(37));
    let min = spec.int("minReplicas").unwrap_or(1);
    if min < least {
        faults.at(spec, "minReplicas", format!("must be {least} or more, and is {min}"));
    }
    match spec.int("maxReplicas") {
        None => faults.lacks(root, "spec.maxReplicas"),
        Some(max) if max < 1 => faults.at(spec, "maxReplicas", format!("must be 1 or more, and is {max}")),
        Some(max) if max < min => {
            let least = if spec.has("minReplicas") { "" } else { ", which is 1 where it is absent" };
            faults.at(spec, "maxReplicas", format!("must not be less than `minReplicas`{least}: {max} is less than {min}"));
        }
        _ => {}
    }
    if !spec.has("scaleTargetRef") {
        return faults.lacks(root, "spec.scaleTargetRef");
    }
    let target = spec.at("scaleTargetRef");
    reference(target, faults);
    if !faults.since(34) {
        return;
    }
    match target.text("apiVersion") {
        "" => faults.at(target, "apiVersion", "is required and missing; it names the group of what is scaled, such as `apps/v1`"),
        version if version.matches('/').count() != 1 || version.starts_with('/') => {
            faults.at(target, "apiVersion", format!("must be a group and a version, such as `apps/v1`, and is `{version}`"));
        }
        _ => {}
    }
}

fn reference<'n>(target: &'n Node, faults: &mut Complaints<'n>) {
    for field in ["kind", "name"] {
        faults.needs_judged(target, field, path_segment);
    }
}

fn metric_of<'n>(metric: &'n Node, faults: &mut Complaints<'n>) {
    let types: Vec<&str> = METRICS.iter().map(|(name, _)| *name).collect();
    if !faults.needs_one_of(metric, "type", &types) {
        return;
    }
    let wanted = METRICS.iter().find(|(name, _)| *name == metric.text("type")).map_or("", |(_, field)| field);
    if !metric.has(wanted) {
        faults.lacks(metric, wanted);
    }
    for (_, other) in METRICS.iter().filter(|(_, field)| *field != wanted && metric.has(field)) {
        faults.at(metric, other, format!("is not allowed where `type` is `{}`", metric.text("type")));
    }
    if !metric.has(wanted) {
        return;
    }
    let source = metric.at(wanted);
    if let "object" | "external" | "pods" = wanted {
        if source.has("metric") {
            faults.needs_judged(source.at("metric"), "name", path_segment);
        } else {
            faults.lacks(source, "metric.name");
        }
    }
    if wanted == "object" {
        if source.has("describedObject") {
            reference(source.at("describedObject"), faults);
        } else {
            faults.lacks(source, "describedObject");
        }
    }
    if wanted == "resource" {
        faults.needs(source, "name");
    }
    if wanted == "containerResource" {
        if faults.needs(source, "name") {
            container_resource_name(source.at("name"), source.text("name"), faults);
        }
        faults.needs_judged(source, "container", dns_label);
    }
    target(source, wanted, faults);
}

fn target<'n>(source: &'n Node, wanted: &str, faults: &mut Complaints<'n>) {
    let target = source.at("target");
    if !source.has("target") {
        return faults.lacks(source, "target");
    }
    faults.needs_one_of(target, "type", &["Utilization", "Value", "AverageValue"]);
    for field in ["value", "averageValue"] {
        if let Some(amount) = target.at(field).quantity().filter(|amount| !amount.is_positive()) {
            faults.add(target.at(field), format!("must be more than 0, and is {amount}"));
        }
    }
    faults.positive(target, "averageUtilization");
    let (first, second) = match wanted {
        "pods" => ("averageValue", "averageValue"),
        "resource" | "containerResource" => ("averageUtilization", "averageValue"),
        _ => ("value", "averageValue"),
    };
    match (target.has(first), target.has(second)) {
        (false, false) if first == second => faults.lacks(target, first),
        (false, false) => faults.add(target, format!("has no amount; `{first}` or `{second}` is required")),
        (true, true) if first != second && wanted != "object" => {
            faults.at(target, second, format!("is not allowed beside `{first}`"));
        }
        _ => {}
    }
}

fn rules<'n>(rules: &'n Node, faults: &mut Complaints<'n>) {
    faults.range(rules, "stabilizationWindowSeconds", 0..=MOST_WINDOW);
    faults.given_one_of(rules, "selectPolicy", &["Max", "Min", "Disabled"]);
    if rules.has("policies") && rules.list("policies").is_empty() {
        faults.at(rules, "policies", "must hold a policy, or be absent");
    }
    for policy in rules.list("policies") {
        faults.needs_one_of(policy, "type", &["Pods", "Percent"]);
        for field in ["value", "periodSeconds"] {
            if !policy.has(field) {
                faults.lacks(policy, field);
            }
        }
        faults.positive(policy, "value");
        faults.range(policy, "periodSeconds", 1..=MOST_PERIOD);
    }
    if faults.since(35) && rules.at("tolerance").quantity().is_some_and(|tolerance| tolerance.nanos() < 0) {
        faults.at(rules, "tolerance", "must not be negative");
    }
}
