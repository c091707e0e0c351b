//! Which answers a blueprint takes, and which it cannot do without.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::{OwnOption, schema};
use crate::yaml::{Fault, Node, Route, Value, shape};

/// The field of the service file with the answers that only its blueprint knows.
pub const OPTIONS: &str = "options";

/// The answers to Plimsoll itself: they choose and bear with what is rendered, and every blueprint takes them.
pub const OWN: &[&str] = &["comments", "checklist", "blueprint", "owned-elsewhere", "waivers", "attestations"];

/// Which answers a blueprint takes.
#[derive(Clone, Copy, Debug)]
pub struct Intake<'a> {
    /// The blueprint, as messages name it.
    pub blueprint: &'a str,
    /// The fields of the service file that have no default.
    pub needs: &'a [String],
    /// The fields of the service file that may be given, each with all that is in it.
    pub takes: &'a [String],
    /// The options of its own.
    pub options: &'a BTreeMap<String, OwnOption>,
    /// The blueprints that take a field.
    pub takers: fn(&Route) -> Vec<String>,
}

impl Intake<'_> {
    /// Whether the blueprint takes the field at a route, whole.
    #[must_use]
    pub fn takes(&self, route: &Route) -> bool {
        let options = Some(OPTIONS).filter(|_| !self.options.is_empty());
        let taken = OWN.iter().copied().chain(options).chain(self.takes.iter().map(String::as_str));
        taken.filter_map(|field| Route::parse(field).ok()).any(|field| field.contains(route))
    }

    /// The schema of a service file with the options of the blueprint.
    pub(super) fn schema(&self) -> Cow<'static, Json> {
        if self.options.is_empty() {
            return Cow::Borrowed(schema());
        }
        let mut schema = schema().clone();
        let properties: serde_json::Map<String, Json> =
            self.options.iter().map(|(name, option)| (name.clone(), json!(option.schema))).collect();
        let own = json!({"type": "object", "properties": properties, "additionalProperties": false});
        schema["properties"][OPTIONS] = own;
        Cow::Owned(schema)
    }

    /// Takes the answers that the blueprint does not take out of a tree, with a fault for each.
    pub(super) fn refuse(&self, tree: &mut Node, faults: &mut Vec<Fault>) {
        self.refuse_in(tree, &Route::root(), faults);
    }

    fn refuse_in(&self, node: &mut Node, here: &Route, faults: &mut Vec<Fault>) {
        let Value::Map(entries) = &mut node.value else { return };
        entries.retain_mut(|entry| {
            let route = here.key(&entry.key);
            // What is no field at all is told of by the schema.
            if self.takes(&route) || shape::at(schema(), &route).is_none() {
                return true;
            }
            let inside = self.takes.iter().filter_map(|field| Route::parse(field).ok()).any(|field| route.contains(&field));
            if inside && matches!(entry.node.value, Value::Map(_)) {
                self.refuse_in(&mut entry.node, &route, faults);
                return true;
            }
            let takers = (self.takers)(&route);
            let hint = match takers.as_slice() {
                [] => "leave it out".to_owned(),
                takers => format!("leave it out, or write `blueprint:` with one that takes it: {}", takers.join(", ")),
            };
            faults.push(Fault::new(route, format!("is not taken by the blueprint {}", self.blueprint)).hint(hint));
            false
        });
    }

    /// Reports the answers that are missing, and puts examples in their places.
    pub(super) fn require(&self, schema: &Json, tree: &mut Node, faults: &mut Vec<Fault>) {
        for route in self.needs.iter().filter_map(|field| Route::parse(field).ok()) {
            shape::require(schema, tree, &route, faults);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::{Answers, load};

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn faults(text: &str) -> Vec<String> {
        let (needs, takes) = (words(&["name", "image", "options.queue"]), words(&["name", "image", "scale.fixed", "owner"]));
        let options = serde_json::from_value(json!({
            "queue": {"schema": {"type": "string", "format": "dns-label", "description": "The queue.", "examples": ["mail"]}},
            "batch": {"schema": {"type": "integer", "minimum": 1, "description": "Jobs at once."}, "default": 5},
        }));
        let taken_by = |route: &Route| if route.to_string() == "spot" { words(&["api", "cron"]) } else { Vec::new() };
        let intake = Intake { blueprint: "worker", needs: &needs, takes: &takes, options: &options.unwrap(), takers: taken_by };
        let mut answers = Answers::default();
        answers.add_file("s", text).unwrap();
        load(&answers, Some(&intake))
            .faults
            .iter()
            .map(|fault| format!("{fault}; {}", fault.hint.as_deref().unwrap_or_default()))
            .collect()
    }

    #[test]
    fn what_is_not_taken_is_refused_at_its_place() {
        let text = "name: a\nimage: b:1\nspot: true\nscale: { fixed: 2, min: 3 }\nowner: { team: a }\noptions: { queue: a }\n";
        let refused = [
            "s:3:1: spot: is not taken by the blueprint worker; leave it out, or write `blueprint:` with one that takes it: api, cron",
            "s:4:20: scale.min: is not taken by the blueprint worker; leave it out",
        ];
        assert_eq!(faults(text), refused);
    }

    #[test]
    fn what_is_needed_and_not_given_is_missing() {
        let missing = ["s:1:1: options.queue: is missing; The queue. For example: mail"];
        assert_eq!(faults("name: a\nimage: b:1\nwaivers: []\n"), missing);
    }

    #[test]
    fn options_are_held_against_the_schema_of_the_blueprint() {
        let wrong =
            ["s:3:25: options.qeue: is not a known field; did you mean `queue`?", "s:3:34: options.batch: 0 is not at least 1; "];
        assert_eq!(faults("name: a\nimage: b:1\noptions: { queue: mail, qeue: a, batch: 0 }\n"), wrong);
    }
}
