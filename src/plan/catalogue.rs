//! The catalogue of the plan's keys: the written contract with templates, those of others included.
//!
//! The keys stand in the order in which people read a plan. A key that templates may use stays, and keeps its
//! meaning and type: what must change gets another key. A new key takes the next [`VERSION`].

use serde_json::{Map, Value as Json};

use super::value_type::ValueType::{self, Flag, List, Number, NumberOrText, Object, OneOf, Optional, Text, Texts};
use crate::service;
use crate::yaml::{Route, shape};

/// The version of the catalogue: the newest in which a key came.
pub const VERSION: u32 = 1;

/// A key of the plan, as templates use it.
#[derive(Debug)]
pub struct PlanKey {
    /// The name: `group.name`.
    pub name: &'static str,
    /// The topic that decides it.
    pub topic: &'static str,
    /// The version of the catalogue in which it came.
    pub since: u32,
    /// What stands there.
    pub content: Content,
    /// The field of the Pod spec in which manifests of others have the same, such as `runtimeClassName` or
    /// `containers[*].workingDir`; an adoption reads the answer from it.
    pub read_from: Option<&'static str>,
}

/// What stands under a key.
#[derive(Debug)]
pub enum Content {
    /// A value that the topic decides.
    Decided {
        /// Its type.
        value: ValueType,
        /// What it means.
        meaning: &'static str,
    },
    /// The field of the service file at this route as it is: its schema gives type and meaning. Where nothing is
    /// answered, it is false, empty or null, as the type has it.
    Passed(&'static str),
}

impl PlanKey {
    /// What stands there where nothing was decided; none where the type has no such value.
    #[must_use]
    pub fn nothing(&self) -> Option<Json> {
        match &self.content {
            Content::Decided { value, .. } => value.nothing(),
            Content::Passed(field) => {
                let field = Route::parse(field).unwrap_or_default();
                Some(match shape::at(service::schema(), &field).and_then(|schema| schema["type"].as_str()) {
                    Some("boolean") => false.into(),
                    Some("array") => Json::Array(Vec::new()),
                    Some("object") => Json::Object(Map::new()),
                    _ => Json::Null,
                })
            }
        }
    }
}

const fn key(topic: &'static str, name: &'static str, value: ValueType, meaning: &'static str) -> PlanKey {
    PlanKey { name, topic, since: 1, content: Content::Decided { value, meaning }, read_from: None }
}

const fn passed(topic: &'static str, name: &'static str, field: &'static str) -> PlanKey {
    PlanKey { name, topic, since: 1, content: Content::Passed(field), read_from: None }
}

const fn passed_from(topic: &'static str, name: &'static str, field: &'static str, read_from: &'static str) -> PlanKey {
    PlanKey { read_from: Some(read_from), ..passed(topic, name, field) }
}

const MAYBE_TEXT: ValueType = Optional(&Text);
const MAYBE_NUMBER: ValueType = Optional(&Number);
const PORTS: ValueType = List(&Object(&[("name", Text), ("number", Number)]));
const HANDLER: ValueType = OneOf(&[
    Object(&[("type", Text), ("path", Text), ("port", Text)]),
    Object(&[("type", Text), ("service", Text), ("port", Number)]),
    Object(&[("type", Text), ("command", List(&Text))]),
    Object(&[("type", Text), ("port", Text)]),
]);
const PROBE: ValueType =
    Object(&[("handler", HANDLER), ("period_seconds", Number), ("timeout_seconds", Number), ("failure_threshold", Number)]);
const LIVENESS: ValueType = Object(&[
    ("handler", HANDLER),
    ("period_seconds", Number),
    ("timeout_seconds", Number),
    ("failure_threshold", Number),
    ("reason", MAYBE_TEXT),
]);
const OBJECT_METRIC: ValueType = Object(&[("api_version", Text), ("kind", Text), ("name", Text)]);
const METRIC: ValueType = Object(&[
    ("type", Text),
    ("field", Text),
    ("name", Text),
    ("labels", Texts),
    ("object", Optional(&OBJECT_METRIC)),
    ("value", MAYBE_TEXT),
    ("average_value", MAYBE_TEXT),
]);
const VARIABLE: ValueType = OneOf(&[
    Object(&[("name", Text), ("value", Text)]),
    Object(&[("name", Text), ("value", Text), ("item", Text)]),
    Object(&[("name", Text), ("secret", Text), ("key", Text)]),
]);
const SPREAD: ValueType = Object(&[
    ("item", Text),
    ("topology_key", Text),
    ("max_skew", Number),
    ("when_unsatisfiable", Text),
    ("node_taints_policy", Text),
    ("match_label_keys", List(&Text)),
]);

/// Every key that a plan can have.
pub const CATALOGUE: &[PlanKey] = &[
    passed("identity", "service.name", "name"),
    key("identity", "service.tier", Number, "How critical the service is, from 1 to 3"),
    passed("identity", "service.namespace", "namespace"),
    key("identity", "service.kubernetes", Text, "The Kubernetes version of the oldest cluster that the manifests go to"),
    key("identity", "service.environment", Text, "The environment, such as production or staging"),
    key("identity", "service.component", Text, "The part that the service plays, such as api or worker"),
    key("identity", "service.part_of", Text, "The larger application to which the service belongs"),
    key("identity", "service.team", Text, "The team that answers for the service"),
    key("identity", "service.version", Text, "The tag or digest of the image, as a label value"),
    key("identity", "labels.all", Texts, "The labels of every object and of the Pods"),
    key("identity", "labels.selector", Texts, "Those labels that select the Pods; they never change"),
    passed("identity", "annotations.own", "annotations"),
    key("identity", "annotations.owner", Texts, "Annotations that say who answers for the service, and where to read more"),
    key("identity", "annotations.workload", Texts, "Annotations of the workload: dependencies, version and reasons"),
    key("scale", "replicas.autoscaled", Flag, "Whether an autoscaler sets the number of Pods"),
    key("scale", "replicas.min", Number, "The fewest Pods; without an autoscaler, their number"),
    key("scale", "replicas.max", Number, "The most Pods"),
    key("scale", "hpa.cpu_percent", MAYBE_NUMBER, "The cpu utilization to hold, in percent of the request"),
    key("scale", "hpa.memory_percent", MAYBE_NUMBER, "The memory utilization to hold, in percent of the request"),
    key("scale", "hpa.container", MAYBE_TEXT, "The container whose utilization counts, where a proxy runs beside it"),
    key("scale", "hpa.metrics", List(&METRIC), "Other metrics to scale on; `field` names the part of the autoscaler's metric"),
    key("scale", "hpa.scale_down_seconds", Number, "How long the load must be lower before Pods go"),
    key("scale", "hpa.scale_up_percent", Number, "By how many percent Pods may become more within `hpa.scale_up_seconds`"),
    key("scale", "hpa.scale_up_seconds", Number, "The seconds that `hpa.scale_up_percent` is about"),
    key("disruption", "pdb.max_unavailable", Number, "How many Pods may be evicted at once"),
    key("disruption", "pdb.eviction_policy", Text, "Whether Pods that are not ready may be evicted"),
    key("rollout", "rollout.max_unavailable", NumberOrText, "How many Pods may lack while a new version rolls out"),
    key("rollout", "rollout.max_surge", NumberOrText, "How many Pods more may run while a new version rolls out"),
    key("rollout", "rollout.progress_deadline_seconds", Number, "Seconds after which a rollout that does not go on has failed"),
    key("rollout", "rollout.min_ready_seconds", Number, "Seconds that a new Pod must stay ready before it counts"),
    key("rollout", "rollout.revisions", Number, "How many versions can be rolled back to"),
    key("image", "container.name", Text, "The name of the container"),
    passed("image", "container.image", "image"),
    key("image", "container.image_moves", Flag, "Whether another image may stand behind the same tag tomorrow"),
    key("image", "container.pull_policy", Text, "When the image is pulled"),
    key(
        "ports",
        "container.ports",
        List(&Object(&[("name", Text), ("number", Number), ("metrics", MAYBE_TEXT)])),
        "The ports on which the container listens; `metrics` is the path that is scraped",
    ),
    key("resources", "resources.cpu", Text, "The cpu that is requested"),
    key("resources", "resources.memory", Text, "The memory that is requested, and the limit"),
    key("resources", "resources.cpu_limit", MAYBE_TEXT, "The cpu limit, where one is wanted"),
    key("storage", "resources.ephemeral_storage", Text, "Local disk, with the writable paths on it"),
    key(
        "storage",
        "volumes.writable",
        List(&Object(&[("name", Text), ("path", Text), ("size", Text), ("in_memory", Flag)])),
        "Empty volumes at the paths to which the service writes",
    ),
    key("runtime", "container.runtime", Text, "What runs in the container"),
    key("runtime", "container.workers", Number, "Processes of a server that runs one for each worker; for Python and Ruby only"),
    key("env", "container.env", List(&VARIABLE), "Environment variables; `item` is the checklist item that asks for one"),
    passed("config", "config.env", "config.env"),
    passed("config", "config.files", "config.files"),
    key("config", "config.env_name", Text, "The name of the `ConfigMap` with `config.env`"),
    key("config", "config.files_name", Text, "The name of the `ConfigMap` with `config.files`"),
    key("config", "config.mount_path", Text, "The folder in which the files of `config.files` stand"),
    key("config", "config.annotations", Texts, "A digest of the configuration, so that a change of it rolls the Pods"),
    key(
        "probes",
        "probes.readiness",
        Optional(&PROBE),
        "How Kubernetes sees whether a Pod can take traffic, where it serves any",
    ),
    key("probes", "probes.liveness", Optional(&LIVENESS), "How Kubernetes sees whether a Pod must be restarted"),
    key("probes", "probes.startup", Optional(&PROBE), "How Kubernetes sees whether a slow start is over"),
    key("stop", "stop.pre_stop_seconds", Number, "Seconds before SIGTERM in which traffic is led elsewhere"),
    key("stop", "stop.native_sleep", Flag, "Whether Kubernetes itself can wait, without a command in the image"),
    key("stop", "stop.drain_seconds", Number, "Seconds after SIGTERM to finish what has begun"),
    key("stop", "stop.grace_seconds", Number, "Seconds that a Pod has to stop in all"),
    key("stop", "container.termination_message_policy", Text, "Where Kubernetes reads why a container ended"),
    key("security", "security.user", Number, "The user id under which the container runs"),
    key("security", "security.seccomp_profile", Text, "The profile of system calls"),
    key("security", "security.capabilities", List(&Text), "Capabilities that are given back after all were dropped"),
    key("security", "security.first_free_port", MAYBE_NUMBER, "The lowest port that an ordinary user must be able to listen on"),
    passed("account", "account.api_access", "service-account.api-access"),
    passed("account", "account.annotations", "service-account.annotations"),
    passed("image", "account.pull_secrets", "pull-secrets"),
    key("placement", "pod.spread", List(&SPREAD), "How Pods are spread over zones and nodes"),
    passed_from("placement", "pod.priority_class", "priority-class", "priorityClassName"),
    passed_from("placement", "pod.runtime_class", "runtime-class", "runtimeClassName"),
    key(
        "placement",
        "pod.spot",
        Optional(&Object(&[("label", Text), ("value", Text), ("tainted", Flag)])),
        "By which label cheap nodes are known, and whether it is a taint too, where Pods may run on them",
    ),
    key("mesh", "mesh.labels", Texts, "Labels of the Pods by which the mesh injects its proxy"),
    key("mesh", "mesh.annotations", Texts, "Annotations of the Pods by which the mesh injects its proxy"),
    key("env", "pod.service_links", Optional(&Flag), "Whether other Services become variables; null where nobody asks"),
    key("dns", "pod.ndots", Number, "How many dots a name has that is looked up as it is first"),
    key("ports", "network.service_ports", PORTS, "The ports that the Service offers, each under the name of the container's"),
    key("exposure", "network.service_type", Text, "The type of the Service"),
    key("exposure", "network.service_annotations", Texts, "Annotations of the Service that the platform wants"),
    key("metrics", "metrics.annotations", Texts, "Annotations of the Pods by which Prometheus finds the metrics"),
    key("mesh", "network.mesh_ports", List(&Number), "Ports of the mesh's proxy that must be reached"),
];
