//! The objects in the texts that are checked together.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use super::rule::Tree;
use crate::limits::Limit;
use crate::manifest::{ApiFault, ObjectId, verdicts};
use crate::notation::KubeVersion;
use crate::yaml::{self, Document, Fault, Node, Place, Route, RouteStep, Source, Spent};

/// A text with its name, to be checked.
#[derive(Clone, Debug)]
pub struct CheckedText {
    /// What people call it: its path, or `standard input`.
    pub name: Arc<str>,
    /// What it holds.
    pub text: String,
    /// Where its lines begin, once one is asked for.
    lines: OnceLock<Vec<usize>>,
    /// Whether characters are bytes in it, once that is asked for.
    ascii: OnceLock<bool>,
    /// Why there is no text, where it could not be read.
    unread: Option<Fault>,
}

impl CheckedText {
    /// A text with its name.
    #[must_use]
    pub fn new(name: &str, text: String) -> Self {
        Self { name: name.into(), text, lines: OnceLock::new(), ascii: OnceLock::new(), unread: None }
    }

    /// A text that could not be read, with the reason.
    #[must_use]
    pub fn unread(name: &str, why: Fault) -> Self {
        Self { unread: Some(why), ..Self::new(name, String::new()) }
    }

    /// Whether it could not be read.
    #[must_use]
    pub fn is_unread(&self) -> bool {
        self.unread.is_some()
    }

    /// One of its lines, from 1.
    #[must_use]
    pub fn line(&self, number: u32) -> &str {
        let starts = self.lines.get_or_init(|| {
            let breaks = self.text.match_indices('\n').map(|(at, _)| at + 1);
            std::iter::once(0).chain(breaks).collect()
        });
        let start = starts.get((number as usize).saturating_sub(1)).copied().unwrap_or(self.text.len());
        let end = starts.get((number as usize).max(1)).copied().unwrap_or(self.text.len());
        self.text.get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r'])
    }

    /// Whether each of its characters is one byte.
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        *self.ascii.get_or_init(|| self.text.is_ascii())
    }
}

/// One object, and where it stands.
#[derive(Debug)]
pub struct Object {
    /// What identifies it.
    pub id: ObjectId,
    /// The number of its text.
    pub text: usize,
    /// The object as rules see it.
    pub tree: Tree,
    /// Where it starts.
    pub place: Place,
    /// What Kubernetes says of it.
    pub said: Vec<ApiFault>,
}

impl Object {
    /// The object as people name it: Kind/name, with the namespace where it names one.
    #[must_use]
    pub fn label(&self) -> String {
        let ObjectId { kind, name, namespace, .. } = &self.id;
        namespace.as_ref().map_or_else(|| format!("{kind}/{name}"), |namespace| format!("{namespace}/{kind}/{name}"))
    }
}

/// A text that has been read, and whose objects have no numbers yet.
#[derive(Debug, Default)]
pub struct Parsed {
    /// Its documents.
    pub(super) documents: Vec<Document>,
    /// The documents that cannot be read.
    pub faults: Vec<Fault>,
}

/// What reading all texts has taken so far.
#[derive(Debug, Default)]
pub struct Account {
    values: AtomicUsize,
    alias_bytes: AtomicUsize,
}

impl Account {
    /// The limit that the texts go beyond together, where they do.
    #[must_use]
    pub fn refused(&self, texts: &[CheckedText]) -> Option<Limit> {
        let bytes = texts.iter().map(|text| text.text.len()).sum::<usize>() + self.alias_bytes.load(Ordering::Relaxed);
        if bytes > Limit::TotalBytes.most() {
            return Some(Limit::TotalBytes);
        }
        self.is_spent().then_some(Limit::TotalValues)
    }

    fn is_spent(&self) -> bool {
        self.values.load(Ordering::Relaxed) > Limit::TotalValues.most()
    }
}

/// Reads a text. A document that cannot be read does not stop the others; once the account is spent,
/// nothing more is read.
#[must_use]
pub fn parse(text: &CheckedText, account: &Account) -> Parsed {
    let mut parsed = Parsed { faults: text.unread.clone().into_iter().collect(), ..Parsed::default() };
    if account.is_spent() || account.alias_bytes.load(Ordering::Relaxed) > Limit::TotalBytes.most() {
        return parsed;
    }
    let mut spent = Spent::default();
    for document in yaml::load_each(&text.name, &text.text, &mut spent) {
        match document {
            Ok(document) => {
                if !nodes(&document.root).is_empty() {
                    parsed.faults.extend(document.odd_tags.iter().map(|(route, place, tag)| {
                        let source = Some(Source::File(Arc::clone(&text.name), *place));
                        Fault { source, ..yaml::odd_tag(route.clone(), tag) }
                    }));
                }
                parsed.documents.push(document);
            }
            Err(fault) => parsed.faults.push(fault),
        }
    }
    account.values.fetch_add(spent.values, Ordering::Relaxed);
    account.alias_bytes.fetch_add(spent.alias_bytes, Ordering::Relaxed);
    parsed
}

impl Parsed {
    /// How many objects the text holds.
    #[must_use]
    pub fn count(&self) -> usize {
        self.documents.iter().map(|document| nodes(&document.root).len()).sum()
    }

    /// The objects, numbered from `first`, with what Kubernetes of a version says of them, where one is given;
    /// documents that are none, such as values of a chart, are passed over.
    #[must_use]
    pub fn objects(self, text: usize, first: usize, version: Option<KubeVersion>) -> Vec<Object> {
        let mut objects = Vec::new();
        for document in self.documents {
            let found = nodes(&document.root);
            let twice: Vec<(&Node, Route, Place)> =
                document.duplicate_keys.iter().map(|(route, place)| holder(&document.root, route, *place)).collect();
            // What stands twice in a list itself is told of the first object in it.
            let is_stray = |holder: &Node| std::ptr::eq(holder, &raw const document.root) && is_list(holder);
            for (position, node) in found.into_iter().enumerate() {
                let is_own = |holder: &Node| std::ptr::eq(holder, node) || (position == 0 && is_stray(holder));
                let own = twice.iter().filter(|(holder, ..)| is_own(holder));
                let twice: Vec<(Route, Place)> = own.map(|(_, route, place)| (route.clone(), *place)).collect();
                let said = version.map(|version| verdicts(node, &twice, version)).unwrap_or_default();
                objects.push(object(node, text, first + objects.len(), said));
            }
        }
        objects
    }
}

/// The node of a document in whose object a route ends, with the rest of the way.
fn holder<'n>(root: &'n Node, route: &Route, place: Place) -> (&'n Node, Route, Place) {
    let (mut node, mut rest) = (root, route.steps());
    while let ([RouteStep::Key(items), RouteStep::Index(index), behind @ ..], true) = (rest, is_list(node))
        && items == "items"
        && let Some(item) = node.get(items).and_then(|items| items.items().get(*index))
    {
        (node, rest) = (item, behind);
    }
    (node, Route::from_steps(rest), place)
}

/// Whether a node is a list of objects, such as `kubectl get` prints.
fn is_list(node: &Node) -> bool {
    let word = |key: &str| node.get(key).and_then(Node::as_str);
    word("apiVersion").is_some() && word("kind").is_some_and(|kind| kind.ends_with("List")) && node.get("items").is_some()
}

/// The nodes of a document that are objects: itself, or each item of a list such as `kubectl get` prints.
fn nodes(root: &Node) -> Vec<&Node> {
    let word = |key: &str| root.get(key).and_then(Node::as_str);
    match root.get("items") {
        Some(items) if is_list(root) => items.items().iter().flat_map(nodes).collect(),
        _ if word("apiVersion").is_some() && word("kind").is_some() => vec![root],
        _ => Vec::new(),
    }
}

fn object(node: &Node, text: usize, number: usize, said: Vec<ApiFault>) -> Object {
    let metadata = |key: &str| node.get("metadata").and_then(|metadata| metadata.get(key)).and_then(Node::as_str);
    let name = metadata("name").or_else(|| metadata("generateName")).unwrap_or_default().to_owned();
    let id = ObjectId { name, ..ObjectId::of(node) };
    Object { id, text, tree: Tree::new(number, node), place: node.place, said }
}
