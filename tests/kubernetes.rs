//! What Kubernetes would say of objects, said by `check` before any rule.

use std::fs;

use plimsoll::check::{Cause, Report};

use crate::support::golden;
use crate::support::judge::{check_whole, rules, shown};
use crate::support::sandbox::Sandbox;

fn said(report: &Report) -> String {
    shown(report).iter().map(|line| format!("{line}\n")).collect()
}

/// A case is a folder with its input; the version stands behind `@` in its name.
#[test]
fn every_case_is_told_as_its_golden_says() {
    let mut faults = Vec::new();
    for case in golden::cases("kubernetes") {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let version = name.split_once('@').map_or("1.37", |(_, version)| version);
        let text = fs::read_to_string(case.join("input.yaml")).unwrap();
        let mut report = check_whole(rules(), version, &[("input.yaml", &text)]);
        // An object that is refused is told nothing else.
        let refused = |object: &Option<String>| {
            report.findings.iter().any(|finding| finding.cause == Cause::Refused && finding.object == *object)
        };
        let others = report.findings.iter().filter(|finding| finding.cause != Cause::Refused && refused(&finding.object));
        assert_eq!(others.map(|finding| &finding.item).collect::<Vec<_>>(), [""; 0], "{name}");
        assert!(!report.is_incomplete(), "{name}");
        report.findings.retain(|finding| matches!(finding.cause, Cause::Refused | Cause::Dropped | Cause::Warned));
        faults.extend(golden::compare(&case.join("said.txt"), &said(&report)).err());
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_is_dropped_can_be_waived_and_what_is_refused_cannot() {
    let sandbox = Sandbox::new();
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostUsers: false, containers: [{name: a, image: 'a:1'}]}\n";
    sandbox.write("pod.yaml", pod);
    sandbox.write("waivers.yaml", &waiver("kubernetes-drops"));
    let check = |waivers: &str| {
        sandbox.run(&["check", "pod.yaml", "--kubernetes", "1.29", "--waivers", waivers, "--today", "2026-11-20"]).stdout
    };
    let told = check("waivers.yaml");
    assert!(told.contains("1 waived") && !told.contains("warning[kubernetes-drops]"), "{told}");
    sandbox.write("waivers.yaml", &waiver("kubernetes-refuses"));
    let told = check("waivers.yaml");
    assert!(told.contains("`kubernetes-refuses` cannot be waived") && told.contains("warning[kubernetes-drops]"), "{told}");
    let refused = sandbox.run(&["check", "pod.yaml", "--kubernetes", "foo"]).exits(2);
    assert!(refused.stderr.contains("known are 1.29 to 1.37"), "{}", refused.stderr);
    sandbox.write("pod.yaml", &pod.replace("containers", "containerss"));
    sandbox.run(&["check", "pod.yaml"]).exits(1);
}

fn waiver(item: &str) -> String {
    format!("waivers:\n  - {{ item: {item}, reason: not yet, owner: shop, expires: 2027-01-31 }}\n")
}
