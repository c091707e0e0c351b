//! Who points where: a backend's Service and its port, what an autoscaler scales, what a selector selects,
//! what a Pod refers to, what a kustomization patches.

use super::target::Target;
use super::ways::{text, walk};
use crate::check::objects::Object;
use crate::check::related::{config_map_names, namespace, pod};
use crate::check::rule::Tree;
use crate::manifest::{self, Workload};

/// Objects that name a Service as a backend, with the way to each: `*` stands for all elements.
const BACKENDS: &[(&str, &str)] = &[
    ("GRPCRoute", "spec.rules.*.backendRefs.*"),
    ("HTTPRoute", "spec.rules.*.backendRefs.*"),
    ("Ingress", "spec.defaultBackend.service"),
    ("Ingress", "spec.rules.*.http.paths.*.backend.service"),
    ("TCPRoute", "spec.rules.*.backendRefs.*"),
    ("TLSRoute", "spec.rules.*.backendRefs.*"),
    ("UDPRoute", "spec.rules.*.backendRefs.*"),
    ("VirtualService", "spec.http.*.route.*.destination"),
    ("VirtualService", "spec.tcp.*.route.*.destination"),
    ("VirtualService", "spec.tls.*.route.*.destination"),
];

/// Objects that name a workload, with the way to it.
const SCALED: &[(&str, &str)] = &[
    ("HorizontalPodAutoscaler", "spec.scaleTargetRef"),
    ("ScaledObject", "spec.scaleTargetRef"),
    ("VerticalPodAutoscaler", "spec.targetRef"),
];

/// Everything that an object points at, each with where it says so.
pub fn pointers(object: &Object) -> Vec<(Tree, Target<'_>)> {
    let mut found = Vec::new();
    let Some(kind) = object.id.known_kind() else { return found };
    let tree = &object.tree;
    for (_, way) in BACKENDS.iter().filter(|(of, _)| *of == kind) {
        for backend in walk(tree, way) {
            found.extend(backend_target(object, backend).map(|target| (backend.clone(), target)));
        }
    }
    for (_, way) in SCALED.iter().filter(|(of, _)| *of == kind) {
        for target in walk(tree, way) {
            let kind = text(target, "kind").unwrap_or(manifest::SCALED).to_owned();
            found.extend(text(target, "name").map(|name| (target.clone(), object_target(object, &kind, name))));
        }
    }
    let selector = |way: &[&str]| tree.at(way).filter(|selector| selector.entries().next().is_some()).cloned();
    let here = || namespace(object).to_owned();
    match kind {
        "Service" => {
            let as_labels = |at: &Tree| Tree::map([("matchLabels".to_owned(), at.clone())]);
            let pods = |at: &Tree| Target::Pods { namespace: here(), selector: as_labels(at) };
            found.extend(selector(&["spec", "selector"]).map(|at| (at.clone(), pods(&at))));
            let at = selector(&["spec", "selector"]).map(|at| as_labels(&at));
            found.extend(pod_ports(object, at.as_ref(), walk(tree, "spec.ports.*.targetPort")));
        }
        "PodDisruptionBudget" | "PodMonitor" => {
            let pods = |at: &Tree| Target::Pods { namespace: here(), selector: at.clone() };
            found.extend(selector(&["spec", "selector"]).map(|at| (at.clone(), pods(&at))));
            let at = selector(&["spec", "selector"]);
            found.extend(pod_ports(object, at.as_ref(), walk(tree, "spec.podMetricsEndpoints.*.port")));
        }
        "NetworkPolicy" => {
            let pods = |at: &Tree| Target::Pods { namespace: here(), selector: at.clone() };
            found.extend(selector(&["spec", "podSelector"]).map(|at| (at.clone(), pods(&at))));
            let at = selector(&["spec", "podSelector"]);
            found.extend(pod_ports(object, at.as_ref(), walk(tree, "spec.ingress.*.ports.*.port")));
        }
        "ServiceMonitor" => {
            let Some(at) = selector(&["spec", "selector"]) else { return found };
            let services = |port| Target::Services { namespace: here(), selector: at.clone(), port };
            found.push((at.clone(), services(None)));
            for endpoint in walk(tree, "spec.endpoints.*") {
                found.extend(endpoint.get("port").map(|port| (port.clone(), services(Some(port)))));
            }
        }
        "RoleBinding" | "ClusterRoleBinding" => {
            for subject in walk(tree, "subjects.*").filter(|subject| text(subject, "kind") == Some("ServiceAccount")) {
                let namespace = Some(text(subject, "namespace").unwrap_or(namespace(object)).to_owned());
                let kind = Some("ServiceAccount".to_owned());
                let target = |name: &str| Target::Object { kind, namespace, name: name.to_owned() };
                found.extend(text(subject, "name").map(|name| (subject.clone(), target(name))));
            }
        }
        "Kustomization" => {
            for target in walk(tree, "patches.*.target") {
                let kind = text(target, "kind").map(str::to_owned);
                // A name may be a pattern, of which only one that is plain is certain.
                let name = text(target, "name").filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
                let patched = |name: &str| Target::Object { kind, namespace: None, name: name.to_owned() };
                found.extend(name.map(|name| (target.clone(), patched(name))));
            }
            for scaled in walk(tree, "replicas.*") {
                let named = |name: &str| Target::Object { kind: None, namespace: None, name: name.to_owned() };
                found.extend(text(scaled, "name").map(|name| (scaled.clone(), named(name))));
            }
        }
        kind if Workload::of_kind(kind).is_some() => {
            let spec = pod(object).and_then(|pod| pod.get("spec").cloned());
            for (at, kind, name) in spec.iter().flat_map(named_by) {
                found.push((at, object_target(object, kind, &name)));
            }
            let own = || [kind.to_owned(), here(), object.id.name.clone()];
            for port in spec.iter().flat_map(probed) {
                let name = port.as_str().map(str::to_owned);
                found.extend(name.map(|name| (port, Target::OwnPort { workload: own(), name })));
            }
        }
        _ => {}
    }
    found
}

/// The container ports that an object names of the Pods that it selects.
fn pod_ports<'t>(object: &'t Object, selector: Option<&Tree>, ports: impl Iterator<Item = &'t Tree>) -> Vec<(Tree, Target<'t>)> {
    let Some(selector) = selector else { return Vec::new() };
    let target = |name: &str| {
        let (namespace, selector) = (namespace(object).to_owned(), selector.clone());
        Target::PodPort { namespace, selector, name: name.to_owned() }
    };
    ports.filter_map(|port| Some((port.clone(), target(port.as_str()?)))).collect()
}

/// The ports that the probes and hooks of a Pod's containers name.
fn probed(spec: &Tree) -> Vec<Tree> {
    const ASKED: &[&str] = &["livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"];
    let containers = || ["containers.*", "initContainers.*"].into_iter();
    let ways = containers().flat_map(|container| {
        ASKED.iter().flat_map(move |probe| ["httpGet", "tcpSocket"].map(|how| format!("{container}.{probe}.{how}.port")))
    });
    ways.flat_map(|way| walk(spec, &way).cloned().collect::<Vec<_>>()).collect()
}

/// What the specification of a Pod refers to by name, each with where it does.
fn named_by(spec: &Tree) -> impl Iterator<Item = (Tree, &'static str, String)> {
    let account = spec.get("serviceAccountName");
    let account = account.and_then(|at| Some((at.clone(), "ServiceAccount", at.as_str()?.to_owned())));
    account.into_iter().chain(config_map_names(spec).into_iter().map(|name| (spec.clone(), "ConfigMap", name)))
}

fn object_target<'t>(from: &Object, kind: &str, name: &str) -> Target<'t> {
    Target::Object { kind: Some(kind.to_owned()), namespace: Some(namespace(from).to_owned()), name: name.to_owned() }
}

/// The Service that a backend names: as `name`, or as the `host` of a mesh, which may be a whole one.
fn backend_target<'t>(from: &Object, backend: &'t Tree) -> Option<Target<'t>> {
    if text(backend, "kind").is_some_and(|kind| kind != "Service") {
        return None;
    }
    let mut words = text(backend, "name").or_else(|| text(backend, "host"))?.split('.');
    let service = words.next()?.to_owned();
    let namespace = text(backend, "namespace").or_else(|| words.next()).unwrap_or(namespace(from)).to_owned();
    let port = backend.get("port").and_then(|port| port.get("number").or_else(|| port.get("name")).or(Some(port)));
    Some(match port.filter(|port| port.as_i64().is_some() || port.as_str().is_some()) {
        Some(port) => Target::Port { namespace, service, port },
        None => Target::Object { kind: Some("Service".to_owned()), namespace: Some(namespace), name: service },
    })
}

/// The object that a patch is for.
pub fn patched<'t>(patch: &Object) -> Target<'t> {
    Target::Object { kind: Some(patch.id.kind.clone()), namespace: None, name: patch.id.name.clone() }
}
