//! The Pod: who it runs as, where it runs, and what it is tied to.

use serde_json::{Value as Json, json};

use super::Origin;
use super::planner::Planner;
use crate::service::Mesh;

/// Ports below this need a capability to be listened on.
const FIRST_FREE_PORT: u16 = 1024;

pub fn decide(p: &mut Planner<'_>) {
    decide_security(p);
    decide_spread(p);
    decide_placement(p);
    decide_mesh(p);
    // Where the item does not hold, what Kubernetes does without the field is what is wanted.
    let links = if p.holds("no-service-links") {
        (false.into(), Origin::Derived("no variables that nobody has declared (no-service-links)".to_owned()))
    } else {
        (Json::Null, Origin::NotAsked)
    };
    p.decide("pod.service_links", links.0, links.1);
    p.decide_as_asked("pod.ndots", "dns-light", "ndots");
}

fn decide_security(p: &mut Planner<'_>) {
    let (service, defaults) = (p.service, p.defaults);
    let (user, origin) = p.answer_or(service.run_as_user, "run-as-user", defaults.run_as_user, "run-as-user");
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
    let account = &service.service_account;
    p.decide("account.api_access", account.api_access, Planner::answered("service-account.api-access"));
    p.decide("account.annotations", json!(account.annotations), Planner::answered("service-account.annotations"));
    p.decide("account.pull_secrets", service.pull_secrets.clone(), Planner::answered("pull-secrets"));
}

fn decide_spread(p: &mut Planner<'_>) {
    let mut constraint = |item: &'static str| {
        json!({
            "item": item,
            "topology_key": p.asked(item, "topology-key").value,
            "max_skew": p.asked(item, "max-skew").value,
            "when_unsatisfiable": p.asked(item, "when-unsatisfiable").value,
            "node_taints_policy": p.asked(item, "node-taints-policy").value,
            "match_label_keys": p.asked(item, "match-label-keys").value,
        })
    };
    let constraints = vec![constraint("zone-spread"), constraint("host-spread")];
    let origin = p.asked("zone-spread", "when-unsatisfiable").origin;
    p.decide("pod.spread", constraints, origin);
}

fn decide_placement(p: &mut Planner<'_>) {
    let service = p.service;
    let optional = |answer: &Option<String>| answer.as_deref().map_or(Json::Null, Json::from);
    p.decide("pod.priority_class", optional(&service.priority_class), Planner::answered("priority-class"));
    p.decide("pod.runtime_class", optional(&service.runtime_class), Planner::answered("runtime-class"));
    let mut spot = Json::Null;
    if service.spot {
        if !p.asked_flag("spot-tolerant", "allowed") {
            let message = format!("Pods of tier {} must not run where nodes vanish", service.tier().0);
            p.refuse("spot-tolerant", "spot", message, "leave it out");
        }
        if let Some(Some(platform)) = service.platform.map(|platform| p.defaults.platforms.get(platform.word())) {
            spot = json!({"label": platform.spot_label, "value": platform.spot_value, "tainted": platform.spot_tainted});
        } else {
            let fault = crate::yaml::Fault::new(
                crate::yaml::Route::root().key("spot"),
                "spot nodes are known by the platform's own labels, and no platform is given",
            );
            p.faults.push(fault.hint("add `platform`: gke, eks or aks"));
        }
    }
    p.decide("pod.spot", spot, Planner::answered("spot"));
}

fn decide_mesh(p: &mut Planner<'_>) {
    let (labels, annotations) = match p.service.mesh {
        Some(Mesh::Istio) => (json!({"sidecar.istio.io/inject": "true"}), json!({})),
        Some(Mesh::Linkerd) => (json!({}), json!({"linkerd.io/inject": "enabled"})),
        None => (json!({}), json!({})),
    };
    p.decide("mesh.labels", labels, Planner::answered("mesh"));
    p.decide("mesh.annotations", annotations, Planner::answered("mesh"));
}
