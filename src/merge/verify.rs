//! The merged text, read again and held against what was meant.

use std::collections::{BTreeMap, BTreeSet};

use super::meaning::{Index, equal};
use crate::yaml::{Node, Span, Tie, Value, YamlText};

/// The value that a node shall have after the merge.
#[derive(Clone, Debug)]
pub enum Expected<'t> {
    /// That of a node of ours or theirs.
    Node(&'t Node),
    /// A mapping.
    Map(Vec<(&'t str, Expected<'t>)>),
    /// A list.
    List {
        /// Its elements as the edits leave them.
        items: Vec<Expected<'t>>,
        /// For each place, the place from which its element is to be moved there.
        order: Option<Vec<usize>>,
    },
}

impl<'t> Expected<'t> {
    /// Whether a node has the value, its lists before (`false`) or after their elements are moved.
    #[must_use]
    pub fn is(&self, node: &Node, moved: bool) -> bool {
        match (self, &node.value) {
            (Self::Node(expected), _) => equal(expected, node),
            (Self::Map(expected), Value::Map(entries)) => {
                let found = Index::of(node);
                expected.len() == entries.len()
                    && expected.iter().all(|(key, value)| found.entry(key).is_some_and(|entry| value.is(&entry.node, moved)))
            }
            (Self::List { items, .. }, Value::List(nodes)) => {
                let at = |place: usize| self.at(place, moved);
                items.len() == nodes.len() && nodes.iter().enumerate().all(|(place, node)| items[at(place)].is(node, moved))
            }
            _ => false,
        }
    }

    /// Which of the elements stands at a place.
    fn at(&self, place: usize, moved: bool) -> usize {
        match self {
            Self::List { order: Some(order), .. } if moved => order[place],
            _ => place,
        }
    }

    /// The elements, if this is a list that was merged element by element.
    pub fn items(&self) -> impl Iterator<Item = &Expected<'t>> {
        match self {
            Self::List { items, .. } => items.iter(),
            _ => [].iter(),
        }
    }

    /// Has the elements of a list moved.
    pub fn put_in_order(&mut self, new: Vec<usize>) {
        if let Self::List { order, .. } = self {
            *order = Some(new);
        }
    }

    /// The lists of a node that has this value, and how their elements are to be moved; each with how
    /// deep it is nested in others of these.
    pub fn moves<'n>(&'n self, node: &'n Node, depth: usize, found: &mut Vec<(usize, &'n Node, &'n [usize])>) {
        // What an alias stands for is moved where it stands.
        if node.writing.tie == Tie::Alias {
            return;
        }
        match self {
            Self::Node(_) => {}
            Self::Map(entries) => {
                let nodes = Index::of(node);
                for (key, value) in entries {
                    nodes.entry(key).into_iter().for_each(|entry| value.moves(&entry.node, depth, found));
                }
            }
            Self::List { items, order } => {
                found.extend(order.as_ref().map(|order| (depth, node, order.as_slice())));
                let depth = depth + usize::from(order.is_some());
                items.iter().zip(node.items()).for_each(|(value, item)| value.moves(item, depth, found));
            }
        }
    }

    /// The value as a tree of its own.
    #[must_use]
    pub fn to_node(&self) -> Node {
        match self {
            Self::Node(node) => (*node).clone(),
            Self::Map(entries) => {
                Node::new(Value::Map(entries.iter().map(|(key, value)| crate::yaml::Entry::new(key, value.to_node())).collect()))
            }
            Self::List { items, .. } => {
                Node::new(Value::List((0..items.len()).map(|place| items[self.at(place, true)].to_node()).collect()))
            }
        }
    }
}

/// The documents of a text that hold something.
pub fn values<'n>(text: &'n YamlText<'_>) -> impl Iterator<Item = &'n Node> {
    text.documents.iter().filter(|document| document.holds_something).map(|document| &document.root)
}

/// Whether the documents of a text have these values, their lists before (`false`) or after their elements
/// are moved.
#[must_use]
pub fn all_are(expected: &[Expected<'_>], text: &YamlText<'_>, moved: bool) -> bool {
    values(text).count() == expected.len() && expected.iter().zip(values(text)).all(|(expected, value)| expected.is(value, moved))
}

/// The comments of ours that the merged text lacks, though they did not go with what was removed.
#[must_use]
pub fn lost_comments<'t>(ours: &YamlText<'t>, merged: &YamlText<'_>, gone: &[Span]) -> Vec<&'t str> {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for comment in &merged.comments {
        *left.entry(merged.source[comment.range()].trim_end()).or_default() += 1;
    }
    let gone: BTreeSet<&Span> = gone.iter().collect();
    let mut lost = Vec::new();
    for comment in ours.comments.iter().filter(|comment| !gone.contains(comment)) {
        let text = ours.source[comment.range()].trim_end();
        match left.get_mut(text) {
            Some(count) if *count > 0 => *count -= 1,
            _ => lost.push(text),
        }
    }
    lost
}
