//! Environment variables, and the runtime that they betray.

use serde_json::{Map, Value as Json, json};

use super::Reader;
use crate::adopt::desk::Desk;
use crate::adopt::draft::Draft;
use crate::adopt::object::At;

/// Variables by which a runtime is known where ours do not tell it, by how their names begin.
const TRACES: &[(&str, &str)] = &[
    ("JAVA_", "jvm"),
    ("JDK_", "jvm"),
    ("GOMEMLIMIT", "go"),
    ("GOMAXPROCS", "go"),
    ("GOGC", "go"),
    ("NODE_", "node"),
    ("PYTHON", "python"),
    ("RAILS_", "ruby"),
    ("RACK_", "ruby"),
    ("DOTNET_", "dotnet"),
    ("ASPNETCORE_", "dotnet"),
];
const RUNTIMES: [&str; 6] = ["jvm", "go", "node", "python", "ruby", "dotnet"];
/// The variable in which attributes of one's own and ours stand side by side.
const ATTRIBUTES: &str = "OTEL_RESOURCE_ATTRIBUTES";

/// A variable of the container.
struct Variable<'r> {
    name: &'r str,
    at: At<'r>,
}

impl Variable<'_> {
    fn value(&self) -> Option<&str> {
        match self.at.get("value") {
            Some(value) => value.text(),
            None if self.at.get("valueFrom").is_none() => Some(""),
            None => None,
        }
    }
}

pub fn read(r: &mut Reader<'_>) {
    let variables = variables(r);
    read_runtime(r, &variables);
    let derived = derived(&r.desk, &r.draft);
    let mut index = 0;
    for variable in &variables {
        let Some(said) = said(variable, &derived) else { continue };
        r.draft.say(&format!("env[{index}]"), said, &variable.at);
        index += 1;
    }
}

/// The variables of the container; of one that stands twice, the last counts.
fn variables<'r>(r: &Reader<'r>) -> Vec<Variable<'r>> {
    let mut variables: Vec<Variable<'r>> = Vec::new();
    for at in r.container.list("env") {
        if let Some(name) = at.get("name").and_then(|name| name.text()) {
            variables.retain(|before| before.name != name);
            variables.push(Variable { name, at });
        }
    }
    variables
}

/// What the plan adds by itself, by name.
fn derived(desk: &Desk<'_>, draft: &Draft) -> Map<String, Json> {
    let decided = desk.decided(draft).unwrap_or_default();
    let planned = &decided["container"]["env"];
    let pair = |variable: &Json| Some((variable["name"].as_str()?.to_owned(), variable["value"].clone()));
    planned.as_array().into_iter().flatten().filter_map(pair).collect()
}

/// The runtime whose variables are there as we would write them; else one of which there are traces.
fn read_runtime(r: &mut Reader<'_>, variables: &[Variable<'_>]) {
    let mut best = None;
    let mut most = 0;
    let none = derived(&r.desk, &r.draft);
    for runtime in RUNTIMES {
        let mut draft = r.draft.clone();
        draft.add("runtime", runtime);
        let told = derived(&r.desk, &draft);
        let own: Vec<_> = told.iter().filter(|(name, _)| !none.contains_key(*name)).collect();
        let there = own.iter().filter_map(|(name, value)| {
            variables.iter().find(|variable| variable.name == **name && variable.value() == value.as_str())
        });
        let there: Vec<_> = there.collect();
        // All of them must be there, and the more they are the surer it is.
        if there.len() == own.len() && there.len() > most {
            most = there.len();
            best = there.first().map(|variable| (runtime, variable.at.clone()));
        }
    }
    let traced = || {
        TRACES.iter().find_map(|(start, runtime)| {
            let variable = variables.iter().find(|variable| variable.name.starts_with(start))?;
            Some((*runtime, variable.at.clone()))
        })
    };
    if let Some((runtime, at)) = best.or_else(traced) {
        r.draft.say("runtime", runtime, &at);
    }
}

/// What the service file says of a variable; nothing where the plan adds the same, or where the value
/// comes from somewhere that the service file does not name.
fn said(variable: &Variable<'_>, derived: &Map<String, Json>) -> Option<Json> {
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
