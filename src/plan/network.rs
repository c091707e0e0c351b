//! How the service is reached and scraped.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::Origin;
use super::planner::Planner;
use crate::service::{Exposure, Mesh, Port, Protocol};
use crate::yaml::{Fault, Route};

pub fn decide(p: &mut Planner<'_>) {
    decide_service(p);
    decide_scraping(p);
    let item = "network-policy";
    match p.service.mesh {
        Some(Mesh::Istio) => p.decide_as_asked("network.mesh_ports", item, "istio-ports"),
        Some(Mesh::Linkerd) => p.decide_as_asked("network.mesh_ports", item, "linkerd-ports"),
        None => p.decide("network.mesh_ports", json!([]), Planner::answered("mesh")),
    }
}

fn decide_service(p: &mut Planner<'_>) {
    let service = p.service;
    let served: Vec<(usize, &Port)> = service.ports.iter().enumerate().filter(|(_, port)| port.metrics.is_none()).collect();
    let taken = |number: u16| served.iter().any(|(_, port)| port.service_port.unwrap_or(port.port) == number);
    let mut first_http = true;
    let mut numbers = BTreeMap::new();
    let mut ports = Vec::new();
    for (index, port) in &served {
        let usual = p.defaults.http_service_port;
        let first = first_http && port.protocol == Protocol::Http;
        first_http &= !first;
        let number = match port.service_port {
            Some(number) => number,
            None if first && !taken(usual) => usual,
            None => port.port,
        };
        if let Some(other) = numbers.insert(number, port.name()) {
            let message = format!("the Service would offer both `{other}` and `{}` on {number}", port.name());
            let route = Route::root().key("ports").index(*index);
            p.faults.push(Fault::new(route, message).hint("give one of them a `service-port` of its own"));
        }
        ports.push(json!({"name": port.name(), "number": number}));
    }
    p.decide("network.service_ports", ports, Planner::answered("ports"));

    let platform = service.platform.and_then(|platform| p.defaults.platforms.get(platform.word()));
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
        Some(platform) => (json!(annotations), Origin::Blueprint(format!("defaults.platforms.{}", platform.word()))),
        None => (json!({}), Planner::answered("platform")),
    };
    p.decide("network.service_annotations", annotations, origin);
}

fn decide_scraping(p: &mut Planner<'_>) {
    let mut annotations = Map::new();
    if let Some((port, path)) = p.service.ports.iter().find_map(|port| Some((port, port.metrics.as_ref()?))) {
        let facts = [
            ("scrape-annotation", "true".to_owned()),
            ("port-annotation", port.port.to_string()),
            ("path-annotation", path.clone()),
        ];
        for (param, value) in facts {
            let key = p.asked_text("metrics-scraped", param).value;
            annotations.insert(key, Json::String(value));
        }
    }
    p.decide("metrics.annotations", annotations, Planner::answered("ports"));
}
