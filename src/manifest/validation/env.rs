//! Environment variables and where their values come from.

use super::super::complaints::{Complaints, either};
use super::super::fields::ObjectFields;
use crate::notation::{Quantity, annotation_or_label_key, any_env_name, config_key, dns_label, dns_subdomain, env_name};
use crate::yaml::Node;

/// What a variable can be read from, and since when.
const SOURCES: &[(&str, u16)] =
    &[("fieldRef", 0), ("resourceFieldRef", 0), ("configMapKeyRef", 0), ("secretKeyRef", 0), ("fileKeyRef", 35)];

/// Fields of a Pod that variables can be read from.
const POD_FIELDS: &[&str] = &[
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

/// Fields of a Pod that files can be read from.
const POD_FIELDS_OF_FILES: &[&str] =
    &["metadata.name", "metadata.namespace", "metadata.labels", "metadata.annotations", "metadata.uid"];

/// Resources of a container that variables and files can be read from, beside huge pages.
const RESOURCES: &[&str] =
    &["limits.cpu", "limits.memory", "limits.ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage"];

/// Judges `env` and `envFrom` of a container.
pub(super) fn env<'n>(container: &'n Node, faults: &mut Complaints<'n>) {
    let name = if faults.since(32) { any_env_name } else { env_name };
    for variable in container.list("env") {
        faults.needs_judged(variable, "name", name);
        if variable.has("valueFrom") {
            value_from(variable, faults);
        }
    }
    for source in container.list("envFrom") {
        faults.judge_given(source, "prefix", name);
        let given: Vec<&'static str> = ["configMapRef", "secretRef"].into_iter().filter(|kind| source.has(kind)).collect();
        for kind in &given {
            faults.needs_judged(source.at(kind), "name", dns_subdomain);
        }
        match given.len() {
            0 => faults.add(source, "names no source; `configMapRef` or `secretRef` is required"),
            1 => {}
            _ => faults.add(source, "has both `configMapRef` and `secretRef`; one is allowed"),
        }
    }
}

fn value_from<'n>(variable: &'n Node, faults: &mut Complaints<'n>) {
    let source = variable.at("valueFrom");
    let known = SOURCES.iter().filter(|(_, since)| faults.since(*since)).map(|(kind, _)| *kind);
    let (known, given): (Vec<_>, Vec<_>) = (known.clone().collect(), known.filter(|kind| source.has(kind)).collect());
    for kind in &given {
        let from = source.at(kind);
        match *kind {
            "fieldRef" => field(from, POD_FIELDS, faults),
            "resourceFieldRef" => resource(from, false, faults),
            "fileKeyRef" => file_key(from, faults),
            _ => {
                faults.needs_judged(from, "name", dns_subdomain);
                faults.needs_judged(from, "key", config_key);
            }
        }
    }
    match given.len() {
        0 => faults.add(source, format!("names no source; one of {} is required", either(&known))),
        _ if !variable.text("value").is_empty() => faults.add(source, "is not allowed beside a `value`"),
        1 => {}
        _ => faults.add(source, format!("names {} sources; one is allowed", given.len())),
    }
}

fn file_key<'n>(from: &'n Node, faults: &mut Complaints<'n>) {
    faults.needs_judged(from, "key", any_env_name);
    faults.needs_judged(from, "volumeName", dns_label);
    if faults.needs(from, "path") && from.text("path").split('/').any(|part| part == "..") {
        faults.at(from, "path", "must not hold `..`");
    }
}

/// Judges a reference to a field of the Pod, of a variable or of a file.
pub(super) fn field_of_file<'n>(from: &'n Node, faults: &mut Complaints<'n>) {
    field(from, POD_FIELDS_OF_FILES, faults);
}

fn field<'n>(from: &'n Node, allowed: &[&str], faults: &mut Complaints<'n>) {
    let version = from.text("apiVersion");
    if !version.is_empty() && version != "v1" {
        return faults.at(from, "apiVersion", format!("must be `v1`, and is `{version}`"));
    }
    if !faults.needs(from, "fieldPath") {
        return;
    }
    let path = from.text("fieldPath");
    let subscripted = path.strip_suffix("']").and_then(|path| path.split_once("['"));
    match subscripted {
        Some((map @ ("metadata.annotations" | "metadata.labels"), key)) => {
            let lower = key.to_lowercase();
            let key = if map == "metadata.labels" { key } else { &lower };
            faults.judge_text(from.at("fieldPath"), key, annotation_or_label_key);
        }
        Some((other, _)) => {
            faults.at(
                from,
                "fieldPath",
                format!("asks for a key of `{other}`, which has none; only `metadata.labels` and `metadata.annotations` do"),
            );
        }
        None if !allowed.contains(&path) => {
            faults.at(from, "fieldPath", format!("must be {}, and is `{path}`", either(allowed)));
        }
        None => {}
    }
}

/// Judges a reference to a resource of a container.
pub(super) fn resource<'n>(from: &'n Node, of_file: bool, faults: &mut Complaints<'n>) {
    let resource = from.text("resource");
    let huge = resource.starts_with("limits.hugepages-") || resource.starts_with("requests.hugepages-");
    if of_file && from.text("containerName").is_empty() {
        faults.lacks(from, "containerName");
    } else if faults.needs(from, "resource") && !huge && !RESOURCES.contains(&resource) {
        let allowed = either(RESOURCES);
        faults.at(from, "resource", format!("must be {allowed}, and is `{resource}`"));
    }
    let Some(divisor) = from.at("divisor").quantity().filter(|divisor| divisor.nanos() != 0) else { return };
    let is_one = |texts: &[&str]| texts.iter().any(|text| text.parse() == Ok(divisor.clone()));
    let right = match resource {
        "limits.cpu" | "requests.cpu" => is_one(&["1m", "1"]),
        _ if huge || RESOURCES.contains(&resource) => {
            is_one(&["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"])
        }
        _ => true,
    };
    if !right {
        let what = if matches!(resource, "limits.cpu" | "requests.cpu") {
            "must be `1m` or `1`"
        } else {
            "must be 1 with or without a unit, such as `1Mi`"
        };
        faults.at(from, "divisor", format!("{what}, and is `{}`", Quantity::as_str(&divisor)));
    }
}
