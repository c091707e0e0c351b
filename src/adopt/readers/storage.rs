//! The paths to which the service writes: empty volumes that the container mounts.

use serde_json::Value as Json;

use super::AdoptReader;

pub fn read(r: &mut AdoptReader<'_>) {
    let volumes = r.pod.list("volumes");
    let mut paths: Vec<&str> = Vec::new();
    let mut used: Vec<&str> = Vec::new();
    for mount in r.container.list("volumeMounts") {
        let word = |key: &str| mount.get(key).and_then(|at| at.text());
        let (Some(name), Some(path)) = (word("name"), word("mountPath")) else { continue };
        let volume = volumes.iter().find(|volume| volume.get("name").and_then(|at| at.text()) == Some(name));
        let Some(empty) = volume.and_then(|volume| volume.get("emptyDir")) else { continue };
        // A part of a volume, or one volume in two places, is nothing that the service file says.
        if mount.get("subPath").is_some() || used.contains(&name) {
            continue;
        }
        let field = |part: &str| format!("writable-paths[{}].{part}", paths.len());
        let Some(at) = mount.get("mountPath") else { continue };
        r.draft.say(&field("path"), path, &at);
        if let Some(size) = empty.get("sizeLimit")
            && let Some(text) = size.scalar()
        {
            r.draft.say(&field("size"), text, &size);
        }
        if let Some(medium) = empty.get("medium").filter(|medium| medium.text() == Some("Memory")) {
            r.draft.say(&field("in-memory"), true, &medium);
        }
        paths.push(path);
        used.push(name);
    }
    let locked = r.container.find("securityContext.readOnlyRootFilesystem").filter(|at| at.is_flag(true));
    let usual = r.judge.contract.defaults.storage.writable_path.as_str();
    match locked {
        Some(at) if paths.is_empty() => r.draft.say("writable-paths", Json::Array(Vec::new()), &at),
        // What could be written to anywhere goes on to have the usual place.
        None if !paths.is_empty() && !paths.contains(&usual) => {
            r.draft.add(&format!("writable-paths[{}].path", paths.len()), usual);
        }
        _ => {}
    }
}
