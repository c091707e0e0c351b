//! How many Pods run, and when their number changes.

use serde_json::{Map, Value as Json, json};

use super::AdoptReader;
use crate::adopt::object::ObjectField;
use crate::yaml::Route;

pub fn read(r: &mut AdoptReader<'_>) {
    match r.family.autoscaler {
        Some(autoscaler) => read_autoscaler(r, &autoscaler.at()),
        None => read_fixed(r),
    }
}

/// A number of Pods that nothing changes; where the checklist wants an autoscaler, it is the fewest.
fn read_fixed(r: &mut AdoptReader<'_>) {
    let Some(at) = r.family.replicas() else { return };
    let Some(replicas) = at.number().filter(|replicas| *replicas > 0) else { return };
    let fixed = Route::root().key("scale").key("fixed");
    let mut draft = r.draft.clone();
    draft.say("scale.fixed", replicas, &at);
    let refused = r.judge.plan(&draft).err().unwrap_or_default().iter().any(|fault| fault.route == fixed);
    r.draft.say(if refused { "scale.min" } else { "scale.fixed" }, replicas, &at);
}

fn read_autoscaler(r: &mut AdoptReader<'_>, autoscaler: &ObjectField<'_>) {
    for (field, key) in [
        ("scale.min", "spec.minReplicas"),
        ("scale.max", "spec.maxReplicas"),
        ("scale.cpu", "spec.targetCPUUtilizationPercentage"),
    ] {
        if let Some(at) = autoscaler.find(key)
            && let Some(number) = at.number()
        {
            r.draft.say(field, number, &at);
        }
    }
    let mut others = 0;
    for metric in autoscaler.list("spec.metrics") {
        if let Some((name, percent, at)) = utilization(&metric) {
            if name == "cpu" || name == "memory" {
                r.draft.say(&format!("scale.{name}"), percent, &at);
            }
        } else if let Some(said) = other(&metric) {
            r.draft.say(&format!("scale.metrics[{others}]"), said, &metric);
            others += 1;
        }
    }
}

/// The resource and the percentage of its request that is held; older APIs have it in one field.
fn utilization<'r>(metric: &ObjectField<'r>) -> Option<(&'r str, i64, ObjectField<'r>)> {
    let resource = metric.get("resource").or_else(|| metric.get("containerResource"))?;
    let at = resource.find("target.averageUtilization").or_else(|| resource.get("targetAverageUtilization"))?;
    Some((resource.get("name")?.text()?, at.number()?, at))
}

/// A metric of the application or from outside, where the service file can say all of it.
fn other(metric: &ObjectField<'_>) -> Option<Json> {
    let kind = metric.get("type")?.text()?;
    let source = metric.get(&kind.to_lowercase()).filter(|_| ["Pods", "Object", "External"].contains(&kind))?;
    if source.find("metric.selector.matchExpressions").is_some() {
        return None;
    }
    let mut said = Map::new();
    said.insert("type".to_owned(), kind.to_lowercase().into());
    said.insert("metric".to_owned(), source.find("metric.name")?.text()?.into());
    let labels = source.find("metric.selector.matchLabels").map(|labels| labels.words()).unwrap_or_default();
    if !labels.is_empty() {
        let labels: Map<String, Json> = labels.into_iter().map(|(key, at)| (key, at.text().into())).collect();
        said.insert("labels".to_owned(), labels.into());
    }
    if let Some(object) = source.get("describedObject") {
        let word = |key: &str| object.get(key).and_then(|at| at.text());
        said.insert(
            "object".to_owned(),
            json!({"api-version": word("apiVersion")?, "kind": word("kind")?, "name": word("name")?}),
        );
    }
    let amounts = [("value", "target.value"), ("average-value", "target.averageValue")];
    let (field, amount) = amounts.into_iter().find_map(|(field, key)| Some((field, source.find(key)?.scalar()?)))?;
    said.insert(field.to_owned(), amount.into());
    Some(said.into())
}
