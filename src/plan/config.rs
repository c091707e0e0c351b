//! Settings that live in `ConfigMaps`.

use serde_json::{Map, json};

use super::Origin;
use super::planner::Planner;
use crate::notation;
use crate::yaml::{Fault, Route};

/// What the name of the `ConfigMap` with a service's variables ends in.
pub const ENV_CONFIG: &str = "-env";
/// What the name of the `ConfigMap` with a service's files ends in.
pub const FILES_CONFIG: &str = "-files";

pub fn decide(p: &mut Planner<'_>) {
    let (service, defaults) = (p.service, p.defaults);
    let config = &service.config;
    for (key, end, is_empty) in
        [("config.env_name", ENV_CONFIG, config.env.is_empty()), ("config.files_name", FILES_CONFIG, config.files.is_empty())]
    {
        let origin = if is_empty { Origin::NotAsked } else { Origin::Derived(format!("`name` and `{end}`")) };
        p.decide(key, format!("{}{end}", service.name), origin);
    }
    let (path, origin) =
        p.answer_or(config.mount_path.clone(), "config.mount-path", defaults.config.mount_path.clone(), "config.mount-path");
    if !config.files.is_empty() {
        check_mount(p, &path);
    }
    p.decide("config.mount_path", path, if config.files.is_empty() { Origin::NotAsked } else { origin });
    let checksum = p.asked_text("config-separate", "checksum-annotation").value;
    let mut annotations = Map::new();
    if !config.env.is_empty() || !config.files.is_empty() {
        let content = json!([config.env, config.files]).to_string();
        annotations.insert(checksum, notation::sha256(&[&content])[..32].into());
    }
    let sum = "a digest of `config`, so that a change rolls the Pods".to_owned();
    let origin = if annotations.is_empty() { Origin::NotAsked } else { Origin::Derived(sum) };
    p.decide("config.annotations", annotations, origin);
}

/// Refuses a writable path at or below the folder of the configuration files, which is read-only.
fn check_mount(p: &mut Planner<'_>, folder: &str) {
    let default = [p.defaults.storage.writable_path.as_str()];
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
