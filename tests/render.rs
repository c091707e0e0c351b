//! Service files and the manifests they render to, as raw files under `golden/render/`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use plimsoll::notation::{NEWEST, OLDEST};
use plimsoll::ops::Editions;
use plimsoll::service::{Answers, schema};
use serde_json::Value as Json;

use crate::support::golden;

/// The manifests of a case by file name.
fn rendered(editions: &Editions, case: &Path) -> Result<BTreeMap<String, String>, String> {
    let text = fs::read_to_string(case.join("service.yaml")).unwrap();
    let mut answers = Answers::default();
    answers.add_file("service.yaml", &text).unwrap();
    let faults = |faults: Vec<plimsoll::yaml::Fault>| {
        faults.iter().map(|fault| format!("{}: {fault}", case.display())).collect::<Vec<_>>().join("\n")
    };
    let edition = editions.of_answers(&answers, case).unwrap();
    let (_, plan) = edition.plan(&answers).map_err(faults)?;
    let manifests = edition.renderer.render(&plan).unwrap();
    Ok(manifests.into_iter().map(|manifest| (manifest.path.replace("k8s/", ""), manifest.text)).collect())
}

#[test]
fn every_case_renders_to_its_golden() {
    let editions = Editions::default();
    let mut faults = Vec::new();
    for case in golden::cases("render") {
        match rendered(&editions, &case) {
            Ok(got) => faults.extend(golden::compare_folder(&case.join("k8s"), &got)),
            Err(refused) => faults.push(refused),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_same_service_renders_to_the_same_bytes() {
    let (first, second) = (Editions::default(), Editions::default());
    for case in golden::cases("render") {
        assert_eq!(rendered(&first, &case), rendered(&second, &case), "{}", case.display());
    }
}

#[test]
fn without_comments_the_same_objects_are_rendered() {
    let editions = Editions::default();
    for case in golden::cases("render") {
        let text = fs::read_to_string(case.join("service.yaml")).unwrap();
        let render = |comments: &str| {
            let mut answers = Answers::default();
            answers.add_file("service.yaml", &text).unwrap();
            answers.set(&format!("comments={comments}")).unwrap();
            let edition = editions.of_answers(&answers, &case).unwrap();
            edition.renderer.render(&edition.plan(&answers).unwrap().1).unwrap()
        };
        for (commented, bare) in render("items").iter().zip(render("none")) {
            let object = |text: &str| serde_yaml::from_str::<Json>(text).unwrap();
            assert_eq!(object(&commented.text), object(&bare.text), "{} {}", case.display(), bare.path);
            assert!(commented.text.starts_with("# "), "{} {}", case.display(), bare.path);
            assert!(bare.text.starts_with("apiVersion: "), "{} {}", case.display(), bare.path);
        }
    }
}

#[test]
fn the_goldens_use_every_field_and_every_word_of_the_service_file() {
    let mut wanted = BTreeSet::new();
    want(schema(), schema(), "", &mut wanted);
    wanted.extend((1..=3).map(|tier| format!("tier = {tier}")));
    wanted.extend([OLDEST, NEWEST].map(|version| format!("kubernetes = {version}")));
    let mut used = BTreeSet::new();
    for case in golden::cases("render") {
        let text = fs::read_to_string(case.join("service.yaml")).unwrap();
        list(&serde_yaml::from_str(&text).unwrap(), "", &mut used);
    }
    // A readiness probe needs no reason, and refuses one.
    wanted.remove("probes.readiness.reason");
    // Which options there are is a blueprint's matter.
    wanted.remove("options");
    let unused: Vec<_> = wanted.difference(&used).collect();
    assert!(unused.is_empty(), "no golden under golden/render has {unused:#?}");
}

/// Notes every field below a schema, and every word that an enumeration allows there.
fn want(root: &Json, schema: &Json, field: &str, wanted: &mut BTreeSet<String>) {
    if let Some(name) = schema["$ref"].as_str().and_then(|target| target.strip_prefix("#/$defs/")) {
        want(root, &root["$defs"][name], field, wanted);
    }
    for option in schema["anyOf"].as_array().into_iter().flatten() {
        want(root, option, field, wanted);
    }
    let words = schema["enum"].as_array().into_iter().flatten();
    let described = schema["oneOf"].as_array().into_iter().flatten().map(|option| &option["const"]);
    wanted.extend(words.chain(described).filter_map(Json::as_str).map(|word| format!("{field} = {word}")));
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        let field = below(field, key);
        wanted.insert(field.clone());
        want(root, property, &field, wanted);
    }
    if schema["items"].is_object() {
        want(root, &schema["items"], &format!("{field}[]"), wanted);
    }
}

/// Notes every field of a service file, and every scalar with it.
fn list(value: &Json, field: &str, used: &mut BTreeSet<String>) {
    match value {
        Json::Object(map) => {
            for (key, value) in map {
                let field = below(field, key);
                used.insert(field.clone());
                list(value, &field, used);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| list(item, &format!("{field}[]"), used)),
        Json::String(text) => _ = used.insert(format!("{field} = {text}")),
        other => _ = used.insert(format!("{field} = {other}")),
    }
}

fn below(field: &str, key: &str) -> String {
    if field.is_empty() { key.to_owned() } else { format!("{field}.{key}") }
}
