//! The shape of the service file. The doc comments here are the descriptions in its JSON Schema.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::formats::Quantity;

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A service on Kubernetes, as a person asks for it.
///
/// Only `name`, `image` and one port have no default. Everything else is decided by the tier, the
/// checklist and the blueprint; `plimsoll new --dry-run` shows each value with its origin.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Service {
    /// The name of the service and of its objects.
    #[schemars(extend("format" = "service-name", "examples" = ["checkout"]))]
    pub name: String,
    /// How critical the service is: 1 business critical, 2 standard, 3 internal or best effort.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// What the service does, in one sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "one-line"))]
    pub description: Option<String>,
    /// Who answers for the service.
    #[serde(default, skip_serializing_if = "is_default")]
    pub owner: Owner,
    /// Where the source code is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "one-line"))]
    pub repository: Option<String>,
    /// The services that this one calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("items" = {"type": "string", "format": "one-line"}))]
    pub dependencies: Option<Vec<String>>,
    /// The container image, with a tag or a digest.
    #[schemars(extend("format" = "image", "examples" = ["registry.example.com/shop/checkout:1.4.2"]))]
    pub image: String,
    /// The name of the container; `app` if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "dns-label"))]
    pub container: Option<String>,
    /// The Secrets that hold credentials for a private registry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("items" = {"type": "string", "format": "dns-subdomain"}))]
    pub pull_secrets: Vec<String>,
    /// What runs in the container; decides how it is told of its memory and cpu.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime: Option<Runtime>,
    /// The ports on which the container listens.
    #[schemars(length(min = 1), extend("examples" = [[{"port": 8080}]]))]
    pub ports: Vec<Port>,
    /// A ready-made size; in place of `resources`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// Exact cpu and memory; in place of `size`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<Resources>,
    /// How many Pods run, and when their number changes.
    #[serde(default, skip_serializing_if = "is_default")]
    pub scale: Scale,
    /// How Kubernetes sees whether a Pod is ready and alive.
    #[serde(default, skip_serializing_if = "is_default")]
    pub probes: Probes,
    /// How a Pod stops.
    #[serde(default, skip_serializing_if = "is_default")]
    pub stop: Stop,
    /// Environment variables.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<EnvVar>,
    /// Settings that live in `ConfigMaps`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub config: ConfigAnswer,
    /// Paths to which the service writes; the rest of its file system is read-only. `/tmp` if not
    /// given; an empty list for none at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub writable_paths: Option<Vec<WritablePath>>,
    /// The user id under which the container runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 2_147_483_647))]
    pub run_as_user: Option<i64>,
    /// The Kubernetes version of the oldest cluster that the manifests go to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "kube-version", "examples" = ["1.34"]))]
    pub kubernetes: Option<String>,
    /// The environment, such as production or staging.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "dns-label"))]
    pub environment: Option<String>,
    /// The namespace; left to whoever applies the manifests if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "dns-label"))]
    pub namespace: Option<String>,
    /// The part that the service plays, such as api, frontend or gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "dns-label"))]
    pub component: Option<String>,
    /// The larger application to which the service belongs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "dns-label"))]
    pub part_of: Option<String>,
    /// The platform on which the cluster runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// Whether Pods may and should run on cheap nodes that can be taken away at any time.
    #[serde(default, skip_serializing_if = "is_default")]
    pub spot: bool,
    /// From where the service can be reached.
    #[serde(default, skip_serializing_if = "is_default")]
    pub exposure: Exposure,
    /// The service mesh that injects its proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mesh: Option<Mesh>,
    /// The `PriorityClass` of the Pods; it must exist in the cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "dns-subdomain"))]
    pub priority_class: Option<String>,
    /// The `RuntimeClass` of the Pods, such as one for a sandbox; it must exist in the cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "dns-subdomain"))]
    pub runtime_class: Option<String>,
    /// What the Pods may do in the Kubernetes API.
    #[serde(default, skip_serializing_if = "is_default")]
    pub service_account: ServiceAccountAnswer,
    /// Labels of one's own, on every object and Pod.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = {"format": "label-key"}, "additionalProperties" = {"type": "string", "format": "label-value"}))]
    pub labels: BTreeMap<String, String>,
    /// Annotations of one's own, on every object.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = {"format": "label-key"}))]
    pub annotations: BTreeMap<String, String>,
    /// Whether the manifests name the checklist item behind a block in a comment.
    #[serde(default, skip_serializing_if = "is_default")]
    pub comments: Comments,
    /// The checklist: a shipped one by name and version, or an organisation's own by its path from
    /// this file. Without a version, or if not given, the newest that ships.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "one-line", "examples" = ["./acme.yaml"]))]
    pub checklist: Option<String>,
    /// The blueprint that renders the manifests, by name and version. Without a version, or if not
    /// given, the newest that ships.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "one-line", "examples" = ["web-service@1.0.0"]))]
    pub blueprint: Option<String>,
    /// Fields of the manifests that somebody else writes, such as a tool that bumps images; an update
    /// never touches them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owned_elsewhere: Vec<OwnedElsewhere>,
    /// Checklist items that this service does not keep, for a stated reason and time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<Waiver>,
    /// What people state of the service that no manifest shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attestations: Vec<Attestation>,
}

impl Service {
    /// The tier, given or standard.
    #[must_use]
    pub fn tier(&self) -> Tier {
        self.tier.unwrap_or_default()
    }

    /// Whether a waiver names the item.
    #[must_use]
    pub fn waives(&self, item: &str) -> bool {
        self.waivers.iter().any(|waiver| waiver.item == item)
    }
}

/// How critical a service is: 1 business critical, 2 standard, 3 internal or best effort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Tier(#[schemars(range(min = 1, max = 3))] pub u8);

impl Default for Tier {
    fn default() -> Self {
        Self(2)
    }
}

/// Who answers for a service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Owner {
    /// The team, as a label value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "dns-label"))]
    pub team: Option<String>,
    /// Where the team is reached when it matters: a channel, a rota, an address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "one-line"))]
    pub contact: Option<String>,
    /// Where one reads what to do when the service is in trouble.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "one-line"))]
    pub runbook: Option<String>,
}

/// What runs in the container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Runtime {
    /// A Java virtual machine.
    Jvm,
    /// A Go program.
    Go,
    /// Node.js.
    Node,
    /// Python behind a process-per-worker server.
    Python,
    /// Ruby behind a process-per-worker server.
    Ruby,
    /// The .NET runtime.
    Dotnet,
    /// A Rust program.
    Rust,
    /// Anything that needs no telling.
    #[default]
    Native,
}

/// What is spoken on a port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// HTTP/1.1 or HTTP/2.
    #[default]
    Http,
    /// gRPC.
    Grpc,
    /// Any other protocol over TCP.
    Tcp,
}

impl Protocol {
    /// The word in the service file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Grpc => "grpc",
            Self::Tcp => "tcp",
        }
    }
}

/// A port on which the container listens.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Port {
    /// The name of the port; its protocol's name if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "port-name"))]
    pub name: Option<String>,
    /// The number on which the container listens.
    #[schemars(range(min = 1, max = 65535), extend("examples" = [8080]))]
    pub port: u16,
    /// What is spoken on the port.
    #[serde(default, skip_serializing_if = "is_default")]
    pub protocol: Protocol,
    /// The number under which the Service offers the port; 80 for the first HTTP port, else as `port`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 65535))]
    pub service_port: Option<u16>,
    /// The path from which Prometheus scrapes metrics, for a port that offers them. A port with
    /// `metrics` is not part of the Service.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "http-path"))]
    pub metrics: Option<String>,
}

impl Port {
    /// The name of the port, given or by its protocol.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.name {
            Some(name) => name,
            None if self.metrics.is_some() => "metrics",
            None => self.protocol.word(),
        }
    }
}

/// A ready-made size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Size {
    /// For services with little traffic.
    #[default]
    Small,
    /// For the usual service.
    Medium,
    /// For services that work hard.
    Large,
}

/// Exact cpu and memory of the container.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Resources {
    /// The cpu that is requested.
    #[schemars(extend("examples" = ["500m"]))]
    pub cpu: Quantity,
    /// The memory that is requested, and the limit.
    #[schemars(extend("examples" = ["512Mi"]))]
    pub memory: Quantity,
    /// Local disk for logs and the container's own layer, without the writable paths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ephemeral_storage: Option<Quantity>,
    /// A cpu limit, where throttling is understood and wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_limit: Option<CpuLimit>,
}

/// A cpu limit and its reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CpuLimit {
    /// The limit.
    #[schemars(extend("examples" = ["2"]))]
    pub cpu: Quantity,
    /// Why throttling is wanted.
    #[schemars(extend("format" = "one-line", "examples" = ["fixed share of a licensed core"]))]
    pub reason: String,
}

/// How many Pods run, and when their number changes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Scale {
    /// The fewest Pods.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub min: Option<u32>,
    /// The most Pods.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 5000))]
    pub max: Option<u32>,
    /// The highest rate that is expected, in requests a second, from a load test; with `per-pod`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100_000_000))]
    pub peak: Option<u32>,
    /// The rate that one Pod bears, in requests a second, from a load test; with `peak`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100_000_000))]
    pub per_pod: Option<u32>,
    /// A fixed number of Pods, without an autoscaler.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub fixed: Option<u32>,
    /// The cpu utilization to hold, in percent of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    pub cpu: Option<u32>,
    /// The memory utilization to hold, in percent of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    pub memory: Option<u32>,
    /// Metrics of the application or from outside the cluster.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<Metric>,
}

/// From where a metric comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MetricType {
    /// Each Pod reports it, and the average is held.
    Pods,
    /// It describes one object, such as an Ingress.
    Object,
    /// It comes from outside the cluster, such as the length of a queue.
    External,
}

/// One metric to scale on, beside cpu and memory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Metric {
    /// From where the metric comes.
    #[serde(rename = "type")]
    pub kind: MetricType,
    /// The name of the metric.
    #[schemars(extend("format" = "metric-name", "examples" = ["queue_length"]))]
    pub metric: String,
    /// Labels that the series must carry.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = {"format": "label-key"}, "additionalProperties" = {"type": "string", "format": "label-value"}))]
    pub labels: BTreeMap<String, String>,
    /// The object that the metric describes; with `type: object` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectRef>,
    /// The amount to hold in all; or `average-value`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Quantity>,
    /// The amount to hold for each Pod; or `value`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub average_value: Option<Quantity>,
}

/// A reference to an object in the same namespace.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ObjectRef {
    /// The group and version, such as networking.k8s.io/v1.
    #[schemars(extend("format" = "one-line", "examples" = ["networking.k8s.io/v1"]))]
    pub api_version: String,
    /// The kind, such as Ingress.
    #[schemars(extend("format" = "one-line", "examples" = ["Ingress"]))]
    pub kind: String,
    /// The name.
    #[schemars(extend("format" = "dns-subdomain", "examples" = ["main"]))]
    pub name: String,
}

/// How Kubernetes sees whether a Pod is ready and alive.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Probes {
    /// Whether a Pod can take traffic; depends on nothing outside the Pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub readiness: Option<Probe>,
    /// Whether a Pod must be restarted; only with a `reason`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub liveness: Option<Probe>,
    /// How long the service takes to start at worst, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 3600))]
    pub start_seconds: Option<u32>,
}

/// A probe: exactly one of `http`, `grpc`, `tcp` and `exec`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Probe {
    /// The path of an HTTP request; any answer from 200 to 399 is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "http-path"))]
    pub http: Option<String>,
    /// The service name of a gRPC health check; empty for the server as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "line"))]
    pub grpc: Option<String>,
    /// `true` to see only whether the port takes connections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tcp: Option<bool>,
    /// A command in the container; 0 is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub exec: Option<Vec<String>>,
    /// The name of the port; the first that fits if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "port-name"))]
    pub port: Option<String>,
    /// Seconds between two probes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 300))]
    pub period_seconds: Option<u32>,
    /// Seconds that an answer may take; at most the period.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 300))]
    pub timeout_seconds: Option<u32>,
    /// How many failures in a row count.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    pub failure_threshold: Option<u32>,
    /// Why a restart mends what this probe sees; for liveness only, and required there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "one-line"))]
    pub reason: Option<String>,
}

/// How a Pod stops.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Stop {
    /// Seconds that the application needs after SIGTERM to finish what it has begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 3600))]
    pub drain_seconds: Option<u32>,
    /// Seconds before SIGTERM in which traffic is led elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 300))]
    pub pre_stop_seconds: Option<u32>,
    /// Whether the application itself goes on serving after SIGTERM until no traffic comes any more.
    #[serde(default, skip_serializing_if = "is_default")]
    pub drains_itself: bool,
}

/// An environment variable: exactly one of `value` and `secret`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EnvVar {
    /// The name.
    #[schemars(extend("format" = "env-name", "examples" = ["LOG_LEVEL"]))]
    pub name: String,
    /// The value, in plain sight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The name of the Secret that holds the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "dns-subdomain"))]
    pub secret: Option<String>,
    /// The key in the Secret; the variable's name if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "config-key"))]
    pub key: Option<String>,
}

/// Settings that live in `ConfigMaps`; a change of them rolls the Pods.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConfigAnswer {
    /// Settings that become environment variables.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = {"format": "env-name"}))]
    pub env: BTreeMap<String, String>,
    /// Settings that become files, by file name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = {"format": "config-key"}))]
    pub files: BTreeMap<String, String>,
    /// The folder in which the files stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "mount-path"))]
    pub mount_path: Option<String>,
}

/// A path to which the service writes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct WritablePath {
    /// The folder.
    #[schemars(extend("format" = "mount-path", "examples" = ["/tmp"]))]
    pub path: String,
    /// How much it may hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<Quantity>,
    /// Whether it is kept in memory, within the memory limit, instead of on disk.
    #[serde(default, skip_serializing_if = "is_default")]
    pub in_memory: bool,
}

/// A platform on which clusters run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Platform {
    /// Google Kubernetes Engine.
    Gke,
    /// Amazon Elastic Kubernetes Service.
    Eks,
    /// Azure Kubernetes Service.
    Aks,
}

impl Platform {
    /// The word in the service file and in a blueprint's table of platforms.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Gke => "gke",
            Self::Eks => "eks",
            Self::Aks => "aks",
        }
    }
}

/// From where a service can be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Exposure {
    /// From inside the cluster, and from outside only through an Ingress or a Gateway.
    #[default]
    Cluster,
    /// From the private network around the cluster, through the platform's internal load balancer.
    InternalLoadBalancer,
}

/// A service mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mesh {
    /// Istio.
    Istio,
    /// Linkerd.
    Linkerd,
}

/// What the Pods may do in the Kubernetes API.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ServiceAccountAnswer {
    /// Whether the service calls the Kubernetes API and needs a token for it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub api_access: bool,
    /// Annotations of the `ServiceAccount`, such as those that tie it to an identity of the platform.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = {"format": "label-key"}))]
    pub annotations: BTreeMap<String, String>,
}

/// Which comments the manifests carry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Comments {
    /// One over each block that a checklist item explains.
    #[default]
    Items,
    /// None at all.
    None,
}

/// A field of the manifests that somebody else writes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OwnedElsewhere {
    /// The field, from the kind of its object on; `*` stands for any key or element.
    #[schemars(extend("format" = "field-pattern", "examples" = ["Deployment.spec.template.spec.containers[*].image"]))]
    pub field: String,
    /// Who writes it.
    #[schemars(extend("format" = "one-line", "examples" = ["renovate"]))]
    pub by: String,
}

/// A checklist item that this service does not keep, for a stated reason and time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Waiver {
    /// The item.
    #[schemars(extend("format" = "dns-label", "examples" = ["trusted-registry"]))]
    pub item: String,
    /// The objects for which it is waived, as Kind/name or the name alone; all if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "one-line"))]
    pub object: Option<String>,
    /// The container for which it is waived; all if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "dns-label"))]
    pub container: Option<String>,
    /// Why the service is better off without it.
    #[schemars(extend("format" = "one-line", "examples" = ["vendor image, ticket 112"]))]
    pub reason: String,
    /// Who answers for the waiver.
    #[schemars(extend("format" = "one-line", "examples" = ["payments"]))]
    pub owner: String,
    /// The day on which the waiver ends.
    #[schemars(extend("format" = "date", "examples" = ["2027-03-01"]))]
    pub expires: String,
}

/// What a person states of the service that no manifest shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Attestation {
    /// The item.
    #[schemars(extend("format" = "dns-label", "examples" = ["load-tested"]))]
    pub item: String,
    /// Who states it.
    #[schemars(extend("format" = "one-line", "examples" = ["payments"]))]
    pub by: String,
    /// The day on which it was true.
    #[schemars(extend("format" = "date", "examples" = ["2026-11-01"]))]
    pub on: String,
    /// Where the evidence is found.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "one-line"))]
    pub link: Option<String>,
    /// The day by which it must be looked at again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "date"))]
    pub review_by: Option<String>,
}
