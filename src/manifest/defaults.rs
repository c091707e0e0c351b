//! What Kubernetes goes by where a field is absent.
//!
//! Most of it the API server fills in itself; some the kubelet or a controller supplies. What is chosen
//! for each object anew, such as node ports, has no row.

use serde_json::Value as Json;

use super::Workload;
use super::stated::DefaultRow;
use super::stated::Stated::{self, Differs, Nobody, People, Server};
use crate::notation::{Field, FieldStep, ObjectKey};

/// A row for objects of one kind.
type DefaultOfKind = (&'static str, &'static str, &'static str, Stated);

/// Fields of objects that are no workloads.
const OF_OBJECTS: &[DefaultOfKind] = &[
    ("Service", "spec.allocateLoadBalancerNodePorts", "true", People),
    ("Service", "spec.externalTrafficPolicy", r#""Cluster""#, People),
    ("Service", "spec.internalTrafficPolicy", r#""Cluster""#, Nobody),
    ("Service", "spec.ipFamilyPolicy", r#""SingleStack""#, Nobody),
    ("Service", "spec.ports[*].protocol", r#""TCP""#, Nobody),
    ("Service", "spec.publishNotReadyAddresses", "false", People),
    ("Service", "spec.sessionAffinity", r#""None""#, Nobody),
    ("Service", "spec.type", r#""ClusterIP""#, People),
    (
        "HorizontalPodAutoscaler",
        "spec.behavior.scaleDown.policies",
        r#"[{"type":"Percent","value":100,"periodSeconds":15}]"#,
        People,
    ),
    ("HorizontalPodAutoscaler", "spec.behavior.scaleDown.selectPolicy", r#""Max""#, People),
    ("HorizontalPodAutoscaler", "spec.behavior.scaleDown.stabilizationWindowSeconds", "300", People),
    (
        "HorizontalPodAutoscaler",
        "spec.behavior.scaleUp.policies",
        r#"[{"type":"Pods","value":4,"periodSeconds":15},{"type":"Percent","value":100,"periodSeconds":15}]"#,
        People,
    ),
    ("HorizontalPodAutoscaler", "spec.behavior.scaleUp.selectPolicy", r#""Max""#, People),
    ("HorizontalPodAutoscaler", "spec.behavior.scaleUp.stabilizationWindowSeconds", "0", People),
    (
        "HorizontalPodAutoscaler",
        "spec.metrics",
        r#"[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":80}}}]"#,
        People,
    ),
    ("HorizontalPodAutoscaler", "spec.minReplicas", "1", People),
    ("PodDisruptionBudget", "spec.unhealthyPodEvictionPolicy", r#""IfHealthyBudget""#, People),
    ("NetworkPolicy", "spec.ingress[*].ports[*].protocol", r#""TCP""#, Nobody),
    ("NetworkPolicy", "spec.egress[*].ports[*].protocol", r#""TCP""#, Nobody),
    ("ServiceAccount", "automountServiceAccountToken", "true", People),
    ("Secret", "type", r#""Opaque""#, People),
    ("PersistentVolumeClaim", "spec.volumeMode", r#""Filesystem""#, People),
];

/// Fields of the specification of a Pod, wherever one is described; `containers` stands for both sorts of
/// containers.
const OF_PODS: &[DefaultRow] = &[
    ("automountServiceAccountToken", "true", Differs),
    ("containers[*].env[*].valueFrom.fieldRef.apiVersion", r#""v1""#, Server),
    ("containers[*].lifecycle.postStart.httpGet.path", r#""/""#, People),
    ("containers[*].lifecycle.postStart.httpGet.scheme", r#""HTTP""#, Nobody),
    ("containers[*].lifecycle.preStop.httpGet.path", r#""/""#, People),
    ("containers[*].lifecycle.preStop.httpGet.scheme", r#""HTTP""#, Nobody),
    ("containers[*].ports[*].protocol", r#""TCP""#, Nobody),
    ("containers[*].securityContext.allowPrivilegeEscalation", "true", Differs),
    ("containers[*].securityContext.privileged", "false", Differs),
    ("containers[*].securityContext.readOnlyRootFilesystem", "false", Differs),
    ("containers[*].stdin", "false", People),
    ("containers[*].terminationMessagePath", r#""/dev/termination-log""#, Nobody),
    ("containers[*].terminationMessagePolicy", r#""File""#, Server),
    ("containers[*].tty", "false", People),
    ("dnsPolicy", r#""ClusterFirst""#, Nobody),
    ("enableServiceLinks", "true", Differs),
    ("hostIPC", "false", People),
    ("hostNetwork", "false", People),
    ("hostPID", "false", People),
    ("restartPolicy", r#""Always""#, Nobody),
    ("schedulerName", r#""default-scheduler""#, Nobody),
    ("serviceAccountName", r#""default""#, Differs),
    ("shareProcessNamespace", "false", Differs),
    ("terminationGracePeriodSeconds", "30", Server),
    ("topologySpreadConstraints[*].minDomains", "1", Differs),
    ("topologySpreadConstraints[*].nodeAffinityPolicy", r#""Honor""#, Differs),
    ("topologySpreadConstraints[*].nodeTaintsPolicy", r#""Ignore""#, Differs),
    ("volumes[*].configMap.defaultMode", "420", Server),
    ("volumes[*].downwardAPI.defaultMode", "420", Server),
    ("volumes[*].downwardAPI.items[*].fieldRef.apiVersion", r#""v1""#, Server),
    ("volumes[*].hostPath.type", r#""""#, Server),
    ("volumes[*].projected.defaultMode", "420", Server),
    ("volumes[*].projected.sources[*].downwardAPI.items[*].fieldRef.apiVersion", r#""v1""#, Server),
    ("volumes[*].projected.sources[*].serviceAccountToken.expirationSeconds", "3600", Server),
    ("volumes[*].secret.defaultMode", "420", Server),
];

/// Fields of probes.
const OF_PROBES: &[DefaultRow] = &[
    ("failureThreshold", "3", Server),
    ("grpc.service", r#""""#, People),
    ("httpGet.path", r#""/""#, People),
    ("httpGet.scheme", r#""HTTP""#, Nobody),
    ("initialDelaySeconds", "0", People),
    ("periodSeconds", "10", Server),
    ("successThreshold", "1", Nobody),
    ("timeoutSeconds", "1", Server),
];

/// What Kubernetes goes by where a field is absent.
#[derive(Clone, Debug, PartialEq)]
pub struct Default {
    /// The value.
    pub value: Json,
    /// What it says that an object states it.
    pub stated: Stated,
}

impl Default {
    /// Whether an object that states it is the same as one that does not.
    #[must_use]
    pub fn is_filled_in(&self) -> bool {
        self.stated != Differs
    }
}

/// What Kubernetes goes by where a field of an object is absent; nothing for a field without a default.
#[must_use]
pub fn default_of(object: &ObjectKey, field: &Field) -> Option<Default> {
    let (value, stated) = match Workload::of(object) {
        Some(workload) => {
            let of_pod = || {
                let in_spec =
                    workload.in_pod(field.steps())?.split_first().filter(|(key, _)| **key == FieldStep::Key("spec".to_owned()));
                of_pod(&words(in_spec?.1))
            };
            find(workload.defaults, &words(field.steps())).or_else(of_pod)
        }
        None if object.is_built_in() => {
            let words = words(field.steps());
            let row = OF_OBJECTS.iter().find(|(kind, path, ..)| object.known_kind() == Some(kind) && *path == words);
            row.map(|(_, _, value, stated)| (*value, *stated))
        }
        None => None,
    }?;
    Some(Default { value: serde_json::from_str(value).ok()?, stated })
}

/// The default of a field of the specification of a Pod.
fn of_pod(field: &str) -> Option<(&'static str, Stated)> {
    let field = field.strip_prefix("initC").map_or_else(|| field.to_owned(), |rest| format!("c{rest}"));
    let in_probe = ["livenessProbe.", "readinessProbe.", "startupProbe."]
        .iter()
        .find_map(|probe| field.strip_prefix("containers[*].")?.strip_prefix(probe));
    let (rows, path) = in_probe.map_or((OF_PODS, field.as_str()), |path| (OF_PROBES, path));
    find(rows, path)
}

fn find(rows: &[DefaultRow], field: &str) -> Option<(&'static str, Stated)> {
    rows.iter().find(|(known, ..)| *known == field).map(|(_, value, stated)| (*value, *stated))
}

/// A field as the tables have it: any element of a list is `[*]`.
fn words(steps: &[FieldStep]) -> String {
    let any = |step: &FieldStep| match step {
        FieldStep::Element(_) => FieldStep::Element("*".to_owned()),
        key @ FieldStep::Key(_) => key.clone(),
    };
    Field::new(steps.iter().map(any).collect()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::WORKLOADS;

    fn default(kind: &str, path: &str) -> Option<Json> {
        let group = Workload::of_kind(kind).map_or("", |workload| workload.group).to_owned();
        let object = ObjectKey { group, kind: kind.to_owned(), namespace: None, name: "cart".to_owned() };
        let step = |word: &str| {
            let (key, element) = word.split_once('[').map_or((word, None), |(key, rest)| (key, rest.strip_suffix(']')));
            [Some(FieldStep::Key(key.to_owned())), element.map(|label| FieldStep::Element(label.to_owned()))]
                .into_iter()
                .flatten()
        };
        let field = Field::new(path.trim_start_matches('.').split('.').flat_map(|word| step(word).collect::<Vec<_>>()).collect());
        default_of(&object, &field).map(|default| default.value)
    }

    #[test]
    fn every_row_is_json_and_found() {
        let json = |value: &str| Some(serde_json::from_str::<Json>(value).unwrap());
        for (kind, path, value, _) in OF_OBJECTS {
            assert_eq!(default(kind, path), json(value), "{kind} {path}");
        }
        for workload in WORKLOADS {
            for (path, value, _) in workload.defaults {
                assert_eq!(default(workload.kind, path), json(value), "{} {path}", workload.kind);
            }
            for (path, value, _) in OF_PODS {
                let path = workload.in_template(&format!("spec.{path}"));
                assert_eq!(default(workload.kind, &path), json(value), "{} {path}", workload.kind);
            }
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
