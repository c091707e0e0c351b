//! The ports: on which the container listens, and under which numbers the Service offers them.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::planner::Planner;
use crate::service::{Port, Protocol};
use crate::yaml::{Fault, Route};

pub fn decide(p: &mut Planner<'_>) {
    let ports: Vec<Json> =
        p.service.ports.iter().map(|port| json!({"name": port.name(), "number": port.port, "metrics": port.metrics})).collect();
    p.decide("container.ports", ports, Planner::answered("ports"));
    decide_offered(p);
}

fn decide_offered(p: &mut Planner<'_>) {
    let service = p.service;
    let served: Vec<(usize, &Port)> = service.ports.iter().enumerate().filter(|(_, port)| port.metrics.is_none()).collect();
    let taken = |number: u16| served.iter().any(|(_, port)| port.service_port.unwrap_or(port.port) == number);
    let mut first_http = true;
    let mut numbers = BTreeMap::new();
    let mut ports = Vec::new();
    for (index, port) in &served {
        let usual = p.defaults.ports.http_service_port;
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
}
