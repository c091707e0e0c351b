//! What the container requests, and may take at most.

use serde_json::Value as Json;

use super::Origin;
use super::planner::Planner;
use crate::yaml::{Fault, Route};

pub fn decide(p: &mut Planner<'_>) {
    let (service, defaults) = (p.service, p.defaults);
    let (cpu, memory, origins) = match (&service.resources, service.size) {
        (Some(exact), _) => {
            let (cpu, memory) = (exact.cpu.clone(), exact.memory.clone());
            (cpu, memory, [Planner::answered("resources.cpu"), Planner::answered("resources.memory")])
        }
        (None, size) => {
            let name = size.unwrap_or_default().word();
            let Some(found) = defaults.resources.sizes.get(name) else {
                p.faults.push(Fault::new(Route::root().key("size"), format!("the blueprint has no size `{name}`")));
                return;
            };
            let origin = |part: &str| Origin::Blueprint(format!("defaults.resources.sizes.{name}.{part}"));
            (found.cpu.clone(), found.memory.clone(), [origin("cpu"), origin("memory")])
        }
    };
    let [cpu_origin, memory_origin] = origins;
    p.decide("resources.cpu", cpu.as_str(), cpu_origin);
    p.decide("resources.memory", memory.as_str(), memory_origin);
    let limit = service.resources.as_ref().and_then(|exact| exact.cpu_limit.as_ref());
    let limit = limit.map_or(Json::Null, |limit| limit.cpu.as_str().into());
    p.decide("resources.cpu_limit", limit, Planner::answered("resources.cpu-limit"));
    if let Some(limit) = service.resources.as_ref().and_then(|exact| exact.cpu_limit.as_ref()) {
        p.annotate("no-cpu-limit", "rationale-annotation", limit.reason.as_str());
    }
}
