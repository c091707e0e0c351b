//! The ports on which the container listens.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Service;
use super::faults::{Faults, at};
use super::model::is_default;

/// What is spoken on a port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// HTTP/1.1 or HTTP/2.
    #[default]
    Http,
    /// gRPC.
    Grpc,
    /// Any other protocol over TCP.
    Tcp,
}

impl Protocol {
    /// The word in the service file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Grpc => "grpc",
            Self::Tcp => "tcp",
        }
    }
}

/// A port on which the container listens.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Port {
    /// The name of the port; its protocol's name if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "port-name"))]
    pub name: Option<String>,
    /// The number on which the container listens.
    #[schemars(range(min = 1, max = 65535), extend("examples" = [8080]))]
    pub port: u16,
    /// What is spoken on the port.
    #[serde(default, skip_serializing_if = "is_default")]
    pub protocol: Protocol,
    /// The number under which the Service offers the port; 80 for the first HTTP port, else as `port`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 65535))]
    pub service_port: Option<u16>,
    /// The path from which Prometheus scrapes metrics, for a port that offers them. A port with
    /// `metrics` is not part of the Service.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "http-path"))]
    pub metrics: Option<String>,
}

impl Port {
    /// The name of the port, given or by its protocol.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.name {
            Some(name) => name,
            None if self.metrics.is_some() => "metrics",
            None => self.protocol.word(),
        }
    }
}

/// The ports that the service offers: all but those for metrics.
pub fn served(service: &Service) -> impl Iterator<Item = (usize, &Port)> {
    service.ports.iter().enumerate().filter(|(_, port)| port.metrics.is_none())
}

pub fn check(service: &Service, faults: &mut Faults) {
    let list = at("ports");
    let ports = || service.ports.iter().enumerate();
    faults.twice(
        ports().map(|(index, port)| (port.name(), list.index(index))),
        "the port name",
        "give each port a `name` of its own",
    );
    faults.twice(
        ports().map(|(index, port)| (port.port, list.index(index).key("port"))),
        "the port",
        "a container listens once on a port",
    );
    faults.twice(
        served(service).filter_map(|(index, port)| Some((port.service_port?, list.index(index).key("service-port")))),
        "the Service port",
        "give each port a `service-port` of its own",
    );
}
