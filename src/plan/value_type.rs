//! The types of the plan's values, and how JSON Schema says them.

use serde_json::{Map, Value as Json, json};

/// The type of a value.
#[derive(Debug)]
pub enum ValueType {
    /// A string.
    Text,
    /// A whole number.
    Number,
    /// A whole number, or a string such as a percentage.
    NumberOrText,
    /// True or false.
    Flag,
    /// Strings by keys.
    Texts,
    /// A list.
    List(&'static ValueType),
    /// Fields, all of which are there.
    Object(&'static [(&'static str, ValueType)]),
    /// The value, or null.
    Optional(&'static ValueType),
    /// One of several.
    OneOf(&'static [ValueType]),
}

impl ValueType {
    /// What stands there where nothing was decided; none for a type that has no such value.
    #[must_use]
    pub fn nothing(&self) -> Option<Json> {
        match self {
            Self::Flag => Some(false.into()),
            Self::Texts => Some(json!({})),
            Self::List(_) => Some(json!([])),
            Self::Optional(_) => Some(Json::Null),
            Self::Text | Self::Number | Self::NumberOrText | Self::Object(_) | Self::OneOf(_) => None,
        }
    }

    /// The type as JSON Schema.
    #[must_use]
    pub fn schema(&self) -> Json {
        match self {
            Self::Text => json!({"type": "string"}),
            Self::Number => json!({"type": "integer"}),
            Self::NumberOrText => json!({"type": ["integer", "string"]}),
            Self::Flag => json!({"type": "boolean"}),
            Self::Texts => json!({"type": "object", "additionalProperties": {"type": "string"}}),
            Self::List(element) => json!({"type": "array", "items": element.schema()}),
            Self::Object(fields) => {
                let properties: Map<String, Json> =
                    fields.iter().map(|(name, value)| ((*name).to_owned(), value.schema())).collect();
                let required: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
                json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
            }
            Self::Optional(value) => json!({"anyOf": [value.schema(), {"type": "null"}]}),
            Self::OneOf(values) => json!({"anyOf": values.iter().map(Self::schema).collect::<Vec<_>>()}),
        }
    }
}
