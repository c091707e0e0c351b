//! One change of an object, drawn at random.

use plimsoll::yaml::{Entry, Node, Route, RouteStep, Value};
use proptest::prelude::RngExt;
use proptest::test_runner::TestRng;
use serde_json::Value as Json;

use super::text::{raw, string};
use super::types::Types;
use super::values::{self, once_in, one};

/// What is done to a place; `None` where it cannot be done there.
type Change = fn(&mut Node, &Route, &Types, &Json, &mut TestRng) -> Option<String>;

/// The changes, each with how often it is drawn beside the others.
const CHANGES: &[(&str, usize, Change)] = &[
    ("out of range", 30, out_of_range),
    ("add", 26, add),
    ("remove", 12, remove),
    ("rename", 7, rename),
    ("retype", 8, retype),
    ("reshape", 6, reshape),
    ("duplicate", 5, duplicate),
    ("null", 5, null),
    ("move", 3, exchange),
];

/// Fields that tell which object it is; others are sent elsewhere, or are a server's own.
const KEPT: &[&str] = &["apiVersion", "kind", "metadata.namespace", "metadata.managedFields"];

/// Changes an object once, and says how; `None` where what was drawn cannot be done.
pub fn mutate(object: &mut Node, types: &Types, schema: &Json, rng: &mut TestRng) -> Option<String> {
    let mut places = Vec::new();
    collect(object, &Route::root(), &mut places);
    let place = places[rng.random_range(0..places.len())].clone();
    let mut left = rng.random_range(0..CHANGES.iter().map(|(_, weight, _)| weight).sum::<usize>());
    let (name, _, change) = CHANGES.iter().find(|(_, weight, _)| {
        let found = left < *weight;
        left = left.saturating_sub(*weight);
        found
    })?;
    let before = object.clone();
    let what = change(object, &place, types, schema, rng)?;
    (*object != before).then(|| format!("{name}: {what}"))
}

fn collect(node: &Node, route: &Route, places: &mut Vec<Route>) {
    for entry in node.entries() {
        let route = route.key(entry.key.as_str());
        if !KEPT.contains(&route.to_string().as_str()) {
            collect(&entry.node, &route, places);
            places.push(route);
        }
    }
    for (number, item) in node.items().iter().enumerate() {
        let route = route.index(number);
        collect(item, &route, places);
        places.push(route);
    }
}

fn at<'n>(node: &'n mut Node, steps: &[RouteStep]) -> Option<&'n mut Node> {
    steps.iter().try_fold(node, |node, step| match (&mut node.value, step) {
        (Value::Map(entries), RouteStep::Key(key)) => {
            entries.iter_mut().find(|entry| entry.key == *key).map(|entry| &mut entry.node)
        }
        (Value::List(items), RouteStep::Index(index)) => items.get_mut(*index),
        _ => None,
    })
}

fn around<'n, 'r>(object: &'n mut Node, place: &'r Route) -> Option<(&'n mut Node, &'r RouteStep)> {
    let (last, parent) = place.steps().split_last()?;
    Some((at(object, parent)?, last))
}

/// The keys that lead to a place, without indexes: the last two.
fn keys(place: &Route) -> Vec<&str> {
    let keys = place.steps().iter().filter_map(|step| match step {
        RouteStep::Key(key) => Some(key.as_str()),
        RouteStep::Index(_) => None,
    });
    let mut last: Vec<&str> = keys.rev().take(2).collect();
    last.reverse();
    last
}

fn set(object: &mut Node, place: &Route, value: Node) -> Option<String> {
    let node = at(object, place.steps())?;
    let said = format!("{place} becomes {}", shown(&value));
    *node = value;
    Some(said)
}

/// A value on one line, with scalars as they are written.
fn shown(value: &Node) -> String {
    match (&value.written, &value.value) {
        (Some(written), _) => written.to_string(),
        (_, Value::Map(entries)) => {
            let entries: Vec<String> = entries.iter().map(|entry| format!("{}: {}", entry.key, shown(&entry.node))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        (_, Value::List(items)) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        _ => value.to_json().to_string(),
    }
}

fn out_of_range(object: &mut Node, place: &Route, types: &Types, schema: &Json, rng: &mut TestRng) -> Option<String> {
    let of_it = types.at(schema, place);
    let keys = keys(place);
    let value = match &at(object, place.steps())?.value {
        Value::Int(_) | Value::Float(_) => values::integer(rng),
        Value::Bool(value) => raw(if *value { "false" } else { "true" }),
        Value::String(_) if of_it.is_some_and(|schema| schema.get("enum").is_some()) => values::word(of_it?, rng),
        Value::String(_) => values::text(&keys, rng),
        // A key or an element more.
        Value::Map(_) if of_it.is_some_and(|schema| schema.get("properties").is_none()) => {
            let key = values::key(keys.last().copied().unwrap_or_default(), rng);
            let value = values::of_type(types, of_it?.get("additionalProperties")?, &[keys.last().copied()?, key], 0, rng);
            let Value::Map(entries) = &mut at(object, place.steps())?.value else { return None };
            if entries.iter().any(|entry| entry.key == key) {
                return None;
            }
            entries.push(Entry::new(key, value.clone()));
            return Some(format!("{place} gets {key}: {}", shown(&value)));
        }
        Value::Null | Value::Map(_) => return None,
        Value::List(_) => {
            let value = values::of_type(types, of_it?.get("items")?, &keys, 0, rng);
            let Value::List(items) = &mut at(object, place.steps())?.value else { return None };
            items.push(value.clone());
            return Some(format!("{place} gets {}", shown(&value)));
        }
    };
    set(object, place, value)
}

/// A field that is not there, with a value of its type.
fn add(object: &mut Node, place: &Route, types: &Types, schema: &Json, rng: &mut TestRng) -> Option<String> {
    // At the place, or beside it.
    let parent = Route::from_steps(place.steps().split_last()?.1);
    let place = if at(object, place.steps())?.entries().is_empty() { &parent } else { place };
    let node = at(object, place.steps())?;
    let known = types.at(schema, place)?["properties"].as_object()?;
    let absent: Vec<(&String, &Json)> = known
        .iter()
        .filter(|(name, _)| node.get(name).is_none() && !KEPT.contains(&place.key(name.as_str()).to_string().as_str()))
        // Nobody writes a status; it would be a quarter of all mutants.
        .filter(|(name, _)| *name != "status" || once_in(20, rng))
        .collect();
    let (name, below) = absent.get(rng.random_range(0..absent.len().max(1)))?;
    let value = values::of_type(types, below, &[name.as_str()], 0, rng);
    let said = format!("{} with {}", place.key(name.as_str()), shown(&value));
    let Value::Map(entries) = &mut node.value else { return None };
    entries.push(Entry::new(name, value));
    Some(said)
}

fn remove(object: &mut Node, place: &Route, _: &Types, _: &Json, _: &mut TestRng) -> Option<String> {
    match around(object, place)? {
        (Node { value: Value::Map(entries), .. }, RouteStep::Key(key)) => entries.retain(|entry| entry.key != *key),
        (Node { value: Value::List(items), .. }, RouteStep::Index(index)) => _ = items.remove(*index),
        _ => return None,
    }
    Some(place.to_string())
}

fn rename(object: &mut Node, place: &Route, types: &Types, schema: &Json, rng: &mut TestRng) -> Option<String> {
    let RouteStep::Key(key) = place.steps().last()? else { return None };
    let parent = Route::from_steps(place.steps().split_last()?.1);
    let siblings: Vec<&str> = types
        .at(schema, &parent)
        .and_then(|schema| schema["properties"].as_object())
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect();
    let mut letters: Vec<char> = key.chars().collect();
    let spot = rng.random_range(0..letters.len().max(1));
    let name = match rng.random_range(0..8) {
        0 if !letters.is_empty() => {
            letters.remove(spot);
            letters.into_iter().collect()
        }
        1 if spot + 1 < letters.len() => {
            letters.swap(spot, spot + 1);
            letters.into_iter().collect()
        }
        2 => format!("{key}s"),
        3 => key.to_lowercase(),
        4 => key[..1].to_uppercase() + &key[1..],
        5 if !siblings.is_empty() => one(&siblings, rng).to_owned(),
        6 => key.to_uppercase(),
        _ => format!("{key} "),
    };
    let Value::Map(entries) = &mut around(object, place)?.0.value else { return None };
    if entries.iter().any(|entry| entry.key == name) {
        return None;
    }
    entries.iter_mut().find(|entry| entry.key == *key)?.key.clone_from(&name);
    Some(format!("{place} to {name}"))
}

fn retype(object: &mut Node, place: &Route, _: &Types, _: &Json, rng: &mut TestRng) -> Option<String> {
    let node = at(object, place.steps())?;
    let value = match &node.value {
        Value::Int(number) => match rng.random_range(0..8) {
            0 => string(&number.to_string()),
            1 => raw(&format!("{number}.0")),
            2 => raw("true"),
            3 => raw(&format!("0{number}")),
            4 => raw(&format!("{number}e0")),
            5 => raw("0x1F"),
            6 => raw("1_000"),
            _ => string("many"),
        },
        Value::Bool(value) => match rng.random_range(0..5) {
            0 => string(&value.to_string()),
            1 => raw("1"),
            2 => raw(if *value { "yes" } else { "off" }),
            3 => string("yes"),
            _ => raw("0"),
        },
        Value::String(_) => raw(one(&["7", "1.5", "true", "no", "~", "2026-01-01", "1e3", "0x10", "012", ".inf", "1:30"], rng)),
        _ => return None,
    };
    set(object, place, value)
}

fn reshape(object: &mut Node, place: &Route, _: &Types, _: &Json, rng: &mut TestRng) -> Option<String> {
    let node = at(object, place.steps())?;
    let (list, map) = (|items| Node::new(Value::List(items)), |entries| Node::new(Value::Map(entries)));
    let value = match &node.value {
        Value::Map(entries) => match rng.random_range(0..5) {
            0 => list(vec![node.clone()]),
            1 => map(Vec::new()),
            2 => string(""),
            3 => list(entries.iter().map(|entry| string(&entry.key)).collect()),
            _ => string("a"),
        },
        Value::List(items) => match rng.random_range(0..5) {
            0 => items.first()?.clone(),
            1 => list(Vec::new()),
            2 => map(items.iter().enumerate().map(|(number, item)| Entry::new(&number.to_string(), item.clone())).collect()),
            3 => list(vec![node.clone()]),
            _ => string("a"),
        },
        _ => match rng.random_range(0..4) {
            0 => list(vec![node.clone()]),
            1 => map(vec![Entry::new("value", node.clone())]),
            2 => list(Vec::new()),
            _ => map(Vec::new()),
        },
    };
    set(object, place, value)
}

fn duplicate(object: &mut Node, place: &Route, _: &Types, _: &Json, rng: &mut TestRng) -> Option<String> {
    match around(object, place)? {
        (Node { value: Value::Map(entries), .. }, RouteStep::Key(key)) => {
            let mut twice = entries.iter().find(|entry| entry.key == *key)?.clone();
            if once_in(2, rng) {
                twice.node = raw("~");
            }
            let spot = rng.random_range(0..=entries.len());
            entries.insert(spot, twice);
        }
        (Node { value: Value::List(items), .. }, RouteStep::Index(index)) => items.push(items.get(*index)?.clone()),
        _ => return None,
    }
    Some(place.to_string())
}

fn null(object: &mut Node, place: &Route, _: &Types, _: &Json, _: &mut TestRng) -> Option<String> {
    set(object, place, raw("null"))
}

/// Puts the value of another field of the same name here.
fn exchange(object: &mut Node, place: &Route, _: &Types, _: &Json, rng: &mut TestRng) -> Option<String> {
    let mut places = Vec::new();
    collect(object, &Route::root(), &mut places);
    places.retain(|other| {
        other != place && !other.contains(place) && !place.contains(other) && other.steps().last() == place.steps().last()
    });
    let other = places.get(rng.random_range(0..places.len().max(1)))?.clone();
    let value = at(object, other.steps())?.clone();
    set(object, place, value)
}
