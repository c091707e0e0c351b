//! The merged text, read again and held against what was meant.

use super::meaning::equal;
use crate::yaml::{Node, Span, Text, Value};

/// The value that a node shall have after the merge.
#[derive(Clone, Debug)]
pub enum Expected<'t> {
    /// That of a node of ours or theirs.
    Node(&'t Node),
    /// A mapping.
    Map(Vec<(&'t str, Expected<'t>)>),
    /// A list.
    List(Vec<Expected<'t>>),
}

impl<'t> Expected<'t> {
    /// Whether a node has the value.
    #[must_use]
    pub fn is(&self, node: &Node) -> bool {
        match (self, &node.value) {
            (Self::Node(expected), _) => equal(expected, node),
            (Self::Map(expected), Value::Map(entries)) => {
                expected.len() == entries.len()
                    && expected.iter().all(|(key, value)| node.get(key).is_some_and(|node| value.is(node)))
            }
            (Self::List(expected), Value::List(items)) => {
                expected.len() == items.len() && expected.iter().zip(items).all(|(value, node)| value.is(node))
            }
            _ => false,
        }
    }

    /// The elements, if this is a list that was planned element by element.
    pub fn items(&self) -> impl Iterator<Item = &Expected<'t>> {
        match self {
            Self::List(items) => items.iter(),
            _ => [].iter(),
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
            Self::List(items) => Node::new(Value::List(items.iter().map(Expected::to_node).collect())),
        }
    }
}

/// The comments of ours that the merged text lacks, though they did not go with what was removed.
#[must_use]
pub fn lost_comments<'t>(ours: &Text<'t>, merged: &Text<'_>, gone: &[Span]) -> Vec<&'t str> {
    let mut left: Vec<&str> = merged.comments.iter().map(|comment| merged.source[comment.range()].trim_end()).collect();
    let mut lost = Vec::new();
    for comment in ours.comments.iter().filter(|comment| !gone.contains(comment)) {
        let text = ours.source[comment.range()].trim_end();
        match left.iter().position(|other| *other == text) {
            Some(at) => _ = left.swap_remove(at),
            None => lost.push(text),
        }
    }
    lost
}
