//! The planner: reads answers, parameters and defaults, and writes decisions down with their origin.

use serde_json::Value as Json;

use super::{Decision, Defaults, Origin, Plan};
use crate::checklist::{Checklist, Severity};
use crate::service::Service;
use crate::yaml::{Fault, Route};

/// A value read from the checklist, with its origin.
pub struct Asked<T> {
    /// The value.
    pub value: T,
    /// The parameter that it came from.
    pub origin: Origin,
}

/// What decisions are made from, and what has been decided.
pub struct Planner<'a> {
    /// What a person asked for.
    pub service: &'a Service,
    /// What the blueprint decides where nobody else does.
    pub defaults: &'a Defaults,
    /// What has been decided.
    pub plan: Plan,
    /// What the checklist refuses, and what it lacks.
    pub faults: Vec<Fault>,
    checklist: &'a Checklist,
}

impl<'a> Planner<'a> {
    /// A planner that has decided nothing.
    pub fn new(service: &'a Service, checklist: &'a Checklist, defaults: &'a Defaults) -> Self {
        Self { service, defaults, plan: Plan::default(), faults: Vec::new(), checklist }
    }

    /// Writes a decision down.
    pub fn decide(&mut self, key: &'static str, value: impl Into<Json>, origin: Origin) {
        let value = value.into();
        let nothing = match &value {
            Json::Null | Json::Bool(false) => true,
            Json::Array(items) => items.is_empty(),
            Json::Object(map) => map.is_empty(),
            _ => false,
        };
        let origin = if nothing && matches!(origin, Origin::Answer(_)) { Origin::NotAsked } else { origin };
        self.plan.decisions.push(Decision { key, value, origin });
    }

    /// Writes down the value of a parameter as it is.
    pub fn decide_as_asked(&mut self, key: &'static str, item: &str, param: &str) {
        let asked = self.asked(item, param);
        self.decide(key, asked.value, asked.origin);
    }

    /// An answer if it was given, else a default of the blueprint under the given key.
    #[expect(clippy::unused_self, reason = "it reads like the other ways to come by a value")]
    pub fn answer_or<T>(&self, answer: Option<T>, field: &str, default: T, key: &str) -> (T, Origin) {
        match answer {
            Some(answer) => (answer, Self::answered(field)),
            None => (default, Origin::Blueprint(format!("defaults.{key}"))),
        }
    }

    /// The origin of an answer, by the field as a person writes it.
    pub fn answered(field: &str) -> Origin {
        Origin::Answer(route(field))
    }

    /// A parameter at the service's tier.
    pub fn asked(&mut self, item: &str, param: &str) -> Asked<Json> {
        let tier = self.service.tier();
        let found = self.checklist.item(item).and_then(|found| found.params.get(param));
        let by_tier = found.is_some_and(crate::checklist::Param::by_tier);
        let (item_name, param_name) = (item.to_owned(), param.to_owned());
        let origin = if by_tier {
            Origin::Tier { tier: tier.0, item: item_name, param: param_name }
        } else {
            Origin::Checklist { item: item_name, param: param_name }
        };
        let value = found.and_then(|found| found.at(tier)).cloned().unwrap_or_else(|| {
            self.lacks(item, param, "is missing");
            Json::Null
        });
        Asked { value, origin }
    }

    /// A parameter that is a whole number, not negative.
    pub fn asked_number(&mut self, item: &str, param: &str) -> Asked<u32> {
        let asked = self.asked(item, param);
        let number = asked.value.as_u64().and_then(|number| u32::try_from(number).ok());
        if number.is_none() && !asked.value.is_null() {
            self.lacks(item, param, "is not a whole number from 0");
        }
        Asked { value: number.unwrap_or(1), origin: asked.origin }
    }

    /// A parameter that is a string.
    pub fn asked_text(&mut self, item: &str, param: &str) -> Asked<String> {
        let asked = self.asked(item, param);
        let text = asked.value.as_str().map(str::to_owned);
        if text.is_none() && !asked.value.is_null() {
            self.lacks(item, param, "is not a string");
        }
        Asked { value: text.unwrap_or_default(), origin: asked.origin }
    }

    /// A parameter that is a list of strings.
    pub fn asked_words(&mut self, item: &str, param: &str) -> Asked<Vec<String>> {
        let asked = self.asked(item, param);
        let words = asked.value.as_array().map(|list| list.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect());
        if words.is_none() && !asked.value.is_null() {
            self.lacks(item, param, "is not a list");
        }
        Asked { value: words.unwrap_or_default(), origin: asked.origin }
    }

    /// A parameter that is true or false.
    pub fn asked_flag(&mut self, item: &str, param: &str) -> bool {
        let asked = self.asked(item, param);
        if !asked.value.is_boolean() && !asked.value.is_null() {
            self.lacks(item, param, "is not true or false");
        }
        asked.value.as_bool().unwrap_or_default()
    }

    fn lacks(&mut self, item: &str, param: &str, what: &str) {
        let message = format!("the parameter {item}.{param} of {} {what}", self.checklist.id());
        let fault = Fault::new(Route::root(), message);
        if !self.faults.contains(&fault) {
            self.faults.push(fault.hint(format!("the blueprint needs it: add it to the item `{item}` of the checklist")));
        }
    }

    /// Refuses an answer on behalf of an item, unless the service waives the item or the checklist
    /// does not ask for it at this tier.
    pub fn refuse(&mut self, item: &str, field: &str, message: impl Into<String>, hint: impl Into<String>) {
        if !self.holds(item) {
            return;
        }
        let hint = format!("{}, or waive `{item}` with a reason, an owner and an end", hint.into());
        self.faults.push(Fault::new(route(field), message).hint(hint).item(item));
    }

    /// Whether the service must keep the item.
    pub fn holds(&self, item: &str) -> bool {
        let severity = self.checklist.item(item).map_or(Severity::None, |found| found.severity.at(self.service.tier()));
        severity != Severity::None && !self.service.waives(item)
    }

    /// Refuses a waiver that names no item of the checklist.
    pub fn check_waivers(&mut self) {
        for (index, waiver) in self.service.waivers.iter().enumerate() {
            if self.checklist.item(&waiver.item).is_some() {
                continue;
            }
            let known = self.checklist.items.iter().map(|item| item.id.as_str());
            let message = format!("`{}` is no item of {}", waiver.item, self.checklist.id());
            let fault = Fault::new(route("waivers").index(index).key("item"), message);
            self.faults.push(match crate::yaml::suggest(&waiver.item, known) {
                Some(id) => fault.hint(format!("did you mean `{id}`?")),
                None => fault,
            });
        }
    }
}

/// A route that stands in our own code.
fn route(field: &str) -> Route {
    Route::parse(field).unwrap_or_default()
}
