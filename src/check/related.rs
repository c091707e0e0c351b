//! Who belongs to whom: the facts that need more than one object.
//!
//! Selectors and references are applied as Kubernetes applies them, within a namespace; an object
//! without one stands in whatever namespace it is applied to, which rules take for the same.

use std::collections::BTreeMap;

use super::objects::Object;
use super::rule::Tree;
use super::rule::selector::selects;
use crate::limits::Limit;
use crate::manifest::Workload;

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
pub struct Relations {
    of_objects: Vec<BTreeMap<&'static str, Vec<usize>>>,
    /// How many more comparisons may be made, and relations found.
    left: usize,
}

impl Relations {
    /// The relations of one object as rules see them. Where nothing selects a workload, the labels of
    /// its Pods are the place to look at.
    #[must_use]
    pub fn of(&self, object: usize, objects: &[Object]) -> Tree {
        let known = self.of_objects.get(object);
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

    fn join(&mut self, one: usize, name: &'static str, other: usize) -> Result<(), Limit> {
        self.spend(1)?;
        if let Some(related) = self.of_objects.get_mut(one) {
            related.entry(name).or_default().push(other);
        }
        Ok(())
    }

    /// Counts comparisons before they are made.
    fn spend(&mut self, comparisons: usize) -> Result<(), Limit> {
        self.left = self.left.checked_sub(comparisons).ok_or(Limit::Comparisons)?;
        Ok(())
    }

    fn related(&self, object: usize, name: &str) -> Vec<usize> {
        self.of_objects.get(object).and_then(|related| related.get(name)).cloned().unwrap_or_default()
    }
}

/// The Pod that a workload makes: its metadata and specification.
pub(super) fn pod(object: &Object) -> Option<Tree> {
    let keys: Vec<&str> = Workload::of_kind(object.id.known_kind()?)?.template_keys().collect();
    object.tree.at(&keys).cloned()
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
    fn selected(&self, namespace: &str, selector: &Tree, relations: &mut Relations) -> Result<Vec<usize>, Limit> {
        let labels = selector.get("matchLabels").into_iter().flat_map(Tree::entries);
        let having = |(key, value): (&str, &Tree)| {
            let value = value.as_str().unwrap_or_default().to_owned();
            self.by_label.get(&(namespace, (*key).to_owned(), value)).map_or(&[][..], Vec::as_slice)
        };
        let everyone = self.all.get(namespace).map_or(&[][..], Vec::as_slice);
        let candidates = labels.map(having).min_by_key(|found| found.len()).unwrap_or(everyone);
        relations.spend(candidates.len().saturating_mul(terms(selector)))?;
        let fits = |index: &&usize| {
            let pod = self.pods.get(index);
            picks(Some(selector), pod.and_then(|pod| pod.at(&["metadata", "labels"])))
        };
        Ok(candidates.iter().filter(fits).copied().collect())
    }
}

/// How much a selector asks of each object: its labels, its requirements and their values.
fn terms(selector: &Tree) -> usize {
    let labels = selector.get("matchLabels").map_or(0, |labels| labels.entries().count());
    let requirements = selector.get("matchExpressions").map(Tree::items).unwrap_or_default();
    let values = |requirement: &Tree| 1 + requirement.get("values").map_or(0, |values| values.items().len());
    1 + labels + requirements.iter().map(values).sum::<usize>()
}

/// Works out who belongs to whom.
///
/// # Errors
/// The limit, where so many objects select each other that it would take too much.
pub fn relate(objects: &[Object]) -> Result<Relations, Limit> {
    let mut relations = Relations { of_objects: vec![BTreeMap::new(); objects.len()], left: Limit::Comparisons.most() };
    let workloads = Workloads::of(objects);
    for (index, object) in objects.iter().enumerate() {
        let by = |route: &[&str], relations: &mut Relations| by_selector(object, &workloads, route, relations);
        let (name, found) = match object.id.known_kind().unwrap_or_default() {
            "PodDisruptionBudget" => ("pdbs", by(&["spec", "selector"], &mut relations)?),
            "NetworkPolicy" => ("networkPolicies", by(&["spec", "podSelector"], &mut relations)?),
            "PodMonitor" => ("podMonitors", by(&["spec", "selector"], &mut relations)?),
            "Service" => ("services", by_service(object, &workloads, &mut relations)?),
            "HorizontalPodAutoscaler" => ("hpas", by_target(object, &workloads, &["spec", "scaleTargetRef"])),
            "VerticalPodAutoscaler" => ("vpas", by_target(object, &workloads, &["spec", "targetRef"])),
            _ => continue,
        };
        for workload in found {
            relations.join(workload, name, index)?;
            relations.join(index, "workloads", workload)?;
        }
    }
    relate_quotas(objects, &workloads, &mut relations)?;
    relate_references(objects, &workloads, &mut relations)?;
    relate_service_monitors(objects, &mut relations)?;
    Ok(relations)
}

fn by_selector(
    object: &Object,
    workloads: &Workloads<'_>,
    route: &[&str],
    relations: &mut Relations,
) -> Result<Vec<usize>, Limit> {
    let Some(selector) = object.tree.at(route) else { return Ok(Vec::new()) };
    workloads.selected(namespace(object), selector, relations)
}

/// A Service selects by plain labels; without any it selects nothing by itself.
fn by_service(object: &Object, workloads: &Workloads<'_>, relations: &mut Relations) -> Result<Vec<usize>, Limit> {
    let selector = object.tree.at(&["spec", "selector"]).filter(|selector| selector.entries().next().is_some());
    let Some(selector) = selector else { return Ok(Vec::new()) };
    let as_labels = Tree::map([("matchLabels".to_owned(), selector.clone())]);
    workloads.selected(namespace(object), &as_labels, relations)
}

fn by_target(object: &Object, workloads: &Workloads<'_>, route: &[&str]) -> Vec<usize> {
    let word = |key: &str| object.tree.at(route).and_then(|target| target.get(key)).and_then(Tree::as_str).unwrap_or_default();
    let target = (namespace(object), word("kind"), word("name"));
    workloads.by_name.get(&target).copied().into_iter().collect()
}

/// A quota bounds all workloads of its namespace, as large as their autoscalers let them become.
fn relate_quotas(objects: &[Object], workloads: &Workloads<'_>, relations: &mut Relations) -> Result<(), Limit> {
    for (quota, object) in objects.iter().enumerate().filter(|(_, object)| object.id.known_kind() == Some("ResourceQuota")) {
        for &workload in workloads.all.get(namespace(object)).into_iter().flatten() {
            relations.join(quota, "workloads", workload)?;
            for hpa in relations.related(workload, "hpas") {
                relations.join(quota, "hpas", hpa)?;
            }
        }
    }
    Ok(())
}

/// `ServiceAccounts` and `ConfigMaps`, by the name under which Pods refer to them.
fn relate_references(objects: &[Object], workloads: &Workloads<'_>, relations: &mut Relations) -> Result<(), Limit> {
    let mut named = BTreeMap::new();
    for (index, object) in objects.iter().enumerate() {
        let name = match object.id.known_kind().unwrap_or_default() {
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
                relations.join(*workload, kind, *other)?;
                relations.join(*other, "workloads", *workload)?;
            }
        }
    }
    Ok(())
}

/// The `ConfigMaps` to which a Pod refers, each once.
pub(super) fn config_map_names(spec: &Tree) -> Vec<String> {
    let mut names = std::collections::BTreeSet::new();
    let mut add = |found: Option<&Tree>| names.extend(found.and_then(Tree::as_str).map(str::to_owned));
    for volume in spec.get("volumes").map(Tree::items).unwrap_or_default() {
        add(volume.at(&["configMap", "name"]));
    }
    for container in
        ["containers", "initContainers", "ephemeralContainers"].iter().filter_map(|list| spec.get(list)).flat_map(Tree::items)
    {
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
fn relate_service_monitors(objects: &[Object], relations: &mut Relations) -> Result<(), Limit> {
    let of_kind = |kind: &'static str| objects.iter().enumerate().filter(move |(_, object)| object.id.known_kind() == Some(kind));
    let mut services: BTreeMap<&str, Vec<(usize, Option<&Tree>)>> = BTreeMap::new();
    for (service, object) in of_kind("Service") {
        services.entry(namespace(object)).or_default().push((service, object.tree.at(&["metadata", "labels"])));
    }
    for (monitor, object) in of_kind("ServiceMonitor") {
        let selector = object.tree.at(&["spec", "selector"]);
        let near = services.get(namespace(object)).map_or(&[][..], Vec::as_slice);
        relations.spend(near.len().saturating_mul(selector.map_or(0, terms)))?;
        for (service, _) in near.iter().filter(|(_, labels)| picks(selector, *labels)) {
            for workload in relations.related(*service, "workloads") {
                relations.join(workload, "serviceMonitors", monitor)?;
                relations.join(monitor, "workloads", workload)?;
            }
        }
    }
    Ok(())
}
