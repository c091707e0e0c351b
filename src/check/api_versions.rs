//! API versions that Kubernetes has dropped or will drop, because a stable one took their place.

use crate::manifest::Workload;

/// A group and version with the kinds in it that have a stable successor.
struct DroppedVersion {
    api_version: &'static str,
    kinds: &'static [&'static str],
    /// The group and version to write instead.
    stable: &'static str,
}

/// From the deprecation guide of the Kubernetes API; workloads say themselves how they were served before.
const DROPPED: &[DroppedVersion] = &[
    DroppedVersion { api_version: "extensions/v1beta1", kinds: &["Ingress", "NetworkPolicy"], stable: "networking.k8s.io/v1" },
    DroppedVersion { api_version: "autoscaling/v2beta1", kinds: &["HorizontalPodAutoscaler"], stable: "autoscaling/v2" },
    DroppedVersion { api_version: "autoscaling/v2beta2", kinds: &["HorizontalPodAutoscaler"], stable: "autoscaling/v2" },
    DroppedVersion { api_version: "policy/v1beta1", kinds: &["PodDisruptionBudget"], stable: "policy/v1" },
    DroppedVersion {
        api_version: "networking.k8s.io/v1beta1",
        kinds: &["Ingress", "IngressClass"],
        stable: "networking.k8s.io/v1",
    },
    DroppedVersion {
        api_version: "rbac.authorization.k8s.io/v1alpha1",
        kinds: &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
        stable: "rbac.authorization.k8s.io/v1",
    },
    DroppedVersion {
        api_version: "rbac.authorization.k8s.io/v1beta1",
        kinds: &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
        stable: "rbac.authorization.k8s.io/v1",
    },
    DroppedVersion { api_version: "scheduling.k8s.io/v1alpha1", kinds: &["PriorityClass"], stable: "scheduling.k8s.io/v1" },
    DroppedVersion { api_version: "scheduling.k8s.io/v1beta1", kinds: &["PriorityClass"], stable: "scheduling.k8s.io/v1" },
    DroppedVersion { api_version: "node.k8s.io/v1alpha1", kinds: &["RuntimeClass"], stable: "node.k8s.io/v1" },
    DroppedVersion { api_version: "node.k8s.io/v1beta1", kinds: &["RuntimeClass"], stable: "node.k8s.io/v1" },
    DroppedVersion { api_version: "coordination.k8s.io/v1beta1", kinds: &["Lease"], stable: "coordination.k8s.io/v1" },
    DroppedVersion { api_version: "discovery.k8s.io/v1beta1", kinds: &["EndpointSlice"], stable: "discovery.k8s.io/v1" },
    DroppedVersion { api_version: "events.k8s.io/v1beta1", kinds: &["Event"], stable: "events.k8s.io/v1" },
    DroppedVersion {
        api_version: "admissionregistration.k8s.io/v1beta1",
        kinds: &[
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "ValidatingWebhookConfiguration",
        ],
        stable: "admissionregistration.k8s.io/v1",
    },
    DroppedVersion {
        api_version: "admissionregistration.k8s.io/v1alpha1",
        kinds: &["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"],
        stable: "admissionregistration.k8s.io/v1",
    },
    DroppedVersion {
        api_version: "apiextensions.k8s.io/v1beta1",
        kinds: &["CustomResourceDefinition"],
        stable: "apiextensions.k8s.io/v1",
    },
    DroppedVersion { api_version: "apiregistration.k8s.io/v1beta1", kinds: &["APIService"], stable: "apiregistration.k8s.io/v1" },
    DroppedVersion {
        api_version: "certificates.k8s.io/v1beta1",
        kinds: &["CertificateSigningRequest"],
        stable: "certificates.k8s.io/v1",
    },
    DroppedVersion {
        api_version: "storage.k8s.io/v1beta1",
        kinds: &["CSIDriver", "CSINode", "CSIStorageCapacity", "StorageClass", "VolumeAttachment"],
        stable: "storage.k8s.io/v1",
    },
    DroppedVersion {
        api_version: "flowcontrol.apiserver.k8s.io/v1beta1",
        kinds: &["FlowSchema", "PriorityLevelConfiguration"],
        stable: "flowcontrol.apiserver.k8s.io/v1",
    },
    DroppedVersion {
        api_version: "flowcontrol.apiserver.k8s.io/v1beta2",
        kinds: &["FlowSchema", "PriorityLevelConfiguration"],
        stable: "flowcontrol.apiserver.k8s.io/v1",
    },
    DroppedVersion {
        api_version: "flowcontrol.apiserver.k8s.io/v1beta3",
        kinds: &["FlowSchema", "PriorityLevelConfiguration"],
        stable: "flowcontrol.apiserver.k8s.io/v1",
    },
];

/// The stable version of a kind, where the given one is not.
#[must_use]
pub fn stable_version(api_version: &str, kind: &str) -> Option<String> {
    let workload = Workload::of_kind(kind).filter(|workload| workload.served_before.contains(&api_version));
    let other = || DROPPED.iter().find(|dropped| dropped.api_version == api_version && dropped.kinds.contains(&kind));
    workload.map(Workload::api_version).or_else(|| other().map(|dropped| dropped.stable.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unstable_versions_are_known_with_their_successor() {
        assert_eq!(stable_version("policy/v1beta1", "PodDisruptionBudget").as_deref(), Some("policy/v1"));
        assert_eq!(stable_version("extensions/v1beta1", "Deployment").as_deref(), Some("apps/v1"));
        assert_eq!(stable_version("extensions/v1beta1", "StatefulSet"), None);
        assert_eq!(stable_version("policy/v1", "PodDisruptionBudget"), None);
        assert_eq!(stable_version("monitoring.coreos.com/v1alpha1", "AlertmanagerConfig"), None);
    }
}
