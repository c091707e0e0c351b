//! The fields of the service file, each with the types of its topic. The doc comments here and there are
//! the descriptions in its JSON Schema.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Attestation, Comments, ConfigAnswer, EnvVar, Exposure, Mesh, OwnedElsewhere, Owner, Platform, Port, Probes, Resources,
    Runtime, Scale, ServiceAccountAnswer, Size, Stop, Tier, Waiver, WritablePath,
};
use crate::notation::{KubeVersion, NEWEST};

/// Whether a value says nothing, so that it need not be written.
pub fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A service on Kubernetes, as a person asks for it.
///
/// What has no default is said by the blueprint: for a web service `name`, `image` and one port.
/// Everything else is decided by the tier, the checklist and the blueprint; `plimsoll new --dry-run`
/// shows each value with its origin.
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
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
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
    /// Answers that only this blueprint knows; `plimsoll blueprint show` lists them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, serde_json::Value>,
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

    /// The Kubernetes version by which manifests are judged: the one given, or the newest.
    #[must_use]
    pub fn kubernetes(&self) -> KubeVersion {
        self.kubernetes.as_ref().and_then(|version| version.parse().ok()).unwrap_or(NEWEST)
    }

    /// Whether a waiver names the item.
    #[must_use]
    pub fn waives(&self, item: &str) -> bool {
        self.waivers.iter().any(|waiver| waiver.item == item)
    }
}
