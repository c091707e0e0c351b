//! The addresses of a Service inside the cluster, and who may reach it from outside.

use std::collections::BTreeSet;

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::network::address;
use crate::notation::{ip_address_of_old, network, network_of_old};
use crate::yaml::Node;

/// The type of a Service; what says none is reached in the cluster.
pub(super) fn kind_of(spec: &Node) -> &str {
    match spec.text("type") {
        "" => "ClusterIP",
        kind => kind,
    }
}

/// The addresses that a Service asks for.
fn asked(spec: &Node) -> Vec<&Node> {
    let several = spec.list("clusterIPs");
    if several.is_empty() && !spec.text("clusterIP").is_empty() { vec![spec.at("clusterIP")] } else { several.iter().collect() }
}

/// Whether a Service has no address of its own.
pub(super) fn is_headless(spec: &Node) -> bool {
    matches!(asked(spec)[..], [only] if only.words() == "None")
}

/// Judges addresses and their families.
pub(super) fn addresses<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    let kind = kind_of(spec);
    let asked = asked(spec);
    if kind == "ExternalName" {
        for node in asked {
            faults.add(node, "is not allowed where `type` is `ExternalName`");
        }
        let why = "where `type` is `ExternalName`";
        if !spec.list("ipFamilies").is_empty() {
            faults.forbid(spec, &["ipFamilies"], why);
        }
        return faults.forbid(spec, &["ipFamilyPolicy"], why);
    }
    if is_headless(spec) && matches!(kind, "LoadBalancer" | "NodePort") {
        faults.add(asked[0], format!("must not be `None` where `type` is `{kind}`"));
    }
    let (one, several) = (spec.text("clusterIP"), spec.list("clusterIPs"));
    match several.first().map(ObjectFields::words) {
        Some(_) if one.is_empty() => faults.at(spec, "clusterIPs", "must be absent where `clusterIP` is"),
        Some(first) if first != one => {
            faults.at(spec, "clusterIPs", format!("must begin with the `clusterIP`, `{one}`, and begins with `{first}`"));
        }
        _ => {}
    }
    families(spec, asked.len(), faults);
    let mut right = true;
    for (index, node) in asked.iter().enumerate() {
        if node.words() != "None" || index > 0 {
            right &= address(node, faults);
        } else if asked.len() > 1 {
            right = false;
            faults.add(node, "must be the only address where it is `None`");
        }
    }
    if asked.len() > 2 {
        faults.at(spec, "clusterIPs", format!("are {}; 2 are allowed", asked.len()));
    }
    let version = |node: &&Node| ip_address_of_old(node.words()).map(|address| address.is_ipv6());
    let versions: Vec<bool> = asked.iter().filter_map(|node| version(node).ok()).collect();
    if right && asked.len() > 1 && versions.iter().collect::<BTreeSet<_>>().len() != versions.len() {
        faults.at(spec, "clusterIPs", "must be of different families");
    }
    if !right || is_headless(spec) {
        return;
    }
    for (node, family) in asked.iter().zip(spec.list("ipFamilies")) {
        if version(node) != Ok(family.words() == "IPv6") {
            faults.add(node, format!("must be an address of {}, as `ipFamilies` says", family.words()));
        }
    }
}

fn families<'n>(spec: &'n Node, addresses: usize, faults: &mut Complaints<'n>) {
    let families = spec.list("ipFamilies");
    let mut seen = BTreeSet::new();
    for family in families {
        match family.words() {
            text @ ("IPv4" | "IPv6") if !seen.insert(text) => faults.add(family, format!("is `{text}`, which stands twice")),
            "IPv4" | "IPv6" => {}
            other => faults.add(family, format!("must be `IPv4` or `IPv6`, and is `{other}`")),
        }
    }
    let right = faults.given_one_of(spec, "ipFamilyPolicy", &["SingleStack", "PreferDualStack", "RequireDualStack"]);
    let dual = matches!(spec.text("ipFamilyPolicy"), "PreferDualStack" | "RequireDualStack");
    if right && !dual && (families.len() > 1 || addresses > 1) {
        faults.at(spec, "ipFamilyPolicy", "must be `PreferDualStack` or `RequireDualStack` for two addresses or families");
    }
}

/// Judges the networks that a balancer lets in.
pub(super) fn sources<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    let spec = root.at("spec");
    let judge = |text: &str| network(text).map(|_| ());
    let judge_of_old = |text: &str| network_of_old(text).map(|_| ());
    let judge: fn(&str) -> Result<(), String> = if faults.since(36) { judge } else { judge_of_old };
    let why = "is only allowed where `type` is `LoadBalancer`";
    let ranges = spec.list("loadBalancerSourceRanges");
    let annotation = root.at("metadata").at("annotations").get("service.beta.kubernetes.io/load-balancer-source-ranges");
    if !ranges.is_empty() {
        if kind_of(spec) != "LoadBalancer" {
            faults.at(spec, "loadBalancerSourceRanges", why);
        }
        for range in ranges {
            faults.judge_text(range, range.words().trim(), judge);
        }
    } else if let Some(annotation) = annotation {
        if kind_of(spec) != "LoadBalancer" {
            faults.add(annotation, why);
        }
        for range in annotation.words().split(',').map(str::trim).filter(|_| !annotation.words().trim().is_empty()) {
            faults.judge_text(annotation, range, judge);
        }
    }
}
