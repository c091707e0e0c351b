//! What fields of a service file say of each other: combinations that cannot be.
//!
//! What a checklist item forbids is not judged here but where the plan is made.

use super::faults::Faults;
use super::{Service, account, config, env, identity, image, metrics, ports, probes, resources, scale, stop, storage, upkeep};
use crate::yaml::Fault;

/// What one topic knows of combinations that cannot be.
type Check = fn(&Service, &mut Faults);

/// The topics whose answers can contradict each other.
const CHECKS: &[Check] = &[
    identity::check,
    image::check,
    ports::check,
    metrics::check,
    resources::check,
    scale::check,
    probes::check,
    stop::check,
    env::check,
    config::check,
    storage::check,
    account::check,
    upkeep::check,
];

/// All combinations that cannot be, topic by topic.
pub fn check(service: &Service) -> Vec<Fault> {
    let mut faults = Faults::default();
    for check in CHECKS {
        check(service, &mut faults);
    }
    faults.found
}
