//! Services.

use std::collections::BTreeSet;

use super::super::complaints::Complaints;
use super::super::fields::{ObjectFields, whole};
use super::labels::labels;
use super::metadata::{Lives, metadata};
use super::network::address;
use super::ports::{PROTOCOLS, number, number_or_name};
use super::service_addresses::{addresses, is_headless, kind_of, sources};
use crate::notation::{annotation_or_label_key, dns_label, dns_subdomain, service_name, special_address};
use crate::yaml::{Node, Value};

/// How long a client may be sent to the same Pod, in seconds.
const MOST_AFFINITY: i64 = 86400;
/// The port of the kubelet.
const KUBELET: i64 = 10250;

/// Judges a `Service`.
pub(super) fn service<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    metadata(root, Lives::InNamespace, if faults.since(36) { dns_label } else { service_name }, faults);
    topology(root, faults);
    let spec = root.at("spec");
    let kind = kind_of(spec);
    faults.one_of(spec, "type", &["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]);
    if spec.list("ports").is_empty() && !is_headless(spec) && kind != "ExternalName" {
        faults.lacks(root, "spec.ports");
    }
    if kind == "ExternalName" {
        let name = spec.text("externalName");
        if name.trim_end_matches('.').is_empty() {
            faults.lacks(root, "spec.externalName");
        } else {
            faults.judge_text(spec.at("externalName"), name.strip_suffix('.').unwrap_or(name), dns_subdomain);
        }
    }
    ports(spec, faults);
    labels(spec, "selector", faults);
    affinity(spec, faults);
    addresses(spec, faults);
    for external in spec.list("externalIPs") {
        if address(external, faults) {
            faults.judge(external, special_address);
        }
    }
    sources(root, faults);
    traffic(spec, faults);
}

fn topology<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    let annotations = root.at("metadata").at("annotations");
    let (hints, mode) = ("service.kubernetes.io/topology-aware-hints", "service.kubernetes.io/topology-mode");
    if let (Some(hints), Some(mode)) = (annotations.get(hints), annotations.get(mode))
        && hints.words() != mode.words()
    {
        faults.add(mode, format!("must be the same as the annotation for hints, which is `{}`", hints.words()));
    }
}

fn ports<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    let ports = spec.list("ports");
    let (mut names, mut numbers, mut on_nodes) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for port in ports {
        if port.text("name").is_empty() {
            if ports.len() > 1 {
                faults.at(port, "name", "is required where a Service has several ports");
            }
        } else if faults.judge(port.at("name"), dns_label) {
            faults.twice(&mut names, port, "name");
        }
        let own = port.int("port").unwrap_or_default();
        if port.has("port") {
            number(port, "port", faults);
        } else {
            faults.lacks(port, "port");
        }
        faults.one_of(port, "protocol", PROTOCOLS);
        let protocol = if port.text("protocol").is_empty() { "TCP" } else { port.text("protocol") };
        if !numbers.insert((protocol, own)) && port.has("port") {
            faults.at(port, "port", format!("is {own}/{protocol}, which stands twice"));
        }
        let target = port.at("targetPort");
        // What names no target, or the port 0, goes to the port itself.
        match &target.value {
            Value::Null => {}
            Value::String(text) if text.is_empty() => {}
            _ if whole(target) == Some(0) => {}
            _ => number_or_name(port, "targetPort", faults),
        }
        if port.has("appProtocol") {
            faults.judge(port.at("appProtocol"), annotation_or_label_key);
        }
        let on_node = port.int("nodePort").filter(|number| *number != 0);
        if let Some(on_node) = on_node {
            if kind_of(spec) == "ClusterIP" {
                faults.at(port, "nodePort", "is not allowed where `type` is `ClusterIP`");
            }
            if !on_nodes.insert((protocol, on_node)) {
                faults.at(port, "nodePort", format!("is {on_node}/{protocol}, which stands twice"));
            }
        }
        if own == KUBELET && kind_of(spec) == "LoadBalancer" && !faults.since(33) {
            faults.at(port, "port", format!("must not be {KUBELET}, which the kubelet listens on"));
        }
    }
}

fn affinity<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    faults.one_of(spec, "sessionAffinity", &["ClientIP", "None"]);
    if spec.text("sessionAffinity") == "ClientIP" {
        faults.range(spec.at("sessionAffinityConfig").at("clientIP"), "timeoutSeconds", 1..=MOST_AFFINITY);
    }
}

fn traffic<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    let kind = kind_of(spec);
    let policy = "externalTrafficPolicy";
    let from_outside =
        matches!(kind, "LoadBalancer" | "NodePort") || (kind == "ClusterIP" && !spec.list("externalIPs").is_empty());
    if from_outside {
        faults.one_of(spec, policy, &["Cluster", "Local"]);
    } else if !spec.text(policy).is_empty() {
        faults.at(spec, policy, "is only allowed for a Service that is reached from outside the cluster");
    }
    if kind == "LoadBalancer" && spec.text(policy) == "Local" {
        if spec.int("healthCheckNodePort").is_some_and(|port| port != 0) {
            number(spec, "healthCheckNodePort", faults);
        }
    } else if spec.int("healthCheckNodePort").is_some_and(|port| port != 0) {
        let why = "is only allowed where `type` is `LoadBalancer` and `externalTrafficPolicy` is `Local`";
        faults.at(spec, "healthCheckNodePort", why);
    }
    faults.given_one_of(spec, "internalTrafficPolicy", &["Cluster", "Local"]);
    if faults.since(31) {
        let known: &[&str] =
            if faults.since(34) { &["PreferClose", "PreferSameZone", "PreferSameNode"] } else { &["PreferClose"] };
        faults.given_one_of(spec, "trafficDistribution", known);
    }
    if kind == "LoadBalancer" {
        if spec.has("loadBalancerClass") {
            faults.judge(spec.at("loadBalancerClass"), annotation_or_label_key);
        }
    } else {
        let fields = ["loadBalancerClass", "allocateLoadBalancerNodePorts"];
        faults.forbid(spec, &fields, "unless `type` is `LoadBalancer`");
    }
}
