//! From where the service can be reached.

use serde_json::json;

use super::Origin;
use super::planner::Planner;
use crate::service::Exposure;
use crate::yaml::{Fault, Route};

pub fn decide(p: &mut Planner<'_>) {
    let service = p.service;
    if service.ports.iter().all(|port| port.metrics.is_some()) {
        let fault = Fault::new(Route::root().key("ports"), "all ports are for metrics; the service serves nothing");
        p.faults.push(fault.hint("add a port without `metrics`"));
    }
    let platform = service.platform.and_then(|platform| p.defaults.exposure.get(platform.word()));
    let (kind, annotations) = match (service.exposure, platform) {
        (Exposure::Cluster, platform) => ("ClusterIP", platform.map(|platform| &platform.cluster_annotations)),
        (Exposure::InternalLoadBalancer, platform) => {
            if platform.is_none() {
                let fault = Fault::new(
                    Route::root().key("exposure"),
                    "an internal load balancer needs the platform's own annotations, and no platform is given",
                );
                p.faults.push(fault.hint("add `platform`: gke, eks or aks"));
            }
            ("LoadBalancer", platform.map(|platform| &platform.internal_load_balancer_annotations))
        }
    };
    let origin = Planner::answered("exposure");
    p.decide(
        "network.service_type",
        kind,
        if service.exposure == Exposure::Cluster { Origin::Derived("as `exposure` is not given".to_owned()) } else { origin },
    );
    let (annotations, origin) = match service.platform {
        Some(platform) => (json!(annotations), Origin::Blueprint(format!("defaults.exposure.{}", platform.word()))),
        None => (json!({}), Planner::answered("platform")),
    };
    p.decide("network.service_annotations", annotations, origin);
}
