//! What is no object because a kustomization says so: patches, components, and what it reads besides.

use std::collections::{BTreeMap, BTreeSet};

use crate::yaml::Node;

/// The names of a kustomization's file, in the order in which kustomize looks for them.
pub const NAMES: &[&str] = &["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// What a text is to a kustomization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KustomizePart {
    /// Resources, or nothing at all.
    Objects,
    /// What it reads beside objects, such as configurations and contents of a `ConfigMap`.
    Settings,
    /// Part of a component, which others include.
    Component,
    /// A patch.
    Patch,
    /// A kustomization itself.
    Kustomization,
}

/// Files that hold settings, by the fields that name them; `*` stands for all elements.
const SETTINGS: &[&[&str]] = &[
    &["configurations", "*"],
    &["generators", "*"],
    &["helmCharts", "*", "valuesFile"],
    &["openapi", "path"],
    &["replacements", "*", "path"],
    &["transformers", "*"],
    &["validators", "*"],
];

/// Files whose contents become data, as `name` or `key=name`.
const CONTENTS: &[&[&str]] = &[
    &["configMapGenerator", "*", "env"],
    &["configMapGenerator", "*", "envs", "*"],
    &["configMapGenerator", "*", "files", "*"],
    &["secretGenerator", "*", "env"],
    &["secretGenerator", "*", "envs", "*"],
    &["secretGenerator", "*", "files", "*"],
];

const PATCHES: &[&[&str]] = &[&["patches", "*", "path"], &["patchesJson6902", "*", "path"], &["patchesStrategicMerge", "*"]];

/// Whether a file is a kustomization by its name.
#[must_use]
pub fn is_named_so(path: &str) -> bool {
    NAMES.contains(&path.rsplit('/').next().unwrap_or(path))
}

/// Whether a document says that it is a kustomization, and no other tool's of the same name.
#[must_use]
pub fn is_kustomization(root: &Node) -> bool {
    let word = |key: &str| root.get(key).and_then(Node::as_str).unwrap_or_default();
    word("apiVersion").starts_with("kustomize.config.k8s.io/") && matches!(word("kind"), "Kustomization" | "Component")
}

/// What texts are to the kustomizations among them.
#[derive(Debug, Default)]
pub struct KustomizeParts {
    files: BTreeMap<String, KustomizePart>,
    resources: BTreeSet<String>,
    /// Folders of components, with `/` at their end.
    components: BTreeSet<String>,
}

impl KustomizeParts {
    /// What the kustomizations among documents name; each document comes with the name of its text.
    #[must_use]
    pub fn of<'t>(documents: impl Iterator<Item = (&'t str, &'t Node)>) -> Self {
        let mut parts = Self::default();
        for (name, root) in documents.filter(|(name, root)| is_named_so(name) || is_kustomization(root)) {
            let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
            parts.files.insert(plain(name), KustomizePart::Kustomization);
            let mut note = |ways: &[&[&str]], part: KustomizePart| {
                // A patch or a generator may stand in the kustomization itself.
                let named = ways.iter().flat_map(|way| words(root, way)).filter(|word| !word.contains('\n'));
                for word in named {
                    let path = plain(&format!("{folder}/{word}"));
                    let known = parts.files.entry(path).or_insert(part);
                    *known = part.max(*known);
                }
            };
            note(SETTINGS, KustomizePart::Settings);
            note(PATCHES, KustomizePart::Patch);
            for word in CONTENTS.iter().flat_map(|way| words(root, way)) {
                let path = word.split_once('=').map_or(word, |(_, path)| path);
                parts.files.entry(plain(&format!("{folder}/{path}"))).or_insert(KustomizePart::Settings);
            }
            parts.resources.extend(words(root, &["resources", "*"]).map(|word| plain(&format!("{folder}/{word}"))));
            parts.components.extend(words(root, &["components", "*"]).map(|word| plain(&format!("{folder}/{word}")) + "/"));
            if root.get("kind").and_then(Node::as_str) == Some("Component") {
                parts.components.insert(plain(folder) + "/");
            }
        }
        parts
    }

    /// What the text of this name is.
    #[must_use]
    pub fn part(&self, name: &str) -> KustomizePart {
        let path = plain(name);
        match self.files.get(&path) {
            Some(part @ (KustomizePart::Kustomization | KustomizePart::Patch)) => *part,
            _ if self.is_in_component(&path) => KustomizePart::Component,
            // What is listed as a resource too is an object.
            Some(part) if !self.resources.contains(&path) => *part,
            _ => KustomizePart::Objects,
        }
    }

    fn is_in_component(&self, path: &str) -> bool {
        self.components.iter().any(|folder| folder.len() > 1 && path.starts_with(folder.as_str()))
    }
}

/// The words at the end of a way through a document; `*` stands for all elements.
fn words<'n>(root: &'n Node, way: &[&str]) -> Box<dyn Iterator<Item = &'n str> + 'n> {
    match way {
        [] => Box::new(root.as_str().into_iter()),
        ["*", rest @ ..] => {
            let found: Vec<&str> = root.items().iter().flat_map(|item| words(item, rest)).collect();
            Box::new(found.into_iter())
        }
        [key, rest @ ..] => match root.get(key) {
            Some(node) => words(node, rest),
            None => Box::new(std::iter::empty()),
        },
    }
}

/// A path without `.` and without what `..` takes back.
#[must_use]
pub fn plain(path: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::load_one;

    #[test]
    fn a_kustomization_says_what_is_no_object() {
        let overlay = "resources: [../base, own.yaml, both.yaml]\npatches: [{path: p.yaml}, {patch: '[]'}]\ncomponents: [../extra]\n\
                       configurations: [both.yaml, names.yaml]\nconfigMapGenerator: [{name: c, files: [app.yaml=files/app.yaml]}]\n";
        let component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{path: q.yaml}]\n";
        let texts = [("k/prod/kustomization.yaml", overlay), ("k/lone/kustomization.yml", component)];
        let roots = texts.map(|(name, text)| (name, load_one(name, text).unwrap()));
        let parts = KustomizeParts::of(roots.iter().map(|(name, root)| (*name, root)));
        for (name, part) in [
            ("k/prod/kustomization.yaml", KustomizePart::Kustomization),
            ("k/prod/p.yaml", KustomizePart::Patch),
            ("./k/prod/p.yaml", KustomizePart::Patch),
            ("k/prod/own.yaml", KustomizePart::Objects),
            ("k/prod/both.yaml", KustomizePart::Objects),
            ("k/prod/names.yaml", KustomizePart::Settings),
            ("k/prod/files/app.yaml", KustomizePart::Settings),
            ("k/extra/more.yaml", KustomizePart::Component),
            ("k/lone/own.yaml", KustomizePart::Component),
            ("k/lone/q.yaml", KustomizePart::Patch),
            ("k/base/p.yaml", KustomizePart::Objects),
        ] {
            assert_eq!(parts.part(name), part, "{name}");
        }
    }
}
