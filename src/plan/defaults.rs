//! What a blueprint decides where neither a person nor the checklist does.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::formats::Quantity;

/// The defaults of a blueprint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Defaults {
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
    /// The name of the container.
    #[schemars(extend("format" = "dns-label"))]
    pub container: String,
    /// The user id under which the container runs.
    #[schemars(range(min = 1))]
    pub run_as_user: i64,
    /// Cpu and memory by size.
    pub sizes: BTreeMap<String, SizeAmounts>,
    /// Local disk for logs and the container's own layer.
    pub ephemeral_storage: Quantity,
    /// Where the service may write, where it does not say.
    #[schemars(extend("format" = "mount-path"))]
    pub writable_path: String,
    /// How much a writable path may hold.
    pub writable_size: Quantity,
    /// The folder of configuration files.
    #[schemars(extend("format" = "mount-path"))]
    pub config_mount_path: String,
    /// The cpu utilization that the autoscaler holds, in percent of the request.
    pub cpu_target_percent: u32,
    /// The fewest Pods as a share of the most, in percent, where a load test gives the most.
    pub min_share_percent: u32,
    /// Seconds that an application needs after SIGTERM to finish what it has begun.
    pub drain_seconds: u32,
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
    /// The number under which the Service offers the first HTTP port.
    #[schemars(range(min = 1, max = 65535))]
    pub http_service_port: u16,
    /// What differs between platforms.
    pub platforms: BTreeMap<String, PlatformDefaults>,
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

/// Timing of a probe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
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

/// What differs between platforms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PlatformDefaults {
    /// Annotations of a Service that is reached from inside the cluster or through an Ingress.
    #[serde(default)]
    pub cluster_annotations: BTreeMap<String, String>,
    /// Annotations of a Service with an internal load balancer.
    #[serde(default)]
    pub internal_load_balancer_annotations: BTreeMap<String, String>,
    /// The label of spot nodes.
    pub spot_label: String,
    /// The value of that label.
    pub spot_value: String,
    /// Whether spot nodes carry the label as a taint too.
    #[serde(default)]
    pub spot_tainted: bool,
}
