//! What `plimsoll update` makes of services that an older checklist rendered and people edited.

use std::fs;
use std::path::Path;

use plimsoll::checklist;
use plimsoll::manifest::{Manifest, ObjectId};
use plimsoll::yaml::load_one;

use crate::created::Change;
use crate::support::golden;
use crate::support::sandbox::Sandbox;

/// An edit by hand that an update has to keep.
const EDIT: (&str, &str) = ("stabilizationWindowSeconds: 300\n", "stabilizationWindowSeconds: 450 # slow to forget\n");

/// The golden services: as the oldest checklist renders them, and after an update to the newest.
pub fn changes() -> Vec<Change> {
    let oldest = checklist::SHIPPED.iter().map(|shipped| shipped.id).min().unwrap();
    let cases = golden::cases("render").into_iter().enumerate();
    cases.filter_map(|(number, case)| change(&case, &format!("updated-{number}"), oldest)).collect()
}

/// Nothing where the older checklist refuses the service.
fn change(case: &Path, name: &str, oldest: &str) -> Option<Change> {
    let sandbox = Sandbox::repository();
    let text = fs::read_to_string(case.join("service.yaml")).unwrap();
    sandbox.write("values.yaml", &text);
    let checklist = format!("checklist={oldest}");
    let mut new = vec!["new", "service", "--values", "values.yaml", "--set", &checklist];
    let namespace = format!("namespace={name}");
    if text.contains("\nnamespace:") {
        new.extend(["--set", &namespace]);
    }
    if sandbox.run(&new).code != 0 {
        return None;
    }
    let folder = sandbox.dir().join("service");
    let autoscaler = folder.join("k8s/hpa.yaml");
    if let Ok(text) = fs::read_to_string(&autoscaler) {
        fs::write(&autoscaler, text.replace(EDIT.0, EDIT.1)).unwrap();
        sandbox.git(&["commit", "--quiet", "--all", "--message=slower"]);
    }
    let before = manifests(&folder);
    // What an older checklist pins is for a person to let go.
    let service = folder.join("plimsoll.yaml");
    let text = fs::read_to_string(&service).unwrap();
    let free: String = text.split_inclusive('\n').filter(|line| !line.starts_with("blueprint: ")).collect();
    fs::write(&service, free).unwrap();
    sandbox.git(&["commit", "--quiet", "--all", "--allow-empty", "--message=newest blueprint"]);
    let newest = checklist::production().unwrap().version;
    sandbox.run(&["update", "service", "--to", &newest]).exits(0);
    let after = manifests(&folder);
    Some(Change { name: name.to_owned(), before, after })
}

fn manifests(folder: &Path) -> Vec<Manifest> {
    let mut files: Vec<_> = fs::read_dir(folder.join("k8s")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: &Path| {
        let text = fs::read_to_string(path).unwrap();
        let object = load_one("manifest", &text).unwrap().to_json();
        let word = |pointer: &str| object.pointer(pointer).and_then(serde_json::Value::as_str).map(str::to_owned);
        let id = ObjectId {
            api_version: word("/apiVersion").unwrap(),
            kind: word("/kind").unwrap(),
            namespace: word("/metadata/namespace"),
            name: word("/metadata/name").unwrap(),
        };
        Manifest { path: path.to_string_lossy().into_owned(), text, id }
    };
    files.iter().map(|path| read(path)).collect()
}
