//! How a Pod stops.

use serde_json::Value as Json;

use super::Origin;
use super::planner::Planner;
use crate::notation::KubeVersion;

pub fn decide(p: &mut Planner<'_>) {
    let stop = &p.service.stop;
    let asked = p.asked_number("graceful-stop", "pre-stop-seconds");
    let least = p.asked_number("graceful-stop", "min-seconds").value;
    let most = p.asked_number("graceful-stop", "max-seconds").value;
    let (pre_stop, origin) = match stop.pre_stop_seconds {
        _ if stop.drains_itself => (0, Planner::answered("stop.drains-itself")),
        Some(seconds) => (seconds, Planner::answered("stop.pre-stop-seconds")),
        None => (asked.value, asked.origin),
    };
    if !stop.drains_itself && !(least..=most).contains(&pre_stop) {
        let message = format!("{pre_stop} s before SIGTERM are outside {least} to {most} s");
        p.refuse(
            "graceful-stop",
            "stop.pre-stop-seconds",
            message,
            "write seconds within, or `stop.drains-itself: true` where that is so",
        );
    }
    p.decide("stop.pre_stop_seconds", pre_stop, origin);

    let since = p.asked_text("graceful-stop", "native-sleep-since");
    let target = p.plan.value("service.kubernetes").and_then(Json::as_str).unwrap_or_default().to_owned();
    let native = match (since.value.parse::<KubeVersion>(), target.parse::<KubeVersion>()) {
        (Ok(since), Ok(target)) => target >= since,
        _ => false,
    };
    let sum = format!("Kubernetes {target} against {} (graceful-stop)", since.value);
    p.decide("stop.native_sleep", native, Origin::Derived(sum));

    let (drain, origin) =
        p.answer_or(stop.drain_seconds, "stop.drain-seconds", p.defaults.stop.drain_seconds, "stop.drain-seconds");
    p.decide("stop.drain_seconds", drain, origin);
    let margin = p.asked_number("grace-covers-stop", "margin-seconds").value;
    let before = if pre_stop > 0 { format!("{pre_stop} s before SIGTERM + ") } else { String::new() };
    let sum = format!("{before}{drain} s to drain + {margin} s (grace-covers-stop)");
    p.decide("stop.grace_seconds", pre_stop.saturating_add(drain).saturating_add(margin), Origin::Derived(sum));
    if stop.drains_itself {
        let how = "the application goes on serving after SIGTERM until no traffic comes";
        p.annotate("graceful-stop", "drains-itself-annotation", how);
    }
    p.decide_as_asked("container.termination_message_policy", "termination-message", "policy");
}
