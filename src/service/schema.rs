//! The JSON Schema of the service file.

use std::sync::OnceLock;

use serde_json::Value as Json;

use super::Service;
use crate::yaml::shape;

/// The JSON Schema of `plimsoll.yaml`, as it ships.
pub fn schema() -> &'static Json {
    static SCHEMA: OnceLock<Json> = OnceLock::new();
    SCHEMA.get_or_init(|| shape::shipped(include_str!("../../schemas/service.schema.json"), schema_of_type))
}

/// The same, made from [`Service`]: what the shipped file has to be.
#[must_use]
pub fn schema_of_type() -> Json {
    schemars::schema_for!(Service).to_value()
}
