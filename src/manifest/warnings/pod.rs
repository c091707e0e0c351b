//! Pods and templates of them.

use std::collections::BTreeSet;

use super::super::complaints::Complaints;
use super::super::fields::{ObjectFields, all_containers};
use super::addresses::address;
use super::amounts::parts_of_a_byte;
use super::pod_ports::ports;
use super::pod_volumes::volumes;
use crate::notation::label_value;
use crate::yaml::Node;

/// Labels of nodes that are old, since when it is warned of them, and what to go by.
const OLD_LABELS: &[(&str, u16, &str)] = &[
    ("beta.kubernetes.io/arch", 0, "deprecated since 1.14; use `kubernetes.io/arch`"),
    ("beta.kubernetes.io/os", 0, "deprecated since 1.14; use `kubernetes.io/os`"),
    ("failure-domain.beta.kubernetes.io/region", 0, "deprecated since 1.17; use `topology.kubernetes.io/region`"),
    ("failure-domain.beta.kubernetes.io/zone", 0, "deprecated since 1.17; use `topology.kubernetes.io/zone`"),
    ("beta.kubernetes.io/instance-type", 0, "deprecated since 1.17; use `node.kubernetes.io/instance-type`"),
    ("app.kubernetes.io/created-by", 31, "deprecated since 1.9"),
    ("scheduler.alpha.kubernetes.io/preferAvoidPods", 31, "deprecated since 1.22; use taints and tolerations"),
    ("node-role.kubernetes.io/master", 31, "gone; use `node-role.kubernetes.io/control-plane`"),
];

/// Annotations of Pods that do nothing any more.
const OLD_ANNOTATIONS: &[(&str, &str)] = &[
    ("scheduler.alpha.kubernetes.io/critical-pod", "does nothing since 1.16; use `priorityClassName`"),
    ("security.alpha.kubernetes.io/sysctls", "does nothing since 1.11; use `sysctls`"),
    ("security.alpha.kubernetes.io/unsafe-sysctls", "does nothing since 1.11; use `sysctls`"),
];

/// Warns of what a Pod or a template of one says.
pub(super) fn template<'n>(template: &'n Node, faults: &mut Complaints<'n>) {
    let (metadata, spec) = (template.at("metadata"), template.at("spec"));
    let of_template = template.text("kind").is_empty();
    for entry in spec.map("nodeSelector") {
        old_label(&entry.node, &entry.key, faults);
    }
    affinity(spec, faults);
    for constraint in spec.list("topologySpreadConstraints") {
        old_label(constraint.at("topologyKey"), constraint.text("topologyKey"), faults);
        selects_nothing(constraint, faults);
    }
    annotations(metadata, spec, faults);
    volumes(spec, faults);
    lists(spec, faults);
    for name in ["memory", "ephemeral-storage"] {
        parts_of_a_byte(spec.at("overhead"), name, faults);
        for container in all_containers(spec) {
            parts_of_a_byte(container.at("resources").at("limits"), name, faults);
            parts_of_a_byte(container.at("resources").at("requests"), name, faults);
        }
    }
    for container in all_containers(spec) {
        variables(container, faults);
    }
    // A Pod itself on the network of its host gets ports of the host for all of its own.
    ports(spec, !of_template && spec.flag("hostNetwork"), faults);
    // That of a Pod itself is made 1 before it is looked at, since 1.37.
    let said = of_template || !faults.since(37);
    if let Some(seconds) = spec.int("terminationGracePeriodSeconds").filter(|seconds| *seconds < 0 && said) {
        faults.at(spec, "terminationGracePeriodSeconds", format!("is {seconds}, which counts as 1"));
    }
    if faults.since(33) {
        for server in spec.at("dnsConfig").list("nameservers") {
            address(server, faults);
        }
        for alias in spec.list("hostAliases") {
            address(alias.at("ip"), faults);
        }
    }
}

fn old_label<'n>(node: &'n Node, key: &str, faults: &mut Complaints<'n>) {
    if let Some((_, _, why)) = OLD_LABELS.iter().find(|(label, since, _)| *label == key && faults.since(*since)) {
        faults.add(node, format!("names the label `{key}`, which is {why}"));
    }
}

fn selects_nothing<'n>(term: &'n Node, faults: &mut Complaints<'n>) {
    if !term.has("labelSelector") {
        faults.at(term, "labelSelector", "is absent, which selects no Pod");
    }
}

fn affinity<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    let required = "requiredDuringSchedulingIgnoredDuringExecution";
    let preferred = "preferredDuringSchedulingIgnoredDuringExecution";
    let nodes = spec.at("affinity").at("nodeAffinity");
    let terms = nodes.at(required).list("nodeSelectorTerms").iter().map(|term| (term, false));
    let weighted = nodes.list(preferred).iter().map(|weighted| (weighted.at("preference"), faults.since(33)));
    for (term, of_values) in terms.chain(weighted).collect::<Vec<_>>() {
        for expression in term.list("matchExpressions") {
            old_label(expression.at("key"), expression.text("key"), faults);
            // Those of terms that are required are refused.
            for value in expression.list("values").iter().filter(|_| of_values) {
                faults.judge(value, label_value);
            }
        }
    }
    for kind in ["podAffinity", "podAntiAffinity"] {
        let pods = spec.at("affinity").at(kind);
        for term in pods.list(required) {
            selects_nothing(term, faults);
        }
        for weighted in pods.list(preferred) {
            selects_nothing(weighted.at("podAffinityTerm"), faults);
        }
    }
}

fn annotations<'n>(metadata: &'n Node, spec: &'n Node, faults: &mut Complaints<'n>) {
    let pod = spec.at("securityContext");
    for entry in metadata.map("annotations") {
        let key = entry.key.as_str();
        let of_container = |prefix: &str| {
            let name = key.strip_prefix(prefix)?;
            let named = all_containers(spec).find(|container| container.text("name") == name);
            named.map(|container| container.at("securityContext"))
        };
        let old = OLD_ANNOTATIONS.iter().find(|(old, _)| *old == key).map(|(_, why)| *why);
        let seccomp = (key == "seccomp.security.alpha.kubernetes.io/pod" && !pod.has("seccompProfile"))
            || of_container("container.seccomp.security.alpha.kubernetes.io/").is_some_and(|own| !own.has("seccompProfile"));
        let apparmor = faults.since(30)
            && of_container("container.apparmor.security.beta.kubernetes.io/").is_some_and(|own| !own.has("appArmorProfile"))
            && !says(pod, entry.node.words());
        let why = old
            .or(seccomp.then_some("does nothing since 1.27; use `seccompProfile`"))
            .or(apparmor.then_some("is deprecated since 1.30; use `appArmorProfile`"));
        if let Some(why) = why {
            faults.add(&entry.node, format!("belongs to `{key}`, which {why}"));
        }
    }
}

/// Whether a Pod's profile of `AppArmor` says what an annotation says.
fn says(pod: &Node, annotation: &str) -> bool {
    let profile = pod.at("appArmorProfile");
    match profile.text("type") {
        "Unconfined" => annotation == "unconfined",
        "RuntimeDefault" => annotation == "runtime/default",
        "Localhost" => annotation.strip_prefix("localhost/") == Some(profile.text("localhostProfile")),
        _ => false,
    }
}

fn lists<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    for (list, field) in [("hostAliases", "ip"), ("imagePullSecrets", "name")] {
        let mut seen = BTreeSet::new();
        for item in spec.list(list) {
            faults.twice(&mut seen, item, field);
        }
    }
    for secret in spec.list("imagePullSecrets") {
        faults.needs(secret, "name");
    }
}

fn variables<'n>(container: &'n Node, faults: &mut Complaints<'n>) {
    let mut seen = BTreeSet::new();
    for variable in container.list("env") {
        let (name, value) = (variable.text("name"), variable.text("value"));
        if seen.insert(name) {
            continue;
        }
        let before = format!("$({name})");
        if variable.has("valueFrom") || value == before || !value.contains(&before) {
            let why = "which stands twice: the first does not count, and `kubectl apply` may lose one of them";
            faults.at(variable, "name", format!("is `{name}`, {why}"));
        }
    }
}
