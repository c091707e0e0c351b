//! Manifests taken over: what is proposed for our own renders, and for what other people wrote.

#[path = "adopt/careful.rs"]
mod careful;
#[path = "adopt/relock.rs"]
mod relock;
#[path = "adopt/taken.rs"]
mod taken;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use plimsoll::adopt::{self, AdoptedText, DraftJudge, Family, Proposal};
use plimsoll::change::adoption::{Accepted, AdoptRequest, Adoption, Standing};
use plimsoll::change::{Edition, Surroundings, Update, short};
use plimsoll::manifest::Manifest;
use plimsoll::notation::FieldPattern;
use plimsoll::service::Answers;
use plimsoll::yaml::write;
use proptest::strategy::{Strategy, ValueTree};
use rayon::prelude::*;
use serde_json::Value as Json;

use crate::support::sandbox::Sandbox;
use crate::support::terminal::Terminal;
use crate::support::{golden, services};

/// What manifests cannot show, and a person answers again: statements about the service, the
/// checklist by which it is judged, and whether comments are written.
const NOT_SHOWN: [&str; 6] = ["waivers", "attestations", "checklist", "blueprint", "comments", "owned-elsewhere"];

fn texts(manifests: &[Manifest]) -> Vec<AdoptedText> {
    manifests
        .iter()
        .map(|manifest| AdoptedText { name: Arc::from(manifest.path.as_str()), text: manifest.text.clone() })
        .collect()
}

/// The answers of a service file that manifests cannot show.
fn not_shown(service: &str) -> Answers {
    let Json::Object(mut fields) = serde_yaml::from_str::<Json>(service).unwrap() else { panic!("{service}") };
    fields.retain(|key, _| NOT_SHOWN.contains(&key.as_str()));
    let mut answers = Answers::default();
    answers.add_file("given.yaml", &Json::Object(fields).to_string()).unwrap();
    answers
}

fn proposed(edition: &Edition, texts: &[AdoptedText], given: &Answers, workload: Option<&str>) -> Result<Proposal, String> {
    let faults = |faults: Vec<plimsoll::yaml::Fault>| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    let objects = adopt::read(texts).map_err(faults)?;
    let family = Family::find(&objects, &edition.renderer.blueprint().workload, workload).map_err(faults)?;
    let judge = DraftJudge { given, checklist: &edition.checklist, contract: edition.renderer.blueprint().contract() };
    adopt::propose(&family, judge).map_err(faults)
}

/// What a manifest means: the order of variables counts only for those that refer to others.
fn meaning(manifest: &Manifest) -> (String, Json) {
    let mut object: Json = serde_yaml::from_str(&manifest.text).unwrap();
    if let Some(variables) = object.pointer_mut("/spec/template/spec/containers/0/env").and_then(Json::as_array_mut) {
        variables.sort_by_key(|variable| variable["name"].to_string());
    }
    (manifest.path.clone(), object)
}

/// Adopts what a service file renders to, renders the proposal, and compares.
pub fn there_and_back(edition: &Edition, service: &str, manifests: &[Manifest]) -> Result<(), String> {
    let given = not_shown(service);
    let proposal = proposed(edition, &texts(manifests), &given, None)?;
    let told = |what: &str| format!("{what}\nof\n{service}\nproposed\n{}", proposal.text);
    if !proposal.refused.is_empty() {
        return Err(told(&format!("refused: {:#?}", proposal.refused)));
    }
    let mut answers = Answers::default();
    answers.add_file("plimsoll.yaml", &proposal.text).unwrap();
    let (_, plan) = edition.plan(&answers).map_err(|faults| told(&format!("{faults:#?}")))?;
    let again = edition.renderer.render(&plan).unwrap();
    let paths = |manifests: &[Manifest]| manifests.iter().map(|manifest| manifest.path.clone()).collect::<Vec<_>>();
    if paths(&again) != paths(manifests) {
        return Err(told(&format!("renders {:?}, not {:?}", paths(&again), paths(manifests))));
    }
    for (before, after) in manifests.iter().zip(&again) {
        if meaning(before) != meaning(after) {
            let diff = similar::TextDiff::from_lines(before.text.as_str(), after.text.as_str());
            return Err(told(&diff.unified_diff().header(&before.path, "again").to_string()));
        }
    }
    Ok(())
}

#[test]
fn what_we_rendered_is_taken_over_as_it_is() {
    let edition = Edition::newest().unwrap();
    let mut faults = Vec::new();
    for case in golden::cases("render") {
        let service = fs::read_to_string(case.join("service.yaml")).unwrap();
        let mut answers = Answers::default();
        answers.add_file("service.yaml", &service).unwrap();
        let (_, plan) = edition.plan(&answers).unwrap();
        let manifests = edition.renderer.render(&plan).unwrap();
        faults.extend(there_and_back(&edition, &service, &manifests).err().map(|fault| format!("{}: {fault}", case.display())));
    }
    assert!(faults.is_empty(), "{} differ\n{}", faults.len(), faults.join("\n\n"));
}

/// The manifests of a case, by their paths.
fn input_of(case: &Path) -> Vec<(String, String)> {
    let mut texts: Vec<(String, String)> = fs::read_dir(case.join("input"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (format!("k8s/{}", path.file_name().unwrap().to_string_lossy()), fs::read_to_string(&path).unwrap()))
        .collect();
    texts.sort();
    texts
}

/// What is around manifests that stand alone: nothing.
fn alone(_: &Update, _: &[(String, String)]) -> Surroundings {
    Surroundings::default()
}

/// What a case comes to: the service file, what is told of it, and the files afterwards.
fn outcome(case: &Path, edition: &Edition) -> BTreeMap<String, String> {
    let mut given = Answers::default();
    if let Ok(text) = fs::read_to_string(case.join("given.yaml")) {
        given.add_file("given.yaml", &text).unwrap();
    }
    let accepted = if case.join("accept-risky").exists() { Accepted::All } else { Accepted::None };
    let request = AdoptRequest { dir: "".into(), workload: None, given, accepted, today: "2026-11-20".parse().unwrap() };
    let standing =
        Standing::of(&request, edition, input_of(case)).unwrap_or_else(|error| panic!("{}: {error:?}", case.display()));
    let proposal = standing.propose().unwrap();
    let mut got = BTreeMap::from([("proposal.yaml".to_owned(), proposal.text.clone())]);
    let mut told = proposal_told(&proposal);
    match standing.work_out(proposal, alone) {
        Ok(adoption) => {
            told += &adoption_told(&adoption);
            for file in &adoption.update.files {
                let path = file.path.strip_prefix("k8s/").filter(|_| file.path != "plimsoll.yaml");
                let after = path.zip(file.text.as_ref()).map(|(path, text)| (format!("after/{path}"), text.clone()));
                got.extend(after);
                if file.path == "plimsoll.yaml" {
                    got.extend(file.text.clone().map(|text| ("proposal.yaml".to_owned(), text)));
                }
            }
        }
        Err(error) => told += &format!("\nnot yet: {error}\n"),
    }
    got.insert("told.txt".to_owned(), told);
    got
}

fn proposal_told(proposal: &Proposal) -> String {
    let mut told = String::from("said\n");
    for found in &proposal.found {
        let origin = found.origin.as_ref().map_or("the blueprint's default".to_owned(), ToString::to_string);
        told += &format!("  {} = {}\n    {origin}\n", found.field, found.value);
    }
    for refused in &proposal.refused {
        told += &format!("refused {} = {}\n", refused.found.field, refused.found.value);
        told += &refused.faults.iter().map(|fault| format!("  {fault}\n")).collect::<String>();
    }
    for missing in &proposal.missing {
        told += &format!("missing {missing}\n  {}\n", missing.hint.as_deref().unwrap_or_default());
    }
    told
}

fn adoption_told(adoption: &Adoption) -> String {
    let mut told = String::from("\nchanges\n");
    for explained in &adoption.update.changes {
        told += &format!("  {} {}\n", explained.change.file, plimsoll::change::sentence(&adoption.update, explained));
    }
    let value = |value: &Option<Json>| value.as_ref().map_or("nothing".to_owned(), short);
    for filled in &adoption.filled {
        told += &format!("left out {} {}: {}\n", filled.object, filled.field, short(&filled.value));
    }
    for kept in &adoption.kept {
        let fields: Vec<&str> = kept.fields.iter().map(FieldPattern::as_str).collect();
        told += &format!("\nkept {}\n  {}; {:?}\n", fields.join(", "), kept.why.reason(), kept.items);
    }
    for risky in &adoption.risks {
        told += &format!("\n{} {} {:?}\n", if risky.taken { "taken" } else { "held back" }, risky.risk.id, risky.items);
        for field in &risky.fields {
            told += &format!("  {} {}: {} → {}\n", field.object, field.field, value(&field.before), value(&field.after));
        }
    }
    told += "\nstays as people wrote it\n";
    for edit in &adoption.edits {
        let change = &edit.change;
        let value = |value: &Option<Json>| value.as_ref().map_or("nothing".to_owned(), short);
        let object = change.object.as_ref().map(ToString::to_string).unwrap_or_default();
        told +=
            &format!("  {object} {}: {}, not {} ({})\n", change.field, value(&change.after), value(&change.before), edit.place);
    }
    for object in &adoption.untouched {
        told += &format!("untouched {object}\n");
    }
    for (from, to) in &adoption.moved {
        told += &format!("moved {from} to {to}\n");
    }
    for waiver in &adoption.waivers {
        told += &format!("waiver {}: {}\n", waiver.item, waiver.reason);
    }
    told += "\nfound in the result\n";
    for finding in &adoption.report.findings {
        told += &format!(
            "  {} {} {}: {}\n",
            finding.object.as_deref().unwrap_or_default(),
            finding.item,
            finding.field,
            finding.message
        );
    }
    told
}

#[test]
fn what_other_people_wrote_is_taken_over() {
    let edition = Edition::newest().unwrap();
    let mut faults = Vec::new();
    for case in golden::cases("adopt") {
        let got = outcome(&case, &edition);
        faults.extend(got.iter().filter_map(|(name, text)| golden::compare(&case.join(name), text).err()));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Random service files that are taken over again.
const RANDOM: usize = 60;

#[test]
fn what_random_services_render_to_is_taken_over_as_it_is() {
    let edition = Edition::newest().unwrap();
    let (mut runner, strategy) = (services::runner(), services::service());
    let (mut judged, mut faults) = (0, Vec::new());
    while judged < RANDOM && faults.is_empty() {
        let batch: Vec<Json> = (0..60).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect();
        let outcomes: Vec<Option<String>> = batch
            .par_iter()
            .filter_map(|service| {
                let text = write::document(service);
                let mut answers = Answers::default();
                answers.add_file("service.yaml", &text).unwrap();
                let (_, plan) = edition.plan(&answers).ok()?;
                let manifests = edition.renderer.render(&plan).unwrap();
                Some(there_and_back(&edition, &text, &manifests).err())
            })
            .collect();
        judged += outcomes.len();
        faults.extend(outcomes.into_iter().flatten());
    }
    assert!(faults.is_empty(), "{} of {judged} differ; the first:\n{}", faults.len(), faults[0]);
}

#[test]
fn what_cannot_be_adopted_is_named_with_its_place() {
    let deployment = |name: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec: {{template: {{spec: {{containers: [{{name: a, image: a:1}}]}}}}}}\n"
        )
    };
    let cases = [
        (String::new(), None, "there is no Deployment among 0 objects"),
        (format!("{}---\n{}", deployment("a"), deployment("b")), None, "a.yaml:1:1: Deployment/a is one of 2 Deployments"),
        (format!("{}---\n{}", deployment("a"), deployment("b")), Some("c"), "there is no Deployment `c`"),
        (format!("{}---\n{}", deployment("a"), deployment("a")), None, "a.yaml:6:1: Deployment/a stands twice"),
        (deployment("a").replace("Deployment", "StatefulSet"), None, "a.yaml:1:1: StatefulSet/a is no Deployment"),
        (deployment("a").replace("name: a}", "name: a, name: b}"), None, "stands twice"),
        (deployment("a").replace("a:1", "{{ .Values.image }}"), None, "is a template"),
        (
            deployment("a").replace("metadata: {name: a}", "metadata:\n  name: \"{{ .Release.Name }}\""),
            None,
            "is that of a template",
        ),
        (deployment("a").replace("[{name: a, image: a:1}]", "[]"), None, "a.yaml:1:1: Deployment/a has no container"),
        (deployment("a").replace("spec:", "spec: ["), None, "is not YAML"),
    ];
    let edition = Edition::newest().unwrap();
    for (text, workload, expected) in cases {
        let texts = [AdoptedText { name: Arc::from("a.yaml"), text: text.clone() }];
        let fault = proposed(&edition, &texts, &Answers::default(), workload).unwrap_err();
        assert!(fault.contains(expected), "{fault}\n{text}");
    }
}

/// A repository with the manifests of a case in a folder.
fn repository(case: &str, folder: &str) -> Sandbox {
    let sandbox = Sandbox::repository();
    let input = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/adopt").join(case).join("input");
    for entry in fs::read_dir(input).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        sandbox.write(&format!("{folder}/{name}"), &fs::read_to_string(&path).unwrap());
    }
    sandbox.git(&["add", "--all"]);
    sandbox.git(&["commit", "--quiet", "--message=manifests"]);
    sandbox
}

#[test]
fn adopted_services_are_up_to_date() {
    for case in
        ["sidecars-and-volumes", "kubectl-get", "many-metrics", "node-port", "helm-create-style", "json", "kustomize-build"]
    {
        let sandbox = repository(case, "k8s");
        let before = sandbox.files();
        let run = sandbox.run(&["adopt", "--dry-run"]).exits(0);
        assert!(run.stdout.contains("Nothing was written."), "{}", run.stdout);
        let run = sandbox.run(&["adopt"]).exits(2);
        assert!(run.stderr.contains("--yes"), "{}", run.stderr);
        assert_eq!(sandbox.files(), before, "{case}");
        sandbox.run(&["adopt", "--yes"]).exits(0);
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "", "{case}");
        assert!(sandbox.git(&["log", "-1", "--format=%s"]).starts_with("Adopt "), "{case}");
        let after = sandbox.files();
        sandbox.run(&["update", "--check"]).exits(0);
        sandbox.run(&["update"]).exits(0);
        assert_eq!(sandbox.files(), after, "{case}");
        let run = sandbox.run(&["adopt", "--yes"]).exits(2);
        assert!(run.stderr.contains("plimsoll update"), "{}", run.stderr);
    }
}

#[test]
fn updates_reach_objects_that_people_named_otherwise() {
    let sandbox = repository("sidecars-and-volumes", "k8s");
    sandbox.run(&["adopt", "--yes", "--no-commit"]).exits(0);
    let service = sandbox.read("plimsoll.yaml").replace("  - port: 8000\n", "  - port: 8000\n    service-port: 8088\n");
    sandbox.write("plimsoll.yaml", &service);
    sandbox.run(&["update", "--no-commit"]).exits(0);
    let offered = sandbox.read("k8s/service.yaml");
    assert!(offered.contains("name: thumbs-svc\n") && offered.contains("port: 8088\n"), "{offered}");
    assert!(sandbox.read("k8s/deployment.yaml").contains("log-shipper"));
}

#[test]
fn manifests_outside_k8s_move_there_and_the_rest_stays() {
    let sandbox = repository("sidecars-and-volumes", "services/thumbs/deploy");
    sandbox.write("services/thumbs/values.yaml", "a: 1\n");
    let run = sandbox.run(&["adopt", "services/thumbs", "--yes", "--no-commit", "--output", "json"]).exits(0);
    let report: Json = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["update"]["service"], "thumbs");
    assert_eq!(report["moved"][0]["from"], "deploy/deployment.yaml");
    assert!(report["untouched"].as_array().unwrap().contains(&"CronJob/thumbs-clean".into()), "{report:#}");
    let names: Vec<String> = sandbox.files().into_iter().map(|(name, _)| name).collect();
    assert!(names.contains(&"services/thumbs/k8s/deploy/deployment.yaml".to_owned()), "{names:?}");
    assert!(!names.contains(&"services/thumbs/deploy/deployment.yaml".to_owned()), "{names:?}");
    assert!(sandbox.read("services/thumbs/k8s/deploy/deployment.yaml").starts_with("# The thumbnailer: talk to media"));
    sandbox.run(&["update", "services/thumbs", "--check"]).exits(0);
}

#[test]
fn what_a_kustomization_names_does_not_move() {
    let sandbox = repository("bare-deployment", "deploy");
    sandbox.write(
        "deploy/kustomization.yaml",
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [deployment.yaml]\n",
    );
    let before = sandbox.files();
    let run = sandbox.run(&["adopt", "--yes", "--no-commit"]).exits(2);
    assert!(run.stderr.contains("deploy/kustomization.yaml:1:1: names manifests that would move"), "{}", run.stderr);
    assert_eq!(sandbox.files(), before);
}

#[test]
fn answers_stand_over_manifests_and_missing_ones_are_named() {
    let sandbox = repository("no-ports", "k8s");
    let run = sandbox.run(&["adopt", "--yes"]).exits(2);
    for expected in ["ports: is missing", "k8s/deployment.yaml:10:37: image: has neither a tag nor a digest", "--set image=…"] {
        assert!(run.stderr.contains(expected), "{expected} not in {}", run.stderr);
    }
    let image = "image=registry.example.com/mystery:7";
    sandbox.run(&["adopt", "--yes", "--tier", "3", "--set", image, "--set", "ports.0.port=8080"]).exits(0);
    assert!(sandbox.read("plimsoll.yaml").contains("tier: 3\n"), "{}", sandbox.read("plimsoll.yaml"));
    assert!(
        sandbox.read("k8s/deployment.yaml").contains("registry.example.com/mystery"),
        "{}",
        sandbox.read("k8s/deployment.yaml")
    );
    sandbox.run(&["update", "--check"]).exits(0);
}

#[test]
fn a_terminal_is_asked_for_what_is_missing_and_before_writing() {
    let sandbox = repository("no-ports", "k8s");
    let mut terminal = Terminal::start(&sandbox, &["adopt"]);
    terminal.answer("? ports.0.port", "8080").answer("? image", "registry.example.com/mystery:7");
    terminal.expect("Take any of the").press("n\r");
    terminal.expect("? Write these files and commit them?").press("y\r");
    terminal.exits(0);
    assert!(sandbox.git(&["log", "-1", "--format=%s"]).starts_with("Adopt mystery"));
}
