//! Names of fields in objects, with list elements named by what identifies them, and patterns of
//! such names.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use super::kinds::{is_built_in, known_kind};
use super::{Word, route_words};

/// One step on the way to a field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldStep {
    /// The value behind a key.
    Key(String),
    /// An element of a list, by what identifies it, such as `name=app`, or by its index.
    Element(String),
}

/// The way from an object's root to a field, such as `spec.template.spec.containers[name=app].image`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Field(Vec<FieldStep>);

impl Field {
    /// A field of the given steps.
    #[must_use]
    pub fn new(steps: Vec<FieldStep>) -> Self {
        Self(steps)
    }

    /// The steps from the root.
    #[must_use]
    pub fn steps(&self) -> &[FieldStep] {
        &self.0
    }

    /// Goes one step further.
    pub fn push(&mut self, step: FieldStep) {
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
            FieldStep::Key(key) => Some(key.as_str()),
            FieldStep::Element(_) => None,
        })
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_word = |key: &str| !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        for (position, step) in self.0.iter().enumerate() {
            match step {
                FieldStep::Element(label) => write!(f, "[{label}]")?,
                FieldStep::Key(key) if !is_word(key) => write!(f, "[\"{key}\"]")?,
                FieldStep::Key(key) if position == 0 => f.write_str(key)?,
                FieldStep::Key(key) => write!(f, ".{key}")?,
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

    /// Whether Kubernetes itself has the group.
    #[must_use]
    pub fn is_built_in(&self) -> bool {
        is_built_in(&self.group)
    }

    /// The kind as rules and tables name it; nothing where the object is another's of the same name.
    #[must_use]
    pub fn known_kind(&self) -> Option<&str> {
        known_kind(&self.group, &self.kind)
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

/// A pattern of fields, such as `Pod.spec.containers[*].image`.
///
/// The first word is a kind, or `kind/name`, or `*`; `Pod` alone stands for the Pods of every workload. `*`
/// stands for any key, `[*]` for any element, `[name=app]` for the one that is so identified, and `*` inside
/// a word for any characters. A pattern that names a field covers everything in it. Where a kind keeps its
/// Pods, and so what a pattern names in an object, is known in `manifest`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPattern {
    text: String,
    object: String,
    steps: Vec<FieldStep>,
}

impl FieldPattern {
    /// Reads a pattern as a person writes it.
    ///
    /// # Errors
    /// What is wrong with it, as half a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let step = |word| match word {
            Word::Plain(key) | Word::Quoted(key) => FieldStep::Key(key),
            Word::Bracketed(label) => FieldStep::Element(label),
        };
        let mut words = route_words(text)?.into_iter().map(step);
        let Some(FieldStep::Key(object)) = words.next() else {
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

    /// The kind, and the name where the pattern has one.
    #[must_use]
    pub fn object(&self) -> (&str, Option<&str>) {
        self.object.split_once('/').map_or((&self.object, None), |(kind, name)| (kind, Some(name)))
    }

    /// The steps behind the object, their `*` as they stand.
    #[must_use]
    pub fn steps(&self) -> &[FieldStep] {
        &self.steps
    }

    /// Whether another pattern names something in what this one names, with the same `*`.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self.object == other.object && other.steps.starts_with(&self.steps)
    }
}

/// Whether a step fits one of a pattern.
#[must_use]
pub fn step_fits(pattern: &FieldStep, step: &FieldStep) -> bool {
    match (pattern, step) {
        (FieldStep::Key(pattern), FieldStep::Key(key)) => fits(pattern, key),
        (FieldStep::Element(pattern), FieldStep::Element(label)) => {
            // An element may be named by its value alone: `containers[app]`.
            fits(pattern, label) || label.split_once('=').is_some_and(|(_, value)| fits(pattern, value))
        }
        _ => false,
    }
}

/// Whether a word fits a pattern in which `*` stands for any characters.
#[must_use]
pub fn fits(pattern: &str, word: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == word };
    let Some(mut word) = word.strip_prefix(start) else { return false };
    loop {
        if fits(rest, word) {
            return true;
        }
        let Some(next) = word.chars().next() else { return false };
        word = &word[next.len_utf8()..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_written_as_people_know_it() {
        let steps = ["metadata", "annotations", "example.com/a.b"].map(|key| FieldStep::Key(key.to_owned()));
        assert_eq!(Field::new(steps.to_vec()).to_string(), "metadata.annotations[\"example.com/a.b\"]");
    }

    #[test]
    fn what_is_no_pattern_is_named() {
        for (text, wrong) in [("", "begin"), ("spec.replicas", "no kind"), ("A..b", "empty"), ("A.", "dot"), ("A[b", "`[`")] {
            assert!(FieldPattern::parse(text).unwrap_err().contains(wrong), "{text}");
        }
    }
}
