//! The container: image, ports, resources, environment and configuration.

use serde_json::{Map, Value as Json, json};

use super::planner::Planner;
use super::{Origin, runtime};
use crate::formats::{self, ImageRef, Quantity};
use crate::service::{EnvVar, Size};

pub fn decide(p: &mut Planner<'_>) {
    p.decide("container.name", p.defaults.container.as_str(), Origin::Blueprint("defaults.container".to_owned()));
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
    p.decide("container.image", p.service.image.as_str(), Planner::answered("image"));
    p.decide_as_asked("container.pull_policy", "pull-policy", if moves { "moving" } else { "pinned" });
}

/// What the container gets, for those who must know their room.
pub struct Amounts {
    /// Requested cpu.
    pub cpu: Quantity,
    /// Requested memory, and the limit.
    pub memory: Quantity,
}

fn decide_resources(p: &mut Planner<'_>) -> Amounts {
    let (service, defaults) = (p.service, p.defaults);
    let (amounts, origins) = match (&service.resources, service.size) {
        (Some(exact), _) => {
            let amounts = Amounts { cpu: exact.cpu.clone(), memory: exact.memory.clone() };
            (amounts, [Planner::answered("resources.cpu"), Planner::answered("resources.memory")])
        }
        (None, size) => {
            let name = match size.unwrap_or_default() {
                Size::Small => "small",
                Size::Medium => "medium",
                Size::Large => "large",
            };
            let Some(found) = defaults.sizes.get(name) else {
                p.faults.push(crate::yaml::Fault::new(
                    crate::yaml::Route::root().key("size"),
                    format!("the blueprint has no size `{name}`"),
                ));
                return Amounts { cpu: Quantity::from_bytes(1), memory: Quantity::from_bytes(1) };
            };
            let origin = |part: &str| Origin::Blueprint(format!("defaults.sizes.{name}.{part}"));
            (Amounts { cpu: found.cpu.clone(), memory: found.memory.clone() }, [origin("cpu"), origin("memory")])
        }
    };
    let [cpu_origin, memory_origin] = origins;
    p.decide("resources.cpu", amounts.cpu.as_str(), cpu_origin);
    p.decide("resources.memory", amounts.memory.as_str(), memory_origin);
    let limit = service.resources.as_ref().and_then(|exact| exact.cpu_limit.as_ref());
    let limit = limit.map_or(Json::Null, |limit| limit.cpu.as_str().into());
    p.decide("resources.cpu_limit", limit, Planner::answered("resources.cpu-limit"));
    decide_disk(p);
    amounts
}

/// Writable paths on disk count towards a Pod's ephemeral storage, so the limit has room for them.
fn decide_disk(p: &mut Planner<'_>) {
    let (service, defaults) = (p.service, p.defaults);
    let exact = service.resources.as_ref().and_then(|exact| exact.ephemeral_storage.clone());
    let (base, base_origin) =
        p.answer_or(exact, "resources.ephemeral-storage", defaults.ephemeral_storage.clone(), "ephemeral-storage");
    let mut total = base.whole();
    let mut volumes = Vec::new();
    let default_path = [crate::service::WritablePath { path: defaults.writable_path.clone(), size: None, in_memory: false }];
    let (paths, paths_origin) = match &service.writable_paths {
        Some(paths) => (paths.as_slice(), Planner::answered("writable-paths")),
        None => (default_path.as_slice(), Origin::Blueprint("defaults.writable-path".to_owned())),
    };
    for (index, path) in paths.iter().enumerate() {
        let size = path.size.clone().unwrap_or_else(|| defaults.writable_size.clone());
        if !path.in_memory {
            total += size.whole();
        }
        let name = if path.path == "/tmp" { "tmp".to_owned() } else { format!("writable-{}", index + 1) };
        volumes.push(json!({"name": name, "path": path.path, "size": size, "in_memory": path.in_memory}));
    }
    let (total, origin) = match u64::try_from(total) {
        Ok(bytes) if total != base.whole() => {
            let sum = format!("{base} + the writable paths on disk");
            (Quantity::from_bytes(bytes), Origin::Derived(sum))
        }
        _ => (base, base_origin),
    };
    p.decide("resources.ephemeral_storage", total.as_str(), origin);
    p.decide("volumes.writable", volumes, paths_origin);
}

fn decide_env(p: &mut Planner<'_>, amounts: &Amounts) {
    let words = p.asked_words("secrets-by-reference", "name-words").value;
    let suffixes = p.asked_words("secrets-by-reference", "public-suffixes").value;
    let prefixes = p.asked_words("secrets-by-reference", "value-prefixes").value;
    let secret = |name: &str, value: &str| looks_secret(name, value, &words, &suffixes, &prefixes);
    let service = p.service;
    let plain =
        service.env.iter().enumerate().filter_map(|(index, var)| Some((format!("env[{index}]"), &var.name, var.value.as_ref()?)));
    let config = service.config.env.iter().map(|(name, value)| (format!("config.env.{name}"), name, value));
    let exposed: Vec<_> =
        plain.chain(config).filter(|(_, name, value)| secret(name, value)).map(|(field, name, _)| (field, name)).collect();
    for (field, name) in exposed {
        let hint = format!("put it into a Secret and write `- {{ name: {name}, secret: NAME, key: KEY }}` under `env`");
        p.refuse("secrets-by-reference", &field, format!("`{name}` looks like a credential in plain sight"), hint);
    }

    let mut env: Vec<Json> = service.env.iter().map(variable).collect();
    let given = |name: &str| service.env.iter().any(|var| var.name == name) || service.config.env.contains_key(name);
    let told = runtime::variables(p, amounts).into_iter().chain(telemetry(p));
    env.extend(
        told.filter(|(name, ..)| !given(name)).map(|(name, value, item)| json!({"name": name, "value": value, "item": item})),
    );
    let sum = "`env`, then what runtime-sized and tracing ask for".to_owned();
    p.decide("container.env", env, Origin::Derived(sum));
}

fn variable(var: &EnvVar) -> Json {
    match &var.secret {
        Some(secret) => json!({"name": var.name, "secret": secret, "key": var.key.as_ref().unwrap_or(&var.name)}),
        None => json!({"name": var.name, "value": var.value}),
    }
}

/// Whether a variable is a credential by its name or by what it holds.
fn looks_secret(name: &str, value: &str, words: &[String], suffixes: &[String], prefixes: &[String]) -> bool {
    if prefixes.iter().any(|prefix| value.starts_with(prefix.as_str())) || holds_password(value) {
        return true;
    }
    let name = format!("-{}-", name.to_lowercase().replace(['_', '.'], "-"));
    let harmless = value.is_empty() || suffixes.iter().any(|suffix| name.ends_with(&format!("-{suffix}-")));
    !harmless && words.iter().any(|word| name.contains(&format!("-{word}-")))
}

/// Whether a value is a URL with a password in it.
fn holds_password(value: &str) -> bool {
    let Some((_, rest)) = value.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let password = authority.rsplit_once('@').and_then(|(user, _)| user.split_once(':')).map(|(_, password)| password);
    password.is_some_and(|password| !password.is_empty() && !password.starts_with("$("))
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
    vec![("OTEL_SERVICE_NAME", p.service.name.clone(), "tracing"), ("OTEL_RESOURCE_ATTRIBUTES", attributes.join(","), "tracing")]
}

fn decide_config(p: &mut Planner<'_>) {
    let (service, defaults) = (p.service, p.defaults);
    let config = &service.config;
    p.decide("config.env", json!(config.env), Planner::answered("config.env"));
    p.decide("config.files", json!(config.files), Planner::answered("config.files"));
    let (path, origin) =
        p.answer_or(config.mount_path.clone(), "config.mount-path", defaults.config_mount_path.clone(), "config-mount-path");
    p.decide("config.mount_path", path, origin);
    let checksum = p.asked_text("config-separate", "checksum-annotation").value;
    let mut annotations = Map::new();
    if !config.env.is_empty() || !config.files.is_empty() {
        let content = json!([config.env, config.files]).to_string();
        annotations.insert(checksum, formats::sha256(&[&content])[..32].into());
    }
    p.decide(
        "config.annotations",
        annotations,
        Origin::Derived("a digest of `config`, so that a change rolls the Pods".to_owned()),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_known_by_name_and_by_shape() {
        let list = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
        let (words, suffixes, prefixes) = (list(&["password", "api-key", "token"]), list(&["file", "url"]), list(&["AKIA"]));
        let secret = |name, value| looks_secret(name, value, &words, &suffixes, &prefixes);
        for (name, value) in [("DB_PASSWORD", "x"), ("api.key", "x"), ("X", "AKIA123"), ("URL", "postgres://app:s3cret@db/app")] {
            assert!(secret(name, value), "{name}");
        }
        for (name, value) in [
            ("PASSWORD_FILE", "/run/x"),
            ("TOKENS_PER_SECOND", "5"),
            ("DB_PASSWORD", ""),
            ("URL", "postgres://app@db:5432/app"),
            ("URL", "http://a/b:c@d"),
            ("URL", "postgres://app:$(PW)@db"),
        ] {
            assert!(!secret(name, value), "{name}={value}");
        }
    }
}
