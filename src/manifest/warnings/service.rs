//! Services.

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::addresses::{address, network};
use crate::yaml::Node;

const HINTS: &str = "service.kubernetes.io/topology-aware-hints";

/// Warns of what a `Service` says.
pub(super) fn service<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    if let Some(node) = root.at("metadata").at("annotations").get(HINTS) {
        let why = "which is deprecated; use `service.kubernetes.io/topology-mode`";
        faults.add(node, format!("belongs to `{HINTS}`, {why}"));
    }
    let spec = root.at("spec");
    let kind = spec.text("type");
    let external = spec.list("externalIPs");
    let headless = matches!(kind, "" | "ClusterIP") && spec.text("clusterIP") == "None";
    let several = spec.list("clusterIPs");
    let own = if several.is_empty() { std::slice::from_ref(spec.at("clusterIP")) } else { several };
    let own = own.iter().filter(|node| node.words() != "None");
    for node in own.chain(external).chain([spec.at("loadBalancerIP")]) {
        address(node, faults);
    }
    for range in spec.list("loadBalancerSourceRanges") {
        network(range, faults);
    }
    if headless && faults.since(34) {
        let why = "does nothing in a headless Service";
        if !spec.text("loadBalancerIP").is_empty() {
            faults.at(spec, "loadBalancerIP", why);
        }
        if !matches!(spec.text("sessionAffinity"), "" | "None") {
            faults.at(spec, "sessionAffinity", why);
        }
        if !external.is_empty() {
            faults.at(spec, "externalIPs", why);
        }
    } else if !external.is_empty() && kind != "ExternalName" && faults.since(36) {
        faults.at(spec, "externalIPs", "is deprecated, and some clusters no longer serve it");
    }
    if kind == "ExternalName" && !external.is_empty() {
        faults.at(spec, "externalIPs", "does nothing where `type` is `ExternalName`");
    }
    if kind != "ExternalName" && !spec.text("externalName").is_empty() {
        faults.at(spec, "externalName", "does nothing unless `type` is `ExternalName`");
    }
    if spec.text("trafficDistribution") == "PreferClose" && faults.since(35) {
        faults.at(spec, "trafficDistribution", "is `PreferClose`, which is deprecated; use `PreferSameZone`");
    }
}
