//! The mesh that injects its proxy.

use super::AdoptReader;

pub fn read(r: &mut AdoptReader<'_>) {
    const MESHES: [(&str, &str, &str); 2] =
        [("istio", "sidecar.istio.io/inject", "true"), ("linkerd", "linkerd.io/inject", "enabled")];
    for (mesh, key, value) in MESHES {
        let found = r.pod_label(key).or_else(|| r.pod_annotation(key)).filter(|at| at.text() == Some(value));
        if let Some(at) = found {
            r.draft.say("mesh", mesh, &at);
        }
    }
}
