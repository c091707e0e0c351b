//! What a plan means in service: how many Pods are left when something happens.

use serde::Serialize;
use serde_json::Value as Json;

use super::planner::Planner;

/// What happens, and what stays.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WhatIf {
    /// What happens.
    pub event: &'static str,
    /// How many Pods stay, of how many.
    pub stays: String,
}

/// What is left of the fewest Pods when something happens; nothing where the number of Pods is not decided.
pub fn of(p: &mut Planner<'_>) -> Vec<WhatIf> {
    if p.plan.value("replicas.min").is_none() {
        return Vec::new();
    }
    let [min, max, evictable] = ["replicas.min", "replicas.max", "pdb.max_unavailable"].map(|key| p.number(key));
    let zones = p.asked_number("zone-spread", "zones").value.max(1);
    let strict = p.asked_text("zone-spread", "when-unsatisfiable").value == "DoNotSchedule";
    let surge = p.plan.value("rollout.max_surge").map_or(0, |value| surge(value, min));
    let load = p.service.scale.peak.zip(p.service.scale.per_pod);
    let in_zone = min.div_ceil(zones);
    let certain = if strict { "" } else { ", if the scheduler could spread them" };
    let mut events = vec![
        WhatIf {
            event: "a node is lost",
            stays: format!("{} of {min} Pods, where each has a node of its own", min.saturating_sub(1)),
        },
        WhatIf {
            event: "a zone is lost",
            stays: format!("{} of {min} Pods in {zones} zones{certain}", min.saturating_sub(in_zone)),
        },
        WhatIf {
            event: "a node is drained",
            stays: format!("{} of {min} Pods; {evictable} may go at once", min.saturating_sub(evictable)),
        },
        WhatIf { event: "a new version rolls out", stays: format!("{min} of {min} Pods; up to {surge} more at once") },
    ];
    if let Some((peak, per_pod)) = load {
        let left = max - max.div_ceil(zones);
        let borne = u64::from(left) * u64::from(per_pod);
        events.push(WhatIf {
            event: "a zone is lost at peak",
            stays: format!("{left} of {max} Pods, which bear {borne}/s of {peak}/s"),
        });
    }
    events
}

/// `maxSurge` in Pods: percentages are rounded up, as the Deployment controller does.
fn surge(value: &Json, replicas: u32) -> u64 {
    let percent = value.as_str().and_then(|text| text.strip_suffix('%')).and_then(|text| text.parse::<u64>().ok());
    percent.map_or(value.as_u64().unwrap_or_default(), |percent| (u64::from(replicas) * percent).div_ceil(100))
}
