//! Damaged texts through every reader: none may panic, overflow the stack, or take for ever.
//!
//! Not among the usual tests, because it runs as long as it is told to:
//!
//! ```text
//! FUZZ_SECONDS=600 cargo test --release --test integration fuzz -- --ignored --nocapture
//! ```
//!
//! `FUZZ_SEED` begins elsewhere. The text that is being read stands in `fuzz-case.txt` in the folder
//! for temporary files of the build, so that it is known even after a crash or in a hang; those that
//! took longest stand beside it.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use plimsoll::change::Edition;
use plimsoll::check::rule::{Language, Scope, Shapes, Tree, evaluate, text};
use plimsoll::check::{self, CheckContext, CheckedText, Rules, export};
use plimsoll::checklist::{self, Checklist, OwnChecklist};
use plimsoll::cli::report::{self, ReportFormat};
use plimsoll::service::{self, Answers, Tier};
use plimsoll::yaml;
use serde_json::json;

use crate::support::judge::{TODAY, rules};
use mutate::Random;

mod mutate;

/// What reads a text, and what it makes of what is in order: true where it got through.
type Reader<'r> = (&'static str, Vec<String>, Box<dyn Fn(&str, &mut Random) -> bool + 'r>);

fn readers(edition: &Edition) -> Vec<Reader<'_>> {
    let manifests: Vec<String> =
        ["golden/check", "golden/render", "tests/data"].iter().flat_map(|folder| mutate::seeds(folder, &[".yaml"])).collect();
    let services = mutate::seeds("golden", &["service.yaml"]);
    let mut own = mutate::seeds("examples", &["checklist.yaml"]);
    own.extend(mutate::seeds("golden/cli", &["acme.yaml", "checklist.yaml"]));
    vec![
        ("manifests", manifests, Box::new(manifest)),
        ("service file", services, Box::new(|text, _| service_file(edition, text))),
        ("own checklist", own, Box::new(|text, _| own_checklist(text))),
        ("shipped checklist", crate::released::checklists(), Box::new(|text, _| shipped_checklist(text))),
        ("rule", expressions(), Box::new(rule)),
    ]
}

/// Every expression of the checklist and of the tests.
fn expressions() -> Vec<String> {
    let checklist = checklist::production().unwrap();
    let of_items = checklist.items.iter().filter_map(|item| item.rule.as_ref()).flat_map(|rule| {
        [&rule.when, &rule.seen, &rule.check, &rule.message_expression].into_iter().flatten().cloned().collect::<Vec<_>>()
    });
    let probes = mutate::seeds("tests/data/rule", &["probes.txt"]).concat();
    let of_probes = probes.lines().filter_map(|line| Some(line.split_once('\t')?.1.to_owned()));
    of_items.chain(of_probes).chain(checklist.variables.iter().map(|variable| variable.expression.clone())).collect()
}

fn manifest(text: &str, random: &mut Random) -> bool {
    let context = CheckContext {
        tier: Tier(1 + u8::try_from(random.below(3)).unwrap()),
        kubernetes: "1.33".parse().unwrap(),
        whole: true,
        waivers: Vec::new(),
        service: None,
        today: TODAY.parse().unwrap(),
    };
    let found = check::check(rules(), &[CheckedText::new("fuzz.yaml", text.to_owned())], &context);
    for format in [
        ReportFormat::Text,
        ReportFormat::Json,
        ReportFormat::Sarif,
        ReportFormat::Junit,
        ReportFormat::Github,
        ReportFormat::Markdown,
    ] {
        assert!(!report::write(format, &found, &rules().checklist).is_empty());
    }
    found.objects > 0
}

fn service_file(edition: &Edition, text: &str) -> bool {
    _ = service::load_waivers("waivers.yaml", text);
    let mut answers = Answers::default();
    if answers.add_file("service.yaml", text).is_err() || !service::load(&answers, None).faults.is_empty() {
        return false;
    }
    edition.plan(&answers).is_ok_and(|(_, plan)| edition.renderer.render(&plan).is_ok())
}

fn own_checklist(text: &str) -> bool {
    OwnChecklist::load("acme.yaml", text).is_ok_and(|own| Rules::compile_own(&own).is_ok())
}

fn shipped_checklist(text: &str) -> bool {
    let Ok(rules) = Checklist::load("checklist.yaml", text).map(Rules::compile) else { return false };
    rules.is_ok_and(|rules| {
        _ = (rules.misspelt(), export(&rules, Tier(1)));
        true
    })
}

fn rule(expression: &str, random: &mut Random) -> bool {
    let rules = rules();
    let language = Language::new();
    let Ok(expression) = language.compile(expression) else { return false };
    let manifests = ["golden/check/readiness-probe/fail.yaml", "golden/check/pdb-allows-drain/fail.yaml"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let documents = yaml::load("f", &fs::read_to_string(root.join(random.one_of(&manifests))).unwrap()).unwrap();
    let trees: Vec<Tree> = documents.iter().enumerate().map(|(number, document)| Tree::new(number, &document.root)).collect();
    let variables: Vec<_> = rules
        .checklist
        .variables
        .iter()
        .map(|variable| (variable.name.clone(), language.compile(&variable.expression).unwrap()))
        .collect();
    let related = ["pdbs", "hpas", "services", "workloads", "networkPolicies", "serviceAccounts"]
        .map(|name| (name.to_owned(), Tree::list(trees.clone())));
    let service = Tree::from_json(&json!({"tier": 1, "name": "orders", "kubernetes": "1.33"}));
    let scope = Scope::new(trees[0].clone(), Tree::map(related), service, &variables);
    let params = Tree::from_json(&json!({"replicas": 3, "keys": ["a", "b"], "topology-key": "zone", "min-evictions": 1}));
    let scope = scope.with_params(params);
    _ = evaluate(&expression, &scope);
    _ = text(&expression, &scope);
    _ = expression.faults(&Shapes::new(), &["Deployment"], &variables);
    true
}

fn number(variable: &str, default: u64) -> u64 {
    env::var(variable).map_or(default, |given| given.parse().unwrap_or_else(|_| panic!("{variable} is no number: {given}")))
}

#[test]
#[ignore = "runs as long as it is told to"]
#[expect(clippy::disallowed_methods, reason = "it runs for a time")]
fn no_damaged_text_makes_a_panic_or_a_hang() {
    let (seconds, seed) = (number("FUZZ_SECONDS", 60), number("FUZZ_SEED", 1));
    let edition = Edition::newest().unwrap();
    let readers = readers(&edition);
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let case = scratch.join("fuzz-case.txt");
    let mut random = Random::new(seed);
    let mut counts: BTreeMap<&str, (u64, u64, Duration)> = BTreeMap::new();
    let start = Instant::now();
    while start.elapsed().as_secs() < seconds {
        for (name, seeds, read) in &readers {
            let text = mutate::text(&mut random, seeds);
            fs::write(&case, &text).unwrap();
            let began = Instant::now();
            let got_through = catch_unwind(AssertUnwindSafe(|| read(&text, &mut random)));
            let took = began.elapsed();
            assert!(got_through.is_ok(), "{name}: a panic on the text in {}", case.display());
            let (tried, passed, longest) = counts.entry(name).or_default();
            *tried += 1;
            *passed += u64::from(got_through.is_ok_and(|through| through));
            if took > *longest {
                *longest = took;
                fs::write(scratch.join(format!("fuzz-slowest-{}.txt", name.replace(' ', "-"))), &text).unwrap();
            }
        }
    }
    for (name, (tried, passed, longest)) in counts {
        println!("{name:18} {tried:8} texts, {passed:8} of them in order, the slowest in {} ms", longest.as_millis());
    }
}
