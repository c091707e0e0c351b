//! The workload that is adopted, and the objects that belong to it.

use super::object::{AdoptedObject, ObjectField};
use crate::manifest::Workload;
use crate::notation::shell_word;
use crate::plan::{ENV_CONFIG, FILES_CONFIG};
use crate::yaml::{Fault, Route};

/// Kinds whose selectors are about other objects than Pods.
const SELECT_OTHERS: &[&str] = &["PersistentVolumeClaim", "ServiceMonitor"];

/// A workload with the objects that belong to it, one of each kind that the blueprint renders.
#[derive(Debug)]
pub struct Family<'o> {
    /// The kind of the workload.
    pub kind: &'static Workload,
    /// The workload.
    pub workload: &'o AdoptedObject,
    /// The Service that selects its Pods.
    pub service: Option<&'o AdoptedObject>,
    /// The autoscaler that names it.
    pub autoscaler: Option<&'o AdoptedObject>,
    /// The budget that selects its Pods.
    pub budget: Option<&'o AdoptedObject>,
    /// The account of its Pods.
    pub account: Option<&'o AdoptedObject>,
    /// The policy that selects its Pods.
    pub policy: Option<&'o AdoptedObject>,
    /// Everything else, in the order of the texts.
    pub others: Vec<&'o AdoptedObject>,
}

impl<'o> Family<'o> {
    /// Finds the workload of the kind that the blueprint renders among the objects, and what belongs to it;
    /// `named` chooses among several.
    ///
    /// # Errors
    /// There is no such workload, or several and none is named, each with its place.
    pub fn find(objects: &'o [AdoptedObject], rendered: &str, named: Option<&str>) -> Result<Self, Vec<Fault>> {
        let kind = Workload::of_kind(rendered).ok_or_else(|| none(objects, rendered))?;
        let workload = workload(objects, kind, named)?;
        let near: Vec<&AdoptedObject> = objects.iter().filter(|object| is_near(workload, object)).collect();
        let labels = pod_labels(kind, workload);
        let of_kind = |kind: &str| near.iter().copied().filter(|object| object.id.known_kind() == Some(kind)).collect::<Vec<_>>();
        let first_named = |mut found: Vec<&'o AdoptedObject>| {
            found.sort_by_key(|object| object.id.name != workload.id.name);
            found.first().copied()
        };
        let selecting = |kind: &str, selector: &str| {
            let selects =
                |object: &&AdoptedObject| object.at().find(selector).is_some_and(|selector| selects(&selector, &labels));
            first_named(of_kind(kind).into_iter().filter(|object| selects(object)).collect())
        };
        let targets = |object: &&AdoptedObject| {
            let target = |key: &str| object.at().find("spec.scaleTargetRef").and_then(|target| target.get(key)?.text());
            target("kind") == Some(kind.kind) && target("name") == Some(&workload.id.name)
        };
        let account = workload.at().find(&kind.in_template("spec.serviceAccountName")).and_then(|name| name.text());
        let family = Self {
            kind,
            workload,
            service: service(of_kind("Service"), workload, &labels),
            autoscaler: first_named(of_kind("HorizontalPodAutoscaler").into_iter().filter(targets).collect()),
            budget: selecting("PodDisruptionBudget", "spec.selector"),
            account: of_kind("ServiceAccount").into_iter().find(|object| Some(object.id.name.as_str()) == account),
            policy: selecting("NetworkPolicy", "spec.podSelector"),
            others: Vec::new(),
        };
        let members: Vec<&AdoptedObject> = family.members().collect();
        let others = objects.iter().filter(|object| !members.iter().any(|member| std::ptr::eq(*member, *object))).collect();
        Ok(Self { others, ..family })
    }

    /// The workload, and what belongs to it.
    pub fn members(&self) -> impl Iterator<Item = &'o AdoptedObject> + use<'o> {
        let found = [Some(self.workload), self.service, self.autoscaler, self.budget, self.account, self.policy];
        found.into_iter().flatten()
    }

    /// Another object of the same namespace, by kind and name.
    #[must_use]
    pub fn other(&self, kind: &str, name: &str) -> Option<&'o AdoptedObject> {
        let matches = |object: &&&AdoptedObject| {
            object.id.known_kind() == Some(kind) && object.id.name == name && is_near(self.workload, object)
        };
        self.others.iter().find(matches).copied()
    }

    /// The selectors of other objects that do not select the Pods, and would with these labels beside those
    /// that they have.
    #[must_use]
    pub fn selecting_with(&self, added: &[(String, String)]) -> Vec<ObjectField<'o>> {
        let labels = pod_labels(self.kind, self.workload);
        let all: Vec<(String, String)> = labels.iter().chain(added).cloned().collect();
        let is_about_pods = |object: &&&AdoptedObject| !object.id.known_kind().is_some_and(|kind| SELECT_OTHERS.contains(&kind));
        let near = self.others.iter().filter(|object| is_near(self.workload, object)).filter(is_about_pods);
        let selectors = near.flat_map(|object| ["spec.selector", "spec.podSelector"].map(|path| object.at().find(path)));
        let takes = |selector: &ObjectField<'_>, labels: &[(String, String)]| {
            selects(selector, labels) || selects_plainly(selector, labels)
        };
        selectors.flatten().filter(|selector| takes(selector, &all) && !takes(selector, &labels)).collect()
    }

    /// What the Pods are made from: their metadata and specification.
    #[must_use]
    pub fn template(&self) -> Option<ObjectField<'o>> {
        self.workload.at().find(self.kind.template)
    }

    /// The spec of the Pods.
    #[must_use]
    pub fn pod(&self) -> Option<ObjectField<'o>> {
        self.template()?.get("spec")
    }

    /// The number of Pods, where the workload says one.
    #[must_use]
    pub fn replicas(&self) -> Option<ObjectField<'o>> {
        self.workload.at().find(self.kind.replicas?)
    }

    /// The `ConfigMap` of which all settings become variables; of several the one named as ours would be.
    #[must_use]
    pub fn env_config(&self, container: &ObjectField<'o>) -> Option<&'o AdoptedObject> {
        let referred =
            |source: &ObjectField<'o>| source.find("configMapRef.name").filter(|_| source.get("prefix").is_none())?.text();
        let sources = container.list("envFrom");
        let mut names: Vec<&str> = sources.iter().filter_map(referred).collect();
        let usual = format!("{}{ENV_CONFIG}", self.workload.id.name);
        names.sort_by_key(|name| *name != usual);
        names.into_iter().find_map(|name| self.other("ConfigMap", name))
    }

    /// The `ConfigMap` of which all settings are files of one folder, with its mount.
    #[must_use]
    pub fn file_config(&self, container: &ObjectField<'o>) -> Option<(&'o AdoptedObject, ObjectField<'o>)> {
        let usual = format!("{}{FILES_CONFIG}", self.workload.id.name);
        let mounts = container.list("volumeMounts");
        let mut found: Vec<(&AdoptedObject, ObjectField<'o>)> = Vec::new();
        for volume in self.pod()?.list("volumes") {
            let Some(source) = volume.get("configMap").filter(|source| source.get("items").is_none()) else { continue };
            let map = source.get("name").and_then(|at| self.other("ConfigMap", at.text()?));
            let name = word(&volume, "name");
            let whole = |mount: &&ObjectField<'_>| word(mount, "name") == name && mount.get("subPath").is_none();
            if let (Some(map), Some(mount)) = (map, mounts.iter().find(whole)) {
                found.push((map, mount.clone()));
            }
        }
        found.sort_by_key(|(map, _)| map.id.name != usual);
        found.into_iter().next()
    }

    /// The container that the service file is about: the only one, or the one named like the
    /// workload, or the one behind the Service's ports, or the first that declares a port.
    ///
    /// # Errors
    /// There is no container.
    pub fn container(&self, usual: &str) -> Result<ObjectField<'o>, Fault> {
        let containers = self.pod().map(|pod| pod.list("containers")).unwrap_or_default();
        let called = |name: &str| containers.iter().find(|container| word(container, "name") == Some(name));
        let targets: Vec<String> = self
            .service
            .map(|service| service.at().list("spec.ports"))
            .into_iter()
            .flatten()
            .filter_map(|port| port.get("targetPort").or_else(|| port.get("port"))?.scalar())
            .collect();
        let serves = |container: &&ObjectField<'_>| {
            container.list("ports").iter().any(|port| {
                let is_target = |key: &str| port.get(key).and_then(|at| at.scalar()).is_some_and(|at| targets.contains(&at));
                is_target("name") || is_target("containerPort")
            })
        };
        let found = called(usual)
            .or_else(|| called(&self.workload.id.name))
            .or_else(|| containers.iter().find(serves))
            .or_else(|| containers.iter().find(|container| !container.list("ports").is_empty()))
            .or(containers.first());
        let message = || self.workload.fault(format!("{} has no container", self.workload.label()));
        found.cloned().ok_or_else(|| message().hint(format!("add `{}`", self.kind.in_template("spec.containers"))))
    }
}

fn word<'o>(at: &ObjectField<'o>, key: &str) -> Option<&'o str> {
    at.get(key).and_then(|at| at.text())
}

fn workload<'o>(objects: &'o [AdoptedObject], kind: &Workload, named: Option<&str>) -> Result<&'o AdoptedObject, Vec<Fault>> {
    let rendered = kind.kind;
    let is_named = |object: &AdoptedObject| {
        let Some(named) = named else { return true };
        let full = object.id.namespace.as_ref().map(|namespace| format!("{namespace}/{}", object.id.name));
        object.id.name == named || full.as_deref() == Some(named)
    };
    let fitting: Vec<&AdoptedObject> = objects.iter().filter(|object| object.id.known_kind() == Some(rendered)).collect();
    let chosen: Vec<&AdoptedObject> = fitting.iter().copied().filter(|object| is_named(object)).collect();
    match (chosen.as_slice(), named) {
        ([only], _) => Ok(only),
        ([], Some(named)) if !fitting.is_empty() => {
            let all: Vec<String> = fitting.iter().map(|object| qualified(object)).collect();
            let fault = Fault::new(Route::root(), format!("there is no {rendered} `{named}`"));
            Err(vec![fault.hint(format!("the {rendered}s are {}", all.join(", ")))])
        }
        ([], _) => Err(none(objects, rendered)),
        (several, _) => {
            let fault = |object: &&AdoptedObject| {
                let name = shell_word(&qualified(object));
                let hint = format!(
                    "give each a folder of its own, with what belongs to it; or `--workload {name}` adopts that one, and leaves the \
                     others as they are"
                );
                object.fault(format!("{} is one of {} {rendered}s", object.label(), several.len())).hint(hint)
            };
            Err(several.iter().map(fault).collect())
        }
    }
}

fn qualified(object: &AdoptedObject) -> String {
    match &object.id.namespace {
        Some(namespace) => format!("{namespace}/{}", object.id.name),
        None => object.id.name.clone(),
    }
}

/// Why there is none of the kind that is rendered: other workloads are named, each with its place.
fn none(objects: &[AdoptedObject], rendered: &str) -> Vec<Fault> {
    let others: Vec<Fault> = objects
        .iter()
        .filter(|object| object.id.known_kind().and_then(Workload::of_kind).is_some())
        .map(|object| {
            let message = format!("{} is no {rendered}, and the blueprint renders nothing else", object.label());
            object.fault(message).hint("`plimsoll check` judges it as it is; nothing was changed")
        })
        .collect();
    if !others.is_empty() {
        return others;
    }
    let message = format!("there is no {rendered} among {} objects", objects.len());
    vec![Fault::new(Route::root(), message).hint("name the folder in which the manifests of the service stand")]
}

/// Whether an object may stand in the namespace of the workload: who leaves it open leaves it to
/// whoever applies the manifests.
fn is_near(workload: &AdoptedObject, object: &AdoptedObject) -> bool {
    match (&workload.id.namespace, &object.id.namespace) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    }
}

fn pod_labels(kind: &Workload, workload: &AdoptedObject) -> Vec<(String, String)> {
    let labels = workload.at().find(&kind.in_template("metadata.labels")).map(|labels| labels.words()).unwrap_or_default();
    labels.into_iter().filter_map(|(key, at)| Some((key, at.text()?.to_owned()))).collect()
}

/// Of several Services the one named like the workload, then one with an address of its own.
fn service<'o>(
    services: Vec<&'o AdoptedObject>,
    workload: &AdoptedObject,
    labels: &[(String, String)],
) -> Option<&'o AdoptedObject> {
    let selects_pods =
        |object: &&AdoptedObject| object.at().find("spec.selector").is_some_and(|selector| selects_plainly(&selector, labels));
    let mut found: Vec<&AdoptedObject> = services.into_iter().filter(selects_pods).collect();
    let headless = |object: &AdoptedObject| object.at().find("spec.clusterIP").and_then(|address| address.text()) == Some("None");
    found.sort_by_key(|object| (object.id.name != workload.id.name, headless(object)));
    found.first().copied()
}

fn has(labels: &[(String, String)], key: &str, value: Option<&str>) -> bool {
    labels.iter().any(|(name, label)| name == key && Some(label.as_str()) == value)
}

/// Whether the selector of a Service matches the labels.
fn selects_plainly(selector: &ObjectField<'_>, labels: &[(String, String)]) -> bool {
    let words = selector.words();
    !words.is_empty() && words.iter().all(|(key, value)| has(labels, key, value.text()))
}

/// Whether a label selector matches the labels. One that is empty is about every Pod of a namespace,
/// and belongs to no service.
fn selects(selector: &ObjectField<'_>, labels: &[(String, String)]) -> bool {
    let equal = selector.get("matchLabels").map(|labels| labels.words()).unwrap_or_default();
    let expressions = selector.list("matchExpressions");
    !(equal.is_empty() && expressions.is_empty())
        && equal.iter().all(|(key, value)| has(labels, key, value.text()))
        && expressions.iter().all(|expression| {
            let Some(key) = word(expression, "key") else { return false };
            let value = labels.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
            let listed = expression.list("values").iter().any(|word| value.is_some() && word.text() == value);
            match word(expression, "operator") {
                Some("In") => listed,
                Some("NotIn") => !listed,
                Some("Exists") => value.is_some(),
                Some("DoesNotExist") => value.is_none(),
                _ => false,
            }
        })
}
