//! An organisation's own checklist: what is wrong with one is named with its place, and what it
//! changes takes effect wherever a checklist is asked.

use plimsoll::check::Rules;
use plimsoll::checklist::{Checklist, OwnChecklist};
use plimsoll::service::Tier;
use plimsoll::yaml::Fault;

use crate::support::sandbox::{Run, Sandbox};

const HEAD: &str = "schema: 1\nname: acme\nversion: \"7\"\nextends: production@2026.11\n";

const ITEM: &str = "items:\n  - id: own\n    group: security\n    title: { en: T }\n    severity: { tier-1: error, tier-2: error, tier-3: none }\n";

const SERVICE: &str = "name: cart\ntier: 1\nimage: registry.example.com/shop/cart:2.0.1@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nports: [{ port: 8080 }]\n\
    owner: { team: shop, contact: \"#shop\", runbook: https://wiki.example.com/cart }\n";

/// The faults of a checklist that goes on as given, which begins on line 5.
fn faults(rest: &str) -> Vec<String> {
    let shown = |faults: Vec<Fault>| {
        let hint = |fault: &Fault| fault.hint.as_ref().map(|hint| format!(" [{hint}]")).unwrap_or_default();
        faults.iter().map(|fault| format!("{fault}{}", hint(fault))).collect()
    };
    match OwnChecklist::load("acme.yaml", &format!("{HEAD}{rest}")) {
        Ok(own) => Rules::compile_own(&own).err().map(shown).unwrap_or_default(),
        Err(faults) => shown(faults),
    }
}

fn load(rest: &str) -> Checklist {
    OwnChecklist::load("acme.yaml", &format!("{HEAD}{rest}")).unwrap_or_else(|faults| panic!("{faults:#?}")).checklist
}

fn check(cases: &[(&str, &[&str])]) {
    for (rest, expected) in cases {
        let got = faults(rest);
        let same = got.len() == expected.len() && got.iter().zip(*expected).all(|(got, expected)| got.contains(expected));
        assert!(same, "{rest}\ngave {got:#?}");
    }
}

#[test]
fn what_does_not_fit_the_shipped_checklist_is_named_with_its_place() {
    check(&[
        (
            "parameters: { min-replica: { replicas: 3 } }",
            &[
                "acme.yaml:5:15: parameters.min-replica: `min-replica` is no item of production@2026.11 [did you mean `min-replicas`?]",
            ],
        ),
        (
            "parameters: { min-replicas: { replica: 3 } }",
            &[
                "acme.yaml:5:31: parameters.min-replicas.replica: `replica` is no parameter of `min-replicas` [did you mean `replicas`?]",
            ],
        ),
        (
            "parameters: { min-replicas: { replicas: many } }",
            &["a whole number from 0 is expected here, as the shipped value is, not a string"],
        ),
        ("parameters: { min-replicas: { replicas: 2.5 } }", &["not a number"]),
        ("parameters: { min-replicas: { replicas: -1 } }", &["not a negative number"]),
        ("parameters: { min-replicas: { replicas: } }", &["not nothing"]),
        (
            "parameters: { min-replicas: { replicas: { tier-1: 4, tier-3: x } } }",
            &[
                "5:31: parameters.min-replicas.replicas: lacks tier-2",
                "5:54: parameters.min-replicas.replicas.tier-3: a whole number",
            ],
        ),
        ("parameters: { min-replicas: { replicas: { tier-1: 4, tier-2: 4, tier-3: 4, tier-4: 4 } } }", &["tier-4: is no tier"]),
        (
            "parameters: { trusted-registry: { registries: [1] } }",
            &["a list of strings is expected here, as the shipped value is, not a list of whole numbers"],
        ),
        (
            "parameters: { trusted-registry: { registries: r.example.com } }",
            &["a list of strings is expected here, as the shipped value is, not a string"],
        ),
        ("parameters: { spot-tolerant: { allowed: 1 } }", &["true or false is expected here"]),
        ("parameters: { escalation: { hours: 1 } }", &["[its parameters are minutes]"]),
        (
            "severities: { dns-lite: { tier-1: none } }",
            &["5:15: severities.dns-lite: `dns-lite` is no item of production@2026.11 [did you mean `dns-light`?]"],
        ),
        (
            "severities: { dns-light: { tier-1: eror } }",
            &["`eror` is not one of none, advice, warning, error [did you mean `error`?]"],
        ),
        ("off: [{ item: dns-lite, reason: r }]", &["5:9: off[0].item: `dns-lite` is no item"]),
        ("off: [{ item: dns-light }]", &["off[0].reason: is missing"]),
        (
            "off: [{ item: dns-light, reason: r }, { item: dns-light, reason: s }]",
            &["off[1].item: `dns-light` is switched off twice"],
        ),
        (
            "off: [{ item: dns-light, reason: r }]\nparameters: { dns-light: { ndots: 1 } }",
            &["off[0].item: `dns-light` is switched off, and changed under `parameters`"],
        ),
        (
            "kinds: { workloads: [Deployment], own: [deployment] }",
            &["5:10: kinds.workloads: the set of kinds `workloads` is there", "kinds.own[0]: `deployment` is no kind"],
        ),
        (
            "variables: [{ name: podSpec, expression: '1' }, { name: params, expression: '1' }, { name: a-b, expression: '1' }]",
            &["the variable `podSpec` is there", "`params` stands for", "`a-b` cannot be named"],
        ),
        ("sources: { Z: { title: t, by: b } }", &["sources.Z: the source `Z` is there"]),
        ("groups: [{ id: security, title: { en: S } }]", &["groups[0].id: the group `security` is there"]),
        ("title: 3\noff: [{ item: x, reason: r }]", &["5:1: title: a mapping is expected", "6:9: off[0].item: `x` is no item"]),
    ]);
}

#[test]
fn what_is_wrong_with_own_items_is_named_with_its_place() {
    let with = |rest: &str| format!("{ITEM}    {rest}\n");
    let rule = |rest: &str| with(&format!("rule: {{ kinds: [Service], check: 'true' }}\n    {rest}"));
    check(&[
        (&with("why: w"), &["6:5: items[0]: `own` has neither `rule` nor `statement`"]),
        (&rule("sources: [Q, Zz]"), &["sources[0]: `Q` is not one of the checklist's sources", "sources[1]: `Zz` is not"]),
        (
            &rule("").replace("security", "securty"),
            &["7:5: items[0].group: `securty` is not one of the checklist's groups [did you mean `security`?]"],
        ),
        (&rule("").replace("id: own", "id: min-replicas"), &["items[0].id: the item `min-replicas` stands twice"]),
        (
            &rule("").replace("Service", "workload"),
            &["`workload` is neither a kind of object nor a set of kinds [did you mean `workloads`?]"],
        ),
        (&rule("asks: at least {n}"), &["asks: names {n}, which is no parameter"]),
        (&rule("params: { least: { about: a, tier-1: 1 } }"), &["params.least: needs `value`, or `tier-1`"]),
        (
            &rule(
                "cases: [{ name: a }, { name: b, pass: x, fail: z }, { name: c, pass: x, at: z }, { name: d, fail: x, at: a..b }]",
            ),
            &[
                "cases[0]: has neither",
                "cases[1].fail: a case has either",
                "cases[2].at: says where",
                "cases[3].at: the field has an empty part",
            ],
        ),
        (&with("statement: s\n    cases: [{ name: a, pass: x }]"), &["cases[0]: there is no rule"]),
        (
            &format!("{}severities: {{ own: {{ tier-1: none }} }}\n", rule("")),
            &["`own` is an item of this file, not of production@2026.11 [change the item itself]"],
        ),
    ]);
    for extends in ["production@2025.11", "acme@1"] {
        let faults = OwnChecklist::load("acme.yaml", &HEAD.replace("production@2026.11", extends)).unwrap_err();
        assert_eq!(
            faults[0].to_string(),
            format!("acme.yaml:4:1: extends: the checklist `{extends}` does not ship with this Plimsoll")
        );
        assert_eq!(faults[0].hint.as_deref(), Some("shipped: production@2026.11, production@2026.12"));
    }
    let faults = OwnChecklist::load("acme.yaml", &HEAD.replace("name: acme", "name: production")).unwrap_err();
    assert_eq!(faults[0].to_string(), "acme.yaml:2:1: name: `production` is the name of the shipped checklist");
}

#[test]
fn a_fault_of_an_expression_is_placed_in_the_file() {
    let with = |check: &str| format!("{ITEM}    rule:\n      kinds: [Service]\n      check: {check}\n");
    // The item's rule begins on line 10, the expression on line 12, or below it.
    let place = |rest: &str| {
        let got = faults(rest);
        assert_eq!(got.len(), 1, "{rest}\n{got:#?}");
        got[0].split(": ").next().unwrap().to_owned()
    };
    assert_eq!(place(&with("object.x.matches('(')")), "acme.yaml:12:31");
    assert_eq!(place(&with("|\n        object.x == 1 &&\n          object.y.matches('(')")), "acme.yaml:14:28");
    assert_eq!(place(&with(">-\n        object.x == 1 &&\n        object.y.matches('(')")), "acme.yaml:14:26");
    assert_eq!(place("variables:\n  - { name: own, expression: \"object.x.matches('(')\" }\n"), "acme.yaml:6:48");
}

#[test]
fn changes_are_put_over_the_shipped_checklist() {
    let checklist = load("parameters: { min-replicas: { replicas: { tier-1: 5, tier-2: 3, tier-3: 1 } } }");
    let replicas = |tier| checklist.param("min-replicas", "replicas", Tier(tier)).cloned().unwrap();
    assert_eq!([1, 2, 3].map(replicas), [5, 3, 1]);
    assert_eq!((checklist.id(), checklist.described()), ("acme@7".to_owned(), "acme@7 (extends production@2026.11)".to_owned()));
    let one = load("parameters: { min-replicas: { replicas: 6 } }");
    assert_eq!([1, 2, 3].map(|tier| one.param("min-replicas", "replicas", Tier(tier)).cloned().unwrap()), [6, 6, 6]);
    let off = load("off: [{ item: dns-light, reason: why }]\nseverities: { min-replicas: { tier-3: error } }");
    let severity = |item: &str| [1, 2, 3].map(|tier| format!("{:?}", off.item(item).unwrap().severity.at(Tier(tier))));
    assert_eq!(severity("dns-light"), ["None", "None", "None"]);
    assert_eq!(severity("min-replicas"), ["Error", "Error", "Error"]);
    let own = load(&format!("{ITEM}    statement: s\n"));
    let item = own.item("own").unwrap();
    assert_eq!((item.title.ko.as_str(), item.kept_by.len(), item.waivable), ("T", 1, true));
}

fn sandbox(checklist: &str) -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("acme.yaml", &format!("{HEAD}{checklist}"));
    sandbox
}

/// The items of the findings of a report in JSON.
pub fn items_of(run: &Run) -> Vec<String> {
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    report["findings"].as_array().unwrap().iter().map(|finding| finding["item"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_changed_parameter_changes_what_is_rendered_and_what_is_checked() {
    let sandbox = sandbox("parameters:\n  min-replicas: { replicas: { tier-1: 5, tier-2: 3, tier-3: 1 } }\n");
    sandbox.write("answers.yaml", SERVICE);
    sandbox.run(&["new", "shipped", "--values", "answers.yaml"]).exits(0);
    sandbox.run(&["new", "a/own", "--values", "answers.yaml", "--checklist", "acme.yaml"]).exits(0);
    // What is rendered, and that the service file names the checklist from where it stands.
    assert!(sandbox.read("shipped/k8s/hpa.yaml").contains("minReplicas: 3"));
    assert!(sandbox.read("a/own/k8s/hpa.yaml").contains("minReplicas: 5"));
    assert!(sandbox.read("a/own/plimsoll.yaml").contains("checklist: ../../acme.yaml"));
    // The lock and the commit name it; the digest is of the file and its base.
    let lock = sandbox.read("a/own/plimsoll.lock");
    assert!(
        lock.contains("checklist:\n  name: acme\n  version: \"7\"\n  extends: production@2026.11\n  digest: sha256:"),
        "{lock}"
    );
    assert!(sandbox.git(&["log", "-1", "--format=%B"]).contains("Plimsoll-Checklist: acme@7 (extends production@2026.11)\n"));
    // Each holds by its own checklist, and the shipped one's replicas are too few for the other.
    assert!(items_of(&sandbox.run(&["check", "a/own", "--format", "json"]).exits(0)).is_empty());
    let run = sandbox.run(&["check", "shipped", "--checklist", "acme.yaml", "--format", "json"]).exits(1);
    assert_eq!(items_of(&run), ["min-replicas"]);
    assert!(run.stdout.contains("\"checklist\": \"acme@7\"") && run.stdout.contains("\"extends\": \"production@2026.11\""));
    // The service file is found by render, and the flag stands over it.
    assert!(sandbox.run(&["render", "a/own"]).exits(0).stdout.contains("minReplicas: 5"));
    let shipped = sandbox.run(&["render", "a/own", "--checklist", "production@2026.11"]).exits(0);
    assert!(shipped.stdout.contains("minReplicas: 3"));
    assert!(sandbox.run(&["render", "shipped", "--checklist", "acme.yaml"]).exits(0).stdout.contains("minReplicas: 5"));
}

#[test]
fn a_service_file_that_stands_is_rendered_by_the_checklist_that_it_names() {
    let sandbox = sandbox("parameters: { min-replicas: { replicas: 5 } }\n");
    sandbox.write("shop/plimsoll.yaml", &format!("{SERVICE}checklist: ../acme.yaml\n"));
    sandbox.run(&["new", "shop", "--no-commit"]).exits(0);
    assert!(sandbox.read("shop/k8s/hpa.yaml").contains("minReplicas: 5"));
    let unknown = |name: &str| {
        sandbox.write("other/plimsoll.yaml", &format!("{SERVICE}checklist: {name}\nscle: 3\n"));
        sandbox.run(&["render", "other"]).exits(2).stderr
    };
    let error = unknown("production@2025.11");
    assert!(
        error.contains("other/plimsoll.yaml:6:1: checklist: the checklist `production@2025.11` does not ship with this Plimsoll"),
        "{error}"
    );
    assert!(error.contains("shipped: production@2026.11") && error.contains("scle: is not a known field"), "{error}");
    assert!(unknown("./gone.yaml").contains("other/plimsoll.yaml:6:1: checklist: cannot read other/gone.yaml"));
}

#[test]
fn severities_and_switches_take_effect_in_check() {
    let pod = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec: { replicas: 1, selector: { matchLabels: { a: b } }, template: { metadata: { labels: { a: b } }, spec: { containers: [{ name: a, image: a }] } } }\n";
    let sandbox = sandbox(
        "severities: { min-replicas: { tier-2: advice } }\noff: [{ item: dns-light, reason: r }, { item: image-pinned, reason: r }]\n",
    );
    sandbox.write("m/a.yaml", pod);
    let run = |list: &str| sandbox.run(&["check", "m", "--checklist", list, "--format", "json"]).exits(1);
    let (shipped, own) = (run("production@2026.11"), run("acme.yaml"));
    assert!(items_of(&shipped).contains(&"image-pinned".to_owned()));
    assert!(!items_of(&own).contains(&"image-pinned".to_owned()));
    let severity = |run: &Run| {
        let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap().clone();
        findings.into_iter().find(|finding| finding["item"] == "min-replicas").unwrap()["severity"].clone()
    };
    assert_eq!((severity(&shipped), severity(&own)), ("error".into(), "advice".into()));
    // The checklist itself, found by a walk, is no manifest.
    let here = sandbox.run(&["check", ".", "--checklist", "acme.yaml", "--format", "json"]).exits(1);
    assert_eq!(items_of(&here), items_of(&own));
}

#[test]
fn cases_of_own_items_are_run() {
    let rule = "    rule: { kinds: [Service], check: \"has(object.metadata.labels) && 'team' in object.metadata.labels\" }\n";
    let cases = |cases: &str| {
        let sandbox = sandbox(&format!("{ITEM}{rule}    cases:\n{cases}"));
        sandbox.run(&["checklist", "test", "acme.yaml"])
    };
    let labelled = "\"{ apiVersion: v1, kind: Service, metadata: { name: a, labels: { team: x } } }\"";
    let bare = "\"{ apiVersion: v1, kind: Service, metadata: { name: a } }\"";
    let good =
        cases(&format!("      - {{ name: labelled, pass: {labelled} }}\n      - {{ name: bare, fail: {bare}, tier: 2 }}\n"))
            .exits(0);
    assert!(good.stdout.ends_with("acme@7 (extends production@2026.11): 2 cases, all hold\n"), "{}", good.stdout);
    for (case, expected) in [
        (format!("pass: {bare}"), "acme.yaml:12:9: it is to pass, and fails at"),
        (format!("fail: {labelled}"), "it is to fail, and passes"),
        (format!("fail: {bare}, at: spec.ports"), "it is to fail at `spec.ports`, and fails at"),
        (format!("fail: {bare}, tier: 3"), "tier 3 does not ask for the item"),
        ("pass: \"{ kind: Pod, apiVersion: v1 }\"".to_owned(), "it holds no object of a kind that the item is about"),
        ("pass: \"a: [\"".to_owned(), "is not YAML"),
    ] {
        let run = cases(&format!("      - {{ name: c, {case} }}\n")).exits(1);
        assert!(run.stdout.contains(expected), "{case}\n{}", run.stdout);
        assert!(run.stdout.ends_with("1 case, 1 does not hold\n"), "{}", run.stdout);
    }
    let broken = sandbox("parameters: { x: {} }\n").run(&["checklist", "test", "acme.yaml"]).exits(2);
    assert!(broken.stderr.contains("acme.yaml:5:15: parameters.x: `x` is no item"), "{}", broken.stderr);
    assert!(sandbox("").run(&["checklist", "test", "gone.yaml"]).exits(2).stderr.contains("cannot read gone.yaml"));
}
