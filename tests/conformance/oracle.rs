//! Our arithmetic and our judgement of names beside Kubernetes' own, on random inputs.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use plimsoll::check::rule::Tree;
use plimsoll::check::rule::int_or_percent::{self, IntOrPercent};
use plimsoll::check::rule::selector;
use plimsoll::notation::{self, ImageRef, Quantity};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};

use crate::support::services;
use crate::tools::Trouble;

/// How many inputs of each kind are drawn.
const EACH: usize = 700;

/// The largest amount that Kubernetes surely counts right.
const MOST: u64 = 9_000_000_000_000_000;

/// A question for Kubernetes, and what we say; null where we hold the input to be wrong.
struct Question {
    asked: Json,
    ours: Json,
}

/// Asks Kubernetes' functions what we answered. Gives the number of answers by what they are about.
pub fn judge(oracle: &Path) -> Result<BTreeMap<String, usize>, Trouble> {
    let mut runner = services::runner();
    let mut questions = Vec::new();
    for (strategy, answer) in [
        (selectors(), ours_on_selector as fn(&Json) -> Json),
        (shares(), ours_on_share),
        (rollouts(), ours_on_rollout),
        (budgets(), ours_on_budget),
        (quantities(), ours_on_quantities),
        (loads(), ours_on_load),
        (images(), ours_on_image),
    ] {
        questions.extend((0..EACH).map(|_| {
            let asked = strategy.new_tree(&mut runner).unwrap().current();
            Question { ours: answer(&asked), asked }
        }));
    }
    for format in
        ["dns-label", "dns-subdomain", "service-name", "port-name", "env-name", "config-key", "label-key", "label-value"]
    {
        questions.extend(names(&mut runner).map(|text| {
            let ours = notation::check(format, &text).unwrap().is_ok().into();
            Question { asked: json!({"about": format, "text": text}), ours }
        }));
    }
    let theirs = ask(oracle, &questions)?;
    let mut equal: BTreeMap<String, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    for (Question { asked, ours }, theirs) in questions.iter().zip(&theirs) {
        if ours == theirs {
            *equal.entry(asked["about"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
        } else {
            faults.push(format!("{asked}: we say {ours}, Kubernetes {theirs}"));
        }
    }
    if faults.is_empty() { Ok(equal) } else { Err(Trouble::Faults(faults)) }
}

fn ask(oracle: &Path, questions: &[Question]) -> Result<Vec<Json>, String> {
    let mut child = Command::new(oracle)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{}: {error}", oracle.display()))?;
    let mut input = child.stdin.take().ok_or("the oracle takes no input")?;
    let lines: Vec<String> = questions.iter().map(|question| question.asked.to_string() + "\n").collect();
    // It answers while it reads: a full pipe must not stop both.
    let writer = std::thread::spawn(move || input.write_all(lines.concat().as_bytes()));
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    writer.join().unwrap().map_err(|error| error.to_string())?;
    let answers: Result<Vec<Json>, _> = serde_json::Deserializer::from_slice(&output.stdout).into_iter().collect();
    let answers = answers.map_err(|error| error.to_string())?;
    if answers.len() == questions.len() {
        return Ok(answers);
    }
    Err(format!("the oracle answered {} of {} questions", answers.len(), questions.len()))
}

fn selectors() -> BoxedStrategy<Json> {
    let key = || select(vec!["app", "tier", "zone"]);
    let value = || select(vec!["web", "api", ""]);
    let labels = || proptest::collection::btree_map(key(), value(), 0..3);
    let operator = select(vec!["In", "NotIn", "Exists", "DoesNotExist", "Near"]);
    let requirement = (key(), operator, proptest::collection::vec(value(), 0..3))
        .prop_map(|(key, operator, values)| json!({"key": key, "operator": operator, "values": values}));
    let selector = (proptest::option::of(labels()), proptest::collection::vec(requirement, 0..3))
        .prop_map(|(labels, requirements)| json!({"matchLabels": labels.unwrap_or_default(), "matchExpressions": requirements}));
    (proptest::option::weighted(0.95, selector), labels())
        .prop_map(|(selector, labels)| json!({"about": "selector", "selector": selector, "labels": labels}))
        .boxed()
}

fn ours_on_selector(asked: &Json) -> Json {
    let (selector, labels) = (Tree::from_json(&asked["selector"]), Tree::from_json(&asked["labels"]));
    selector::selects(Some(&selector), Some(&labels)).map_or(Json::Null, Json::from)
}

fn share() -> BoxedStrategy<Json> {
    prop_oneof![
        (0..200_i32).prop_map(Json::from),
        (0..300_i32).prop_map(|percent| format!("{percent}%").into()),
        select(vec!["25", "%", "a%", "+5%", " 5%", "5 %", "1.5%", "-5%", "007%", ""]).prop_map(Json::from),
    ]
    .boxed()
}

fn shares() -> BoxedStrategy<Json> {
    (share(), 0..10_000_i32).prop_map(|(value, total)| json!({"about": "scaled", "value": value, "total": total})).boxed()
}

fn ours_on_share(asked: &Json) -> Json {
    let total = asked["total"].as_i64().unwrap();
    IntOrPercent::read(&Tree::from_json(&asked["value"]))
        .map_or(Json::Null, |share| json!([share.scaled_up(total), share.scaled_down(total)]))
}

/// `maxSurge` and `maxUnavailable` of a Deployment.
fn rollouts() -> BoxedStrategy<Json> {
    (share(), share(), 0..10_000_i32)
        .prop_map(|(value, other, total)| json!({"about": "rollout", "value": value, "other": other, "total": total}))
        .boxed()
}

fn ours_on_rollout(asked: &Json) -> Json {
    let total = asked["total"].as_i64().unwrap();
    let read = |key: &str| IntOrPercent::read(&Tree::from_json(&asked[key]));
    let (Ok(surge), Ok(unavailable)) = (read("value"), read("other")) else { return Json::Null };
    match (surge.scaled_up(total), unavailable.scaled_down(total)) {
        // Else the rollout could not move.
        (0, 0) => json!([0, 1]),
        (surge, unavailable) => json!([surge, unavailable]),
    }
}

/// `maxUnavailable` or else `minAvailable` of a budget.
fn budgets() -> BoxedStrategy<Json> {
    (proptest::option::of(share()), proptest::option::of(share()), 0..10_000_i32)
        .prop_map(|(most, least, total)| json!({"about": "budget", "value": most, "other": least, "total": total}))
        .boxed()
}

fn ours_on_budget(asked: &Json) -> Json {
    let spec = json!({"maxUnavailable": asked["value"], "minAvailable": asked["other"]});
    int_or_percent::disruptions_allowed(&Tree::from_json(&spec), asked["total"].as_i64().unwrap()).map_or(Json::Null, Json::from)
}

fn loads() -> BoxedStrategy<Json> {
    (1..1_000_000_i64, 1..10_000_i64)
        .prop_map(|(rate, per_pod)| json!({"about": "autoscaler", "rate": rate, "perPod": per_pod}))
        .boxed()
}

fn ours_on_load(asked: &Json) -> Json {
    let number = |key: &str| asked[key].as_u64().unwrap();
    number("rate").div_ceil(number("perPod")).into()
}

fn quantities() -> BoxedStrategy<Json> {
    let number = prop_oneof!["[+-]?[0-9]{1,6}", "[+-]?[0-9]{0,4}\\.[0-9]{0,4}", "[0-9]{1,12}"];
    let suffix =
        select(vec!["", "n", "u", "m", "k", "M", "G", "T", "P", "Ki", "Mi", "Gi", "Ti", "e3", "E2", "e-2", "K", "g", "mi", " "]);
    let one = (number, suffix).prop_map(|(number, suffix)| format!("{number}{suffix}"));
    // Often the same amount in two notations.
    let pair = prop_oneof![
        (one.clone(), one).boxed(),
        (1..5_000_u64).prop_map(|n| (format!("{n}Gi"), format!("{}Mi", n * 1024))).boxed(),
        (1..5_000_u64).prop_map(|n| (format!("{n}"), format!("{}m", n * 1000))).boxed(),
    ];
    pair.prop_map(|(text, second)| json!({"about": "quantities", "text": text, "second": second})).boxed()
}

fn ours_on_quantities(asked: &Json) -> Json {
    let read = |key: &str| asked[key].as_str().unwrap().parse::<Quantity>();
    let (Ok(first), Ok(second)) = (read("text"), read("second")) else { return Json::Null };
    let order = first.cmp(&second) as i64;
    let sign = if first.is_positive() { 1 } else { -i64::from(first.nanos() != 0) };
    let counted = |number: i128| i64::try_from(number).ok().filter(|_| sign >= 0 && first <= Quantity::from_bytes(MOST));
    json!([order, sign, counted(first.whole())])
}

fn images() -> BoxedStrategy<Json> {
    let registry =
        select(vec!["", "reg.example.com/", "reg.example.com:5000/", "localhost/", "localhost:80/", "Reg.io/", "a-.b/", "shop/"]);
    let path =
        prop_oneof!["[a-z0-9]{1,4}([._-]{1,3}[a-z0-9]{1,3}){0,2}(/[a-z0-9]{1,3}([._-]{1,2}[a-z0-9])?){0,2}", "[a-zA-Z/._-]{1,6}"];
    let tag = prop_oneof![Just(String::new()), ":[a-zA-Z0-9._-]{0,6}"];
    let hex = "0123456789abcdef".repeat(4);
    let digest = select(vec![
        String::new(),
        String::new(),
        format!("@sha256:{hex}"),
        format!("@sha512:{hex}{hex}"),
        "@sha256:00".to_owned(),
        format!("@sha256:{}", hex.to_uppercase()),
        "@".to_owned(),
    ]);
    (registry, path, tag, digest)
        .prop_map(|(registry, path, tag, digest)| json!({"about": "image", "text": format!("{registry}{path}{tag}{digest}")}))
        .boxed()
}

/// An image without a tag or digest is its `latest`.
fn ours_on_image(asked: &Json) -> Json {
    let Ok(image) = asked["text"].as_str().unwrap().parse::<ImageRef>() else { return Json::Null };
    let digest = image.digest.unwrap_or_default();
    let tag = image.tag.unwrap_or_else(|| if digest.is_empty() { "latest".to_owned() } else { String::new() });
    json!([tag, digest])
}

/// Names that are nearly right.
fn names(runner: &mut TestRunner) -> impl Iterator<Item = String> {
    let name = prop_oneof![
        "[a-z0-9]([a-z0-9-]{0,14}[a-z0-9])?",
        "[a-zA-Z0-9._-]{1,8}",
        "[a-z0-9]{1,4}(\\.[a-z0-9-]{1,4}){0,2}",
        "[a-z0-9.-]{1,6}/[A-Za-z0-9._-]{1,6}",
        "[a-z]{60,66}",
        "[a-z.]{250,256}",
        "[A-Z_][A-Z0-9_]{0,9}",
        "\\PC{0,4}",
        select(vec!["", ".", "..", "...", "a--b", "-", "1", "a/b/c", "/a", "a/", "a\n", "80", "é"]).prop_map(str::to_owned),
    ];
    let names: Vec<String> = (0..EACH).map(|_| name.new_tree(runner).unwrap().current()).collect();
    names.into_iter()
}
