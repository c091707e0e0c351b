//! A tree held against a JSON Schema: every fault at once, each with its route.
//!
//! This is the small part of JSON Schema that our own schemas use. It also returns the tree with
//! faulty parts taken out, or an example of the schema in their place, so that what depends on more
//! than one field can still be looked at in the same run.

use serde_json::Value as Json;

use super::{Entry, Fault, Node, Path, Route, Value, suggest};
use crate::notation;

/// Lists all faults of `node` against `schema`, and mends `node` so that it fits.
pub fn check(schema: &Json, node: &mut Node) -> Vec<Fault> {
    let mut checker = SchemaChecker { root: schema, faults: Vec::new() };
    checker.visit(schema, node, &Path::Root);
    checker.faults
}

/// Reads a schema that ships with the crate. A test holds that it can be read, and is that of the code: builds for
/// development go by the code itself, so that a field can be tried before its schema is written.
#[must_use]
pub fn shipped(text: &str, of_code: fn() -> Json) -> Json {
    if cfg!(debug_assertions) { of_code() } else { serde_json::from_str(text).unwrap_or_default() }
}

/// The part of a schema that describes the field at `route`, where there is one.
#[must_use]
pub fn at<'a>(root: &'a Json, route: &Route) -> Option<&'a Json> {
    Some(SchemaChecker { root, faults: Vec::new() }.resolve(written_at(root, route)?))
}

/// The same as it is written there, which may refer to another part.
fn written_at<'a>(root: &'a Json, route: &Route) -> Option<&'a Json> {
    let checker = SchemaChecker { root, faults: Vec::new() };
    route.steps().iter().try_fold(root, |schema, step| {
        let schema = checker.resolve(schema);
        match step {
            super::RouteStep::Key(key) => schema
                .get("properties")
                .and_then(|properties| properties.get(key))
                .or_else(|| schema.get("additionalProperties").filter(|schema| schema.is_object())),
            super::RouteStep::Index(_) => schema.get("items"),
        }
    })
}

/// Reports a field that is not there, unless a fault in it is known already, and puts an example of its
/// schema in its place.
pub fn require(root: &Json, node: &mut Node, route: &Route, faults: &mut Vec<Fault>) {
    let Some(written) = written_at(root, route).filter(|_| node.find(route).is_none()) else { return };
    let resolved = SchemaChecker { root, faults: Vec::new() }.resolve(written);
    if !faults.iter().any(|fault| route.contains(&fault.route)) {
        faults.push(Fault::missing(route.clone()).hint(describe(resolved, written)));
    }
    let mut example = Node::new(Value::Null);
    if stand_in(if written["examples"].is_array() { written } else { resolved }, &mut example)
        && let Ok(made) = node.make(route)
    {
        *made = example;
    }
}

/// Whether the schema at hand takes strings and nothing that could be written without quotes.
#[must_use]
pub fn is_string(schema: &Json) -> bool {
    types(schema).iter().all(|name| matches!(*name, "string" | "null")) || !words(schema).is_empty()
}

struct SchemaChecker<'a> {
    root: &'a Json,
    faults: Vec<Fault>,
}

impl<'a> SchemaChecker<'a> {
    /// Follows references and the `anyOf: [X, null]` that stands for an optional value.
    fn resolve(&self, schema: &'a Json) -> &'a Json {
        if let Some(name) = schema["$ref"].as_str().and_then(|target| target.strip_prefix("#/$defs/")) {
            return self.resolve(&self.root["$defs"][name]);
        }
        match schema["anyOf"].as_array() {
            Some(options) => options.iter().find(|option| option["type"] != "null").map_or(schema, |option| self.resolve(option)),
            None => schema,
        }
    }

    /// Looks at a node; `false` means that it cannot stay, whatever is done inside it.
    fn visit(&mut self, schema: &'a Json, node: &mut Node, path: &Path<'_>) -> bool {
        let schema = self.resolve(schema);
        let words = words(schema);
        if !words.is_empty() {
            return self.visit_word(&words, node, path);
        }
        let types = types(schema);
        if !types.is_empty() && !types.iter().any(|name| fits(name, node)) {
            self.wrong_type(&types, node, path);
            return false;
        }
        match &mut node.value {
            Value::Map(entries) => self.visit_map(schema, entries, path),
            Value::List(items) => self.visit_list(schema, items, path),
            Value::Null | Value::Bool(_) => true,
            _ => self.visit_scalar(schema, node, path),
        }
    }

    fn visit_word(&mut self, words: &[&'a str], node: &Node, path: &Path<'_>) -> bool {
        let given = node.as_str().or(node.written.as_deref()).unwrap_or_default();
        let fits = |word: &&str| *word == given && (node.as_str().is_some() || word.parse::<i64>().is_ok());
        if words.iter().any(fits) {
            return true;
        }
        let shown = if given.is_empty() { node.type_name().to_owned() } else { format!("`{given}`") };
        let fault = Fault::new(path.route(), format!("{shown} is not one of {}", words.join(", ")));
        self.faults.push(match suggest(given, words.iter().copied()) {
            Some(word) => fault.hint(format!("did you mean `{word}`?")),
            None => fault,
        });
        false
    }

    fn wrong_type(&mut self, types: &[&str], node: &Node, path: &Path<'_>) {
        let expected: Vec<&str> = types.iter().filter(|name| **name != "null").map(|name| plain_name(name)).collect();
        let message = format!("{} is expected here, not {}", expected.join(" or "), plain_name(node.type_name()));
        let fault = Fault::new(path.route(), message);
        self.faults.push(match &node.written {
            Some(text) if types.contains(&"string") && !text.is_empty() => {
                fault.hint(format!("YAML reads {text} as {}; write \"{text}\"", plain_name(node.type_name())))
            }
            _ => fault,
        });
    }

    fn visit_map(&mut self, schema: &'a Json, entries: &mut Vec<Entry>, path: &Path<'_>) -> bool {
        let known = schema["properties"].as_object();
        let extra = &schema["additionalProperties"];
        let key_format = schema["propertyNames"]["format"].as_str();
        let before = self.faults.len();
        entries.retain_mut(|entry| {
            if let Some(written) =
                entry.written.as_deref().filter(|written| known.is_some_and(|known| known.contains_key(*written)))
            {
                entry.key = written.to_owned();
            }
            let here = Path::Key(path, &entry.key);
            if let Some(property) = known.and_then(|known| known.get(&entry.key)) {
                if entry.node.value == Value::Null {
                    let fault = Fault::new(here.route(), "is given without a value");
                    self.faults.push(fault.hint("leave the field out, or put a value that starts with `#` in quotes"));
                    return false;
                }
                let optional = !is_required(schema, &entry.key);
                if self.visit(property, &mut entry.node, &here) {
                    return true;
                }
                return !optional && stand_in(self.resolve(property), &mut entry.node);
            }
            if *extra == Json::Bool(false) {
                let fault = Fault::new(here.route(), "is not a known field");
                let names = known.into_iter().flatten().map(|(name, _)| name.as_str());
                self.faults.push(match suggest(&entry.key, names) {
                    Some(name) => fault.hint(format!("did you mean `{name}`?")),
                    None => fault,
                });
                return false;
            }
            if let Some(written) = &entry.written {
                let fault = Fault::new(here.route(), format!("YAML reads the key {written} as {}", entry.key));
                self.faults.push(fault.hint(format!("write \"{written}\"")));
                return false;
            }
            if let Some(Err(message)) = key_format.and_then(|format| notation::check(format, &entry.key)) {
                self.faults.push(Fault::new(here.route(), format!("the key {message}")));
                return false;
            }
            !extra.is_object() || self.visit(extra, &mut entry.node, &here)
        });
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str) {
            if entries.iter().any(|entry| entry.key == name) {
                continue;
            }
            let here = Path::Key(path, name);
            let property = self.resolve(&schema["properties"][name]);
            // A required field that was given and is wrong has been reported already.
            if !self.faults[before..].iter().any(|fault| here.route().contains(&fault.route)) {
                self.faults.push(Fault::missing(here.route()).hint(describe(property, &schema["properties"][name])));
            }
            let mut node = Node::new(Value::Null);
            if !stand_in(property, &mut node) {
                return false;
            }
            entries.push(Entry::new(name, node));
        }
        true
    }

    fn visit_list(&mut self, schema: &'a Json, items: &mut [Node], path: &Path<'_>) -> bool {
        if let Some(least) = schema["minItems"].as_u64()
            && (items.len() as u64) < least
        {
            self.faults.push(Fault::new(path.route(), "is empty; at least one element is needed"));
            return false;
        }
        let element = &schema["items"];
        if !element.is_object() {
            return true;
        }
        // Elements keep their positions: one that cannot stay takes the whole list with it.
        let mut stays = true;
        for (index, item) in items.iter_mut().enumerate() {
            stays &= self.visit(element, item, &Path::Index(path, index)) || stand_in(self.resolve(element), item);
        }
        stays
    }

    fn visit_scalar(&mut self, schema: &Json, node: &Node, path: &Path<'_>) -> bool {
        let text = node.as_str().or(node.written.as_deref()).unwrap_or_default();
        if let Some(Err(message)) = schema["format"].as_str().and_then(|format| notation::check(format, text)) {
            self.faults.push(Fault::new(path.route(), format!("`{text}` {message}")));
            return false;
        }
        if let Some(most) = schema["maxLength"].as_u64()
            && text.chars().count() as u64 > most
        {
            self.faults.push(Fault::new(path.route(), format!("is longer than {most} characters")));
            return false;
        }
        let (Value::Int(number), least, most) = (&node.value, schema["minimum"].as_i64(), schema["maximum"].as_i64()) else {
            return true;
        };
        if least.is_none_or(|least| *number >= least) && most.is_none_or(|most| *number <= most) {
            return true;
        }
        let bounds = match (least, most) {
            (Some(least), Some(most)) => format!("between {least} and {most}"),
            (Some(least), None) => format!("at least {least}"),
            (None, most) => format!("at most {}", most.unwrap_or(i64::MAX)),
        };
        self.faults.push(Fault::new(path.route(), format!("{number} is not {bounds}")));
        false
    }
}

fn is_required(schema: &Json, key: &str) -> bool {
    schema["required"].as_array().is_some_and(|required| required.iter().any(|name| name == key))
}

/// Replaces a node by the first example of its schema.
fn stand_in(schema: &Json, node: &mut Node) -> bool {
    let example = schema["examples"].get(0).cloned().or_else(|| words(schema).first().map(|word| Json::from(*word)));
    let Some(example) = example else { return false };
    node.value = Node::from_json(&example).value;
    true
}

/// The words that an enumeration allows.
fn words(schema: &Json) -> Vec<&str> {
    let direct = schema["enum"].as_array().into_iter().flatten().filter_map(Json::as_str);
    let described = schema["oneOf"].as_array().into_iter().flatten();
    direct.chain(described.filter_map(|option| option["const"].as_str())).collect()
}

fn types(schema: &Json) -> Vec<&str> {
    match &schema["type"] {
        Json::String(name) => vec![name],
        Json::Array(names) => names.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    }
}

fn fits(type_name: &str, node: &Node) -> bool {
    type_name == node.type_name() || (type_name == "number" && matches!(node.value, Value::Int(_)))
}

fn plain_name(type_name: &str) -> &str {
    match type_name {
        "string" => "a string",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "a mapping",
        other => other,
    }
}

fn describe(resolved: &Json, property: &Json) -> String {
    let about = property["description"].as_str().or(resolved["description"].as_str()).unwrap_or_default();
    let first = about.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    match property["examples"].get(0).or(resolved["examples"].get(0)) {
        Some(example) if example.is_object() || example.is_array() => format!("{first} For example: {example}"),
        Some(example) => format!("{first} For example: {}", super::write::inline(example)),
        None => first,
    }
}
