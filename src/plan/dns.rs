//! How the service finds others.

use super::planner::Planner;

pub fn decide(p: &mut Planner<'_>) {
    p.decide_as_asked("pod.ndots", "dns-light", "ndots");
}
