//! What an API server made of an object: what it changed, and what it filled in.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll::notation::Quantity;
use serde_json::Value as Json;

/// Fields that a server always sets for itself.
const ITS_OWN: &[&str] = &[
    ".metadata.creationTimestamp",
    ".metadata.generation",
    ".metadata.managedFields",
    ".metadata.namespace",
    ".metadata.resourceVersion",
    ".metadata.uid",
    ".status",
];

/// What differs between objects as they were sent and as they are held.
#[derive(Debug, Default)]
pub struct FilledIn {
    /// Fields that came back with another meaning, with both values.
    pub changed: Vec<String>,
    /// Fields that were not sent, with the values they came back with.
    pub added: BTreeMap<String, BTreeSet<String>>,
}

impl FilledIn {
    /// Compares an object as it was sent with what came back.
    pub fn compare(&mut self, sent: &Json, held: &Json) {
        let kind = sent["kind"].as_str().unwrap_or_default().to_owned();
        self.walk(&kind, "", sent, held);
    }

    fn walk(&mut self, kind: &str, path: &str, sent: &Json, held: &Json) {
        match (sent, held) {
            (Json::Object(sent), Json::Object(held)) => {
                for (key, value) in sent {
                    let path = format!("{path}.{key}");
                    match held.get(key) {
                        Some(held) => self.walk(kind, &path, value, held),
                        // An empty value of a variable is none.
                        None if *value == "" => {}
                        None => self.changed.push(format!("{kind} {path}: {value} is gone")),
                    }
                }
                for (key, value) in held.iter().filter(|(key, _)| !sent.contains_key(*key)) {
                    let path = format!("{path}.{key}");
                    if !ITS_OWN.contains(&path.as_str()) {
                        self.added.entry(format!("{kind} {path}")).or_default().insert(value.to_string());
                    }
                }
            }
            (Json::Array(sent), Json::Array(held)) if sent.len() == held.len() => {
                for (sent, held) in sent.iter().zip(held) {
                    self.walk(kind, &format!("{path}[]"), sent, held);
                }
            }
            _ if sent == held || same_amount(sent, held) => {}
            _ => self.changed.push(format!("{kind} {path}: {sent} became {held}")),
        }
    }
}

/// Whether two values are one amount: the server writes `1000m` as `1`.
fn same_amount(sent: &Json, held: &Json) -> bool {
    let amount = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned).parse::<Quantity>().ok();
    amount(sent).is_some_and(|sent| amount(held) == Some(sent))
}

/// What was filled in, one field a line. Where values differ from object to object only their number
/// would be known, so they are left out.
pub fn text(added: &BTreeMap<String, BTreeSet<String>>) -> String {
    let mut text = String::new();
    for (field, values) in added {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let values = if values.len() > 4 { "(varies)".to_owned() } else { values.join(" or ") };
        text.extend([field.as_str(), ": ", &values, "\n"]);
    }
    text
}
