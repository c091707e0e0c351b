//! What a blueprint says of itself, as far as deciding needs it.

use serde_json::Value as Json;

use super::planner::Planner;
use super::{Defaults, Origin};
use crate::service::{Intake, OPTIONS};
use crate::yaml::Route;

/// What a blueprint says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Contract<'a> {
    /// Which answers it takes.
    pub intake: Intake<'a>,
    /// What is decided for it.
    pub topics: &'a [String],
    /// What it decides where nobody else does.
    pub defaults: &'a Defaults,
}

/// Decides the options of the blueprint.
pub fn decide_options(p: &mut Planner<'_>) {
    for (name, option) in p.contract.intake.options {
        let field = Route::root().key(OPTIONS).key(name);
        let (value, origin) = match (p.service.options.get(name), &option.default) {
            (Some(answer), _) => (answer.clone(), Origin::Answer(field)),
            (None, Some(default)) => (default.clone(), Origin::Blueprint(format!("{OPTIONS}.{name}.default"))),
            (None, None) => (Json::Null, Origin::NotAsked),
        };
        p.decide(option_key(name), value, origin);
    }
}

/// The key by which templates know an option.
#[must_use]
pub fn option_key(name: &str) -> String {
    format!("{OPTIONS}.{}", name.replace('-', "_"))
}
