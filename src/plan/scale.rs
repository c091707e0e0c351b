//! How many Pods run: replicas and autoscaler.

use serde_json::{Value as Json, json};

use super::Origin;
use super::planner::Planner;
use crate::service::{Metric, MetricType};
use crate::yaml::{Fault, Route};

pub fn decide(p: &mut Planner<'_>) {
    decide_replicas(p);
    if p.service.scale.fixed.is_none() {
        decide_metrics(p);
        p.decide_as_asked("hpa.scale_down_seconds", "hpa-calm", "scale-down-stabilization-seconds");
        p.decide_as_asked("hpa.scale_up_percent", "hpa-calm", "scale-up-percent");
        p.decide_as_asked("hpa.scale_up_seconds", "hpa-calm", "scale-up-period-seconds");
    }
}

fn decide_replicas(p: &mut Planner<'_>) {
    let scale = &p.service.scale;
    let floor = p.asked_number("min-replicas", "replicas");
    if let Some(fixed) = scale.fixed {
        p.refuse(
            "hpa-present",
            "scale.fixed",
            "a fixed number of Pods cannot follow the load",
            "give `scale.min` and `scale.max`",
        );
        if fixed < floor.value {
            p.refuse(
                "min-replicas",
                "scale.fixed",
                format!("{fixed} is below the {} Pods of tier {}", floor.value, p.service.tier().0),
                format!("write at least {}", floor.value),
            );
        }
        p.decide("replicas.autoscaled", false, Planner::answered("scale.fixed"));
        p.decide("replicas.min", fixed, Planner::answered("scale.fixed"));
        p.decide("replicas.max", fixed, Planner::answered("scale.fixed"));
        return;
    }
    let ratio = p.asked_number("hpa-bounds", "max-over-min");
    let zones = p.asked_number("zone-spread", "zones").value.max(2);
    let tested = scale.peak.zip(scale.per_pod).map(|(peak, per_pod)| {
        let needed = peak.div_ceil(per_pod.max(1));
        // With one zone of `zones` lost, the rest must still bear the peak.
        let most = (u64::from(needed) * u64::from(zones)).div_ceil(u64::from(zones) - 1);
        (peak, per_pod, needed, u32::try_from(most).unwrap_or(u32::MAX))
    });

    let (min, min_origin) = match (scale.min, tested) {
        (Some(min), _) => (min, Planner::answered("scale.min")),
        (None, Some((.., most))) => {
            let share = p.defaults.scale.min_share_percent;
            let min = (u64::from(most) * u64::from(share)).div_ceil(100);
            let min = u32::try_from(min).unwrap_or(u32::MAX).max(floor.value);
            (min, Origin::Derived(format!("{share} % of the {most} Pods at peak, at least {} (min-replicas)", floor.value)))
        }
        (None, None) => (floor.value, floor.origin),
    };
    let least_max = min.saturating_mul(ratio.value);
    let (max, max_origin) = match (scale.max, tested) {
        (Some(max), _) => (max, Planner::answered("scale.max")),
        (None, Some((peak, per_pod, needed, most))) => {
            let sum = format!(
                "{peak}/s over {per_pod}/s a Pod is {needed}, with one zone of {zones} lost {most}, at least {} × {min} (hpa-bounds)",
                ratio.value
            );
            (most.max(least_max), Origin::Derived(sum))
        }
        (None, None) => (least_max, Origin::Derived(format!("{} × {min} (hpa-bounds)", ratio.value))),
    };
    if min < floor.value {
        // Both items hold the autoscaler's least to the tier's floor, and each can be waived.
        for item in ["min-replicas", "hpa-bounds"] {
            let message = format!("{min} is below the {} Pods of tier {}", floor.value, p.service.tier().0);
            p.refuse(item, "scale.min", message, format!("write at least {}", floor.value));
        }
    }
    if max < min {
        let message = format!("{max} is below the {min} Pods that always run");
        p.faults.push(Fault::new(Route::root().key("scale").key("max"), message).hint(format!("write at least {least_max}")));
    } else if max < least_max {
        p.refuse(
            "hpa-bounds",
            "scale.max",
            format!("{max} leaves no room to scale: {} times the {min} Pods that always run is {least_max}", ratio.value),
            format!("write at least {least_max}"),
        );
    }
    if max > 5000 {
        p.faults.push(
            Fault::new(Route::root().key("scale").key("peak"), format!("the load needs {max} Pods; at most 5000 are planned"))
                .hint("test what one Pod bears again: `scale.per-pod`"),
        );
    }
    p.decide("replicas.autoscaled", true, Origin::Derived("as `scale.fixed` is not given".to_owned()));
    p.decide("replicas.min", min, min_origin);
    p.decide("replicas.max", max, max_origin);
}

fn decide_metrics(p: &mut Planner<'_>) {
    let scale = &p.service.scale;
    let least = p.asked_number("hpa-metric-backed", "target-min").value;
    let most = p.asked_number("hpa-metric-backed", "target-max").value;
    for (field, target) in [("scale.cpu", scale.cpu), ("scale.memory", scale.memory)] {
        if let Some(target) = target.filter(|target| !(least..=most).contains(target)) {
            p.refuse("hpa-metric-backed", field, format!("{target} % is outside {least} to {most} %"), "write a target within");
        }
    }
    let alone = scale.memory.is_none() && scale.metrics.is_empty();
    let cpu = match scale.cpu {
        Some(cpu) => Some((cpu, Planner::answered("scale.cpu"))),
        None if alone => {
            Some((p.defaults.scale.cpu_target_percent, Origin::Blueprint("defaults.scale.cpu-target-percent".to_owned())))
        }
        None => None,
    };
    let (cpu, origin) = cpu.map_or((Json::Null, Planner::answered("scale.metrics")), |(cpu, origin)| (cpu.into(), origin));
    p.decide("hpa.cpu_percent", cpu, origin);
    p.decide("hpa.memory_percent", scale.memory.map_or(Json::Null, Json::from), Planner::answered("scale.memory"));
    // A proxy without a request of its own would leave the whole Pod without a utilization.
    let container = p.service.container.as_ref().unwrap_or(&p.defaults.image.container).as_str();
    let container = p.service.mesh.map_or(Json::Null, |_| container.into());
    p.decide("hpa.container", container, Planner::answered("mesh"));
    let metrics: Vec<Json> = scale.metrics.iter().map(metric).collect();
    p.decide("hpa.metrics", metrics, Planner::answered("scale.metrics"));
}

fn metric(metric: &Metric) -> Json {
    let kind = match metric.kind {
        MetricType::Pods => "Pods",
        MetricType::Object => "Object",
        MetricType::External => "External",
    };
    let object =
        metric.object.as_ref().map(|object| json!({"api_version": object.api_version, "kind": object.kind, "name": object.name}));
    json!({
        "type": kind,
        "field": kind.to_lowercase(),
        "name": metric.metric,
        "labels": metric.labels,
        "object": object,
        "value": metric.value,
        "average_value": metric.average_value,
    })
}
