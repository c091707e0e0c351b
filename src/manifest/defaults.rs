//! What Kubernetes goes by where a field is absent.
//!
//! Most of it the API server fills in itself; some the kubelet or a controller supplies. What is chosen
//! for each object anew, such as node ports, has no row.

use serde_json::Value as Json;

use crate::formats::{Field, ObjectKey, Step};

/// The workloads with a number of replicas.
const REPLICATED: &[&str] = &["Deployment", "ReplicaSet", "Rollout", "StatefulSet"];

/// A row: the kinds, the field, and its default as JSON.
type Row = (&'static [&'static str], &'static str, &'static str);

/// Fields of objects.
const OF_OBJECTS: &[Row] = &[
    (REPLICATED, "spec.replicas", "1"),
    (&["DaemonSet", "Deployment", "StatefulSet"], "spec.revisionHistoryLimit", "10"),
    (&["DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"], "spec.minReadySeconds", "0"),
    (&["Deployment"], "spec.paused", "false"),
    (&["Deployment"], "spec.progressDeadlineSeconds", "600"),
    (&["Deployment"], "spec.strategy", r#"{"type":"RollingUpdate","rollingUpdate":{"maxSurge":"25%","maxUnavailable":"25%"}}"#),
    (&["Deployment"], "spec.strategy.rollingUpdate", r#"{"maxSurge":"25%","maxUnavailable":"25%"}"#),
    (&["Deployment"], "spec.strategy.rollingUpdate.maxSurge", r#""25%""#),
    (&["Deployment"], "spec.strategy.rollingUpdate.maxUnavailable", r#""25%""#),
    (&["Deployment"], "spec.strategy.type", r#""RollingUpdate""#),
    (&["StatefulSet"], "spec.podManagementPolicy", r#""OrderedReady""#),
    (&["StatefulSet"], "spec.updateStrategy", r#"{"type":"RollingUpdate","rollingUpdate":{"partition":0}}"#),
    (&["StatefulSet"], "spec.updateStrategy.rollingUpdate.partition", "0"),
    (&["DaemonSet", "StatefulSet"], "spec.updateStrategy.type", r#""RollingUpdate""#),
    (&["DaemonSet"], "spec.updateStrategy.rollingUpdate.maxSurge", "0"),
    (&["DaemonSet"], "spec.updateStrategy.rollingUpdate.maxUnavailable", "1"),
    (&["Job"], "spec.backoffLimit", "6"),
    (&["Job"], "spec.completionMode", r#""NonIndexed""#),
    (&["Job"], "spec.completions", "1"),
    (&["Job"], "spec.parallelism", "1"),
    (&["CronJob", "Job"], "spec.suspend", "false"),
    (&["CronJob"], "spec.concurrencyPolicy", r#""Allow""#),
    (&["CronJob"], "spec.failedJobsHistoryLimit", "1"),
    (&["CronJob"], "spec.successfulJobsHistoryLimit", "3"),
    (&["Service"], "spec.allocateLoadBalancerNodePorts", "true"),
    (&["Service"], "spec.externalTrafficPolicy", r#""Cluster""#),
    (&["Service"], "spec.internalTrafficPolicy", r#""Cluster""#),
    (&["Service"], "spec.ipFamilyPolicy", r#""SingleStack""#),
    (&["Service"], "spec.ports[*].protocol", r#""TCP""#),
    (&["Service"], "spec.publishNotReadyAddresses", "false"),
    (&["Service"], "spec.sessionAffinity", r#""None""#),
    (&["Service"], "spec.type", r#""ClusterIP""#),
    (&["HorizontalPodAutoscaler"], "spec.behavior.scaleDown.policies", r#"[{"type":"Percent","value":100,"periodSeconds":15}]"#),
    (&["HorizontalPodAutoscaler"], "spec.behavior.scaleDown.selectPolicy", r#""Max""#),
    (&["HorizontalPodAutoscaler"], "spec.behavior.scaleDown.stabilizationWindowSeconds", "300"),
    (
        &["HorizontalPodAutoscaler"],
        "spec.behavior.scaleUp.policies",
        r#"[{"type":"Pods","value":4,"periodSeconds":15},{"type":"Percent","value":100,"periodSeconds":15}]"#,
    ),
    (&["HorizontalPodAutoscaler"], "spec.behavior.scaleUp.selectPolicy", r#""Max""#),
    (&["HorizontalPodAutoscaler"], "spec.behavior.scaleUp.stabilizationWindowSeconds", "0"),
    (
        &["HorizontalPodAutoscaler"],
        "spec.metrics",
        r#"[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":80}}}]"#,
    ),
    (&["HorizontalPodAutoscaler"], "spec.minReplicas", "1"),
    (&["PodDisruptionBudget"], "spec.unhealthyPodEvictionPolicy", r#""IfHealthyBudget""#),
    (&["NetworkPolicy"], "spec.ingress[*].ports[*].protocol", r#""TCP""#),
    (&["NetworkPolicy"], "spec.egress[*].ports[*].protocol", r#""TCP""#),
    (&["ServiceAccount"], "automountServiceAccountToken", "true"),
    (&["Secret"], "type", r#""Opaque""#),
    (&["PersistentVolumeClaim"], "spec.volumeMode", r#""Filesystem""#),
];

/// Fields of the specification of a Pod that the API server fills in wherever a Pod is described, or that it
/// cannot tell from absent ones; `containers` stands for both sorts of containers.
const OF_PODS: &[(&str, &str)] = &[
    ("containers[*].env[*].valueFrom.fieldRef.apiVersion", r#""v1""#),
    ("containers[*].ports[*].protocol", r#""TCP""#),
    ("containers[*].stdin", "false"),
    ("containers[*].terminationMessagePath", r#""/dev/termination-log""#),
    ("containers[*].terminationMessagePolicy", r#""File""#),
    ("containers[*].tty", "false"),
    ("dnsPolicy", r#""ClusterFirst""#),
    ("hostIPC", "false"),
    ("hostNetwork", "false"),
    ("hostPID", "false"),
    ("restartPolicy", r#""Always""#),
    ("schedulerName", r#""default-scheduler""#),
    ("terminationGracePeriodSeconds", "30"),
    ("volumes[*].configMap.defaultMode", "420"),
    ("volumes[*].projected.defaultMode", "420"),
    ("volumes[*].secret.defaultMode", "420"),
];

/// Fields whose default stands in no object, or in Pods alone: a template that states it is another one.
const OF_PODS_LATER: &[(&str, &str)] = &[
    ("automountServiceAccountToken", "true"),
    ("containers[*].securityContext.allowPrivilegeEscalation", "true"),
    ("containers[*].securityContext.privileged", "false"),
    ("containers[*].securityContext.readOnlyRootFilesystem", "false"),
    ("enableServiceLinks", "true"),
    ("serviceAccountName", r#""default""#),
    ("shareProcessNamespace", "false"),
    ("topologySpreadConstraints[*].minDomains", "1"),
    ("topologySpreadConstraints[*].nodeAffinityPolicy", r#""Honor""#),
    ("topologySpreadConstraints[*].nodeTaintsPolicy", r#""Ignore""#),
];

/// Fields of probes.
const OF_PROBES: &[(&str, &str)] = &[
    ("failureThreshold", "3"),
    ("grpc.service", r#""""#),
    ("httpGet.path", r#""/""#),
    ("httpGet.scheme", r#""HTTP""#),
    ("initialDelaySeconds", "0"),
    ("periodSeconds", "10"),
    ("successThreshold", "1"),
    ("timeoutSeconds", "1"),
];

/// What Kubernetes goes by where a field is absent.
#[derive(Clone, Debug, PartialEq)]
pub struct Default {
    /// The value.
    pub value: Json,
    /// Whether an object that states it is the same as one that does not.
    pub is_filled_in: bool,
}

/// What Kubernetes goes by where a field of an object is absent; nothing for a field without a default.
#[must_use]
pub fn default_of(object: &ObjectKey, field: &Field) -> Option<Default> {
    let (kind, words) = (object.kind.as_str(), words(field));
    // Argo's Rollout is a Deployment with another strategy.
    if !object.is_built_in() && kind != "Rollout" {
        return None;
    }
    let in_object = OF_OBJECTS.iter().find(|(kinds, path, _)| kinds.contains(&kind) && *path == words).map(|(.., value)| *value);
    let (value, is_filled_in) = in_object.map(|value| (value, true)).or_else(|| of_pod(in_pod(kind, &words)?, kind == "Pod"))?;
    Some(Default { value: serde_json::from_str(value).ok()?, is_filled_in })
}

/// The default of a field of a Pod, and whether it is filled in.
fn of_pod(field: &str, is_pod: bool) -> Option<(&'static str, bool)> {
    let find = |rows: &'static [(&str, &str)], field: &str| rows.iter().find(|(path, _)| *path == field).map(|(_, value)| *value);
    let field = field.strip_prefix("initC").map_or_else(|| field.to_owned(), |rest| format!("c{rest}"));
    let in_probe = ["livenessProbe.", "readinessProbe.", "startupProbe."]
        .iter()
        .find_map(|probe| field.strip_prefix("containers[*].")?.strip_prefix(probe));
    let filled_in = in_probe.map_or_else(|| find(OF_PODS, &field), |field| find(OF_PROBES, field));
    let later = || find(OF_PODS_LATER, &field).map(|value| (value, is_pod && field == "enableServiceLinks"));
    filled_in.map(|value| (value, true)).or_else(later)
}

/// The rest of a field that stands in the specification of a Pod.
fn in_pod<'w>(kind: &str, words: &'w str) -> Option<&'w str> {
    let around = match kind {
        "Pod" => "spec.",
        "CronJob" => "spec.jobTemplate.spec.template.spec.",
        "DaemonSet" | "Deployment" | "Job" | "ReplicaSet" | "Rollout" | "StatefulSet" => "spec.template.spec.",
        _ => return None,
    };
    words.strip_prefix(around)
}

/// A field as the tables have it: any element of a list is `[*]`.
fn words(field: &Field) -> String {
    let any = |step: &Step| match step {
        Step::Element(_) => Step::Element("*".to_owned()),
        key @ Step::Key(_) => key.clone(),
    };
    Field::new(field.steps().iter().map(any).collect()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn default(kind: &str, path: &str) -> Option<Json> {
        let object = ObjectKey { group: String::new(), kind: kind.to_owned(), namespace: None, name: "cart".to_owned() };
        let step = |word: &str| {
            let (key, element) = word.split_once('[').map_or((word, None), |(key, rest)| (key, rest.strip_suffix(']')));
            [Some(Step::Key(key.to_owned())), element.map(|label| Step::Element(label.to_owned()))].into_iter().flatten()
        };
        let field = Field::new(path.trim_start_matches('.').split('.').flat_map(|word| step(word).collect::<Vec<_>>()).collect());
        default_of(&object, &field).map(|default| default.value)
    }

    #[test]
    fn every_row_is_json_and_found() {
        for (kinds, path, value) in OF_OBJECTS {
            let expected: Json = serde_json::from_str(value).unwrap();
            assert!(kinds.iter().all(|kind| default(kind, path) == Some(expected.clone())), "{path}");
        }
        for (path, value) in OF_PODS.iter().chain(OF_PODS_LATER) {
            let expected: Json = serde_json::from_str(value).unwrap();
            assert_eq!(default("Deployment", &format!("spec.template.spec.{path}")), Some(expected.clone()), "{path}");
            assert_eq!(default("CronJob", &format!("spec.jobTemplate.spec.template.spec.{path}")), Some(expected), "{path}");
        }
        assert_eq!(default("Pod", "spec.initContainers[name=a].startupProbe.periodSeconds"), Some(10.into()));
        assert_eq!(default("ConfigMap", "data"), None);
        assert_eq!(default("Deployment", "spec.template.spec.containers[name=app].image"), None);
    }

    /// An API server has been asked what it fills in.
    #[test]
    fn an_api_server_fills_in_the_same() {
        let list = include_str!("../../tests/conformance/filled-in-v1.37.txt");
        // What is allotted to each object, or follows from another field of it.
        let not_fixed = ["serviceAccount", "clusterIP", "clusterIPs", "ipFamilies", "nodePort"];
        for line in list.lines() {
            let (kind, rest) = line.split_once(" .").unwrap();
            let (path, value) = rest.split_once(": ").unwrap();
            if path.rsplit('.').next().is_some_and(|last| not_fixed.contains(&last)) {
                continue;
            }
            let expected: Json = serde_json::from_str(value).unwrap();
            assert_eq!(default(kind, &path.replace("[]", "[0]")), Some(expected), "{line}");
        }
    }
}
