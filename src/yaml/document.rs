//! What reading gives: texts, their documents, and how much it took.

use super::{Node, Place, Route, Span};

/// One document of a YAML text.
#[derive(Debug)]
pub struct Document {
    /// The root node.
    pub root: Node,
    /// The keys that stand twice in one mapping, the first of them where they are very many; the tree
    /// holds the last one, as Kubernetes reads it.
    pub duplicate_keys: Vec<(Route, Place)>,
    /// The tags that a cluster does not read, or that do not fit what they stand before; the tree holds
    /// what stands behind them as if they were not there.
    pub odd_tags: Vec<(Route, Place, String)>,
    /// From its `---`, or the end of the document before, to its end.
    pub span: Span,
    /// Whether it holds anything but comments.
    pub holds_something: bool,
}

/// A text with everything that is read of it.
#[derive(Debug)]
pub struct YamlText<'t> {
    /// The text itself.
    pub source: &'t str,
    /// Its documents.
    pub documents: Vec<Document>,
    /// Its comments in order, each from `#` to the end of its line.
    pub comments: Vec<Span>,
}

/// How much reading has taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Values: scalars, mappings and sequences, with those that aliases stand for.
    pub values: usize,
    /// Bytes that aliases have added, and that were kept for them.
    pub alias_bytes: usize,
}
