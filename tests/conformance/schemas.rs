//! Every manifest against the published schemas of every supported Kubernetes version, by kubeconform.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use plimsoll::manifest::ObjectId;
use plimsoll::notation::KubeVersion;
use serde_json::{Map, Value as Json};

use crate::sets::Rendered;
use crate::tools::{Tools, Trouble};

/// The package with the schemas of all versions.
const SCHEMAS: (&str, &str) = ("kubernetes-validate", "1.37.0");
const KUBECONFORM: (&str, &str) = ("github.com/yannh/kubeconform/cmd/kubeconform", "v0.7.0");

/// Validates all manifests against the strict schemas of a version. Gives their number.
pub fn judge(tools: &Tools, kubernetes: KubeVersion, sets: &[Rendered]) -> Result<usize, Trouble> {
    let kubeconform = tools.install(KUBECONFORM.0, KUBECONFORM.1)?;
    let bundle = tools.python_package(SCHEMAS.0, SCHEMAS.1)?;
    let bundle = bundle.join(format!("kubernetes_validate/kubernetes-json-schema/v{kubernetes}.0-local-strict"));
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let (schemas, manifests) = (folder.path().join("schemas"), folder.path().join("manifests"));
    let files = || sets.iter().flat_map(|set| set.manifests.iter().map(move |manifest| (set, manifest)));
    let names: BTreeSet<String> = files().map(|(_, manifest)| schema_name(&manifest.id)).collect();
    stand_alone(&bundle, &names, &schemas)?;
    for (set, manifest) in files() {
        let path = manifests.join(&set.name).join(&manifest.path);
        fs::create_dir_all(path.parent().unwrap()).and_then(|()| fs::write(&path, &manifest.text)).unwrap();
    }
    let output = Command::new(kubeconform)
        .args(["-strict", "-summary", "-output", "json", "-n", "2", "-schema-location"])
        .arg(schemas.join("{{ .ResourceKind }}{{ .KindSuffix }}.json"))
        .arg(&manifests)
        .output()
        .map_err(|error| error.to_string())?;
    let report: Json = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("kubeconform: {error}: {}", String::from_utf8_lossy(&output.stderr)))?;
    let resources = report["resources"].as_array().into_iter().flatten();
    let faults: Vec<String> =
        resources.map(|resource| format!("{kubernetes}: {} {}", resource["filename"], resource["msg"])).collect();
    let valid = usize::try_from(report["summary"]["valid"].as_u64().unwrap_or_default()).unwrap_or_default();
    if !faults.is_empty() {
        return Err(Trouble::Faults(faults));
    }
    if valid != files().count() {
        return Err(format!("{kubernetes}: {valid} of {} manifests were judged valid", files().count()).into());
    }
    Ok(valid)
}

/// What kubeconform calls the schema of an object's type.
fn schema_name(id: &ObjectId) -> String {
    let version = match id.api_version.split_once('/') {
        Some((group, version)) => format!("{}-{version}", group.split('.').next().unwrap_or_default()),
        None => id.api_version.clone(),
    };
    format!("{}-{version}", id.kind.to_lowercase())
}

/// Writes schemas with all that they refer to in them: the package keeps that in one file beside them.
fn stand_alone(bundle: &Path, names: &BTreeSet<String>, to: &Path) -> Result<(), String> {
    let read = |name: &str| -> Result<Json, String> {
        let path = bundle.join(format!("{name}.json"));
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
    };
    let definitions = read("_definitions")?["$defs"].take();
    fs::create_dir_all(to).map_err(|error| error.to_string())?;
    for name in names {
        let schema = inlined(&read(name)?, &definitions, &mut Vec::new());
        fs::write(to.join(format!("{name}.json")), schema.to_string()).map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn inlined(schema: &Json, definitions: &Json, inside: &mut Vec<String>) -> Json {
    match schema {
        Json::Array(items) => items.iter().map(|item| inlined(item, definitions, inside)).collect(),
        Json::Object(fields) => {
            let Some(target) = fields.get("$ref").and_then(Json::as_str) else {
                let kept = fields.iter().filter(|(key, value)| *key != "$id" || !value.is_string());
                let pairs = kept.map(|(key, value)| (key.clone(), inlined(value, definitions, inside)));
                return pairs.collect::<Map<_, _>>().into();
            };
            let name = target.rsplit('/').next().unwrap_or(target).to_owned();
            // What contains itself takes anything there.
            if inside.contains(&name) {
                return Json::Object(Map::new());
            }
            inside.push(name.clone());
            let found = inlined(&definitions[&name], definitions, inside);
            inside.pop();
            found
        }
        other => other.clone(),
    }
}
