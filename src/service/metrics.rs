//! The port from which metrics are scraped.

use super::faults::{Faults, at};
use super::{Protocol, Service};

/// All that `metrics` of a port forbids.
pub fn check(service: &Service, faults: &mut Faults) {
    let list = at("ports");
    let ports = || service.ports.iter().enumerate();
    for (index, port) in ports().filter(|(_, port)| port.metrics.is_some()) {
        if port.protocol != Protocol::Http {
            faults.add(list.index(index).key("protocol"), "metrics are scraped over HTTP", "leave out `protocol` or `metrics`");
        }
        if port.service_port.is_some() {
            faults.add(
                list.index(index).key("service-port"),
                "a port with metrics is not part of the Service",
                "leave out `service-port` or `metrics`",
            );
        }
    }
    if ports().filter(|(_, port)| port.metrics.is_some()).count() > 1 {
        faults.add(list, "more than one port has `metrics`", "keep the one that Prometheus shall scrape");
    }
}
