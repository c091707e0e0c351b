//! Ingresses.

use super::super::complaints::{Complaints, TextJudge};
use super::super::fields::ObjectFields;
use super::metadata::{Lives, metadata};
use super::ports::number;
use crate::notation::{dns_label, dns_subdomain, ip_address_of_old, path_segment, port_name, service_name, wildcard_domain};
use crate::yaml::Node;

const CLASS: &str = "kubernetes.io/ingress.class";

/// Judges an `Ingress`.
pub(super) fn ingress<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    metadata(root, Lives::InNamespace, dns_subdomain, faults);
    let spec = root.at("spec");
    let class = root.at("metadata").at("annotations").get(CLASS);
    if let Some(class) = class.filter(|class| spec.has("ingressClassName") && class.words() != spec.text("ingressClassName")) {
        faults.add(class, format!("must be the same as `ingressClassName`, and is `{}`", class.words()));
    }
    if spec.has("ingressClassName") {
        faults.judge(spec.at("ingressClassName"), dns_subdomain);
    }
    if spec.list("rules").is_empty() && !spec.has("defaultBackend") {
        let node = if root.has("spec") { spec } else { root };
        faults.add(node, "has neither `rules` nor a `defaultBackend`; one is required");
    }
    if spec.has("defaultBackend") {
        backend(spec.at("defaultBackend"), faults);
    }
    for rule in spec.list("rules") {
        host(rule.at("host"), faults);
        let http = rule.at("http");
        if rule.has("http") && http.list("paths").is_empty() {
            faults.lacks(http, "paths");
        }
        for path in http.list("paths") {
            path_of(path, faults);
        }
    }
    for tls in spec.list("tls") {
        for host in tls.list("hosts") {
            name(host, faults);
        }
        faults.judge_given(tls, "secretName", dns_subdomain);
    }
}

fn host<'n>(host: &'n Node, faults: &mut Complaints<'n>) {
    if host.words().is_empty() {
        return;
    }
    if ip_address_of_old(host.words()).is_ok() {
        faults.add(host, format!("must be a name, and is the address `{}`", host.words()));
    } else {
        name(host, faults);
    }
}

fn name<'n>(host: &'n Node, faults: &mut Complaints<'n>) {
    let judge: TextJudge = if host.words().contains('*') { wildcard_domain } else { dns_subdomain };
    faults.judge(host, judge);
}

fn path_of<'n>(path: &'n Node, faults: &mut Complaints<'n>) {
    if !path.has("pathType") {
        return faults.lacks(path, "pathType");
    }
    let text = path.text("path");
    match path.text("pathType") {
        "Exact" | "Prefix" => {
            if !text.starts_with('/') {
                faults.at(path, "path", format!("must start with `/`, and is `{text}`"));
            }
            let wrong = ["//", "/./", "/../", "%2f", "%2F"].into_iter().find(|part| text.contains(part));
            let end = ["/..", "/."].into_iter().find(|end| text.ends_with(end));
            if let Some(part) = wrong.or(end) {
                faults.at(path, "path", format!("must not hold `{part}`, and is `{text}`"));
            }
        }
        "ImplementationSpecific" => {
            if !text.is_empty() && !text.starts_with('/') {
                faults.at(path, "path", format!("must start with `/`, and is `{text}`"));
            }
        }
        other => {
            faults.at(path, "pathType", format!("must be `Exact`, `Prefix` or `ImplementationSpecific`, and is `{other}`"));
        }
    }
    if path.has("backend") {
        backend(path.at("backend"), faults);
    } else {
        faults.at(path, "backend", "names no `service` and no `resource`; one is required");
    }
}

fn backend<'n>(backend: &'n Node, faults: &mut Complaints<'n>) {
    let (service, resource) = (backend.at("service"), backend.at("resource"));
    match (backend.has("service"), backend.has("resource")) {
        (true, true) => return faults.add(backend, "has both `service` and `resource`; one is allowed"),
        (false, false) => return faults.add(backend, "names no `service` and no `resource`; one is required"),
        (false, true) => {
            if resource.has("apiGroup") {
                faults.judge(resource.at("apiGroup"), dns_subdomain);
            }
            for field in ["kind", "name"] {
                faults.needs_judged(resource, field, path_segment);
            }
            return;
        }
        (true, false) => {}
    }
    faults.needs_judged(service, "name", if faults.since(36) { dns_label } else { service_name });
    let port = service.at("port");
    let by_number = port.int("number").is_some_and(|number| number != 0);
    match (port.text("name").is_empty(), by_number) {
        (false, true) => faults.add(port, "has both `name` and `number`; one is allowed"),
        (false, false) => faults.judge_given(port, "name", port_name),
        (true, true) => number(port, "number", faults),
        (true, false) => faults.at(service, "port", "names no port; `name` or `number` is required"),
    }
}

/// Judges an `IngressClass`.
pub(super) fn class<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    metadata(root, Lives::InCluster, dns_subdomain, faults);
    let controller = root.at("spec").text("controller");
    let right = controller.split_once('/').is_some_and(|(domain, path)| dns_subdomain(domain).is_ok() && !path.is_empty());
    if controller.is_empty() {
        faults.lacks(root, "spec.controller");
    } else if !right || controller.len() > 250 {
        faults.at(
            root,
            "spec.controller",
            format!("must be a domain and a path such as `example.com/ingress`, and is `{controller}`"),
        );
    }
    let parameters = root.at("spec").at("parameters");
    if root.at("spec").has("parameters") {
        for field in ["kind", "name"] {
            faults.needs_judged(parameters, field, path_segment);
        }
        if parameters.has("apiGroup") {
            faults.judge(parameters.at("apiGroup"), dns_subdomain);
        }
        if faults.given_one_of(parameters, "scope", &["Cluster", "Namespace"]) {
            match (parameters.text("scope"), parameters.has("namespace")) {
                ("Namespace", false) => faults.lacks(parameters, "namespace"),
                ("Namespace", true) => {
                    faults.judge(parameters.at("namespace"), dns_label);
                }
                (_, true) => faults.at(parameters, "namespace", "is only allowed where `scope` is `Namespace`"),
                _ => {}
            }
        }
    }
}
