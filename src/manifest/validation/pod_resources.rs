//! Resources of a whole Pod beside those of its containers.

use std::collections::BTreeMap;

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::resources::{Whose, resources};
use crate::yaml::Node;

/// Judges the resources of a whole Pod.
pub(super) fn pod_resources<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    if !spec.has("resources") {
        return;
    }
    if spec.at("os").text("name") == "windows" {
        return faults.at(spec, "resources", "is not allowed in a Pod of Windows");
    }
    let whole = spec.at("resources");
    faults.forbid(whole, &["claims"], "for a whole Pod");
    resources(spec, Whose::Pod, &[], faults);
    for (field, all) in [("requests", true), ("limits", false)] {
        let together = together(spec, field);
        for entry in whole.map(field).iter().filter(|entry| all || entry.key.starts_with("hugepages-")) {
            let (Some(sum), Some(own)) = (together.get(entry.key.as_str()), entry.node.measure()) else { continue };
            if *sum > own.nanos() {
                faults.add(&entry.node, format!("must not be less than what the containers' {field} are together, and is {own}"));
            }
        }
    }
    for container in spec.list("containers") {
        for entry in container.at("resources").map("limits") {
            let (Some(own), Some(most)) =
                (entry.node.measure(), whole.at("limits").get(&entry.key).and_then(ObjectFields::measure))
            else {
                continue;
            };
            if own > most {
                faults.add(&entry.node, format!("must not be more than the whole Pod's limit of {most}, and is {own}"));
            }
        }
    }
}

/// What containers ask for together at the worst time, in billionths: all that run, beside each init container
/// that ends, the ones that keep running since before it.
fn together<'n>(spec: &'n Node, field: &str) -> BTreeMap<&'n str, i128> {
    let mut running: BTreeMap<&str, i128> = BTreeMap::new();
    let mut most: BTreeMap<&str, i128> = BTreeMap::new();
    let amounts = |container: &'n Node| {
        let resources = container.at("resources");
        let own = resources.map(field).iter();
        // A container that has a limit alone asks for as much.
        let limits = resources.map("limits").iter().filter(move |entry| !resources.at(field).has(&entry.key));
        own.chain(limits).filter_map(|entry| Some((entry.key.as_str(), entry.node.measure()?.nanos())))
    };
    for container in spec.list("initContainers") {
        let stays = container.text("restartPolicy") == "Always";
        for (name, amount) in amounts(container) {
            let beside = running.get(name).copied().unwrap_or_default() + amount;
            let peak = most.entry(name).or_default();
            *peak = (*peak).max(beside);
            if stays {
                running.insert(name, beside);
            }
        }
    }
    for (name, amount) in spec.list("containers").iter().flat_map(amounts) {
        *running.entry(name).or_default() += amount;
    }
    for (name, amount) in running {
        let peak = most.entry(name).or_default();
        *peak = (*peak).max(amount);
    }
    most
}
