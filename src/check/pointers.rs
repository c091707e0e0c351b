//! What objects point at: a backend's Service and its port, what an autoscaler scales, what a selector
//! selects, what a Pod refers to.

use std::collections::BTreeSet;
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
    /// Of any kind or in any namespace, where that is not said.
    Object {
        kind: Option<String>,
        namespace: Option<String>,
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
    let ((known, _), (left, patches)) = (read(before), read(after));
    let mut found: Vec<Lost> = Vec::new();
    let of_patch = |patch: &Object| vec![(patch.tree.clone(), patched(patch))];
    let all = left.iter().map(|object| (object, pointers(object)));
    for (object, pointers) in all.chain(patches.iter().map(|patch| (patch, of_patch(patch)))) {
        for (at, target) in pointers {
            if is_there(&target, &left) || !is_there(&target, &known) {
                continue;
            }
            let spot = at.spot();
            let lost = Lost {
                object: object.label().trim_end_matches('/').to_owned(),
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

/// The objects of texts, and apart from them the patches that kustomizations among them name, which look
/// alike.
fn read(texts: &[Text]) -> (Vec<Object>, Vec<Object>) {
    let mut objects = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        objects.extend(parse(text).objects(number, objects.len()));
    }
    let patches: BTreeSet<String> = objects
        .iter()
        .filter(|object| is_kustomization(object))
        .flat_map(|object| {
            let folder = texts[object.text].name.rsplit_once('/').map_or("", |(folder, _)| folder);
            let named = walk(&object.tree, "patches.*.path").chain(walk(&object.tree, "patchesStrategicMerge.*"));
            named.filter_map(Tree::as_str).map(|path| plain(&format!("{folder}/{path}"))).collect::<Vec<_>>()
        })
        .collect();
    objects.into_iter().partition(|object| !patches.contains(&plain(&texts[object.text].name)))
}

/// A path without `.` and `..`.
fn plain(path: &str) -> String {
    let mut words: Vec<&str> = Vec::new();
    for word in path.split('/') {
        match word {
            "" | "." => {}
            ".." if words.last().is_some_and(|last| *last != "..") => _ = words.pop(),
            word => words.push(word),
        }
    }
    words.join("/")
}

fn is_kustomization(object: &Object) -> bool {
    object.id.kind == "Kustomization" && object.id.api_version.starts_with("kustomize.config.k8s.io/")
}

/// The object that a patch is for.
fn patched<'t>(patch: &Object) -> Target<'t> {
    Target::Object { kind: Some(patch.id.kind.clone()), namespace: None, name: patch.id.name.clone() }
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
                let namespace = Some(text(subject, "namespace").unwrap_or(namespace(object)).to_owned());
                let kind = Some("ServiceAccount".to_owned());
                let target = |name: &str| Target::Object { kind, namespace, name: name.to_owned() };
                found.extend(text(subject, "name").map(|name| (subject.clone(), target(name))));
            }
        }
        "Kustomization" if is_kustomization(object) => {
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

fn is_there(target: &Target<'_>, objects: &[Object]) -> bool {
    let is = |object: &Object, kind: &str, space: &str| object.id.kind == kind && namespace(object) == space;
    match target {
        Target::Object { kind, namespace: space, name } => objects.iter().any(|object| {
            object.id.name == *name
                && kind.as_ref().is_none_or(|kind| object.id.kind == *kind)
                && space.as_ref().is_none_or(|space| namespace(object) == *space)
        }),
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
        Target::Object { kind: Some(kind), name, .. } => format!("{kind}/{name}"),
        Target::Object { name, .. } => format!("an object {name}"),
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

    #[test]
    fn patches_of_overlays_are_no_objects_and_want_one_to_patch() {
        let overlay = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [../..]\npatches:\n  - path: more.yaml\n  - \
                       target: {kind: Deployment, name: shop}\n    patch: '[]'\n  - target: {kind: Deployment, name: sh.*}\n    patch: \
                       '[]'\nreplicas:\n  - {name: shop, count: 3}\n";
        let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\nspec: {paused: true}\n";
        let texts = |service: &str| {
            [("overlays/prod/kustomization.yaml", overlay), ("overlays/prod/more.yaml", patch), ("k8s.yaml", service)]
                .map(|(name, text)| Text::new(name, text.to_owned()))
        };
        let renamed = DEPLOYMENT.replace("{name: shop}", "{name: till}");
        let shown = |lost: Lost| format!("{}:{}: {}", lost.file, lost.place.line, lost.target);
        let lost: Vec<String> = lost(&texts(DEPLOYMENT), &texts(&renamed)).into_iter().map(shown).collect();
        let expected = [
            "overlays/prod/kustomization.yaml:6: Deployment/shop",
            "overlays/prod/kustomization.yaml:11: an object shop",
            "overlays/prod/more.yaml:1: Deployment/shop",
        ];
        assert_eq!(lost, expected);
    }

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
