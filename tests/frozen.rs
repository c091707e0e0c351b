//! What an edition renders stays the same, whatever the code around its templates becomes.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use plimsoll::change::Edition;
use plimsoll::checklist;
use plimsoll::ops::Editions;
use plimsoll::plan::Plan;
use plimsoll::service::Answers;
use sha2::{Digest as _, Sha256};

use crate::support::services::fitted;

/// The shipped editions, each with the digest of what it renders of all service files in `golden/frozen/`.
const RENDERS: &[(&str, &str)] = &[
    ("production@2026.11 with web-service@1.0.0", "d8fa87acb55562440fa84234c8bc7b40c92ad181683d090b1275d7326656376e"),
    ("production@2026.12 with web-service@1.1.0", "3711f90f6bf3a793adcd209b79de9596dcd1f4a59ab1b40ebafcab51058f74aa"),
];

/// The service files with their names; they are never edited, and name no edition.
pub fn services() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/frozen");
    let mut services: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.file_stem().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap())
        })
        .collect();
    services.sort();
    services
}

/// The shipped editions: each checklist with each of the blueprints that go with it.
pub fn editions() -> Vec<(String, Arc<Edition>)> {
    let made = Editions::default();
    let mut all = Vec::new();
    for shipped in checklist::SHIPPED {
        for name in shipped.load().unwrap().blueprints.keys() {
            let mut pins = Answers::default();
            pins.set(&format!("checklist={}", shipped.id)).unwrap();
            pins.set(&format!("blueprint={name}")).unwrap();
            let edition = made.of_answers(&pins, Path::new("")).unwrap();
            all.push((format!("{} with {}", edition.checklist_id(), edition.blueprint_id()), edition));
        }
    }
    all
}

/// What an edition plans for the services, each without the answers that its blueprint does not take. One that is
/// taken whole is never refused.
pub fn plans<'s>(edition: &Edition, services: &'s [(String, String)]) -> Vec<(&'s str, Plan)> {
    let mut plans = Vec::new();
    for (name, text) in services {
        let fitted = fitted(edition, text);
        let mut answers = Answers::default();
        answers.add_file(name, &fitted).unwrap();
        match edition.plan(&answers) {
            Ok((_, plan)) => plans.push((name.as_str(), plan)),
            Err(faults) => assert!(fitted != *text, "{name}: {faults:#?}"),
        }
    }
    assert!(plans.len() >= services.len() / 2, "{} plans {} of {}", edition.blueprint_id(), plans.len(), services.len());
    plans
}

/// The digest of all that an edition renders.
fn digest(edition: &Edition, services: &[(String, String)]) -> String {
    let mut digest = Sha256::new();
    let mut add = |text: &str| {
        digest.update(text.len().to_le_bytes());
        digest.update(text);
    };
    for (name, plan) in plans(edition, services) {
        add(name);
        for manifest in edition.renderer.render(&plan).unwrap() {
            add(&manifest.path);
            add(&manifest.text);
        }
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_edition_renders_what_it_always_did() {
    let services = services();
    assert!(services.len() >= 30);
    let got: Vec<(String, String)> = editions().iter().map(|(id, edition)| (id.clone(), digest(edition, &services))).collect();
    let rendered: Vec<(&str, &str)> = got.iter().map(|(id, digest)| (id.as_str(), digest.as_str())).collect();
    assert_eq!(
        rendered, RENDERS,
        "an edition renders otherwise than before. Services that pin it must get the same manifests for ever: let the code \
         render it as it did, and what is new by a new edition alone. An edition that is not frozen yet may have its row changed"
    );
}
