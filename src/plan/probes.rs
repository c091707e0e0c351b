//! How Kubernetes sees whether a Pod is ready and alive.

use serde_json::{Value as Json, json};

use super::planner::Planner;
use super::{Origin, ProbeTiming};
use crate::service::{Port, Probe, Protocol, Service};

pub fn decide(p: &mut Planner<'_>) {
    let (service, defaults) = (p.service, p.defaults);
    let (probe, origin) = match (&service.probes.readiness, default_readiness(service, &defaults.probes.ready_path)) {
        (Some(probe), _) => (Some(probe.clone()), Planner::answered("probes.readiness")),
        (None, Some(probe)) if probe.http.is_some() => (Some(probe), Origin::Blueprint("defaults.probes.ready-path".to_owned())),
        (None, Some(probe)) => (Some(probe), Origin::Derived("what the first port speaks".to_owned())),
        (None, None) => (None, Origin::NotAsked),
    };
    let readiness = probe.map_or(Json::Null, |probe| rendered(p, &probe, &defaults.probes.readiness, "probes.readiness"));
    p.decide("probes.readiness", readiness.clone(), origin);

    let liveness = match &service.probes.liveness {
        Some(probe) => {
            if probe.reason.is_none() {
                p.refuse(
                    "liveness-justified",
                    "probes.liveness",
                    "a liveness probe restarts Pods, and no reason is given",
                    "add `reason`: what a restart mends",
                );
            }
            let mut liveness = rendered(p, probe, &defaults.probes.liveness, "probes.liveness");
            liveness["reason"] = json!(probe.reason);
            let same = liveness["handler"] == readiness["handler"];
            if same && liveness["failure_threshold"].as_u64() <= readiness["failure_threshold"].as_u64() {
                p.refuse(
                    "liveness-justified",
                    "probes.liveness",
                    "sees what readiness sees, and no later: Pods would restart instead of resting",
                    "raise `failure-threshold` above that of readiness, or probe something else",
                );
            }
            liveness
        }
        None => Json::Null,
    };
    p.decide("probes.liveness", liveness, Planner::answered("probes.liveness"));

    let slow = p.asked_number("startup-probe", "slow-start-seconds").value;
    let start = service.probes.start_seconds.unwrap_or_default();
    let startup = if start > slow && !readiness.is_null() {
        let timing = &defaults.probes.startup;
        // The same handler needs the same time to answer, and a period that leaves it.
        let asked = |key: &str| readiness[key].as_u64().and_then(|seconds| u32::try_from(seconds).ok()).unwrap_or(1);
        let timeout = timing.timeout_seconds.max(asked("timeout_seconds"));
        let period = if timeout < timing.period_seconds { timing.period_seconds } else { asked("period_seconds") }.max(1);
        let threshold = (start.saturating_mul(defaults.probes.start_room_percent)).div_ceil(period * 100);
        let sum = format!("{start} s and room, {} % of it, over a period of {period} s", defaults.probes.start_room_percent);
        let mut startup = readiness;
        startup["period_seconds"] = period.into();
        startup["timeout_seconds"] = timeout.into();
        startup["failure_threshold"] = threshold.into();
        (startup, Origin::Derived(sum))
    } else {
        (Json::Null, Origin::Derived(format!("no start of more than {slow} s is declared (startup-probe)")))
    };
    p.decide("probes.startup", startup.0, startup.1);
    let reason = service.probes.liveness.as_ref().and_then(|probe| probe.reason.as_ref());
    if let Some(reason) = reason {
        p.annotate("liveness-justified", "rationale-annotation", reason.as_str());
    }
}

/// What the first port speaks; nothing where none takes traffic.
fn default_readiness(service: &Service, ready_path: &str) -> Option<Probe> {
    let first = service.ports.iter().find(|port| port.metrics.is_none())?;
    Some(match first.protocol {
        Protocol::Http => Probe { http: Some(ready_path.to_owned()), ..Probe::default() },
        Protocol::Grpc => Probe { grpc: Some(String::new()), ..Probe::default() },
        Protocol::Tcp => Probe { tcp: Some(true), ..Probe::default() },
    })
}

/// A probe as templates see it.
fn rendered(p: &mut Planner<'_>, probe: &Probe, timing: &ProbeTiming, field: &str) -> Json {
    let period = probe.period_seconds.unwrap_or_else(|| timing.period_seconds.max(probe.timeout_seconds.unwrap_or(1)));
    let timeout = probe.timeout_seconds.unwrap_or(timing.timeout_seconds.min(period));
    let failures = probe.failure_threshold.unwrap_or(timing.failure_threshold);
    let least = p.asked_number("exec-probe-timeout", "more-than-seconds").value;
    if probe.exec.is_some() && (timeout <= least || timeout >= period) {
        let message = format!(
            "a command with {timeout} s to answer and {period} s between two: the time must be above {least} s and below the period"
        );
        p.refuse("exec-probe-timeout", field, message, "give `timeout-seconds` and `period-seconds` so");
    }
    let service = p.service;
    let named = |wanted: Option<Protocol>| {
        let by_name = probe.port.as_deref();
        let speaks = |port: &&Port| wanted.is_none_or(|wanted| port.protocol == wanted);
        // A port for metrics is probed only where no other speaks the protocol.
        by_name
            .and_then(|name| service.ports.iter().find(|port| port.name() == name))
            .or_else(|| service.ports.iter().filter(speaks).find(|port| port.metrics.is_none()))
            .or_else(|| service.ports.iter().find(speaks))
            .or(service.ports.first())
    };
    let handler = if let Some(path) = &probe.http {
        json!({"type": "http", "path": path, "port": named(Some(Protocol::Http)).map(Port::name)})
    } else if let Some(name) = &probe.grpc {
        // The API takes only a number here.
        json!({"type": "grpc", "service": name, "port": named(Some(Protocol::Grpc)).map(|port| port.port)})
    } else if let Some(command) = &probe.exec {
        json!({"type": "exec", "command": command})
    } else {
        json!({"type": "tcp", "port": named(None).map(Port::name)})
    };
    json!({"handler": handler, "period_seconds": period, "timeout_seconds": timeout, "failure_threshold": failures})
}
