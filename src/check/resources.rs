//! The resources of an API server, by the kinds that rules name.

use crate::manifest::Workload;

/// A namespaced resource that an API server serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Resource {
    /// The API group; empty for the core one.
    pub group: &'static str,
    /// The version for which rules are written; the server converts others before it judges.
    pub version: &'static str,
    /// The name in paths, such as `deployments`.
    pub plural: &'static str,
}

/// The group, the version, and the kinds with their names in paths.
type Served = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// What is known beside workloads. A binding selects namespaces, and objects outside of them escape the selection, so
/// of the kinds without a namespace only Namespace itself can stand here.
const SERVED: &[Served] = &[
    (
        "",
        "v1",
        &[
            ("ConfigMap", "configmaps"),
            ("LimitRange", "limitranges"),
            ("Namespace", "namespaces"),
            ("PersistentVolumeClaim", "persistentvolumeclaims"),
            ("ResourceQuota", "resourcequotas"),
            ("Secret", "secrets"),
            ("Service", "services"),
            ("ServiceAccount", "serviceaccounts"),
        ],
    ),
    ("autoscaling", "v2", &[("HorizontalPodAutoscaler", "horizontalpodautoscalers")]),
    ("autoscaling.k8s.io", "v1", &[("VerticalPodAutoscaler", "verticalpodautoscalers")]),
    ("gateway.networking.k8s.io", "v1", &[("Gateway", "gateways"), ("GRPCRoute", "grpcroutes"), ("HTTPRoute", "httproutes")]),
    (
        "monitoring.coreos.com",
        "v1",
        &[("PodMonitor", "podmonitors"), ("PrometheusRule", "prometheusrules"), ("ServiceMonitor", "servicemonitors")],
    ),
    ("networking.k8s.io", "v1", &[("Ingress", "ingresses"), ("NetworkPolicy", "networkpolicies")]),
    ("policy", "v1", &[("PodDisruptionBudget", "poddisruptionbudgets")]),
    ("rbac.authorization.k8s.io", "v1", &[("Role", "roles"), ("RoleBinding", "rolebindings")]),
];

/// The resource of a kind, where one is known.
pub(super) fn resource(kind: &str) -> Option<Resource> {
    let other = || {
        SERVED.iter().find_map(|(group, version, kinds)| {
            let (_, plural) = kinds.iter().find(|(known, _)| *known == kind)?;
            Some(Resource { group, version, plural })
        })
    };
    let of_workload = |&Workload { group, version, plural, .. }: &Workload| Resource { group, version, plural };
    Workload::of_kind(kind).map(of_workload).or_else(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_one_resource_each() {
        let mut kinds: Vec<&str> = SERVED.iter().flat_map(|(_, _, kinds)| kinds.iter().map(|(kind, _)| *kind)).collect();
        assert!(kinds.iter().all(|kind| Workload::of_kind(kind).is_none()));
        let all = kinds.len();
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds.len(), all);
        assert_eq!(resource("Deployment"), Some(Resource { group: "apps", version: "v1", plural: "deployments" }));
        assert_eq!(resource("ClusterRole"), None);
    }
}
