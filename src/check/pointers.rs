//! What objects point at: a backend's Service and its port, what an autoscaler scales, what a selector
//! selects, what a Pod refers to.

use std::sync::Arc;

use super::objects::{Object, Text, parse};
use super::related::{config_map_names, is_workload, namespace, pod};
use super::rule::Tree;
use super::rule::selector::selects;
use crate::yaml::{Place, Route};

/// Something that pointed at an object or port, and points at nothing any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The object that points, as people name it.
    pub object: String,
    /// Its file.
    pub file: Arc<str>,
    /// Where the pointer stands.
    pub place: Place,
    /// The field.
    pub field: Route,
    /// What it points at, such as `port 8081 of Service/shop`.
    pub target: String,
}

/// What one pointer points at.
enum Target<'t> {
    Object {
        kind: String,
        namespace: String,
        name: String,
    },
    Port {
        namespace: String,
        service: String,
        port: &'t Tree,
    },
    Pods {
        namespace: String,
        selector: Tree,
    },
    /// Services by their labels, with a port of them by its name.
    Services {
        namespace: String,
        selector: Tree,
        port: Option<&'t Tree>,
    },
}

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

/// Finds what pointed at something in texts as they were, and points at nothing in the texts as they
/// will be.
#[must_use]
pub fn lost(before: &[Text], after: &[Text]) -> Vec<Lost> {
    let read = |texts: &[Text]| -> Vec<Object> {
        let mut objects = Vec::new();
        for (number, text) in texts.iter().enumerate() {
            objects.extend(parse(text).objects(number, objects.len()));
        }
        objects
    };
    let (known, left) = (read(before), read(after));
    let mut found: Vec<Lost> = Vec::new();
    for object in &left {
        for (at, target) in pointers(object) {
            if is_there(&target, &left) || !is_there(&target, &known) {
                continue;
            }
            let spot = at.spot();
            let lost = Lost {
                object: object.label(),
                file: Arc::clone(&after[object.text].name),
                place: spot.as_ref().map_or(object.place, |spot| spot.place),
                field: spot.map_or_else(Route::root, |spot| spot.route),
                target: in_words(&target),
            };
            if !found.contains(&lost) {
                found.push(lost);
            }
        }
    }
    found
}

/// Everything that an object points at, each with where it says so.
fn pointers(object: &Object) -> Vec<(Tree, Target<'_>)> {
    let (kind, tree) = (object.id.kind.as_str(), &object.tree);
    let mut found = Vec::new();
    for (_, way) in BACKENDS.iter().filter(|(of, _)| *of == kind) {
        for backend in walk(tree, way) {
            found.extend(backend_target(object, backend).map(|target| (backend.clone(), target)));
        }
    }
    for (_, way) in SCALED.iter().filter(|(of, _)| *of == kind) {
        for target in walk(tree, way) {
            let kind = text(target, "kind").unwrap_or("Deployment").to_owned();
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
        }
        "PodDisruptionBudget" | "PodMonitor" => {
            let pods = |at: &Tree| Target::Pods { namespace: here(), selector: at.clone() };
            found.extend(selector(&["spec", "selector"]).map(|at| (at.clone(), pods(&at))));
        }
        "NetworkPolicy" => {
            let pods = |at: &Tree| Target::Pods { namespace: here(), selector: at.clone() };
            found.extend(selector(&["spec", "podSelector"]).map(|at| (at.clone(), pods(&at))));
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
                let namespace = text(subject, "namespace").unwrap_or(namespace(object)).to_owned();
                let target = |name: &str| Target::Object { kind: "ServiceAccount".to_owned(), namespace, name: name.to_owned() };
                found.extend(text(subject, "name").map(|name| (subject.clone(), target(name))));
            }
        }
        kind if is_workload(kind) => {
            let spec = pod(object).and_then(|pod| pod.get("spec").cloned());
            for (at, kind, name) in spec.iter().flat_map(named_by) {
                found.push((at, object_target(object, kind, &name)));
            }
        }
        _ => {}
    }
    found
}

/// What the specification of a Pod refers to by name, each with where it does.
fn named_by(spec: &Tree) -> impl Iterator<Item = (Tree, &'static str, String)> {
    let account = spec.get("serviceAccountName");
    let account = account.and_then(|at| Some((at.clone(), "ServiceAccount", at.as_str()?.to_owned())));
    account.into_iter().chain(config_map_names(spec).into_iter().map(|name| (spec.clone(), "ConfigMap", name)))
}

fn object_target<'t>(from: &Object, kind: &str, name: &str) -> Target<'t> {
    Target::Object { kind: kind.to_owned(), namespace: namespace(from).to_owned(), name: name.to_owned() }
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
        None => Target::Object { kind: "Service".to_owned(), namespace, name: service },
    })
}

fn is_there(target: &Target<'_>, objects: &[Object]) -> bool {
    let is = |object: &Object, kind: &str, space: &str| object.id.kind == kind && namespace(object) == space;
    match target {
        Target::Object { kind, namespace, name } => {
            objects.iter().any(|object| is(object, kind, namespace) && object.id.name == *name)
        }
        Target::Port { namespace, service, port } => {
            objects.iter().any(|object| is(object, "Service", namespace) && object.id.name == *service && has_port(object, port))
        }
        Target::Pods { namespace: space, selector } => {
            let labels = |object: &Object| pod(object).and_then(|pod| pod.at(&["metadata", "labels"]).cloned());
            let mut here = objects.iter().filter(|object| is_workload(&object.id.kind) && namespace(object) == space);
            here.any(|object| selects(Some(selector), labels(object).as_ref()).unwrap_or(false))
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

/// Whether a Service has a port of this number or name.
fn has_port(service: &Object, wanted: &Tree) -> bool {
    walk(&service.tree, "spec.ports.*").any(|port| match wanted.as_i64() {
        Some(number) => port.get("port").and_then(Tree::as_i64) == Some(number),
        None => text(port, "name") == wanted.as_str(),
    })
}

fn in_words(target: &Target<'_>) -> String {
    let port = |port: &Tree| port.as_i64().map_or_else(|| port.as_str().unwrap_or_default().to_owned(), |port| port.to_string());
    match target {
        Target::Object { kind, name, .. } => format!("{kind}/{name}"),
        Target::Port { service, port: wanted, .. } => format!("port {} of Service/{service}", port(wanted)),
        Target::Pods { .. } => "Pods by their labels".to_owned(),
        Target::Services { port: Some(wanted), .. } => format!("port {} of Services by their labels", port(wanted)),
        Target::Services { .. } => "Services by their labels".to_owned(),
    }
}

fn text<'t>(tree: &'t Tree, key: &str) -> Option<&'t str> {
    tree.get(key).and_then(Tree::as_str)
}

/// What stands at the end of a way, in which `*` is each element of a list.
fn walk<'t>(tree: &'t Tree, way: &str) -> impl Iterator<Item = &'t Tree> {
    let mut found = vec![tree];
    for word in way.split('.') {
        found = match word {
            "*" => found.into_iter().flat_map(Tree::items).collect(),
            key => found.into_iter().filter_map(|tree| tree.get(key)).collect(),
        };
    }
    found.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: shop, labels: {app: shop}}\nspec:\n  selector: {app: shop}\n  \
                           ports: [{name: http, port: 80}]\n";
    const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\nspec:\n  template:\n    metadata: {labels: \
                              {app: shop}}\n    spec: {serviceAccountName: shop, containers: [{name: a, envFrom: [{configMapRef: {name: env}}]}]}\n";
    const ACCOUNT: &str = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: shop}\n";
    const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: env}\n";

    /// What is lost of one's own object when the objects of the service change.
    fn lost_of(own: &str, change: impl Fn(&str) -> String) -> Vec<String> {
        let standing = [SERVICE, DEPLOYMENT, ACCOUNT, CONFIG].join("---\n");
        let changed = change(&standing);
        let texts = |service: &str| [Text::new("own.yaml", own.to_owned()), Text::new("k8s.yaml", service.to_owned())];
        let shown = |lost: Lost| format!("{}:{}: {}: {}: {}", lost.file, lost.place.line, lost.object, lost.field, lost.target);
        assert_eq!(lost(&texts(&standing), &texts(&standing)), []);
        lost(&texts(&standing), &texts(&changed)).into_iter().map(shown).collect()
    }

    #[test]
    fn a_route_to_a_port_that_goes_points_at_nothing() {
        let route = "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: r}\nspec:\n  rules:\n    - backendRefs:\n        \
                     - {name: shop, port: 80}\n";
        let ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec:\n  rules:\n    - http: {paths: [{backend: \
                       {service: {name: shop, port: {name: http}}}}]}\n";
        let mesh = "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: v}\nspec:\n  http:\n    - route:\n        - \
                    destination: {host: shop.default.svc.cluster.local, port: {number: 80}}\n";
        let other_port = |text: &str| text.replace("{name: http, port: 80}", "{name: grpc, port: 81}");
        assert_eq!(
            lost_of(route, other_port),
            ["own.yaml:7: HTTPRoute/r: spec.rules[0].backendRefs[0]: port 80 of Service/shop"]
        );
        assert_eq!(
            lost_of(ingress, other_port),
            ["own.yaml:6: Ingress/i: spec.rules[0].http.paths[0].backend.service: port http of Service/shop"]
        );
        let lost = lost_of(mesh, other_port);
        assert!(lost[0].ends_with(": port 80 of Service/shop"), "{lost:?}");
        assert_eq!(lost_of(route, |text| text.replace("{app: shop}", "{app: till}")), [""; 0]);
        let elsewhere = route.replace("name: shop, port: 80", "name: other, port: 80");
        assert_eq!(lost_of(&elsewhere, other_port), [""; 0]);
    }

    #[test]
    fn what_names_or_selects_a_renamed_object_points_at_nothing() {
        let scaler = "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\nspec:\n  scaleTargetRef: {kind: Deployment, \
                      name: shop}\n";
        let monitor = "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {name: m}\nspec:\n  selector: {matchLabels: {app: \
                       shop}}\n  endpoints:\n    - port: http\n";
        let budget = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec:\n  selector: {matchLabels: {app: shop}}\n";
        let binding = "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b}\nsubjects:\n  - {kind: ServiceAccount, \
                       name: shop}\n";
        let job = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n  template:\n    spec: {containers: [{name: a, env: [{name: A, \
                   valueFrom: {configMapKeyRef: {name: env, key: a}}}]}]}\n";
        let renamed = |text: &str| {
            text.replace("name: shop", "name: till").replace("app: shop", "app: till").replace("Name: shop", "Name: till")
        };
        for (own, line, target) in [
            (scaler, 5, "Deployment/shop"),
            (budget, 5, "Pods by their labels"),
            (binding, 5, "ServiceAccount/shop"),
            (job, 6, "ConfigMap/env"),
        ] {
            let renamed = |text: &str| renamed(text).replace("name: env", "name: env-2");
            let lost = lost_of(own, renamed);
            assert!(lost[0].starts_with(&format!("own.yaml:{line}: ")) && lost[0].ends_with(&format!(": {target}")), "{lost:?}");
        }
        let lost = lost_of(monitor, renamed);
        assert_eq!(lost.len(), 2, "{lost:?}");
        let port_renamed = lost_of(monitor, |text| text.replace("name: http, port", "name: web, port"));
        assert_eq!(port_renamed, ["own.yaml:7: ServiceMonitor/m: spec.endpoints[0].port: port http of Services by their labels"]);
        let moved = lost_of(scaler, |text| text.replace("name: shop}\nspec", "name: shop, namespace: other}\nspec"));
        assert!(moved[0].ends_with(": spec.scaleTargetRef: Deployment/shop"), "{moved:?}");
    }
}
