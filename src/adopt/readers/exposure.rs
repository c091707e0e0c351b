//! From where the service is reached, and on which platform.

use super::AdoptReader;

pub fn read(r: &mut AdoptReader<'_>) {
    let Some(service) = r.family.service else { return };
    let annotations = service.annotations();
    let says = |wanted: &std::collections::BTreeMap<String, String>| {
        let first = wanted.iter().next()?;
        let all = wanted.iter().all(|(key, value)| annotations.iter().any(|(name, at)| name == key && at.text() == Some(value)));
        annotations.iter().find(|(name, _)| all && name == first.0).map(|(_, at)| at.clone())
    };
    let kind = service.at().find("spec.type").and_then(|kind| kind.text()).unwrap_or("ClusterIP");
    for (platform, defaults) in &r.judge.contract.defaults.exposure {
        if let Some(at) = says(&defaults.cluster_annotations).filter(|_| kind == "ClusterIP") {
            r.draft.say("platform", platform.as_str(), &at);
        }
        if let Some(at) = says(&defaults.internal_load_balancer_annotations).filter(|_| kind == "LoadBalancer") {
            r.draft.say("platform", platform.as_str(), &at);
            r.draft.say("exposure", "internal-load-balancer", &at);
        }
    }
}
