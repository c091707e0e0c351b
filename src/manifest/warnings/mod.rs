//! What an API server takes and warns of.
//!
//! Written after the `warnings.go` files of Kubernetes and the `WarningsOnCreate` functions of its kinds.

mod addresses;
mod amounts;
mod others;
mod pod;
mod pod_ports;
mod pod_volumes;
mod service;

use super::api_fault::{ApiFault, Reaction};
use super::complaints::Complaints;
use super::fields::ObjectFields;
use super::workload::WORKLOADS;
use crate::notation::{KubeVersion, dns_label};
use crate::yaml::Node;

/// The kind whose name no host gets.
const NO_HOST: &str = "DaemonSet";

/// What an API server of a version would warn of in an object that it takes.
#[must_use]
pub(super) fn faults(root: &Node, version: KubeVersion) -> Vec<ApiFault> {
    let mut faults = Complaints::new(version, Reaction::Warned);
    let (api, kind) = (root.text("apiVersion"), root.text("kind"));
    let workload = WORKLOADS.iter().find(|workload| workload.kind == kind && workload.api_version() == api);
    if let Some(workload) = workload {
        let name = root.at("metadata").at("name");
        if workload.runs() && kind != NO_HOST && !name.words().is_empty() && dns_label(name.words()).is_err() {
            faults.add(name, format!("is `{}`, which is no DNS label; names of Pods and hosts are made of it", name.words()));
        }
        let below = workload.template.split('.').filter(|key| !key.is_empty());
        pod::template(below.fold(root, |node, key| node.at(key)), &mut faults);
    }
    others::of_kind(api, kind, root, &mut faults);
    faults.placed(root)
}
