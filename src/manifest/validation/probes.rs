//! Probes and lifecycle handlers.

use super::super::complaints::{Complaints, either};
use super::super::fields::ObjectFields;
use super::ports::number_or_name;
use crate::yaml::Node;

/// A probe and whether it may want several successes.
const PROBES: &[(&str, bool)] = &[("livenessProbe", false), ("readinessProbe", true), ("startupProbe", false)];

/// Judges the probes and the lifecycle of a container that has them; its Pod has so many seconds to stop.
pub(super) fn probes<'n>(container: &'n Node, grace: i64, faults: &mut Complaints<'n>) {
    for (name, repeats) in PROBES {
        if container.has(name) {
            probe(container.at(name), *repeats, grace, faults);
        }
    }
    let lifecycle = container.at("lifecycle");
    for name in ["postStart", "preStop"] {
        if lifecycle.has(name) {
            handler(lifecycle.at(name), &["exec", "httpGet", "tcpSocket", "sleep"], grace, faults);
        }
    }
}

/// Says that probes and a lifecycle have no place in an init container that ends.
pub(super) fn none_of_an_init_container<'n>(container: &'n Node, faults: &mut Complaints<'n>) {
    let fields = ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"];
    faults.forbid(container, &fields, "in an init container without `restartPolicy: Always`");
}

fn probe<'n>(probe: &'n Node, repeats: bool, grace: i64, faults: &mut Complaints<'n>) {
    handler(probe, &["exec", "httpGet", "tcpSocket", "grpc"], grace, faults);
    let numbers = ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "failureThreshold"];
    faults.not_negative(probe, &numbers);
    let own_grace = "terminationGracePeriodSeconds";
    if repeats {
        faults.not_negative(probe, &["successThreshold"]);
        faults.forbid(probe, &[own_grace], "in a readiness probe, which stops nothing");
    } else if let Some(number) = probe.int("successThreshold").filter(|number| !(0..=1).contains(number)) {
        faults.at(probe, "successThreshold", format!("must be 1 in a liveness or startup probe, and is {number}"));
    }
    faults.positive(probe, own_grace);
}

fn handler<'n>(handler: &'n Node, kinds: &[&'static str], grace: i64, faults: &mut Complaints<'n>) {
    let known: Vec<&str> = kinds.iter().copied().filter(|kind| *kind != "sleep" || faults.since(30)).collect();
    let mut given = known.iter().filter(|kind| handler.has(kind));
    let Some(kind) = given.next() else {
        return faults.add(handler, format!("has no handler that this version knows; one of {} is required", either(&known)));
    };
    for other in given {
        faults.add(handler.at(other), format!("is a second handler beside `{kind}`; one is allowed"));
    }
    let action = handler.at(kind);
    match *kind {
        "exec" => {
            if action.list("command").is_empty() {
                faults.lacks(action, "command");
            }
        }
        "httpGet" => http_get(action, faults),
        "tcpSocket" | "grpc" => number_or_name(action, "port", faults),
        _ => sleep(action, grace, faults),
    }
}

fn http_get<'n>(action: &'n Node, faults: &mut Complaints<'n>) {
    number_or_name(action, "port", faults);
    faults.one_of(action, "scheme", &["HTTP", "HTTPS"]);
    for header in action.list("httpHeaders") {
        let name = header.text("name");
        if name.is_empty() {
            faults.lacks(header, "name");
        } else if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            faults.at(header, "name", format!("is `{name}`, which is not the name of a header: letters, digits and `-`"));
        }
    }
}

fn sleep<'n>(action: &'n Node, grace: i64, faults: &mut Complaints<'n>) {
    let seconds = action.int("seconds").unwrap_or_default();
    // Before, to sleep for no time was refused.
    let least = i64::from(!faults.since(33));
    if !(least..=grace).contains(&seconds) {
        let message = format!("must be {least} to {grace}, the `terminationGracePeriodSeconds` of the Pod, and is {seconds}");
        faults.at(action, "seconds", message);
    }
}
