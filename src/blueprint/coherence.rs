//! What parts of a `blueprint.yaml` say of each other: combinations that cannot be.

use std::collections::BTreeSet;

use serde_json::json;

use super::Blueprint;
use crate::manifest::{WORKLOADS, Workload};
use crate::notation;
use crate::plan::{TOPICS, Topic, option_key};
use crate::service::{self, OPTIONS, OWN, OptionSchema, Question};
use crate::yaml::{Fault, Node, Route, shape, suggest};

/// All combinations that cannot be, in the order of the fields.
pub fn check(blueprint: &Blueprint) -> Vec<Fault> {
    let mut faults = Vec::new();
    check_workload(blueprint, &mut faults);
    check_topics(blueprint, &mut faults);
    check_defaults(blueprint, &mut faults);
    check_takes(blueprint, &mut faults);
    check_needs(blueprint, &mut faults);
    check_options(blueprint, &mut faults);
    check_questions(blueprint, &mut faults);
    check_objects(blueprint, &mut faults);
    faults
}

fn at(name: &str) -> Route {
    Route::root().key(name)
}

/// The route of a field of the service file.
fn field(text: &str, here: &Route) -> Result<Route, Fault> {
    let wrong = |message: String| Fault::new(here.clone(), message);
    let route = Route::parse(text).map_err(|error| wrong(format!("the field {error}")))?;
    if shape::at(service::schema(), &route).is_some() {
        return Ok(route);
    }
    let fault = wrong(format!("the service file has no field `{text}`"));
    let known = service::schema()["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    Err(match suggest(text, known) {
        Some(near) => fault.hint(format!("did you mean `{near}`?")),
        None => fault,
    })
}

fn check_workload(blueprint: &Blueprint, faults: &mut Vec<Fault>) {
    let can_be_rendered = |workload: &Workload| workload.is_built_in() && workload.runs();
    if !Workload::of_kind(&blueprint.workload).is_some_and(can_be_rendered) {
        let known: Vec<&str> =
            WORKLOADS.iter().filter(|workload| can_be_rendered(workload)).map(|workload| workload.kind).collect();
        let fault = Fault::new(at("workload"), format!("`{}` is no kind of workload", blueprint.workload));
        faults.push(fault.hint(format!("write one of {}", known.join(", "))));
    }
}

fn check_topics(blueprint: &Blueprint, faults: &mut Vec<Fault>) {
    let mut last: Option<usize> = None;
    for (index, name) in blueprint.topics.iter().enumerate() {
        let here = at("topics").index(index);
        let Some(position) = TOPICS.iter().position(|topic| topic.name == name) else {
            let names = TOPICS.iter().map(|topic| topic.name);
            let fault = Fault::new(here, format!("`{name}` is no topic"));
            faults.push(match suggest(name, names) {
                Some(near) => fault.hint(format!("did you mean `{near}`?")),
                None => fault,
            });
            continue;
        };
        if let Some(before) = last.filter(|before| *before >= position) {
            let fault = Fault::new(here, format!("`{name}` must be decided before `{}`, once", TOPICS[before].name));
            let order: Vec<&str> = TOPICS.iter().map(|topic| topic.name).collect();
            faults.push(fault.hint(format!("the order is {}", order.join(", "))));
        }
        last = last.max(Some(position));
    }
}

/// Defaults of a topic that is not decided would be read by nobody, and one that is decided cannot do without.
fn check_defaults(blueprint: &Blueprint, faults: &mut Vec<Fault>) {
    let given = json!(blueprint.defaults);
    for (topic, section) in super::schema()["$defs"]["Defaults"]["properties"].as_object().into_iter().flatten() {
        let (is_decided, is_given) = (blueprint.topics.contains(topic), given.get(topic).is_some());
        let here = at("defaults").key(topic);
        if is_given && !is_decided {
            let fault = Fault::new(here, format!("`{topic}` is not among `topics`"));
            faults.push(fault.hint("add it there, or leave its defaults out"));
        } else if is_decided && !is_given && section["$ref"].is_string() {
            let about = section["description"].as_str().unwrap_or_default();
            faults.push(Fault::new(here, format!("is missing: `{topic}` is among `topics`")).hint(about));
        }
    }
}

fn check_takes(blueprint: &Blueprint, faults: &mut Vec<Fault>) {
    let mut taken: Vec<Route> = Vec::new();
    for (index, text) in blueprint.takes.iter().enumerate() {
        let here = at("takes").index(index);
        match field(text, &here) {
            Ok(route) if OWN.contains(&text.as_str()) => {
                faults.push(Fault::new(here, format!("`{route}` is an answer to Plimsoll itself")).hint("leave it out"));
            }
            Ok(_) if text == OPTIONS => {
                faults.push(Fault::new(here, "every blueprint takes its own `options`").hint("leave it out"));
            }
            Ok(route) => {
                let top = text.split('.').next().unwrap_or_default();
                let mut decided = blueprint.topics.iter().filter_map(|name| Topic::named(name));
                if !decided.any(|topic| topic.takes().any(|field| field == top)) {
                    let by: Vec<&str> =
                        TOPICS.iter().filter(|topic| topic.takes().any(|field| field == top)).map(|topic| topic.name).collect();
                    let fault = Fault::new(here.clone(), format!("`{text}` would be taken, and nothing decided by it"));
                    faults.push(fault.hint(format!("add the topic that decides by it: {}", by.join(", "))));
                }
                if let Some(other) = taken.iter().find(|other| other.contains(&route) || route.contains(other)) {
                    faults.push(Fault::new(here, format!("`{text}` is taken with `{other}`")).hint("keep one of them"));
                }
                taken.push(route);
            }
            Err(fault) => faults.push(fault),
        }
    }
}

/// The route of a field of the service file that the blueprint takes, or of one of its options.
fn taken(blueprint: &Blueprint, text: &str, here: &Route) -> Result<Route, Fault> {
    let route = match text.split_once('.') {
        Some((OPTIONS, name)) if blueprint.options.contains_key(name) => at(OPTIONS).key(name),
        Some((OPTIONS, name)) => {
            let fault = Fault::new(here.clone(), format!("there is no option `{name}`"));
            return Err(fault.hint("add it to `options`"));
        }
        _ => field(text, here)?,
    };
    // A field around several that are taken is one that can be given, too.
    let inside = blueprint.takes.iter().filter_map(|taken| Route::parse(taken).ok()).any(|taken| route.contains(&taken));
    if inside || blueprint.contract().intake.takes(&route) {
        return Ok(route);
    }
    Err(Fault::new(here.clone(), format!("`{text}` is not taken")).hint("add it to `takes`"))
}

fn check_needs(blueprint: &Blueprint, faults: &mut Vec<Fault>) {
    for (index, text) in blueprint.needs.iter().enumerate() {
        faults.extend(taken(blueprint, text, &at("needs").index(index)).err());
    }
    for name in ["name", "image"].into_iter().filter(|name| !blueprint.needs.iter().any(|need| need == name)) {
        let fault = Fault::new(at("needs"), format!("`{name}` is not among them, and there is no service without"));
        faults.push(fault.hint(format!("add `{name}`")));
    }
}

fn check_options(blueprint: &Blueprint, faults: &mut Vec<Fault>) {
    let mut keys = BTreeSet::new();
    for (name, option) in &blueprint.options {
        let here = at(OPTIONS).key(name);
        if !keys.insert(option_key(name)) {
            faults.push(Fault::new(here.clone(), "templates cannot tell it from another option").hint("give it another name"));
        }
        check_format(&option.schema, &here.key("schema"), faults);
        let is_needed = blueprint.needs.iter().any(|need| need.split_once('.') == Some((OPTIONS, name)));
        match &option.default {
            Some(default) => {
                let mut node = Node::from_json(default);
                for mut fault in shape::check(&json!(option.schema), &mut node) {
                    fault.route = here.key("default");
                    faults.push(fault);
                }
                if is_needed {
                    let fault = Fault::new(here.key("default"), "the option is one of `needs`, which have no default");
                    faults.push(fault.hint("take it out of one of the two"));
                }
            }
            None if !is_needed => {
                let fault = Fault::new(here, "has neither a `default` nor a place in `needs`");
                faults.push(fault.hint(format!("add a `default`, or `{OPTIONS}.{name}` to `needs`")));
            }
            None => {}
        }
    }
}

/// A format that nobody knows would judge nothing.
fn check_format(schema: &OptionSchema, here: &Route, faults: &mut Vec<Fault>) {
    if let Some(format) = schema.format.as_deref().filter(|format| notation::check(format, "").is_none()) {
        faults.push(Fault::new(here.key("format"), format!("`{format}` is no format")).hint("write one of the service file"));
    }
    if let Some(items) = &schema.items {
        check_format(items, &here.key("items"), faults);
    }
}

fn check_questions(blueprint: &Blueprint, faults: &mut Vec<Fault>) {
    for (index, text) in blueprint.questions.iter().enumerate() {
        let here = at("questions").index(index);
        if let Err(fault) = taken(blueprint, text, &here) {
            faults.push(fault);
        } else if blueprint.question(text).is_none() {
            let fault = Fault::new(here, format!("there are no words to ask for `{text}`"));
            let known: Vec<&str> = Question::fields().collect();
            faults.push(fault.hint(format!("add a `prompt` to an option, or ask for one of {}", known.join(", "))));
        }
    }
}

fn check_objects(blueprint: &Blueprint, faults: &mut Vec<Fault>) {
    let mut files = BTreeSet::new();
    for (index, object) in blueprint.objects.iter().enumerate() {
        let here = at("objects").index(index).key("file");
        let stem = object.file.strip_suffix(".yaml").filter(|stem| notation::dns_label(stem).is_ok());
        if stem.is_none() {
            let fault = Fault::new(here, format!("`{}` is no name of a manifest", object.file));
            faults.push(fault.hint("write lower-case letters, digits and `-`, with .yaml behind them"));
        } else if !files.insert(&object.file) {
            faults.push(Fault::new(here, format!("`{}` is written by another object", object.file)).hint("name another file"));
        }
    }
    if blueprint.objects.iter().all(|object| object.when.is_some()) {
        faults.push(Fault::new(at("objects"), "no object is rendered whatever is answered").hint("add one without `when`"));
    }
}
