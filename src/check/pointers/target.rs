//! What pointers point at, and whether it is there.

use super::ways::{text, walk};
use crate::check::objects::Object;
use crate::check::related::{namespace, pod};
use crate::check::rule::Tree;
use crate::check::rule::selector::selects;
use crate::manifest::Workload;

/// What one pointer points at.
pub enum Target<'t> {
    /// Of any kind or in any namespace, where that is not said.
    Object { kind: Option<String>, namespace: Option<String>, name: String },
    /// A port of a Service, by its number or name.
    Port { namespace: String, service: String, port: &'t Tree },
    /// Pods by their labels.
    Pods { namespace: String, selector: Tree },
    /// A named port of Pods by their labels.
    PodPort { namespace: String, selector: Tree, name: String },
    /// A named port of the Pods of one workload, by its kind, namespace and name.
    OwnPort { workload: [String; 3], name: String },
    /// Services by their labels, with a port of them by its name.
    Services { namespace: String, selector: Tree, port: Option<&'t Tree> },
}

impl Target<'_> {
    /// Whether one of the objects is or has it.
    pub fn is_among(&self, objects: &[Object]) -> bool {
        let is = |object: &Object, kind: &str, space: &str| object.id.known_kind() == Some(kind) && namespace(object) == space;
        match self {
            Target::Object { kind, namespace: space, name } => objects.iter().any(|object| {
                object.id.name == *name
                    && kind.as_ref().is_none_or(|kind| object.id.known_kind() == Some(kind))
                    && space.as_ref().is_none_or(|space| namespace(object) == *space)
            }),
            Target::Port { namespace, service, port } => objects
                .iter()
                .any(|object| is(object, "Service", namespace) && object.id.name == *service && has_port(object, port)),
            Target::Pods { namespace, selector } => selected(objects, namespace, selector).next().is_some(),
            Target::PodPort { namespace, selector, name } => {
                selected(objects, namespace, selector).any(|object| has_container_port(object, name))
            }
            Target::OwnPort { workload: [kind, space, workload], name } => {
                let is_it = |object: &&Object| is(object, kind, space) && object.id.name == *workload;
                objects.iter().filter(is_it).any(|object| has_container_port(object, name))
            }
            Target::Services { namespace, selector, port } => {
                let mut here = objects.iter().filter(|object| is(object, "Service", namespace));
                here.any(|object| {
                    let labels = object.tree.at(&["metadata", "labels"]);
                    selects(Some(selector), labels).unwrap_or(false) && port.is_none_or(|port| has_port(object, port))
                })
            }
        }
    }

    /// It in words.
    pub fn words(&self) -> String {
        let port =
            |port: &Tree| port.as_i64().map_or_else(|| port.as_str().unwrap_or_default().to_owned(), |port| port.to_string());
        match self {
            Target::Object { kind: Some(kind), name, .. } => format!("{kind}/{name}"),
            Target::Object { name, .. } => format!("an object {name}"),
            Target::Port { service, port: wanted, .. } => format!("port {} of Service/{service}", port(wanted)),
            Target::Pods { .. } => "Pods by their labels".to_owned(),
            Target::PodPort { name, .. } | Target::OwnPort { name, .. } => format!("container port {name}"),
            Target::Services { port: Some(wanted), .. } => format!("port {} of Services by their labels", port(wanted)),
            Target::Services { .. } => "Services by their labels".to_owned(),
        }
    }
}

/// The workloads whose Pods a selector selects.
fn selected<'o>(objects: &'o [Object], space: &'o str, selector: &'o Tree) -> impl Iterator<Item = &'o Object> {
    let labels = |object: &Object| pod(object).and_then(|pod| pod.at(&["metadata", "labels"]).cloned());
    let here = objects.iter().filter(move |object| {
        object.id.known_kind().and_then(Workload::of_kind).is_some_and(Workload::runs) && namespace(object) == space
    });
    here.filter(move |object| selects(Some(selector), labels(object).as_ref()).unwrap_or(false))
}

/// Whether a container of a workload's Pods declares a port of this name.
fn has_container_port(workload: &Object, name: &str) -> bool {
    let declares = |pod: &Tree| {
        let mut ports = ["spec.containers.*.ports.*", "spec.initContainers.*.ports.*"].iter().flat_map(|way| walk(pod, way));
        ports.any(|port| text(port, "name") == Some(name))
    };
    pod(workload).is_some_and(|pod| declares(&pod))
}

/// Whether a Service has a port of this number or name.
fn has_port(service: &Object, wanted: &Tree) -> bool {
    walk(&service.tree, "spec.ports.*").any(|port| match wanted.as_i64() {
        Some(number) => port.get("port").and_then(Tree::as_i64) == Some(number),
        None => text(port, "name") == wanted.as_str(),
    })
}
