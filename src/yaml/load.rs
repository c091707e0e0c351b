//! The loader: from text to documents with places.

use granit_parser::Parser;

use super::document::{Document, Spent, YamlText};
use super::loader::{LoadRefusal, Loader, place, place_of, reading};
use super::{Fault, Node, Place, Route, Source, Value};
use crate::limits::Limit;

/// Reads all documents of a text.
///
/// # Errors
/// The first thing that is not YAML, or a limit that the text goes beyond; `name` is what the fault
/// calls the text.
pub fn load(name: &str, text: &str) -> Result<Vec<Document>, Fault> {
    read(name, text).map(|text| text.documents)
}

/// Reads a text with its documents and comments.
///
/// # Errors
/// As for [`load`].
pub fn read<'t>(name: &str, text: &'t str) -> Result<YamlText<'t>, Fault> {
    read_on(name, text, &mut Spent::default())
}

/// Reads a text on the account of what it is a part of.
fn read_on<'t>(name: &str, text: &'t str, spent: &mut Spent) -> Result<YamlText<'t>, Fault> {
    let at = |place: Place, fault: Fault| Fault { source: Some(Source::File(name.into(), place)), ..fault };
    if text.len() > Limit::InputBytes.most() {
        return Err(at(Place { line: 1, column: 1 }, Fault::beyond(Limit::InputBytes)));
    }
    let mut loader = Loader::new(text, *spent);
    for event in Parser::new_from_str_with_options(text, reading()) {
        let (event, span) = event.map_err(|error| {
            let mark = error.marker();
            at(place(mark.line(), mark.col()), Fault::new(Route::root(), format!("is not YAML: {}", error.info())))
        })?;
        loader.take(event, &span).map_err(|refusal| {
            at(
                place_of(&span),
                match refusal {
                    LoadRefusal::Wrong(message) => Fault::new(Route::root(), message),
                    LoadRefusal::Beyond(limit) => Fault::beyond(limit),
                },
            )
        })?;
        *spent = loader.spent;
    }
    Ok(YamlText { source: text, documents: loader.documents, comments: loader.comments })
}

/// Reads the documents of a text one by one, so that one that is not YAML does not stop the others, and adds up what
/// it takes.
pub fn load_each(name: &str, text: &str, spent: &mut Spent) -> Vec<Result<Document, Fault>> {
    let mut whole = *spent;
    let fault = match read_on(name, text, &mut whole) {
        Ok(text) => {
            *spent = whole;
            return text.documents.into_iter().map(Ok).collect();
        }
        Err(fault) => fault,
    };
    if fault.limit.is_some_and(is_of_the_whole) {
        *spent = whole;
        return vec![Err(fault)];
    }
    let mut all = Vec::new();
    for (before, document) in documents_of(text) {
        all.extend(load_below(name, document, before, spent));
        let last = all.last().and_then(|read| read.as_ref().err());
        if last.and_then(|fault| fault.limit).is_some_and(is_of_the_whole) {
            break;
        }
    }
    all
}

/// Whether a limit counts over all documents of a text, so that the others are no way out.
fn is_of_the_whole(limit: Limit) -> bool {
    !matches!(limit, Limit::Depth | Limit::KeyBytes)
}

/// Reads a part of a text, below so many lines. Bytes are counted from the beginning of the part.
fn load_below(name: &str, part: &str, before: u32, spent: &mut Spent) -> Vec<Result<Document, Fault>> {
    match read_on(name, part, spent) {
        Ok(mut text) => {
            for document in &mut text.documents {
                lower(&mut document.root, before);
                document.duplicate_keys.iter_mut().for_each(|(_, place)| place.line += before);
                document.odd_tags.iter_mut().for_each(|(_, place, _)| place.line += before);
            }
            text.documents.into_iter().map(Ok).collect()
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

/// Reads a text that must hold exactly one document without duplicate keys and odd tags.
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
    let twice = |(route, place): (Route, Place)| here(place, Fault::new(route, "stands twice; keep one of them"));
    let mut faults: Vec<Fault> = document.duplicate_keys.into_iter().map(twice).collect();
    faults.extend(document.odd_tags.into_iter().map(|(route, place, tag)| here(place, odd_tag(route, &tag))));
    faults.sort_by(|one, other| one.source.cmp(&other.source));
    if faults.is_empty() { Ok(document.root) } else { Err(faults) }
}

/// The beginning of the first document of a text, as far as it takes to have all of some keys: what stands behind
/// them is not read. `None` for what is not YAML up to there.
#[must_use]
pub fn load_keys(text: &str, keys: &[&str]) -> Option<Node> {
    let mut loader = Loader::new(text, Spent::default());
    for event in Parser::new_from_str_with_options(text, reading()) {
        let (event, span) = event.ok()?;
        loader.take(event, &span).ok()?;
        if loader.outermost().is_some_and(|root| keys.iter().all(|key| root.get(key).is_some())) {
            break;
        }
    }
    loader.first()
}

/// The fault of a tag that no cluster reads.
#[must_use]
pub fn odd_tag(route: Route, tag: &str) -> Fault {
    let message = format!("has the tag {tag}, which is not read here: no tag makes another value of what stands behind it");
    Fault::new(route, message).hint(format!("take out {tag}, and write the value that is meant"))
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
    fn what_libyaml_reads_is_read() {
        let quoted = load_one("f", "a:\n  b: '[\n  1\n\n  ]'\n  c: \"x\ny\"\n").unwrap();
        assert_eq!(quoted.to_json(), serde_json::json!({"a": {"b": "[ 1\n]", "c": "x y"}}));
        let comments = "  # c\n".repeat(300);
        for text in [
            format!("a:\n{comments}  b: 1\n"),
            format!("{comments}a: {{b: 1}}\n{comments}"),
            format!("a: {{ # c\n{comments}  b: 1}}\n"),
        ] {
            assert_eq!(load_one("f", &text).unwrap().to_json(), serde_json::json!({"a": {"b": 1}}));
        }
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
        let read = load_each("f", "a: 1\n---\nb: [\n---\nc: 3\n", &mut Spent::default());
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
        let documents = load_each("f", &format!("a: [\n{}", "---\na: 1\n".repeat(50_000)), &mut Spent::default());
        assert_eq!(documents.len(), 50_001);
        assert_eq!(documents[50_000].as_ref().unwrap().root.entries()[0].place, Place { line: 100_001, column: 1 });
    }

    #[test]
    fn what_stands_behind_the_keys_is_not_read() {
        let text = "a: {b: 1}\nc: 2\nd: [\n";
        assert_eq!(load_keys(text, &["a", "c"]).unwrap().to_json(), serde_json::json!({"a": {"b": 1}, "c": 2}));
        assert_eq!(load_keys("a: 1\n---\nb: 1\n", &["b"]).unwrap().to_json(), serde_json::json!({"a": 1}));
        assert!(load_keys(text, &["d"]).is_none() && load_keys("", &["d"]).is_none());
    }

    #[test]
    fn one_document_means_one() {
        assert!(load_one("f", "a: 1\n---\nb: 2\n").unwrap_err()[0].to_string().contains("2 documents"));
        assert_eq!(load_one("f", "# nothing\n").unwrap().value, Value::Null);
    }
}
