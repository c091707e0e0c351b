//! Values for fields: plausible ones, and ones that are nearly right or out of range.

use std::sync::LazyLock;

use plimsoll::yaml::{Entry, Node, Value, load_one};
use proptest::prelude::RngExt;
use proptest::test_runner::TestRng;
use serde_json::Value as Json;

use super::text::{raw, string};
use super::types::Types;

/// What fields are set to.
struct Values {
    integers: Vec<String>,
    strings: Vec<String>,
    words: Vec<String>,
    by_key: Vec<Row>,
    keys: Vec<Row>,
}

/// Keys, and values for them.
struct Row {
    of: Vec<String>,
    values: Vec<String>,
}

/// The values of `values.yaml`.
static VALUES: LazyLock<Values> = LazyLock::new(|| {
    let root = load_one("values.yaml", include_str!("values.yaml")).unwrap();
    let texts = |node: &Node, key: &str| -> Vec<String> {
        node.get(key).unwrap().items().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
    };
    let rows = |key: &str| -> Vec<Row> {
        let rows = root.get(key).unwrap().items().iter();
        rows.map(|row| Row { of: texts(row, "of"), values: texts(row, "values") }).collect()
    };
    let list = |key: &str| texts(&root, key);
    Values {
        integers: list("integers"),
        strings: list("strings"),
        words: list("words"),
        by_key: rows("by-key"),
        keys: rows("keys"),
    }
});

/// One of a list.
pub fn one<'l, T: AsRef<str>>(list: &'l [T], rng: &mut TestRng) -> &'l str {
    list[rng.random_range(0..list.len())].as_ref()
}

/// Whether something happens that does so in one of `n` cases.
pub fn once_in(n: usize, rng: &mut TestRng) -> bool {
    rng.random_range(0..n) == 0
}

/// The values for the key nearest to the field.
fn by_key(rows: &'static [Row], keys: &[&str]) -> Option<&'static [String]> {
    let row = keys.iter().rev().find_map(|key| rows.iter().find(|row| row.of.iter().any(|of| of == key)));
    row.map(|row| row.values.as_slice())
}

/// An integer as a field may have it.
pub fn integer(rng: &mut TestRng) -> Node {
    raw(one(&VALUES.integers, rng))
}

/// A string for a field; `keys` are the one of what it stands in, and its own.
pub fn text(keys: &[&str], rng: &mut TestRng) -> Node {
    let list = by_key(&VALUES.by_key, keys).filter(|_| !once_in(5, rng)).unwrap_or(&VALUES.strings);
    string(one(if once_in(12, rng) { &VALUES.words } else { list }, rng))
}

/// A word as an enumeration may have it.
pub fn word(schema: &Json, rng: &mut TestRng) -> Node {
    let known: Vec<&str> = schema["enum"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    if known.is_empty() || once_in(4, rng) { string(one(&VALUES.words, rng)) } else { string(one(&known, rng)) }
}

/// A key for a map.
pub fn key(of: &str, rng: &mut TestRng) -> &'static str {
    one(by_key(&VALUES.keys, &[of]).unwrap_or(&VALUES.strings), rng)
}

/// A value of a type.
pub fn of_type(types: &Types, schema: &Json, keys: &[&str], depth: usize, rng: &mut TestRng) -> Node {
    let schema = types.resolved(schema);
    if schema.get("enum").is_some() {
        return word(schema, rng);
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (_, Some("int-or-string")) if once_in(2, rng) => integer(rng),
        (_, Some("date-time")) => string("2026-01-01T00:00:00Z"),
        (Some("boolean"), _) => raw(one(&["true", "false"], rng)),
        (Some("integer" | "number"), _) => integer(rng),
        (Some("array"), _) => {
            let count = if once_in(8, rng) { 2 } else { 1 };
            Node::new(Value::List((0..count).map(|_| of_type(types, &schema["items"], keys, depth + 1, rng)).collect()))
        }
        (Some("object"), _) if schema.get("properties").is_some() => object(types, schema, depth, rng),
        (Some("object"), _) => {
            let Some(below) = schema.get("additionalProperties") else { return Node::new(Value::Map(Vec::new())) };
            let key = key(keys.last().copied().unwrap_or_default(), rng);
            let value = of_type(types, below, &[keys.last().copied().unwrap_or_default(), key], depth + 1, rng);
            Node::new(Value::Map(vec![Entry::new(key, value)]))
        }
        _ if schema.get("oneOf").is_some() => text(&["limits"], rng),
        (Some("string"), _) => text(keys, rng),
        _ => Node::new(Value::Map(Vec::new())),
    }
}

/// An object of a type: what it must have, and some of what it may have.
fn object(types: &Types, schema: &Json, depth: usize, rng: &mut TestRng) -> Node {
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    let all: Vec<(&String, &Json)> = schema["properties"].as_object().into_iter().flatten().collect();
    let lone = if required.is_empty() && !all.is_empty() { rng.random_range(0..all.len()) } else { all.len() };
    let mut entries = Vec::new();
    for (number, (name, below)) in all.iter().enumerate() {
        let wanted = required.contains(&name.as_str()) || number == lone;
        if depth < 6 && (wanted || once_in(all.len().max(4), rng)) {
            entries.push(Entry::new(name, of_type(types, below, &[name.as_str()], depth + 1, rng)));
        }
    }
    Node::new(Value::Map(entries))
}
