//! What only Windows has, and what it has not.

use super::super::complaints::Complaints;
use super::super::fields::{ObjectFields, all_containers};

use crate::notation::dns_subdomain;
use crate::yaml::{Node, Value};

/// Fields of a Pod's `securityContext` that Windows has not.
const NOT_OF_PODS: &[&str] = &[
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "fsGroup",
    "fsGroupChangePolicy",
    "runAsUser",
    "runAsGroup",
    "supplementalGroups",
    "supplementalGroupsPolicy",
    "seLinuxChangePolicy",
];
/// Fields of a container's `securityContext` that Windows has not.
const NOT_OF_CONTAINERS: &[&str] = &[
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "capabilities",
    "readOnlyRootFilesystem",
    "privileged",
    "allowPrivilegeEscalation",
    "procMount",
    "runAsUser",
    "runAsGroup",
];

/// Judges the options for Windows of a Pod or a container.
pub(super) fn options<'n>(context: &'n Node, faults: &mut Complaints<'n>) {
    let options = context.at("windowsOptions");
    if options.has("gmsaCredentialSpecName") {
        faults.judge(options.at("gmsaCredentialSpecName"), dns_subdomain);
    }
    for field in ["gmsaCredentialSpec", "runAsUserName"] {
        if options.has(field) {
            faults.needs(options, field);
        }
    }
    let user = options.text("runAsUserName");
    let (domain, name) = user.split_once('\\').unwrap_or(("", user));
    let wrong = name.contains(|c: char| c.is_control() || "\"/\\:;|=,+*?<>@[]".contains(c))
        || name.len() > 104
        || domain.len() >= 256
        || (!user.is_empty() && name.chars().all(|c| matches!(c, '.' | ' ')));
    if wrong {
        faults.at(options, "runAsUserName", format!("is `{user}`, which is not the name of a user of Windows"));
    }
}

/// Judges what a Pod says of its operating system against what it asks of it.
pub(super) fn operating_system<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    host_process(spec, faults);
    if !spec.has("os") || !faults.needs_one_of(spec.at("os"), "name", &["linux", "windows"]) {
        return;
    }
    let contexts = || all_containers(spec).map(|container| container.at("securityContext"));
    if spec.at("os").text("name") == "linux" {
        for context in contexts().chain([spec.at("securityContext")]) {
            faults.forbid(context, &["windowsOptions"], "in a Pod of Linux");
        }
        return;
    }
    let why = "in a Pod of Windows";
    faults.forbid(spec.at("securityContext"), NOT_OF_PODS, why);
    if !spec.at("securityContext").list("sysctls").is_empty() {
        faults.forbid(spec.at("securityContext"), &["sysctls"], why);
    }
    faults.forbid(spec, &["shareProcessNamespace"], why);
    if faults.since(33) {
        faults.forbid(spec, &["hostUsers"], why);
    }
    for field in ["hostPID", "hostIPC"] {
        if spec.flag(field) {
            faults.at(spec, field, format!("is not allowed {why}"));
        }
    }
    for context in contexts() {
        faults.forbid(context, NOT_OF_CONTAINERS, why);
    }
}

fn host_process<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    let said = |node: &'n Node| node.at("securityContext").at("windowsOptions").at("hostProcess");
    let of_pod = said(spec);
    let (mut with, mut all) = (0, 0);
    for container in all_containers(spec) {
        let own = said(container);
        all += 1;
        if own.value != Value::Null && of_pod.value != Value::Null && own.value != of_pod.value {
            faults.add(own, "must be the same as in the `securityContext` of the Pod");
        }
        let decides = if own.value == Value::Null { of_pod } else { own };
        with += usize::from(decides.value == Value::Bool(true));
    }
    if with == 0 {
        return;
    }
    if with != all {
        faults.add(spec, "has containers with and without `hostProcess`; all or none may have it");
    }
    if !spec.flag("hostNetwork") {
        faults.at(spec, "hostNetwork", "must be true where containers are processes of the host");
    }
}
