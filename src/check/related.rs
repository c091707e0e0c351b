//! Who belongs to whom: the facts that need more than one object.
//!
//! Selectors and references are applied as Kubernetes applies them, within a namespace; an object
//! without one stands in whatever namespace it is applied to, which rules take for the same.

use std::collections::BTreeMap;

use super::objects::Object;
use super::rule::Tree;
use super::rule::selector::selects;

/// What rules see as `related.*`, with the names they use.
const NAMES: &[&str] = &[
    "pdbs",
    "hpas",
    "vpas",
    "services",
    "networkPolicies",
    "podMonitors",
    "serviceMonitors",
    "serviceAccounts",
    "configMaps",
    "workloads",
];

/// Those that find a workload by the labels of its Pods.
const BY_POD_LABELS: &[&str] = &["pdbs", "services", "networkPolicies", "podMonitors", "serviceMonitors"];

/// For each object, the objects that belong to it, by the name that rules use.
#[derive(Debug)]
pub struct Relations(Vec<BTreeMap<&'static str, Vec<usize>>>);

impl Relations {
    /// The relations of one object as rules see them. Where nothing selects a workload, the labels of
    /// its Pods are the place to look at.
    #[must_use]
    pub fn of(&self, object: usize, objects: &[Object]) -> Tree {
        let known = self.0.get(object);
        let pod = objects.get(object).and_then(pod);
        let labels = pod.as_ref().map(|pod| pod.at(&["metadata", "labels"]).unwrap_or(pod));
        let list = |name: &&'static str| {
            let found = known.and_then(|known| known.get(name)).into_iter().flatten();
            let found: Vec<Tree> = found.filter_map(|other| objects.get(*other)).map(|other| other.tree.clone()).collect();
            let nothing_at = labels.filter(|_| found.is_empty() && BY_POD_LABELS.contains(name));
            nothing_at.map_or_else(|| Tree::list(found), Tree::nothing_at)
        };
        Tree::map(NAMES.iter().map(|name| ((*name).to_owned(), list(name))))
    }

    fn join(&mut self, one: usize, name: &'static str, other: usize) {
        if let Some(related) = self.0.get_mut(one) {
            related.entry(name).or_default().push(other);
        }
    }
}

/// Whether objects of a kind make Pods.
#[must_use]
pub fn is_workload(kind: &str) -> bool {
    matches!(kind, "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job" | "CronJob" | "Pod" | "Rollout")
}

/// The Pod that a workload makes: its metadata and specification.
pub(super) fn pod(object: &Object) -> Option<Tree> {
    match object.id.kind.as_str() {
        "Pod" => Some(object.tree.clone()),
        "CronJob" => object.tree.at(&["spec", "jobTemplate", "spec", "template"]).cloned(),
        kind if is_workload(kind) => object.tree.at(&["spec", "template"]).cloned(),
        _ => None,
    }
}

pub(super) fn namespace(object: &Object) -> &str {
    object.id.namespace.as_deref().unwrap_or("default")
}

/// Whether a selector selects labels; a malformed one, which the API server refuses, selects nothing.
fn picks(selector: Option<&Tree>, labels: Option<&Tree>) -> bool {
    selects(selector, labels).unwrap_or(false)
}

/// Workloads by what others know them by.
#[derive(Default)]
struct Workloads<'a> {
    all: BTreeMap<&'a str, Vec<usize>>,
    by_name: BTreeMap<(&'a str, &'a str, &'a str), usize>,
    by_label: BTreeMap<(&'a str, String, String), Vec<usize>>,
    pods: BTreeMap<usize, Tree>,
}

impl<'a> Workloads<'a> {
    fn of(objects: &'a [Object]) -> Self {
        let mut workloads = Self::default();
        for (index, object) in objects.iter().enumerate() {
            let Some(pod) = pod(object) else { continue };
            let namespace = namespace(object);
            workloads.all.entry(namespace).or_default().push(index);
            workloads.by_name.insert((namespace, &object.id.kind, &object.id.name), index);
            for (key, value) in pod.at(&["metadata", "labels"]).into_iter().flat_map(Tree::entries) {
                let value = value.as_str().unwrap_or_default().to_owned();
                workloads.by_label.entry((namespace, key.to_owned(), value)).or_default().push(index);
            }
            workloads.pods.insert(index, pod);
        }
        workloads
    }

    /// The workloads whose Pods a selector selects. Of its labels the rarest tells where to look.
    fn selected(&self, namespace: &str, selector: &Tree) -> Vec<usize> {
        let labels = selector.get("matchLabels").into_iter().flat_map(Tree::entries);
        let having = |(key, value): (&str, &Tree)| {
            let value = value.as_str().unwrap_or_default().to_owned();
            self.by_label.get(&(namespace, (*key).to_owned(), value)).map_or(&[][..], Vec::as_slice)
        };
        let everyone = self.all.get(namespace).map_or(&[][..], Vec::as_slice);
        let candidates = labels.map(having).min_by_key(|found| found.len()).unwrap_or(everyone);
        let fits = |index: &&usize| {
            let pod = self.pods.get(index);
            picks(Some(selector), pod.and_then(|pod| pod.at(&["metadata", "labels"])))
        };
        candidates.iter().filter(fits).copied().collect()
    }
}

/// Works out who belongs to whom.
#[must_use]
pub fn relate(objects: &[Object]) -> Relations {
    let mut relations = Relations(vec![BTreeMap::new(); objects.len()]);
    let workloads = Workloads::of(objects);
    for (index, object) in objects.iter().enumerate() {
        let (name, found) = match object.id.kind.as_str() {
            "PodDisruptionBudget" => ("pdbs", by_selector(object, &workloads, &["spec", "selector"])),
            "NetworkPolicy" => ("networkPolicies", by_selector(object, &workloads, &["spec", "podSelector"])),
            "PodMonitor" => ("podMonitors", by_selector(object, &workloads, &["spec", "selector"])),
            "Service" => ("services", by_service(object, &workloads)),
            "HorizontalPodAutoscaler" => ("hpas", by_target(object, &workloads, &["spec", "scaleTargetRef"])),
            "VerticalPodAutoscaler" => ("vpas", by_target(object, &workloads, &["spec", "targetRef"])),
            _ => continue,
        };
        for workload in found {
            relations.join(workload, name, index);
            relations.join(index, "workloads", workload);
        }
    }
    relate_quotas(objects, &workloads, &mut relations);
    relate_references(objects, &workloads, &mut relations);
    relate_service_monitors(objects, &mut relations);
    relations
}

fn by_selector(object: &Object, workloads: &Workloads<'_>, route: &[&str]) -> Vec<usize> {
    object.tree.at(route).map(|selector| workloads.selected(namespace(object), selector)).unwrap_or_default()
}

/// A Service selects by plain labels; without any it selects nothing by itself.
fn by_service(object: &Object, workloads: &Workloads<'_>) -> Vec<usize> {
    let selector = object.tree.at(&["spec", "selector"]).filter(|selector| selector.entries().next().is_some());
    let as_labels = |selector: &Tree| Tree::map([("matchLabels".to_owned(), selector.clone())]);
    selector.map(|selector| workloads.selected(namespace(object), &as_labels(selector))).unwrap_or_default()
}

fn by_target(object: &Object, workloads: &Workloads<'_>, route: &[&str]) -> Vec<usize> {
    let word = |key: &str| object.tree.at(route).and_then(|target| target.get(key)).and_then(Tree::as_str).unwrap_or_default();
    let target = (namespace(object), word("kind"), word("name"));
    workloads.by_name.get(&target).copied().into_iter().collect()
}

/// A quota bounds all workloads of its namespace, as large as their autoscalers let them become.
fn relate_quotas(objects: &[Object], workloads: &Workloads<'_>, relations: &mut Relations) {
    for (quota, object) in objects.iter().enumerate().filter(|(_, object)| object.id.kind == "ResourceQuota") {
        for &workload in workloads.all.get(namespace(object)).into_iter().flatten() {
            relations.join(quota, "workloads", workload);
            let hpas = relations.0.get(workload).and_then(|related| related.get("hpas")).cloned();
            hpas.into_iter().flatten().for_each(|hpa| relations.join(quota, "hpas", hpa));
        }
    }
}

/// `ServiceAccounts` and `ConfigMaps`, by the name under which Pods refer to them.
fn relate_references(objects: &[Object], workloads: &Workloads<'_>, relations: &mut Relations) {
    let mut named = BTreeMap::new();
    for (index, object) in objects.iter().enumerate() {
        let name = match object.id.kind.as_str() {
            "ServiceAccount" => "serviceAccounts",
            "ConfigMap" => "configMaps",
            _ => continue,
        };
        named.insert((name, namespace(object), object.id.name.as_str()), index);
    }
    for (workload, pod) in &workloads.pods {
        let Some(object) = objects.get(*workload) else { continue };
        let spec = pod.get("spec");
        let account = spec.and_then(|spec| spec.get("serviceAccountName")).and_then(Tree::as_str).unwrap_or("default");
        let maps = spec.map(config_map_names).unwrap_or_default();
        let wanted = maps.into_iter().map(|name| ("configMaps", name)).chain([("serviceAccounts", account.to_owned())]);
        for (kind, name) in wanted {
            if let Some(other) = named.get(&(kind, namespace(object), name.as_str())) {
                relations.join(*workload, kind, *other);
                relations.join(*other, "workloads", *workload);
            }
        }
    }
}

/// The `ConfigMaps` to which a Pod refers, each once.
pub(super) fn config_map_names(spec: &Tree) -> Vec<String> {
    let mut names = std::collections::BTreeSet::new();
    let mut add = |found: Option<&Tree>| names.extend(found.and_then(Tree::as_str).map(str::to_owned));
    for volume in spec.get("volumes").map(Tree::items).unwrap_or_default() {
        add(volume.at(&["configMap", "name"]));
    }
    for container in ["containers", "initContainers"].iter().filter_map(|list| spec.get(list)).flat_map(Tree::items) {
        for from in container.get("envFrom").map(Tree::items).unwrap_or_default() {
            add(from.at(&["configMapRef", "name"]));
        }
        for variable in container.get("env").map(Tree::items).unwrap_or_default() {
            add(variable.at(&["valueFrom", "configMapKeyRef", "name"]));
        }
    }
    names.into_iter().collect()
}

/// A `ServiceMonitor` selects Services by their labels, and through them workloads.
fn relate_service_monitors(objects: &[Object], relations: &mut Relations) {
    let of_kind = |kind: &'static str| objects.iter().enumerate().filter(move |(_, object)| object.id.kind == kind);
    let mut joined = Vec::new();
    for (monitor, object) in of_kind("ServiceMonitor") {
        for (service, other) in of_kind("Service").filter(|(_, other)| namespace(other) == namespace(object)) {
            if picks(object.tree.at(&["spec", "selector"]), other.tree.at(&["metadata", "labels"])) {
                let workloads = relations.0.get(service).and_then(|related| related.get("workloads")).cloned();
                joined.extend(workloads.into_iter().flatten().map(|workload| (workload, monitor)));
            }
        }
    }
    for (workload, monitor) in joined {
        relations.join(workload, "serviceMonitors", monitor);
        relations.join(monitor, "workloads", workload);
    }
}
