//! The tree: nodes with their value and their place in the text.

use super::{Route, RouteStep};

/// Where a node starts in its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// The bytes that a node takes in its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Span {
    /// The span as a range of bytes.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// How a node is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// A scalar without quotes, or nothing at all.
    #[default]
    Plain,
    /// A scalar in single quotes.
    Single,
    /// A scalar in double quotes.
    Double,
    /// A scalar behind `|`.
    Literal,
    /// A scalar behind `>`.
    Folded,
    /// A collection by indentation.
    Block,
    /// A collection in brackets or braces.
    Flow,
}

/// What ties the text of a node to other places, so that it cannot be edited alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tie {
    /// Nothing.
    #[default]
    None,
    /// An anchor, which aliases may read.
    Anchor,
    /// The node is an alias.
    Alias,
    /// A tag.
    Tag,
    /// A mapping with a merge key.
    MergeKey,
}

/// Where and how a node is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Writing {
    /// Its bytes, without anchor and tag; those of a block collection end with its last element.
    pub span: Span,
    /// For an element of a block sequence, its dash.
    pub dash: Option<u32>,
    /// How it is written.
    pub style: Style,
    /// What ties it to other places.
    pub tie: Tie,
}

/// What a node holds, resolved as Kubernetes' decoder resolves it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`, `~` or nothing at all.
    Null,
    /// A YAML 1.1 boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string.
    String(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in the order of the text.
    Map(Vec<Entry>),
}

/// One key of a mapping with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key as text; numbers and booleans become the string that JSON would have.
    pub key: String,
    /// The key as it was written, where that is another text: Kubernetes reads `on:` as `true:`.
    pub written: Option<Box<str>>,
    /// Where the key stands.
    pub place: Place,
    /// The key's bytes.
    pub span: Span,
    /// The value behind the key.
    pub node: Node,
}

impl Entry {
    /// An entry that stands in no text.
    #[must_use]
    pub fn new(key: &str, node: Node) -> Self {
        Self { key: key.to_owned(), written: None, place: node.place, span: Span::default(), node }
    }

    /// Whether the key is, or was written as, the given one.
    #[must_use]
    pub fn is(&self, key: &str) -> bool {
        self.key == key || self.written.as_deref() == Some(key)
    }
}

/// A value and where it stands in its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What the node holds.
    pub value: Value,
    /// Where the node starts.
    pub place: Place,
    /// For a scalar that is not a string, its text as written; `1.10` would else lose its zero.
    pub written: Option<Box<str>>,
    /// Where and how the node is written.
    pub writing: Writing,
}

impl Node {
    /// A node that stands in no text.
    #[must_use]
    pub fn new(value: Value) -> Self {
        Self { value, place: Place { line: 1, column: 1 }, written: None, writing: Writing::default() }
    }

    /// The value of a key, if this is a mapping that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    /// The node at `route`, if it exists.
    #[must_use]
    pub fn find(&self, route: &Route) -> Option<&Node> {
        route.steps().iter().try_fold(self, |node, step| match step {
            RouteStep::Key(key) => node.entries().iter().find(|entry| entry.is(key)).map(|entry| &entry.node),
            RouteStep::Index(index) => node.items().get(*index),
        })
    }

    /// The entries, if this is a mapping; else none.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The elements, if this is a sequence; else none.
    #[must_use]
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The string, if this is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// Whether the last scalar in it is a literal or folded one.
    #[must_use]
    pub fn ends_with_block_scalar(&self) -> bool {
        match self.entries().last().map(|entry| &entry.node).or(self.items().last()) {
            Some(last) => last.ends_with_block_scalar(),
            None => matches!(self.writing.style, Style::Literal | Style::Folded),
        }
    }

    /// The place of the node at `route`, or of the deepest part of the route that exists; with it,
    /// whether the whole route exists. A key's place is returned for the value behind it.
    #[must_use]
    pub fn locate(&self, route: &Route) -> (Place, bool) {
        let (mut node, mut place) = (self, self.place);
        for step in route.steps() {
            let next = match (step, &node.value) {
                (RouteStep::Key(key), Value::Map(entries)) => {
                    entries.iter().find(|entry| entry.is(key)).map(|entry| (&entry.node, entry.place))
                }
                (RouteStep::Index(index), Value::List(items)) => items.get(*index).map(|item| (item, item.place)),
                _ => None,
            };
            let Some((next_node, next_place)) = next else { return (place, false) };
            (node, place) = (next_node, next_place);
        }
        (place, true)
    }

    /// The node at `route`, made if it does not exist yet.
    ///
    /// # Errors
    /// The part of the route at which something other than a mapping or sequence stands, or at
    /// which an index leaves a gap.
    pub fn make(&mut self, route: &Route) -> Result<&mut Node, Route> {
        let mut node = self;
        for (depth, step) in route.steps().iter().enumerate() {
            let here = || Route::from_steps(&route.steps()[..depth]);
            if node.value == Value::Null {
                node.value = match step {
                    RouteStep::Key(_) => Value::Map(Vec::new()),
                    RouteStep::Index(_) => Value::List(Vec::new()),
                };
            }
            node = match (step, &mut node.value) {
                (RouteStep::Key(key), Value::Map(entries)) => {
                    let at = entries.iter().position(|entry| entry.is(key)).unwrap_or_else(|| {
                        entries.push(Entry::new(key, Node::new(Value::Null)));
                        entries.len() - 1
                    });
                    &mut entries[at].node
                }
                (RouteStep::Index(index), Value::List(items)) if *index <= items.len() => {
                    if *index == items.len() {
                        items.push(Node::new(Value::Null));
                    }
                    &mut items[*index]
                }
                _ => return Err(here()),
            };
        }
        Ok(node)
    }

    /// The value as JSON; numbers that JSON lacks become `null`.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Int(value) => (*value).into(),
            Value::Float(value) => serde_json::Number::from_f64(*value).into(),
            Value::String(value) => value.as_str().into(),
            Value::List(items) => items.iter().map(Node::to_json).collect(),
            Value::Map(entries) => {
                entries.iter().map(|entry| (entry.key.clone(), entry.node.to_json())).collect::<serde_json::Map<_, _>>().into()
            }
        }
    }

    /// A node that holds a JSON value.
    #[must_use]
    pub fn from_json(json: &serde_json::Value) -> Self {
        use serde_json::Value as Json;
        Self::new(match json {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(number) => number.as_i64().map_or(Value::Float(number.as_f64().unwrap_or_default()), Value::Int),
            Json::String(text) => Value::String(text.clone()),
            Json::Array(items) => Value::List(items.iter().map(Self::from_json).collect()),
            Json::Object(map) => Value::Map(map.iter().map(|(key, value)| Entry::new(key, Self::from_json(value))).collect()),
        })
    }

    /// The type's name, as JSON Schema calls it.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Int(_) => "integer",
            Value::Float(_) => "number",
            Value::String(_) => "string",
            Value::List(_) => "array",
            Value::Map(_) => "object",
        }
    }
}
