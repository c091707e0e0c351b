//! `ReplicaSets`, and what Deployments have of them.

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::metadata::{Lives, metadata};
use super::pod_template::{lasting_template, selected};
use crate::notation::dns_subdomain;
use crate::yaml::Node;

/// The kind, its API and its judge.
pub(super) const KINDS: super::Kinds = &[("apps/v1", "ReplicaSet", replica_set)];

/// Judges a `ReplicaSet`.
pub(super) fn replica_set<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    metadata(root, Lives::InNamespace, dns_subdomain, faults);
    let spec = root.at("spec");
    faults.not_negative(spec, &["replicas", "minReadySeconds"]);
    selected(root, faults);
    if root.has("spec") {
        lasting_template(spec, faults);
    } else {
        faults.lacks(root, "spec.template.spec.containers");
    }
}
