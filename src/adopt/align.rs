//! What is rendered, under the names that people gave.
//!
//! A Service that is called otherwise than the workload is the same Service: its name, what refers to
//! it, and the labels by which running Pods are selected stay as people have them. So the rendered
//! texts are given those names before they are merged.

use super::family::Family;
use super::object::{AdoptedObject, ObjectField};
use crate::manifest::{Manifest, ObjectId};
use crate::notation::group_of;
use crate::plan::ENV_CONFIG;
use crate::yaml::{Fault, Node, Route, load_one, write};

/// Changes of scalars in one rendered text.
struct Renaming<'m> {
    text: &'m str,
    root: Node,
    edits: Vec<(std::ops::Range<usize>, String)>,
}

impl<'m> Renaming<'m> {
    fn of(manifest: &'m Manifest) -> Result<Self, Vec<Fault>> {
        Ok(Self { text: &manifest.text, root: load_one(&manifest.path, &manifest.text)?, edits: Vec::new() })
    }

    fn find(&self, field: &str) -> Option<&Node> {
        self.root.find(&Route::parse(field).ok()?)
    }

    fn text_at(&self, field: &str) -> Option<&str> {
        self.find(field)?.as_str()
    }

    fn set(&mut self, field: &str, value: &str) {
        self.set_at(&Route::parse(field).unwrap_or_default(), value);
    }

    fn set_at(&mut self, route: &Route, value: &str) {
        let Some(node) = self.root.find(route).filter(|node| node.as_str().is_some_and(|text| text != value)) else { return };
        self.edits.push((node.writing.span.range(), write::scalar(value)));
    }

    /// The values of labels in a selector become those of the people's Pods.
    fn select(&mut self, field: &str, labels: &[(String, ObjectField<'_>)]) {
        let Ok(route) = Route::parse(field) else { return };
        let keys: Vec<String> =
            self.root.find(&route).into_iter().flat_map(Node::entries).map(|entry| entry.key.clone()).collect();
        for key in keys {
            if let Some(value) = labels.iter().find(|(label, _)| *label == key).and_then(|(_, at)| at.text()) {
                self.set_at(&route.key(key), value);
            }
        }
    }

    /// Gives the object the namespace that the people's object names, or none.
    fn place(&mut self, object: &AdoptedObject) {
        let Some(name) = self.find("metadata.name").map(|name| name.writing.span) else { return };
        match (self.find("metadata.namespace").map(|namespace| namespace.writing.span), &object.id.namespace) {
            (Some(_), Some(namespace)) => self.set("metadata.namespace", namespace),
            (Some(span), None) => {
                let line = self.text[..span.start as usize].rfind('\n').unwrap_or_default();
                self.edits.push((line..span.end as usize, String::new()));
            }
            (None, Some(namespace)) => {
                let at = name.end as usize;
                self.edits.push((at..at, format!("\n  namespace: {}", write::scalar(namespace))));
            }
            (None, None) => {}
        }
    }

    fn done(mut self) -> String {
        self.edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
        let mut text = self.text.to_owned();
        for (range, value) in self.edits {
            text.replace_range(range, &value);
        }
        text
    }
}

/// A rendered manifest under the names of the people's object, and that object, where there is one.
#[derive(Clone, Debug)]
pub struct Aligned<'o> {
    /// The manifest.
    pub manifest: Manifest,
    /// What it is as it was rendered.
    pub rendered: ObjectId,
    /// The people's object.
    pub standing: Option<&'o AdoptedObject>,
}

/// Gives rendered manifests the names, namespaces and selected labels of the people's objects; an
/// account that is kept elsewhere is left out.
///
/// # Errors
/// An object of an API that no cluster serves any more, which nothing can be merged into.
pub fn align<'o>(
    manifests: &[Manifest],
    family: &Family<'o>,
    container: &ObjectField<'o>,
) -> Result<Vec<Aligned<'o>>, Vec<Fault>> {
    let (mut aligned, mut faults) = (Vec::new(), Vec::new());
    let env = family.env_config(container);
    let files = family.file_config(container).map(|(map, _)| map).filter(|map| !env.is_some_and(|env| std::ptr::eq(env, *map)));
    let account = family.pod().and_then(|pod| pod.get("serviceAccountName")?.text()).filter(|name| *name != "default");
    let labels =
        family.template().and_then(|template| template.find("metadata.labels")).map(|labels| labels.words()).unwrap_or_default();
    for manifest in manifests {
        let standing = match manifest.id.kind.as_str() {
            "ServiceAccount" if family.account.is_none() && account.is_some() => continue,
            "ConfigMap" if manifest.id.name.ends_with(ENV_CONFIG) => env,
            "ConfigMap" => files,
            kind => family.members().find(|member| member.id.known_kind() == Some(kind)),
        };
        if let Some(fault) = standing.and_then(|object| other_group(object, manifest)) {
            faults.push(fault);
            continue;
        }
        let mut renaming = Renaming::of(manifest)?;
        if let Some(object) = standing {
            renaming.set("metadata.name", &object.id.name);
            renaming.place(object);
        }
        for selector in ["spec.selector", "spec.selector.matchLabels", "spec.podSelector.matchLabels"] {
            renaming.select(selector, &labels);
        }
        match manifest.id.kind.as_str() {
            "HorizontalPodAutoscaler" => renaming.set("spec.scaleTargetRef.name", &family.workload.id.name),
            kind if kind == family.kind.kind => {
                let at = |field: &str| family.kind.in_template(field);
                if let Some(env) = env {
                    renaming.set(&at("spec.containers[0].envFrom[0].configMapRef.name"), &env.id.name);
                }
                if let Some(account) = account {
                    renaming.set(&at("spec.serviceAccountName"), account);
                }
                let spread = renaming.find(&at("spec.topologySpreadConstraints")).map_or(0, |list| list.items().len());
                for index in 0..spread {
                    let field = format!("spec.topologySpreadConstraints[{index}].labelSelector.matchLabels");
                    renaming.select(&at(&field), &labels);
                }
                name_volumes(&mut renaming, family, container, files);
            }
            _ => {}
        }
        let name = standing.map_or(&manifest.id.name, |object| &object.id.name).clone();
        let namespace = standing.map_or(&manifest.id.namespace, |object| &object.id.namespace).clone();
        let id = ObjectId { namespace, name, ..manifest.id.clone() };
        let named = Manifest { path: manifest.path.clone(), text: renaming.done(), id };
        aligned.push(Aligned { rendered: manifest.id.clone(), manifest: named, standing });
    }
    if faults.is_empty() { Ok(aligned) } else { Err(faults) }
}

fn other_group(object: &AdoptedObject, manifest: &Manifest) -> Option<Fault> {
    let (theirs, ours) = (&object.id.api_version, &manifest.id.api_version);
    let message = format!("{} is of {theirs}, which no cluster serves any more", object.label());
    (group_of(theirs) != group_of(ours))
        .then(|| object.fault(message).hint(format!("write `apiVersion: {ours}`; nothing was changed")))
}

/// A volume that is mounted at the same path is the same volume. One that only has the same name is
/// another, and ours gets out of its way.
fn name_volumes(renaming: &mut Renaming<'_>, family: &Family<'_>, container: &ObjectField<'_>, files: Option<&AdoptedObject>) {
    let word = |at: &ObjectField<'_>, key: &str| at.get(key).and_then(|at| at.text()).map(str::to_owned);
    let mounts = container.list("volumeMounts");
    let standing: Vec<String> = family
        .pod()
        .map(|pod| pod.list("volumes"))
        .unwrap_or_default()
        .iter()
        .filter_map(|volume| word(volume, "name"))
        .collect();
    let pod = family.kind.in_template("spec");
    let count =
        |renaming: &Renaming<'_>, list: &str| renaming.find(&format!("{pod}.{list}")).map_or(0, |list| list.items().len());
    for index in 0..count(renaming, "containers[0].volumeMounts") {
        let mount = format!("{pod}.containers[0].volumeMounts[{index}]");
        let text = |renaming: &Renaming<'_>, key: &str| renaming.text_at(&format!("{mount}.{key}")).map(str::to_owned);
        let (Some(path), Some(name)) = (text(renaming, "mountPath"), text(renaming, "name")) else { continue };
        let same =
            mounts.iter().find(|mount| word(mount, "mountPath").as_ref() == Some(&path)).and_then(|mount| word(mount, "name"));
        let new = match same {
            Some(same) => same,
            None if standing.contains(&name) => format!("{name}-writable"),
            None => continue,
        };
        renaming.set(&format!("{mount}.name"), &new);
        let mut volumes = (0..count(renaming, "volumes")).map(|volume| format!("{pod}.volumes[{volume}]"));
        let volume = volumes.find(|volume| renaming.text_at(&format!("{volume}.name")) == Some(&name));
        if let Some(volume) = volume {
            renaming.set(&format!("{volume}.name"), &new);
            if let Some(files) = files {
                renaming.set(&format!("{volume}.configMap.name"), &files.id.name);
            }
        }
    }
}
