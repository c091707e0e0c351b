//! What an API server refuses in an object that it can read.
//!
//! One file a kind or topic; each says all that it finds, as a server does. What a server fills in before it looks
//! counts as there, and fields that a version takes out by default are not looked at. Written after the `validation`
//! packages of Kubernetes.

mod admission;
mod autoscaler;
mod budget;
mod claims;
mod config;
mod containers;
mod cron_job;
mod daemon_set;
mod deployment;
mod env;
mod ingress;
mod job;
mod job_policies;
mod labels;
mod limits;
mod metadata;
mod mounts;
mod namespace;
mod network;
mod network_policy;
mod paths;
mod pod;
mod pod_resources;
mod pod_spec;
mod pod_template;
mod ports;
mod probes;
mod profile_annotations;
mod projected;
mod rbac;
mod replica_set;
mod replication_controller;
mod resources;
mod rollout;
mod scheduling;
mod security;
mod service;
mod service_addresses;
mod spread;
mod stateful_set;
mod volumes;
mod windows;

use self::metadata::{Lives, metadata};
use super::api_fault::{ApiFault, Reaction};
use super::complaints::Complaints;
use super::fields::ObjectFields;
use crate::notation::{KubeVersion, dns_subdomain};
use crate::yaml::Node;

/// How the objects of a kind are judged.
type KindJudge = for<'n> fn(&'n Node, &mut Complaints<'n>);

/// Kinds of objects in a version of their API.
type Kinds = &'static [(&'static str, &'static str, KindJudge)];

/// The kinds that are judged. Those that make Pods stand in the file that judges them.
const KINDS: &[Kinds] = &[
    deployment::KINDS,
    replica_set::KINDS,
    stateful_set::KINDS,
    daemon_set::KINDS,
    job::KINDS,
    cron_job::KINDS,
    replication_controller::KINDS,
    pod::KINDS,
    &[
        ("v1", "Service", service::service),
        ("v1", "ConfigMap", config::config_map),
        ("v1", "Secret", config::secret),
        ("v1", "PersistentVolumeClaim", claims::claim),
        ("v1", "ServiceAccount", account),
        ("v1", "Namespace", namespace::namespace),
        ("v1", "LimitRange", limits::limit_range),
        ("v1", "ResourceQuota", limits::quota),
        ("networking.k8s.io/v1", "Ingress", ingress::ingress),
        ("networking.k8s.io/v1", "IngressClass", ingress::class),
        ("networking.k8s.io/v1", "NetworkPolicy", network_policy::network_policy),
        ("policy/v1", "PodDisruptionBudget", budget::budget),
        ("autoscaling/v2", "HorizontalPodAutoscaler", autoscaler::autoscaler),
        ("autoscaling/v1", "HorizontalPodAutoscaler", autoscaler::autoscaler_of_old),
        ("scheduling.k8s.io/v1", "PriorityClass", admission::priority_class),
        ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", admission::policy),
        ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding", admission::binding),
        ("rbac.authorization.k8s.io/v1", "Role", rbac::role),
        ("rbac.authorization.k8s.io/v1", "ClusterRole", rbac::cluster_role),
        ("rbac.authorization.k8s.io/v1", "RoleBinding", rbac::role_binding),
        ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", rbac::cluster_role_binding),
    ],
];

/// What an API server of a version would refuse in an object that it can read.
#[must_use]
pub(super) fn faults(root: &Node, version: KubeVersion) -> Vec<ApiFault> {
    let (group, kind) = (root.text("apiVersion"), root.text("kind"));
    let found = KINDS.iter().flat_map(|kinds| *kinds).find(|(version, name, _)| *name == kind && *version == group);
    let Some((_, _, judge)) = found else { return Vec::new() };
    let mut faults = Complaints::new(version, Reaction::Refused);
    judge(root, &mut faults);
    faults.placed(root)
}

fn account<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    metadata(root, Lives::InNamespace, dns_subdomain, faults);
}
