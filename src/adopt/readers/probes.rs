//! How Kubernetes sees whether a Pod is ready and alive, and how long it starts.

use serde_json::{Value as Json, json};

use super::AdoptReader;
use crate::adopt::live::{is_of_server, number_or_default};
use crate::adopt::object::ObjectField;

/// Timing in the service file and in a probe.
const TIMING: [(&str, &str); 3] =
    [("period-seconds", "periodSeconds"), ("timeout-seconds", "timeoutSeconds"), ("failure-threshold", "failureThreshold")];

pub fn read(r: &mut AdoptReader<'_>) {
    let [readiness, liveness, startup] = ["readinessProbe", "livenessProbe", "startupProbe"].map(|key| r.container.get(key));
    match &readiness {
        Some(probe) => {
            read_handler(r, "probes.readiness", probe);
            read_timing(r, "probes.readiness", probe);
        }
        // Nothing tells when the service is ready; another probe, or a port that takes connections,
        // is the nearest to it that is no invention.
        None => match liveness.as_ref().or(startup.as_ref()) {
            Some(probe) => read_handler(r, "probes.readiness", probe),
            None => r.draft.add("probes.readiness.tcp", true),
        },
    }
    if let Some(probe) = &liveness {
        read_handler(r, "probes.liveness", probe);
        read_timing(r, "probes.liveness", probe);
        if let Some(reason) = r.annotation(r.word("liveness-justified", "rationale-annotation"))
            && let Some(text) = reason.text()
        {
            r.draft.say("probes.liveness.reason", text, &reason);
        }
    }
    read_start(r, startup.as_ref(), &[readiness, liveness]);
}

fn read_handler(r: &mut AdoptReader<'_>, field: &str, probe: &ObjectField<'_>) {
    let mut say = |part: &str, value: Json, at: &ObjectField<'_>| r.draft.say(&format!("{field}.{part}"), value, at);
    let handler = if let Some(http) = probe.get("httpGet") {
        let path = http.get("path");
        let text = path.as_ref().and_then(ObjectField::text).unwrap_or("/");
        let slash = if text.starts_with('/') { "" } else { "/" };
        say("http", json!(format!("{slash}{text}")), path.as_ref().unwrap_or(&http));
        http
    } else if let Some(grpc) = probe.get("grpc") {
        let service = grpc.get("service").and_then(|service| service.text()).unwrap_or_default();
        say("grpc", json!(service), &grpc);
        grpc
    } else if let Some(exec) = probe.get("exec") {
        let words: Vec<String> = exec.list("command").iter().filter_map(ObjectField::scalar).collect();
        say("exec", json!(words), &exec);
        exec
    } else if let Some(tcp) = probe.get("tcpSocket") {
        say("tcp", json!(true), &tcp);
        tcp
    } else {
        return;
    };
    if let Some(port) = handler.get("port")
        && let Some(name) = r.port_name(&port)
    {
        r.draft.say(&format!("{field}.port"), name, &port);
    }
}

fn read_timing(r: &mut AdoptReader<'_>, field: &str, probe: &ObjectField<'_>) {
    for (name, key) in TIMING {
        let said = probe.get(key).filter(|at| !is_of_server(at));
        if let Some((seconds, at)) = said.and_then(|at| Some((at.number()?, at))) {
            r.draft.say(&format!("{field}.{name}"), seconds, &at);
        }
    }
}

/// The time that a start takes: from the startup probe, with the room that the blueprint adds taken
/// off again; else from the delay of another probe.
fn read_start(r: &mut AdoptReader<'_>, startup: Option<&ObjectField<'_>>, others: &[Option<ObjectField<'_>>]) {
    const FIELD: &str = "probes.start-seconds";
    const LONGEST: i64 = 3600;
    let Some(startup) = startup else {
        let delays = others.iter().flatten().filter_map(|probe| probe.get("initialDelaySeconds"));
        if let Some(at) = delays.filter(|at| at.number() > Some(0)).max_by_key(ObjectField::number) {
            r.draft.say(FIELD, at.number(), &at);
        }
        return;
    };
    let patience = number_or_default(startup, "failureThreshold").saturating_mul(number_or_default(startup, "periodSeconds"));
    let plain = patience.saturating_mul(100) / i64::from(r.judge.contract.defaults.probes.start_room_percent.max(1));
    let deadline = r.family.workload.at().find("spec.progressDeadlineSeconds").and_then(|at| at.number());
    let ready = r.decided("/rollout/min_ready_seconds").and_then(|seconds| seconds.as_i64()).unwrap_or_default();
    // A start that is long enough stands in the deadline of a rollout, twice.
    let candidates: Vec<Json> = deadline
        .map(|seconds| (seconds - ready) / 2)
        .into_iter()
        .chain([plain])
        .map(|seconds| json!(seconds.clamp(0, LONGEST)))
        .collect();
    let startup_fits = |decided: &Json| {
        let part = |key: &str| decided["probes"]["startup"][key].as_i64().unwrap_or_default();
        part("failure_threshold") * part("period_seconds") == patience
    };
    let found = r.first_that(FIELD, &candidates, startup, startup_fits).cloned();
    r.draft.say(FIELD, found.unwrap_or(json!(plain.clamp(0, LONGEST))), startup);
}
