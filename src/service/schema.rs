//! The JSON Schema of the service file, made from [`Service`] once.

use std::sync::OnceLock;

use serde_json::Value as Json;

use super::Service;

/// The JSON Schema of `plimsoll.yaml`.
pub fn schema() -> &'static Json {
    static SCHEMA: OnceLock<Json> = OnceLock::new();
    SCHEMA.get_or_init(|| schemars::schema_for!(Service).to_value())
}
