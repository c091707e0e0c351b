//! The checklist as admission policies: the texts as they stand, and nothing passed over in silence.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use plimsoll::check::{self, Action, AdmissionExport, AdmissionPolicy, LeftOutReason, Rules};
use plimsoll::checklist::{Checklist, Item, OwnChecklist, Severity};
use plimsoll::manifest;
use plimsoll::notation::NEWEST;
use plimsoll::service::Tier;
use plimsoll::yaml::{load, load_one, write};
use serde_json::Value as Json;

use crate::check::rules;
use crate::support::golden;
use crate::support::sandbox::Sandbox;

const TIERS: [Tier; 3] = [Tier(1), Tier(2), Tier(3)];

/// A checklist of one item, whose fields below its id are given, and the shared variables.
fn exported(variables: &str, item: &str) -> AdmissionExport {
    let text = format!(
        "schema: 1\nname: x\nversion: '1'\ntitle: {{en: a, ko: b}}\nsources: {{}}\n\
         groups: [{{id: g, title: {{en: a, ko: b}}}}]\nwaivers: {{longest-months: 12, warn-days: 30}}\n\
         variables: [{variables}]\nitems:\n  - id: a\n    group: g\n    title: {{en: It holds, ko: b}}\n    asks: x.\n    why: because\n\
         \x20   sources: []\n    kept-by: [check]\n    severity: {{tier-1: error, tier-2: warning, tier-3: none}}\n    fields: []\n    {item}\n"
    );
    let checklist = Checklist::load("c.yaml", &text).unwrap_or_else(|faults| panic!("{faults:#?}"));
    check::export(&Rules::compile(checklist).unwrap_or_else(|faults| panic!("{faults:#?}")), Tier(1))
}

fn reasons(variables: &str, item: &str) -> Vec<String> {
    let export = exported(variables, item);
    assert!(export.policies.is_empty(), "{export:#?}");
    export.left_out.iter().flat_map(|left_out| &left_out.reasons).map(ToString::to_string).collect()
}

fn at<'j>(value: &'j Json, pointer: &str) -> &'j Json {
    value.pointer(pointer).unwrap_or_else(|| panic!("no {pointer} in {value:#}"))
}

#[test]
fn every_item_is_exported_or_listed_with_its_reason() {
    let rules = rules();
    for tier in TIERS {
        let export = check::export(rules, tier);
        let all: Vec<&str> = rules.checklist.items.iter().map(|item| item.id.as_str()).collect();
        let exported: BTreeSet<&str> = export.policies.iter().map(|policy| policy.item.as_str()).collect();
        let left_out: BTreeSet<&str> = export.left_out.iter().map(|left_out| left_out.item.as_str()).collect();
        assert_eq!(exported.len() + left_out.len(), all.len());
        assert_eq!(exported.union(&left_out).copied().collect::<BTreeSet<_>>(), all.into_iter().collect());
        assert!(export.left_out.iter().all(|left_out| !left_out.reasons.is_empty()));
        assert!(exported.len() > 40, "{}", exported.len());
        for item in rules.checklist.items.iter().filter(|item| item.rule.is_none()) {
            let left_out = export.left_out.iter().find(|left_out| left_out.item == item.id).unwrap();
            assert_eq!(left_out.reasons, [LeftOutReason::NoRule]);
        }
    }
}

#[test]
fn texts_go_out_character_for_character() {
    let rules = rules();
    let shared: BTreeMap<&str, &str> =
        rules.checklist.variables.iter().map(|variable| (variable.name.as_str(), variable.expression.as_str())).collect();
    for tier in TIERS {
        for policy in check::export(rules, tier).policies {
            let item = rules.checklist.item(&policy.item).unwrap();
            // What another reader of YAML takes from the text that is written.
            let [policy, _] = policy.objects(Action::Deny).map(|object| {
                let text = write::document(&object);
                let read: Json = serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
                assert_eq!(load_one("x", &text).unwrap().to_json(), read);
                read
            });
            assert_texts(item, &policy, &shared);
        }
    }
}

fn assert_texts(item: &Item, policy: &Json, shared: &BTreeMap<&str, &str>) {
    let rule = item.rule.as_ref().unwrap();
    let variables: Vec<(&str, &str)> = policy["spec"]["variables"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|variable| (variable["name"].as_str().unwrap(), variable["expression"].as_str().unwrap()))
        .collect();
    let own = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
    let validation = at(policy, "/spec/validations/0");
    let condition = policy["spec"]["matchConditions"].get(1).map(|condition| condition["expression"].as_str().unwrap());
    if let Some(applies) = own("applies") {
        assert_eq!(Some(applies), rule.when.as_deref(), "{}", item.id);
        assert_eq!(own("holds"), rule.check.as_deref(), "{}", item.id);
        assert_eq!(validation["expression"], "variables.applies ? variables.holds : true");
        assert_eq!(condition, None);
    } else {
        assert_eq!(validation["expression"].as_str(), rule.check.as_deref(), "{}", item.id);
        assert_eq!(condition, rule.when.as_deref(), "{}", item.id);
    }
    assert_eq!(validation.get("messageExpression").and_then(Json::as_str), rule.message_expression.as_deref(), "{}", item.id);
    assert_eq!(validation["message"].as_str().unwrap(), rule.message.as_ref().unwrap_or(&item.title.en), "{}", item.id);
    for (name, text) in variables.iter().filter(|(name, _)| !["params", "applies", "holds"].contains(name)) {
        assert_eq!(Some(text), shared.get(name), "{}", item.id);
    }
    // Each is used, and stands before what uses it.
    let texts: Vec<&str> = variables
        .iter()
        .map(|(_, text)| *text)
        .chain(["expression", "messageExpression"].iter().filter_map(|key| validation[key].as_str()))
        .collect();
    for (position, (name, _)) in variables.iter().enumerate() {
        let word = format!("variables.{name}");
        assert!(texts[position + 1..].iter().any(|text| text.contains(&word)), "{}: {name} is not used", item.id);
        assert!(!texts[..=position].iter().any(|text| uses(text, &word)), "{}: {name} stands too late", item.id);
    }
}

/// Whether a text holds a name that does not go on.
fn uses(text: &str, name: &str) -> bool {
    text.split(name).skip(1).any(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

#[test]
fn objects_are_what_kubernetes_knows() {
    let rules = rules();
    let mut names = BTreeSet::new();
    for tier in TIERS {
        for policy in check::export(rules, tier).policies {
            let action = Action::of(policy.severity);
            let objects = policy.objects(action);
            for object in &objects {
                let id = manifest::read(&write::document(object), NEWEST)
                    .unwrap_or_else(|faults| panic!("{}: {faults:#?}", policy.name));
                assert!(names.insert((id.kind, id.name)), "{} stands twice", policy.name);
            }
            let [_, binding] = objects;
            assert_eq!(at(&binding, "/spec/policyName"), &Json::from(policy.name.as_str()));
            assert_eq!(at(&binding, "/spec/validationActions"), &serde_json::json!([action.name()]));
            let selected = at(&binding, "/spec/matchResources/namespaceSelector/matchLabels/plimsoll.dev~1tier");
            assert_eq!(selected, &Json::from(tier.0.to_string()));
        }
    }
}

#[test]
fn what_an_api_server_cannot_see_stays() {
    let cases = [
        ("", "rule: {kinds: [Pod], builtin: removed-api-versions}", "a function of Plimsoll judges it, not an expression"),
        ("", "statement: x", "no rule proves it on manifests"),
        ("", "rule: {kinds: [Pod], check: size(related.pdbs) > 0}", "it sees other objects (`related` in check)"),
        (
            "{name: a, expression: size(related.pdbs)}, {name: b, expression: variables.a + 1}",
            "rule: {kinds: [Pod], check: 'true', messageExpression: string(variables.b)}",
            "it sees other objects (`related` in variables.a)",
        ),
        ("", "rule: {kinds: [Pod], when: service.tier == 1, check: 'true'}", "it sees the service (`service` in when)"),
        ("", "rule: {kinds: [Pod], check: 'selects(object.spec.a, object.spec.b)'}", "it calls what only Plimsoll has (selects)"),
        ("", "rule: {kinds: [Pod, Chart, '*'], check: 'true'}", "no namespaced resource is known of the kind *, Chart"),
        ("", "rule: {kinds: [Pod], seen: 'true', check: 'true'}", "it waits for other objects to be given (`seen`)"),
        ("", "rule: {kinds: [Pod], check: 'true', message: \"a\\nb\"}", "its message has more than one line"),
        (
            "{name: holds, expression: 'true'}",
            "rule: {kinds: [Pod], when: variables.holds, check: 'true'}",
            "its policy would have two variables `holds`",
        ),
    ];
    for (variables, item, reason) in cases {
        assert_eq!(reasons(variables, item), [reason], "{item}");
    }
    let never = reasons("", "rule: {kinds: [Pod], check: 'true', export: never}");
    assert!(never[0].starts_with("the checklist keeps it from export"), "{never:?}");
    let huge = format!(
        "params: {{p: {{about: x, value: [{}]}}}}\n    rule: {{kinds: [Pod], check: 'variables.params.p[0] == 0'}}",
        "abcdefgh, ".repeat(9_100)
    );
    assert_eq!(reasons("", &huge).len(), 1);
}

#[test]
fn the_tier_decides_severity_and_parameters() {
    let export = exported(
        "{name: unused, expression: 'true'}, {name: used, expression: 'variables.params[\"n-a\"] > 1'}",
        "params: {n-a: {about: x, tier-1: 3, tier-2: 2, tier-3: 1}, s: {about: x, value: a'b}}\n    \
         rule: {kinds: [Deployment, Pod, StatefulSet], when: object.kind != 'Pod', check: variables.used}",
    );
    let [policy]: [AdmissionPolicy; 1] = export.policies.try_into().unwrap();
    assert_eq!((policy.name.as_str(), policy.severity), ("plimsoll-a-tier-1", Severity::Error));
    let variables: Vec<(&str, &str)> =
        policy.variables.iter().map(|variable| (variable.name.as_str(), variable.expression.as_str())).collect();
    let params = "{\n  'n-a': dyn(3),\n  's': dyn('a\\'b')\n}";
    assert_eq!(variables, [("params", params), ("used", "variables.params[\"n-a\"] > 1")]);
    assert_eq!(policy.condition.as_deref(), Some("object.kind != 'Pod'"));
    let plurals: Vec<&str> = policy.resources.iter().map(|resource| resource.plural).collect();
    assert_eq!(plurals, ["pods", "deployments", "statefulsets"]);
    let rules = rules();
    let left_out = check::export(rules, Tier(2)).left_out;
    let not_asked = |item: &&Item| item.rule.is_some() && item.severity.at(Tier(2)) == Severity::None;
    for item in rules.checklist.items.iter().filter(not_asked) {
        assert_eq!(left_out.iter().find(|left_out| left_out.item == item.id).unwrap().reasons, [LeftOutReason::NotAsked]);
    }
}

/// An organisation's item about two kinds, under a condition that needs no variables.
const OWN: &str = "\
schema: 1
name: acme
version: \"7\"
extends: production@2026.11
items:
  - id: quota-for-pods
    group: resources
    title: { en: A quota bounds the number of Pods }
    severity: { tier-1: warning, tier-2: warning, tier-3: advice }
    params:
      amounts: { about: Amounts that the quota bounds, value: [pods] }
    rule:
      kinds: [LimitRange, ResourceQuota]
      when: object.kind == 'ResourceQuota'
      check: variables.params['amounts'].all(a, object.spec.?hard[?a].hasValue())
      messageExpression: \"'the quota leaves something unbounded of ' + variables.params['amounts'].join(', ')\"
";

#[test]
fn policies_are_their_goldens() {
    let rules = rules();
    let export = check::export(rules, Tier(1));
    let mut faults = Vec::new();
    // Without a condition, with one that needs variables, with one that needs none.
    let own = OwnChecklist::load("acme.yaml", OWN).unwrap();
    let own = check::export(&Rules::compile_own(&own).unwrap(), Tier(1));
    for item in ["controlled-workload", "read-only-root", "quota-for-pods"] {
        let policy = export.policies.iter().chain(&own.policies).find(|policy| policy.item == item).unwrap();
        let documents = policy.objects(Action::of(policy.severity)).map(|object| write::document(&object));
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/export").join(format!("{item}.yaml"));
        faults.extend(golden::compare(&path, &documents.join("---\n")).err());
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_command_writes_a_stream_and_says_what_is_not_in_it() {
    let sandbox = Sandbox::new();
    let args = ["checklist", "export", "--as", "admission-policy", "--tier", "1"];
    let text = sandbox.run(&args).exits(0);
    let export = check::export(rules(), Tier(1));
    assert_eq!(load("stdout", &text.stdout).unwrap().len(), export.policies.len() * 2);
    assert!(text.stdout.contains("\n# Not exported:\n#   min-replicas: it sees other objects"), "{}", text.stdout);
    for left_out in &export.left_out {
        assert!(text.stdout.contains(&format!("\n#   {}: ", left_out.item)), "{}", left_out.item);
        assert!(text.stderr.contains(&format!("\n  {} ", left_out.item)), "{}", left_out.item);
    }
    let warned = sandbox.run(&[&args[..], &["--action", "warn"]].concat()).exits(0);
    assert!(warned.stdout.contains("- Warn\n") && !warned.stdout.contains("- Deny\n"));
    let json = sandbox.run(&[&args[..], &["--output", "json"]].concat()).exits(0);
    let data: Json = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json.stderr, "");
    assert_eq!(at(&data, "/exported").as_array().unwrap().len(), export.policies.len());
    assert_eq!(at(&data, "/not-exported/0/reasons/0/kind"), "other-objects");
    assert_eq!(at(&data, "/exported/0/objects/1/kind"), "ValidatingAdmissionPolicyBinding");
    assert!(sandbox.run(&["checklist"]).exits(0).stdout.contains("min-replicas"));
    assert!(sandbox.run(&["checklist", "export"]).exits(2).stderr.contains("--as"));
}
