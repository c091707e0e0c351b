//! Names, namespaces, labels, annotations, finalizers and owners.

use super::super::complaints::{Complaints, TextJudge};
use super::super::fields::ObjectFields;
use super::labels::labels;
use crate::notation::{annotation_or_label_key, dns_label};
use crate::yaml::Node;

/// Whether objects of a kind live in a namespace.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lives {
    /// They do.
    InNamespace,
    /// They do not.
    InCluster,
}

/// What the annotations of an object may take together, in bytes.
const MOST_ANNOTATIONS: usize = 256 << 10;

/// The kind whose objects get a name where they have none.
const MAKES_ITS_NAME: &str = "LimitRange";

/// The kinds whose generation the server takes as it is sent; of others it counts itself.
const COUNTED_BY_SENDER: &[&str] = &[
    "Service",
    "ConfigMap",
    "Secret",
    "ServiceAccount",
    "PersistentVolumeClaim",
    "LimitRange",
    "ResourceQuota",
    "Namespace",
    "Role",
    "ClusterRole",
    "RoleBinding",
    "ClusterRoleBinding",
];

/// The kinds whose metadata is judged as that of objects that Kubernetes knows nothing of.
const GENERIC: &[&str] = &["PodDisruptionBudget", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"];

/// Finalizers that need no domain.
const FINALIZERS: &[&str] = &["kubernetes", "orphan", "foregroundDeletion"];

/// Judges the metadata of an object whose name is judged in its own way.
pub(super) fn metadata<'n>(root: &'n Node, reach: Lives, name: TextJudge, faults: &mut Complaints<'n>) {
    let metadata = root.at("metadata");
    let generated = metadata.text("generateName");
    if !generated.is_empty() {
        // A dash at its end is no end: letters follow it.
        let longer = format!(
            "{}a",
            generated.strip_suffix('-').map_or(generated, |prefix| if prefix.is_empty() { generated } else { prefix })
        );
        if let Err(fault) = name(&longer) {
            faults.add(metadata.at("generateName"), format!("begins names with `{generated}`, and such a name {fault}"));
        }
    }
    if !metadata.text("name").is_empty() {
        faults.judge(metadata.at("name"), name);
    } else if generated.is_empty() && root.text("kind") != MAKES_ITS_NAME {
        faults.lacks(root, "metadata.name");
    }
    // Of an object that lives in none, a namespace is dropped.
    if reach == Lives::InNamespace {
        faults.judge_given(metadata, "namespace", dns_label);
    }
    if COUNTED_BY_SENDER.contains(&root.text("kind")) {
        faults.not_negative(metadata, &["generation"]);
    }
    labels(metadata, "labels", faults);
    annotations(metadata, faults);
    owners(metadata, faults);
    let finalizers = metadata.list("finalizers");
    if GENERIC.contains(&root.text("kind")) {
        for finalizer in finalizers {
            faults.judge(finalizer, annotation_or_label_key);
        }
    } else {
        finalizer_names(finalizers, faults);
    }
    let has = |name: &str| finalizers.iter().any(|finalizer| finalizer.words() == name);
    if has("orphan") && has("foregroundDeletion") {
        faults.at(metadata, "finalizers", "hold `orphan` and `foregroundDeletion`, which exclude each other");
    }
}

/// Judges annotations.
pub(super) fn annotations<'n>(metadata: &'n Node, faults: &mut Complaints<'n>) {
    let mut size = 0;
    for entry in metadata.map("annotations") {
        size += entry.key.len() + entry.node.words().len();
        let key = |key: &str| {
            annotation_or_label_key(key).or_else(|fault| annotation_or_label_key(&key.to_lowercase()).map_err(|_| fault))
        };
        if let Err(fault) = key(&entry.key) {
            faults.add(&entry.node, format!("has the key `{}`, which {fault}", entry.key));
        }
    }
    if size > MOST_ANNOTATIONS {
        faults.at(metadata, "annotations", format!("take {size} bytes together; {MOST_ANNOTATIONS} are allowed"));
    }
}

fn owners<'n>(metadata: &'n Node, faults: &mut Complaints<'n>) {
    let mut controllers = 0;
    for owner in metadata.list("ownerReferences") {
        for field in ["apiVersion", "kind", "name", "uid"] {
            faults.needs(owner, field);
        }
        let version = owner.text("apiVersion");
        if version.matches('/').count() > 1 || version.ends_with('/') {
            faults.at(owner, "apiVersion", format!("must be a version or a group and a version, and is `{version}`"));
        }
        if version == "v1" && owner.text("kind") == "Event" {
            faults.add(owner, "is an Event, which may own nothing");
        }
        controllers += usize::from(owner.flag("controller"));
    }
    if controllers > 1 {
        faults.at(metadata, "ownerReferences", "name more than one controller; one is allowed");
    }
}

/// Judges the names of finalizers of an object or of a namespace.
pub(super) fn finalizer_names<'n>(finalizers: &'n [Node], faults: &mut Complaints<'n>) {
    for finalizer in finalizers {
        let text = finalizer.words();
        if faults.judge(finalizer, annotation_or_label_key) && !text.contains('/') && !FINALIZERS.contains(&text) {
            let why = "which is neither a finalizer of Kubernetes nor has a domain, such as `example.com/name`";
            faults.add(finalizer, format!("is `{text}`, {why}"));
        }
    }
}
