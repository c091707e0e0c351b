//! Annotations of Pods that say what fields say now.

use super::super::complaints::Complaints;
use super::super::fields::{ObjectFields, all_containers};

use crate::yaml::Node;

const SECCOMP_OF_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP_OF_CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";
const APPARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";
const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";

/// Judges annotations of a Pod that mean something to Kubernetes.
pub(super) fn pod_annotations<'n>(metadata: &'n Node, spec: &'n Node, faults: &mut Complaints<'n>) {
    for entry in metadata.map("annotations") {
        let (key, value, node) = (entry.key.as_str(), entry.node.words(), &entry.node);
        if key == DELETION_COST {
            let number = value.parse::<i32>().is_ok()
                && !value.starts_with('+')
                && (value == "0" || !value.trim_start_matches('-').starts_with('0'));
            if !number {
                faults.add(node, format!("must be a whole number of 32 bits, and is `{value}`"));
            }
        } else if key == SECCOMP_OF_POD {
            seccomp(node, spec.at("securityContext"), faults);
        } else if let Some(name) = key.strip_prefix(SECCOMP_OF_CONTAINER) {
            let named = all_containers(spec).find(|container| container.text("name") == name);
            seccomp(node, named.map_or(spec.at(""), |container| container.at("securityContext")), faults);
        } else if let Some(name) = key.strip_prefix(APPARMOR) {
            apparmor(node, name, spec, faults);
        } else if key == "kubernetes.io/config.mirror" && spec.text("nodeName").is_empty() {
            faults.add(node, "is only allowed where `nodeName` is set");
        }
    }
}

fn seccomp<'n>(annotation: &'n Node, context: &'n Node, faults: &mut Complaints<'n>) {
    let value = annotation.words();
    let local = value.strip_prefix("localhost/");
    let right = matches!(value, "runtime/default" | "docker/default" | "unconfined")
        || local.is_some_and(|path| !path.starts_with('/') && path.split('/').all(|part| part != ".."));
    if !right {
        faults.add(annotation, format!("is `{value}`, which is not a profile of seccomp"));
    }
    let profile = context.at("seccompProfile");
    let agrees = match profile.text("type") {
        "Unconfined" => value == "unconfined",
        "RuntimeDefault" => matches!(value, "runtime/default" | "docker/default"),
        "Localhost" => local == Some(profile.text("localhostProfile")),
        _ => true,
    };
    if !agrees {
        faults.add(profile, format!("must say the same as the annotation, which is `{value}`"));
    }
}

fn apparmor<'n>(annotation: &'n Node, container: &str, spec: &'n Node, faults: &mut Complaints<'n>) {
    let value = annotation.words();
    let local = value.strip_prefix("localhost/");
    if !matches!(value, "" | "runtime/default" | "unconfined") && local.is_none() {
        faults.add(annotation, format!("is `{value}`, which is not a profile of AppArmor"));
    }
    let Some(container) = all_containers(spec).find(|other| other.text("name") == container) else {
        return faults.add(annotation, format!("is for the container `{container}`, which this Pod has not"));
    };
    let profiles = [container, spec].map(|node| node.at("securityContext").at("appArmorProfile"));
    let Some(profile) = profiles.into_iter().find(|profile| !profile.entries().is_empty()).filter(|_| faults.since(30)) else {
        return;
    };
    let agrees = match profile.text("type") {
        "Unconfined" => value == "unconfined",
        "RuntimeDefault" => value == "runtime/default",
        "Localhost" => local == Some(profile.text("localhostProfile")),
        _ => true,
    };
    if !agrees {
        faults.add(profile, format!("must say the same as the annotation, which is `{value}`"));
    }
}
