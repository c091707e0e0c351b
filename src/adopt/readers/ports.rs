//! The ports: what the container declares, under which numbers the Service offers them, and which of
//! them is scraped.

use serde_json::Value as Json;

use super::AdoptReader;
use crate::adopt::object::ObjectField;
use crate::notation;

/// A port on which the container listens.
struct Listening<'r> {
    number: i64,
    name: Option<ObjectField<'r>>,
    at: ObjectField<'r>,
}

pub fn read(r: &mut AdoptReader<'_>) {
    let offered = r.family.service.map(|service| service.at().list("spec.ports")).unwrap_or_default();
    let mut ports = listening(r, &offered);
    let scraped = scraped(r);
    if let Some((number, at)) = scraped.as_ref().filter(|(number, _)| ports.iter().all(|port| port.number != *number)) {
        ports.push(Listening { number: *number, name: None, at: at.clone() });
    }
    let has_others = ports.len() > 1;
    let metrics_names = r.judge.checklist.param("metrics-scraped", "port-names", r.tier).cloned().unwrap_or_default();
    let mut names: Vec<String> = Vec::new();
    let mut has_metrics = false;
    for (index, port) in ports.iter().enumerate() {
        let offers: Vec<&ObjectField<'_>> = offered.iter().filter(|offer| leads_to(offer, port)).collect();
        // Of several ways to one port, the usual one.
        let offer = offers.iter().find(|offer| number(offer, "port") == Some(80)).or(offers.first()).copied();
        let own_name = port.name.as_ref().and_then(ObjectField::text).filter(|name| notation::port_name(name).is_ok());
        let is_named_metrics =
            own_name.is_some_and(|name| metrics_names.as_array().is_some_and(|names| names.contains(&Json::from(name))));
        let is_scraped = scraped.as_ref().is_some_and(|(number, _)| *number == port.number);
        let field = |part: &str| format!("ports[{index}].{part}");
        r.draft.say(&field("port"), port.number, &port.at);
        if offer.is_none() && has_others && !has_metrics && (is_scraped || (is_named_metrics && scraped.is_none())) {
            has_metrics = true;
            let path = r.pod_annotation(r.word("metrics-scraped", "path-annotation")).filter(|_| is_scraped);
            let text = path.as_ref().and_then(ObjectField::text).unwrap_or("/metrics");
            let by = scraped.as_ref().filter(|_| is_scraped).map(|(_, at)| at.clone());
            r.draft.say(&field("metrics"), text, path.as_ref().or(by.as_ref()).or(port.name.as_ref()).unwrap_or(&port.at));
        } else {
            let (protocol, at) = protocol(r, port, own_name, offer);
            r.draft.say(&field("protocol"), protocol, at.as_ref().unwrap_or(&port.at));
            if let Some(offer) = offer.and_then(|offer| offer.get("port")) {
                r.draft.say(&field("service-port"), offer.number(), &offer);
            }
        }
        let offered_name = offer
            .and_then(|offer| offer.get("name"))
            .filter(|name| name.text().is_some_and(|text| notation::port_name(text).is_ok()));
        let name = own_name
            .map(|name| (name.to_owned(), port.name.clone()))
            .or_else(|| Some((offered_name.as_ref()?.text()?.to_owned(), offered_name)));
        let (name, at) = match name.filter(|(name, _)| !names.contains(name)) {
            Some((name, at)) => (name, at),
            // The name by protocol is taken.
            None if index > 0 => (format!("port-{}", port.number), None),
            None => continue,
        };
        r.draft.say(&field("name"), name.as_str(), at.as_ref().unwrap_or(&port.at));
        names.push(name);
    }
}

fn number(at: &ObjectField<'_>, key: &str) -> Option<i64> {
    at.get(key)?.number()
}

fn is_tcp(port: &ObjectField<'_>) -> bool {
    port.get("protocol").is_none_or(|protocol| protocol.text() == Some("TCP"))
}

/// What the container declares; else what the Service leads to; else what is probed.
fn listening<'r>(r: &AdoptReader<'r>, offered: &[ObjectField<'r>]) -> Vec<Listening<'r>> {
    let mut ports: Vec<Listening<'r>> = Vec::new();
    let mut add = |number: Option<i64>, name: Option<ObjectField<'r>>, at: ObjectField<'r>| {
        if let Some(number) = number.filter(|number| ports.iter().all(|port| port.number != *number)) {
            ports.push(Listening { number, name, at });
        }
    };
    let declared = r.container.list("ports");
    for port in declared.iter().filter(|port| is_tcp(port)) {
        if let Some(at) = port.get("containerPort") {
            add(at.number(), port.get("name"), at);
        }
    }
    if declared.is_empty() {
        for offer in offered.iter().filter(|offer| is_tcp(offer)) {
            if let Some(at) = offer.get("targetPort").or_else(|| offer.get("port")) {
                add(at.number(), None, at);
            }
        }
        for path in ["readinessProbe", "livenessProbe", "startupProbe"].map(|probe| r.container.get(probe)).into_iter().flatten()
        {
            let handler = ["httpGet", "tcpSocket", "grpc"].into_iter().find_map(|handler| path.get(handler)?.get("port"));
            if let Some(at) = handler.filter(|_| offered.is_empty()) {
                add(at.number(), None, at);
            }
        }
    }
    ports
}

/// Whether a port of the Service leads to the container's port.
fn leads_to(offer: &ObjectField<'_>, port: &Listening<'_>) -> bool {
    let Some(target) = offer.get("targetPort").or_else(|| offer.get("port")).filter(|_| is_tcp(offer)) else { return false };
    target.number() == Some(port.number)
        || (target.text().is_some() && target.text() == port.name.as_ref().and_then(ObjectField::text))
}

/// The port that Prometheus is sent to by annotations of the Pods.
fn scraped<'r>(r: &AdoptReader<'r>) -> Option<(i64, ObjectField<'r>)> {
    let on = r.pod_annotation(r.word("metrics-scraped", "scrape-annotation"))?;
    let port = r.pod_annotation(r.word("metrics-scraped", "port-annotation")).filter(|_| on.text() == Some("true"))?;
    Some((port.text()?.parse().ok()?, port))
}

/// What is spoken on a port, and what says so.
fn protocol<'r>(
    r: &AdoptReader<'r>,
    port: &Listening<'r>,
    name: Option<&str>,
    offer: Option<&ObjectField<'r>>,
) -> (&'static str, Option<ObjectField<'r>>) {
    let probe = |handler: &str| {
        ["readinessProbe", "livenessProbe", "startupProbe"].into_iter().find_map(|probe| {
            let at = r.container.get(probe)?.get(handler)?.get("port")?;
            (at.number() == Some(port.number) || (at.text().is_some() && at.text() == name)).then_some(at)
        })
    };
    let by_name = |at: Option<ObjectField<'r>>, words: &[&str]| {
        at.filter(|at| at.text().is_some_and(|text| words.iter().any(|word| text.contains(word))))
    };
    let said = |words: &[&str]| {
        by_name(offer.and_then(|offer| offer.get("appProtocol")), words)
            .or_else(|| by_name(port.name.clone(), words))
            .or_else(|| by_name(offer.and_then(|offer| offer.get("name")), words))
    };
    if let Some(at) = said(&["grpc"]).or_else(|| probe("grpc")) {
        return ("grpc", Some(at));
    }
    let usual = offer
        .and_then(|offer| offer.get("port"))
        .filter(|at| at.number() == Some(i64::from(r.judge.contract.defaults.ports.http_service_port)));
    if let Some(at) = said(&["http", "h2c", "web"]).or_else(|| probe("httpGet")).or(usual) {
        return ("http", Some(at));
    }
    match said(&["tcp"]).or_else(|| probe("tcpSocket")) {
        Some(at) => ("tcp", Some(at)),
        None => ("http", None),
    }
}
