//! What the programs that read reports hold them to, beyond the goldens.

use std::collections::BTreeSet;

use plimsoll::check::{Cause, Finding, NotJudged, Report, WhyNot};
use plimsoll::cli::report::{ReportFormat, schema_of_type};
use plimsoll::yaml::{load_one, shape};
use serde_json::Value as Json;

use super::{FILES, cases, written};
use crate::check::{check_texts, rules};

#[test]
fn json_has_the_shape_that_is_published() {
    for (case, report) in cases::all() {
        let mut node = load_one("report.json", &written(ReportFormat::Json, &report)).unwrap();
        assert_eq!(shape::check(&schema_of_type(), &mut node), [], "{case}");
    }
}

fn sarif(report: &Report) -> Json {
    serde_json::from_str(&written(ReportFormat::Sarif, report)).unwrap()
}

fn fingerprints(run: &Json) -> Vec<&str> {
    let results = run["results"].as_array().unwrap();
    results.iter().map(|result| result["partialFingerprints"]["plimsollFinding/v1"].as_str().unwrap()).collect()
}

#[test]
fn sarif_is_consistent_in_itself() {
    for (case, report) in cases::all() {
        let log = sarif(&report);
        assert_eq!((&log["version"], log["runs"].as_array().unwrap().len()), (&Json::from("2.1.0"), 1), "{case}");
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), report.findings.len() + report.waived.len(), "{case}");
        let used: BTreeSet<&str> = results.iter().map(|result| result["ruleId"].as_str().unwrap()).collect();
        assert_eq!(rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect::<BTreeSet<_>>(), used, "{case}");
        assert_eq!(rules.len(), used.len(), "{case}: a rule stands twice");
        for (index, result) in results.iter().enumerate() {
            let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[rule]["id"], result["ruleId"], "{case}");
            assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()), "{case}");
            assert_eq!(result["suppressions"].as_array().unwrap().len(), usize::from(index >= report.findings.len()), "{case}");
            let place = &result["locations"][0]["physicalLocation"];
            assert!(place["region"]["startLine"].as_u64() > Some(0) && place["region"]["startColumn"].as_u64() > Some(0));
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            assert!(uri.chars().all(|c| c.is_ascii_alphanumeric() || "-._~/%".contains(c)), "{case}: {uri}");
        }
        let prints = fingerprints(run);
        assert_eq!(prints.iter().collect::<BTreeSet<_>>().len(), prints.len(), "{case}: a fingerprint stands twice");
        let notes = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
        let causes = report.findings.iter().filter(|finding| matches!(finding.cause, Cause::RuleError | Cause::Unreadable));
        let errors = notes.iter().filter(|note| note["level"] == "error").count();
        assert_eq!(errors, causes.count() + usize::from(report.objects == 0), "{case}");
        assert_eq!(run["invocations"][0]["executionSuccessful"], Json::from(errors == 0), "{case}");
    }
}

#[test]
fn a_finding_is_known_again_after_its_line_and_words_have_changed() {
    let (_, report) = cases::all().pop().unwrap();
    let mut moved = report.clone();
    for finding in &mut moved.findings {
        finding.line += 7;
        finding.file = format!("moved/{}", finding.file);
        finding.message.push('!');
    }
    assert_eq!(fingerprints(&sarif(&report)["runs"][0]), fingerprints(&sarif(&moved)["runs"][0]));
}

#[test]
fn junit_is_well_formed_and_counts_what_it_holds() {
    for (case, report) in cases::all() {
        let text = written(ReportFormat::Junit, &report);
        let document = roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{case}: {error}"));
        let count = |node: roxmltree::Node, tag: &str| node.descendants().filter(|node| node.has_tag_name(tag)).count();
        for node in document.descendants().filter(|node| node.has_tag_name("testsuites") || node.has_tag_name("testsuite")) {
            for (attribute, tag) in [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]
            {
                assert_eq!(node.attribute(attribute), Some(count(node, tag).to_string().as_str()), "{case}: {attribute}");
            }
        }
        let suites: Vec<_> = document.root_element().children().filter_map(|node| node.attribute("name")).collect();
        // What no file stands for is told in a suite of its own.
        let of_texts: Vec<_> = suites.iter().filter(|name| **name != "plimsoll").copied().collect();
        assert_eq!(of_texts, report.texts, "{case}");
        let names: Vec<_> = document.descendants().filter(|node| node.has_tag_name("testcase")).collect();
        let known: BTreeSet<_> = names.iter().map(|node| (node.attribute("classname"), node.attribute("name"))).collect();
        assert_eq!(known.len(), names.len(), "{case}: a test case stands twice");
    }
}

#[test]
fn every_annotation_is_one_command() {
    for (case, report) in cases::all() {
        let text = written(ReportFormat::Github, &report);
        let lines: Vec<&str> = text.lines().collect();
        let reasons: BTreeSet<_> = report.not_judged.iter().map(|it| it.why).collect();
        let nothing = usize::from(report.objects == 0 && report.findings.is_empty());
        assert_eq!(lines.len(), report.findings.len() + reasons.len() + nothing + 1, "{case}");
        let (summary, commands) = lines.split_last().unwrap();
        assert!(!summary.contains("::"), "{case}");
        for command in commands {
            let (head, _) = command.strip_prefix("::").and_then(|rest| rest.split_once("::")).unwrap();
            let (level, properties) = head.split_once(' ').unwrap_or((head, ""));
            assert!(["error", "warning", "notice"].contains(&level), "{case}: {command}");
            // What is not judged, and that there was nothing, stands in no file.
            if properties.is_empty() {
                continue;
            }
            let keys: Vec<&str> = properties.split(',').map(|property| property.split('=').next().unwrap()).collect();
            assert_eq!(keys, ["file", "line", "col", "title"], "{case}: {command}");
        }
    }
}

#[test]
fn a_comment_fits_and_its_table_keeps_its_columns() {
    let (_, everything) = cases::all().remove(2);
    let long = |text: &mut String| *text = format!("{text}{}", "<|`".repeat(400));
    let mut hostile = everything.clone();
    let finding: Finding = everything.findings[5].clone();
    hostile.findings = vec![finding; 200];
    for finding in &mut hostile.findings {
        for text in [&mut finding.message, &mut finding.file, &mut finding.item, &mut finding.field] {
            long(text);
        }
    }
    hostile.not_seen = vec![everything.not_seen[2].clone(); 500];
    hostile.not_seen.iter_mut().for_each(|seen| long(&mut seen.object));
    hostile.waived = vec![everything.waived[1].clone(); 500];
    hostile.waived.iter_mut().for_each(|waived| long(&mut waived.reason));
    let not_judged = |why| (0..100).map(move |index| NotJudged { why, kind: format!("{index}{}", "|".repeat(900)), count: 1 });
    hostile.not_judged =
        [WhyNot::NoItem, WhyNot::Patch, WhyNot::Component, WhyNot::Kustomization].into_iter().flat_map(not_judged).collect();
    for report in cases::all().into_iter().map(|(_, report)| report).chain([hostile]) {
        let text = written(ReportFormat::Markdown, &report);
        assert!(text.len() < 65_536, "{}", text.len());
        for row in text.lines().filter(|line| line.starts_with('|')) {
            assert_eq!(row.replace("\\\\", "").replace("\\|", "").matches('|').count(), 7, "{row}");
        }
    }
}

#[test]
fn no_format_lets_control_characters_through() {
    for (case, report) in cases::all() {
        for (format, _) in FILES {
            let text = written(*format, &report);
            let controls: Vec<char> = text.chars().filter(|c| c.is_control() && !['\n', '\t'].contains(c)).collect();
            assert!(controls.is_empty(), "{case}: {format:?} {controls:?}");
        }
    }
}

#[test]
fn no_format_shows_a_secret_that_is_reported() {
    let texts = [
        (
            "block.yaml",
            "spec:\n  containers:\n    - name: a\n      env:\n        - name: DB_PASSWORD\n          value: hunter2\n",
        ),
        ("flow.yaml", "spec: {containers: [{name: a, image: x, env: [{name: A, value: b}, {name: TOKEN, value: hunter2}]}]}\n"),
        ("one-line.json", r#""spec": {"containers": [{"name": "a", "env": [{"name": "API_KEY", "value": "hunter2"}]}]}}"#),
    ];
    let pod = |(name, spec): (&'static str, &str)| {
        let head = if spec.starts_with('"') { r#"{"apiVersion": "v1", "kind": "Pod", "# } else { "apiVersion: v1\nkind: Pod\n" };
        (name, format!("{head}{spec}"))
    };
    let map = ("map.yaml", "apiVersion: v1\nkind: ConfigMap\ndata:\n  \"db.url\": postgres://me:hunter2@db/x\n".to_owned());
    let texts: Vec<(&str, String)> = texts.into_iter().map(pod).chain([map]).collect();
    let texts: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let report = check_texts(rules(), 1, &texts);
    let secret = report.findings.iter().filter(|finding| finding.item == "secrets-by-reference");
    let shown: Vec<&str> = secret.map(|finding| finding.excerpt.trim_start_matches(['*', ' '])).collect();
    assert_eq!(shown, ["value: ***", "value: ***", "\"db.url\": ***", "\"value\": ***"], "{:#?}", report.findings);
    for (format, _) in FILES {
        let text = written(*format, &report);
        assert!(text.contains("secrets-by-reference") && !text.contains("hunter2"), "{format:?}: {text}");
    }
}

#[test]
fn no_format_shows_all_of_a_very_long_line() {
    let containers: Vec<String> =
        (0..100).map(|n| format!("{{\"name\": \"c{n}\", \"image\": \"registry.example.com/app-{n}\"}}")).collect();
    let text =
        format!("{{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"spec\": {{\"containers\": [{}]}}}}", containers.join(", "));
    let report = check_texts(rules(), 1, &[("pod.json", &text)]);
    let last = report.findings.iter().rfind(|finding| finding.item == "image-pinned").unwrap();
    assert!(last.excerpt.contains("\"image\": \"registry.example.com/app-99\""), "{last:#?}");
    for (format, _) in FILES {
        let longest = written(*format, &report).lines().map(str::len).max().unwrap();
        assert!(longest < 5_000, "{format:?}: {longest}");
    }
}
