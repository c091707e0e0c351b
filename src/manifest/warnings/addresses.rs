//! Addresses and networks that are not written as all read them.

use std::net::IpAddr;

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use crate::notation::{ip_address_of_old, network_of_old};
use crate::yaml::Node;

/// Warns of an address.
pub(super) fn address<'n>(node: &'n Node, faults: &mut Complaints<'n>) {
    let text = node.words();
    let Ok(address) = ip_address_of_old(text) else {
        // Where an address need not be one, it was said of old that it will have to be.
        if !text.is_empty() && !faults.since(33) {
            faults.add(node, format!("is `{text}`, which is not an IP address"));
        }
        return;
    };
    let canonical = match address {
        IpAddr::V6(v6) if faults.since(33) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
        _ => address,
    };
    if canonical.to_string() != text {
        faults.add(node, format!("is `{text}`, which others may read differently; write `{canonical}`"));
    }
}

/// Warns of a network.
pub(super) fn network<'n>(node: &'n Node, faults: &mut Complaints<'n>) {
    let text = node.words();
    let Ok(network) = network_of_old(text) else { return };
    let canonical = format!("{}/{}", network.first(), network.length);
    if canonical != text {
        faults.add(node, format!("is `{text}`, which others may read differently; write `{canonical}`"));
    }
}
