//! Limits: what grows with the square of an input or faster is refused by its word, and the rest is read.

use plimsoll::blueprint::{Blueprint, BlueprintError, ObjectTemplate, Renderer};
use plimsoll::change::Edition;
use plimsoll::check::rule::{Language, Scope, Tree, Verdict, evaluate, text};
use plimsoll::check::{self, CheckContext, CheckedText, Finding, Report, Rules};
use plimsoll::checklist::{self, OwnChecklist};
use plimsoll::limits::Limit;
use plimsoll::service::{Answers, Tier};
use plimsoll::yaml;
use serde_json::json;

fn refused(text: &str) -> Option<Limit> {
    yaml::load("f", text).err().and_then(|fault| fault.limit)
}

/// Each of so many levels holds the one before ten times.
fn bomb(levels: usize, first: &str) -> String {
    let mut text = format!("a0: &a0 {first}\n");
    for level in 1..levels {
        let before = vec![format!("*a{}", level - 1); 10].join(",");
        text.push_str(&format!("a{level}: &a{level} [{before}]\n"));
    }
    text
}

#[test]
fn aliases_are_counted_in_bytes_and_values() {
    assert_eq!(refused(&bomb(9, "[x,x,x,x,x,x,x,x,x,x]")), Some(Limit::AliasBytes));
    // Few values, each of them long.
    let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), ["*a"; 20].join(","));
    assert_eq!(refused(&long), Some(Limit::AliasBytes));
    // Merge keys that each take over all of the one before, twice.
    let mut chain = String::from("m0: &m0 { k: v }\n");
    for level in 1..40 {
        let before = level - 1;
        chain.push_str(&format!("m{level}: &m{level} {{ <<: [*m{before}], a{level}: *m{before}, b{level}: *m{before} }}\n"));
    }
    assert_eq!(refused(&chain), Some(Limit::AliasBytes));
    assert!(yaml::load("f", &bomb(4, "[x]")).is_ok());
}

#[test]
fn anchors_that_stand_in_each_other_are_not_copied() {
    let (open, close) = ((0..90).map(|level| format!("&a{level} [")).collect::<String>(), "]".repeat(90));
    let nested = |rest: &str| format!("{open}{}{close}{rest}", "x".repeat(1 << 20));
    assert!(yaml::load("f", &nested("\n")).is_ok());
    // Those that aliases refer to are, and that is counted.
    let aliases = (0..90).map(|level| format!("- *a{level}\n")).collect::<String>();
    assert_eq!(refused(&format!("- {}{aliases}", nested("\n"))), Some(Limit::AliasBytes));
}

#[test]
fn a_document_that_is_refused_is_no_way_around_a_limit_of_the_whole() {
    let big = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), ["*a"; 8].join(","));
    let text = format!("a: [\n---\n{}", vec![big; 8].join("---\n"));
    let read = yaml::load_each("f", &text, &mut yaml::Spent::default());
    let limits: Vec<Option<Limit>> = read.iter().map(|read| read.as_ref().err().and_then(|fault| fault.limit)).collect();
    assert_eq!(limits, [None, None, Some(Limit::AliasBytes)], "the first is no YAML, the second is within the limit");
}

#[test]
fn size_depth_and_keys_are_bounded() {
    assert_eq!(refused(&" ".repeat(Limit::InputBytes.most() + 1)), Some(Limit::InputBytes));
    assert_eq!(refused(&("[".repeat(500) + &"]".repeat(500))), Some(Limit::Depth));
    assert_eq!(refused(&(0..300).map(|level| format!("{}a:\n", " ".repeat(level))).collect::<String>()), Some(Limit::Depth));
    assert_eq!(refused(&format!("? {}\n: b\n", "k".repeat(Limit::KeyBytes.most() + 1))), Some(Limit::KeyBytes));
    assert_eq!(refused(&format!("[{}]", "a,".repeat(Limit::Values.most()))), Some(Limit::Values));
    let comments = format!("a: 1\n{}b: 2\n", "# c\n".repeat(100_000));
    assert_eq!(yaml::read("f", &comments).unwrap().comments.len(), 100_000);
}

#[test]
fn a_tag_makes_no_other_value() {
    for tagged in [
        "a: !!python/object/apply:os.system [id]",
        "a: !!python/name:os.system",
        "a: !!binary aGVsbG8=",
        "a: !!set { b }",
        "a: !!int x",
        "a: !!map [b]",
        "a: !Ref b",
        "a: !<tag:example.com,2000:x> b",
        "%TAG !e! tag:example.com,2000:\n---\na: !e!x b",
        "a: { b: [!!timestamp 2027-01-01] }",
    ] {
        let faults = yaml::load_one("f", tagged).unwrap_err();
        assert!(faults.len() == 1 && faults[0].message.contains("has the tag !"), "{tagged}: {faults:?}");
        let manifest = format!("{tagged}\nkind: Deployment\napiVersion: apps/v1\nmetadata: {{ name: x }}\n");
        let found = checked(&[&manifest]);
        assert!(found.findings.iter().any(|finding| finding.item == "readable" && finding.message.contains("tag")), "{tagged}");
        // What is no object is no concern of a check.
        assert_eq!(checked(&[tagged]).findings, [], "{tagged}");
    }
    for plain in
        ["a: !!str 1", "a: !!int 1", "a: !!float 1", "a: !!bool yes", "a: !!null ~", "a: !!map {}", "a: !!seq []", "a: ! b"]
    {
        assert!(yaml::load_one("f", plain).is_ok(), "{plain}");
    }
}

fn rules() -> Rules {
    Rules::compile(checklist::SHIPPED.last().unwrap().load().unwrap()).unwrap()
}

fn checked_by(rules: &Rules, texts: &[&str]) -> Report {
    let texts: Vec<CheckedText> =
        texts.iter().enumerate().map(|(number, text)| CheckedText::new(&format!("{number}.yaml"), (*text).to_owned())).collect();
    let today = "2026-11-01".parse().unwrap();
    let context = CheckContext {
        tier: Tier(1),
        kubernetes: "1.33".parse().unwrap(),
        whole: false,
        service: None,
        waivers: Vec::new(),
        today,
    };
    check::check(rules, &texts, &context)
}

fn checked(texts: &[&str]) -> Report {
    checked_by(&rules(), texts)
}

fn limits(report: &Report) -> Vec<Limit> {
    let mut limits: Vec<Limit> = report.findings.iter().filter_map(|finding| finding.limit).collect();
    limits.sort();
    limits.dedup();
    limits
}

fn deployment(name: &str, label: &str) -> String {
    format!(
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: {name} }}\nspec:\n  selector: {{ matchLabels: {{ app: {label} }} }}\n  \
         template:\n    metadata: {{ labels: {{ app: {label} }} }}\n    spec: {{ containers: [{{ name: a, image: r.example.com/a:1 }}] }}\n"
    )
}

#[test]
fn objects_that_all_select_each_other_are_refused() {
    let alike: String = (0..2_500).map(|number| deployment(&format!("d{number}"), "x")).collect();
    let budgets: String = (0..2_500)
        .map(|number| {
            format!(
                "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {{ name: b{number} }}\n\
                 spec: {{ maxUnavailable: 1, selector: {{ matchExpressions: [{{ key: app, operator: Exists }}] }} }}\n"
            )
        })
        .collect();
    let report = checked(&[&alike, &budgets]);
    assert_eq!(limits(&report), [Limit::Comparisons]);
    assert!(report.is_incomplete());
}

#[test]
fn texts_that_are_too_much_together_are_refused() {
    let many = format!("[{}]", "a,".repeat(Limit::Values.most() - 10));
    assert_eq!(limits(&checked(&[&many, &many, &many, &many, &many])), [Limit::TotalValues]);
    let long = " ".repeat(Limit::InputBytes.most());
    assert_eq!(limits(&checked(&[&long, &long, " "])), [Limit::TotalBytes]);
}

#[test]
fn an_item_that_fails_everywhere_tells_the_first_places_and_that_there_are_more() {
    let containers: String = (0..2_000).map(|number| format!("      - {{ name: c{number}, image: a }}\n")).collect();
    let pod = format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: x }}\nspec:\n  selector: {{ matchLabels: {{ app: x }} }}\n  \
         template:\n    metadata: {{ labels: {{ app: x }} }}\n    spec:\n      containers:\n{containers}"
    );
    let report = checked(&[&pod]);
    let of_item = |finding: &&Finding| finding.item == "read-only-root";
    let found: Vec<&Finding> = report.findings.iter().filter(of_item).collect();
    assert_eq!(found.len(), Limit::Places.most() + 1);
    let more: Vec<&&Finding> = found.iter().filter(|finding| finding.limit == Some(Limit::Places)).collect();
    assert!(more.len() == 1 && more[0].field.is_empty(), "{more:?}");
}

fn judge(expression: &str, variables: &[(&str, &str)]) -> Verdict {
    let language = Language::new();
    let compile = |text: &str| language.compile(text).unwrap_or_else(|faults| panic!("{text}: {faults:?}"));
    let variables: Vec<_> = variables.iter().map(|(name, text)| ((*name).to_owned(), compile(text))).collect();
    let list: Vec<String> = (0..2_000).map(|number| format!("value-{number}")).collect();
    let object = Tree::from_json(&json!({"list": list, "text": "a".repeat(200_000), "map": {"a": 1}}));
    // A tenth of the budget of an expression does for a test.
    let scope = Scope::within(1_000_000, object, Tree::map([]), Tree::map([]), &variables);
    evaluate(&compile(expression), &scope)
}

fn cost_of(expression: &str, variables: &[(&str, &str)]) -> Option<Limit> {
    match judge(expression, variables) {
        Verdict::Error(failure) => failure.limit,
        Verdict::Pass | Verdict::Fail(_) => None,
    }
}

#[test]
fn no_expression_burns_the_machine() {
    let nested = (0..10).fold("true".to_owned(), |inner, level| format!("[0,1,2,3,4,5,6,7,8,9].all(x{level}, {inner})"));
    let never = (0..10).fold("false".to_owned(), |inner, level| format!("[0,1,2,3,4,5,6,7,8,9].exists(x{level}, {inner})"));
    let counted = (0..10).fold("true".to_owned(), |inner, level| format!("[0,1,2,3,4,5,6,7,8,9].exists_one(x{level}, {inner})"));
    let mapped = (0..8).fold("1".to_owned(), |inner, level| format!("[0,1,2,3,4,5,6,7,8,9].map(x{level}, {inner})"));
    let replaced = format!("'xxxxxxxxxx'{} == ''", ".replace('x', 'xxxxxxxxxx')".repeat(10));
    let emptied = format!("'x'{} == ''", ".replace('', 'xxxxxxxxxx')".repeat(10));
    let burning = [
        nested.as_str(),
        &never,
        &counted,
        &format!("{mapped} == []"),
        &replaced,
        &emptied,
        // Nothing in an expression catches the end of a budget.
        &format!("({nested}) || true"),
        &format!("!({nested}) && false"),
        &format!("[{nested}].exists(x, true) || true"),
        &format!("{{'a': {nested}}}.?a.orValue(true)"),
        "object.list.all(a, object.list.all(b, a != b || a == b))",
        "object.list.all(k, v, object.list.all(l, w, v != w || k == l))",
        "object.list.transformList(k, v, object.list.map(a, a)) == []",
        "object.list.map(a, object.list.map(b, a + b)) == []",
        "object.list.map(a, object.list.join(',')).join(',') == ''",
        "[object.text, object.text, object.text, object.text, object.text, object.text].join(object.text) == ''",
        "object.list.join(object.text) == ''",
        "object.text.split('').size() == 0",
        "object.text.findAll('a').size() == 0",
        "object.list.exists(a, object.text.matches('(a{1,50}){1,50}b'))",
        "object.list.exists(a, object.text.matches('a{5}b{5}c{5}'))",
        "object.list.exists(a, a.matches('(' + a + '){50}{50}'))",
        "object.text.indexOf(object.text + 'b') == 0",
        "lists.range(1000000).size() == 0",
        "lists.range(100000).map(x, lists.range(100000)).size() == 0",
        "lists.range(90000).sort().sort().sort().sort() == []",
        "lists.range(50000).distinct().size() == 0",
        "sets.contains(lists.range(20000), lists.range(20000))",
        "[object.list, object.list].map(x, [x, x].flatten()).map(x, [x, x].flatten()).map(x, [x, x].flatten()).map(x, [x, x].flatten()).map(x, [x, x].flatten()).map(x, [x, x].flatten()).map(x, [x, x].flatten()).map(x, [x, x].flatten()) == []",
        "object.list.all(a, '%s%s%s'.format([object.text, object.text, object.text]) != '')",
        "object.list.all(a, object.list.indexOf('z') == -1 && object.list.indexOf('z') == -1)",
        "object.list.all(a, !('z' in object.list) && !('y' in object.list) && !('x' in object.list))",
        "object.list.all(a, object.list == object.list && object.list == object.list)",
        "object.list.all(a, object.text + a > object.text + a || true)",
    ];
    let free: Vec<&str> = burning.into_iter().filter(|expression| cost_of(expression, &[]).is_none()).collect();
    assert!(free.is_empty(), "{free:#?}");
    for expression in
        ["object.list[9223372036854775807] == ''", "object.list[-1] == ''", "'a'.substring(9223372036854775807) == ''"]
    {
        assert_eq!(cost_of(expression, &[]), None, "{expression} is an error of another kind");
    }
}

#[test]
fn variables_that_double_are_refused() {
    let doubled = |first: &str, step: &str| -> Vec<(String, String)> {
        let mut variables = vec![("v0".to_owned(), first.to_owned())];
        variables.extend((1..24).map(|level| (format!("v{level}"), step.replace("LAST", &format!("variables.v{}", level - 1)))));
        variables
    };
    for (first, step, compared) in [
        ("'xxxxxxxxxxxxxxxx'", "LAST + LAST", "''"),
        ("[1, 2, 3, 4]", "LAST + LAST", "[]"),
        ("[1, 2, 3, 4]", "[LAST, LAST]", "[]"),
        ("{'a': 'b'}", "{'a': LAST, 'b': LAST}", "{}"),
        ("'xxxxxxxxxxxxxxxx'", "[LAST, LAST].join('')", "''"),
    ] {
        let variables = doubled(first, step);
        let variables: Vec<(&str, &str)> = variables.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert!(cost_of(&format!("variables.v23 == {compared}"), &variables).is_some(), "{step}");
    }
}

#[test]
fn an_object_has_a_budget_beside_that_of_each_expression() {
    let language = Language::new();
    let rule = language.compile("lists.range(900).all(a, lists.range(100).all(b, a + b >= 0))").unwrap();
    let scope = Scope::new(Tree::map([]), Tree::map([]), Tree::map([]), &[]);
    let verdicts: Vec<Option<Limit>> = (0..200)
        .map(|_| match evaluate(&rule, &scope) {
            Verdict::Error(failure) => failure.limit,
            _ => None,
        })
        .collect();
    let first = verdicts.iter().position(Option::is_some).expect("the budget ends");
    assert!(first > 10, "{first}");
    assert!(verdicts[first..].iter().all(|limit| *limit == Some(Limit::ObjectCost)));
    let long = language.compile("lists.range(2000).map(x, 'abcdef').join('')").unwrap();
    let scope = Scope::new(Tree::map([]), Tree::map([]), Tree::map([]), &[]);
    assert_eq!(text(&long, &scope).unwrap_err().limit, Some(Limit::MessageBytes));
}

fn own(items: &str) -> String {
    format!(
        "schema: 1\nname: acme\nversion: \"7\"\nextends: production@2026.12\ngroups: [{{ id: g, title: {{ en: G }} }}]\nitems:\n{items}"
    )
}

fn item(id: &str, check: &str, cases: usize) -> String {
    let case = "{ name: a, pass: \"{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}}\" }";
    format!(
        "  - {{ id: {id}, group: g, title: {{ en: X }}, asks: x, why: x, severity: {{ tier-1: error, tier-2: error, tier-3: error }},\n      \
         rule: {{ kinds: [workloads], check: \"{check}\", message: m, fix: f }}, cases: [{}] }}\n",
        vec![case; cases].join(", ")
    )
}

#[test]
fn a_checklist_of_ones_own_is_bounded() {
    let limits = |text: &str| -> Vec<Option<Limit>> {
        let own = match OwnChecklist::load("acme.yaml", text) {
            Ok(own) => own,
            Err(faults) => return faults.iter().map(|fault| fault.limit).collect(),
        };
        Rules::compile_own(&own).err().unwrap_or_default().iter().map(|fault| fault.limit).collect()
    };
    let many = |count: usize, check: &str| (0..count).map(|number| item(&format!("acme-{number}"), check, 1)).collect::<String>();
    assert_eq!(limits(&own(&many(3, "true"))), []);
    assert_eq!(limits(&own(&many(500, "true"))), [Some(Limit::Items)]);
    assert_eq!(limits(&own(&item("acme-x", "true", 101))), [Some(Limit::Cases)]);
    assert_eq!(limits(&format!("{}#{}", own(&many(1, "true")), "x".repeat(1 << 20))), [Some(Limit::ChecklistBytes)]);
    assert_eq!(limits(&own(&item("acme-x", &"(".repeat(100_000), 1))), [Some(Limit::ExpressionBytes)]);
    assert_eq!(limits(&own(&item("acme-x", &format!("1{} == 1", " + 1".repeat(200)), 1))), [Some(Limit::ExpressionDepth)]);
    let patterns = "'a'.matches('a') && 'a'.matches('b') && 'a'.matches('c') && 'a'.matches('d')";
    assert_eq!(limits(&own(&many(60, patterns))), [Some(Limit::Patterns)]);
}

#[test]
fn what_an_own_rule_costs_is_an_error_of_its_item_at_the_object() {
    let nested = (0..10).fold("true".to_owned(), |inner, level| format!("[0,1,2,3,4,5,6,7,8,9].all(x{level}, {inner})"));
    let own = OwnChecklist::load("acme.yaml", &own(&item("acme-x", &nested, 1))).unwrap();
    let report = checked_by(&Rules::compile_own(&own).unwrap(), &[&deployment("x", "x")]);
    let of_item: Vec<&Finding> = report.findings.iter().filter(|finding| finding.item == "acme-x").collect();
    let [finding] = of_item.as_slice() else { panic!("{of_item:?}") };
    assert_eq!((finding.limit, finding.object.as_deref()), (Some(Limit::ExpressionCost), Some("Deployment/x")));
    assert!(finding.message.contains("10,000,000 units of cost"), "{}", finding.message);
    assert_eq!(serde_json::to_value(finding).unwrap()["limit"], "expression-cost");
}

#[test]
fn no_template_burns_the_machine() {
    let edition = Edition::newest().unwrap();
    let mut answers = Answers::default();
    answers.add_file("", "name: shop\nimage: r.example.com/a/b:1.0\nports: [{ port: 8080 }]\n").unwrap();
    let (_, plan) = edition.plan(&answers).unwrap();
    let render = |template: &str| {
        let objects = vec![ObjectTemplate { file: "x.yaml".to_owned(), template: "t".to_owned(), when: None }];
        let blueprint = Blueprint { objects, ..edition.renderer.blueprint().clone() };
        let files: &'static [(&'static str, &'static str)] = vec![("t", &*template.to_owned().leak())].leak();
        Renderer::new(blueprint, files).render(&plan).expect_err(template)
    };
    let grown = |start: &str, step: &str, times: usize, last: &str| {
        format!(
            "{{% set ns = namespace(x={start}) %}}{{% for i in range({times}) %}}{{% set ns.x = {step} %}}{{% endfor %}}\
             {{{{ ns.x{last} }}}}"
        )
    };
    let (text, list) = ("'aaaaaaaaaaaaaaaa'", "[1, 2, 3, 4]");
    for template in [
        grown(text, "ns.x ~ ns.x", 40, "|length"),
        grown(text, "ns.x + ns.x", 40, "|length"),
        grown(text, "ns.x|replace('a', 'aaaa')", 30, "|length"),
        grown(text, "[ns.x, ns.x]|join", 40, "|length"),
        grown(text, "ns.x|upper ~ ns.x|lower", 40, "|length"),
        grown(list, "ns.x + ns.x", 22, "|list|length"),
        grown(list, "ns.x + ns.x", 22, "|sort|length"),
        grown(list, "ns.x + ns.x", 22, "|reverse|length"),
        grown(list, "ns.x + ns.x", 22, "|join('')|length"),
        "{% for i in range(90000) %}{{ range(90000)|batch(1, 'a')|list|length }}{% endfor %}".to_owned(),
        "{{ 'a'|indent(900000000) }}".to_owned(),
        "{{ ('a' * 900000000)|length }}".to_owned(),
        "{{ 'a\\nb'|block(900000000) }}".to_owned(),
        "{% for i in range(90000) %}{% for j in range(90000) %}x{% endfor %}{% endfor %}".to_owned(),
        // Within the fuel, and too long all the same.
        format!("{{% set x = '{}' %}}{{% for i in range(300) %}}{{{{ x|safe }}}}{{% endfor %}}", "a".repeat(64 << 10)),
    ] {
        let error = render(&template);
        let by_limit = matches!(error, BlueprintError::Beyond { limit: Limit::Fuel | Limit::OutputBytes, .. });
        assert!(by_limit, "{template}: {error}");
    }
    for template in [
        "{{ range(100000000)|list|length }}",
        "{{ '%900000000d'|format(1)|length }}",
        "{{ 9 ** 99 }}",
        "{% include 't' %}",
        // Ways out of a sandbox, as other engines have had them.
        "{{ ''.__class__.__mro__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ namespace.__init__ }}",
        "{{ 'x'|attr('__class__') }}",
        "{{ debug() }}",
        "{% include '/etc/passwd' %}",
        "{% import '../t' as t %}",
    ] {
        assert!(render(template).to_string().len() < 1_000, "{template}");
    }
}
