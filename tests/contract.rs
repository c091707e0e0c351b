//! The catalogue of the plan's keys, held against what is decided and what templates use.

use std::collections::BTreeSet;
use std::fs;

use minijinja::Environment;
use plimsoll::blueprint::source::SHIPPED;
use plimsoll::ops::Editions;
use plimsoll::plan::{self, CATALOGUE, TOPICS, VERSION, option_key};
use plimsoll::service::{self, Answers, OPTIONS};
use serde_json::Value as Json;

use crate::frozen;
use crate::support::golden;

/// Everything about a value that the schema does not allow.
fn check(schema: &Json, value: &Json, at: &str, faults: &mut Vec<String>) {
    if let Some(options) = schema["anyOf"].as_array() {
        let fits = |option: &Json| {
            let mut faults = Vec::new();
            check(option, value, at, &mut faults);
            faults.is_empty()
        };
        if !options.iter().any(fits) {
            faults.push(format!("{at}: {value} is none of {schema}"));
        }
        return;
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Json::Array(kinds) => kinds.iter().filter_map(Json::as_str).collect(),
        kind => kind.as_str().into_iter().collect(),
    };
    let kind = match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "integer",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    };
    if !kinds.contains(&kind) {
        faults.push(format!("{at}: {value} is none of {kinds:?}"));
    }
    for (index, element) in value.as_array().into_iter().flatten().enumerate() {
        check(&schema["items"], element, &format!("{at}[{index}]"), faults);
    }
    for (name, field) in value.as_object().into_iter().flatten() {
        let here = format!("{at}.{name}");
        match schema["properties"].get(name).or(schema.get("additionalProperties").filter(|more| more.is_object())) {
            Some(schema) => check(schema, field, &here, faults),
            None => faults.push(format!("{here} is unknown")),
        }
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str) {
        if value.get(name).is_none() {
            faults.push(format!("{at} lacks {name}"));
        }
    }
}

/// The part of the schema at a path such as `pod.spot.label`, wherever an alternative has it.
fn has(schema: &Json, path: &[&str]) -> bool {
    let Some((name, rest)) = path.split_first() else { return true };
    let inside = |schema: &Json| schema["properties"].get(name).is_some_and(|schema| has(schema, rest));
    inside(schema) || schema["anyOf"].as_array().into_iter().flatten().any(|option| has(option, path))
}

#[test]
fn every_decision_is_as_the_catalogue_says() {
    let schema = plan::schema();
    let mut decided = BTreeSet::new();
    let mut faults = Vec::new();
    let mut look = |name: &str, plan: &plan::Plan| {
        check(&schema, &plan.values(), name, &mut faults);
        decided.extend(plan.decisions.iter().map(|decision| decision.key.to_string()));
    };
    let newest = Editions::default();
    for case in golden::cases("render") {
        let mut answers = Answers::default();
        answers.add_file("service.yaml", &fs::read_to_string(case.join("service.yaml")).unwrap()).unwrap();
        let edition = newest.of_answers(&answers, &case).unwrap();
        look(&case.file_name().unwrap().to_string_lossy(), &edition.plan(&answers).unwrap().1);
    }
    for (id, edition) in frozen::editions() {
        for (name, plan) in frozen::plans(&edition, &frozen::services()) {
            look(&format!("{name} by {id}"), &plan);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let idle: Vec<&str> = CATALOGUE.iter().map(|key| key.name).filter(|key| !decided.contains(*key)).collect();
    assert!(idle.is_empty(), "no golden decides {idle:?}");
}

#[test]
fn templates_use_what_the_catalogue_has() {
    let schema = plan::schema();
    for shipped in SHIPPED {
        let mut environment = Environment::new();
        let mut bound = BTreeSet::new();
        for (name, source) in shipped.templates {
            environment.add_template(name, source).unwrap();
            // What a template hands to one that it includes.
            let tags = source.split("{% with ").skip(1).filter_map(|rest| rest.split(" %}").next());
            bound.extend(tags.flat_map(|tag| tag.split(", ")).filter_map(|pair| pair.split(" = ").next()));
        }
        let blueprint = shipped.load().unwrap();
        let options: BTreeSet<String> = blueprint.options.keys().map(|name| option_key(name)).collect();
        let conditions = blueprint.objects.into_iter().filter_map(|object| object.when);
        let mut used: BTreeSet<(String, String)> = conditions.map(|when| ("blueprint.yaml".to_owned(), when)).collect();
        for (name, _) in shipped.templates {
            let variables = environment.get_template(name).unwrap().undeclared_variables(true);
            used.extend(variables.into_iter().map(|variable| ((*name).to_owned(), variable)));
        }
        for (file, variable) in used {
            let path: Vec<&str> = variable.split('.').collect();
            let is_known = bound.contains(path[0]) || options.contains(&variable) || has(&schema, &path);
            assert!(is_known, "{}/{file}: `{variable}` is no key of the plan", shipped.id);
        }
    }
}

#[test]
fn the_catalogue_is_in_order() {
    let names: BTreeSet<&str> = CATALOGUE.iter().map(|key| key.name).collect();
    assert_eq!(names.len(), CATALOGUE.len(), "a key stands twice");
    for key in CATALOGUE {
        assert!(TOPICS.iter().any(|topic| topic.name == key.topic), "{} is of no topic", key.name);
        assert!(key.name.split('.').count() == 2, "{} is not of the form group.name", key.name);
    }
    assert_eq!(CATALOGUE.iter().map(|key| key.since).max(), Some(VERSION));
}

#[test]
fn every_field_of_the_service_file_has_a_topic() {
    let taken: BTreeSet<&str> = [plan::UPKEEP].iter().chain(TOPICS).flat_map(plan::Topic::takes).collect();
    let fields = service::schema()["properties"].as_object().unwrap().keys().map(String::as_str);
    // What stands there is the blueprint's matter.
    let fields: BTreeSet<&str> = fields.filter(|field| *field != OPTIONS).collect();
    assert_eq!(taken, fields);
}
