//! How many Pods may be evicted at once.

use super::Origin;
use super::planner::Planner;

pub fn decide(p: &mut Planner<'_>) {
    let floor = p.number("replicas.min");
    let share = p.asked_number("pdb-allows-drain", "max-unavailable-percent").value;
    let least = p.asked_number("pdb-allows-drain", "min-evictions").value;
    let evictable = (floor * share / 100).max(least);
    let keep = p.asked_number("pdb-keeps-quorum", "keep-percent").value;
    if floor.saturating_sub(evictable) * 100 < floor * keep {
        let message = format!("with {floor} Pods an eviction of {evictable} leaves less than {keep} %");
        let field = if p.service.scale.fixed.is_some() { "scale.fixed" } else { "scale.min" };
        p.refuse("pdb-keeps-quorum", field, message, "run more Pods");
    }
    let sum = format!("{share} % of {floor}, at least {least} (pdb-allows-drain)");
    p.decide("pdb.max_unavailable", evictable, Origin::Derived(sum));
    p.decide_as_asked("pdb.eviction_policy", "pdb-allows-drain", "unhealthy-pod-eviction-policy");
}
