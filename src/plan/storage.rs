//! What the service may write to.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::Origin;
use super::planner::Planner;
use crate::notation::Quantity;
use crate::yaml::{Fault, Route};

/// The name of the volume with the configuration files, as the template writes it.
const CONFIG_VOLUME: &str = "config";

pub fn decide(p: &mut Planner<'_>) {
    decide_paths(p);
    let in_memory = in_memory(p);
    if let Some(memory) = p.amount("resources.memory").filter(|memory| in_memory > 0 && in_memory >= memory.whole()) {
        let message = format!("the paths in memory may take all of its {memory}, and nothing is left for the service");
        let fault = Fault::new(Route::root().key("writable-paths"), message);
        p.faults.push(fault.hint("give more memory, or make the paths smaller"));
    }
}

/// The bytes of the writable paths in memory, which count towards the container's memory.
pub fn in_memory(p: &Planner<'_>) -> i128 {
    let volumes = p.plan.value("volumes.writable").and_then(Json::as_array).into_iter().flatten();
    let sizes = volumes.filter(|volume| volume["in_memory"] == true).filter_map(|volume| volume["size"].as_str()?.parse().ok());
    sizes.map(|size: Quantity| size.whole()).sum()
}

/// Writable paths on disk count towards a Pod's ephemeral storage, so the limit has room for them.
fn decide_paths(p: &mut Planner<'_>) {
    let (service, defaults) = (p.service, p.defaults);
    let exact = service.resources.as_ref().and_then(|exact| exact.ephemeral_storage.clone());
    let (base, base_origin) = p.answer_or(
        exact,
        "resources.ephemeral-storage",
        defaults.storage.ephemeral_storage.clone(),
        "storage.ephemeral-storage",
    );
    let mut total = base.whole();
    let mut names = BTreeSet::from([CONFIG_VOLUME.to_owned()]);
    let mut volumes = Vec::new();
    let default_path =
        [crate::service::WritablePath { path: defaults.storage.writable_path.clone(), size: None, in_memory: false }];
    let (paths, paths_origin) = match &service.writable_paths {
        Some(paths) => (paths.as_slice(), Planner::answered("writable-paths")),
        None => (default_path.as_slice(), Origin::Blueprint("defaults.storage.writable-path".to_owned())),
    };
    for (index, path) in paths.iter().enumerate() {
        let size = path.size.clone().unwrap_or_else(|| defaults.storage.writable_size.clone());
        total += if path.in_memory { 0 } else { size.whole() };
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

#[cfg(test)]
mod tests {
    use super::*;

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
