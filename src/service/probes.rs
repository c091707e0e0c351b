//! How Kubernetes sees whether a Pod is ready and alive.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::faults::{Faults, at};
use super::{Port, Protocol, Service};
use crate::yaml::Route;

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

pub fn check(service: &Service, faults: &mut Faults) {
    let here = at("probes");
    if let Some(probe) = &service.probes.readiness {
        check_probe(service, probe, &here.key("readiness"), faults);
        if probe.reason.is_some() {
            faults.add(here.key("readiness").key("reason"), "belongs to the liveness probe only", "leave it out");
        }
    }
    if let Some(probe) = &service.probes.liveness {
        check_probe(service, probe, &here.key("liveness"), faults);
    }
}

fn check_probe(service: &Service, probe: &Probe, here: &Route, faults: &mut Faults) {
    let handlers = [
        ("http", probe.http.is_some()),
        ("grpc", probe.grpc.is_some()),
        ("tcp", probe.tcp.is_some()),
        ("exec", probe.exec.is_some()),
    ];
    let given: Vec<&str> = handlers.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect();
    match given.as_slice() {
        [] => faults.add(
            here.clone(),
            "says not how to probe",
            "add one of `http: /path`, `grpc: \"\"`, `tcp: true`, `exec: [command]`",
        ),
        ["exec"] if probe.port.is_some() => faults.add(here.key("port"), "a command needs no port", "leave out `port`"),
        [one] => {
            if probe.port.is_none() && *one == "grpc" && !service.ports.iter().any(|port| port.protocol == Protocol::Grpc) {
                faults.add(here.key("grpc"), "no port speaks gRPC", "add a port with `protocol: grpc`, or name the `port`");
            }
            if probe.port.is_none() && *one == "http" && !service.ports.iter().any(|port| port.protocol == Protocol::Http) {
                faults.add(here.key("http"), "no port speaks HTTP", "add a port with `protocol: http`, or name the `port`");
            }
            if probe.port.is_none() && *one == "tcp" && service.ports.is_empty() {
                faults.add(here.key("tcp"), "there is no port to connect to", "probe by a command: `exec: [command]`");
            }
        }
        several => {
            faults.add(here.clone(), format!("probes in {} ways: {}", several.len(), several.join(", ")), "keep one of them");
        }
    }
    if probe.exec.as_ref().and_then(|words| words.first()).is_some_and(|program| program.trim().is_empty()) {
        faults.add(here.key("exec"), "names no program", "write the command, such as [/bin/healthy]");
    }
    if probe.tcp == Some(false) {
        faults.add(here.key("tcp"), "`false` says nothing", "write `tcp: true`, or another way to probe");
    }
    if let Some(name) = &probe.port
        && !service.ports.iter().any(|port| port.name() == name)
    {
        let names: Vec<&str> = service.ports.iter().map(Port::name).collect();
        faults.add(here.key("port"), format!("no port is named `{name}`"), format!("the ports are {}", names.join(", ")));
    }
    if let (Some(timeout), Some(period)) = (probe.timeout_seconds, probe.period_seconds)
        && timeout > period
    {
        faults.add(
            here.key("timeout-seconds"),
            format!("{timeout} s is longer than the period of {period} s"),
            format!("write at most {period}"),
        );
    }
}
