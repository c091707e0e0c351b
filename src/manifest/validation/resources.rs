//! Requests and limits.

use std::collections::BTreeSet;

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use crate::notation::{Quantity, annotation_or_label_key, dns_label};
use crate::yaml::{Entry, Node};

/// The resources of a container that Kubernetes itself has, beside huge pages.
const OF_CONTAINERS: &[&str] = &["cpu", "memory", "ephemeral-storage"];
/// Resources that Kubernetes itself has and that are no container's, beside those that are counted.
const OTHERS: &[&str] = &[
    "requests.cpu",
    "requests.memory",
    "requests.ephemeral-storage",
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
    "storage",
    "requests.storage",
];
/// Resources that are counted, not measured.
const COUNTED: &[&str] = &[
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
];
/// What the names of huge pages begin with.
const HUGE: &str = "hugepages-";

/// Whose resources are judged.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// Those of a container.
    Container,
    /// Those of a whole Pod.
    Pod,
}

/// Judges the resources of a container or a Pod; `claims` are the names of the claims that the Pod makes.
pub(super) fn resources<'n>(node: &'n Node, whose: Whose, claims: &[Node], faults: &mut Complaints<'n>) {
    let resources = node.at("resources");
    for entry in resources.map("limits").iter().chain(resources.map("requests")) {
        resource_name(&entry.node, &entry.key, whose, faults);
        amount(entry, faults);
    }
    for request in resources.map("requests") {
        let name = request.key.as_str();
        let shared = is_native(name) && !name.starts_with(HUGE);
        let limit = resources.at("limits").get(name).and_then(ObjectFields::measure);
        match (request.node.measure(), limit) {
            (Some(request_of), Some(limit)) if request_of > limit || (!shared && request_of != limit) => {
                let must = if shared { "must not be more than" } else { "must be the same as" };
                faults.add(&request.node, format!("{must} the limit of {limit}, and is {request_of}"));
            }
            (Some(_), None) if !shared => {
                faults.add(&request.node, format!("needs a limit of `{name}` beside it, which cannot be shared"));
            }
            _ => {}
        }
    }
    let names = || resources.map("limits").iter().chain(resources.map("requests")).map(|entry| entry.key.as_str());
    pages_by_themselves(resources, &names, faults);
    if whose == Whose::Container && faults.since(34) {
        claim_names(resources, claims, faults);
    }
}

/// Judges what a Pod takes beside its containers.
pub(super) fn overhead<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    let entries = spec.map("overhead");
    for entry in entries {
        resource_name(&entry.node, &entry.key, Whose::Container, faults);
        amount(entry, faults);
    }
    pages_by_themselves(spec.at("overhead"), &|| entries.iter().map(|entry| entry.key.as_str()), faults);
}

/// Huge pages alone are nothing to run on.
fn pages_by_themselves<'n, 'k, I: Iterator<Item = &'k str>>(node: &'n Node, names: &dyn Fn() -> I, faults: &mut Complaints<'n>) {
    if names().any(|name| name.starts_with(HUGE)) && !names().any(|name| matches!(name, "cpu" | "memory")) {
        faults.add(node, "asks for huge pages without `cpu` or `memory`");
    }
}

/// Judges how much of a resource there is.
pub(super) fn amount<'n>(entry: &'n Entry, faults: &mut Complaints<'n>) {
    let (name, node) = (entry.key.as_str(), &entry.node);
    let Some(quantity) = node.measure() else { return };
    if quantity.nanos() < 0 {
        faults.add(node, format!("must not be negative, and is {quantity}"));
    }
    if COUNTED.contains(&name) || is_extended(name) {
        if !quantity.is_whole() {
            faults.add(node, format!("must be a whole number, and is {quantity}"));
        } else if beyond_counting(&quantity) {
            faults.add(node, format!("is {quantity}, which is more than can be counted in thousandths"));
        }
    }
    if let Some(size) = name.strip_prefix(HUGE) {
        let page = size.parse::<Quantity>().ok().filter(|page| page.is_positive() && page.is_whole());
        if page.is_none_or(|page| quantity.whole() % page.whole() != 0) {
            faults.add(node, format!("must be a multiple of {size}, and is {quantity}"));
        }
    }
}

/// Whether a server, which counts in thousandths, loses count of an amount.
pub(super) fn beyond_counting(quantity: &Quantity) -> bool {
    quantity.nanos() / 1_000_000 > i128::from(i64::MAX)
}

fn resource_name<'n>(node: &'n Node, name: &str, whose: Whose, faults: &mut Complaints<'n>) {
    if let Err(fault) = annotation_or_label_key(name) {
        return faults.add(node, format!("has the name `{name}`, which {fault}"));
    }
    let huge = name.starts_with(HUGE);
    let message = match whose {
        Whose::Pod if huge || matches!(name, "cpu" | "memory") => return,
        Whose::Pod => "is not a resource of a whole Pod, which are `cpu`, `memory` and `hugepages-…`".to_owned(),
        Whose::Container if huge || OF_CONTAINERS.contains(&name) => return,
        Whose::Container if !name.contains('/') => {
            format!(
                "is `{name}`, which is no resource of a container: `cpu`, `memory`, `ephemeral-storage`, `hugepages-…` or one with a domain"
            )
        }
        Whose::Container if is_native(name) || is_extended(name) => return,
        Whose::Container => format!("is `{name}`, which is not the name of a resource with a domain"),
    };
    faults.add(node, message);
}

/// Judges the name of a resource that an object of its own speaks of.
pub(super) fn any_resource_name<'n>(entry: &'n Entry, faults: &mut Complaints<'n>) -> bool {
    let name = entry.key.as_str();
    if let Err(fault) = annotation_or_label_key(name) {
        faults.add(&entry.node, format!("has the name `{name}`, which {fault}"));
        return false;
    }
    let known = name.contains('/') || is_standard(name);
    if !known {
        faults.add(&entry.node, format!("is `{name}`, which is neither a resource of Kubernetes nor one with a domain"));
    }
    known
}

/// Whether Kubernetes itself knows the resource, be it of a container or not.
pub(super) fn is_standard(name: &str) -> bool {
    let huge = name.strip_prefix("requests.").unwrap_or(name).starts_with(HUGE);
    huge || [OF_CONTAINERS, OTHERS, COUNTED].iter().any(|names| names.contains(&name))
}

/// Judges the name of a resource of a container that an object of its own speaks of.
pub(super) fn container_resource_name<'n>(node: &'n Node, name: &str, faults: &mut Complaints<'n>) {
    resource_name(node, name, Whose::Container, faults);
}

/// Whether Kubernetes itself has the resource.
pub(super) fn is_native(name: &str) -> bool {
    !name.contains('/') || name.contains("kubernetes.io/")
}

/// Whether the resource is one that somebody else brings.
fn is_extended(name: &str) -> bool {
    !is_native(name) && !name.starts_with("requests.") && annotation_or_label_key(&format!("requests.{name}")).is_ok()
}

/// Whether more of a resource may be promised than there is.
pub(super) fn is_shared(name: &str) -> bool {
    is_native(name) && !name.starts_with(HUGE)
}

fn claim_names<'n>(resources: &'n Node, claims: &[Node], faults: &mut Complaints<'n>) {
    let mut seen = BTreeSet::new();
    for claim in resources.list("claims") {
        if !faults.needs(claim, "name") {
            continue;
        }
        let (name, request) = (claim.text("name"), claim.text("request"));
        faults.judge_given(claim, "request", dns_label);
        let whole = seen.contains(&(name, ""));
        let taken = whole || (request.is_empty() && seen.iter().any(|(other, _)| *other == name));
        if taken || !seen.insert((name, request)) {
            faults.at(claim, "name", format!("is `{name}`, which stands twice"));
        }
        if !claims.iter().any(|claim| claim.text("name") == name) {
            faults.at(claim, "name", format!("is `{name}`, which is none of the Pod's `resourceClaims`"));
        }
    }
}
