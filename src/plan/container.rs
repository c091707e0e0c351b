//! The container: image, ports, resources, environment and configuration.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use super::planner::Planner;
use super::{Origin, runtime};
use crate::formats::{self, ImageRef, Quantity};
use crate::manifest::Secrets;
use crate::service::{EnvVar, Service, Size};
use crate::yaml::{Fault, Route};

/// The name of the volume with the configuration files, as the template writes it.
const CONFIG_VOLUME: &str = "config";

pub fn decide(p: &mut Planner<'_>) {
    let (name, origin) = p.answer_or(p.service.container.clone(), "container", p.defaults.container.clone(), "container");
    p.decide("container.name", name, origin);
    decide_image(p);
    let ports: Vec<Json> =
        p.service.ports.iter().map(|port| json!({"name": port.name(), "number": port.port, "metrics": port.metrics})).collect();
    p.decide("container.ports", ports, Planner::answered("ports"));
    let amounts = decide_resources(p);
    decide_env(p, &amounts);
    decide_config(p);
}

fn decide_image(p: &mut Planner<'_>) {
    let moving = p.asked_words("image-pinned", "moving-tags").value;
    let image = p.service.image.parse::<ImageRef>().ok();
    let tag = image.as_ref().and_then(|image| image.tag.as_deref());
    let has_digest = image.as_ref().is_some_and(|image| image.digest.is_some());
    let moves = !has_digest && tag.is_none_or(|tag| moving.iter().any(|moving| moving == tag));
    if moves {
        let message = match tag {
            Some(tag) => format!("the tag `{tag}` moves: what runs would change without a commit"),
            None => "has neither a tag nor a digest".to_owned(),
        };
        p.refuse("image-pinned", "image", message, "give the tag of one build, such as :1.4.2");
    } else if !has_digest {
        let message = format!("has no digest, which tier {} asks for", p.service.tier().0);
        p.refuse("image-digest", "image", message, "add @sha256:… behind the tag, as the registry shows it");
    }
    let registries = p.asked_words("trusted-registry", "registries").value;
    if !registries.is_empty() && !registries.iter().any(|registry| p.service.image.starts_with(&format!("{registry}/"))) {
        let message = format!("comes from a registry that is not one of {}", registries.join(", "));
        p.refuse("trusted-registry", "image", message, "take the image from one of them");
    }
    p.decide("container.image", p.service.image.as_str(), Planner::answered("image"));
    p.decide("container.image_moves", moves, Planner::answered("image"));
    p.decide_as_asked("container.pull_policy", "pull-policy", if moves { "moving" } else { "pinned" });
}

/// What the container gets, for those who must know their room.
pub struct Amounts {
    /// Requested cpu.
    pub cpu: Quantity,
    /// Requested memory, and the limit.
    pub memory: Quantity,
    /// Bytes of it that writable paths in memory may take.
    pub in_memory: i128,
}

fn decide_resources(p: &mut Planner<'_>) -> Amounts {
    let (service, defaults) = (p.service, p.defaults);
    let (cpu, memory, origins) = match (&service.resources, service.size) {
        (Some(exact), _) => {
            let (cpu, memory) = (exact.cpu.clone(), exact.memory.clone());
            (cpu, memory, [Planner::answered("resources.cpu"), Planner::answered("resources.memory")])
        }
        (None, size) => {
            let name = match size.unwrap_or_default() {
                Size::Small => "small",
                Size::Medium => "medium",
                Size::Large => "large",
            };
            let Some(found) = defaults.sizes.get(name) else {
                p.faults.push(Fault::new(Route::root().key("size"), format!("the blueprint has no size `{name}`")));
                return Amounts { cpu: Quantity::from_bytes(1), memory: Quantity::from_bytes(1), in_memory: 0 };
            };
            let origin = |part: &str| Origin::Blueprint(format!("defaults.sizes.{name}.{part}"));
            (found.cpu.clone(), found.memory.clone(), [origin("cpu"), origin("memory")])
        }
    };
    let [cpu_origin, memory_origin] = origins;
    p.decide("resources.cpu", cpu.as_str(), cpu_origin);
    p.decide("resources.memory", memory.as_str(), memory_origin);
    let limit = service.resources.as_ref().and_then(|exact| exact.cpu_limit.as_ref());
    let limit = limit.map_or(Json::Null, |limit| limit.cpu.as_str().into());
    p.decide("resources.cpu_limit", limit, Planner::answered("resources.cpu-limit"));
    let in_memory = decide_paths(p);
    if in_memory > 0 && in_memory >= memory.whole() {
        let message = format!("the paths in memory may take all of its {memory}, and nothing is left for the service");
        let fault = Fault::new(Route::root().key("writable-paths"), message);
        p.faults.push(fault.hint("give more memory, or make the paths smaller"));
    }
    Amounts { cpu, memory, in_memory }
}

/// Writable paths on disk count towards a Pod's ephemeral storage, so the limit has room for them;
/// returns the bytes of those in memory, which count towards its memory.
fn decide_paths(p: &mut Planner<'_>) -> i128 {
    let (service, defaults) = (p.service, p.defaults);
    let exact = service.resources.as_ref().and_then(|exact| exact.ephemeral_storage.clone());
    let (base, base_origin) =
        p.answer_or(exact, "resources.ephemeral-storage", defaults.ephemeral_storage.clone(), "ephemeral-storage");
    let (mut total, mut in_memory) = (base.whole(), 0);
    let mut names = BTreeSet::from([CONFIG_VOLUME.to_owned()]);
    let mut volumes = Vec::new();
    let default_path = [crate::service::WritablePath { path: defaults.writable_path.clone(), size: None, in_memory: false }];
    let (paths, paths_origin) = match &service.writable_paths {
        Some(paths) => (paths.as_slice(), Planner::answered("writable-paths")),
        None => (default_path.as_slice(), Origin::Blueprint("defaults.writable-path".to_owned())),
    };
    for (index, path) in paths.iter().enumerate() {
        let size = path.size.clone().unwrap_or_else(|| defaults.writable_size.clone());
        *(if path.in_memory { &mut in_memory } else { &mut total }) += size.whole();
        let mut name = volume_name(&path.path);
        if !names.insert(name.clone()) {
            name = format!("writable-{}", index + 1);
        }
        volumes.push(json!({"name": name, "path": path.path, "size": size, "in_memory": path.in_memory}));
    }
    let (total, origin) = match u64::try_from(total) {
        Ok(bytes) if total != base.whole() => {
            let sum = format!("{base} + the writable paths on disk");
            // Whole mebibytes, which people can read whatever the summands were written in.
            (Quantity::from_bytes(bytes.next_multiple_of(1 << 20)), Origin::Derived(sum))
        }
        _ => (base, base_origin),
    };
    p.decide("resources.ephemeral_storage", total.as_str(), origin);
    p.decide("volumes.writable", volumes, paths_origin);
    in_memory
}

/// The name of a path's volume: the path itself as far as a name can hold it, so that it stays the
/// same when other paths come and go.
fn volume_name(path: &str) -> String {
    let legal = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let words: String = path.chars().map(legal).collect();
    let name = words.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
    match name.get(..63).unwrap_or(&name).trim_end_matches('-') {
        "" => "writable".to_owned(),
        name => name.to_owned(),
    }
}

fn decide_env(p: &mut Planner<'_>, amounts: &Amounts) {
    let words = p.asked_words("secrets-by-reference", "name-words").value;
    let suffixes = p.asked_words("secrets-by-reference", "public-suffixes").value;
    let prefixes = p.asked_words("secrets-by-reference", "value-prefixes").value;
    let public = p.asked_words("secrets-by-reference", "public-prefixes").value;
    let secrets = Secrets::new(words, suffixes, prefixes.clone(), public);
    let service = p.service;
    let plain =
        service.env.iter().enumerate().filter_map(|(index, var)| Some((format!("env[{index}]"), &var.name, var.value.as_ref()?)));
    let config = service.config.env.iter().map(|(name, value)| (format!("config.env[\"{name}\"]"), name, value));
    let exposed: Vec<_> = plain
        .chain(config)
        .filter(|(_, name, value)| secrets.is_secret(name, value))
        .map(|(field, name, _)| (field, name))
        .collect();
    for (field, name) in exposed {
        let hint = format!("put it into a Secret and write `- {{ name: {name}, secret: NAME, key: KEY }}` under `env`");
        p.refuse("secrets-by-reference", &field, format!("`{name}` looks like a credential in plain sight"), hint);
    }

    for (name, text) in &service.config.files {
        if prefixes.iter().any(|prefix| text.trim_start().starts_with(prefix.as_str())) {
            let hint = "put it into a Secret, and read it from a variable under `env`";
            let field = format!("config.files[\"{name}\"]");
            p.refuse("secrets-by-reference", &field, format!("`{name}` looks like a credential in plain sight"), hint);
        }
    }

    let mut env: Vec<Json> = service.env.iter().map(variable).collect();
    for (name, value, item) in runtime::variables(p, amounts).into_iter().chain(telemetry(p)) {
        let Some((field, given)) = given(service, name) else {
            env.push(json!({"name": name, "value": value, "item": item}));
            continue;
        };
        // What stands in a Secret cannot be judged.
        let Some(given) = given else { continue };
        let own = env.iter_mut().find(|var| name == ATTRIBUTES && var["name"] == name);
        if let (Some(own), Some(joined)) = (own, joined(&value, given)) {
            own["value"] = joined.into();
        } else if !runtime::says_the_same(name, &value, given) {
            let message = format!("takes the place of `{name}={value}`, and does not hold that");
            p.refuse(item, &field, message, format!("let it hold `{value}`, or leave `{name}` out"));
        }
    }
    let sum = "`env`, then what runtime-sized and tracing ask for".to_owned();
    p.decide("container.env", env, Origin::Derived(sum));
}

/// The field in which a variable is given, with its value where that stands in plain sight.
fn given<'a>(service: &'a Service, name: &str) -> Option<(String, Option<&'a str>)> {
    let in_env = service.env.iter().enumerate().find(|(_, var)| var.name == name);
    let in_env = in_env.map(|(index, var)| (format!("env[{index}].value"), var.value.as_deref()));
    in_env.or_else(|| Some((format!("config.env.{name}"), Some(service.config.env.get(name)?.as_str()))))
}

fn variable(var: &EnvVar) -> Json {
    match &var.secret {
        Some(secret) => json!({"name": var.name, "secret": secret, "key": var.key.as_ref().unwrap_or(&var.name)}),
        None => json!({"name": var.name, "value": var.value}),
    }
}

/// The variable with the attributes that traces carry.
const ATTRIBUTES: &str = "OTEL_RESOURCE_ATTRIBUTES";

/// Attributes of one's own with ours behind them, so that the version need not be written twice;
/// `None` where they say something else under a name of ours.
fn joined(ours: &str, given: &str) -> Option<String> {
    let name = |pair: &str| pair.split_once('=').map_or(pair, |(name, _)| name).trim().to_owned();
    let mut pairs: Vec<&str> = given.split(',').map(str::trim).filter(|pair| !pair.is_empty()).collect();
    for pair in ours.split(',').filter(|pair| !given.split(',').any(|given| given.trim() == *pair)) {
        if pairs.iter().any(|given| name(given) == name(pair)) {
            return None;
        }
        pairs.push(pair);
    }
    Some(pairs.join(","))
}

/// What traces carry, in agreement with the labels.
fn telemetry(p: &Planner<'_>) -> Vec<(&'static str, String, &'static str)> {
    let value = |key| p.plan.value(key).and_then(Json::as_str).unwrap_or_default().to_owned();
    let attributes = [
        ("service.namespace", value("service.part_of")),
        ("service.version", value("service.version")),
        ("deployment.environment.name", value("service.environment")),
    ];
    let attributes: Vec<String> = attributes.iter().map(|(name, value)| format!("{name}={value}")).collect();
    vec![("OTEL_SERVICE_NAME", p.service.name.clone(), "tracing"), (ATTRIBUTES, attributes.join(","), "tracing")]
}

fn decide_config(p: &mut Planner<'_>) {
    let (service, defaults) = (p.service, p.defaults);
    let config = &service.config;
    p.decide("config.env", json!(config.env), Planner::answered("config.env"));
    p.decide("config.files", json!(config.files), Planner::answered("config.files"));
    let (path, origin) =
        p.answer_or(config.mount_path.clone(), "config.mount-path", defaults.config_mount_path.clone(), "config-mount-path");
    if !config.files.is_empty() {
        check_mount(p, &path);
    }
    p.decide("config.mount_path", path, if config.files.is_empty() { Origin::NotAsked } else { origin });
    let checksum = p.asked_text("config-separate", "checksum-annotation").value;
    let mut annotations = Map::new();
    if !config.env.is_empty() || !config.files.is_empty() {
        let content = json!([config.env, config.files]).to_string();
        annotations.insert(checksum, formats::sha256(&[&content])[..32].into());
    }
    let sum = "a digest of `config`, so that a change rolls the Pods".to_owned();
    let origin = if annotations.is_empty() { Origin::NotAsked } else { Origin::Derived(sum) };
    p.decide("config.annotations", annotations, origin);
}

/// Refuses a writable path at or below the folder of the configuration files, which is read-only.
fn check_mount(p: &mut Planner<'_>, folder: &str) {
    let default = [p.defaults.writable_path.as_str()];
    let paths: Vec<&str> = match &p.service.writable_paths {
        Some(paths) => paths.iter().map(|path| path.path.as_str()).collect(),
        None => default.to_vec(),
    };
    let inside = |path: &str| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    for (index, path) in paths.into_iter().enumerate().filter(|(_, path)| inside(path)) {
        let route = match p.service.config.mount_path {
            Some(_) => Route::root().key("config").key("mount-path"),
            None => Route::root().key("writable-paths").index(index).key("path"),
        };
        let message = format!("the configuration files stand in `{folder}`, where `{path}` cannot be written to");
        p.faults.push(Fault::new(route, message).hint("choose another folder for one of them"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_join_unless_they_say_something_else() {
        assert_eq!(joined("a=1,b=2", "c=3, b=2,").as_deref(), Some("c=3,b=2,a=1"));
        assert_eq!(joined("a=1,b=2", "").as_deref(), Some("a=1,b=2"));
        assert_eq!(joined("a=1,b=2", "b=3"), None);
    }

    #[test]
    fn volumes_are_named_after_their_paths() {
        let long = format!("/{}/b", "a".repeat(62));
        let cases =
            [("/tmp", "tmp"), ("/var/lib/App_data.d", "var-lib-app-data-d"), ("/한글", "writable"), (&long, &long[1..63])];
        for (path, name) in cases {
            assert_eq!(volume_name(path), name);
        }
    }
}
