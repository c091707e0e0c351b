//! What a blueprint decides where neither a person nor the checklist does, topic by topic.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::notation::Quantity;

/// The defaults of a blueprint: those of the topics that it decides, and no others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Defaults {
    /// Who the service is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub identity: IdentityDefaults,
    /// The container.
    #[serde(default, skip_serializing_if = "is_default")]
    pub image: ImageDefaults,
    /// The ports that the Service offers.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ports: PortDefaults,
    /// How Kubernetes sees whether a Pod is ready and alive.
    #[serde(default, skip_serializing_if = "is_default")]
    pub probes: ProbeDefaults,
    /// How a Pod stops.
    #[serde(default, skip_serializing_if = "is_default")]
    pub stop: StopDefaults,
    /// Cpu and memory.
    #[serde(default, skip_serializing_if = "is_default")]
    pub resources: ResourceDefaults,
    /// What the service may write to.
    #[serde(default, skip_serializing_if = "is_default")]
    pub storage: StorageDefaults,
    /// Settings that live in `ConfigMaps`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub config: ConfigDefaults,
    /// How many Pods run.
    #[serde(default, skip_serializing_if = "is_default")]
    pub scale: ScaleDefaults,
    /// As whom the container runs.
    #[serde(default, skip_serializing_if = "is_default")]
    pub security: SecurityDefaults,
    /// Where the Pods run, by platform.
    #[serde(default, skip_serializing_if = "is_default")]
    pub placement: BTreeMap<String, SpotNodes>,
    /// From where the service can be reached, by platform.
    #[serde(default, skip_serializing_if = "is_default")]
    pub exposure: BTreeMap<String, Balancers>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Who the service is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct IdentityDefaults {
    /// The Kubernetes version that manifests are written for.
    #[schemars(extend("format" = "kube-version"))]
    pub kubernetes: String,
    /// The environment.
    #[schemars(extend("format" = "dns-label"))]
    pub environment: String,
    /// The part that the service plays.
    #[schemars(extend("format" = "dns-label"))]
    pub component: String,
    /// The runbook, where none is named.
    pub runbook: String,
    /// What stands for the dependencies where none are named.
    pub no_dependencies: String,
}

/// The container.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ImageDefaults {
    /// The name of the container.
    #[schemars(extend("format" = "dns-label"))]
    pub container: String,
}

/// The ports that the Service offers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PortDefaults {
    /// The number under which the Service offers the first HTTP port.
    #[schemars(range(min = 1, max = 65535))]
    pub http_service_port: u16,
}

/// How Kubernetes sees whether a Pod is ready and alive.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ProbeDefaults {
    /// The path of the readiness probe over HTTP.
    #[schemars(extend("format" = "http-path"))]
    pub ready_path: String,
    /// Timing of the readiness probe.
    pub readiness: ProbeTiming,
    /// Timing of the liveness probe.
    pub liveness: ProbeTiming,
    /// Timing of the startup probe; its threshold is worked out from the start time.
    pub startup: ProbeTiming,
    /// Room for a slow start, in percent of the declared time.
    pub start_room_percent: u32,
}

/// Timing of a probe.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ProbeTiming {
    /// Seconds between two probes.
    #[schemars(range(min = 1))]
    pub period_seconds: u32,
    /// Seconds that an answer may take.
    #[schemars(range(min = 1))]
    pub timeout_seconds: u32,
    /// How many failures in a row count.
    #[schemars(range(min = 1))]
    pub failure_threshold: u32,
}

/// How a Pod stops.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct StopDefaults {
    /// Seconds that an application needs after SIGTERM to finish what it has begun.
    pub drain_seconds: u32,
}

/// Cpu and memory.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ResourceDefaults {
    /// Cpu and memory by size.
    pub sizes: BTreeMap<String, SizeAmounts>,
}

/// Cpu and memory of a size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SizeAmounts {
    /// Requested cpu.
    pub cpu: Quantity,
    /// Requested memory, and the limit.
    pub memory: Quantity,
}

/// What the service may write to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct StorageDefaults {
    /// Local disk for logs and the container's own layer.
    pub ephemeral_storage: Quantity,
    /// Where the service may write, where it does not say.
    #[schemars(extend("format" = "mount-path"))]
    pub writable_path: String,
    /// How much a writable path may hold.
    pub writable_size: Quantity,
}

impl Default for StorageDefaults {
    fn default() -> Self {
        let nothing = || Quantity::from_bytes(0);
        Self { ephemeral_storage: nothing(), writable_path: String::new(), writable_size: nothing() }
    }
}

/// Settings that live in `ConfigMaps`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConfigDefaults {
    /// The folder of configuration files.
    #[schemars(extend("format" = "mount-path"))]
    pub mount_path: String,
}

/// How many Pods run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ScaleDefaults {
    /// The cpu utilization that the autoscaler holds, in percent of the request.
    pub cpu_target_percent: u32,
    /// The fewest Pods as a share of the most, in percent, where a load test gives the most.
    pub min_share_percent: u32,
}

/// As whom the container runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SecurityDefaults {
    /// The user id under which the container runs.
    #[schemars(range(min = 1))]
    pub run_as_user: i64,
}

/// By what a platform marks its spot nodes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SpotNodes {
    /// The label of spot nodes.
    pub label: String,
    /// The value of that label.
    pub value: String,
    /// Whether spot nodes carry the label as a taint too.
    #[serde(default)]
    pub tainted: bool,
}

/// By what a platform's load balancers are told of a Service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Balancers {
    /// Annotations of a Service that is reached from inside the cluster or through an Ingress.
    #[serde(default)]
    pub cluster_annotations: BTreeMap<String, String>,
    /// Annotations of a Service with an internal load balancer.
    #[serde(default)]
    pub internal_load_balancer_annotations: BTreeMap<String, String>,
}
