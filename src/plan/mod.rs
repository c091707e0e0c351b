//! Layer 2: every value decided, before a template is touched.
//!
//! [`make`] turns a service, a checklist and a blueprint's [`Contract`] into a [`Plan`]: the values
//! that templates may use, each with its [`Origin`], and what they mean in service. An answer that
//! a checklist item forbids is refused here, naming the item, unless the service waives it.

mod catalogue;
mod config;
mod contract;
mod defaults;
mod disruption;
mod dns;
mod env;
mod exposure;
mod identity;
mod image;
mod mesh;
mod metrics;
mod options;
mod placement;
mod planner;
mod ports;
mod probes;
mod resources;
mod rollout;
mod runtime;
mod scale;
mod schema;
mod security;
mod stop;
mod storage;
mod topics;
mod upkeep;
mod value_type;
mod what_if;

use std::borrow::Cow;
use std::fmt;

use serde_json::Value as Json;

pub use catalogue::{CATALOGUE, Content, PlanKey, VERSION};
pub use config::{ENV_CONFIG, FILES_CONFIG};
pub use contract::Contract;
pub use defaults::{Defaults, ProbeTiming};
pub use options::option_key;
pub use schema::schema;
pub use topics::{TOPICS, Topic, UPKEEP};
pub use value_type::ValueType;
pub use what_if::WhatIf;

use crate::checklist::Checklist;
use crate::service::{self, Answers, Comments, Service};
use crate::yaml::{Fault, Route};
use planner::Planner;

/// Every value that manifests are made of, each with its origin.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// The decisions, in the order in which people read them.
    pub decisions: Vec<Decision>,
    /// What the decisions mean when something happens to the service.
    pub what_if: Vec<WhatIf>,
    /// Whether manifests name the item behind a block in a comment.
    pub comments: bool,
}

/// One value and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The name by which templates know the value: `group.name`.
    pub key: Cow<'static, str>,
    /// The value.
    pub value: Json,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// The service file's field at this route.
    Answer(Route),
    /// A parameter of the checklist that is the same for every tier.
    Checklist {
        /// The item.
        item: String,
        /// Its parameter.
        param: String,
    },
    /// A parameter of the checklist for the service's tier.
    Tier {
        /// The tier.
        tier: u8,
        /// The item.
        item: String,
        /// Its parameter.
        param: String,
    },
    /// A default of the blueprint, by its key there.
    Blueprint(String),
    /// A sum of other values, in words.
    Derived(String),
    /// Nothing asked for it, and nothing is there.
    NotAsked,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(route) => write!(f, "answer: {route}"),
            Self::Checklist { item, param } => write!(f, "checklist: {item}.{param}"),
            Self::Tier { tier, item, param } => write!(f, "tier {tier}: {item}.{param}"),
            Self::Blueprint(key) => write!(f, "blueprint: {key}"),
            Self::Derived(sum) => write!(f, "derived: {sum}"),
            Self::NotAsked => f.write_str("not asked for"),
        }
    }
}

impl Plan {
    /// The values as templates see them: one object for each group. What no topic of the blueprint decides is
    /// empty, false or null there, so that blueprints with other topics can share a part; a text or number is
    /// undefined.
    #[must_use]
    pub fn values(&self) -> Json {
        let mut root = serde_json::Map::new();
        let mut put = |key: &str, value: Option<Json>| {
            let (group, name) = key.split_once('.').unwrap_or(("plan", key));
            if let Json::Object(group) = root.entry(group).or_insert_with(|| Json::Object(serde_json::Map::new())) {
                group.extend(value.map(|value| (name.to_owned(), value)));
            }
        };
        for key in CATALOGUE.iter().filter(|key| self.value(key.name).is_none()) {
            put(key.name, key.nothing());
        }
        for decision in &self.decisions {
            put(&decision.key, Some(decision.value.clone()));
        }
        Json::Object(root)
    }

    /// The value of a decision.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&Json> {
        self.decisions.iter().find(|decision| decision.key == key).map(|decision| &decision.value)
    }
}

/// Decides every value.
///
/// # Errors
/// Every answer that the checklist forbids, and every parameter that the checklist lacks.
pub fn make(service: &Service, checklist: &Checklist, contract: Contract<'_>) -> Result<Plan, Vec<Fault>> {
    let mut planner = Planner::new(service, checklist, contract);
    let picked = contract.topics.iter().filter_map(|name| Topic::named(name));
    for topic in std::iter::once(&UPKEEP).chain(picked) {
        topic.decide(&mut planner);
    }
    options::decide(&mut planner);
    identity::check_own(&mut planner);
    let what_if = what_if::of(&mut planner);
    if !planner.faults.is_empty() {
        return Err(planner.faults);
    }
    let mut plan = planner.plan;
    plan.decisions
        .sort_by_cached_key(|decision| CATALOGUE.iter().position(|key| key.name == decision.key).unwrap_or(CATALOGUE.len()));
    plan.what_if = what_if;
    plan.comments = service.comments == Comments::Items;
    Ok(plan)
}

/// Loads a service and decides its values.
///
/// # Errors
/// Everything that is wrong with the answers, what the checklist refuses included.
pub fn of_answers(answers: &Answers, checklist: &Checklist, contract: Contract<'_>) -> Result<(Service, Plan), Vec<Fault>> {
    let loaded = service::load(answers, Some(&contract.intake));
    let mut faults = loaded.faults;
    match make(&loaded.service, checklist, contract) {
        Ok(plan) if faults.is_empty() => return Ok((loaded.service, plan)),
        Ok(_) => {}
        Err(refused) => {
            let loaded_with = faults.len();
            for mut fault in refused {
                // What stands in for a faulty answer is not the person's.
                if faults[..loaded_with].iter().any(|known| known.route.contains(&fault.route)) {
                    continue;
                }
                answers.locate(&mut fault);
                faults.push(fault);
            }
        }
    }
    faults.sort_by(|one, other| one.source.cmp(&other.source));
    Err(faults)
}
