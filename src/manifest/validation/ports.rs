//! Ports: of containers, and by number or name.

use std::collections::BTreeSet;

use super::super::complaints::Complaints;
use super::super::fields::{ObjectFields, whole};
use crate::notation::port_name;
use crate::yaml::{Node, Value};

/// The protocols of transport.
pub(super) const PROTOCOLS: &[&str] = &["TCP", "UDP", "SCTP"];

/// The numbers of ports.
const PORTS: std::ops::RangeInclusive<i64> = 1..=65535;

/// Judges a port that is given by number or by name; one that is not there is the number 0.
pub(super) fn number_or_name<'n>(node: &'n Node, field: &'static str, faults: &mut Complaints<'n>) {
    let port = node.at(field);
    match &port.value {
        Value::Null => faults.lacks(node, field),
        Value::String(_) => {
            faults.judge(port, port_name);
        }
        _ => {
            faults.in_range(port, PORTS);
        }
    }
}

/// Judges a number of a port, where it is there.
pub(super) fn number<'n>(node: &'n Node, field: &str, faults: &mut Complaints<'n>) {
    faults.range(node, field, PORTS);
}

/// Judges the ports of a container.
pub(super) fn container_ports<'n>(container: &'n Node, host_network: bool, faults: &mut Complaints<'n>) {
    let mut names = BTreeSet::new();
    for port in container.list("ports") {
        let name = port.text("name");
        if !name.is_empty() && faults.judge(port.at("name"), port_name) {
            faults.twice(&mut names, port, "name");
        }
        if port.has("containerPort") {
            number(port, "containerPort", faults);
        } else {
            faults.lacks(port, "containerPort");
        }
        let host = port.int("hostPort").unwrap_or_default();
        if host != 0 {
            number(port, "hostPort", faults);
        }
        faults.one_of(port, "protocol", PROTOCOLS);
        if host_network && host != 0 && host != port.int("containerPort").unwrap_or_default() {
            faults.at(port, "hostPort", "must be the same as `containerPort` where `hostNetwork` is true");
        }
    }
}

/// Judges whether containers want one port of the host twice.
pub(super) fn host_ports<'n>(containers: &'n [Node], faults: &mut Complaints<'n>) {
    let mut taken = BTreeSet::new();
    for port in containers.iter().flat_map(|container| container.list("ports")) {
        let Some(number) = whole(port.at("hostPort")).filter(|number| *number != 0) else { continue };
        let protocol = if port.text("protocol").is_empty() { "TCP" } else { port.text("protocol") };
        if !taken.insert((protocol, port.text("hostIP"), number)) {
            faults.add(port.at("hostPort"), format!("is {number}/{protocol}, which stands twice in this Pod"));
        }
    }
}
