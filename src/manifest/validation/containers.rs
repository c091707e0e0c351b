//! Containers of a Pod: regular, init and ephemeral ones.

use std::collections::BTreeSet;

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::env::env;
use super::mounts::mounts;
use super::ports::{container_ports, host_ports};
use super::probes::{none_of_an_init_container, probes};
use super::resources::{Whose, resources};
use super::security;
use super::volumes::Volumes;
use crate::notation::dns_label;
use crate::yaml::Node;

/// What a Pod says that its containers go by.
struct Pod<'n, 'v> {
    spec: &'n Node,
    volumes: &'v Volumes<'n>,
    /// How long containers have to stop, in seconds.
    grace: i64,
}

/// How long containers have to stop where a Pod does not say it, in seconds.
const GRACE: i64 = 30;

/// The policies of restarting a single container.
const RESTARTS: &[&str] = &["Always", "Never", "OnFailure"];

/// Judges all containers of a Pod.
pub(super) fn containers<'n>(spec: &'n Node, volumes: &Volumes<'n>, faults: &mut Complaints<'n>) {
    let pod = Pod { spec, volumes, grace: spec.int("terminationGracePeriodSeconds").unwrap_or(GRACE) };
    let regular = spec.list("containers");
    if regular.is_empty() {
        faults.lacks(spec, "containers");
    }
    let mut names = BTreeSet::new();
    for container in regular {
        common(container, &pod, faults);
        faults.twice(&mut names, container, "name");
        probes(container, pod.grace, faults);
        if faults.since(35) {
            restarts(container, faults);
        } else {
            faults.forbid(container, &["restartPolicy"], "in a container that is no init container");
        }
    }
    host_ports(regular, faults);
    for container in spec.list("initContainers") {
        common(container, &pod, faults);
        faults.twice(&mut names, container, "name");
        host_ports(std::slice::from_ref(container), faults);
        init_container(container, &pod, faults);
    }
    ephemeral(&pod, &mut names, faults);
}

fn init_container<'n>(container: &'n Node, pod: &Pod<'n, '_>, faults: &mut Complaints<'n>) {
    if faults.since(35) {
        restarts(container, faults);
    } else {
        faults.given_one_of(container, "restartPolicy", &["Always"]);
    }
    if container.text("restartPolicy") == "Always" {
        return probes(container, pod.grace, faults);
    }
    none_of_an_init_container(container, faults);
    if faults.since(36) {
        for policy in container.list("resizePolicy").iter().filter(|policy| policy.text("restartPolicy") == "RestartContainer") {
            faults.at(
                policy,
                "restartPolicy",
                "must not be `RestartContainer` in an init container without `restartPolicy: Always`",
            );
        }
    }
}

fn restarts<'n>(container: &'n Node, faults: &mut Complaints<'n>) {
    let rules = container.list("restartPolicyRules");
    if !faults.given_one_of(container, "restartPolicy", RESTARTS) || rules.is_empty() {
        return;
    }
    if !container.has("restartPolicy") {
        faults.at(container, "restartPolicy", "is required beside `restartPolicyRules`");
    }
    if rules.len() > 20 {
        faults.at(container, "restartPolicyRules", format!("are {}; 20 are allowed", rules.len()));
    }
    let actions = if faults.since(36) { &["Restart", "RestartAllContainers"][..] } else { &["Restart"] };
    for rule in rules {
        faults.needs_one_of(rule, "action", actions);
        if !rule.has("exitCodes") {
            faults.lacks(rule, "exitCodes");
            continue;
        }
        let codes = rule.at("exitCodes");
        faults.needs_one_of(codes, "operator", &["In", "NotIn"]);
        if codes.list("values").len() > 255 {
            faults.at(codes, "values", format!("are {}; 255 are allowed", codes.list("values").len()));
        }
    }
}

/// What all containers have in common.
fn common<'n>(container: &'n Node, pod: &Pod<'n, '_>, faults: &mut Complaints<'n>) {
    faults.needs_judged(container, "name", dns_label);
    faults.needs(container, "image");
    faults.one_of(container, "imagePullPolicy", &["Always", "IfNotPresent", "Never"]);
    faults.one_of(container, "terminationMessagePolicy", &["File", "FallbackToLogsOnError"]);
    container_ports(container, pod.spec.flag("hostNetwork"), faults);
    env(container, faults);
    mounts(container, pod.volumes, faults);
    resources(container, Whose::Container, pod.spec.list("resourceClaims"), faults);
    if faults.since(33) {
        resize(container, pod, faults);
    }
    let host_users = !pod.spec.has("hostUsers") || pod.spec.flag("hostUsers");
    if !host_users && faults.since(34) && !container.list("volumeDevices").is_empty() {
        faults.at(container, "volumeDevices", "are not allowed where `hostUsers` is false");
    }
    security::of_container(container, host_users, faults);
    file_keys(container, pod, faults);
}

fn resize<'n>(container: &'n Node, pod: &Pod<'n, '_>, faults: &mut Complaints<'n>) {
    let mut seen = BTreeSet::new();
    for policy in container.list("resizePolicy") {
        faults.twice(&mut seen, policy, "resourceName");
        faults.needs_one_of(policy, "resourceName", &["cpu", "memory"]);
        let right = faults.needs_one_of(policy, "restartPolicy", &["NotRequired", "RestartContainer"]);
        if right && pod.spec.text("restartPolicy") == "Never" && policy.text("restartPolicy") != "NotRequired" {
            faults.at(policy, "restartPolicy", "must be `NotRequired` where the Pod's `restartPolicy` is `Never`");
        }
    }
}

fn file_keys<'n>(container: &'n Node, pod: &Pod<'n, '_>, faults: &mut Complaints<'n>) {
    if !faults.since(35) {
        return;
    }
    let keys = container.list("env").iter().map(|variable| variable.at("valueFrom").at("fileKeyRef"));
    for key in keys.filter(|key| !key.text("volumeName").is_empty()) {
        let name = key.text("volumeName");
        match pod.volumes.get(name) {
            None => faults.at(key, "volumeName", format!("is `{name}`, which is no volume of this Pod")),
            Some(Some(volume)) if volume.has("emptyDir") => {}
            Some(_) => faults.at(key, "volumeName", format!("is `{name}`, which is no `emptyDir`")),
        }
    }
}

fn ephemeral<'n>(pod: &Pod<'n, '_>, names: &mut BTreeSet<&'n str>, faults: &mut Complaints<'n>) {
    let others = names.clone();
    let none = ["ports", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle", "resources"];
    for container in pod.spec.list("ephemeralContainers") {
        common(container, pod, faults);
        faults.twice(names, container, "name");
        let target = container.text("targetContainerName");
        if !target.is_empty() && !others.contains(target) {
            faults.at(container, "targetContainerName", format!("is `{target}`, which is no container of this Pod"));
        }
        faults.forbid(container, &none, "in an ephemeral container");
        for mount in container.list("volumeMounts") {
            faults.forbid(mount, &["subPath", "subPathExpr"], "in an ephemeral container");
        }
    }
}
