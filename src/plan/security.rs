//! As whom the container runs, and what it may do on its node.

use serde_json::Value as Json;

use super::Origin;
use super::planner::Planner;

/// Ports below this need a capability to be listened on.
const FIRST_FREE_PORT: u16 = 1024;

pub fn decide(p: &mut Planner<'_>) {
    let (service, defaults) = (p.service, p.defaults);
    let (user, origin) = p.answer_or(service.run_as_user, "run-as-user", defaults.security.run_as_user, "security.run-as-user");
    p.decide("security.user", user, origin);
    p.decide_as_asked("security.seccomp_profile", "seccomp", "profile");
    let allowed = p.asked_words("drop-capabilities", "allowed-back");
    let low = service.ports.iter().any(|port| port.port < FIRST_FREE_PORT);
    let sum = if low { "a port below 1024" } else { "no port below 1024" };
    let added = if low { allowed.value } else { Vec::new() };
    p.decide("security.capabilities", added, Origin::Derived(sum.to_owned()));
    // The capability reaches only programs that carry it in the image; the setting reaches all.
    let lowest = service.ports.iter().map(|port| port.port).min().filter(|_| low);
    p.decide("security.first_free_port", lowest.map_or(Json::Null, Json::from), Planner::answered("ports"));
}
