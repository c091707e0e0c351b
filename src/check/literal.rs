//! Values as literals of CEL, as Kubernetes types them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Map, Value as Json};

/// A value as a literal. What stands in one list or map and differs in type is wrapped in `dyn()`,
/// because Kubernetes has collections of one type only.
pub(super) fn literal(value: &Json) -> String {
    match value {
        Json::String(text) => quoted(text),
        // What no 64-bit integer holds is read as a float, as in Plimsoll's own rules.
        Json::Number(number) if !number.is_i64() => format!("{:?}", number.as_f64().unwrap_or(f64::NAN)),
        Json::Array(items) => format!("[{}]", of_one_type(items.iter()).join(", ")),
        Json::Object(map) => format!("{{{}}}", entries(map).join(", ")),
        other => other.to_string(),
    }
}

/// A map as a literal with one entry a line.
pub(super) fn map(map: &Map<String, Json>) -> String {
    match map.len() {
        0 | 1 => format!("{{{}}}", entries(map).join(", ")),
        _ => format!("{{\n  {}\n}}", entries(map).join(",\n  ")),
    }
}

fn entries(map: &Map<String, Json>) -> Vec<String> {
    let values = of_one_type(map.values());
    map.keys().zip(values).map(|(key, value)| format!("{}: {value}", quoted(key))).collect()
}

fn of_one_type<'v>(values: impl Iterator<Item = &'v Json> + Clone) -> Vec<String> {
    let differ = values.clone().map(type_of).collect::<BTreeSet<_>>().len() > 1;
    values.map(|value| if differ { format!("dyn({})", literal(value)) } else { literal(value) }).collect()
}

/// The type that Kubernetes sees in a literal.
fn type_of(value: &Json) -> String {
    let common = |types: BTreeSet<String>| match types.len() {
        1 => types.into_iter().next().unwrap_or_default(),
        _ => "dyn".to_owned(),
    };
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(_) => "bool".to_owned(),
        Json::Number(number) => if number.is_i64() { "int" } else { "double" }.to_owned(),
        Json::String(_) => "string".to_owned(),
        Json::Array(items) => format!("list({})", common(items.iter().map(type_of).collect())),
        Json::Object(map) => format!("map({})", common(map.values().map(type_of).collect())),
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("'");
    for c in text.chars() {
        match c {
            '\'' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => _ = write!(quoted, "\\u{:04x}", u32::from(c)),
            c => quoted.push(c),
        }
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::check::rule::{Language, Scope, Tree, evaluate};

    #[test]
    fn what_differs_in_type_is_dynamic() {
        let cases = [
            (json!({"a": 1, "b": 2}), "{'a': 1, 'b': 2}"),
            (json!({"a": 1, "b": "x"}), "{'a': dyn(1), 'b': dyn('x')}"),
            (json!({"a": 1, "b": 1.0}), "{'a': dyn(1), 'b': dyn(1.0)}"),
            (json!({"a": ["x"], "b": ["y", "z"]}), "{'a': ['x'], 'b': ['y', 'z']}"),
            (json!({"a": ["x"], "b": []}), "{'a': dyn(['x']), 'b': dyn([])}"),
            (json!([1, "x", null]), "[dyn(1), dyn('x'), dyn(null)]"),
            (json!({"a": {}}), "{'a': {}}"),
            (json!("it's\n\\ \u{7}"), r"'it\'s\n\\ \u0007'"),
        ];
        for (value, expected) in cases {
            assert_eq!(literal(&value), expected);
        }
        assert_eq!(map(json!({"a": 1, "b": true}).as_object().unwrap()), "{\n  'a': dyn(1),\n  'b': dyn(true)\n}");
    }

    #[test]
    fn literals_are_what_they_stand_for() {
        let language = Language::new();
        let value = json!({"a": [1, -2, 1.5, 1e300, u64::MAX], "b": "it's\n\t\r\\\u{1}\"한", "c": {"d": null, "e": [true, []]}});
        for text in [literal(&value), map(value.as_object().unwrap())] {
            let expression = language.compile(&format!("object == {text}")).unwrap();
            let empty = || Tree::map([]);
            let scope = Scope::new(Tree::from_json(&value), empty(), empty(), &[]);
            assert_eq!(evaluate(&expression, &scope), crate::check::rule::Verdict::Pass, "{text}");
        }
    }
}
