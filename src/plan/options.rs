//! What a blueprint asks beside the fields of the service file.

use serde_json::Value as Json;

use super::Origin;
use super::planner::Planner;
use crate::service::OPTIONS;
use crate::yaml::Route;

/// Decides the options of the blueprint.
pub fn decide(p: &mut Planner<'_>) {
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
