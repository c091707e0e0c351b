//! Documents of three sets of files, and which of them are the same object.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::MergeRefusal;
use crate::notation::{ObjectKey, group_of};
use crate::yaml::{Node, Place, YamlText};

/// One document of a file.
#[derive(Clone, Copy, Debug)]
pub struct MergeDocument<'t> {
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
    pub text: &'t YamlText<'t>,
}

impl MergeDocument<'_> {
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
pub type Files<'t> = Vec<(&'t str, Result<Rc<YamlText<'t>>, Vec<MergeRefusal>>)>;

/// A file with its path, its text, and what identifies the object in each document.
pub type ReadFile<'t> = (&'t str, Rc<YamlText<'t>>, Vec<Option<ObjectKey>>);

type ReadFiles<'t> = Vec<ReadFile<'t>>;

/// Three sets of files, read.
#[derive(Debug)]
pub struct FileSides<'t> {
    /// As they were rendered last.
    pub base: ReadFiles<'t>,
    /// As they stand on disk.
    pub ours: ReadFiles<'t>,
    /// As they are rendered today.
    pub theirs: ReadFiles<'t>,
}

impl<'t> FileSides<'t> {
    /// Puts files together that were read.
    ///
    /// # Errors
    /// Every file that cannot be read or edited. One of ours that was never rendered counts only
    /// where an object is missing that may be in it.
    pub fn of(base: Files<'t>, ours: Files<'t>, theirs: Files<'t>) -> Result<Self, Vec<MergeRefusal>> {
        let (base, mut refusals) = side(base);
        let (theirs, more) = side(theirs);
        refusals.extend(more);
        let (ours, of_ours) = side(ours);
        let present: BTreeSet<&ObjectKey> = ours.iter().flat_map(|(_, _, keys)| keys.iter().flatten()).collect();
        let missing: Vec<&ObjectKey> =
            base.iter().flat_map(|(_, _, keys)| keys.iter().flatten()).filter(|key| !present.contains(key)).collect();
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
    pub fn ours_at(&self, path: &str) -> Option<&YamlText<'t>> {
        self.ours.iter().find(|(known, _, _)| *known == path).map(|(_, text, _)| &**text)
    }

    /// How many documents theirs has at a path.
    #[must_use]
    pub fn their_documents(&self, path: &str) -> usize {
        documents(&self.theirs).filter(|document| document.path == path).count()
    }
}

fn side(files: Files<'_>) -> (ReadFiles<'_>, Vec<MergeRefusal>) {
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
fn in_lists(path: &str, text: &YamlText<'_>, missing: &[&ObjectKey]) -> Vec<MergeRefusal> {
    let items = text.documents.iter().filter_map(|document| document.root.get("items")).flat_map(Node::items);
    let found = items.filter_map(|item| Some((item.place, object_key(item).filter(|key| missing.contains(&key))?)));
    let refusal = |(place, key): (Place, ObjectKey)| {
        let what = format!("has {key} in a list; give it a document of its own, behind `---`");
        MergeRefusal { file: path.to_owned(), line: place.line, column: place.column, what }
    };
    found.map(refusal).collect()
}

/// What identifies the object that a node is, if it is one.
#[must_use]
pub fn object_key(root: &Node) -> Option<ObjectKey> {
    let text = |node: &Node, key: &str| node.get(key).and_then(Node::as_str).map(str::to_owned);
    let metadata = root.get("metadata")?;
    let api_version = text(root, "apiVersion")?;
    let group = group_of(&api_version).to_owned();
    Some(ObjectKey { group, kind: text(root, "kind")?, namespace: text(metadata, "namespace"), name: text(metadata, "name")? })
}

fn documents<'s>(side: &'s [ReadFile<'s>]) -> impl Iterator<Item = MergeDocument<'s>> {
    side.iter().enumerate().flat_map(|(file, (path, text, keys))| {
        text.documents.iter().enumerate().filter(|(_, document)| document.holds_something).map(move |(index, document)| {
            MergeDocument { path, file, index, key: keys[index].as_ref(), root: &document.root, text }
        })
    })
}

/// The same object on each side that has it.
#[derive(Clone, Debug, Default)]
pub struct Paired<'t> {
    /// As it was rendered last.
    pub base: Option<MergeDocument<'t>>,
    /// As it stands on disk.
    pub ours: Option<MergeDocument<'t>>,
    /// As it is rendered today.
    pub theirs: Option<MergeDocument<'t>>,
    /// Where the object stands twice, so that it does not tell which of them is meant.
    pub twice: Option<MergeRefusal>,
}

/// What tells documents apart: an object's key and which of those that have it, or the place of what is no
/// object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Name<'t> {
    Object(&'t ObjectKey, usize),
    Place(&'t str, usize),
}

/// Pairs the documents of three sides.
#[must_use]
pub fn pair_documents<'t>(sides: &'t FileSides<'t>) -> Vec<Paired<'t>> {
    let mut named: BTreeMap<Name<'t>, Paired<'t>> = BTreeMap::new();
    let mut by_key: BTreeMap<&'t ObjectKey, [Vec<MergeDocument<'t>>; 3]> = BTreeMap::new();
    for (side, files) in [&sides.base, &sides.ours, &sides.theirs].into_iter().enumerate() {
        let mut unnamed: BTreeMap<&str, usize> = BTreeMap::new();
        for document in documents(files) {
            let name = if let Some(key) = document.key {
                let same = &mut by_key.entry(key).or_default()[side];
                same.push(document);
                Name::Object(key, same.len())
            } else {
                let count = unnamed.entry(document.path).or_default();
                *count += 1;
                Name::Place(document.path, *count)
            };
            let pair = named.entry(name).or_default();
            *[&mut pair.base, &mut pair.ours, &mut pair.theirs][side] = Some(document);
        }
    }
    for (key, found) in &by_key {
        let counts = found.iter().map(Vec::len).filter(|count| *count > 0);
        // Where all have as many of them, they are the same in order.
        if counts.clone().min() == counts.clone().max() {
            continue;
        }
        let twice = found[1].get(1).or(found[0].get(1)).or(found[2].get(1)).map(|again| {
            let first =
                if found[1].len() > 1 { found[1][0] } else { found.iter().find(|of| of.len() > 1).map_or(*again, |of| of[0]) };
            let what = format!("{key} stands also in {}:{}; keep one of them", first.path, first.root.place.line);
            let place = again.root.place;
            MergeRefusal { file: again.path.to_owned(), line: place.line, column: place.column, what }
        });
        for pair in named.range_mut(Name::Object(key, 0)..=Name::Object(key, usize::MAX)).map(|(_, pair)| pair) {
            pair.twice.clone_from(&twice);
        }
    }
    let mut pairs: Vec<Paired<'t>> = named.into_values().collect();
    for moved in [Moved::Namespace, Moved::Group, Moved::Both, Moved::Name] {
        join(&mut pairs, |pair| pair.theirs, moved);
        join(&mut pairs, |pair| pair.ours, moved);
    }
    pairs
}

/// How an object that is the same may differ in what identifies it.
#[derive(Clone, Copy)]
enum Moved {
    /// It has got another namespace.
    Namespace,
    /// Its kind has moved to another API group.
    Group,
    /// Both.
    Both,
    /// It has another name in the same file, and can be no other.
    Name,
}

impl Moved {
    /// What documents have in common that may be the same.
    fn common<'t>(self, document: &MergeDocument<'t>) -> Option<[&'t str; 3]> {
        let key = document.key?;
        Some(match self {
            Self::Name => [document.path, &key.group, &key.kind],
            _ => [&key.kind, &key.name, ""],
        })
    }

    /// Whether documents that have that in common are the same.
    fn is(self, one: &MergeDocument<'_>, other: &MergeDocument<'_>) -> bool {
        let (Some(one), Some(other)) = (one.key, other.key) else { return false };
        // Objects of the core have had no other group, but others have objects of the same kinds.
        let of_groups = !one.group.is_empty() && !other.group.is_empty();
        match self {
            Self::Namespace => one.group == other.group,
            Self::Group => of_groups && one.namespace == other.namespace,
            Self::Both => of_groups,
            Self::Name => true,
        }
    }
}

/// Joins what base has and a side lacks with what that side has and base lacks, where it is the same.
fn join<'t>(pairs: &mut Vec<Paired<'t>>, of_side: fn(&Paired<'t>) -> Option<MergeDocument<'t>>, moved: Moved) {
    let mut groups: BTreeMap<[&'t str; 3], [Vec<usize>; 2]> = BTreeMap::new();
    for (at, pair) in pairs.iter().enumerate().filter(|(_, pair)| pair.twice.is_none()) {
        let (document, which) = match (pair.base, of_side(pair)) {
            (Some(base), None) => (base, 0),
            (None, Some(document)) => (document, 1),
            _ => continue,
        };
        if let Some(common) = moved.common(&document) {
            groups.entry(common).or_default()[which].push(at);
        }
    }
    let is_it = |old: usize, new: usize| {
        let (Some(base), Some(document)) = (pairs[old].base, of_side(&pairs[new])) else { return false };
        let fits = |one: Option<MergeDocument<'t>>, other: Option<MergeDocument<'t>>| one.is_none() || other.is_none();
        fits(pairs[old].ours, pairs[new].ours) && fits(pairs[old].theirs, pairs[new].theirs) && moved.is(&base, &document)
    };
    let only = |found: &mut dyn Iterator<Item = usize>| found.next().filter(|_| found.next().is_none());
    let mut joined = Vec::new();
    for [old, new] in groups.values() {
        for at in old.iter().copied() {
            let Some(found) = only(&mut new.iter().copied().filter(|new| is_it(at, *new))) else { continue };
            if only(&mut old.iter().copied().filter(|old| is_it(*old, found))) == Some(at) {
                joined.push((at, found));
            }
        }
    }
    for (old, new) in &joined {
        let (ours, theirs) = (pairs[*new].ours, pairs[*new].theirs);
        pairs[*old].ours = pairs[*old].ours.or(ours);
        pairs[*old].theirs = pairs[*old].theirs.or(theirs);
    }
    let gone: BTreeSet<usize> = joined.into_iter().map(|(_, new)| new).collect();
    let mut at = 0..;
    pairs.retain(|_| at.next().is_none_or(|at| !gone.contains(&at)));
}
