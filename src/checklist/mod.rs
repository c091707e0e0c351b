//! Layer 1: what the checklist asks.
//!
//! A checklist is one file: its items, each with its reason, its sources, how it is kept, how severe
//! it is at each tier, and its parameters. [`Checklist::load`] reads one; [`production`] is the one
//! that ships. Every number of the checklist is read through [`Checklist::param`].

mod model;

use std::sync::OnceLock;

use serde_json::Value as Json;

pub use model::{
    Checklist, Export, Group, Item, KeptBy, Param, Rule, Severities, Severity, SourceDocument, Text, Variable, WaiverTerms,
};

use crate::service::Tier;
use crate::yaml::{Fault, Route, Source, load_one, shape};

/// The text of the checklist that ships with Plimsoll.
pub const PRODUCTION: &str = include_str!("../../blueprints/checklist/production.yaml");
/// The same as JSON, which the build makes of it.
const PRODUCTION_JSON: &str = include_str!(concat!(env!("OUT_DIR"), "/production.json"));

/// The checklist that ships with Plimsoll.
///
/// # Errors
/// The shipped file does not have the shape of a checklist, which a test rules out.
pub fn production() -> Result<Checklist, serde_json::Error> {
    serde_json::from_str(PRODUCTION_JSON)
}

/// The JSON Schema of a checklist.
pub fn schema() -> &'static Json {
    static SCHEMA: OnceLock<Json> = OnceLock::new();
    SCHEMA.get_or_init(|| schemars::schema_for!(Checklist).to_value())
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
                faults.push(Fault::new(here.key("id"), format!("the item `{}` stands twice", item.id)));
            }
            if !self.groups.iter().any(|group| group.id == item.group) {
                faults.push(Fault::new(here.key("group"), format!("`{}` is not one of this file's groups", item.group)));
            }
            for (position, source) in item.sources.iter().enumerate() {
                if !self.sources.contains_key(source) {
                    let route = here.key("sources").index(position);
                    faults.push(Fault::new(route, format!("`{source}` is not one of this file's sources")));
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
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_checklist_is_in_order() {
        let checklist = Checklist::load("production.yaml", PRODUCTION).unwrap_or_else(|faults| panic!("{faults:#?}"));
        assert_eq!(production().unwrap(), checklist);
        assert_eq!(checklist.id(), "production@2026.11");
        assert_eq!(checklist.param("min-replicas", "replicas", Tier(1)), Some(&Json::from(3)));
        for item in &checklist.items {
            assert!(!item.title.en.ends_with('.') && !item.why.is_empty() && item.asks.ends_with('.'), "{}", item.id);
            assert!(item.title.ko.chars().any(|c| ('가'..='힣').contains(&c)), "{}: no Korean title", item.id);
        }
    }

    #[test]
    fn every_fault_of_a_checklist_is_named_with_its_place() {
        let text = "schema: 1\nname: x\nversion: '1'\ntitle: {en: a, ko: b}\nsources: {}\ngroups: []\nwaivers: {longest-months: 12, warn-days: 30}\nitems:\n\
            - id: a\n  group: g\n  title: {en: a, ko: b}\n  asks: 'x {n}.'\n  why: because\n  sources: [Q]\n  kept-by: [check]\n\
            \x20 severity: {tier-1: error, tier-2: error, tier-3: none}\n  fields: []\n  params: {m: {about: z, tier-1: 1}}\n";
        let shown: Vec<String> = Checklist::load("c.yaml", text).unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(shown[0], "c.yaml:10:3: items[0].group: `g` is not one of this file's groups");
        assert_eq!(shown.len(), 4, "{shown:#?}");
    }
}
