//! Versions side by side: what pins give, which go together, and what a new version brings.

use plimsoll::checklist;

use crate::organisation::items_of;
use crate::support::sandbox::Sandbox;

const SERVICE: &str = "name: checkout\nimage: registry.example.com/shop/checkout:1.4.2\nports: [{ port: 8080 }]\n";

#[test]
fn a_pin_gives_what_it_gave_and_the_newest_brings_more() {
    let sandbox = Sandbox::new();
    let made = |name: &str, pins: &str| {
        sandbox.write("answers.yaml", &format!("{SERVICE}{pins}"));
        sandbox.run(&["new", name, "--values", "answers.yaml", "--no-commit"]).exits(0);
        sandbox.read(&format!("{name}/k8s/deployment.yaml"))
    };
    let both = made("both", "checklist: production@2026.11\nblueprint: web-service@1.0.0\n");
    let old = made("old", "checklist: production@2026.11\n");
    let new = made("new", "");
    assert_eq!(both, old);
    assert_eq!(made("named", "checklist: production\nblueprint: web-service\n"), new);
    assert!(!old.contains("enableServiceLinks") && new.contains("      enableServiceLinks: false\n"), "{new}");
    let locked = |name: &str| {
        let lock = sandbox.read(&format!("{name}/plimsoll.lock"));
        let versions: Vec<&str> = lock.lines().filter_map(|line| line.strip_prefix("  version: ")).collect();
        versions.join(" ")
    };
    assert_eq!((locked("both"), locked("old")), ("1.0.0 \"2026.11\"".to_owned(), "1.0.0 \"2026.11\"".to_owned()));
    assert_eq!(locked("new"), "1.1.0 \"2026.12\"");
    // Each holds by its own checklist; the new one finds in the old what it brings.
    for name in ["both", "old", "new"] {
        assert!(items_of(&sandbox.run(&["check", name, "--format", "json"]).exits(0)).is_empty(), "{name}");
    }
    let found = sandbox.run(&["check", "both", "--checklist", "production", "--format", "json", "--fail-on", "warning"]).exits(1);
    assert_eq!(items_of(&found), ["no-service-links"]);
}

#[test]
fn every_version_is_at_hand_where_a_checklist_is_named() {
    let sandbox = Sandbox::new();
    let newest = checklist::SHIPPED.last().unwrap().id;
    for shipped in checklist::SHIPPED {
        let table = sandbox.run(&["checklist", "--checklist", shipped.id]).exits(0).stdout;
        assert!(table.starts_with(&format!("{} ·", shipped.id)), "{table}");
        let stream = sandbox.run(&["checklist", "export", "--as", "admission-policy", "--checklist", shipped.id]).exits(0).stdout;
        assert!(stream.starts_with(&format!("# {}:", shipped.id)), "{stream}");
        assert_eq!(stream.contains("-no-service-links"), shipped.id == newest);
    }
    let explain = |list: &str| sandbox.run(&["explain", "no-service-links", "--checklist", list]);
    explain("production").exits(0);
    let missing = explain("production@2026.11").exits(2);
    assert!(missing.stderr.contains("no item `no-service-links`"), "{}", missing.stderr);
}

#[test]
fn a_pair_that_does_not_go_together_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.write("acme.yaml", "schema: 1\nname: acme\nversion: '7'\nextends: production\n");
    sandbox.write("plimsoll.yaml", &format!("{SERVICE}checklist: ./acme.yaml\nblueprint: web-service@1.0.0\nscle: 3\n"));
    let own = sandbox.run(&["render"]).exits(2).stderr;
    for part in [
        "plimsoll.yaml:5:1: blueprint: web-service@1.0.0 does not go with acme@7 (extends production@2026.12)",
        "hint: write `blueprint: web-service`, or let acme extend production@2026.11",
        "scle: is not a known field",
    ] {
        assert!(own.contains(part), "{own}");
    }
    sandbox.write("plimsoll.yaml", &format!("{SERVICE}checklist: production@2026.11\nblueprint: web-service@1.0.0\n"));
    sandbox.run(&["render"]).exits(0);
    let flag = sandbox.run(&["render", "--checklist", "production"]).exits(2).stderr;
    assert!(flag.contains("plimsoll.yaml:5:1: blueprint: web-service@1.0.0 does not go with production@2026.12"), "{flag}");
}

#[test]
fn a_waiver_leaves_the_variables_to_kubernetes() {
    let sandbox = Sandbox::new();
    let waiver = "waivers: [{ item: no-service-links, reason: r, owner: o, expires: 2027-03-01 }]\n";
    sandbox.write("plimsoll.yaml", &format!("{SERVICE}{waiver}"));
    assert!(!sandbox.run(&["render"]).exits(0).stdout.contains("enableServiceLinks"));
}
