//! How a new version takes the place of the old one.

use super::Origin;
use super::planner::Planner;

pub fn decide(p: &mut Planner<'_>) {
    p.decide_as_asked("rollout.max_unavailable", "rolling-update-safe", "max-unavailable");
    p.decide_as_asked("rollout.max_surge", "rolling-update-safe", "max-surge");
    let ready = p.asked_number("rollout-deadline", "min-ready-seconds");
    let deadline = p.asked_number("rollout-deadline", "progress-deadline-seconds");
    let start = p.service.probes.start_seconds.unwrap_or_default();
    let needed = start.saturating_mul(2).saturating_add(ready.value);
    let (seconds, origin) = if needed > deadline.value {
        (needed, Origin::Derived(format!("twice the start of {start} s + {} s to stay ready", ready.value)))
    } else {
        (deadline.value, deadline.origin)
    };
    p.decide("rollout.progress_deadline_seconds", seconds, origin);
    p.decide("rollout.min_ready_seconds", ready.value, ready.origin);
    p.decide_as_asked("rollout.revisions", "rollback-history", "revisions");
}
