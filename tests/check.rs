//! The checklist held against manifests: what we render is clean, and what is wrong is found.

use std::fs;
use std::path::Path;

use plimsoll::check::Rules;
use plimsoll::checklist::Checklist;
use plimsoll::manifest::Workload;
use plimsoll::ops::Editions;
use plimsoll::service::{Answers, Tier};
use serde_json::{Value, json};

use crate::support::golden;
pub use crate::support::judge::{all_rules, check_service, check_texts, check_texts_for, rules, rules_of, shown, with_params};

#[test]
fn the_shipped_rules_misspell_nothing() {
    let faults: Vec<String> = all_rules().iter().flat_map(Rules::misspelt).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn one_number_that_two_items_hold_is_the_same_in_both() {
    for Rules { checklist, .. } in all_rules() {
        for tier in [1, 2, 3].map(Tier) {
            assert_eq!(checklist.param("min-replicas", "replicas", tier), checklist.param("hpa-bounds", "replicas", tier));
        }
    }
}

#[test]
fn rules_see_the_pods_where_each_kind_keeps_them() {
    for rules in all_rules() {
        for kind in &rules.checklist.kinds["workloads"] {
            let workload = Workload::of_kind(kind).unwrap_or_else(|| panic!("{kind} is in no table"));
            let pod = json!({"spec": {"hostNetwork": true, "containers": [{"name": "app", "image": "a:1"}]}});
            let wrap = |inside: Value, key: &str| json!({key: inside});
            let keys: Vec<&str> = workload.template_keys().collect();
            let mut object = keys.into_iter().rev().fold(pod, wrap);
            object["apiVersion"] = json!(workload.api_version());
            object["kind"] = json!(kind);
            object["metadata"] = json!({"name": "cart"});
            let report = check_texts(rules, 1, &[("cart.json", &object.to_string())]);
            let found = report.findings.iter().find(|finding| finding.item == "no-host-access");
            assert_eq!(found.map(|finding| finding.field.clone()), Some(workload.in_template("spec.hostNetwork")), "{kind}");
        }
        let of_one_kind = fields_of_one_kind(&rules.checklist);
        assert!(of_one_kind.is_empty(), "write Pod in place of {of_one_kind:?}");
    }
}

/// The fields of items that are those of Pods, in one kind of workload alone: what shows an item in Pods shows it in
/// those of every kind.
pub fn fields_of_one_kind(checklist: &Checklist) -> Vec<&str> {
    let patterns = checklist.items.iter().flat_map(|item| &item.fields);
    patterns.map(String::as_str).filter(|pattern| pattern.contains(".spec.template")).collect()
}

#[test]
fn every_golden_render_is_clean() {
    let (editions, mut faults) = (Editions::default(), Vec::new());
    for case in golden::cases("render") {
        let text = fs::read_to_string(case.join("service.yaml")).unwrap();
        let mut answers = Answers::default();
        answers.add_file("service.yaml", &text).unwrap();
        let edition = editions.of_answers(&answers, &case).unwrap();
        let (service, plan) = edition.plan(&answers).unwrap();
        let report = check_service(rules_of(&edition.checklist_id()), &service, &edition.renderer.render(&plan).unwrap());
        // A waiver may lie ahead of its use, or cover what only a person sees.
        let real = shown(&report).into_iter().filter(|line| !line.contains("waives nothing"));
        faults.extend(real.map(|line| format!("{}: {line}", case.file_name().unwrap().to_string_lossy())));
        assert!(report.passed > 60, "{}: only {} passed", case.display(), report.passed);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_rule_has_a_passing_and_a_failing_case() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/check");
    let faults: Vec<String> = all_rules().iter().flat_map(|rules| faults_of_cases(rules, &cases)).collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// What does not hold of the cases of a checklist below a folder. They stand under the item's name, or, where an
/// older version of the checklist needs others, under the name with that version.
pub fn faults_of_cases(shipped: &Rules, root: &Path) -> Vec<String> {
    let mut faults = Vec::new();
    for item in shipped.checklist.items.iter().filter(|item| item.rule.is_some()) {
        let of_version = root.join(format!("{}@{}", item.id, shipped.checklist.version));
        let folder = if of_version.exists() { of_version } else { root.join(&item.id) };
        let own = with_params(shipped, &item.id, &folder.join("params.yaml"));
        let rules = own.as_ref().unwrap_or(shipped);
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
        let (pass, fail) = (read("pass.yaml"), read("fail.yaml"));
        if pass.is_empty() || fail.is_empty() {
            faults.push(format!("{}: pass.yaml or fail.yaml is missing", item.id));
            continue;
        }
        let found = |name: &str, text: &str| -> Vec<(u32, String)> {
            let report = check_texts(rules, 1, &[(name, text)]);
            let of_item = report.findings.iter().filter(|finding| finding.item == item.id);
            of_item.map(|finding| (finding.line, format!("{:?} {} {}", finding.cause, finding.field, finding.message))).collect()
        };
        for (line, what) in found("pass.yaml", &pass) {
            faults.push(format!("{}: pass.yaml:{line} fails: {what}", item.id));
        }
        let mut cases: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        cases.sort();
        for case in cases.iter().filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("fail")) {
            let text = fs::read_to_string(case).unwrap();
            let name = case.file_name().unwrap().to_string_lossy().into_owned();
            let marked: Vec<u32> =
                (1..).zip(text.lines()).filter(|(_, line)| line.contains("# <-- here")).map(|(number, _)| number).collect();
            let mut lines: Vec<u32> = found(&name, &text).iter().map(|(line, _)| *line).collect();
            lines.dedup();
            if marked.is_empty() {
                faults.push(format!("{}: {name} marks no line", item.id));
            } else if marked != lines {
                faults.push(format!("{}: {name} fails at {lines:?}, and the marked lines are {marked:?}", item.id));
            }
        }
    }
    faults
}

#[test]
fn items_name_fields_that_the_service_file_has() {
    for item in all_rules().iter().flat_map(|rules| &rules.checklist.items) {
        for field in &item.set_by {
            let route = plimsoll::yaml::Route::parse(field).unwrap();
            let known = plimsoll::yaml::shape::at(plimsoll::service::schema(), &route);
            assert!(known.is_some(), "{}: `{field}` is no field of the service file", item.id);
        }
    }
}
