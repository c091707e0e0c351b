//! The kinds of objects that make Pods: where each keeps what, and what a change of it does.
//!
//! The one table of them. What is immutable follows the `ValidateUpdate` functions of the API server, what is
//! filled in its `SetDefaults` functions.

use super::stated::DefaultRow;
use super::stated::Stated::{Differs, People, Server};
use crate::notation::{FieldStep, ObjectKey, is_built_in};

/// A kind of objects that make Pods, or a Pod itself.
#[derive(Debug)]
pub struct Workload {
    /// The kind.
    pub kind: &'static str,
    /// The API group; empty for the core.
    pub group: &'static str,
    /// The version of the group.
    pub version: &'static str,
    /// The name in paths of the API, such as `deployments`.
    pub plural: &'static str,
    /// Groups and versions under which it was served before.
    pub served_before: &'static [&'static str],
    /// The field that holds the Pod's metadata and specification; empty where that is the object itself.
    pub template: &'static str,
    /// The field that selects its Pods.
    pub selector: Option<&'static str>,
    /// The field with the number of its Pods.
    pub replicas: Option<&'static str>,
    /// The fields whose change replaces or restarts Pods that run.
    pub restarts: &'static [&'static str],
    /// The fields that the API server does not let change, but for those whose change restarts Pods.
    pub immutable: &'static [&'static str],
    /// What Kubernetes goes by where a field beside those of the Pod is absent.
    pub(super) defaults: &'static [DefaultRow],
}

/// The kind that an autoscaler scales where it names none.
pub const SCALED: &str = "Deployment";

/// The field with the claims that a `StatefulSet` makes for each of its Pods.
pub const CLAIM_TEMPLATES: &str = "spec.volumeClaimTemplates";

const TEMPLATE: &str = "spec.template";
const SELECTOR: &str = "spec.selector";
const REPLICAS: &str = "spec.replicas";

const ONE_REPLICA: DefaultRow = (REPLICAS, "1", People);
const MIN_READY: DefaultRow = ("spec.minReadySeconds", "0", People);
const HISTORY: DefaultRow = ("spec.revisionHistoryLimit", "10", Server);
const ROLLING: DefaultRow = ("spec.updateStrategy.type", r#""RollingUpdate""#, Server);

/// The kinds, in the order in which they are told.
pub const WORKLOADS: &[Workload] = &[
    Workload {
        kind: "Deployment",
        group: "apps",
        version: "v1",
        plural: "deployments",
        served_before: &["extensions/v1beta1", "apps/v1beta1", "apps/v1beta2"],
        template: TEMPLATE,
        selector: Some(SELECTOR),
        replicas: Some(REPLICAS),
        restarts: &[TEMPLATE],
        immutable: &[SELECTOR],
        defaults: &[
            ONE_REPLICA,
            MIN_READY,
            HISTORY,
            ("spec.paused", "false", People),
            ("spec.progressDeadlineSeconds", "600", Server),
            ("spec.strategy", r#"{"type":"RollingUpdate","rollingUpdate":{"maxSurge":"25%","maxUnavailable":"25%"}}"#, People),
            ("spec.strategy.rollingUpdate", r#"{"maxSurge":"25%","maxUnavailable":"25%"}"#, People),
            ("spec.strategy.rollingUpdate.maxSurge", r#""25%""#, Server),
            ("spec.strategy.rollingUpdate.maxUnavailable", r#""25%""#, Server),
            ("spec.strategy.type", r#""RollingUpdate""#, Server),
        ],
    },
    Workload {
        kind: "StatefulSet",
        group: "apps",
        version: "v1",
        plural: "statefulsets",
        served_before: &["apps/v1beta1", "apps/v1beta2"],
        template: TEMPLATE,
        selector: Some(SELECTOR),
        replicas: Some(REPLICAS),
        restarts: &[TEMPLATE],
        immutable: &["spec.podManagementPolicy", SELECTOR, "spec.serviceName", CLAIM_TEMPLATES],
        defaults: &[
            ONE_REPLICA,
            MIN_READY,
            HISTORY,
            ROLLING,
            ("spec.persistentVolumeClaimRetentionPolicy", r#"{"whenDeleted":"Retain","whenScaled":"Retain"}"#, People),
            ("spec.persistentVolumeClaimRetentionPolicy.whenDeleted", r#""Retain""#, Server),
            ("spec.persistentVolumeClaimRetentionPolicy.whenScaled", r#""Retain""#, Server),
            ("spec.podManagementPolicy", r#""OrderedReady""#, Server),
            ("spec.updateStrategy", r#"{"type":"RollingUpdate","rollingUpdate":{"partition":0}}"#, People),
            ("spec.updateStrategy.rollingUpdate.partition", "0", Server),
            ("spec.volumeClaimTemplates[*].spec.volumeMode", r#""Filesystem""#, Server),
        ],
    },
    Workload {
        kind: "DaemonSet",
        group: "apps",
        version: "v1",
        plural: "daemonsets",
        served_before: &["extensions/v1beta1", "apps/v1beta2"],
        template: TEMPLATE,
        selector: Some(SELECTOR),
        replicas: None,
        restarts: &[TEMPLATE],
        immutable: &[SELECTOR],
        defaults: &[
            MIN_READY,
            HISTORY,
            ROLLING,
            ("spec.updateStrategy", r#"{"type":"RollingUpdate","rollingUpdate":{"maxSurge":0,"maxUnavailable":1}}"#, People),
            ("spec.updateStrategy.rollingUpdate", r#"{"maxSurge":0,"maxUnavailable":1}"#, People),
            ("spec.updateStrategy.rollingUpdate.maxSurge", "0", Server),
            ("spec.updateStrategy.rollingUpdate.maxUnavailable", "1", Server),
        ],
    },
    Workload {
        kind: "ReplicaSet",
        group: "apps",
        version: "v1",
        plural: "replicasets",
        served_before: &["extensions/v1beta1", "apps/v1beta2"],
        template: TEMPLATE,
        selector: Some(SELECTOR),
        replicas: Some(REPLICAS),
        // Pods that run stay as they are; only new ones are made from another template.
        restarts: &[],
        immutable: &[SELECTOR],
        defaults: &[ONE_REPLICA, MIN_READY],
    },
    Workload {
        kind: "ReplicationController",
        group: "",
        version: "v1",
        plural: "replicationcontrollers",
        served_before: &[],
        template: TEMPLATE,
        selector: Some(SELECTOR),
        replicas: Some(REPLICAS),
        restarts: &[],
        immutable: &[],
        defaults: &[ONE_REPLICA, MIN_READY],
    },
    Workload {
        kind: "Job",
        group: "batch",
        version: "v1",
        plural: "jobs",
        served_before: &[],
        template: TEMPLATE,
        selector: Some(SELECTOR),
        replicas: None,
        restarts: &[],
        immutable: &[
            "spec.backoffLimitPerIndex",
            "spec.completionMode",
            "spec.completions",
            "spec.managedBy",
            "spec.podFailurePolicy",
            SELECTOR,
            "spec.successPolicy",
            TEMPLATE,
        ],
        defaults: &[
            ("spec.backoffLimit", "6", Server),
            ("spec.completionMode", r#""NonIndexed""#, Server),
            ("spec.completions", "1", Server),
            ("spec.manualSelector", "false", Server),
            ("spec.parallelism", "1", Server),
            ("spec.podReplacementPolicy", r#""TerminatingOrFailed""#, Server),
            ("spec.suspend", "false", Server),
        ],
    },
    Workload {
        kind: "CronJob",
        group: "batch",
        version: "v1",
        plural: "cronjobs",
        served_before: &["batch/v1beta1", "batch/v2alpha1"],
        template: "spec.jobTemplate.spec.template",
        selector: Some("spec.jobTemplate.spec.selector"),
        replicas: None,
        // A Job that runs goes on; the next one is made from another template.
        restarts: &[],
        immutable: &[],
        defaults: &[
            ("spec.concurrencyPolicy", r#""Allow""#, Server),
            ("spec.failedJobsHistoryLimit", "1", Server),
            ("spec.successfulJobsHistoryLimit", "3", Server),
            ("spec.suspend", "false", Server),
        ],
    },
    Workload {
        kind: "Pod",
        group: "",
        version: "v1",
        plural: "pods",
        served_before: &[],
        template: "",
        selector: None,
        replicas: None,
        restarts: &["spec.containers.image", "spec.initContainers.image"],
        immutable: &["spec"],
        defaults: &[("spec.enableServiceLinks", "true", Server)],
    },
    // A template that controllers take Pods from.
    Workload {
        kind: "PodTemplate",
        group: "",
        version: "v1",
        plural: "podtemplates",
        served_before: &[],
        template: "template",
        selector: None,
        replicas: None,
        restarts: &[],
        immutable: &[],
        defaults: &[],
    },
    // Argo's Deployment with another strategy. Its controller goes by these defaults, and writes them nowhere.
    Workload {
        kind: "Rollout",
        group: "argoproj.io",
        version: "v1alpha1",
        plural: "rollouts",
        served_before: &[],
        template: TEMPLATE,
        selector: Some(SELECTOR),
        replicas: Some(REPLICAS),
        restarts: &[TEMPLATE],
        immutable: &[],
        defaults: &[ONE_REPLICA, ("spec.progressDeadlineSeconds", "600", Differs), ("spec.revisionHistoryLimit", "10", Differs)],
    },
];

impl Workload {
    /// The workload of a kind as tables and [`ObjectKey::known_kind`] name it.
    #[must_use]
    pub fn of_kind(kind: &str) -> Option<&'static Self> {
        WORKLOADS.iter().find(|workload| workload.kind == kind)
    }

    /// The workload that an object is: of its kind and group, or of a group that Kubernetes had it in before.
    #[must_use]
    pub fn of(object: &ObjectKey) -> Option<&'static Self> {
        Self::of_kind(object.known_kind()?)
    }

    /// Whether Kubernetes itself has the kind.
    #[must_use]
    pub fn is_built_in(&self) -> bool {
        is_built_in(self.group)
    }

    /// Group and version, such as `apps/v1`.
    #[must_use]
    pub fn api_version(&self) -> String {
        let slash = if self.group.is_empty() { "" } else { "/" };
        format!("{}{slash}{}", self.group, self.version)
    }

    /// Whether it makes Pods, or is one; others make those of a `PodTemplate`.
    #[must_use]
    pub fn runs(&self) -> bool {
        self.selector.is_some() || self.template.is_empty()
    }

    /// The keys that lead to the Pod.
    pub fn template_keys(&self) -> impl Iterator<Item = &'static str> + Clone + use<> {
        self.template.split('.').filter(|key| !key.is_empty())
    }

    /// A field of the Pod as the object has it, such as `spec.template.spec.containers` for `spec.containers`.
    #[must_use]
    pub fn in_template(&self, field: &str) -> String {
        let dot = if self.template.is_empty() || field.is_empty() { "" } else { "." };
        format!("{}{dot}{field}", self.template)
    }

    /// The rest of the way to a field that is the Pod or stands in it.
    #[must_use]
    pub fn in_pod<'s>(&self, steps: &'s [FieldStep]) -> Option<&'s [FieldStep]> {
        let lead = |rest: &'s [FieldStep], key: &str| match rest.split_first() {
            Some((FieldStep::Key(step), rest)) if step == key => Some(rest),
            _ => None,
        };
        self.template_keys().try_fold(steps, lead)
    }

    /// Whether the kind replaces its Pods one after the other when their template changes.
    #[must_use]
    pub fn rolls_out(&self) -> bool {
        self.restarts.contains(&self.template)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(group: &str, kind: &str) -> ObjectKey {
        ObjectKey { group: group.to_owned(), kind: kind.to_owned(), namespace: None, name: "cart".to_owned() }
    }

    #[test]
    fn a_workload_is_known_by_its_kind_and_group() {
        let kind = |group, kind| Workload::of(&key(group, kind)).map(|workload| workload.kind);
        assert_eq!(kind("apps", "StatefulSet"), Some("StatefulSet"));
        assert_eq!(kind("extensions", "Deployment"), Some("Deployment"));
        assert_eq!(kind("argoproj.io", "Rollout"), Some("Rollout"));
        assert_eq!(kind("batch.volcano.sh", "Job"), None);
        assert_eq!(kind("apps", "Rollout"), None);
        assert_eq!(kind("", "Service"), None);
    }

    #[test]
    fn the_pod_stands_where_its_workload_has_it() {
        let steps = |keys: &str| keys.split('.').map(|key| FieldStep::Key(key.to_owned())).collect::<Vec<_>>();
        for workload in WORKLOADS {
            let field = workload.in_template("spec.hostNetwork");
            assert_eq!(workload.in_pod(&steps(&field)), Some(&steps("spec.hostNetwork")[..]), "{}", workload.kind);
        }
        let cron_job = Workload::of_kind("CronJob").unwrap();
        assert_eq!(cron_job.in_pod(&steps("spec.jobTemplate.spec.suspend")), None);
        assert_eq!(cron_job.in_pod(&steps(cron_job.template)), Some(&[][..]));
    }

    #[test]
    fn each_row_is_in_order() {
        for workload in WORKLOADS {
            let Workload { kind, immutable, defaults, replicas, .. } = workload;
            assert!(immutable.is_sorted(), "{kind}");
            assert_eq!(replicas.is_some(), defaults.contains(&ONE_REPLICA), "{kind}");
            let twice = WORKLOADS.iter().filter(|other| other.kind == *kind || other.plural == workload.plural);
            assert_eq!(twice.count(), 1, "{kind}");
        }
    }
}
