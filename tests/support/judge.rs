//! Our own check, as tests call it.

use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use plimsoll::check::{self, CheckContext, CheckedText, PlacedWaiver, Report, Rules};
use plimsoll::checklist;
use plimsoll::manifest::Manifest;
use plimsoll::notation::KubeVersion;
use plimsoll::service::{Service, Tier};
use plimsoll::yaml::Place;

/// The day on which tests judge.
pub const TODAY: &str = "2026-11-20";

/// The rules of every shipped checklist from the oldest to the newest, compiled once for all tests.
pub fn all_rules() -> &'static [Rules] {
    static RULES: OnceLock<Vec<Rules>> = OnceLock::new();
    let compile = |shipped: &checklist::ShippedChecklist| {
        Rules::compile(shipped.load().unwrap()).unwrap_or_else(|faults| panic!("{}: {faults:#?}", shipped.id))
    };
    RULES.get_or_init(|| checklist::SHIPPED.iter().map(compile).collect())
}

/// The rules of the newest checklist.
pub fn rules() -> &'static Rules {
    all_rules().last().unwrap()
}

/// The rules of a shipped checklist, by its name and version.
pub fn rules_of(id: &str) -> &'static Rules {
    all_rules().iter().find(|rules| rules.checklist.id() == id).unwrap_or_else(|| panic!("{id} does not ship"))
}

/// Checks what a service renders to, by its own tier and waivers.
pub fn check_service(rules: &Rules, service: &Service, manifests: &[Manifest]) -> Report {
    let texts: Vec<CheckedText> =
        manifests.iter().map(|manifest| CheckedText::new(&manifest.path, manifest.text.clone())).collect();
    let placed = |waiver: &plimsoll::service::Waiver| PlacedWaiver {
        waiver: waiver.clone(),
        file: Arc::from("plimsoll.yaml"),
        place: Place { line: 1, column: 1 },
        excerpt: check::Excerpt::default(),
    };
    let context = CheckContext {
        tier: service.tier(),
        kubernetes: service.kubernetes.as_deref().unwrap_or("1.33").parse().unwrap(),
        whole: true,
        waivers: service.waivers.iter().map(placed).collect(),
        service: Some(service.clone()),
        today: TODAY.parse().unwrap(),
    };
    check::check(rules, &texts, &context)
}

/// Checks texts as another team's manifests, by the rules alone: they need not be whole.
pub fn check_texts(rules: &Rules, tier: u8, texts: &[(&str, &str)]) -> Report {
    check_texts_for(rules, tier, KubeVersion { minor: 33 }, texts)
}

/// The same for a cluster of a version.
pub fn check_texts_for(rules: &Rules, tier: u8, kubernetes: KubeVersion, texts: &[(&str, &str)]) -> Report {
    check_by(rules, tier, kubernetes, false, texts)
}

/// Checks texts as `plimsoll check` does.
pub fn check_whole(rules: &Rules, kubernetes: &str, texts: &[(&str, &str)]) -> Report {
    check_by(rules, 2, kubernetes.parse().unwrap(), true, texts)
}

fn check_by(rules: &Rules, tier: u8, kubernetes: KubeVersion, whole: bool, texts: &[(&str, &str)]) -> Report {
    let texts: Vec<CheckedText> = texts.iter().map(|(name, text)| CheckedText::new(name, (*text).to_owned())).collect();
    let context =
        CheckContext { tier: Tier(tier), kubernetes, whole, waivers: Vec::new(), service: None, today: TODAY.parse().unwrap() };
    check::check(rules, &texts, &context)
}

/// Findings in one line each.
pub fn shown(report: &Report) -> Vec<String> {
    let line = |finding: &check::Finding| {
        format!(
            "{}:{}:{} {} {}{}: {}",
            finding.file,
            finding.line,
            finding.column,
            finding.item,
            finding.field,
            if finding.missing { " (missing)" } else { "" },
            finding.message
        )
    };
    report.findings.iter().map(line).collect()
}

/// The rules with some parameters of an item as an organisation would set them, where a case says so.
pub fn with_params(shipped: &Rules, item: &str, file: &Path) -> Option<Rules> {
    let text = fs::read_to_string(file).ok()?;
    let mut checklist = shipped.checklist.clone();
    let params = plimsoll::yaml::load_one("params.yaml", &text).unwrap();
    let found = checklist.items.iter_mut().find(|found| found.id == item).unwrap();
    for entry in params.entries() {
        found.params.get_mut(&entry.key).unwrap().value = Some(entry.node.to_json());
    }
    Some(Rules::compile(checklist).unwrap())
}
