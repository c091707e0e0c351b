//! What a change of a field does to a service that runs.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::{Workload, default_of};
use crate::notation::{Field, ObjectKey};

/// What a change of a field does to a service that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// The Pods go on as they are.
    NoRestart,
    /// The Pods are replaced, as the workload rolls out.
    RestartsPods,
    /// The number of Pods falls back to 1, until an autoscaler acts.
    RunsOnePod,
    /// The API server refuses the change; the object has to be deleted and created again.
    NotInPlace,
}

/// Fields of objects that are no workloads which the API server does not let change, by kind: all that stands
/// below each path.
const IMMUTABLE: &[(&str, &str)] = &[
    ("CSIDriver", "spec.attachRequired"),
    ("ClusterRoleBinding", "roleRef"),
    ("EndpointSlice", "addressType"),
    ("PersistentVolumeClaim", "spec.accessModes"),
    ("PersistentVolumeClaim", "spec.dataSource"),
    ("PersistentVolumeClaim", "spec.selector"),
    ("PersistentVolumeClaim", "spec.storageClassName"),
    ("PersistentVolumeClaim", "spec.volumeMode"),
    ("PersistentVolumeClaim", "spec.volumeName"),
    ("PriorityClass", "preemptionPolicy"),
    ("PriorityClass", "value"),
    ("RoleBinding", "roleRef"),
    ("RuntimeClass", "handler"),
    ("Secret", "type"),
    ("Service", "spec.clusterIP"),
    ("StorageClass", "parameters"),
    ("StorageClass", "provisioner"),
];

/// What a change of a field of an object does.
#[must_use]
pub fn effect(object: &ObjectKey, field: &Field) -> Effect {
    let keys: Vec<&str> = field.keys().collect();
    // Under another name or namespace it is another object, and the old one stays.
    if matches!(keys.as_slice(), ["metadata", "name" | "namespace"] | ["kind"]) {
        return Effect::NotInPlace;
    }
    let is_about = |path: &&str| !keys.is_empty() && path.split('.').zip(&keys).all(|(one, other)| one == *other);
    let is_in = |path: &&str| is_about(path) && path.split('.').count() <= keys.len();
    let Some(workload) = Workload::of(object) else {
        let mut immutable = IMMUTABLE.iter().filter(|(kind, _)| object.known_kind() == Some(kind));
        return if immutable.any(|(_, path)| is_about(path)) { Effect::NotInPlace } else { Effect::NoRestart };
    };
    if workload.immutable.iter().any(is_about) && !workload.restarts.iter().any(is_in) {
        return Effect::NotInPlace;
    }
    if workload.restarts.iter().any(is_about) { Effect::RestartsPods } else { Effect::NoRestart }
}

/// What it does that a field of an object has another value, is there or is there no longer; `None` stands
/// for a field that is absent. Where it says what Kubernetes goes by anyway, it does nothing.
#[must_use]
pub fn effect_of_values(object: &ObjectKey, field: &Field, before: Option<&Json>, after: Option<&Json>) -> Effect {
    let default = if before.is_none() || after.is_none() { default_of(object, field) } else { None };
    let filled_in = default.as_ref().filter(|default| default.is_filled_in()).map(|default| &default.value);
    if filled_in.is_some() && before.or(filled_in) == after.or(filled_in) {
        return Effect::NoRestart;
    }
    let is = |path: [&str; 2]| after.is_none() && field.keys().eq(path);
    match effect(object, field) {
        _ if is(["spec", "replicas"]) && default.is_some() => Effect::RunsOnePod,
        // The API server keeps the one that was allotted.
        Effect::NotInPlace if is(["spec", "clusterIP"]) => Effect::NoRestart,
        effect => effect,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::notation::FieldStep;

    #[test]
    fn effects_follow_the_field() {
        let cases = [
            ("Deployment", "spec.template.spec.containers", Effect::RestartsPods),
            ("Deployment", "spec.strategy.type", Effect::NoRestart),
            ("Deployment", "spec.selector.matchLabels.app", Effect::NotInPlace),
            ("Deployment", "metadata.name", Effect::NotInPlace),
            ("Service", "spec.ports", Effect::NoRestart),
            ("Service", "spec.clusterIP", Effect::NotInPlace),
            ("HorizontalPodAutoscaler", "spec.minReplicas", Effect::NoRestart),
            ("ConfigMap", "data", Effect::NoRestart),
            ("StatefulSet", "spec.template", Effect::RestartsPods),
            ("StatefulSet", "spec.serviceName", Effect::NotInPlace),
            ("StatefulSet", "spec.volumeClaimTemplates.spec.resources", Effect::NotInPlace),
            ("StatefulSet", "spec.updateStrategy", Effect::NoRestart),
            ("DaemonSet", "spec.template.metadata.labels", Effect::RestartsPods),
            ("ReplicaSet", "spec.template", Effect::NoRestart),
            ("ReplicationController", "spec.selector", Effect::NoRestart),
            ("Job", "spec.template.spec.containers.image", Effect::NotInPlace),
            ("Job", "spec.completions", Effect::NotInPlace),
            ("Job", "spec.parallelism", Effect::NoRestart),
            ("CronJob", "spec.jobTemplate.spec.template.spec.containers", Effect::NoRestart),
            ("Pod", "spec.containers.image", Effect::RestartsPods),
            ("Pod", "spec.containers", Effect::NotInPlace),
            ("Pod", "metadata.labels", Effect::NoRestart),
            ("Rollout", "spec.template", Effect::RestartsPods),
        ];
        for (kind, path, expected) in cases {
            let group = Workload::of_kind(kind).map_or("", |workload| workload.group).to_owned();
            let object = ObjectKey { group, kind: kind.to_owned(), namespace: None, name: "a".to_owned() };
            let field = Field::new(path.split('.').map(|key| FieldStep::Key(key.to_owned())).collect());
            assert_eq!(effect(&object, &field), expected, "{kind} {path}");
        }
        assert!(IMMUTABLE.is_sorted());
    }

    #[test]
    fn a_field_that_goes_leaves_its_default() {
        let effect = |path: &str, before: Json, after: Json| {
            let object = ObjectKey { group: "apps".into(), kind: "Deployment".into(), namespace: None, name: "a".into() };
            let field = Field::new(path.split('.').map(|key| FieldStep::Key(key.to_owned())).collect());
            let side = |value: &Json| (!value.is_null()).then(|| value.clone());
            effect_of_values(&object, &field, side(&before).as_ref(), side(&after).as_ref())
        };
        let grace = "spec.template.spec.terminationGracePeriodSeconds";
        assert_eq!(effect("spec.replicas", json!(6), Json::Null), Effect::RunsOnePod);
        assert_eq!(effect("spec.replicas", json!(1), Json::Null), Effect::NoRestart);
        assert_eq!(effect("spec.replicas", json!(6), json!(3)), Effect::NoRestart);
        assert_eq!(effect("spec.replicas", Json::Null, json!(3)), Effect::NoRestart);
        assert_eq!(effect(grace, json!(45), Json::Null), Effect::RestartsPods);
        assert_eq!(effect(grace, json!(30), Json::Null), Effect::NoRestart);
        assert_eq!(effect(grace, Json::Null, json!(30)), Effect::NoRestart);
        assert_eq!(effect(grace, json!(45), json!(30)), Effect::RestartsPods);
        // No template is filled in with it.
        assert_eq!(effect("spec.template.spec.enableServiceLinks", json!(true), Json::Null), Effect::RestartsPods);
    }
}
