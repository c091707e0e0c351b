//! What of the texts is an object: all else is told at its place, or counted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::kustomization::{KustomizePart, KustomizeParts};
use super::objects::{CheckedText, Parsed};
use super::template::unrendered;
use crate::manifest::{api_version_for, is_misspelling, is_nearly_a_kind, misnamed};
use crate::yaml::{Document, Entry, Fault, Node, Place, Route, RouteStep, Source, Value};

/// Why something that was given was not judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WhyNot {
    /// It cannot be read, or not taken for what is meant: a finding says so at its place.
    Unreadable,
    /// It is a template that was not rendered: a finding says so.
    Template,
    /// Kubernetes refuses it: a finding says so, and no item judges it.
    Refused,
    /// No item of the checklist is about objects of its kind.
    NoItem,
    /// It is a patch, which changes objects and is none.
    Patch,
    /// It is part of a component, which kustomizations include.
    Component,
    /// It is a kustomization, or what one reads beside objects.
    Kustomization,
    /// It is no object of Kubernetes.
    NoObject,
}

/// What was not judged of a kind, for one reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct NotJudged {
    /// Why.
    pub why: WhyNot,
    /// Its kind, with the API group where that is not one of Kubernetes; of what has none, `document` or `file`.
    pub kind: String,
    /// How many there are.
    pub count: usize,
}

/// Counts what was not judged.
#[derive(Debug, Default)]
pub struct Tally(BTreeMap<(WhyNot, String), usize>);

impl Tally {
    /// Counts so many more.
    pub fn add(&mut self, why: WhyNot, kind: impl Into<String>, count: usize) {
        if count > 0 {
            *self.0.entry((why, kind.into())).or_default() += count;
        }
    }

    /// Everything that was counted.
    #[must_use]
    pub fn list(self) -> Vec<NotJudged> {
        self.0.into_iter().map(|((why, kind), count)| NotJudged { why, kind, count }).collect()
    }
}

/// The texts without what is no object.
#[derive(Debug)]
pub struct SortedTexts {
    /// What the texts hold, in their order; nothing but objects.
    pub parsed: Vec<Parsed>,
    /// What is wrong, with the number of the text.
    pub faults: Vec<(usize, Fault)>,
    /// What was not judged.
    pub tally: Tally,
}

/// What a document without a way to be an object is called.
const DOCUMENT: &str = "document";

/// Takes out of the texts what is no object.
#[must_use]
pub fn sort(texts: &[CheckedText], mut parsed: Vec<Parsed>) -> SortedTexts {
    let (mut faults, mut tally) = (Vec::new(), Tally::default());
    for found in unrendered(texts, &parsed) {
        tally.add(WhyNot::Template, "file", found.texts.len());
        for text in found.texts {
            parsed[text] = Parsed::default();
        }
        faults.push((found.told_at, found.fault));
    }
    let documents = texts
        .iter()
        .zip(&parsed)
        .flat_map(|(text, parsed)| parsed.documents.iter().map(|document| (&*text.name, &document.root)));
    let parts = KustomizeParts::of(documents);
    for (number, (text, parsed)) in texts.iter().zip(&mut parsed).enumerate() {
        let part = parts.part(&text.name);
        tally.add(WhyNot::Unreadable, if text.is_unread() { "file" } else { DOCUMENT }, parsed.faults.len());
        faults.extend(std::mem::take(&mut parsed.faults).into_iter().map(|fault| (number, fault)));
        let mut sorted = TextSorter { text, faults: Vec::new(), tally: &mut tally };
        parsed.documents.retain_mut(|document| sorted.keep(document, part));
        faults.extend(sorted.faults.into_iter().map(|fault| (number, fault)));
    }
    SortedTexts { parsed, faults, tally }
}

/// The documents of a text, as they are sorted.
struct TextSorter<'a> {
    text: &'a CheckedText,
    faults: Vec<Fault>,
    tally: &'a mut Tally,
}

impl TextSorter<'_> {
    /// Whether a document is an object, or several.
    fn keep(&mut self, document: &mut Document, part: KustomizePart) -> bool {
        if !document.holds_something {
            return false;
        }
        let root = &document.root;
        let why = match part {
            _ if root.get("$patch").is_some() => Some(WhyNot::Patch),
            KustomizePart::Patch => Some(WhyNot::Patch),
            KustomizePart::Component => Some(WhyNot::Component),
            KustomizePart::Kustomization | KustomizePart::Settings => Some(WhyNot::Kustomization),
            KustomizePart::Objects if super::kustomization::is_kustomization(root) => Some(WhyNot::Kustomization),
            KustomizePart::Objects => None,
        };
        if let Some(why) = why {
            self.tally.add(why, kind_of(root), 1);
            return false;
        }
        let starts = missing_separators(document);
        if !starts.is_empty() {
            self.tally.add(WhyNot::Unreadable, DOCUMENT, starts.len() + 1);
            for (key, place) in starts {
                let message = "stands a second time in one document: a line `---` is missing before it";
                let fault = Fault::new(Route::root().key(key), message).hint("write a line `---` before this object");
                self.faults.push(self.at(place, fault));
            }
            return false;
        }
        self.is_object(&mut document.root, None)
    }

    /// Whether a node is an object, or a list of which at least one is. What is meant to be one and is none is
    /// told; `list` is the list that it stands in.
    fn is_object(&mut self, node: &mut Node, list: Option<(&str, &str)>) -> bool {
        let word = |node: &Node, key: &str| node.get(key).and_then(Node::as_str).map(str::to_owned);
        let (Some(api_version), Some(kind)) = (word(node, "apiVersion"), word(node, "kind")) else {
            return is_in_typed_list(node, list) || self.say_what_is_missing(node, list.is_some());
        };
        if let Some(of_items) = kind.strip_suffix("List").filter(|_| node.get("items").is_some()) {
            return self.has_objects(node, (&api_version, of_items));
        }
        let Some(misnamed) = misnamed(&api_version, &kind) else { return true };
        let place = node.get(misnamed.field).map_or(node.place, |node| node.place);
        let fault = Fault::new(Route::root().key(misnamed.field), misnamed.message);
        self.fault(place, Fault { hint: misnamed.hint, ..fault }, &kind);
        false
    }

    /// Whether any item of a list is an object; the others are taken out of it.
    fn has_objects(&mut self, list: &mut Node, of: (&str, &str)) -> bool {
        let Value::Map(entries) = &mut list.value else { return false };
        let Some(items) = entries.iter_mut().find(|entry| entry.is("items")) else { return false };
        match &mut items.node.value {
            Value::List(items) => {
                items.retain_mut(|item| self.is_object(item, Some(of)));
                !items.is_empty()
            }
            Value::Null => false,
            _ => {
                let fault = Fault::new(Route::root().key("items"), "must be a list");
                self.fault(items.place, fault, DOCUMENT);
                false
            }
        }
    }

    /// Says of what is meant to be an object what it lacks; what is not meant to be one is counted.
    fn say_what_is_missing(&mut self, node: &Node, is_listed: bool) -> bool {
        let lacks = |key: &&str| node.get(key).and_then(Node::as_str).is_none_or(str::is_empty);
        let missing: Vec<&str> = ["apiVersion", "kind"].into_iter().filter(lacks).collect();
        let is_asked_for = is_listed || &*self.text.name == STANDARD_INPUT;
        if !is_asked_for && !is_meant(node) {
            self.tally.add(WhyNot::NoObject, DOCUMENT, 1);
            return false;
        }
        let kind = kind_of(node);
        if !matches!(node.value, Value::Map(_)) {
            let fault =
                Fault::new(Route::root(), format!("is no object of Kubernetes: {} in place of a mapping", node.type_name()));
            self.fault(node.place, fault, DOCUMENT);
            return false;
        }
        for key in &missing {
            let near = node.entries().iter().find(|entry| {
                !["apiVersion", "kind", "metadata", "spec"].contains(&entry.key.as_str()) && is_misspelling(&entry.key, key)
            });
            let given = node.get(key);
            let (place, what) = match (given, near) {
                (Some(value), _) => (value.place, "must be a string".to_owned()),
                (None, Some(entry)) => (entry.place, format!("is missing, and `{}` is no field", entry.key)),
                (None, None) => (node.place, "is missing: without it nothing is an object of Kubernetes".to_owned()),
            };
            let hint = match (*key, near, api_version_for(&kind)) {
                (_, Some(_), _) => Some(format!("did you mean `{key}`?")),
                ("apiVersion", _, Some(version)) => Some(format!("write `apiVersion: {version}`")),
                _ => None,
            };
            let mut fault = Fault { is_missing: given.is_none(), hint, ..Fault::new(Route::root().key(*key), what) };
            fault = self.at(place, fault);
            // Both missing is one thing to mend, unless there is more to say of one.
            if missing.len() == 1 || near.is_some() || given.is_some() || *key == "kind" {
                self.faults.push(fault);
            }
        }
        self.tally.add(WhyNot::Unreadable, kind, 1);
        false
    }

    fn fault(&mut self, place: Place, fault: Fault, kind: &str) {
        self.faults.push(self.at(place, fault));
        self.tally.add(WhyNot::Unreadable, kind, 1);
    }

    fn at(&self, place: Place, fault: Fault) -> Fault {
        Fault { source: Some(Source::File(Arc::clone(&self.text.name), place)), ..fault }
    }
}

/// What standard input is called.
pub const STANDARD_INPUT: &str = "standard input";

/// The kind that a document names.
fn kind_of(root: &Node) -> String {
    root.get("kind").and_then(Node::as_str).unwrap_or(DOCUMENT).to_owned()
}

/// Whether a document that lacks `apiVersion` or `kind` is meant to be an object all the same.
fn is_meant(root: &Node) -> bool {
    let has = |key: &str| matches!(root.get(key).map(|node| &node.value), Some(Value::Map(_)));
    let is_near = |key: &str| root.entries().iter().any(|entry| is_misspelling(&entry.key, key));
    let names_a_kind = root.get("kind").and_then(Node::as_str).is_some_and(is_nearly_a_kind);
    let has_body = has("metadata") && (has("spec") || has("data") || has("stringData"));
    names_a_kind && (has("metadata") || has("spec"))
        || has("metadata") && (is_near("kind") || is_near("apiVersion"))
        || is_near("apiVersion") && is_near("kind")
        || has_body
}

/// Where the next object begins in a document that is several, as files that were joined without `---`
/// between them: at each key that stands a second time since the one before.
fn missing_separators(document: &Document) -> Vec<(String, Place)> {
    let twice = || {
        document.duplicate_keys.iter().filter_map(|(route, place)| match route.steps() {
            [RouteStep::Key(key)] => Some((key.as_str(), *place)),
            _ => None,
        })
    };
    if !twice().any(|(key, _)| key == "apiVersion" || key == "kind") {
        return Vec::new();
    }
    let (mut starts, mut since): (Vec<(String, Place)>, BTreeSet<&str>) = (Vec::new(), BTreeSet::new());
    for (key, place) in twice() {
        if starts.is_empty() || !since.insert(key) {
            starts.push((key.to_owned(), place));
            since = BTreeSet::from([key]);
        }
    }
    starts
}

/// Gives an item of a typed list, such as a `DeploymentList`, the kind that its list says, as clients of
/// Kubernetes do.
fn is_in_typed_list(node: &mut Node, list: Option<(&str, &str)>) -> bool {
    let Some((api_version, kind)) = list.filter(|(_, kind)| !kind.is_empty()) else { return false };
    let place = node.place;
    let Value::Map(entries) = &mut node.value else { return false };
    if entries.iter().any(|entry| entry.is("apiVersion") || entry.is("kind")) {
        return false;
    }
    for (key, word) in [("kind", kind), ("apiVersion", api_version)] {
        let node = Node { place, ..Node::new(Value::String(word.to_owned())) };
        entries.insert(0, Entry::new(key, node));
    }
    true
}
