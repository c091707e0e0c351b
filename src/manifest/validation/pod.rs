//! Pods by themselves, and templates of them that are objects of their own.

use super::super::complaints::Complaints;
use super::super::fields::{CONTAINERS, ObjectFields};
use super::metadata::{Lives, metadata};
use super::network::host_name;
use super::pod_spec::pod_spec;
use super::pod_template;
use super::profile_annotations::pod_annotations;
use crate::notation::dns_subdomain;
use crate::yaml::Node;

/// The kinds, their API and their judges.
pub(super) const KINDS: super::Kinds = &[("v1", "Pod", pod), ("v1", "PodTemplate", template)];

/// Judges a `Pod`.
pub(super) fn pod<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    metadata(root, Lives::InNamespace, dns_subdomain, faults);
    let spec = root.at("spec");
    if !root.has("spec") {
        return faults.lacks(root, "spec.containers");
    }
    pod_annotations(root.at("metadata"), spec, faults);
    pod_spec(spec, &[], faults);
    host_name(spec, faults);
    for container in CONTAINERS.iter().flat_map(|field| spec.list(field)) {
        let image = container.text("image");
        if image.trim() != image {
            faults.at(container, "image", "must not begin or end with white space");
        }
    }
    if !spec.list("ephemeralContainers").is_empty() {
        faults.at(spec, "ephemeralContainers", "are not allowed in a new Pod; they are added to Pods that run");
    }
    if !spec.text("nodeName").is_empty() && !spec.list("schedulingGates").is_empty() {
        faults.at(spec, "nodeName", "is not allowed beside `schedulingGates`");
    }
    let unnamed = spec.text("serviceAccountName").is_empty() && spec.text("serviceAccount").is_empty();
    for source in spec.list("volumes").iter().flat_map(|volume| volume.at("projected").list("sources")).filter(|_| unnamed) {
        faults.forbid(source, &["serviceAccountToken"], "where `serviceAccountName` is not set");
    }
}

/// Judges a `PodTemplate`.
pub(super) fn template<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    metadata(root, Lives::InNamespace, dns_subdomain, faults);
    pod_template::pod_template(root, faults);
}
