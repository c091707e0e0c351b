//! Where the Pods run.

use serde_json::{Value as Json, json};

use super::planner::Planner;
use crate::yaml::{Fault, Route};

pub fn decide(p: &mut Planner<'_>) {
    decide_spread(p);
    decide_spot(p);
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

fn decide_spot(p: &mut Planner<'_>) {
    let service = p.service;
    let mut spot = Json::Null;
    if service.spot {
        if !p.asked_flag("spot-tolerant", "allowed") {
            let message = format!("Pods of tier {} must not run where nodes vanish", service.tier().0);
            p.refuse("spot-tolerant", "spot", message, "leave it out");
        }
        if let Some(Some(platform)) = service.platform.map(|platform| p.defaults.placement.get(platform.word())) {
            spot = json!({"label": platform.label, "value": platform.value, "tainted": platform.tainted});
        } else {
            let fault = Fault::new(
                Route::root().key("spot"),
                "spot nodes are known by the platform's own labels, and no platform is given",
            );
            p.faults.push(fault.hint("add `platform`: gke, eks or aks"));
        }
    }
    p.decide("pod.spot", spot, Planner::answered("spot"));
}
