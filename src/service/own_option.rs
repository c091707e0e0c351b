//! An answer that only one blueprint knows, as the blueprint describes it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::notation::Text;

/// An option that a blueprint adds to the service file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OwnOption {
    /// What may be answered, as a JSON Schema.
    pub schema: OptionSchema,
    /// What holds where nothing is answered; without it, the option is one of `needs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Json>,
    /// What the wizard asks, where the option is one of `questions`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<Text>,
}

/// The part of JSON Schema in which options are described.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OptionSchema {
    /// The type of the value.
    #[serde(rename = "type")]
    pub kind: OptionType,
    /// What the option does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How a string is written: one of the formats of the service file, such as `dns-label`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The strings to choose from.
    #[serde(rename = "enum", skip_serializing_if = "Option::is_none")]
    pub words: Option<Vec<String>>,
    /// The least number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum: Option<i64>,
    /// The greatest number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum: Option<i64>,
    /// What the elements of a list are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Box<OptionSchema>>,
    /// Values that people may copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub examples: Option<Vec<Json>>,
}

/// The type of an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OptionType {
    /// A text.
    String,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// A list.
    Array,
}
