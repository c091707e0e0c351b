//! The kustomizations around a service's manifests: what comes is listed in them, what goes is taken
//! out, so that what is built is what was rendered.

mod edit;

use std::collections::BTreeMap;
use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use crate::workspace::read_below;
use crate::yaml::{Node, load};
use edit::Edited;

/// The names of a kustomization's file, in the order in which kustomize looks for them.
const NAMES: &[&str] = &["kustomization.yaml", "kustomization.yml", "Kustomization"];

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

/// A kustomization on disk.
struct Standing {
    file: String,
    /// Its folder below the service's, with `/` at its end where it is not that itself.
    folder: String,
    text: String,
    listed: Vec<String>,
}

/// What becomes of the kustomizations in a service's folder and below when manifests come and go;
/// `standing` are the manifests that stand already. All are paths below the service's folder. A
/// kustomization lists what comes into its own folder; one further up only if it lists other manifests of
/// the service, or there are none. One above the service's folder is not edited, but told of.
#[must_use]
pub fn relist(dir: &Path, come: &[String], go: &[String], standing: &[String]) -> Vec<Relisted> {
    let mut found: BTreeMap<String, Option<Standing>> = BTreeMap::new();
    let mut wanted: BTreeMap<String, [Vec<String>; 2]> = BTreeMap::new();
    let mut unlisted: Vec<&String> = Vec::new();
    for path in come.iter().chain(go) {
        for folder in folders(path) {
            found.entry(folder.to_owned()).or_insert_with(|| read(dir, folder));
        }
    }
    for path in come {
        let around = folders(path).filter_map(|folder| found.get(folder)?.as_ref());
        let takes_part = |it: &&Standing| {
            let is_own_folder = path.strip_prefix(&it.folder).is_some_and(|rest| !rest.contains('/'));
            is_own_folder || standing.is_empty() || standing.iter().chain(go).any(|other| it.lists(other))
        };
        match around.into_iter().find(takes_part) {
            Some(it) => wanted.entry(it.folder.clone()).or_default()[0].push(path.clone()),
            None => unlisted.push(path),
        }
    }
    for path in go {
        for it in folders(path).filter_map(|folder| found.get(folder)?.as_ref()).filter(|it| it.lists(path)) {
            wanted.entry(it.folder.clone()).or_default()[1].push(path.clone());
        }
    }
    let relisted = |(folder, [come, go]): (String, [Vec<String>; 2])| found.get(&folder)?.as_ref()?.relisted(&come, &go);
    wanted.into_iter().filter_map(relisted).chain(above(dir, &unlisted, go, standing)).collect()
}

/// The nearest kustomization above the service's folder, and in its repository, that lists manifests of it.
fn above(dir: &Path, come: &[&String], go: &[String], standing: &[String]) -> Option<Relisted> {
    let dir = if dir == Path::new("") { Path::new(".") } else { dir };
    let dir = dir.canonicalize().ok().filter(|_| !(come.is_empty() && go.is_empty()))?;
    let root = dir.ancestors().find(|folder| folder.join(".git").exists())?;
    for (up, folder) in (1..).zip(dir.ancestors().skip(1).take_while(|folder| folder.starts_with(root))) {
        let below = dir.strip_prefix(folder).ok()?.to_str()?;
        let from_there = |path: &String| format!("{below}/{path}");
        let Some(it) = read(folder, "").filter(|it| standing.iter().chain(go).any(|path| it.lists(&from_there(path)))) else {
            continue;
        };
        let added: Vec<String> = come.iter().map(|path| from_there(path)).filter(|path| !it.lists(path)).collect();
        let removed: Vec<String> = go.iter().map(from_there).filter(|path| it.lists(path)).collect();
        let by_hand = Some("stands above the service and is left as it is".to_owned());
        let listing = Listing { file: format!("{}{}", "../".repeat(up), it.file), added, removed, by_hand };
        let is_told = !listing.added.is_empty() || !listing.removed.is_empty();
        return is_told.then_some(Relisted { listing, before: it.text, after: None });
    }
    None
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

/// The kustomization that builds a manifest, if there is one.
#[must_use]
pub fn build_of(dir: &Path, path: &str) -> Option<Build> {
    let it = folders(path).filter_map(|folder| read(dir, folder)).find(|it| it.lists(path))?;
    let root = load(&it.file, &it.text).ok()?.into_iter().next()?.root;
    let word = |key: &str| root.get(key).and_then(Node::as_str).map(str::to_owned);
    let (prefix, suffix) = (word("namePrefix").unwrap_or_default(), word("nameSuffix").unwrap_or_default());
    Some(Build { prefix, suffix, namespace: word("namespace"), folder: it.folder })
}

/// The folders around a file, the nearest first, each with `/` at its end; the last is the service's own.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.rmatch_indices('/').map(|(at, _)| &path[..=at]).chain([""])
}

fn read(dir: &Path, folder: &str) -> Option<Standing> {
    let is_there = |name: &&&str| dir.join(folder).join(name).is_file();
    let file = format!("{folder}{}", NAMES.iter().find(is_there)?);
    // What cannot be read builds nothing.
    let text = read_below(dir, &file).ok()??;
    if !edit::is_kustomization(&file, &text) {
        return None;
    }
    let listed = edit::listed(&file, &text).unwrap_or_default();
    Some(Standing { file, folder: folder.to_owned(), text, listed })
}

impl Standing {
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
            Edited::Same => return None,
            Edited::Text { text, added, removed } => (listing(added, removed, None), Some(text)),
            Edited::ByHand(why) => (listing(come, go, Some(format!("cannot be edited safely ({why})"))), None),
        };
        Some(Relisted { listing, before: self.text.clone(), after })
    }
}

/// Whether a file is a kustomization by its name.
#[must_use]
pub fn is_named_so(path: &str) -> bool {
    NAMES.contains(&path.rsplit('/').next().unwrap_or(path))
}
