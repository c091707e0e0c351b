//! The JSON Schema of a plan, made of the catalogue: what templates of others rest on.

use serde_json::{Map, Value as Json, json};

use super::catalogue::{CATALOGUE, Content, PlanKey, VERSION};
use crate::service;

/// The JSON Schema of the values that templates may use.
#[must_use]
pub fn schema() -> Json {
    let mut groups = Map::new();
    for key in CATALOGUE {
        let (group, name) = key.name.split_once('.').unwrap_or_default();
        let empty = || json!({"type": "object", "properties": {}, "additionalProperties": false});
        groups.entry(group).or_insert_with(empty)["properties"][name] = described(key);
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Plan",
        "description": "The values that the templates of a blueprint may use. A key stays, with its meaning and type; `since` is \
            the version of this schema in which it came.",
        "version": VERSION,
        "type": "object",
        "properties": groups,
    })
}

/// The schema of one value, with what it means.
fn described(key: &PlanKey) -> Json {
    let mut schema = match &key.content {
        Content::Decided { value, meaning } => {
            let mut schema = json!({"description": format!("{meaning}.")});
            join(&mut schema, value.schema());
            schema
        }
        Content::Passed(field) => passed(field),
    };
    schema["topic"] = key.topic.into();
    schema["since"] = key.since.into();
    schema
}

/// What the schema of the service file says of a field.
fn passed(field: &str) -> Json {
    let root = service::schema();
    let schema = field.split('.').fold(root, |schema, name| &definition(root, schema).unwrap_or(schema)["properties"][name]);
    inlined(root, schema)
}

fn definition<'a>(root: &'a Json, schema: &Json) -> Option<&'a Json> {
    root.pointer(schema["$ref"].as_str()?.strip_prefix('#')?)
}

/// A schema in which definitions stand in the place of references to them.
fn inlined(root: &Json, schema: &Json) -> Json {
    match schema {
        Json::Object(fields) => {
            let mut schema = definition(root, schema).map_or_else(|| json!({}), |definition| inlined(root, definition));
            let own = fields.iter().filter(|(name, _)| *name != "$ref");
            join(&mut schema, own.map(|(name, value)| (name.clone(), inlined(root, value))).collect());
            schema
        }
        Json::Array(schemas) => schemas.iter().map(|schema| inlined(root, schema)).collect(),
        other => other.clone(),
    }
}

/// Puts fields over those of a schema.
fn join(schema: &mut Json, fields: Json) {
    if let (Json::Object(schema), Json::Object(fields)) = (schema, fields) {
        schema.extend(fields);
    }
}
