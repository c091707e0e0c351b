//! What kustomize builds where a kustomization stands beside the manifests: what was rendered, after every
//! command that writes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use plimsoll::yaml::{Node, load};
use serde_json::Value as Json;

use crate::support::golden;
use crate::support::sandbox::{PLIMSOLL, Sandbox};
use crate::tools::{Tools, Trouble, run};

const KUSTOMIZE: (&str, &str) = ("sigs.k8s.io/kustomize/kustomize/v5", "v5.8.2");

/// Where the kustomization stands below the service's folder, and what it lists besides.
const PLACES: &[(&str, &str)] = &[("k8s/kustomization.yaml", "../own"), ("kustomization.yaml", "own")];

/// Builds the golden services: new ones, and with a `ConfigMap` that comes and goes. Gives the number of builds.
pub fn judge(tools: &Tools) -> Result<usize, Trouble> {
    let kustomize = tools.program(KUSTOMIZE.0, KUSTOMIZE.1, "kustomize")?;
    let (mut builds, mut faults) = (0, Vec::new());
    for case in golden::cases("render") {
        let text = fs::read_to_string(case.join("service.yaml")).unwrap();
        for (path, own) in PLACES {
            let sandbox = Sandbox::repository();
            let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\n";
            sandbox.write("service/own/kustomization.yaml", "resources: [own.yaml]\n");
            sandbox.write("service/own/own.yaml", config);
            sandbox.write(&format!("service/{path}"), &format!("# ours\nresources:\n  - {own}\n"));
            sandbox.git(&["add", "--all"]);
            sandbox.git(&["commit", "--quiet", "--message=ours"]);
            sandbox.write("service/plimsoll.yaml", &text);
            sandbox.run(&["new", "service"]).exits(0);
            let folder = sandbox.dir().join("service").join(path).parent().unwrap().to_owned();
            let manifests = sandbox.dir().join("service/k8s");
            let changed = if text.contains("\nconfig:") {
                text.replace("\nconfig:", "\nlabels: { example.com/a: b }\nconfig:")
            } else {
                format!("{text}\nconfig: {{ env: {{ MODE: fast }} }}\n")
            };
            for service in [None, Some(&changed), Some(&text)] {
                if let Some(service) = service.filter(|service| !service.contains("\nlabels: {") || !text.contains("\nlabels:")) {
                    sandbox.write("service/plimsoll.yaml", service);
                    sandbox.run(&["update", "service"]).exits(0);
                }
                builds += 1;
                let output = run(Command::new(&kustomize).arg("build").arg(&folder))?;
                let (built, mut expected) = (names(&output), standing(&manifests));
                expected.insert("ConfigMap/own".to_owned());
                let judged = judged(&sandbox, &kustomize, &folder);
                if judged != expected.len() {
                    faults.push(format!("{}: {path}: {judged} objects are judged of {}", case.display(), expected.len()));
                }
                if built != expected {
                    faults.push(format!("{}: {path}: {built:?} is built of {expected:?}", case.display()));
                }
            }
        }
    }
    if faults.is_empty() { Ok(builds) } else { Err(Trouble::Faults(faults)) }
}

/// How many objects `check --kustomize` judges of a folder, with the program on its path.
fn judged(sandbox: &Sandbox, kustomize: &Path, folder: &Path) -> usize {
    let mut check = sandbox.command(PLIMSOLL);
    check.args(["check", "--format", "json", "--kustomize"]).arg(folder);
    let output = check.env("PATH", kustomize.parent().unwrap()).output().unwrap();
    let report: Json = serde_json::from_slice(&output.stdout).unwrap_or_default();
    report["objects"].as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or_default()
}

/// The objects of all manifests in a folder.
fn standing(folder: &Path) -> BTreeSet<String> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let manifests = files.filter(|path| path.file_name().is_some_and(|name| name != "kustomization.yaml"));
    manifests.flat_map(|path| names(&fs::read_to_string(path).unwrap())).collect()
}

fn names(text: &str) -> BTreeSet<String> {
    let word = |node: &Node, key: &str| node.get(key).and_then(Node::as_str).unwrap_or_default().to_owned();
    let name =
        |root: &Node| format!("{}/{}", word(root, "kind"), root.get("metadata").map(|at| word(at, "name")).unwrap_or_default());
    load("", text).unwrap().iter().map(|document| name(&document.root)).collect()
}
