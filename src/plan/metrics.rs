//! How Prometheus finds the metrics.

use serde_json::{Map, Value as Json};

use super::planner::Planner;

pub fn decide(p: &mut Planner<'_>) {
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
