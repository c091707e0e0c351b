//! The `spec` of a Pod and of a template of Pods.

use std::collections::BTreeSet;

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::containers::containers;
use super::labels::labels;
use super::pod_resources::pod_resources;
use super::resources::overhead;
use super::scheduling::{affinity, tolerations};
use super::spread::spread;
use super::volumes::volumes;
use super::{network, security, windows};
use crate::notation::{annotation_or_label_key, dns_label, dns_subdomain};
use crate::yaml::Node;

/// Judges the `spec` of a Pod; `claimed` are the names of volumes that a `StatefulSet` claims for it.
pub(super) fn pod_spec<'n>(spec: &'n Node, claimed: &[&'n str], faults: &mut Complaints<'n>) {
    let volumes = volumes(spec, claimed, faults);
    containers(spec, &volumes, faults);
    faults.one_of(spec, "restartPolicy", &["Always", "OnFailure", "Never"]);
    network::names(spec, faults);
    labels(spec, "nodeSelector", faults);
    security::of_pod(spec, faults);
    affinity(spec, faults);
    tolerations(spec, faults);
    spread(spec, faults);
    windows::operating_system(spec, faults);
    // The old name of the field counts where the new one is absent.
    let account = if spec.text("serviceAccountName").is_empty() { "serviceAccount" } else { "serviceAccountName" };
    for field in [account, "nodeName", "priorityClassName"] {
        faults.judge_given(spec, field, dns_subdomain);
    }
    if spec.has("runtimeClassName") {
        faults.judge(spec.at("runtimeClassName"), dns_subdomain);
    }
    faults.range(spec, "activeDeadlineSeconds", 1..=i64::from(i32::MAX));
    faults.given_one_of(spec, "preemptionPolicy", &["PreemptLowerPriority", "Never"]);
    overhead(spec, faults);
    gates(spec, faults);
    if faults.since(34) {
        claims(spec, faults);
        pod_resources(spec, faults);
    }
}

fn gates<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    for gate in spec.list("readinessGates") {
        faults.needs_judged(gate, "conditionType", annotation_or_label_key);
    }
    let mut seen = BTreeSet::new();
    for gate in spec.list("schedulingGates") {
        faults.needs_judged(gate, "name", annotation_or_label_key);
        faults.twice(&mut seen, gate, "name");
    }
}

fn claims<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    let mut seen = BTreeSet::new();
    for claim in spec.list("resourceClaims") {
        if faults.needs_judged(claim, "name", dns_label) {
            faults.twice(&mut seen, claim, "name");
        }
        let sources = ["resourceClaimName", "resourceClaimTemplateName"];
        match sources.map(|field| claim.has(field)) {
            [false, false] => faults.add(claim, "names no claim; `resourceClaimName` or `resourceClaimTemplateName` is required"),
            [true, true] => faults.add(claim, "has both `resourceClaimName` and `resourceClaimTemplateName`; one is allowed"),
            _ => {}
        }
        for field in sources {
            if claim.has(field) {
                faults.judge(claim.at(field), dns_subdomain);
            }
        }
    }
}
