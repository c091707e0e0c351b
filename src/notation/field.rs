//! Names of fields in objects, with list elements named by what identifies them, and patterns of
//! such names.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use super::{Word, route_words};

/// One step on the way to a field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The value behind a key.
    Key(String),
    /// An element of a list, by what identifies it, such as `name=app`, or by its index.
    Element(String),
}

/// The way from an object's root to a field, such as `spec.template.spec.containers[name=app].image`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Field(Vec<Step>);

impl Field {
    /// A field of the given steps.
    #[must_use]
    pub fn new(steps: Vec<Step>) -> Self {
        Self(steps)
    }

    /// The steps from the root.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Goes one step further.
    pub fn push(&mut self, step: Step) {
        self.0.push(step);
    }

    /// Goes one step back.
    pub fn pop(&mut self) {
        self.0.pop();
    }

    /// The keys on the way, without list elements.
    #[must_use]
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.iter().filter_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Element(_) => None,
        })
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_word = |key: &str| !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Element(label) => write!(f, "[{label}]")?,
                Step::Key(key) if !is_word(key) => write!(f, "[\"{key}\"]")?,
                Step::Key(key) if position == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Field {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Field".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The way from an object's root to a field, with list elements named by what identifies them; empty for the whole object.",
            "type": "string",
            "examples": ["spec.template.spec.containers[name=app].image"],
        })
    }
}

/// What identifies an object in a cluster, its API version apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub struct ObjectKey {
    /// The API group; empty for the core.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// The kind.
    pub kind: String,
    /// The namespace, where the object names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
}

impl ObjectKey {
    /// A field with its object, such as `Deployment/web.spec.replicas`; for the root the object alone.
    #[must_use]
    pub fn field_name(&self, field: &Field) -> String {
        let field = field.to_string();
        let dot = if field.is_empty() || field.starts_with('[') { "" } else { "." };
        format!("{}/{}{dot}{field}", self.kind, self.name)
    }

    /// Whether Kubernetes itself has the kind: its groups have no dot, or belong to `k8s.io`.
    #[must_use]
    pub fn is_built_in(&self) -> bool {
        !self.group.contains('.') || self.group.ends_with(".k8s.io")
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/", self.kind)?;
        if let Some(namespace) = &self.namespace {
            write!(f, "{namespace}/")?;
        }
        f.write_str(&self.name)
    }
}

/// A pattern of fields, such as `Deployment.spec.template.spec.containers[*].image`.
///
/// The first word is a kind, or `kind/name`, or `*`. `*` stands for any key, `[*]` for any element,
/// `[name=app]` for the one that is so identified, and `*` inside a word for any characters. A
/// pattern that names a field covers everything in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPattern {
    text: String,
    object: String,
    steps: Vec<Step>,
}

impl FieldPattern {
    /// Reads a pattern as a person writes it.
    ///
    /// # Errors
    /// What is wrong with it, as half a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let step = |word| match word {
            Word::Plain(key) | Word::Quoted(key) => Step::Key(key),
            Word::Bracketed(label) => Step::Element(label),
        };
        let mut words = route_words(text)?.into_iter().map(step);
        let Some(Step::Key(object)) = words.next() else {
            return Err("does not begin with the kind of an object, such as `Deployment.spec`".to_owned());
        };
        let kind = object.split('/').next().unwrap_or_default();
        if !(kind == "*" || kind.starts_with(|c: char| c.is_ascii_uppercase())) {
            return Err(format!("begins with `{object}`, which is no kind of an object; write for example `Deployment.{text}`"));
        }
        Ok(Self { text: text.to_owned(), object, steps: words.collect() })
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The field that the pattern names, its `*` as they stand.
    #[must_use]
    pub fn field(&self) -> Field {
        Field(self.steps.clone())
    }

    /// Whether another pattern names something in what this one names, with the same `*`.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self.object == other.object && other.steps.starts_with(&self.steps)
    }

    /// How many steps the pattern has below the object.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.steps.len()
    }

    /// Whether the pattern names the field, or something around it.
    #[must_use]
    pub fn covers(&self, object: &ObjectKey, field: &Field) -> bool {
        self.steps.len() <= field.0.len() && self.touches(object, field)
    }

    /// Whether the pattern names the field, something around it or something in it.
    #[must_use]
    pub fn touches(&self, object: &ObjectKey, field: &Field) -> bool {
        let named = match self.object.split_once('/') {
            None => matches(&self.object, &object.kind),
            Some((kind, name)) => matches(kind, &object.kind) && matches(name, &object.name),
        };
        named && self.steps.iter().zip(&field.0).all(|(pattern, step)| step_matches(pattern, step))
    }
}

fn step_matches(pattern: &Step, step: &Step) -> bool {
    match (pattern, step) {
        (Step::Key(pattern), Step::Key(key)) => matches(pattern, key),
        (Step::Element(pattern), Step::Element(label)) => {
            // An element may be named by its value alone: `containers[app]`.
            matches(pattern, label) || label.split_once('=').is_some_and(|(_, value)| matches(pattern, value))
        }
        _ => false,
    }
}

/// Whether a word fits a pattern in which `*` stands for any characters.
fn matches(pattern: &str, word: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == word };
    let Some(mut word) = word.strip_prefix(start) else { return false };
    loop {
        if matches(rest, word) {
            return true;
        }
        let Some(next) = word.chars().next() else { return false };
        word = &word[next.len_utf8()..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(steps: &[&str]) -> Field {
        let step = |text: &&str| match text.strip_prefix('[') {
            Some(label) => Step::Element(label.trim_end_matches(']').to_owned()),
            None => Step::Key((*text).to_owned()),
        };
        Field(steps.iter().map(step).collect())
    }

    #[test]
    fn patterns_cover_fields_and_what_is_in_them() {
        let object = ObjectKey { group: "apps".into(), kind: "Deployment".into(), namespace: None, name: "cart".into() };
        let image = field(&["spec", "containers", "[name=app]", "image"]);
        let covers = |pattern: &str| FieldPattern::parse(pattern).unwrap().covers(&object, &image);
        assert!(covers("Deployment.spec.containers[*].image"));
        assert!(covers("Deployment/cart.spec.containers[name=app].image"));
        assert!(covers("*.spec.containers[app].im*"));
        assert!(covers("Deployment.spec"));
        assert!(!covers("Deployment.spec.containers[*].image.tag"));
        assert!(!covers("Deployment/basket.spec"));
        assert!(!covers("Service.spec.containers[*].image"));
        let annotation = field(&["metadata", "annotations", "example.com/a.b"]);
        assert_eq!(annotation.to_string(), "metadata.annotations[\"example.com/a.b\"]");
        assert!(FieldPattern::parse("Deployment.metadata.annotations[\"example.com/*\"]").unwrap().covers(&object, &annotation));
    }

    #[test]
    fn what_is_no_pattern_is_named() {
        for (text, wrong) in [("", "begin"), ("spec.replicas", "no kind"), ("A..b", "empty"), ("A.", "dot"), ("A[b", "`[`")] {
            assert!(FieldPattern::parse(text).unwrap_err().contains(wrong), "{text}");
        }
    }
}
