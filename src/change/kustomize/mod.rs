//! The kustomizations around a service's manifests: what comes is listed in them, what goes is taken
//! out, so that what is built is what was rendered.

mod edit;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::yaml::{Node, load};
use edit::EditedKustomization;

pub use crate::check::kustomization::{NAMES, is_named_so};

/// A kustomization whose list changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Listing {
    /// Its file, as seen from the service's folder.
    pub file: String,
    /// What is listed in `resources` from now on.
    pub added: Vec<String>,
    /// What is listed there no longer.
    pub removed: Vec<String>,
    /// Why a person has to do it, as the end of a sentence that begins with the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_hand: Option<String>,
}

impl Listing {
    /// What becomes of it, in words.
    #[must_use]
    pub fn words(&self) -> String {
        let part = |before: &str, mark: &str, paths: &[String], behind: &str| {
            let marked: Vec<String> =
                paths.iter().map(|path| format!("{mark}{path}{}", if mark.is_empty() { "" } else { "`" })).collect();
            (!paths.is_empty()).then(|| format!("{before} {}{behind}", marked.join(", ")))
        };
        let joined = |parts: [Option<String>; 2]| parts.into_iter().flatten().collect::<Vec<_>>().join(", and ");
        let Self { file, added, removed, .. } = self;
        match &self.by_hand {
            Some(why) => {
                let parts =
                    [part("add", "`- ", added, " to its `resources`"), part("take", "`- ", removed, " out of its `resources`")];
                format!("{file} {why}: {} by hand", joined(parts))
            }
            None => format!("{file} {}", joined([part("lists", "", added, ""), part("no longer lists", "", removed, "")])),
        }
    }
}

/// A kustomization with its text before and after.
pub struct Relisted {
    /// What changes in it.
    pub listing: Listing,
    /// Its text.
    pub before: String,
    /// Its new text; nothing where a person has to edit it.
    pub after: Option<String>,
}

/// A kustomization as it stands.
#[derive(Debug)]
pub struct Kustomization {
    file: String,
    /// Its folder below the one that it is seen from, with `/` at its end where it is not that itself.
    folder: String,
    text: String,
    listed: Vec<String>,
}

/// One above the service's folder.
#[derive(Debug)]
struct Above {
    /// How many folders up.
    up: usize,
    /// The service's folder as seen from there.
    below: String,
    kustomization: Kustomization,
}

/// The kustomizations around a service's manifests.
#[derive(Debug, Default)]
pub struct Around {
    below: BTreeMap<String, Kustomization>,
    above: Vec<Above>,
}

impl Around {
    /// Adds one in the service's folder or below it.
    pub fn add(&mut self, kustomization: Kustomization) {
        self.below.insert(kustomization.folder.clone(), kustomization);
    }

    /// Adds one that stands `up` folders above the service's, which is `below` as seen from there. The nearest
    /// comes first.
    pub fn add_above(&mut self, up: usize, below: &str, kustomization: Kustomization) {
        self.above.push(Above { up, below: below.to_owned(), kustomization });
    }

    /// Those around a file, the nearest first.
    fn of<'a>(&'a self, path: &str) -> impl Iterator<Item = &'a Kustomization> {
        folders(path).filter_map(|folder| self.below.get(folder))
    }

    /// What becomes of the kustomizations in a service's folder and below when manifests come and go;
    /// `standing` are the manifests that stand already. All are paths below the service's folder. A
    /// kustomization lists what comes into its own folder; one further up only if it lists other manifests of
    /// the service, or there are none. One above the service's folder is not edited, but told of.
    #[must_use]
    pub fn relist(&self, come: &[String], go: &[String], standing: &[String]) -> Vec<Relisted> {
        let mut wanted: BTreeMap<&str, [Vec<String>; 2]> = BTreeMap::new();
        let mut unlisted: Vec<&String> = Vec::new();
        for path in come {
            let takes_part = |it: &&Kustomization| {
                let is_own_folder = path.strip_prefix(&it.folder).is_some_and(|rest| !rest.contains('/'));
                is_own_folder || standing.is_empty() || standing.iter().chain(go).any(|other| it.lists(other))
            };
            match self.of(path).find(takes_part) {
                Some(it) => wanted.entry(&it.folder).or_default()[0].push(path.clone()),
                None => unlisted.push(path),
            }
        }
        for path in go {
            for it in self.of(path).filter(|it| it.lists(path)) {
                wanted.entry(&it.folder).or_default()[1].push(path.clone());
            }
        }
        let relisted = |(folder, [come, go]): (&str, [Vec<String>; 2])| self.below.get(folder)?.relisted(&come, &go);
        wanted.into_iter().filter_map(relisted).chain(self.above(&unlisted, go, standing)).collect()
    }

    /// The nearest kustomization above the service's folder that lists manifests of it.
    fn above(&self, come: &[&String], go: &[String], standing: &[String]) -> Option<Relisted> {
        for Above { up, below, kustomization: it } in &self.above {
            let from_there = |path: &String| format!("{below}/{path}");
            if !standing.iter().chain(go).any(|path| it.lists(&from_there(path))) {
                continue;
            }
            let added: Vec<String> = come.iter().map(|path| from_there(path)).filter(|path| !it.lists(path)).collect();
            let removed: Vec<String> = go.iter().map(from_there).filter(|path| it.lists(path)).collect();
            let by_hand = Some("stands above the service and is left as it is".to_owned());
            let listing = Listing { file: format!("{}{}", "../".repeat(*up), it.file), added, removed, by_hand };
            let is_told = !listing.added.is_empty() || !listing.removed.is_empty();
            return is_told.then(|| Relisted { listing, before: it.text.clone(), after: None });
        }
        None
    }

    /// The kustomization that builds a manifest, if there is one.
    #[must_use]
    pub fn build_of(&self, path: &str) -> Option<Build> {
        let it = self.of(path).find(|it| it.lists(path))?;
        let root = load(&it.file, &it.text).ok()?.into_iter().next()?.root;
        let word = |key: &str| root.get(key).and_then(Node::as_str).map(str::to_owned);
        let (prefix, suffix) = (word("namePrefix").unwrap_or_default(), word("nameSuffix").unwrap_or_default());
        Some(Build { prefix, suffix, namespace: word("namespace"), folder: it.folder.clone() })
    }
}

/// What a kustomization makes of the objects of a manifest that it lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Build {
    /// Its folder, below the service's.
    pub folder: String,
    /// What it puts before names.
    pub prefix: String,
    /// What it puts behind names.
    pub suffix: String,
    /// The namespace that it sets.
    pub namespace: Option<String>,
}

/// The folders around a file, the nearest first, each with `/` at its end; the last is the service's own.
pub fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.rmatch_indices('/').map(|(at, _)| &path[..=at]).chain([""])
}

impl Kustomization {
    /// The kustomization in a file of a folder; nothing where the file is for another tool.
    #[must_use]
    pub fn of(folder: &str, file: &str, text: String) -> Option<Self> {
        if !edit::is_kustomization(file, &text) {
            return None;
        }
        let listed = edit::listed(file, &text).unwrap_or_default();
        Some(Self { file: file.to_owned(), folder: folder.to_owned(), text, listed })
    }

    /// Whether it lists a file.
    fn lists(&self, path: &str) -> bool {
        path.strip_prefix(&self.folder).is_some_and(|path| self.listed.iter().any(|entry| edit::is_same(entry, path)))
    }

    fn relisted(&self, come: &[String], go: &[String]) -> Option<Relisted> {
        let from_here = |paths: &[String]| -> Vec<String> {
            paths.iter().filter_map(|path| path.strip_prefix(&self.folder)).map(str::to_owned).collect()
        };
        let (come, go) = (from_here(come), from_here(go));
        let listing = |added, removed, by_hand| Listing { file: self.file.clone(), added, removed, by_hand };
        let (listing, after) = match edit::edit(&self.file, &self.text, &come, &go) {
            EditedKustomization::Same => return None,
            EditedKustomization::Text { text, added, removed } => (listing(added, removed, None), Some(text)),
            EditedKustomization::ByHand(why) => (listing(come, go, Some(format!("cannot be edited safely ({why})"))), None),
        };
        Some(Relisted { listing, before: self.text.clone(), after })
    }
}
