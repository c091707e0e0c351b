//! The loader: from text to documents with places.

use std::collections::BTreeMap;

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle};

use super::scan::{block_scalar_span, colon_behind, dash_between};
use super::{Entry, Fault, Node, Place, Route, Source, Span, Style, Tie, Value, Writing, resolve_plain};

/// The largest text that is read, in bytes.
const MOST_BYTES: usize = 32 << 20;
/// The deepest nesting that is read.
const MOST_DEPTH: usize = 100;
/// From how many keys on a mapping is searched by an index.
const MANY_KEYS: usize = 64;
/// How many nodes aliases may add to one text.
const MOST_EXPANDED: usize = 50_000;

/// One document of a YAML text.
#[derive(Debug)]
pub struct Document {
    /// The root node.
    pub root: Node,
    /// The keys that stand twice in one mapping; the tree holds the last one, as Kubernetes reads it.
    pub duplicate_keys: Vec<(Route, Place)>,
    /// From its `---`, or the end of the document before, to its end.
    pub span: Span,
    /// Whether it holds anything but comments.
    pub holds_something: bool,
}

/// A text with everything that is read of it.
#[derive(Debug)]
pub struct Text<'t> {
    /// The text itself.
    pub source: &'t str,
    /// Its documents.
    pub documents: Vec<Document>,
    /// Its comments in order, each from `#` to the end of its line.
    pub comments: Vec<Span>,
}

/// Reads all documents of a text.
///
/// # Errors
/// The first thing that is not YAML, or a bound that the text exceeds; `name` is what the fault
/// calls the text.
pub fn load(name: &str, text: &str) -> Result<Vec<Document>, Fault> {
    read(name, text).map(|text| text.documents)
}

/// Reads a text with its documents and comments.
///
/// # Errors
/// As for [`load`].
pub fn read<'t>(name: &str, text: &'t str) -> Result<Text<'t>, Fault> {
    let at = |place: Place, message: String| {
        let mut fault = Fault::new(Route::root(), message);
        fault.source = Some(Source::File(name.into(), place));
        fault
    };
    if text.len() > MOST_BYTES {
        let message = format!("is {} MiB large; at most {} MiB are read", text.len() >> 20, MOST_BYTES >> 20);
        return Err(at(Place { line: 1, column: 1 }, message));
    }
    let mut loader = Loader::new(text);
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let mark = error.marker();
            at(place(mark.line(), mark.col()), format!("is not YAML: {}", error.info()))
        })?;
        loader.take(event, &span).map_err(|message| at(place_of(&span), message))?;
    }
    Ok(Text { source: text, documents: loader.documents, comments: loader.comments })
}

/// Reads the documents of a text one by one, so that one that is not YAML does not stop the others.
#[must_use]
pub fn load_each(name: &str, text: &str) -> Vec<Result<Document, Fault>> {
    match load(name, text) {
        Ok(documents) => documents.into_iter().map(Ok).collect(),
        Err(fault) if text.len() > MOST_BYTES => vec![Err(fault)],
        Err(_) => documents_of(text).into_iter().flat_map(|(before, document)| load_below(name, document, before)).collect(),
    }
}

/// Reads a part of a text, below so many lines. Bytes are counted from the beginning of the part.
fn load_below(name: &str, part: &str, before: u32) -> Vec<Result<Document, Fault>> {
    match load(name, part) {
        Ok(mut documents) => {
            for document in &mut documents {
                lower(&mut document.root, before);
                document.duplicate_keys.iter_mut().for_each(|(_, place)| place.line += before);
            }
            documents.into_iter().map(Ok).collect()
        }
        Err(mut fault) => {
            if let Some(Source::File(_, place)) = &mut fault.source {
                place.line += before;
            }
            vec![Err(fault)]
        }
    }
}

/// Moves the places of a node down by so many lines.
fn lower(node: &mut Node, lines: u32) {
    node.place.line += lines;
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| lower(item, lines)),
        Value::Map(entries) => {
            for entry in entries {
                entry.place.line += lines;
                lower(&mut entry.node, lines);
            }
        }
        _ => {}
    }
}

/// The documents of a text, each with the number of lines before it.
fn documents_of(text: &str) -> Vec<(u32, &str)> {
    let mut starts = vec![(0, 0)];
    let mut at = 0;
    for (number, line) in (0..).zip(text.split_inclusive('\n')) {
        if line.trim_end() == "---" || line.starts_with("--- ") {
            starts.push((number, at));
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).map(|(_, start)| *start).chain([text.len()]);
    let parts = starts.iter().zip(ends).map(|((before, start), end)| (*before, text.get(*start..end).unwrap_or_default()));
    parts.filter(|(_, part)| !part.trim().is_empty()).collect()
}

/// Reads a text that must hold exactly one document without duplicate keys.
///
/// # Errors
/// Every fault found.
pub fn load_one(name: &str, text: &str) -> Result<Node, Vec<Fault>> {
    let mut documents = load(name, text).map_err(|fault| vec![fault])?;
    let here = |place: Place, mut fault: Fault| {
        fault.source = Some(Source::File(name.into(), place));
        fault
    };
    if documents.len() > 1 {
        let fault = Fault::new(Route::root(), format!("holds {} documents; one is expected", documents.len()));
        return Err(vec![here(documents[1].root.place, fault)]);
    }
    let Some(document) = documents.pop() else {
        return Ok(Node::new(Value::Null));
    };
    if document.duplicate_keys.is_empty() {
        return Ok(document.root);
    }
    let twice = |(route, place): (Route, Place)| here(place, Fault::new(route, "stands twice; keep one of them"));
    Err(document.duplicate_keys.into_iter().map(twice).collect())
}

#[expect(clippy::cast_possible_truncation, reason = "texts are bounded far below 4 GiB")]
fn place(line: usize, column: usize) -> Place {
    Place { line: line as u32, column: column as u32 + 1 }
}

fn place_of(span: &granit_parser::Span) -> Place {
    place(span.start.line(), span.start.col())
}

#[expect(clippy::cast_possible_truncation, reason = "texts are bounded far below 4 GiB")]
pub(super) fn bytes(start: usize, end: usize) -> Span {
    Span { start: start as u32, end: end as u32 }
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
    key: Option<Key>,
    known: Known,
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
struct Key {
    text: String,
    written: Option<Box<str>>,
    place: Place,
    span: Span,
}

#[derive(Default)]
struct Loader<'t> {
    text: &'t str,
    /// The byte after the last thing that was read, comments apart.
    last: usize,
    comments: Vec<Span>,
    document_start: usize,
    documents: Vec<Document>,
    open: Vec<Open>,
    anchors: BTreeMap<usize, (Node, usize)>,
    expanded: usize,
    duplicate_keys: Vec<(Route, Place)>,
    root: Option<Node>,
}

impl<'t> Loader<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, ..Self::default() }
    }

    fn take(&mut self, event: Event<'_>, span: &granit_parser::Span) -> Result<(), String> {
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
                self.documents.push(Document { root, duplicate_keys, span, holds_something });
                self.last = range.end;
            }
            Event::Scalar(text, style, anchor, tag) => {
                let untagged = tag.is_none();
                // The parser reports an empty plain scalar as `~` with an empty span.
                let text = if style == ScalarStyle::Plain && span.is_empty() { "".into() } else { text };
                let value = match (style, untagged) {
                    (ScalarStyle::Plain, true) => resolve_plain(&text),
                    _ => tagged(tag.as_deref().and_then(granit_parser::Tag::core_suffix), &text),
                };
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
                self.close(Node { value, place, written, writing }, anchor, 1)?;
            }
            Event::SequenceStart(style, anchor, tag) => {
                let writing = opened(style, range.start, tie(anchor, tag.is_some()));
                self.begin(Node { place, writing, ..Node::new(Value::List(Vec::new())) }, anchor, range.end)?;
            }
            Event::MappingStart(style, anchor, tag) => {
                let writing = opened(style, range.start, tie(anchor, tag.is_some()));
                self.begin(Node { place, writing, ..Node::new(Value::Map(Vec::new())) }, anchor, range.end)?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(mut open) = self.open.pop() {
                    // A block ends with its last element; the parser's span stands at the next token.
                    let end = if open.node.writing.style == Style::Flow { range.end } else { self.last };
                    open.node.writing.span.end = bytes(0, end).end;
                    let node = merge_keys(open.node);
                    let size = size(&node);
                    self.close(node, open.anchor, size)?;
                }
            }
            Event::Alias(anchor) => {
                let Some((node, size)) = self.anchors.get(&anchor) else {
                    return Err("refers to an anchor that encloses it".to_owned());
                };
                self.expanded += size;
                if self.expanded > MOST_EXPANDED {
                    return Err(format!("expands aliases to more than {MOST_EXPANDED} nodes"));
                }
                let writing = Writing { span: bytes(range.start, range.end), tie: Tie::Alias, ..Writing::default() };
                let node = Node { place, writing, ..node.clone() };
                self.close(node, 0, 0)?;
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

    fn begin(&mut self, mut node: Node, anchor: usize, end: usize) -> Result<(), String> {
        if self.open.len() >= MOST_DEPTH {
            return Err(format!("is nested more than {MOST_DEPTH} levels deep"));
        }
        self.note_dash(&mut node);
        if node.writing.style == Style::Flow {
            self.last = end;
        }
        self.open.push(Open { node, anchor, key: None, known: Known::default() });
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
    fn close(&mut self, mut node: Node, anchor: usize, size: usize) -> Result<(), String> {
        self.note_dash(&mut node);
        self.last = self.last.max(node.writing.span.end as usize);
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), size));
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        let mut twice = None;
        match (&mut open.node.value, open.key.take()) {
            (Value::List(items), _) => items.push(node),
            (Value::Map(entries), Some(Key { text, written, place, span })) => {
                let entry = Entry { key: text, written, place, span, node };
                let first = open.known.position(entries, &entry.key).filter(|_| entry.key != "<<");
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
                open.key = Some(Key { text, written, place, span });
            }
            _ => {}
        }
        if let Some((key, place)) = twice {
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

/// A scalar with a tag, or in quotes.
fn tagged(core: Option<&str>, text: &str) -> Value {
    match core {
        Some("int" | "float" | "bool" | "null") => resolve_plain(text),
        _ => Value::String(text.to_owned()),
    }
}

fn key_text(node: &Node) -> Result<String, String> {
    match &node.value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(value) => Ok(value.to_string()),
        Value::Int(value) => Ok(value.to_string()),
        Value::Float(_) | Value::Null => Ok(node.written.as_deref().unwrap_or_default().to_owned()),
        Value::List(_) | Value::Map(_) => Err("has a key that is not a scalar".to_owned()),
    }
}

fn size(node: &Node) -> usize {
    1 + node.items().iter().map(size).sum::<usize>() + node.entries().iter().map(|entry| size(&entry.node)).sum::<usize>()
}

/// Puts the entries of `<<` behind those that the mapping has itself.
fn merge_keys(mut node: Node) -> Node {
    let Value::Map(entries) = &mut node.value else { return node };
    if !entries.iter().any(|entry| entry.key == "<<") {
        return node;
    }
    let (merged, mut own): (Vec<Entry>, Vec<Entry>) = std::mem::take(entries).into_iter().partition(|entry| entry.key == "<<");
    for entry in merged {
        let maps = if let Value::List(items) = entry.node.value { items } else { vec![entry.node] };
        for map in maps {
            if let Value::Map(inherited) = map.value {
                for entry in inherited {
                    if !own.iter().any(|known| known.key == entry.key) {
                        own.push(entry);
                    }
                }
            }
        }
    }
    *entries = own;
    node.writing.tie = Tie::MergeKey;
    node
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_from_one() {
        let root = load_one("f", "a: 1\n한글:\n  - x: yes\n").unwrap();
        let route = Route::parse("한글[0].x").unwrap();
        assert_eq!(root.locate(&route), (Place { line: 3, column: 5 }, true));
        assert_eq!(root.get("한글").unwrap().items()[0].get("x").unwrap().value, Value::Bool(true));
        assert_eq!(root.locate(&Route::parse("a.b").unwrap()), (Place { line: 1, column: 1 }, false));
    }

    #[test]
    fn aliases_and_merge_keys_are_expanded() {
        let root = load_one("f", "base: &b {x: 1, z: 2}\nmine:\n  <<: *b\n  x: 3\n").unwrap();
        assert_eq!(root.to_json()["mine"], serde_json::json!({"x": 3, "z": 2}));
    }

    #[test]
    fn quoted_and_tagged_scalars_are_strings() {
        let root = load_one("f", "a: '1'\nb: !!str 2\nc: !!int '3'\nd:\ne: \"\"\n").unwrap();
        assert_eq!(root.to_json(), serde_json::json!({"a": "1", "b": "2", "c": 3, "d": null, "e": ""}));
    }

    #[test]
    fn a_key_is_what_kubernetes_reads_and_known_as_written_too() {
        let root = load_one("f", "on: 1\n").unwrap();
        assert!(root.entries()[0].is("true") && root.entries()[0].is("on"));
        assert_eq!(root.to_json(), serde_json::json!({"true": 1}));
    }

    #[test]
    fn block_scalars_begin_at_their_header_and_end_with_their_text() {
        let text = "a: | # x > y\n  one \n\nb: |\nc: |+\n\n\nd:\n- # |\n  >-\n  two\ne: 1\n";
        let root = load_one("f", text).unwrap();
        let written = |node: &Node| text[node.writing.span.range()].to_owned();
        let shown: Vec<String> = ["a", "b", "c"].map(|key| written(root.get(key).unwrap())).into();
        assert_eq!(shown, ["| # x > y\n  one ", "|", "|+\n\n"]);
        assert_eq!(written(&root.get("d").unwrap().items()[0]), ">-\n  two");
    }

    #[test]
    fn bounds_are_errors_not_crashes() {
        let deep = "[".repeat(500);
        assert!(load("f", &deep).unwrap_err().to_string().contains("f:1:"));
        let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for level in 1..9 {
            let before = format!("*a{},", level - 1).repeat(10);
            let line = format!("a{level}: &a{level} [{}]\n", before.trim_end_matches(','));
            bomb.push_str(&line);
        }
        assert!(load("f", &bomb).unwrap_err().message.contains("aliases"));
        assert!(load("f", "a: &a [*a]\n").is_err());
    }

    #[test]
    fn duplicate_keys_are_all_named() {
        let faults = load_one("f", "a: 1\nb:\n  c: 1\n  c: 2\na: 2\n").unwrap_err();
        let shown: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["f:4:3: b.c: stands twice; keep one of them", "f:5:1: a: stands twice; keep one of them"]);
    }

    #[test]
    fn what_is_no_yaml_names_its_place() {
        let fault = load("f.yaml", "a: [1\nb: }\n").unwrap_err();
        assert!(fault.to_string().starts_with("f.yaml:2:"), "{fault}");
    }

    #[test]
    fn a_malformed_document_does_not_stop_the_others() {
        let read = load_each("f", "a: 1\n---\nb: [\n---\nc: 3\n");
        let shown: Vec<String> = read
            .iter()
            .map(|read| read.as_ref().map_or_else(ToString::to_string, |document| document.root.to_json().to_string()))
            .collect();
        assert_eq!(shown.len(), 3, "{shown:?}");
        assert_eq!((shown[0].as_str(), shown[2].as_str()), (r#"{"a":1}"#, r#"{"c":3}"#));
        assert!(shown[1].starts_with("f:3:") || shown[1].starts_with("f:4:"), "{shown:?}");
        assert_eq!(read[2].as_ref().unwrap().root.place.line, 5);
    }

    #[test]
    fn much_of_a_kind_is_read_in_proportion() {
        let keys: String = (0..50_000).map(|key| format!("k{key}: v\n")).collect();
        let faults = load_one("f", &format!("{keys}k7: w\n")).unwrap_err();
        assert_eq!(faults[0].to_string(), "f:50001:1: k7: stands twice; keep one of them");
        let documents = load_each("f", &format!("a: [\n{}", "---\na: 1\n".repeat(50_000)));
        assert_eq!(documents.len(), 50_001);
        assert_eq!(documents[50_000].as_ref().unwrap().root.entries()[0].place, Place { line: 100_001, column: 1 });
    }

    #[test]
    fn one_document_means_one() {
        assert!(load_one("f", "a: 1\n---\nb: 2\n").unwrap_err()[0].to_string().contains("2 documents"));
        assert_eq!(load_one("f", "# nothing\n").unwrap().value, Value::Null);
    }
}
