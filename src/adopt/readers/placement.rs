//! Where the Pods run, and as whom.

use serde_json::Value as Json;

use super::Reader;

pub fn read(r: &mut Reader<'_>) {
    for (field, key) in [("priority-class", "priorityClassName"), ("runtime-class", "runtimeClassName")] {
        if let Some(at) = r.pod.get(key)
            && let Some(name) = at.text()
        {
            r.draft.say(field, name, &at);
        }
    }
    let user = r.container.find("securityContext.runAsUser").or_else(|| r.pod.find("securityContext.runAsUser"));
    if let Some(at) = user
        && let Some(user) = at.number()
    {
        r.draft.say("run-as-user", user, &at);
    }
    read_mesh(r);
    read_spot(r);
}

fn read_mesh(r: &mut Reader<'_>) {
    const MESHES: [(&str, &str, &str); 2] =
        [("istio", "sidecar.istio.io/inject", "true"), ("linkerd", "linkerd.io/inject", "enabled")];
    for (mesh, key, value) in MESHES {
        let found = r.pod_label(key).or_else(|| r.pod_annotation(key)).filter(|at| at.text() == Some(value));
        if let Some(at) = found {
            r.draft.say("mesh", mesh, &at);
        }
    }
}

/// Cheap nodes are asked for by the platform's own label, in an affinity or a toleration.
fn read_spot(r: &mut Reader<'_>) {
    let terms = r.pod.list("affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution");
    let affine = terms.iter().flat_map(|term| term.list("preference.matchExpressions"));
    let keys = affine.chain(r.pod.list("tolerations")).filter_map(|at| at.get("key")).collect::<Vec<_>>();
    for (platform, defaults) in &r.desk.defaults.platforms {
        if let Some(at) = keys.iter().find(|at| at.text() == Some(&defaults.spot_label)) {
            r.draft.say("platform", Json::from(platform.as_str()), at);
            r.draft.say("spot", true, at);
            return;
        }
    }
}
