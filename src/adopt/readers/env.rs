//! Environment variables.

use serde_json::{Map, Value as Json, json};

use super::AdoptReader;
use crate::adopt::draft::Draft;
use crate::adopt::draft_judge::DraftJudge;
use crate::adopt::object::ObjectField;

/// The variable in which attributes of one's own and ours stand side by side.
const ATTRIBUTES: &str = "OTEL_RESOURCE_ATTRIBUTES";

/// A variable of the container.
pub struct FoundEnvVar<'r> {
    /// Its name.
    pub name: &'r str,
    /// Where it stands.
    pub at: ObjectField<'r>,
}

impl FoundEnvVar<'_> {
    /// Its value, where that stands in plain sight.
    pub fn value(&self) -> Option<&str> {
        match self.at.get("value") {
            Some(value) => value.text(),
            None if self.at.get("valueFrom").is_none() => Some(""),
            None => None,
        }
    }
}

pub fn read(r: &mut AdoptReader<'_>) {
    let variables = variables(r);
    let derived = derived(&r.judge, &r.draft);
    let mut index = 0;
    for variable in &variables {
        let Some(said) = said(variable, &derived) else { continue };
        r.draft.say(&format!("env[{index}]"), said, &variable.at);
        index += 1;
    }
}

/// The variables of the container; of one that stands twice, the last counts.
pub fn variables<'r>(r: &AdoptReader<'r>) -> Vec<FoundEnvVar<'r>> {
    let mut variables: Vec<FoundEnvVar<'r>> = Vec::new();
    for at in r.container.list("env") {
        if let Some(name) = at.get("name").and_then(|name| name.text()) {
            variables.retain(|before| before.name != name);
            variables.push(FoundEnvVar { name, at });
        }
    }
    variables
}

/// What the plan adds by itself, by name.
pub fn derived(judge: &DraftJudge<'_>, draft: &Draft) -> Map<String, Json> {
    let decided = judge.decided(draft).unwrap_or_default();
    let planned = &decided["container"]["env"];
    let pair = |variable: &Json| Some((variable["name"].as_str()?.to_owned(), variable["value"].clone()));
    planned.as_array().into_iter().flatten().filter_map(pair).collect()
}

/// What the service file says of a variable; nothing where the plan adds the same, or where the value
/// comes from somewhere that the service file does not name.
fn said(variable: &FoundEnvVar<'_>, derived: &Map<String, Json>) -> Option<Json> {
    let name = variable.name;
    if let Some(secret) = variable.at.find("valueFrom.secretKeyRef") {
        let word = |key: &str| secret.get(key).and_then(|at| at.text());
        let (from, key) = (word("name")?, word("key")?);
        return Some(if key == name {
            json!({"name": name, "secret": from})
        } else {
            json!({"name": name, "secret": from, "key": key})
        });
    }
    let value = variable.value()?;
    let planned = derived.get(name).and_then(Json::as_str);
    if planned == Some(value) {
        return None;
    }
    let own = planned.filter(|_| name == ATTRIBUTES).map(|planned| {
        let is_own = |pair: &&str| !planned.split(',').any(|ours| ours == pair.trim());
        value.split(',').filter(is_own).collect::<Vec<_>>().join(",")
    });
    match own {
        Some(own) if own.is_empty() => None,
        own => Some(json!({"name": name, "value": own.as_deref().unwrap_or(value)})),
    }
}
