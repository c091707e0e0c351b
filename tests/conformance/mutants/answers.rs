//! What an API server and we say of a mutant.

use plimsoll::manifest::{Decoded, Reaction, decode, verdicts};
use plimsoll::notation::KubeVersion;
use plimsoll::yaml::{Route, load};
use serde_json::Value as Json;

use crate::api_server::Answer;

/// Something said of a field.
#[derive(Clone, Debug)]
pub struct Said {
    /// The field, as far as it is told.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

/// What comes of an object.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It cannot be read.
    Unread(Vec<Said>),
    /// It is read, and refused.
    Refused(Vec<Said>),
    /// It is taken, with warnings and without the fields that are dropped.
    Taken { warned: Vec<Said>, dropped: Vec<Said> },
}

/// What a server says; an error where that is about the server rather than the object.
pub fn theirs(answer: &Answer, sent: &Json) -> Result<Verdict, String> {
    let message = answer.body["message"].as_str().unwrap_or_default();
    match answer.status {
        201 => {
            let warned = answer.warnings.iter().flatten().map(String::as_str).map(of_warning).collect();
            let mut dropped = Vec::new();
            missing(sent, &answer.body, &Route::root(), &mut dropped);
            Ok(Verdict::Taken { warned, dropped })
        }
        400 => {
            // Behind the kind, in which all differ.
            let rest = message.split_once(" cannot be handled as a ").and_then(|(_, rest)| rest.split_once(": "));
            let message = rest.map_or(message, |(_, message)| message).to_owned();
            Ok(Verdict::Unread(vec![Said { field: String::new(), message }]))
        }
        422 => {
            let causes = answer.body["details"]["causes"].as_array().into_iter().flatten();
            let word = |cause: &Json, key: &str| cause[key].as_str().unwrap_or_default().to_owned();
            Ok(Verdict::Refused(
                causes.map(|cause| Said { field: word(cause, "field"), message: word(cause, "message") }).collect(),
            ))
        }
        status => Err(format!("{status}: {message}")),
    }
}

/// A header such as `299 - "spec.x: is deprecated"`.
fn of_warning(warning: &str) -> Said {
    let text = warning.strip_prefix("299 - ").unwrap_or(warning).trim_matches('"').replace("\\\"", "\"");
    let (field, message) = match text.split_once(": ") {
        Some((field, message)) if !field.contains(' ') => (field, message),
        _ => ("", text.as_str()),
    };
    Said { field: field.to_owned(), message: message.to_owned() }
}

/// The fields that were sent with a value and did not come back.
fn missing(sent: &Json, held: &Json, route: &Route, dropped: &mut Vec<Said>) {
    match (sent, held) {
        (Json::Object(sent), Json::Object(held)) => {
            for (key, value) in sent {
                let route = route.key(key.as_str());
                match held.get(key) {
                    Some(held) => missing(value, held, &route, dropped),
                    None if says_something(value) && !is_written_only(&route) => {
                        dropped.push(Said { field: route.to_string(), message: "is dropped".to_owned() });
                    }
                    None => {}
                }
            }
        }
        (Json::Array(sent), Json::Array(held)) => {
            for (number, (sent, held)) in sent.iter().zip(held).enumerate() {
                missing(sent, held, &route.index(number), dropped);
            }
        }
        _ => {}
    }
}

/// Whether a value differs from that of a field that is not there.
fn says_something(value: &Json) -> bool {
    match value {
        Json::Null => false,
        Json::Bool(value) => *value,
        Json::Number(number) => number.as_f64() != Some(0.0),
        Json::String(text) => !text.is_empty(),
        Json::Array(items) => !items.is_empty(),
        Json::Object(map) => map.values().any(says_something),
    }
}

/// Fields that a server takes for something else, or that are its own.
fn is_written_only(route: &Route) -> bool {
    let route = route.to_string();
    ["stringData", "status", "metadata"].iter().any(|field| route.starts_with(field))
}

/// What we say, and whether we hold a field to be one that the version does not know.
pub fn ours(text: &str, version: KubeVersion) -> (Verdict, bool) {
    let said = |field: &Route, message: &str| Said { field: field.to_string(), message: message.to_owned() };
    let mut documents = match load("mutant.yaml", text) {
        Ok(documents) => documents,
        Err(fault) => return (Verdict::Unread(vec![said(&fault.route, &fault.message)]), false),
    };
    let Some(document) = documents.pop().filter(|_| documents.is_empty()) else { return (Verdict::Unread(Vec::new()), false) };
    let read = match decode(&document.root, version) {
        Decoded::Read(faults) => faults,
        Decoded::UnknownKind => Vec::new(),
    };
    let unread = !document.duplicate_keys.is_empty() || read.iter().any(|fault| fault.reaction == Reaction::Refused);
    let faults = verdicts(&document.root, &document.duplicate_keys, version);
    let of = |reaction: Reaction| {
        faults
            .iter()
            .filter(|fault| fault.reaction == reaction)
            .map(|fault| said(&fault.route, &fault.message))
            .collect::<Vec<_>>()
    };
    let refused = of(Reaction::Refused);
    let verdict = match (unread, refused.is_empty()) {
        (true, _) => Verdict::Unread(refused),
        (false, false) => Verdict::Refused(refused),
        (false, true) => Verdict::Taken { warned: of(Reaction::Warned), dropped: of(Reaction::Dropped) },
    };
    (verdict, read.iter().any(|fault| fault.reaction == Reaction::Dropped))
}
