//! A text in each language.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A text in the languages that Plimsoll speaks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// English.
    pub en: String,
    /// Korean.
    pub ko: String,
}
