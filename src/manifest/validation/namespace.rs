//! Namespaces, with the levels of Pod Security that they ask for.

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::metadata::{Lives, finalizer_names, metadata};
use crate::notation::dns_label;
use crate::yaml::Node;

/// Judges a `Namespace`.
pub(super) fn namespace<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    metadata(root, Lives::InCluster, dns_label, faults);
    finalizer_names(root.at("spec").list("finalizers"), faults);
    for entry in root.at("metadata").map("labels") {
        let Some(mode) = entry.key.strip_prefix("pod-security.kubernetes.io/") else { continue };
        let value = entry.node.words();
        match mode {
            "enforce" | "audit" | "warn" if !matches!(value, "privileged" | "baseline" | "restricted") => {
                faults.add(&entry.node, format!("must be `privileged`, `baseline` or `restricted`, and is `{value}`"));
            }
            "enforce-version" | "audit-version" | "warn-version" if !is_version(value) => {
                faults.add(&entry.node, format!("must be `latest` or a version such as `v1.30`, and is `{value}`"));
            }
            _ => {}
        }
    }
}

fn is_version(value: &str) -> bool {
    let minor = |minor: &str| minor.parse::<u16>().is_ok_and(|number| number.to_string() == minor);
    value == "latest" || value.strip_prefix("v1.").is_some_and(minor)
}
