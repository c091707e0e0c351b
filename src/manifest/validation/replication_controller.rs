//! `ReplicationControllers`.

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::metadata::{Lives, metadata};
use super::pod_template::lasting_template;
use crate::notation::dns_subdomain;
use crate::yaml::Node;

/// The kind, its API and its judge.
pub(super) const KINDS: super::Kinds = &[("v1", "ReplicationController", replication_controller)];

/// Judges a `ReplicationController`; where it selects nothing, it selects by the labels of its template.
pub(super) fn replication_controller<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    metadata(root, Lives::InNamespace, dns_subdomain, faults);
    let spec = root.at("spec");
    faults.not_negative(spec, &["replicas", "minReadySeconds"]);
    let own = spec.at("template").at("metadata").at("labels");
    if spec.map("selector").is_empty() && own.entries().is_empty() {
        faults.lacks(root, "spec.selector");
    }
    let fits = |entry: &crate::yaml::Entry| own.get(&entry.key).is_some_and(|label| label.words() == entry.node.words());
    if spec.has("template") {
        if !spec.map("selector").iter().all(fits) {
            faults.at(root, "spec.template.metadata.labels", "must be selected by `spec.selector`, and are not");
        }
        lasting_template(spec, faults);
    } else {
        faults.lacks(root, "spec.template");
    }
}
