//! What a workload leaves behind that goes to another namespace: what its Pods refer to, and what names the old
//! namespace.

use serde_json::Value as Json;

use super::chore::{Chore, ChoreReason, ChoreStep};
use super::cluster::{Cluster, namespace_flag};
use super::kustomize::Around;
use super::{ExplainedChange, Update};
use crate::check::Lost;
use crate::manifest::Workload;
use crate::merge::object_key;
use crate::notation::{ObjectKey, shell_word};
use crate::yaml::{Node, Path, load};

/// A workload that goes to another namespace.
pub struct MovedWorkload {
    object: ObjectKey,
    file: String,
    from: Option<String>,
    to: Option<String>,
}

/// The workloads of an update that go to another namespace.
pub fn moved(update: &Update) -> Vec<MovedWorkload> {
    let text = |value: &Option<Json>| value.as_ref().and_then(Json::as_str).map(str::to_owned);
    let of = |ExplainedChange { change, .. }: &ExplainedChange| {
        let object = change.object.clone().filter(|object| Workload::of(object).is_some())?;
        let is_moved = change.field.keys().eq(["metadata", "namespace"]);
        is_moved.then(|| MovedWorkload { object, file: change.file.clone(), from: text(&change.before), to: text(&change.after) })
    };
    update.changes.iter().filter_map(of).collect()
}

/// What the Pods of the workloads refer to and the files do not hold in the new namespace: it has to be there
/// before they start.
pub fn left_behind(moved: &[MovedWorkload], after: &[(String, String)], around: &Around) -> Vec<Chore> {
    let documents: Vec<Node> =
        after.iter().flat_map(|(path, text)| load(path, text).unwrap_or_default()).map(|document| document.root).collect();
    let known: Vec<ObjectKey> = documents.iter().filter_map(object_key).collect();
    let chore = |moved: &MovedWorkload| {
        let root = documents.iter().find(|root| {
            object_key(root)
                .is_some_and(|key| (&key.kind, &key.name, &key.namespace) == (&moved.object.kind, &moved.object.name, &moved.to))
        })?;
        let mut pod = root;
        for key in Workload::of(&moved.object)?.template_keys().chain(["spec"]) {
            pod = pod.get(key)?;
        }
        let cluster = Cluster::of(around, &moved.file);
        let is_there = |(kind, name): &(&str, String)| {
            known.iter().any(|key| (key.kind.as_str(), &key.name, &key.namespace) == (*kind, name, &moved.to))
        };
        let mut missing = Vec::new();
        referred(pod, &mut missing);
        missing.retain(|one| !is_there(one));
        missing.sort();
        missing.dedup();
        if missing.is_empty() {
            return None;
        }
        let words: String =
            missing.iter().map(|(kind, name)| format!(" {}", shell_word(&format!("{}/{name}", kind.to_lowercase())))).collect();
        let mut new = moved.object.clone();
        new.namespace.clone_from(&moved.to);
        let look = format!("kubectl get{words}{}", namespace_flag(cluster.namespace(&new)));
        let note = "each has to be there; the data of a claim stays in the old namespace".to_owned();
        let has_claims = missing.iter().any(|(kind, _)| *kind == CLAIM);
        let note = if has_claims { note } else { note.split(';').next().unwrap_or_default().to_owned() };
        Some(Chore {
            why: ChoreReason::LeftBehind { workload: moved.object.to_string(), from: moved.from.clone(), to: moved.to.clone() },
            objects: missing.iter().map(|(kind, name)| format!("{kind}/{name}")).collect(),
            steps: vec![ChoreStep { note: Some(note), command: look }],
        })
    };
    moved.iter().filter_map(chore).collect()
}

/// What else names the old namespace, in files that others wrote or that say it anew.
pub fn naming(moved: &[MovedWorkload], texts: &[(String, String)]) -> Vec<Lost> {
    let mut found = Vec::new();
    for (moved, from) in moved.iter().filter_map(|moved| Some((moved, moved.from.as_deref()?))) {
        for (path, text) in texts.iter().filter(|(_, text)| text.contains(from)) {
            for document in load(path, text).unwrap_or_default() {
                let Some(object) = object_key(&document.root) else { continue };
                let mut names = Vec::new();
                naming_in(&document.root, &Path::Root, (&moved.object.name, from), &mut names);
                found.extend(names.into_iter().map(|(node, field)| Lost {
                    object: object.to_string(),
                    file: path.clone(),
                    line: node.place.line,
                    column: node.place.column,
                    field,
                    target: format!("{} in namespace {from}", moved.object),
                }));
            }
        }
    }
    found
}

/// The values that look for something of a name in a namespace: selectors of namespaces, references with both,
/// names of DNS.
fn naming_in<'n>(node: &'n Node, path: &Path<'_>, (name, namespace): (&str, &str), found: &mut Vec<(&'n Node, String)>) {
    if let Some(text) = node.as_str() {
        let selects = matches!(
            path,
            Path::Key(_, "kubernetes.io/metadata.name") | Path::Index(Path::Key(_, "matchNames" | "namespaces" | "values"), _)
        );
        let host = format!("{name}.{namespace}");
        let is_host = |word: &str| {
            word.strip_prefix(host.as_str()).is_some_and(|rest| rest.is_empty() || rest == ".svc" || rest.starts_with(".svc."))
        };
        if (selects && text == namespace) || text.split(['/', ':', ',', ' ', '"', '\n', '@', '=']).any(is_host) {
            found.push((node, path.route().to_string()));
        }
    }
    for (index, item) in node.items().iter().enumerate() {
        naming_in(item, &Path::Index(path, index), (name, namespace), found);
    }
    let says = |key: &str, text: &str| node.get(key).and_then(Node::as_str) == Some(text);
    let is_metadata = matches!(path, Path::Key(Path::Root, "metadata"));
    if !is_metadata && says("name", name) && says("namespace", namespace) {
        found.push((node, path.route().to_string()));
    }
    for entry in node.entries() {
        naming_in(&entry.node, &Path::Key(path, &entry.key), (name, namespace), found);
    }
}

const CLAIM: &str = "PersistentVolumeClaim";

/// The objects of its namespace that a Pod cannot start without, as kind and name.
fn referred(node: &Node, found: &mut Vec<(&'static str, String)>) {
    for entry in node.entries() {
        let node = &entry.node;
        let is_optional = node.get("optional").is_some_and(|node| node.value == crate::yaml::Value::Bool(true));
        let named = |key: &str| node.get(key).and_then(Node::as_str);
        let reference = match entry.key.as_str() {
            _ if is_optional => None,
            "configMapKeyRef" | "configMapRef" | "configMap" => named("name").map(|name| ("ConfigMap", name)),
            "secretKeyRef" | "secretRef" => named("name").map(|name| ("Secret", name)),
            "secret" => named("secretName").or(named("name")).map(|name| ("Secret", name)),
            "serviceAccountName" => node.as_str().map(|name| ("ServiceAccount", name)),
            "persistentVolumeClaim" => named("claimName").map(|name| (CLAIM, name)),
            "imagePullSecrets" => {
                let secrets = node.items().iter().filter_map(|item| item.get("name")?.as_str());
                found.extend(secrets.map(|name| ("Secret", name.to_owned())));
                None
            }
            _ => None,
        };
        found.extend(reference.map(|(kind, name)| (kind, name.to_owned())));
        referred(node, found);
    }
    node.items().iter().for_each(|item| referred(item, found));
}
