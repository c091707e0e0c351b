//! Where the Pods run.

use serde_json::Value as Json;

use super::AdoptReader;

/// Cheap nodes are asked for by the platform's own label, in an affinity or a toleration.
pub fn read(r: &mut AdoptReader<'_>) {
    let terms = r.pod.list("affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution");
    let affine = terms.iter().flat_map(|term| term.list("preference.matchExpressions"));
    let keys = affine.chain(r.pod.list("tolerations")).filter_map(|at| at.get("key")).collect::<Vec<_>>();
    for (platform, defaults) in &r.judge.contract.defaults.placement {
        if let Some(at) = keys.iter().find(|at| at.text() == Some(&defaults.label)) {
            r.draft.say("platform", Json::from(platform.as_str()), at);
            r.draft.say("spot", true, at);
            return;
        }
    }
}
