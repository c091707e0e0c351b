//! Kustomizations that are built and then checked: what they name is looked at before anything runs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::OpError;
use crate::check::CheckedText;
use crate::check::kustomization::{NAMES, plain};
use crate::workspace::{Bounds, WorkspaceError, build_kustomization};
use crate::yaml::{Fault, Node, Place, Route, Source, Value, load};

/// How many kustomizations one may lead to.
const MOST: usize = 1_000;

/// What a field of a kustomization holds, as far as it matters to what is read and run.
enum FieldContents {
    /// Nothing that is read from anywhere.
    Values,
    /// Files, and folders with a kustomization of their own.
    Resources,
    /// Files.
    Files,
    /// Files, or what would stand in them.
    FilesOrText,
    /// Objects that tell kustomize what to run: in files, or as they are.
    Plugins,
    /// Mappings, of which these keys name files and these others nothing; a file may stand behind `name=`.
    Maps(&'static [&'static str], &'static [&'static str]),
    /// Charts that Helm fetches and renders.
    Charts,
}

/// The fields of a kustomization. One that does not stand here is refused: nobody knows what it reads.
const FIELDS: &[(&str, FieldContents)] = &[
    ("apiVersion", FieldContents::Values),
    ("bases", FieldContents::Resources),
    ("buildMetadata", FieldContents::Values),
    ("commonAnnotations", FieldContents::Values),
    ("commonLabels", FieldContents::Values),
    ("components", FieldContents::Resources),
    ("configMapGenerator", FieldContents::Maps(&["env", "envs", "files"], GENERATED)),
    ("configurations", FieldContents::Files),
    ("crds", FieldContents::Files),
    ("generatorOptions", FieldContents::Values),
    ("generators", FieldContents::Plugins),
    ("helmChartInflationGenerator", FieldContents::Charts),
    ("helmCharts", FieldContents::Charts),
    ("helmGlobals", FieldContents::Charts),
    ("imageTags", FieldContents::Values),
    ("images", FieldContents::Values),
    ("kind", FieldContents::Values),
    ("labels", FieldContents::Values),
    ("metadata", FieldContents::Values),
    ("namePrefix", FieldContents::Values),
    ("nameSuffix", FieldContents::Values),
    ("namespace", FieldContents::Values),
    ("openapi", FieldContents::Maps(&["path"], &["version"])),
    ("patches", FieldContents::Maps(&["path"], &["options", "patch", "target"])),
    ("patchesJson6902", FieldContents::Maps(&["path"], &["options", "patch", "target"])),
    ("patchesStrategicMerge", FieldContents::FilesOrText),
    ("replacements", FieldContents::Maps(&["path"], &["source", "targets"])),
    ("replicas", FieldContents::Values),
    ("resources", FieldContents::Resources),
    ("secretGenerator", FieldContents::Maps(&["env", "envs", "files"], GENERATED)),
    ("sortOptions", FieldContents::Values),
    ("transformers", FieldContents::Plugins),
    ("validators", FieldContents::Plugins),
    ("vars", FieldContents::Values),
];

const GENERATED: &[&str] = &["behavior", "literals", "name", "namespace", "options", "type"];

/// Keys of kustomize's own generators and transformers that name files.
const FILES_OF_PLUGINS: &[&str] = &["env", "envs", "files", "path", "paths", "replacements"];

/// Annotations of what is run as a program or in a container.
const FUNCTIONS: [&str; 2] = ["config.kubernetes.io/function", "config.k8s.io/function"];

/// Builds each kustomization once nothing speaks against it: its name, and what is built.
///
/// # Errors
/// What a kustomization must not name; or what keeps it from being built.
pub fn build(folders: &[PathBuf]) -> Result<Vec<CheckedText>, OpError> {
    let mut faults = Vec::new();
    for folder in folders {
        let mut walk = Walk { bounds: Bounds::of_folder(folder)?, top: folder, seen: BTreeSet::new(), faults: &mut faults };
        if !walk.folder("")? {
            let fault = Fault::new(Route::root(), format!("{} holds no kustomization", folder.display()));
            faults.push(fault.hint(format!("name a folder with a {}", NAMES.first().copied().unwrap_or_default())));
        }
    }
    if !faults.is_empty() {
        return Err(OpError::Faults(faults));
    }
    let built = |folder: &PathBuf| {
        let name = format!("{} (as kustomize builds it)", shown(folder));
        Ok(CheckedText::new(&name, build_kustomization(folder)?))
    };
    folders.iter().map(built).collect()
}

/// A walk through all that a kustomization leads to.
struct Walk<'a> {
    bounds: Bounds,
    top: &'a Path,
    seen: BTreeSet<String>,
    faults: &'a mut Vec<Fault>,
}

/// Where a name stands: the folder of the kustomization below the top one, its file, and the place in it.
struct Named<'a> {
    folder: &'a str,
    file: &'a Arc<str>,
    route: Route,
    place: Place,
}

impl Walk<'_> {
    /// Looks at the kustomization of a folder; whether there is one.
    fn folder(&mut self, folder: &str) -> Result<bool, OpError> {
        for name in NAMES {
            let path = joined(folder, name);
            let Some(text) = self.bounds.near(Path::new(&path))?.read_text()? else { continue };
            if self.seen.len() >= MOST {
                return Err(OpError::Faults(vec![Fault::new(
                    Route::root(),
                    format!("leads to more than {MOST} kustomizations"),
                )]));
            }
            // By its name as it is, so that a circle ends.
            if self.seen.insert(plain(folder)) {
                let shown: Arc<str> = shown(&self.top.join(&path)).into();
                self.kustomization(folder, &shown, &text)?;
            }
            return Ok(true);
        }
        Ok(false)
    }

    fn kustomization(&mut self, folder: &str, file: &Arc<str>, text: &str) -> Result<(), OpError> {
        let documents = load(file, text).map_err(|fault| OpError::Faults(vec![fault]))?;
        let mut documents = documents.into_iter().filter(|document| document.holds_something);
        let Some(document) = documents.next() else { return Ok(()) };
        let here = |route: Route, place: Place| Named { folder, file, route, place };
        if let Some(second) = documents.next() {
            self.refuse(&here(Route::root(), second.root.place), "is a second document: kustomize reads the first alone");
        }
        for (route, place) in document.duplicate_keys {
            self.refuse(&here(route, place), "stands twice: what kustomize reads of it is not certain");
        }
        for entry in document.root.entries() {
            let at = |node: &Node, route: Route| here(route, node.place);
            let route = Route::root().key(&*entry.key);
            let known = FIELDS.iter().find(|(name, _)| *name == entry.key).map(|(_, holds)| holds);
            match known {
                Some(FieldContents::Values) => {}
                Some(FieldContents::Resources) => {
                    for (node, route) in elements(&entry.node, &route) {
                        self.resource(&at(node, route), node)?;
                    }
                }
                Some(FieldContents::Files) => {
                    for (node, route) in elements(&entry.node, &route) {
                        _ = self.file(&at(node, route), node);
                    }
                }
                Some(FieldContents::FilesOrText) => {
                    for (node, route) in elements(&entry.node, &route).into_iter().filter(|(node, _)| !is_text(node)) {
                        _ = self.file(&at(node, route), node);
                    }
                }
                Some(FieldContents::Plugins) => {
                    for (node, route) in elements(&entry.node, &route) {
                        self.plugins(&at(node, route), node);
                    }
                }
                Some(FieldContents::Maps(files, others)) => {
                    let maps =
                        if entry.node.entries().is_empty() { elements(&entry.node, &route) } else { vec![(&entry.node, route)] };
                    for (map, route) in maps {
                        for inner in map.entries() {
                            let route = route.key(&*inner.key);
                            if files.contains(&inner.key.as_str()) {
                                self.files_in(&here(route, inner.place), &inner.node);
                            } else if !others.contains(&inner.key.as_str()) {
                                self.refuse(
                                    &here(route, inner.place),
                                    "is a field that is not known here: what it reads is not certain",
                                );
                            }
                        }
                    }
                }
                Some(FieldContents::Charts) if is_empty(&entry.node) => {}
                Some(FieldContents::Charts) => self.refuse(&here(route, entry.place), "fetches and renders charts with Helm"),
                None => self.refuse(&here(route, entry.place), "is a field that is not known here: what it reads is not certain"),
            }
        }
        Ok(())
    }

    fn refuse(&mut self, named: &Named<'_>, what: &str) {
        let source = Some(Source::File(Arc::clone(named.file), named.place));
        let hint = "build it yourself where you trust it: `kustomize build FOLDER | plimsoll check -`";
        self.faults.push(Fault { source, ..Fault::new(named.route.clone(), what).hint(hint) });
    }

    /// A file that is applied as it is, or a folder with a kustomization.
    fn resource(&mut self, named: &Named<'_>, node: &Node) -> Result<(), OpError> {
        let Some(path) = self.path(named, node) else { return Ok(()) };
        match self.folder(&path) {
            Ok(true) => {}
            Ok(false) => _ = self.read(named, &path),
            Err(OpError::Workspace(errors)) => errors.iter().for_each(|error| self.outside(named, error)),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn file(&mut self, named: &Named<'_>, node: &Node) -> Option<String> {
        let path = self.path(named, node)?;
        self.read(named, &path)
    }

    /// The files that stand somewhere in a value, a `name=` in front of them or not.
    fn files_in(&mut self, named: &Named<'_>, node: &Node) {
        for (node, route) in elements(node, &named.route) {
            let named = Named { route, place: node.place, ..*named };
            let Some(word) = node.as_str() else { continue };
            let path = word.split_once('=').map_or(word, |(_, path)| path);
            _ = self.file(&named, &Node { place: node.place, ..Node::new(Value::String(path.to_owned())) });
        }
    }

    /// The path of a file below the top folder, where it is one of this disk.
    fn path(&mut self, named: &Named<'_>, node: &Node) -> Option<String> {
        let word = node.as_str().unwrap_or_default();
        if word.is_empty() {
            self.refuse(named, "must be a path");
        } else if is_remote(word) {
            self.refuse(named, &format!("names `{word}`, which is not in this repository: nothing is fetched"));
        } else if Path::new(word).is_absolute() {
            self.refuse(named, &format!("names `{word}`, which is no path in this repository"));
        } else {
            return Some(joined(named.folder, word));
        }
        None
    }

    /// What a file holds that must be there.
    fn read(&mut self, named: &Named<'_>, path: &str) -> Option<String> {
        match self.bounds.near(Path::new(path)).and_then(|found| found.read_text()) {
            Ok(Some(text)) => Some(text),
            Ok(None) => {
                self.refuse(named, "names what is not there");
                None
            }
            Err(error) => {
                self.outside(named, &error);
                None
            }
        }
    }

    fn outside(&mut self, named: &Named<'_>, error: &WorkspaceError) {
        self.refuse(named, &format!("must not be read: {error}"));
    }

    /// Objects that tell kustomize what to run: none but its own generators and transformers may.
    fn plugins(&mut self, named: &Named<'_>, node: &Node) {
        let text = if is_text(node) { node.as_str().map(str::to_owned) } else { self.file(named, node) };
        let Some(text) = text else { return };
        let documents = match load(named.file, &text) {
            Ok(documents) => documents,
            Err(fault) => return self.refuse(named, &format!("cannot be read: {}", fault.message)),
        };
        for document in documents.iter().filter(|document| document.holds_something) {
            let root = &document.root;
            let word = |key: &str| root.get(key).and_then(Node::as_str).unwrap_or_default();
            let annotations = root.get("metadata").and_then(|metadata| metadata.get("annotations"));
            let is_function = FUNCTIONS.iter().any(|name| annotations.is_some_and(|found| found.get(name).is_some()));
            if is_function || word("apiVersion") != "builtin" {
                self.refuse(named, &format!("runs a program: {} is none of kustomize's own", word("kind")));
            } else if word("kind").starts_with("HelmChart") {
                self.refuse(named, "fetches and renders charts with Helm");
            } else {
                self.files_of_plugin(named, root);
            }
        }
    }

    fn files_of_plugin(&mut self, named: &Named<'_>, node: &Node) {
        for entry in node.entries() {
            if FILES_OF_PLUGINS.iter().any(|key| entry.key.eq_ignore_ascii_case(key)) {
                self.files_in(named, &entry.node);
            }
        }
        node.items().iter().for_each(|item| self.files_of_plugin(named, item));
        for entry in node.entries().iter().filter(|entry| entry.key.eq_ignore_ascii_case("replacements")) {
            self.files_of_plugin(named, &entry.node);
        }
    }
}

/// The elements of a list with their routes, or a value that is none by itself.
fn elements<'n>(node: &'n Node, route: &Route) -> Vec<(&'n Node, Route)> {
    match &node.value {
        Value::List(items) => items.iter().enumerate().map(|(index, item)| (item, route.index(index))).collect(),
        Value::Null => Vec::new(),
        _ => vec![(node, route.clone())],
    }
}

fn is_empty(node: &Node) -> bool {
    match &node.value {
        Value::Null => true,
        Value::List(items) => items.is_empty(),
        Value::Map(entries) => entries.is_empty(),
        _ => false,
    }
}

/// Whether a value is what would stand in a file, rather than the name of one.
fn is_text(node: &Node) -> bool {
    node.as_str().is_some_and(|text| text.contains('\n') || text.trim_start().starts_with('{') || text.contains(": "))
}

/// Whether any version of kustomize could take a name for that of something elsewhere. A colon or `@` in front of the
/// first slash is a host's; all the rest needs a scheme, a well-known host or a query.
fn is_remote(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let first = lower.split('/').next().unwrap_or_default();
    lower.contains("://") || lower.contains('?') || first.contains([':', '@']) || lower.starts_with("github.com/")
}

fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// A path as people read it: without the `./` that a walk begins with.
pub(super) fn shown(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}
