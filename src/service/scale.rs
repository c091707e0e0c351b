//! How many Pods run, and when their number changes.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Service;
use super::faults::{Faults, at, positive};
use crate::notation::{self, Quantity};
use crate::yaml::Route;

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

pub fn check(service: &Service, faults: &mut Faults) {
    let (scale, here) = (&service.scale, at("scale"));
    if let (Some(min), Some(max)) = (scale.min, scale.max)
        && max < min
    {
        faults.add(here.key("max"), format!("max {max} is below min {min}"), format!("write at least {min}"));
    }
    match (scale.peak, scale.per_pod) {
        (Some(_), None) => {
            faults.add(here.key("per-pod"), "is missing beside `peak`", "add the rate that one Pod bears, from the load test");
        }
        (None, Some(_)) => faults.add(here.key("peak"), "is missing beside `per-pod`", "add the highest rate that is expected"),
        (Some(_), Some(_)) if scale.max.is_some() => {
            faults.add(here.key("max"), "`max` follows from `peak` and `per-pod`", "leave out `max`, or leave out the load test");
        }
        _ => {}
    }
    let scaling = [
        ("min", scale.min.is_some()),
        ("max", scale.max.is_some()),
        ("peak", scale.peak.is_some()),
        ("cpu", scale.cpu.is_some()),
        ("memory", scale.memory.is_some()),
        ("metrics", !scale.metrics.is_empty()),
    ];
    for (name, _) in scaling.iter().filter(|(_, given)| *given && scale.fixed.is_some()) {
        faults.add(
            here.key(*name),
            format!("`{name}` scales, and `fixed` says that nothing does"),
            format!("leave out `fixed` or `{name}`"),
        );
    }
    for (index, metric) in scale.metrics.iter().enumerate() {
        check_metric(metric, &here.key("metrics").index(index), faults);
    }
}

fn check_metric(metric: &Metric, here: &Route, faults: &mut Faults) {
    match (metric.kind, &metric.object) {
        (MetricType::Object, None) => {
            faults.add(
                here.key("object"),
                "is missing",
                "name the object that the metric describes: { api-version, kind, name }",
            );
        }
        (MetricType::Pods | MetricType::External, Some(_)) => {
            faults.add(here.key("object"), "belongs to `type: object` only", "leave it out");
        }
        _ => {}
    }
    if let Some(object) = &metric.object {
        let here = here.key("object");
        let word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric());
        if !word(&object.kind) || !object.kind.starts_with(|c: char| c.is_ascii_uppercase()) {
            faults.add(here.key("kind"), format!("`{}` is no kind", object.kind), "write it as in a manifest, such as Ingress");
        }
        let (group, version) = object.api_version.split_once('/').unwrap_or(("core", &object.api_version));
        if notation::dns_subdomain(group).is_err() || !word(version) {
            let hint = "write it as in a manifest, such as networking.k8s.io/v1";
            faults.add(here.key("api-version"), format!("`{}` is no group and version", object.api_version), hint);
        }
    }
    match (metric.kind, &metric.value, &metric.average_value) {
        (MetricType::Pods, Some(_), _) => {
            faults.add(here.key("value"), "a metric of Pods is held by its average", "write `average-value`");
        }
        (MetricType::Pods, None, None) => faults.add(here.key("average-value"), "is missing", "write the amount for each Pod"),
        (_, None, None) => faults.add(here.clone(), "has neither `value` nor `average-value`", "write the amount to hold"),
        (_, Some(_), Some(_)) => faults.add(here.key("value"), "`value` and `average-value` are both given", "keep one of them"),
        _ => {}
    }
    positive(metric.value.as_ref(), here.key("value"), faults);
    positive(metric.average_value.as_ref(), here.key("average-value"), faults);
}
