//! `StatefulSets`.

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::claims::claim_spec;
use super::metadata::{Lives, metadata};
use super::pod_template::{lasts, selected, template_metadata, template_spec};
use super::rollout::{PodAmount, amount};
use crate::notation::dns_label;
use crate::yaml::Node;

/// The kind, its API and its judge.
pub(super) const KINDS: super::Kinds = &[("apps/v1", "StatefulSet", stateful_set)];

/// Judges a `StatefulSet`.
pub(super) fn stateful_set<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    metadata(root, Lives::InNamespace, dns_label, faults);
    let spec = root.at("spec");
    faults.one_of(spec, "podManagementPolicy", &["OrderedReady", "Parallel"]);
    strategy(spec, faults);
    for field in ["whenDeleted", "whenScaled"] {
        faults.one_of(spec.at("persistentVolumeClaimRetentionPolicy"), field, &["Retain", "Delete"]);
    }
    faults.not_negative(spec, &["replicas", "minReadySeconds"]);
    faults.not_negative(spec.at("ordinals"), &["start"]);
    if faults.since(33) {
        faults.judge_given(spec, "serviceName", dns_label);
    }
    selected(root, faults);
    template_metadata(spec, faults);
    // Before, a set that could make no Pods was taken.
    if faults.since(34) {
        let claims = spec.list("volumeClaimTemplates");
        for claim in claims {
            claim_spec(claim, true, faults);
            if claim.at("metadata").text("name").is_empty() {
                faults.lacks(claim, "metadata.name");
            } else {
                faults.judge(claim.at("metadata").at("name"), dns_label);
            }
        }
        let claimed: Vec<&str> = claims.iter().map(|claim| claim.at("metadata").text("name")).collect();
        if root.has("spec") {
            template_spec(spec, &claimed, faults);
        } else {
            faults.lacks(root, "spec.template.spec.containers");
        }
    }
    lasts(spec, faults);
}

fn strategy<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    let strategy = spec.at("updateStrategy");
    if !faults.one_of(strategy, "type", &["RollingUpdate", "OnDelete"]) {
        return;
    }
    if strategy.text("type") == "OnDelete" {
        return faults.forbid(strategy, &["rollingUpdate"], "where `type` is `OnDelete`");
    }
    let rolling = strategy.at("rollingUpdate");
    faults.not_negative(rolling, &["partition"]);
    if faults.since(37) && amount(rolling, "maxUnavailable", Some(100), faults).is_some_and(PodAmount::is_zero) {
        faults.at(rolling, "maxUnavailable", "must not be 0: no Pod could be replaced");
    }
}
