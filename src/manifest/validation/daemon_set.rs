//! `DaemonSets`.

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::metadata::{Lives, metadata};
use super::pod_template::{lasting_template, selected};
use super::rollout::{PodAmount, amount};
use crate::notation::dns_subdomain;
use crate::yaml::Node;

/// The kind, its API and its judge.
pub(super) const KINDS: super::Kinds = &[("apps/v1", "DaemonSet", daemon_set)];

/// Judges a `DaemonSet`.
pub(super) fn daemon_set<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    metadata(root, Lives::InNamespace, dns_subdomain, faults);
    let spec = root.at("spec");
    selected(root, faults);
    if root.has("spec") {
        lasting_template(spec, faults);
    } else {
        faults.lacks(root, "spec.template.spec.containers");
    }
    faults.not_negative(spec, &["minReadySeconds", "revisionHistoryLimit"]);
    let strategy = spec.at("updateStrategy");
    if !faults.one_of(strategy, "type", &["RollingUpdate", "OnDelete"]) || strategy.text("type") == "OnDelete" {
        return;
    }
    let rolling = strategy.at("rollingUpdate");
    // One Pod is replaced at a time, and none is added before, where it is not said.
    let given = |field: &str, or: i64, faults: &mut Complaints<'n>| {
        if rolling.has(field) { amount(rolling, field, Some(100), faults) } else { Some(PodAmount::Number(or)) }
    };
    let unavailable = given("maxUnavailable", 1, faults);
    let surge = given("maxSurge", 0, faults);
    match (unavailable.map(PodAmount::is_zero), surge.map(PodAmount::is_zero)) {
        (Some(true), Some(true)) => {
            faults.at(rolling, "maxUnavailable", "must not be 0 where `maxSurge` is 0: no Pod could be replaced");
        }
        (Some(false), Some(false)) => faults.at(rolling, "maxSurge", "must be 0 unless `maxUnavailable` is 0"),
        _ => {}
    }
}
