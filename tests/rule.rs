//! Rules over manifests: verdicts, the places they point at, and what Kubernetes' own CEL answers.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use plimsoll::check::rule::{Expression, Language, RuleFault, Scope, Shapes, Tree, Verdict, evaluate, selector, text, truth};
use plimsoll::limits::Limit;
use plimsoll::yaml;
use proptest::prelude::*;
use proptest::test_runner::{Config as ProptestConfig, TestRunner};
use serde_json::json;

use crate::support::golden;

/// How many texts are tried for panics; `PROPTEST_CASES=20000` tries more.
const CASES: u32 = 2_000;

fn data(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/rule").join(file)
}

fn read(file: &str) -> String {
    fs::read_to_string(data(file)).unwrap()
}

struct Rule {
    id: String,
    kinds: Vec<String>,
    check: String,
}

fn word(node: &yaml::Node, key: &str) -> String {
    node.get(key).and_then(yaml::Node::as_str).unwrap().to_owned()
}

fn compile(language: &Language, text: &str) -> Expression {
    language.compile(text).unwrap_or_else(|faults| panic!("{text}: {faults:?}"))
}

/// The variables and rules of a file.
fn rules(language: &Language, file: &str) -> (Vec<(String, Expression)>, Vec<Rule>) {
    let root = yaml::load_one(file, &read(file)).unwrap();
    let variable = |node: &yaml::Node| (word(node, "name"), compile(language, &word(node, "expression")));
    let rule = |node: &yaml::Node| Rule {
        id: word(node, "id"),
        kinds: node.get("kinds").unwrap().items().iter().map(|kind| kind.as_str().unwrap().to_owned()).collect(),
        check: word(node, "check"),
    };
    let list = |key| root.get(key).map(yaml::Node::items).unwrap_or_default();
    (list("variables").iter().map(variable).collect(), list("rules").iter().map(rule).collect())
}

fn objects(file: &str) -> Vec<Tree> {
    let documents = yaml::load(file, &read(file)).unwrap();
    documents.iter().enumerate().map(|(number, document)| Tree::new(number, &document.root)).collect()
}

fn kind(tree: &Tree) -> &str {
    tree.get("kind").and_then(Tree::as_str).unwrap()
}

/// What stands around an object, as far as the rules here ask.
fn related(object: &Tree, all: &[Tree]) -> Tree {
    let pod_labels = |workload: &Tree| workload.at(&["spec", "template", "metadata", "labels"]).cloned();
    let of_kind = |wanted: &'static str| all.iter().filter(move |other| kind(other) == wanted);
    let list = |found: Vec<&Tree>| Tree::list(found.into_iter().cloned().collect());
    let labels = pod_labels(object);
    let pdbs = of_kind("PodDisruptionBudget")
        .filter(|pdb| selector::selects(pdb.at(&["spec", "selector"]), labels.as_ref()).unwrap())
        .collect();
    let name = object.at(&["metadata", "name"]).and_then(Tree::as_str);
    let hpas = of_kind("HorizontalPodAutoscaler")
        .filter(|hpa| hpa.at(&["spec", "scaleTargetRef", "name"]).and_then(Tree::as_str) == name)
        .collect();
    let workloads = of_kind("Deployment")
        .filter(|workload| {
            object.at(&["spec", "selector"]).is_some_and(|wanted| selector::has_all(wanted, pod_labels(workload).as_ref()))
        })
        .collect();
    Tree::map([
        ("pdbs".to_owned(), list(pdbs)),
        ("hpas".to_owned(), list(hpas)),
        ("workloads".to_owned(), list(workloads)),
        ("serviceAccounts".to_owned(), list(of_kind("ServiceAccount").collect())),
    ])
}

fn service() -> Tree {
    Tree::from_json(&json!({"tier": 1, "name": "orders", "kubernetes": "1.33"}))
}

#[test]
fn rules_give_their_verdicts_and_point_at_their_fields() {
    let language = Language::new();
    let (variables, rules) = rules(&language, "rules.yaml");
    let mut shown = String::new();
    for file in ["good.yaml", "bad.yaml"] {
        let all = objects(file);
        for rule in &rules {
            let expression = compile(&language, &rule.check);
            for object in all.iter().filter(|object| rule.kinds.iter().any(|wanted| wanted == kind(object))) {
                let scope = Scope::new(object.clone(), related(object, &all), service(), &variables);
                let scope = scope.with_params(Tree::from_json(&json!({"least-replicas": 3})));
                let verdict = evaluate(&expression, &scope);
                if file == "good.yaml" {
                    assert_eq!(verdict, Verdict::Pass, "{}", rule.id);
                    continue;
                }
                let name = object.at(&["metadata", "name"]).and_then(Tree::as_str).unwrap();
                _ = writeln!(shown, "{} of {} {name}", rule.id, kind(object));
                match verdict {
                    Verdict::Pass => shown.push_str("  pass\n"),
                    Verdict::Error(failure) => _ = writeln!(shown, "  error: {failure}"),
                    Verdict::Fail(spots) => {
                        for spot in spots {
                            let missing = if spot.missing { " (missing)" } else { "" };
                            _ = writeln!(shown, "  {}:{} {}{missing}", spot.place.line, spot.place.column, spot.route);
                        }
                    }
                }
            }
        }
    }
    golden::compare(&data("verdicts.txt"), &shown).unwrap();
}

#[test]
fn expressions_answer_as_in_kubernetes() {
    let language = Language::new();
    let all = objects("bad.yaml");
    let object = &all[0];
    let scope = Scope::new(object.clone(), related(object, &all), service(), &[]);
    let mut wrong = Vec::new();
    for line in read("probes.txt").lines().filter(|line| !line.starts_with('#')) {
        let (expected, text) = line.split_once('\t').unwrap();
        let got = match language.compile(text) {
            Err(_) => "refused".to_owned(),
            Ok(expression) if !expression.faults(&Shapes::new(), &[], &[]).is_empty() => "refused".to_owned(),
            Ok(expression) => match evaluate(&expression, &scope) {
                Verdict::Pass => "true".to_owned(),
                Verdict::Fail(_) => "false".to_owned(),
                Verdict::Error(failure) => format!("error {failure}"),
            },
        };
        if !got.starts_with(expected) {
            wrong.push(format!("{text}\n   should be {expected}, is {got}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn misspelt_words_are_found_before_a_rule_runs() {
    let language = Language::new();
    let shapes = Shapes::new();
    let (variables, right) = rules(&language, "rules.yaml");
    for rule in &right {
        let kinds: Vec<&str> = rule.kinds.iter().map(String::as_str).collect();
        assert_eq!(compile(&language, &rule.check).faults(&shapes, &kinds, &variables), [], "{}", rule.id);
        for (name, expression) in &variables {
            assert_eq!(expression.faults(&shapes, &["Deployment"], &variables), [], "{name}");
        }
    }
    let (_, misspelt) = rules(&language, "typos.yaml");
    let mut shown = String::new();
    for rule in &misspelt {
        let kinds: Vec<&str> = rule.kinds.iter().map(String::as_str).collect();
        let faults: Vec<RuleFault> = match language.compile(&rule.check) {
            Ok(expression) => expression.faults(&shapes, &kinds, &variables),
            Err(faults) => faults,
        };
        assert!(!faults.is_empty(), "{}", rule.id);
        _ = writeln!(shown, "{}: {}", rule.id, rule.check);
        for fault in faults {
            _ = writeln!(shown, "{}^ {fault}", " ".repeat(rule.id.len() + 1 + fault.column));
        }
    }
    golden::compare(&data("typos.txt"), &shown).unwrap();
}

/// Expressions as deep as they may be, of every form.
fn deep(levels: usize) -> Vec<String> {
    vec![
        "1+".repeat(levels) + "1",
        "!".repeat(levels) + "true",
        "-".repeat(levels) + "1",
        "[".repeat(levels) + &"]".repeat(levels),
        "(".repeat(levels) + "1" + &")".repeat(levels),
        "object".to_owned() + &".a".repeat(levels),
        "object".to_owned() + &".?a".repeat(levels),
        "object".to_owned() + &".b".repeat(levels) + " == 1",
        "true ? ".repeat(levels) + "true" + &" : true".repeat(levels),
        "false || ".repeat(levels) + "false",
        "[1].all(x, ".repeat(levels) + "false" + &")".repeat(levels),
        "[1].all(x, y, ".repeat(levels) + "false" + &")".repeat(levels),
        "object.?a.optMap(x, ".repeat(levels) + "false" + &")".repeat(levels),
        "'a'".to_owned() + &".trim()".repeat(levels) + " == 'b'",
        "{'a': ".repeat(levels) + "1" + &"}".repeat(levels),
        "size(".repeat(levels) + "[]" + &")".repeat(levels),
    ]
}

#[test]
fn depth_is_bounded_and_what_is_within_runs_on_a_small_stack() {
    let language = Language::new();
    let deepest = yaml::load_one("f", &("{a: ".repeat(90) + "1" + &"}".repeat(90))).unwrap();
    let chain = |text: &str| {
        let mut variables = vec![("v0".to_owned(), compile(&language, "object.a"))];
        for number in 1..60 {
            let text = text.replace("LAST", &format!("variables.v{}", number - 1));
            variables.push((format!("v{number}"), compile(&language, &text)));
        }
        variables
    };
    let nested = "[[[[[[[[[[[[[[[[[[[[LAST]]]]]]]]]]]]]]]]]]]]";
    let chained = chain(nested);
    let scope = Scope::new(Tree::new(0, &deepest), Tree::map([]), service(), &chained);
    for levels in [1, 5, 10, 20, 30, 45, 60, 90, 150, 300, 340] {
        for text in deep(levels) {
            if let Ok(expression) = language.compile(&text) {
                _ = evaluate(&expression, &scope);
                _ = expression.faults(&Shapes::new(), &["Deployment"], &chained);
            }
        }
    }
    for number in 0..60 {
        let expression = compile(&language, &format!("variables.v{number} == 1"));
        _ = evaluate(&expression, &scope);
        _ = expression.faults(&Shapes::new(), &["Deployment"], &chained);
    }
    let limit = |text: &str| language.compile(text).unwrap_err()[0].limit;
    assert_eq!(limit(&"1+".repeat(3000)), Some(Limit::ExpressionBytes));
    assert_eq!(limit(&("1+".repeat(300) + "1")), Some(Limit::ExpressionDepth));
    // As long as it may be, without a bracket that would tell that it is deep.
    for (part, rest) in
        [("1+", "1"), ("a.", "b"), ("a||", "b"), ("a&&", "b"), ("-", "1"), ("!", "true"), ("1<", "1"), ("x.y in ", "z")]
    {
        let text = part.repeat((Limit::ExpressionBytes.most() - rest.len()) / part.len()) + rest;
        if let Ok(expression) = language.compile(&text) {
            _ = evaluate(&expression, &scope);
        }
    }
}

fn scope_of(text: &str, variables: &[(String, Expression)]) -> Scope<'static> {
    let object = Tree::new(0, &yaml::load_one("f", text).unwrap());
    Scope::new(object, Tree::map([]), service(), variables)
}

fn judge(text: &str, rule: &str) -> Verdict {
    let language = Language::new();
    evaluate(&compile(&language, rule), &scope_of(text, &[]))
}

#[test]
fn values_are_those_that_kubernetes_reads() {
    let text = "a: yes\nb: 0755\nc: 1_000\nd: on\ne: '1'\nf: 1.0\ng: ~\nh: 5\nyes: x\n";
    for rule in [
        "object.a == true",
        "object.b == 493",
        "object.c == 1000 && type(object.c) == int",
        "type(object.d) == bool",
        "object.e == '1'",
        "object.f == 1",
        "!has(object.g)",
        "object.h + 1 == 6 && object.h - 10 == -5",
        "object['true'] == 'x'",
    ] {
        assert_eq!(judge(text, rule), Verdict::Pass, "{rule}");
    }
}

#[test]
fn an_evaluation_that_fails_is_an_error() {
    for (rule, message) in [
        ("object.b == 1", "no such key: b"),
        ("object.a > 'x'", "no such overload"),
        ("object.a", "gives a value of type int, not true or false"),
        ("object.list[3] == 1", "index out of bounds: 3"),
        ("1 / 0 == 1", "division by zero"),
        ("variables.x == 1", "no such key: x"),
        ("[object].exists(o, o.b == 1)", "no such key: b"),
    ] {
        let Verdict::Error(got) = judge("a: 1\nlist: []\n", rule) else { panic!("{rule} is no error") };
        assert!(got.message.contains(message), "{rule}: {got}");
    }
    assert_eq!(judge("a: 1\n", "object.b == 1 || object.a == 1"), Verdict::Pass);
}

#[test]
fn what_an_expression_uses_is_known() {
    let language = Language::new();
    let text = "variables.a.b == 1 && selects(related.pdbs[0].spec, {}) && variables.params['x-y'] > variables.params.z";
    let expression = compile(&language, text);
    assert!(
        expression.uses("related") && expression.uses("variables") && !expression.uses("service") && !expression.uses("object")
    );
    let listed = |names: std::collections::BTreeSet<String>| names.into_iter().collect::<Vec<_>>().join(" ");
    assert_eq!(listed(expression.variables()), "a params");
    assert_eq!(listed(expression.parameters()), "x-y z");
    assert_eq!(listed(expression.own_functions()), "selects");
    assert_eq!(expression.text(), text);
}

#[test]
fn variables_are_evaluated_in_order_and_follow_the_parameters() {
    let language = Language::new();
    let variable = |name: &str, text: &str| (name.to_owned(), compile(&language, text));
    let variables = [
        variable("later", "variables.first"),
        variable("first", "object.a"),
        variable("doubled", "variables.first * variables.params.factor"),
        variable("wrong", "object.b.c"),
    ];
    let scope = scope_of("a: 2\n", &variables);
    for factor in [1, 2, 3] {
        let scope = scope.with_params(Tree::from_json(&json!({"factor": factor, "text": "x"})));
        let message = compile(&language, "string(variables.doubled) + variables.params.text");
        assert_eq!(text(&message, &scope), Ok(format!("{}x", 2 * factor)));
        assert_eq!(truth(&compile(&language, "variables.first == 2"), &scope), Ok(true));
    }
    let error = |rule: &str| truth(&compile(&language, rule), &scope).unwrap_err();
    assert!(error("variables.later == 2").message.contains("no such key: first"));
    assert!(error("variables.wrong == 2").message.contains("no such key: b"));
    assert!(error("variables.doubled == 2").message.contains("no such key: params"));
}

#[test]
fn blame_follows_the_form_of_a_rule() {
    let manifest = "a: 1\nlist: [x, w]\nmap: {k: v}\nitems:\n  - {m: 1, up: true}\n  - {m: 2}\n";
    for (rule, spots) in [
        ("object.a == 2", "a"),
        ("2 == object.a", "a"),
        ("!(object.a == 1)", "a"),
        ("has(object.b)", "b?"),
        ("!has(object.a)", "a"),
        ("object.?b.?c.orValue(0) == 1", "b.c?"),
        ("object.?b[?'c'].hasValue()", "b.c?"),
        ("object.?b.optMap(x, x > 1).orValue(false)", "b?"),
        ("object.?a.optMap(x, x > 1).orValue(false)", "a"),
        ("object.list.all(x, x == 'z')", "list[0] list[1]"),
        ("object.list.exists(x, x == 'z')", "list"),
        ("!object.list.exists(x, x == 'w')", "list[1]"),
        ("object.items.exists(i, has(i.up) && i.m > 1)", "items[0].m"),
        ("object.items.exists(i, i.m > 0 && i.m < 2 && !has(i.up))", "items[0].up"),
        ("object.items.exists(i, i.m == object.a + 5)", "a"),
        ("object.list.all(x, object.items.exists(i, i.?name.orValue('') == x && has(i.up)))", "list[0] list[1]"),
        ("object.list.all(x, object.items.exists(i, [x].exists(y, y == i.?name.orValue(''))))", "list[0] list[1]"),
        ("object.list.all(x, object.?other.orValue([]).exists(i, i.name == x))", "list[0] list[1]"),
        ("object.?other.orValue([]).exists(x, x == 'w')", "other?"),
        ("object.items.all(i, i.m < 2)", "items[1].m"),
        ("object.items.all(i, has(i.up) && i.m < 1)", "items[0].m items[1].up? items[1].m"),
        ("object.items.exists_one(i, i.m > 0)", "items[0].m items[1].m"),
        ("object.items.filter(i, i.m > 1).all(i, has(i.up))", "items[1].up?"),
        ("object.map.all(k, object.map[k] == 'w')", "map.k"),
        ("object.map.all(k, v, v == 'w')", "map.k"),
        ("object.items.all(i, item, item.m > i + 1)", "items[0].m items[1].m"),
        ("'z' in object.map", "map.z?"),
        ("'z' in object.list", "list"),
        ("object.a == 1 ? object.map.k == 'w' : true", "map.k"),
        ("object.a == 1 ? false : true", "a"),
        ("object.b == 1 && object.a == 2", "a"),
        ("size(object.list) > 2 && object.a == 1", "list"),
        ("object.a > 1 || object.map.k == 'w'", "map.k"),
        ("object.list[0] == 'z'", "list[0]"),
        ("object.map == {'k': 'w'}", "map.k"),
        ("quantity(object.a).isLessThan(quantity('1'))", "a"),
        ("disruptionsAllowed({'maxUnavailable': object.a}, 3) > 1", "a"),
        ("selects({'matchLabels': {'k': 'x'}}, object.map)", "map.k"),
        ("service.tier == 2", ""),
        ("false", ""),
    ] {
        let Verdict::Fail(found) = judge(manifest, rule) else { panic!("{rule} does not fail: {:?}", judge(manifest, rule)) };
        let shown: Vec<String> =
            found.iter().map(|spot| format!("{}{}", spot.route, if spot.missing { "?" } else { "" })).collect();
        assert_eq!(shown.join(" "), spots, "{rule}");
    }
}

/// Pieces of rules, put together at random; most of it is nearly a rule.
fn nearly_a_rule() -> impl Strategy<Value = String> {
    let words: Vec<String> = read("probes.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(|line| line.split(['\t', ' ', '.']).map(str::to_owned).collect::<Vec<_>>())
        .chain(
            [".", "(", ")", "[", "]", "{", "}", "?", ":", "!", "-", "&&", "||", ",", "'", "\\", "9223372036854775807", "한"]
                .map(str::to_owned),
        )
        .collect();
    let whole: Vec<String> = read("probes.txt").lines().filter_map(|line| Some(line.split_once('\t')?.1.to_owned())).collect();
    let replaced = (
        prop::sample::select(whole),
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        prop::sample::select(words.clone()),
    );
    prop_oneof![
        1 => "\\PC{0,40}",
        2 => prop::collection::vec(prop::sample::select(words), 1..8).prop_map(|words| words.join(".")),
        6 => replaced.prop_map(|(whole, from, to, word)| {
            let letters: Vec<char> = whole.chars().collect();
            let (from, to) = (from.index(letters.len()), to.index(letters.len()));
            let (from, to) = (from.min(to), from.max(to).min(from.min(to) + 6));
            letters[..from].iter().collect::<String>() + &word + &letters[to..].iter().collect::<String>()
        }),
    ]
}

#[test]
fn no_text_makes_a_panic() {
    let language = Language::new();
    let all = objects("bad.yaml");
    let scope = Scope::new(all[0].clone(), related(&all[0], &all), service(), &[]);
    let shapes = Shapes::new();
    let runs = |text: String| {
        if let Ok(expression) = language.compile(&text) {
            _ = evaluate(&expression, &scope);
            _ = expression.faults(&shapes, &["Deployment"], &[]);
        }
        Ok(())
    };
    TestRunner::new(ProptestConfig {
        cases: ProptestConfig::default().cases.max(CASES),
        failure_persistence: None,
        ..ProptestConfig::default()
    })
    .run(&nearly_a_rule(), runs)
    .unwrap();
}
