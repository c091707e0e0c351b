//! What the mesh needs to inject its proxy, and to reach it.

use serde_json::json;

use super::planner::Planner;
use crate::service::Mesh;

pub fn decide(p: &mut Planner<'_>) {
    let (labels, annotations) = match p.service.mesh {
        Some(Mesh::Istio) => (json!({"sidecar.istio.io/inject": "true"}), json!({})),
        Some(Mesh::Linkerd) => (json!({}), json!({"linkerd.io/inject": "enabled"})),
        None => (json!({}), json!({})),
    };
    p.decide("mesh.labels", labels, Planner::answered("mesh"));
    p.decide("mesh.annotations", annotations, Planner::answered("mesh"));
    let item = "network-policy";
    match p.service.mesh {
        Some(Mesh::Istio) => p.decide_as_asked("network.mesh_ports", item, "istio-ports"),
        Some(Mesh::Linkerd) => p.decide_as_asked("network.mesh_ports", item, "linkerd-ports"),
        None => p.decide("network.mesh_ports", json!([]), Planner::answered("mesh")),
    }
}
