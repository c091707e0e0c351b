//! What an API server would say of objects: `golden/verdicts/<kind>/`, of which `right.yaml` is taken without a word.
//!
//! `tests/conformance/` asks real API servers about the same files.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use plimsoll::manifest::{self, ApiFault, Reaction};
use plimsoll::notation::{KubeVersion, NEWEST, OLDEST};
use plimsoll::yaml::{self, Node};

use crate::support::golden;

/// What is said of an object, a line a fault.
fn told(object: &Node, version: KubeVersion) -> Vec<String> {
    let line = |fault: &ApiFault| {
        let reaction = match fault.reaction {
            Reaction::Refused => "refused",
            Reaction::Dropped => "dropped",
            Reaction::Warned => "warned of",
        };
        format!("{reaction} {fault}")
    };
    manifest::verdicts(object, &[], version).iter().map(line).collect()
}

/// The objects of a file, each with all that the versions say of it.
fn judged(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let documents = yaml::load("", &text).unwrap();
    let mut all = String::new();
    for (number, document) in documents.iter().enumerate() {
        let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let (newest, oldest) = (told(&document.root, NEWEST), told(&document.root, OLDEST));
        for (version, told) in [(OLDEST, &oldest), (NEWEST, &newest)] {
            for line in told {
                lines.entry(line.clone()).or_default().push(version.to_string());
            }
        }
        let only_old = oldest.iter().filter(|line| !newest.contains(line));
        for line in newest.iter().chain(only_old) {
            let versions = &lines[line];
            let only = if versions.len() == 2 { String::new() } else { format!(" ({} alone)", versions[0]) };
            all.push_str(&format!("object {}: {line}{only}\n", number + 1));
        }
    }
    all
}

#[test]
fn objects_are_refused_and_warned_of_as_api_servers_do() {
    let mut faults = Vec::new();
    for folder in golden::cases("verdicts") {
        let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files.iter().filter(|path| path.extension().is_some_and(|end| end == "yaml")) {
            let told = judged(file);
            if file.ends_with("right.yaml") {
                assert_eq!(told, "", "{}", file.display());
            } else {
                assert!(!told.is_empty(), "{} is right", file.display());
                faults.extend(golden::compare(&file.with_extension("txt"), &told).err());
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What Plimsoll renders is taken without a word.
#[test]
fn renders_are_taken_without_a_word() {
    for folder in golden::cases("render") {
        let Ok(manifests) = fs::read_dir(folder.join("k8s")) else { continue };
        for path in manifests.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "yaml"))
        {
            for document in yaml::load("", &fs::read_to_string(&path).unwrap()).unwrap() {
                assert_eq!(told(&document.root, NEWEST), [""; 0], "{}", path.display());
            }
        }
    }
}
