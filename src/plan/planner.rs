//! The planner: reads answers, parameters and defaults, and writes decisions down with their origin.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::{Contract, Decision, Defaults, Origin, Plan, PlanKey};
use crate::checklist::{Checklist, Severity};
use crate::notation::{self, Quantity};
use crate::service::Service;
use crate::yaml::{Fault, Route};

/// The key of the annotations to which several topics add.
const ANNOTATIONS: &str = "annotations.workload";

/// A value read from the checklist, with its origin.
pub struct ChecklistValue<T> {
    /// The value.
    pub value: T,
    /// The parameter that it came from.
    pub origin: Origin,
}

/// A variable that the container is told beside those of the service file.
pub struct PlannedEnvVar {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: String,
    /// The item that asks for it.
    pub item: &'static str,
    /// Whether a variable of one's own with the second value still says what ours, the first, would have said in
    /// its place.
    pub says_the_same: fn(&str, &str) -> bool,
}

/// What decisions are made from, and what has been decided.
pub struct Planner<'a> {
    /// What a person asked for.
    pub service: &'a Service,
    /// What the blueprint says of itself.
    pub contract: Contract<'a>,
    /// What the blueprint decides where nobody else does.
    pub defaults: &'a Defaults,
    /// The same as its file has it.
    answers: Json,
    /// What has been decided.
    pub plan: Plan,
    /// What topics before `env` tell the container by variables.
    pub told: Vec<PlannedEnvVar>,
    /// What the checklist refuses, and what it lacks.
    pub faults: Vec<Fault>,
    /// What is asked of the service.
    pub checklist: &'a Checklist,
}

impl<'a> Planner<'a> {
    /// A planner that has decided nothing.
    pub fn new(service: &'a Service, checklist: &'a Checklist, contract: Contract<'a>) -> Self {
        let answers = serde_json::to_value(service).unwrap_or_default();
        let defaults = contract.defaults;
        Self { service, answers, contract, defaults, plan: Plan::default(), told: Vec::new(), faults: Vec::new(), checklist }
    }

    /// Writes a decision down.
    pub fn decide(&mut self, key: impl Into<Cow<'static, str>>, value: impl Into<Json>, origin: Origin) {
        let value = value.into();
        let nothing = match &value {
            Json::Null | Json::Bool(false) => true,
            Json::Array(items) => items.is_empty(),
            Json::Object(map) => map.is_empty(),
            _ => false,
        };
        let origin = if nothing && matches!(origin, Origin::Answer(_)) { Origin::NotAsked } else { origin };
        self.plan.decisions.push(Decision { key: key.into(), value, origin });
    }

    /// Writes an answer down as it is; where none is given, what its type has for nothing.
    pub fn pass(&mut self, key: &'static PlanKey, field: &str) {
        let field = route(field);
        let given = field.value_in(&self.answers);
        let value = given.cloned().or_else(|| key.nothing()).unwrap_or_default();
        self.decide(key.name, value, Origin::Answer(field));
    }

    /// Writes an annotation of the workload down, under the key that the checklist's parameter names.
    pub fn annotate(&mut self, item: &str, param: &str, text: impl Into<Json>) {
        let key = self.asked_text(item, param).value;
        self.check_key(&key);
        let annotations = self.plan.decisions.iter_mut().find(|decision| decision.key == ANNOTATIONS);
        if let Some(annotations) = annotations.and_then(|decision| decision.value.as_object_mut()) {
            annotations.insert(key, text.into());
        } else {
            let sum = "dependencies, version and reasons, under the checklist's keys".to_owned();
            self.decide(ANNOTATIONS, serde_json::Map::from_iter([(key, text.into())]), Origin::Derived(sum));
        }
    }

    /// Refuses a key of an annotation, named by the checklist, that the API would refuse.
    pub fn check_key(&mut self, key: &str) {
        if notation::annotation_or_label_key(key).is_err() {
            let message = format!("the checklist names the annotation `{key}`, which is no legal key");
            self.refuse("labels-valid", "annotations", message, "mend the checklist");
        }
    }

    /// What another topic has decided as a number; 0 where it has not.
    pub fn number(&self, key: &str) -> u32 {
        self.plan.value(key).and_then(Json::as_u64).and_then(|number| u32::try_from(number).ok()).unwrap_or_default()
    }

    /// What another topic has decided as a text; empty where it has not.
    pub fn text(&self, key: &str) -> &str {
        self.plan.value(key).and_then(Json::as_str).unwrap_or_default()
    }

    /// What another topic has decided as an amount.
    pub fn amount(&self, key: &str) -> Option<Quantity> {
        self.text(key).parse().ok()
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
    pub fn asked(&mut self, item: &str, param: &str) -> ChecklistValue<Json> {
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
        ChecklistValue { value, origin }
    }

    /// A parameter that is a whole number, not negative.
    pub fn asked_number(&mut self, item: &str, param: &str) -> ChecklistValue<u32> {
        let asked = self.asked(item, param);
        let number = asked.value.as_u64().and_then(|number| u32::try_from(number).ok());
        if number.is_none() && !asked.value.is_null() {
            self.lacks(item, param, "is not a whole number from 0");
        }
        ChecklistValue { value: number.unwrap_or(1), origin: asked.origin }
    }

    /// A parameter that is a string.
    pub fn asked_text(&mut self, item: &str, param: &str) -> ChecklistValue<String> {
        let asked = self.asked(item, param);
        let text = asked.value.as_str().map(str::to_owned);
        if text.is_none() && !asked.value.is_null() {
            self.lacks(item, param, "is not a string");
        }
        ChecklistValue { value: text.unwrap_or_default(), origin: asked.origin }
    }

    /// A parameter that is a list of strings.
    pub fn asked_words(&mut self, item: &str, param: &str) -> ChecklistValue<Vec<String>> {
        let asked = self.asked(item, param);
        let words = asked.value.as_array().map(|list| list.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect());
        if words.is_none() && !asked.value.is_null() {
            self.lacks(item, param, "is not a list");
        }
        ChecklistValue { value: words.unwrap_or_default(), origin: asked.origin }
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
}

/// A route that stands in our own code.
fn route(field: &str) -> Route {
    Route::parse(field).unwrap_or_default()
}
