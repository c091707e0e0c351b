//! Layer 1: what the checklist asks.
//!
//! A checklist is one file: its items, each with its reason, its sources, how it is kept, how severe
//! it is at each tier, and its parameters. [`Checklist::load`] reads one; [`SHIPPED`] are those
//! that ship: every released version, and the working copy. Every number of the checklist is read through [`Checklist::param`].
//!
//! An organisation's own checklist is a file that says what differs from a shipped one:
//! [`OwnChecklist::load`] reads it, [`Checklist::extended`] puts it over the other. [`Changes`] says what
//! differs between any two.

mod changed_param;
mod changes;
mod extended;
mod extension;
mod fields;
mod model;
mod own;
mod shipped;

use std::sync::OnceLock;

use serde_json::Value as Json;

pub use changes::{Changes, ItemChange, ItemDifference, Shift};
pub use extension::{Case, ChangedSeverities, Extension, OwnGroup, OwnItem, OwnText, SwitchedOff};
pub use model::{
    Checklist, Export, Group, Item, KeptBy, Param, Rule, Severities, Severity, SourceDocument, Variable, WaiverTerms,
};
pub use own::{OwnChecklist, own_schema_of_type};
pub use shipped::{PRODUCTION, SHIPPED, ShippedChecklist};

use crate::service::Tier;
use crate::yaml::{Fault, Route, Source, load_one, shape, suggest};

/// The checklist that holds where none is named: the newest that ships.
///
/// # Errors
/// The shipped file does not have the shape of a checklist, which a test rules out.
pub fn production() -> Result<Checklist, serde_json::Error> {
    use serde::de::Error as _;
    ShippedChecklist::named(PRODUCTION).map_err(serde_json::Error::custom)?.load()
}

/// The JSON Schema of a checklist, as it ships.
pub fn schema() -> &'static Json {
    static SCHEMA: OnceLock<Json> = OnceLock::new();
    SCHEMA.get_or_init(|| shape::shipped(include_str!("../../schemas/checklist.schema.json"), schema_of_type))
}

/// The same, made from [`Checklist`]: what the shipped file has to be.
#[must_use]
pub fn schema_of_type() -> Json {
    schemars::schema_for!(Checklist).to_value()
}

/// The JSON Schema of an organisation's own checklist, as it ships.
pub fn own_schema() -> &'static Json {
    static SCHEMA: OnceLock<Json> = OnceLock::new();
    SCHEMA.get_or_init(|| shape::shipped(include_str!("../../schemas/own-checklist.schema.json"), own_schema_of_type))
}

impl Checklist {
    /// Reads a checklist; `name` is what faults call the text.
    ///
    /// # Errors
    /// Every fault of the text: shape, unknown groups and sources, items or parameters that stand twice.
    pub fn load(name: &str, text: &str) -> Result<Self, Vec<Fault>> {
        let root = load_one(name, text)?;
        let mut mended = root.clone();
        let mut faults = shape::check(schema(), &mut mended);
        if faults.is_empty() {
            match serde_json::from_value::<Self>(mended.to_json()) {
                Ok(checklist) => {
                    faults = checklist.contradictions();
                    if faults.is_empty() {
                        return Ok(checklist);
                    }
                }
                Err(error) => faults.push(Fault::new(Route::root(), format!("cannot be read as a checklist: {error}"))),
            }
        }
        for fault in &mut faults {
            fault.source = Some(Source::File(name.into(), root.locate(&fault.route).0));
        }
        Err(faults)
    }

    /// The name and version by which services and locks know this checklist.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }

    /// The same for people, with the checklist that it extends.
    #[must_use]
    pub fn described(&self) -> String {
        match &self.extends {
            Some(base) => format!("{} (extends {base})", self.id()),
            None => self.id(),
        }
    }

    /// The item of that id.
    #[must_use]
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// The value of an item's parameter at a tier.
    #[must_use]
    pub fn param(&self, item: &str, param: &str, tier: Tier) -> Option<&Json> {
        self.item(item)?.params.get(param)?.at(tier)
    }

    fn contradictions(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let items = Route::root().key("items");
        for (index, item) in self.items.iter().enumerate() {
            let here = items.index(index);
            if self.items[..index].iter().any(|before| before.id == item.id) {
                faults.push(twice(item, &here));
            }
            faults.extend(self.contradictions_of(item, &here));
        }
        faults
    }

    /// What is wrong with an item that shall be added; `here` is where it stands.
    fn faults_of(&self, item: &Item, here: &Route) -> Vec<Fault> {
        let twice = self.item(&item.id).map(|_| twice(item, here));
        twice.into_iter().chain(self.contradictions_of(item, here)).collect()
    }

    fn contradictions_of(&self, item: &Item, here: &Route) -> Vec<Fault> {
        let mut faults = Vec::new();
        if !self.groups.iter().any(|group| group.id == item.group) {
            let known = self.groups.iter().map(|group| group.id.as_str());
            faults.push(unknown(here.key("group"), &item.group, "group", known));
        }
        for (position, source) in item.sources.iter().enumerate() {
            if !self.sources.contains_key(source) {
                let route = here.key("sources").index(position);
                faults.push(unknown(route, source, "source", self.sources.keys().map(String::as_str)));
            }
        }
        for (name, param) in &item.params {
            if let Err(message) = param.complete() {
                faults.push(Fault::new(here.key("params").key(name.clone()), message));
            }
        }
        for name in item.asks_for() {
            if !item.params.contains_key(name) {
                faults.push(Fault::new(here.key("asks"), format!("names {{{name}}}, which is no parameter of the item")));
            }
        }
        faults
    }
}

fn twice(item: &Item, here: &Route) -> Fault {
    Fault::new(here.key("id"), format!("the item `{}` stands twice", item.id)).hint("give one of them another `id`")
}

fn unknown<'k>(route: Route, word: &str, what: &str, known: impl Iterator<Item = &'k str> + Clone) -> Fault {
    let fault = Fault::new(route, format!("`{word}` is not one of the checklist's {what}s"));
    fault.hint(match suggest(word, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the {what}s are {}", known.collect::<Vec<_>>().join(", ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_a_checklist_is_named_with_its_place() {
        let text = "schema: 1\nname: x\nversion: '1'\ntitle: {en: a, ko: b}\nsources: {}\ngroups: []\nwaivers: {longest-months: 12, warn-days: 30}\nitems:\n\
            - id: a\n  group: g\n  title: {en: a, ko: b}\n  asks: 'x {n}.'\n  why: because\n  sources: [Q]\n  kept-by: [check]\n\
            \x20 severity: {tier-1: error, tier-2: error, tier-3: none}\n  fields: []\n  params: {m: {about: z, tier-1: 1}}\n";
        let shown: Vec<String> = Checklist::load("c.yaml", text).unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(shown[0], "c.yaml:10:3: items[0].group: `g` is not one of the checklist's groups");
        assert_eq!(shown.len(), 4, "{shown:#?}");
    }
}
