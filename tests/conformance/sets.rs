//! What is put before the judges: the golden services and random ones, rendered for a Kubernetes version.

use std::fs;
use std::sync::OnceLock;

use plimsoll::change::Edition;
use plimsoll::manifest::Manifest;
use plimsoll::notation::{KubeVersion, NEWEST};
use plimsoll::service::{Answers, Service};
use plimsoll::yaml::write;
use proptest::strategy::{Strategy, ValueTree};
use rayon::prelude::*;

use crate::created::Change;
use crate::support::{golden, services};

/// How many random service files are drawn, of which a third is accepted, and how many random services
/// there must be at least.
const DRAWN: usize = 1_700;
const LEAST_RANDOM: usize = 500;

/// A service with its manifests.
#[derive(Debug)]
pub struct Rendered {
    /// A name of its own, which is that of its namespace too.
    pub name: String,
    /// What was asked for.
    pub service: Service,
    /// What was rendered.
    pub manifests: Vec<Manifest>,
    answers: Answers,
}

/// All golden services and the accepted random ones, each in a namespace of its own.
///
/// For the newest Kubernetes they are as they stand; for others they are rendered for that version.
pub fn all(kubernetes: KubeVersion) -> Vec<Rendered> {
    let edition = Edition::newest().unwrap();
    let texts = golden::cases("render").into_iter().map(|case| {
        let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (name, fs::read_to_string(case.join("service.yaml")).unwrap())
    });
    let golden: Vec<(String, String)> = texts.collect();
    let fixed = golden
        .par_iter()
        .map(|(name, text)| render(&edition, name, text, kubernetes).unwrap_or_else(|| panic!("{name} is refused")));
    let random = accepted(&edition).par_iter().filter_map(|(name, text)| render(&edition, name, text, kubernetes));
    let sets: Vec<Rendered> = fixed.chain(random).collect();
    assert!(sets.len() - golden.len() >= LEAST_RANDOM, "{} services are accepted for Kubernetes {kubernetes}", sets.len());
    sets
}

/// Random service files, with their names, that are accepted as they stand.
fn accepted(edition: &Edition) -> &'static [(String, String)] {
    static ACCEPTED: OnceLock<Vec<(String, String)>> = OnceLock::new();
    ACCEPTED.get_or_init(|| {
        let (mut runner, strategy) = (services::runner(), services::service());
        let drawn = (0..DRAWN)
            .map(|number| (format!("random-{number}"), write::document(&strategy.new_tree(&mut runner).unwrap().current())));
        let drawn: Vec<(String, String)> = drawn.collect();
        drawn.into_par_iter().filter(|(name, text)| render(edition, name, text, NEWEST).is_some()).collect()
    })
}

fn render(edition: &Edition, name: &str, text: &str, kubernetes: KubeVersion) -> Option<Rendered> {
    let mut answers = Answers::default();
    answers.add_file(name, text).ok()?;
    if kubernetes != NEWEST {
        answers.set(&format!("kubernetes={kubernetes}")).ok()?;
    }
    rendered(edition, name, answers)
}

fn rendered(edition: &Edition, name: &str, mut answers: Answers) -> Option<Rendered> {
    // Two services that name the same namespace must not meet in it.
    let (mut service, mut plan) = edition.plan(&answers).ok()?;
    if service.namespace.is_some() {
        answers.set(&format!("namespace={name}")).ok()?;
        (service, plan) = edition.plan(&answers).ok()?;
    }
    let manifests = edition.renderer.render(&plan).unwrap_or_else(|error| panic!("{error}\n{}", service.name));
    Some(Rendered { name: name.to_owned(), answers, service, manifests })
}

/// What answers are changed from, one set after another, as services are over time.
const EARLIER: &[&[&str]] = &[
    &["tier=3", "image=reg.example.com/shop/app:0.9.0", "kubernetes=1.29"],
    &["size=small", "runtime=go", "scale.min=2", "scale.max=20", "waivers=[]"],
    &["ports=[{port: 7070}]", "probes={}", "exposure=cluster", "mesh=linkerd"],
];

/// Changes of services: from a rendering with other answers to that of a set. Sets whose answers do
/// not go together with the others are left out.
pub fn changes(sets: &[Rendered]) -> Vec<Change> {
    let edition = Edition::newest().unwrap();
    let mut changes: Vec<Change> = Vec::new();
    for (number, set) in sets.iter().enumerate() {
        let mut earlier = set.answers.clone();
        for assignment in EARLIER[number % EARLIER.len()] {
            earlier.set(assignment).unwrap();
        }
        let name = format!("changed-{number}");
        let (before, after) = (rendered(&edition, &name, earlier), rendered(&edition, &name, set.answers.clone()));
        if let (Some(before), Some(after)) = (before, after) {
            changes.push(Change { name, before: before.manifests, after: after.manifests });
        }
    }
    changes
}
