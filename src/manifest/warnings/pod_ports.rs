//! Ports of a Pod that stand twice.

use std::collections::{BTreeMap, BTreeSet};

use super::super::complaints::Complaints;
use super::super::fields::{ObjectFields, all_containers};
use crate::yaml::Node;

/// How many ports of one number are held against each other.
const MOST_ALIKE: usize = 16;

/// Warns of ports that hide each other; on the network of its host a Pod takes the same ones there.
pub(super) fn ports<'n>(spec: &'n Node, on_host: bool, faults: &mut Complaints<'n>) {
    let all = || all_containers(spec).flat_map(|container| container.list("ports"));
    let mut before: BTreeMap<(i64, &str), Vec<&Node>> = BTreeMap::new();
    for port in all() {
        if !port.text("hostIP").is_empty() && port.int("hostPort").unwrap_or_default() == 0 && !on_host {
            faults.at(port, "hostIP", "is set without a `hostPort`");
        }
        let protocol = if port.text("protocol").is_empty() { "TCP" } else { port.text("protocol") };
        let number = port.int("containerPort").unwrap_or_default();
        let others = before.entry((number, protocol)).or_default();
        if let Some(clash) = others.iter().find_map(|other| clash(port, other)) {
            faults.at(port, "containerPort", format!("is {number}/{protocol}, which stands twice{clash}"));
        }
        if others.len() < MOST_ALIKE {
            others.push(port);
        }
    }
    if faults.since(33) {
        let mut names = BTreeSet::new();
        for port in all() {
            faults.twice(&mut names, port, "name");
        }
    }
}

fn clash(port: &Node, other: &Node) -> Option<&'static str> {
    let host = |port: &Node| port.int("hostPort").unwrap_or_default();
    let (ip, other_ip) = (port.text("hostIP"), other.text("hostIP"));
    if ip == other_ip && host(port) == host(other) {
        Some("")
    } else if host(port) == 0 || host(other) == 0 {
        Some(", with and without a port of the host")
    } else if host(port) == host(other) && ip.is_empty() != other_ip.is_empty() {
        Some(", with and without an address of the host")
    } else {
        None
    }
}
