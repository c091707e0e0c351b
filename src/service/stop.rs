//! How a Pod stops.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Service;
use super::faults::{Faults, at};
use super::model::is_default;

/// How a Pod stops.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Stop {
    /// Seconds that the application needs after SIGTERM to finish what it has begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 3600))]
    pub drain_seconds: Option<u32>,
    /// Seconds before SIGTERM in which traffic is led elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 300))]
    pub pre_stop_seconds: Option<u32>,
    /// Whether the application itself goes on serving after SIGTERM until no traffic comes any more.
    #[serde(default, skip_serializing_if = "is_default")]
    pub drains_itself: bool,
}

pub fn check(service: &Service, faults: &mut Faults) {
    if service.stop.drains_itself && service.stop.pre_stop_seconds.is_some() {
        let hint = "leave out `pre-stop-seconds` or `drains-itself`";
        faults.add(at("stop").key("pre-stop-seconds"), "an application that drains itself is not kept waiting", hint);
    }
}
