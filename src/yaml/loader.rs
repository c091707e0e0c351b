//! From the parser's events to documents: one pass, in proportion to the text.

use std::collections::{BTreeMap, BTreeSet};

use granit_parser::{Event, Options, Parser, ScalarStyle, StructureStyle, Tag, options};

use super::document::{Document, Spent};
use super::scan::{block_scalar_span, bytes, colon_behind, dash_between};
use super::{Entry, Node, Place, Route, Span, Style, Tie, Value, Writing, resolve_plain, tag};
use crate::limits::Limit;

/// From how many keys on a mapping is searched by an index.
const MANY_KEYS: usize = 64;
/// What a value takes beside its text, in bytes.
const VALUE_BYTES: usize = 100;

/// Why a text is not read any further.
#[derive(Debug)]
pub(super) enum LoadRefusal {
    /// It is wrong.
    Wrong(&'static str),
    /// It goes beyond a limit.
    Beyond(Limit),
}

#[expect(clippy::cast_possible_truncation, reason = "texts are bounded far below 4 GiB")]
pub(super) fn place(line: usize, column: usize) -> Place {
    Place { line: line as u32, column: column as u32 + 1 }
}

pub(super) fn place_of(span: &granit_parser::Span) -> Place {
    place(span.start.line(), span.start.col())
}

/// As many comments as anybody writes may stand in a row: the text is bounded itself. What is nested too
/// deep is refused here rather than by the parser, which looks as far ahead as a key may reach.
pub(super) fn reading() -> Options {
    let ahead = 2 * Limit::KeyBytes.most();
    options! {
        max_buffered_comment_events: Limit::InputBytes.most(),
        flow_nesting_limit: ahead,
        block_nesting_limit: ahead,
    }
}

fn tie(anchor: usize, tagged: bool) -> Tie {
    match (anchor, tagged) {
        (0, false) => Tie::None,
        (0, true) => Tie::Tag,
        _ => Tie::Anchor,
    }
}

/// A collection that has been opened and not closed.
struct Open {
    node: Node,
    anchor: usize,
    key: Option<PendingKey>,
    known: Known,
    /// What has been read of it.
    size: NodeSize,
    /// Whether it has a merge key.
    merges: bool,
}

/// How large a node is.
#[derive(Clone, Copy, Default)]
struct NodeSize {
    values: usize,
    bytes: usize,
}

impl NodeSize {
    /// That of a node by itself.
    fn of(node: &Node) -> Self {
        let text = node.as_str().map_or(0, str::len) + node.written.as_deref().map_or(0, str::len);
        Self { values: 1, bytes: VALUE_BYTES + text }
    }

    fn add(&mut self, other: Self) {
        self.values += other.values;
        self.bytes += other.bytes;
    }
}

/// Where the keys of a mapping stand, so that a large one takes no longer for each key.
#[derive(Default)]
struct Known {
    positions: BTreeMap<String, usize>,
    counted: usize,
}

impl Known {
    fn position(&mut self, entries: &[Entry], key: &str) -> Option<usize> {
        if entries.len() < MANY_KEYS {
            return entries.iter().position(|entry| entry.key == key);
        }
        for (index, entry) in entries.iter().enumerate().skip(self.counted) {
            self.positions.insert(entry.key.clone(), index);
        }
        self.counted = entries.len();
        self.positions.get(key).copied()
    }
}

/// A key whose value has not been read yet.
struct PendingKey {
    text: String,
    written: Option<Box<str>>,
    place: Place,
    span: Span,
}

#[derive(Default)]
pub(super) struct Loader<'t> {
    text: &'t str,
    /// The byte after the last thing that was read, comments apart.
    last: usize,
    pub(super) comments: Vec<Span>,
    document_start: usize,
    pub(super) documents: Vec<Document>,
    open: Vec<Open>,
    /// The anchors that aliases refer to; of the others no copy is kept.
    aliased: BTreeSet<usize>,
    anchors: BTreeMap<usize, (Node, NodeSize)>,
    pub(super) spent: Spent,
    duplicate_keys: Vec<(Route, Place)>,
    odd_tags: Vec<(Route, Place, String)>,
    root: Option<Node>,
}

impl<'t> Loader<'t> {
    pub(super) fn new(text: &'t str, spent: Spent) -> Self {
        Self { text, aliased: aliased(text), spent, ..Self::default() }
    }

    /// The outermost collection, while nothing in it is open.
    pub(super) fn outermost(&self) -> Option<&Node> {
        if let [outermost] = self.open.as_slice() { Some(&outermost.node) } else { None }
    }

    /// The root of the first document, as far as it has been read.
    pub(super) fn first(self) -> Option<Node> {
        let read = self.documents.into_iter().next().map(|document| document.root);
        read.or_else(|| self.open.into_iter().next().map(|open| open.node))
    }

    /// Takes in the next event.
    pub(super) fn take(&mut self, event: Event<'_>, span: &granit_parser::Span) -> Result<(), LoadRefusal> {
        let place = place_of(span);
        let range = span.byte_range().unwrap_or_default();
        match event {
            Event::Comment(..) => self.comments.push(bytes(range.start, range.end)),
            Event::DocumentStart(..) => {
                self.root = None;
                self.document_start = range.start;
                self.last = range.end;
            }
            Event::DocumentEnd => {
                self.anchors.clear();
                let span = bytes(self.document_start, range.start);
                let root = self.root.take();
                let holds_something = root.as_ref().is_some_and(|root| root.written.as_deref() != Some(""));
                let root = root.unwrap_or_else(|| Node { place, ..Node::new(Value::Null) });
                let duplicate_keys = std::mem::take(&mut self.duplicate_keys);
                let odd_tags = std::mem::take(&mut self.odd_tags);
                self.documents.push(Document { root, duplicate_keys, odd_tags, span, holds_something });
                self.last = range.end;
            }
            Event::Scalar(text, style, anchor, tag) => {
                let untagged = tag.is_none();
                // The parser reports an empty plain scalar as `~` with an empty span.
                let text = if style == ScalarStyle::Plain && span.is_empty() { "".into() } else { text };
                let value = match (style, untagged) {
                    (ScalarStyle::Plain, true) => resolve_plain(&text),
                    _ => tag::scalar(tag.as_deref(), &text),
                };
                self.count(Spent { values: 1, alias_bytes: 0 })?;
                self.note_tag(tag.as_deref(), &value, place);
                let span = if text.is_empty() && style == ScalarStyle::Plain {
                    let at = self.nothing();
                    bytes(at, at)
                } else if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
                    block_scalar_span(self.text, self.nothing(), range)
                } else {
                    bytes(range.start, range.end)
                };
                let written = match value {
                    Value::String(_) => None,
                    _ => Some(text.into()),
                };
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted => Style::Single,
                    ScalarStyle::DoubleQuoted => Style::Double,
                    ScalarStyle::Literal => Style::Literal,
                    ScalarStyle::Folded => Style::Folded,
                };
                let writing = Writing { span, dash: None, style, tie: tie(anchor, !untagged) };
                let node = Node { value, place, written, writing };
                let size = NodeSize::of(&node);
                self.close(node, anchor, size)?;
            }
            Event::SequenceStart(style, anchor, tag) => {
                let writing = opened(style, range.start, tie(anchor, tag.is_some()));
                self.begin(Node { place, writing, ..Node::new(Value::List(Vec::new())) }, anchor, tag.as_deref(), range.end)?;
            }
            Event::MappingStart(style, anchor, tag) => {
                let writing = opened(style, range.start, tie(anchor, tag.is_some()));
                self.begin(Node { place, writing, ..Node::new(Value::Map(Vec::new())) }, anchor, tag.as_deref(), range.end)?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(mut open) = self.open.pop() {
                    // A block ends with its last element; the parser's span stands at the next token.
                    let end = if open.node.writing.style == Style::Flow { range.end } else { self.last };
                    open.node.writing.span.end = bytes(0, end).end;
                    let mut node = if open.merges { merge_keys(open.node) } else { open.node };
                    // Most collections are small, and room for more would double what they take.
                    match &mut node.value {
                        Value::List(items) => items.shrink_to_fit(),
                        Value::Map(entries) => entries.shrink_to_fit(),
                        _ => {}
                    }
                    self.close(node, open.anchor, open.size)?;
                }
            }
            Event::Alias(anchor) => {
                let Some(size) = self.anchors.get(&anchor).map(|(_, size)| *size) else {
                    return Err(LoadRefusal::Wrong("refers to an anchor that encloses it"));
                };
                self.count(Spent { values: size.values, alias_bytes: size.bytes })?;
                let Some((node, _)) = self.anchors.get(&anchor) else { return Ok(()) };
                let writing = Writing { span: bytes(range.start, range.end), tie: Tie::Alias, ..Writing::default() };
                let node = Node { place, writing, ..node.clone() };
                self.close(node, 0, size)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Where a value that is not written would stand: behind the colon of its key, or its dash.
    fn nothing(&self) -> usize {
        match self.open.last() {
            Some(Open { key: Some(key), .. }) => {
                colon_behind(self.text, key.span.end as usize).map_or(self.last, |colon| colon + 1)
            }
            Some(Open { node, .. }) if node.writing.style == Style::Block && matches!(node.value, Value::List(_)) => {
                dash_between(self.text, self.last, self.text.len(), true).map_or(self.last, |dash| dash + 1)
            }
            _ => self.last,
        }
    }

    /// Counts what is read, before it is kept.
    fn count(&mut self, more: Spent) -> Result<(), LoadRefusal> {
        self.spent.values += more.values;
        self.spent.alias_bytes += more.alias_bytes;
        if self.spent.alias_bytes > Limit::AliasBytes.most() {
            return Err(LoadRefusal::Beyond(Limit::AliasBytes));
        }
        if self.spent.values > Limit::Values.most() { Err(LoadRefusal::Beyond(Limit::Values)) } else { Ok(()) }
    }

    /// Notes a tag that does not say what is read anyway.
    fn note_tag(&mut self, tag: Option<&Tag>, value: &Value, place: Place) {
        if let Some(odd) = tag::odd(tag, value)
            && self.odd_tags.len() < Limit::Places.most()
        {
            self.odd_tags.push((self.route(), place, odd));
        }
    }

    fn begin(&mut self, mut node: Node, anchor: usize, tag: Option<&Tag>, end: usize) -> Result<(), LoadRefusal> {
        if self.open.len() >= Limit::Depth.most() {
            return Err(LoadRefusal::Beyond(Limit::Depth));
        }
        self.count(Spent { values: 1, alias_bytes: 0 })?;
        self.note_tag(tag, &node.value, node.place);
        self.note_dash(&mut node);
        if node.writing.style == Style::Flow {
            self.last = end;
        }
        let size = NodeSize::of(&node);
        self.open.push(Open { node, anchor, key: None, known: Known::default(), size, merges: false });
        Ok(())
    }

    /// Notes the dash before an element of a block sequence.
    fn note_dash(&mut self, node: &mut Node) {
        let Some(Open { node: list, .. }) = self.open.last_mut() else { return };
        let Value::List(items) = &list.value else { return };
        if list.writing.style != Style::Block || node.writing.dash.is_some() {
            return;
        }
        // From here on nothing but this element's own text comes before it.
        let Some(dash) = dash_between(self.text, self.last, node.writing.span.start as usize, false) else { return };
        let at = bytes(dash, dash + 1);
        if items.is_empty() {
            list.writing.span.start = at.start;
        }
        node.writing.dash = Some(at.start);
        self.last = self.last.max(at.end as usize);
    }

    /// Puts a finished node where it belongs.
    fn close(&mut self, mut node: Node, anchor: usize, size: NodeSize) -> Result<(), LoadRefusal> {
        self.note_dash(&mut node);
        self.last = self.last.max(node.writing.span.end as usize);
        if self.aliased.contains(&anchor) {
            self.count(Spent { values: 0, alias_bytes: size.bytes })?;
            self.anchors.insert(anchor, (node.clone(), size));
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.size.add(size);
        let mut twice = None;
        match (&mut open.node.value, open.key.take()) {
            (Value::List(items), _) => items.push(node),
            (Value::Map(entries), Some(PendingKey { text, written, place, span })) => {
                let entry = Entry { key: text, written, place, span, node };
                let is_merge = entry.key == "<<";
                open.merges |= is_merge;
                let first = if is_merge { None } else { open.known.position(entries, &entry.key) };
                if let Some(first) = first.and_then(|first| entries.get_mut(first)) {
                    twice = Some((entry.key.clone(), place));
                    *first = entry;
                } else {
                    entries.push(entry);
                }
            }
            (Value::Map(_), None) => {
                let (text, place, span) = (key_text(&node)?, node.place, node.writing.span);
                let written = node.written.filter(|written| **written != *text);
                if open.node.value == Value::Map(Vec::new()) && open.node.writing.style == Style::Block {
                    open.node.writing.span.start = span.start;
                }
                open.key = Some(PendingKey { text, written, place, span });
            }
            _ => {}
        }
        if let Some((key, place)) = twice
            && self.duplicate_keys.len() <= Limit::Places.most()
        {
            self.duplicate_keys.push((self.route().key(key), place));
        }
        Ok(())
    }

    /// The route of the collection that is being read.
    fn route(&self) -> Route {
        self.open.iter().fold(Route::root(), |route, open| match (&open.node.value, &open.key) {
            (Value::List(items), _) => route.index(items.len()),
            (_, Some(key)) => route.key(key.text.clone()),
            _ => route,
        })
    }
}

/// A collection whose elements have not been read yet.
fn opened(style: StructureStyle, start: usize, tie: Tie) -> Writing {
    let style = if style == StructureStyle::Flow { Style::Flow } else { Style::Block };
    Writing { span: bytes(start, start), dash: None, style, tie }
}

fn key_text(node: &Node) -> Result<String, LoadRefusal> {
    let text = match &node.value {
        Value::String(text) => text.clone(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(_) | Value::Null => node.written.as_deref().unwrap_or_default().to_owned(),
        Value::List(_) | Value::Map(_) => return Err(LoadRefusal::Wrong("has a key that is not a scalar")),
    };
    if text.len() > Limit::KeyBytes.most() { Err(LoadRefusal::Beyond(Limit::KeyBytes)) } else { Ok(text) }
}

/// The anchors to which any alias of a text refers.
fn aliased(text: &str) -> BTreeSet<usize> {
    if !(indicates(text, '&') && indicates(text, '*')) {
        return BTreeSet::new();
    }
    let events = Parser::new_from_str_with_options(text, reading());
    let anchor = |event| if let Ok((Event::Alias(anchor), _)) = event { Some(anchor) } else { None };
    events.filter_map(anchor).collect()
}

/// Whether a character stands anywhere in a text where an anchor or alias may begin.
fn indicates(text: &str, indicator: char) -> bool {
    let begins = |before: &str| before.ends_with(|c: char| c.is_whitespace() || matches!(c, '[' | '{' | ',' | ':' | '-' | '?'));
    let names = |after: &str| after.starts_with(|c: char| !c.is_whitespace() && !matches!(c, '&' | '*' | ',' | ']' | '}'));
    text.match_indices(indicator).any(|(at, _)| (at == 0 || begins(&text[..at])) && names(&text[at + 1..]))
}

/// Puts the entries of `<<` behind those that the mapping has itself; of equal keys the first one counts.
fn merge_keys(mut node: Node) -> Node {
    let Value::Map(entries) = &mut node.value else { return node };
    let (merged, mut own): (Vec<Entry>, Vec<Entry>) = std::mem::take(entries).into_iter().partition(|entry| entry.key == "<<");
    let mut known: BTreeSet<String> = own.iter().map(|entry| entry.key.clone()).collect();
    for entry in merged {
        let maps = if let Value::List(items) = entry.node.value { items } else { vec![entry.node] };
        for map in maps {
            if let Value::Map(inherited) = map.value {
                own.extend(inherited.into_iter().filter(|entry| known.insert(entry.key.clone())));
            }
        }
    }
    *entries = own;
    node.writing.tie = Tie::MergeKey;
    node
}
