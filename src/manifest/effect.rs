//! What a change of a field does to a service that runs.

use schemars::JsonSchema;
use serde::Serialize;

use crate::formats::{Field, ObjectKey};

/// What a change of a field does to a service that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// The Pods go on as they are.
    NoRestart,
    /// The Pods are replaced, as the workload rolls out.
    RestartsPods,
    /// The API server refuses the change; the object has to be deleted and created again.
    NotInPlace,
}

/// Fields that the API server does not let change, by kind: all that stands below each path.
const IMMUTABLE: &[(&str, &str)] = &[
    ("CSIDriver", "spec.attachRequired"),
    ("ClusterRoleBinding", "roleRef"),
    ("DaemonSet", "spec.selector"),
    ("Deployment", "spec.selector"),
    ("Job", "spec.completionMode"),
    ("Job", "spec.podFailurePolicy"),
    ("Job", "spec.selector"),
    ("Job", "spec.template"),
    ("PersistentVolumeClaim", "spec.accessModes"),
    ("PersistentVolumeClaim", "spec.selector"),
    ("PersistentVolumeClaim", "spec.storageClassName"),
    ("PersistentVolumeClaim", "spec.volumeMode"),
    ("PersistentVolumeClaim", "spec.volumeName"),
    ("Pod", "spec"),
    ("ReplicaSet", "spec.selector"),
    ("RoleBinding", "roleRef"),
    ("Secret", "type"),
    ("Service", "spec.clusterIP"),
    ("StatefulSet", "spec.podManagementPolicy"),
    ("StatefulSet", "spec.selector"),
    ("StatefulSet", "spec.serviceName"),
    ("StatefulSet", "spec.volumeClaimTemplates"),
    ("StorageClass", "parameters"),
    ("StorageClass", "provisioner"),
];

/// Workloads that replace their Pods when their template changes.
const ROLLED: &[&str] = &["DaemonSet", "Deployment", "Rollout", "StatefulSet"];

/// What a change of a field of an object does.
#[must_use]
pub fn effect(object: &ObjectKey, field: &Field) -> Effect {
    let keys: Vec<&str> = field.keys().collect();
    let is_in = |path: &str| {
        let path: Vec<&str> = path.split('.').collect();
        keys.starts_with(&path) || (path.starts_with(&keys) && !keys.is_empty())
    };
    let kind = object.kind.as_str();
    // Under another name or namespace it is another object, and the old one stays.
    if matches!(keys.as_slice(), ["metadata", "name" | "namespace"] | ["kind"])
        || IMMUTABLE.iter().any(|(of, path)| *of == kind && is_in(path))
    {
        return Effect::NotInPlace;
    }
    if ROLLED.contains(&kind) && is_in("spec.template") { Effect::RestartsPods } else { Effect::NoRestart }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Step;

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
        ];
        for (kind, path, expected) in cases {
            let object = ObjectKey { group: String::new(), kind: kind.to_owned(), namespace: None, name: "a".to_owned() };
            let field = Field::new(path.split('.').map(|key| Step::Key(key.to_owned())).collect());
            assert_eq!(effect(&object, &field), expected, "{kind} {path}");
        }
        assert!(IMMUTABLE.is_sorted());
    }
}
