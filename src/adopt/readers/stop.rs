//! How a Pod stops.

use super::AdoptReader;
use crate::adopt::live::is_of_server;
use crate::adopt::object::ObjectField;

pub fn read(r: &mut AdoptReader<'_>) {
    if let Some(at) = r.annotation(r.word("graceful-stop", "drains-itself-annotation")) {
        r.draft.say("stop.drains-itself", true, &at);
    }
    let sleep = r.container.find("lifecycle.preStop.sleep.seconds");
    let command = r.container.find("lifecycle.preStop.exec.command");
    let slept = sleep.as_ref().and_then(ObjectField::number).or_else(|| sleeps(command.as_ref()?));
    if let (Some(seconds), Some(at)) = (slept, sleep.as_ref().or(command.as_ref())) {
        r.draft.say("stop.pre-stop-seconds", seconds, at);
    }
    // Our own manifests sleep by a command only where the cluster knows no other way.
    let ours = r.pod_label("app.kubernetes.io/managed-by").is_some_and(|at| at.text() == Some("plimsoll"));
    if let Some(at) = command.filter(|_| ours && slept.is_some()) {
        r.draft.say("kubernetes", crate::notation::OLDEST.to_string(), &at);
    }
    let grace = r.pod.get("terminationGracePeriodSeconds").filter(|at| !is_of_server(at));
    if let Some((grace, at)) = grace.and_then(|at| Some((at.number()?, at))) {
        let before = r.decided("/stop/pre_stop_seconds").and_then(|seconds| seconds.as_i64()).unwrap_or_default();
        let drain = grace - before - r.number("grace-covers-stop", "margin-seconds");
        if drain >= 0 {
            r.draft.say("stop.drain-seconds", drain, &at);
        }
    }
}

/// The seconds of a command that does nothing but wait, with or without a shell around it.
fn sleeps(command: &ObjectField<'_>) -> Option<i64> {
    let words: Vec<String> = command.items().iter().filter_map(ObjectField::scalar).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let waits = |words: &[&str]| match words {
        [program, seconds] if program.rsplit('/').next() == Some("sleep") => seconds.trim_end_matches('s').parse().ok(),
        _ => None,
    };
    match words.as_slice() {
        [_, "-c", script] => waits(&script.split_whitespace().collect::<Vec<_>>()),
        words => waits(words),
    }
}
