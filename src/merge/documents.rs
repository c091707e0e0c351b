//! Documents of three sets of files, and which of them are the same object.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Refusal;
use crate::formats::ObjectKey;
use crate::yaml::{Node, Place, Text};

/// One document of a file.
#[derive(Clone, Copy, Debug)]
pub struct Document<'t> {
    /// The path of its file.
    pub path: &'t str,
    /// The index of its file.
    pub file: usize,
    /// Its index in the file.
    pub index: usize,
    /// What identifies the object, if it is one.
    pub key: Option<&'t ObjectKey>,
    /// Its root.
    pub root: &'t Node,
    /// The text of the file.
    pub text: &'t Text<'t>,
}

impl Document<'_> {
    /// Its lines, with the comments above it and without separators.
    #[must_use]
    pub fn body(&self) -> String {
        let documents = &self.text.documents;
        let start = if self.index == 0 { 0 } else { documents[self.index].span.start as usize };
        let end = documents.get(self.index + 1).map_or(self.text.source.len(), |next| next.span.start as usize);
        let separator = |line: &&str| !matches!(line.trim_end(), "---" | "...");
        let lines: String = self.text.source[start..end].split_inclusive('\n').filter(separator).collect();
        // Line breaks at the end may belong to a block scalar.
        let kept = if self.root.ends_with_block_scalar() { lines.trim_end_matches(' ') } else { lines.trim_end() };
        if kept.ends_with('\n') { kept.to_owned() } else { format!("{kept}\n") }
    }
}

/// Files with their paths, each read or refused.
pub type Files<'t> = Vec<(&'t str, Result<Rc<Text<'t>>, Vec<Refusal>>)>;

/// A file with its path, its text, and what identifies the object in each document.
type ReadFile<'t> = (&'t str, Rc<Text<'t>>, Vec<Option<ObjectKey>>);

type Side<'t> = Vec<ReadFile<'t>>;

/// Three sets of files, read.
#[derive(Debug)]
pub struct Sides<'t> {
    /// As they were rendered last.
    pub base: Side<'t>,
    /// As they stand on disk.
    pub ours: Side<'t>,
    /// As they are rendered today.
    pub theirs: Side<'t>,
}

impl<'t> Sides<'t> {
    /// Puts files together that were read.
    ///
    /// # Errors
    /// Every file that cannot be read or edited. One of ours that was never rendered counts only
    /// where an object is missing that may be in it.
    pub fn of(base: Files<'t>, ours: Files<'t>, theirs: Files<'t>) -> Result<Self, Vec<Refusal>> {
        let (base, mut refusals) = side(base);
        let (theirs, more) = side(theirs);
        refusals.extend(more);
        let (ours, of_ours) = side(ours);
        let has =
            |side: &Side<'t>, wanted: &ObjectKey| side.iter().any(|(_, _, keys)| keys.iter().flatten().any(|key| key == wanted));
        let missing: Vec<&ObjectKey> =
            base.iter().flat_map(|(_, _, keys)| keys.iter().flatten()).filter(|key| !has(&ours, key)).collect();
        refusals.extend(ours.iter().flat_map(|(path, text, _)| in_lists(path, text, &missing)));
        let rendered = |path: &str| base.iter().chain(&theirs).any(|(known, _, _)| *known == path);
        refusals.extend(of_ours.into_iter().filter(|refusal| !missing.is_empty() || rendered(&refusal.file)));
        if refusals.is_empty() { Ok(Self { base, ours, theirs }) } else { Err(refusals) }
    }

    /// The index of the file of ours at a path.
    #[must_use]
    pub fn our_file(&self, path: &str) -> Option<usize> {
        self.ours.iter().position(|(known, _, _)| *known == path)
    }

    /// The text of ours at a path.
    #[must_use]
    pub fn ours_at(&self, path: &str) -> Option<&Text<'t>> {
        self.ours.iter().find(|(known, _, _)| *known == path).map(|(_, text, _)| &**text)
    }

    /// How many documents theirs has at a path.
    #[must_use]
    pub fn their_documents(&self, path: &str) -> usize {
        documents(&self.theirs).filter(|document| document.path == path).count()
    }
}

fn side(files: Files<'_>) -> (Side<'_>, Vec<Refusal>) {
    let (mut side, mut refusals) = (Vec::new(), Vec::new());
    for (path, read) in files {
        match read {
            Ok(text) => {
                let keys = text.documents.iter().map(|document| object_key(&document.root)).collect();
                side.push((path, text, keys));
            }
            Err(more) => refusals.extend(more),
        }
    }
    (side, refusals)
}

/// Objects that are missing because somebody has put them into a `List`, which is not merged.
fn in_lists(path: &str, text: &Text<'_>, missing: &[&ObjectKey]) -> Vec<Refusal> {
    let items = text.documents.iter().filter_map(|document| document.root.get("items")).flat_map(Node::items);
    let found = items.filter_map(|item| Some((item.place, object_key(item).filter(|key| missing.contains(&key))?)));
    let refusal = |(place, key): (Place, ObjectKey)| {
        let what = format!("has {key} in a list; give it a document of its own, behind `---`");
        Refusal { file: path.to_owned(), line: place.line, column: place.column, what }
    };
    found.map(refusal).collect()
}

/// What identifies the object that a node is, if it is one.
#[must_use]
pub fn object_key(root: &Node) -> Option<ObjectKey> {
    let text = |node: &Node, key: &str| node.get(key).and_then(Node::as_str).map(str::to_owned);
    let metadata = root.get("metadata")?;
    let api_version = text(root, "apiVersion")?;
    let group = api_version.split_once('/').map_or("", |(group, _)| group).to_owned();
    Some(ObjectKey { group, kind: text(root, "kind")?, namespace: text(metadata, "namespace"), name: text(metadata, "name")? })
}

fn documents<'s>(side: &'s [ReadFile<'s>]) -> impl Iterator<Item = Document<'s>> {
    side.iter().enumerate().flat_map(|(file, (path, text, keys))| {
        text.documents
            .iter()
            .enumerate()
            .filter(|(_, document)| document.holds_something)
            .map(move |(index, document)| Document { path, file, index, key: keys[index].as_ref(), root: &document.root, text })
    })
}

/// The same object on each side that has it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Paired<'t> {
    /// As it was rendered last.
    pub base: Option<Document<'t>>,
    /// As it stands on disk.
    pub ours: Option<Document<'t>>,
    /// As it is rendered today.
    pub theirs: Option<Document<'t>>,
}

/// What tells documents apart: an object's key, or the place of what is no object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Name<'t> {
    Object(&'t ObjectKey),
    Place(&'t str, usize),
}

/// Pairs the documents of three sides.
///
/// # Errors
/// An object that one side has twice.
pub fn pair_documents<'t>(sides: &'t Sides<'t>) -> Result<Vec<Paired<'t>>, Vec<Refusal>> {
    let mut twice = Vec::new();
    let mut by_name = |side: &'t Side<'t>| {
        let mut found: BTreeMap<Name<'t>, Document<'t>> = BTreeMap::new();
        let mut unnamed: BTreeMap<&str, usize> = BTreeMap::new();
        for document in documents(side) {
            let name = if let Some(key) = document.key {
                Name::Object(key)
            } else {
                let count = unnamed.entry(document.path).or_default();
                *count += 1;
                Name::Place(document.path, *count)
            };
            let Some(first) = found.insert(name, document) else { continue };
            let (place, object) = (document.root.place, document.key.map(ToString::to_string).unwrap_or_default());
            let what = format!("{object} stands also in {}:{}; keep one of them", first.path, first.root.place.line);
            twice.push(Refusal { file: document.path.to_owned(), line: place.line, column: place.column, what });
        }
        found
    };
    let (mut base, mut ours, mut theirs) = (by_name(&sides.base), by_name(&sides.ours), by_name(&sides.theirs));
    if !twice.is_empty() {
        return Err(twice);
    }
    let mut pairs = Vec::new();
    for name in base.keys().chain(theirs.keys()).cloned().collect::<std::collections::BTreeSet<_>>() {
        pairs.push(Paired { base: base.remove(&name), ours: ours.remove(&name), theirs: theirs.remove(&name) });
    }
    let mut left: Vec<Document<'t>> = ours.into_values().collect();
    join_renamed(&mut pairs);
    find_renamed(&mut pairs, &mut left);
    Ok(pairs)
}

fn same_kind(one: &Document<'_>, other: &Document<'_>) -> bool {
    let kind = |document: &Document<'_>| document.key.map(|key| (key.group.clone(), key.kind.clone()));
    one.path == other.path && kind(one).is_some() && kind(one) == kind(other)
}

/// An object that theirs renders under another name in the same file is still the same, and so is one
/// that ours has under the new name already.
fn join_renamed(pairs: &mut Vec<Paired<'_>>) {
    let new: Vec<usize> = (0..pairs.len()).filter(|at| pairs[*at].base.is_none()).collect();
    let mut joined = Vec::new();
    for at in new {
        let Some(theirs) = pairs[at].theirs else { continue };
        let ours = pairs[at].ours;
        let fits = |pair: &Paired<'_>| {
            let free = pair.theirs.is_none() && (ours.is_none() || pair.ours.is_none());
            free && pair.base.is_some_and(|base| same_kind(&base, &theirs))
        };
        let mut candidates = (0..pairs.len()).filter(|other| fits(&pairs[*other]));
        let (Some(old), None) = (candidates.next(), candidates.next()) else { continue };
        pairs[old].theirs = Some(theirs);
        pairs[old].ours = pairs[old].ours.or(ours);
        joined.push(at);
    }
    for at in joined.into_iter().rev() {
        pairs.remove(at);
    }
}

/// An object that ours has renamed in its file is still the same.
fn find_renamed<'t>(pairs: &mut [Paired<'t>], left: &mut Vec<Document<'t>>) {
    let missing: Vec<usize> = (0..pairs.len()).filter(|at| pairs[*at].ours.is_none() && pairs[*at].base.is_some()).collect();
    for at in missing {
        let Some(base) = pairs[at].base else { continue };
        let mut candidates = (0..left.len()).filter(|other| same_kind(&left[*other], &base));
        if let (Some(found), None) = (candidates.next(), candidates.next()) {
            pairs[at].ours = Some(left.remove(found));
        }
    }
}
