//! The valid objects that mutants are made of: what Plimsoll renders, and objects that set what it does not.

use std::fs;
use std::path::Path;

use plimsoll::manifest::ObjectId;
use plimsoll::yaml::{Entry, Node, Value, load};

use super::text::string;
use crate::support::golden;

/// Kinds that are drawn more often than others, as more can be wrong with them.
const MORE: &[(&str, usize)] = &[
    ("Pod", 8),
    ("Deployment", 5),
    ("StatefulSet", 4),
    ("Job", 4),
    ("CronJob", 4),
    ("Service", 4),
    ("HorizontalPodAutoscaler", 4),
    ("DaemonSet", 2),
    ("Ingress", 3),
    ("NetworkPolicy", 2),
    ("PodDisruptionBudget", 2),
    ("LimitRange", 2),
    ("ResourceQuota", 2),
    ("PersistentVolumeClaim", 2),
    ("ValidatingAdmissionPolicy", 2),
];

/// Kinds that live in no namespace.
pub const OF_THE_CLUSTER: &[&str] = &[
    "Namespace",
    "ClusterRole",
    "ClusterRoleBinding",
    "IngressClass",
    "PriorityClass",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
];

/// The seeds of a kind.
#[derive(Debug)]
pub struct Seeds {
    /// The version.
    pub api_version: String,
    /// The kind.
    pub kind: String,
    /// How often it is drawn, beside others.
    pub weight: usize,
    /// The objects.
    pub objects: Vec<Node>,
}

/// All seeds, by kind.
pub fn all() -> Vec<Seeds> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/mutants/seeds");
    let pods = documents(&folder.join("pods.yaml"));
    let mut objects = pods.clone();
    for object in documents(&folder.join("objects.yaml")) {
        let mut tried = object.clone();
        if template(&mut tried).is_none() {
            objects.push(object);
            continue;
        }
        objects.extend(pods.iter().map(|pod| made_of(object.clone(), pod)));
    }
    for case in golden::cases("render") {
        let mut files: Vec<_> =
            fs::read_dir(case.join("k8s")).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        files.sort();
        objects.extend(
            files.iter().filter(|file| file.extension().is_some_and(|end| end == "yaml")).flat_map(|file| documents(file)),
        );
    }
    let mut seeds: Vec<Seeds> = Vec::new();
    for mut object in objects {
        // All are sent to one namespace.
        without(&mut object, "namespace");
        let ObjectId { api_version, kind, .. } = ObjectId::of(&object);
        if let Some(of_kind) = seeds.iter_mut().find(|seeds| seeds.kind == kind && seeds.api_version == api_version) {
            of_kind.objects.push(object);
        } else if api_version.contains(".k8s.io/") || !api_version.contains('.') {
            let weight = MORE.iter().find(|(more, _)| *more == kind).map_or(1, |(_, weight)| *weight);
            seeds.push(Seeds { api_version, kind, weight, objects: vec![object] });
        }
    }
    seeds
}

fn documents(file: &Path) -> Vec<Node> {
    let text = fs::read_to_string(file).unwrap();
    load(&file.to_string_lossy(), &text).unwrap().into_iter().map(|document| document.root).collect()
}

fn without(object: &mut Node, key: &str) {
    if let Some(Value::Map(entries)) = entry(object, "metadata").map(|entry| &mut entry.node.value) {
        entries.retain(|entry| entry.key != key);
    }
}

fn entry<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Entry> {
    match &mut node.value {
        Value::Map(entries) => entries.iter_mut().find(|entry| entry.key == key),
        _ => None,
    }
}

/// The empty template in an object.
fn template(node: &mut Node) -> Option<&mut Node> {
    let Value::Map(entries) = &mut node.value else { return None };
    entries.iter_mut().find_map(|entry| {
        if entry.key == "template" && entry.node.entries().is_empty() { Some(&mut entry.node) } else { template(&mut entry.node) }
    })
}

/// A workload with the Pod as its template, as far as the kind takes it.
fn made_of(mut workload: Node, pod: &Node) -> Node {
    let id = ObjectId::of(&workload);
    let name = ObjectId::of(pod).name;
    rename(&mut workload, &name);
    let Value::Map(mut entries) = pod.value.clone() else { return workload };
    entries.retain(|entry| ["metadata", "spec"].contains(&entry.key.as_str()));
    let mut made = Node::new(Value::Map(entries));
    without(&mut made, "name");
    let restart = match id.kind.as_str() {
        "Job" | "CronJob" => Some("Never"),
        "PodTemplate" => None,
        _ => Some("Always"),
    };
    if let (Some(restart), Some(Value::Map(spec))) = (restart, entry(&mut made, "spec").map(|entry| &mut entry.node.value)) {
        let ends = restart == "Never";
        spec.retain(|entry| entry.key != "restartPolicy" && (ends || entry.key != "activeDeadlineSeconds"));
        spec.push(Entry::new("restartPolicy", string(restart)));
    }
    if let Some(place) = template(&mut workload) {
        *place = made;
    }
    workload
}

/// Puts the name of the Pod and of its first container, which are the same, where a workload names them.
fn rename(node: &mut Node, name: &str) {
    match &mut node.value {
        Value::String(text) if ["APP", "CONTAINER"].contains(&text.as_str()) => name.clone_into(text),
        Value::Map(entries) => entries.iter_mut().for_each(|entry| rename(&mut entry.node, name)),
        Value::List(items) => items.iter_mut().for_each(|item| rename(item, name)),
        _ => {}
    }
}
