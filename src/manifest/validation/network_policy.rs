//! `NetworkPolicies`.

use super::super::complaints::{Complaints, TextJudge};
use super::super::fields::{ObjectFields, whole};
use super::labels::selector;
use super::metadata::{Lives, metadata};
use super::ports::{PROTOCOLS, number, number_or_name};
use crate::notation::{Network, dns_subdomain, network, network_of_old};
use crate::yaml::{Node, Value};

/// Judges a `NetworkPolicy`.
pub(super) fn network_policy<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    metadata(root, Lives::InNamespace, dns_subdomain, faults);
    let spec = root.at("spec");
    selector(spec.at("podSelector"), faults);
    for (direction, peers) in [("ingress", "from"), ("egress", "to")] {
        for rule in spec.list(direction) {
            for port in rule.list("ports") {
                port_of(port, faults);
            }
            for peer in rule.list(peers) {
                peer_of(peer, faults);
            }
        }
    }
    let types = spec.list("policyTypes");
    if types.len() > 2 {
        return faults.at(spec, "policyTypes", format!("are {}; 2 are allowed", types.len()));
    }
    for kind in types.iter().filter(|kind| !matches!(kind.words(), "Ingress" | "Egress")) {
        faults.add(kind, format!("must be `Ingress` or `Egress`, and is `{}`", kind.words()));
    }
}

fn port_of<'n>(port: &'n Node, faults: &mut Complaints<'n>) {
    faults.given_one_of(port, "protocol", PROTOCOLS);
    if port.has("port") {
        number_or_name(port, "port", faults);
    }
    if !port.has("endPort") {
        return;
    }
    match &port.at("port").value {
        Value::Null => faults.at(port, "endPort", "is only allowed beside `port`"),
        Value::String(_) => faults.at(port, "endPort", "is only allowed beside a `port` that is a number"),
        _ => {
            number(port, "endPort", faults);
            if whole(port.at("endPort")) < whole(port.at("port")) {
                faults.at(port, "endPort", "must not be less than `port`");
            }
        }
    }
}

fn peer_of<'n>(peer: &'n Node, faults: &mut Complaints<'n>) {
    let selectors = ["podSelector", "namespaceSelector"];
    for field in selectors {
        selector(peer.at(field), faults);
    }
    match (selectors.into_iter().any(|field| peer.has(field)), peer.has("ipBlock")) {
        (false, false) => faults.add(peer, "names no peer; `podSelector`, `namespaceSelector` or `ipBlock` is required"),
        (true, true) => faults.at(peer, "ipBlock", "is not allowed beside `podSelector` or `namespaceSelector`"),
        _ => {}
    }
    if peer.has("ipBlock") {
        block(peer.at("ipBlock"), faults);
    }
}

fn block<'n>(block: &'n Node, faults: &mut Complaints<'n>) {
    let judge: TextJudge =
        if faults.since(36) { |text| network(text).map(|_| ()) } else { |text| network_of_old(text).map(|_| ()) };
    if !faults.needs_judged(block, "cidr", judge) {
        return;
    }
    let read = |node: &Node| network_of_old(node.words()).ok();
    let Some(whole) = read(block.at("cidr")) else { return };
    for except in block.list("except") {
        let inside = |except: Network| whole.holds(&except) && whole.length < except.length;
        if faults.judge(except, judge) && !read(except).is_some_and(inside) {
            faults.add(except, format!("must lie inside of {} and be smaller, and is {}", block.text("cidr"), except.words()));
        }
    }
}
