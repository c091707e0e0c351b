//! What fields of a service file say of each other: combinations that cannot be.
//!
//! What a checklist item forbids is not judged here but where the plan is made.

use std::collections::BTreeMap;

use super::{Metric, MetricType, Port, Probe, Protocol, Service};
use crate::formats::{self, Quantity};
use crate::yaml::{Fault, Route};

/// All combinations that cannot be, in the order of the fields.
pub fn check(service: &Service) -> Vec<Fault> {
    let mut faults = Faults(Vec::new());
    check_ports(service, &mut faults);
    check_sizing(service, &mut faults);
    check_probes(service, &mut faults);
    check_stop(service, &mut faults);
    check_sizes(service, &mut faults);
    check_env(service, &mut faults);
    check_paths(service, &mut faults);
    check_waivers(service, &mut faults);
    faults.0
}

struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, route: Route, message: impl Into<String>, hint: impl Into<String>) {
        self.0.push(Fault::new(route, message).hint(hint));
    }

    /// Reports every value that stands more than once, at its second and later places.
    fn twice<'a, T: Ord + std::fmt::Display>(&mut self, values: impl Iterator<Item = (T, Route)>, what: &'a str, hint: &'a str) {
        let mut seen = BTreeMap::new();
        for (value, route) in values {
            match seen.get(&value) {
                Some(first) => self.add(route, format!("{what} `{value}` is taken by {first}"), hint),
                None => _ = seen.insert(value, route),
            }
        }
    }
}

fn at(name: &str) -> Route {
    Route::root().key(name)
}

fn served(service: &Service) -> impl Iterator<Item = (usize, &Port)> {
    service.ports.iter().enumerate().filter(|(_, port)| port.metrics.is_none())
}

fn check_ports(service: &Service, faults: &mut Faults) {
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
    if !service.ports.is_empty() && served(service).next().is_none() {
        faults.add(list.clone(), "all ports are for metrics; the service serves nothing", "add a port without `metrics`");
    }
    if ports().filter(|(_, port)| port.metrics.is_some()).count() > 1 {
        faults.add(list, "more than one port has `metrics`", "keep the one that Prometheus shall scrape");
    }
}

fn check_sizing(service: &Service, faults: &mut Faults) {
    if service.size.is_some() && service.resources.is_some() {
        faults.add(at("size"), "`size` and `resources` are both given", "keep one of them");
    }
    if let Some(resources) = &service.resources {
        let here = at("resources");
        let amounts = [
            ("cpu", Some(&resources.cpu)),
            ("memory", Some(&resources.memory)),
            ("ephemeral-storage", resources.ephemeral_storage.as_ref()),
        ];
        for (name, amount) in amounts {
            positive(amount, here.key(name), faults);
        }
        cores(&resources.cpu, here.key("cpu"), faults);
        bytes(&resources.memory, here.key("memory"), faults);
        if let Some(disk) = &resources.ephemeral_storage {
            bytes(disk, here.key("ephemeral-storage"), faults);
        }
        if let Some(limit) = &resources.cpu_limit {
            cores(&limit.cpu, here.key("cpu-limit").key("cpu"), faults);
        }
        if resources.memory.is_positive() && resources.memory.is_whole() && resources.memory.whole() < 4 << 20 {
            faults.add(
                here.key("memory"),
                format!("{} of memory starts no container", resources.memory),
                "write for example 512Mi",
            );
        }
        if let Some(limit) = resources.cpu_limit.as_ref().filter(|limit| limit.cpu < resources.cpu) {
            faults.add(
                here.key("cpu-limit").key("cpu"),
                format!("the limit {} is below the request {}", limit.cpu, resources.cpu),
                "raise the limit",
            );
        }
    }
    let (scale, here) = (&service.scale, at("scale"));
    if let (Some(min), Some(max)) = (scale.min, scale.max)
        && max < min
    {
        faults.add(here.key("max"), format!("max {max} is below min {min}"), format!("write at least {min}"));
    }
    match (scale.peak, scale.per_pod) {
        (Some(_), None) => {
            faults.add(here.key("per-pod"), "is missing beside `peak`", "add the rate that one Pod bears, from the load test");
        }
        (None, Some(_)) => faults.add(here.key("peak"), "is missing beside `per-pod`", "add the highest rate that is expected"),
        (Some(_), Some(_)) if scale.max.is_some() => {
            faults.add(here.key("max"), "`max` follows from `peak` and `per-pod`", "leave out `max`, or leave out the load test");
        }
        _ => {}
    }
    let scaling = [
        ("min", scale.min.is_some()),
        ("max", scale.max.is_some()),
        ("peak", scale.peak.is_some()),
        ("cpu", scale.cpu.is_some()),
        ("memory", scale.memory.is_some()),
        ("metrics", !scale.metrics.is_empty()),
    ];
    for (name, _) in scaling.iter().filter(|(_, given)| *given && scale.fixed.is_some()) {
        faults.add(
            here.key(*name),
            format!("`{name}` scales, and `fixed` says that nothing does"),
            format!("leave out `fixed` or `{name}`"),
        );
    }
    for (index, metric) in scale.metrics.iter().enumerate() {
        check_metric(metric, &here.key("metrics").index(index), faults);
    }
}

fn positive(amount: Option<&Quantity>, route: Route, faults: &mut Faults) {
    if let Some(amount) = amount.filter(|amount| !amount.is_positive()) {
        faults.add(route, format!("{amount} is not more than nothing"), "write an amount above 0");
    }
}

/// The most cores that are taken for meant; more are millicores without their `m`.
const MOST_CORES: i128 = 256;
/// The most bytes that are taken for meant: 1 Pi.
const MOST_BYTES: i128 = 1 << 50;

/// Judges an amount of cpu; Kubernetes knows nothing finer than a thousandth of a core.
fn cores(amount: &Quantity, route: Route, faults: &mut Faults) {
    if amount.whole() > MOST_CORES {
        faults.add(
            route,
            format!("{amount} cores are more than a Pod can be meant to have"),
            "write cores, such as 2, or thousandths, such as 500m",
        );
    } else if amount.is_positive() && !amount.is_whole_milli() {
        faults.add(route, format!("{amount} is finer than a thousandth of a core"), "write at least 1m, in whole thousandths");
    }
}

fn bytes(amount: &Quantity, route: Route, faults: &mut Faults) {
    if amount.is_positive() && !amount.is_whole() {
        faults.add(route, format!("{amount} holds a part of a byte"), "write bytes with Mi or Gi behind them, such as 512Mi");
    } else if amount.whole() > MOST_BYTES {
        faults.add(route, format!("{amount} is more than a node has"), "write for example 512Mi or 2Gi");
    }
}

fn check_metric(metric: &Metric, here: &Route, faults: &mut Faults) {
    match (metric.kind, &metric.object) {
        (MetricType::Object, None) => {
            faults.add(
                here.key("object"),
                "is missing",
                "name the object that the metric describes: { api-version, kind, name }",
            );
        }
        (MetricType::Pods | MetricType::External, Some(_)) => {
            faults.add(here.key("object"), "belongs to `type: object` only", "leave it out");
        }
        _ => {}
    }
    if let Some(object) = &metric.object {
        let here = here.key("object");
        let word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric());
        if !word(&object.kind) || !object.kind.starts_with(|c: char| c.is_ascii_uppercase()) {
            faults.add(here.key("kind"), format!("`{}` is no kind", object.kind), "write it as in a manifest, such as Ingress");
        }
        let (group, version) = object.api_version.split_once('/').unwrap_or(("core", &object.api_version));
        if formats::dns_subdomain(group).is_err() || !word(version) {
            let hint = "write it as in a manifest, such as networking.k8s.io/v1";
            faults.add(here.key("api-version"), format!("`{}` is no group and version", object.api_version), hint);
        }
    }
    match (metric.kind, &metric.value, &metric.average_value) {
        (MetricType::Pods, Some(_), _) => {
            faults.add(here.key("value"), "a metric of Pods is held by its average", "write `average-value`");
        }
        (MetricType::Pods, None, None) => faults.add(here.key("average-value"), "is missing", "write the amount for each Pod"),
        (_, None, None) => faults.add(here.clone(), "has neither `value` nor `average-value`", "write the amount to hold"),
        (_, Some(_), Some(_)) => faults.add(here.key("value"), "`value` and `average-value` are both given", "keep one of them"),
        _ => {}
    }
    positive(metric.value.as_ref(), here.key("value"), faults);
    positive(metric.average_value.as_ref(), here.key("average-value"), faults);
}

fn check_probes(service: &Service, faults: &mut Faults) {
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

fn check_stop(service: &Service, faults: &mut Faults) {
    if service.stop.drains_itself && service.stop.pre_stop_seconds.is_some() {
        let hint = "leave out `pre-stop-seconds` or `drains-itself`";
        faults.add(at("stop").key("pre-stop-seconds"), "an application that drains itself is not kept waiting", hint);
    }
}

/// The most bytes that the API server takes for the data of one `ConfigMap`, and for all annotations of an object.
const MOST_DATA: usize = 1 << 20;
const MOST_ANNOTATIONS: usize = 256 << 10;
/// Room for the annotations that are not a person's own.
const OTHER_ANNOTATIONS: usize = 16 << 10;

fn check_sizes(service: &Service, faults: &mut Faults) {
    let size = |map: &BTreeMap<String, String>| map.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>();
    for (name, data) in [("env", &service.config.env), ("files", &service.config.files)] {
        if size(data) > MOST_DATA {
            let message = format!("holds {} bytes; a ConfigMap takes {MOST_DATA}", size(data));
            faults.add(at("config").key(name), message, "keep large files in the image, or in a volume");
        }
    }
    let account = &service.service_account.annotations;
    for (route, own) in [(at("annotations"), &service.annotations), (at("service-account").key("annotations"), account)] {
        if size(own) > MOST_ANNOTATIONS - OTHER_ANNOTATIONS {
            let message = format!("hold {} bytes; an object takes {MOST_ANNOTATIONS} in all", size(own));
            faults.add(route, message, "keep long texts elsewhere, and write where");
        }
    }
    let secrets = service.pull_secrets.iter().enumerate().map(|(index, name)| (name.as_str(), at("pull-secrets").index(index)));
    faults.twice(secrets, "the Secret", "name it once");
}

fn check_env(service: &Service, faults: &mut Faults) {
    let list = at("env");
    let names = service.env.iter().enumerate().map(|(index, var)| (var.name.as_str(), list.index(index).key("name")));
    let config = service.config.env.keys().map(|name| (name.as_str(), at("config").key("env").key(name.clone())));
    faults.twice(names.chain(config), "the variable", "keep one of them");
    for (index, var) in service.env.iter().enumerate() {
        let here = list.index(index);
        match (&var.value, &var.secret) {
            (None, None) => {
                faults.add(here.clone(), format!("`{}` has neither `value` nor `secret`", var.name), "add one of them");
            }
            (Some(_), Some(_)) => {
                faults.add(here.key("value"), format!("`{}` has both `value` and `secret`", var.name), "keep one of them");
            }
            _ => {}
        }
        if var.key.is_some() && var.secret.is_none() {
            faults.add(here.key("key"), "is the key in a Secret, and no `secret` is named", "add `secret`, or leave out `key`");
        }
        if var.value.as_deref().is_some_and(|value| value.contains('\0')) {
            faults.add(here.key("value"), "holds a null character, which no environment can carry", "leave it out");
        }
    }
    for name in service.config.env.keys().filter(|name| service.config.env[*name].contains('\0')) {
        faults.add(
            at("config").key("env").key(name.clone()),
            "holds a null character, which no environment can carry",
            "leave it out",
        );
    }
    if service.config.mount_path.is_some() && service.config.files.is_empty() {
        faults.add(at("config").key("mount-path"), "there are no `files` to mount", "leave it out, or add `files`");
    }
}

fn check_paths(service: &Service, faults: &mut Faults) {
    let list = at("writable-paths");
    let writable = service.writable_paths.iter().flatten().enumerate();
    let config = service.config.mount_path.iter().map(|path| (path.as_str(), at("config").key("mount-path")));
    faults.twice(
        writable.clone().map(|(index, path)| (path.path.as_str(), list.index(index).key("path"))).chain(config),
        "the path",
        "a path is mounted once",
    );
    for (index, path) in writable {
        positive(path.size.as_ref(), list.index(index).key("size"), faults);
        if let Some(size) = &path.size {
            bytes(size, list.index(index).key("size"), faults);
        }
    }
}

fn check_waivers(service: &Service, faults: &mut Faults) {
    let list = at("waivers");
    let items = service.waivers.iter().enumerate().map(|(index, waiver)| (waiver.item.as_str(), list.index(index).key("item")));
    faults.twice(items, "the item", "keep one waiver");
}
