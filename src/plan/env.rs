//! Environment variables: the service's own, and those that tell it where it runs.

use serde_json::{Value as Json, json};

use super::Origin;
use super::planner::{PlannedEnvVar, Planner};
use crate::manifest::Secrets;
use crate::service::{EnvVar, Service};

pub fn decide(p: &mut Planner<'_>) {
    refuse_secrets(p);
    decide_variables(p);
    // Where the item does not hold, what Kubernetes does without the field is what is wanted.
    let links = if p.holds("no-service-links") {
        (false.into(), Origin::Derived("no variables that nobody has declared (no-service-links)".to_owned()))
    } else {
        (Json::Null, Origin::NotAsked)
    };
    p.decide("pod.service_links", links.0, links.1);
}

fn refuse_secrets(p: &mut Planner<'_>) {
    let words = p.asked_words("secrets-by-reference", "name-words").value;
    let suffixes = p.asked_words("secrets-by-reference", "public-suffixes").value;
    let prefixes = p.asked_words("secrets-by-reference", "value-prefixes").value;
    let public = p.asked_words("secrets-by-reference", "public-prefixes").value;
    let secrets = Secrets::new(words, suffixes, prefixes.clone(), public);
    let service = p.service;
    let plain =
        service.env.iter().enumerate().filter_map(|(index, var)| Some((format!("env[{index}]"), &var.name, var.value.as_ref()?)));
    let config = service.config.env.iter().map(|(name, value)| (format!("config.env[\"{name}\"]"), name, value));
    let exposed: Vec<_> = plain
        .chain(config)
        .filter(|(_, name, value)| secrets.is_secret(name, value))
        .map(|(field, name, _)| (field, name))
        .collect();
    for (field, name) in exposed {
        let hint = format!("put it into a Secret and write `- {{ name: {name}, secret: NAME, key: KEY }}` under `env`");
        p.refuse("secrets-by-reference", &field, format!("`{name}` looks like a credential in plain sight"), hint);
    }

    for (name, text) in &service.config.files {
        if prefixes.iter().any(|prefix| text.trim_start().starts_with(prefix.as_str())) {
            let hint = "put it into a Secret, and read it from a variable under `env`";
            let field = format!("config.files[\"{name}\"]");
            p.refuse("secrets-by-reference", &field, format!("`{name}` looks like a credential in plain sight"), hint);
        }
    }
}

fn decide_variables(p: &mut Planner<'_>) {
    let service = p.service;
    let mut env: Vec<Json> = service.env.iter().map(variable).collect();
    let told = std::mem::take(&mut p.told);
    for PlannedEnvVar { name, value, item, says_the_same } in told.into_iter().chain(telemetry(p)) {
        let Some((field, given)) = given(service, name) else {
            env.push(json!({"name": name, "value": value, "item": item}));
            continue;
        };
        // What stands in a Secret cannot be judged.
        let Some(given) = given else { continue };
        let own = env.iter_mut().find(|var| name == ATTRIBUTES && var["name"] == name);
        if let (Some(own), Some(joined)) = (own, joined(&value, given)) {
            own["value"] = joined.into();
        } else if !says_the_same(&value, given) {
            let message = format!("takes the place of `{name}={value}`, and does not hold that");
            p.refuse(item, &field, message, format!("let it hold `{value}`, or leave `{name}` out"));
        }
    }
    let sum = "`env`, then what runtime-sized and tracing ask for".to_owned();
    p.decide("container.env", env, Origin::Derived(sum));
}

/// The field in which a variable is given, with its value where that stands in plain sight.
fn given<'a>(service: &'a Service, name: &str) -> Option<(String, Option<&'a str>)> {
    let in_env = service.env.iter().enumerate().find(|(_, var)| var.name == name);
    let in_env = in_env.map(|(index, var)| (format!("env[{index}].value"), var.value.as_deref()));
    in_env.or_else(|| Some((format!("config.env.{name}"), Some(service.config.env.get(name)?.as_str()))))
}

fn variable(var: &EnvVar) -> Json {
    match &var.secret {
        Some(secret) => json!({"name": var.name, "secret": secret, "key": var.key.as_ref().unwrap_or(&var.name)}),
        None => json!({"name": var.name, "value": var.value}),
    }
}

/// The variable with the attributes that traces carry.
const ATTRIBUTES: &str = "OTEL_RESOURCE_ATTRIBUTES";

/// Attributes of one's own with ours behind them, so that the version need not be written twice;
/// `None` where they say something else under a name of ours.
fn joined(ours: &str, given: &str) -> Option<String> {
    let name = |pair: &str| pair.split_once('=').map_or(pair, |(name, _)| name).trim().to_owned();
    let mut pairs: Vec<&str> = given.split(',').map(str::trim).filter(|pair| !pair.is_empty()).collect();
    for pair in ours.split(',').filter(|pair| !given.split(',').any(|given| given.trim() == *pair)) {
        if pairs.iter().any(|given| name(given) == name(pair)) {
            return None;
        }
        pairs.push(pair);
    }
    Some(pairs.join(","))
}

/// Whether attributes of one's own hold all of ours.
fn holds_all(ours: &str, given: &str) -> bool {
    ours.split(',').all(|pair| given.split(',').any(|given| given.trim() == pair))
}

/// What traces carry, in agreement with the labels.
fn telemetry(p: &Planner<'_>) -> [PlannedEnvVar; 2] {
    let attributes = [
        ("service.namespace", p.text("service.part_of")),
        ("service.version", p.text("service.version")),
        ("deployment.environment.name", p.text("service.environment")),
    ];
    let attributes: Vec<String> = attributes.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let variable = |name, value, says_the_same| PlannedEnvVar { name, value, item: "tracing", says_the_same };
    [
        variable("OTEL_SERVICE_NAME", p.service.name.clone(), |ours, given| ours == given),
        variable(ATTRIBUTES, attributes.join(","), holds_all),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_join_unless_they_say_something_else() {
        assert_eq!(joined("a=1,b=2", "c=3, b=2,").as_deref(), Some("c=3,b=2,a=1"));
        assert_eq!(joined("a=1,b=2", "").as_deref(), Some("a=1,b=2"));
        assert_eq!(joined("a=1,b=2", "b=3"), None);
    }

    #[test]
    fn attributes_of_ones_own_must_hold_ours() {
        assert!(holds_all("a=1,b=2", "c=3, b=2,a=1"));
        assert!(!holds_all("a=1,b=2", "b=2"));
    }
}
