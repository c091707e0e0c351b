//! From one version of the checklist to the next.

use super::{CART, add, cart, commit, edit, log, state};
use crate::support::sandbox::Sandbox;

const FLOATING: &str = "name: cart\ntier: 2\nimage: registry.example.com/shop/cart:1.0.0\nports:\n  - port: 8080\n";

#[test]
fn a_pin_keeps_its_version() {
    let sandbox = cart();
    let run = sandbox.run(&["update", "--check"]).exits(0);
    assert_eq!(run.stdout, "cart: up to date with production@2026.11\n");
}

#[test]
fn to_moves_the_pin_and_nothing_else_of_the_service_file() {
    let sandbox = Sandbox::repository();
    let service = CART.replace("blueprint: web-service@1.0.0\n", "blueprint: web-service # the newest\n");
    add(&sandbox, ".", &service.replace("checklist: production@2026.11", "checklist: production@2026.11 # agreed"));
    let before = state(&sandbox);
    sandbox.run(&["update", "--to", "2026.12", "--check"]).exits(1);
    assert_eq!(state(&sandbox), before);
    sandbox.run(&["update", "--to", "2026.12"]).exits(0);
    let expected = service.replace("checklist: production@2026.11", "checklist: production@2026.12 # agreed");
    assert_eq!(sandbox.read("plimsoll.yaml"), expected);
    assert_eq!(log(&sandbox)[0], "Update cart to production@2026.12 and web-service@1.1.0");
    assert!(sandbox.read("k8s/deployment.yaml").contains("enableServiceLinks: false"));
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    sandbox.run(&["check"]).exits(0);
    let before = state(&sandbox);
    sandbox.run(&["update", "--to", "production@2026.12"]).exits(0);
    assert_eq!(state(&sandbox), before);
}

#[test]
fn a_pin_that_no_update_has_moved_to_is_told_of_and_held_against_what_ships() {
    let sandbox = Sandbox::repository();
    add(&sandbox, ".", FLOATING);
    let rendered = sandbox.run(&["render"]).exits(0);
    assert_eq!(rendered.stderr, "");
    sandbox.write("plimsoll.yaml", &format!("{FLOATING}checklist: production@2026.11\n"));
    let hint = "hint: plimsoll.yaml names another checklist or blueprint than plimsoll.lock, which decides here: \
        `plimsoll update` moves to it\n";
    for command in ["check", "render"] {
        let run = sandbox.run(&[command]).exits(0);
        assert_eq!(run.stderr, hint, "{command}");
        assert!(command == "check" || run.stdout == rendered.stdout);
    }
    sandbox.run(&["update", "--check"]).exits(1);
    for (field, name) in [("checklist", "production@2031.01"), ("blueprint", "wep-service")] {
        sandbox.write("plimsoll.yaml", &format!("{FLOATING}{field}: {name}\n"));
        for command in ["check", "render"] {
            let run = sandbox.run(&[command]).exits(2);
            let expected = format!("plimsoll.yaml:6:1: {field}: the {field} `{name}` does not ship with this Plimsoll");
            assert!(run.stderr.contains(&expected), "{}", run.stderr);
        }
    }
}

#[test]
fn a_service_without_a_pin_is_pinned_by_to() {
    let sandbox = Sandbox::repository();
    add(&sandbox, ".", FLOATING);
    sandbox.run(&["update", "--to", "2026.11"]).exits(0);
    assert_eq!(sandbox.read("plimsoll.yaml"), format!("{FLOATING}checklist: production@2026.11\n"));
    assert_eq!(log(&sandbox)[0], "Update cart to production@2026.11 and web-service@1.0.0");
}

#[test]
fn a_version_that_does_not_ship_or_go_together_is_refused() {
    let sandbox = cart();
    let run = sandbox.run(&["update", "--to", "2031.01"]).exits(2);
    assert!(run.stderr.contains("--to 2031.01: checklist: ") && run.stderr.contains("production@2026.12"), "{}", run.stderr);
    let run = sandbox.run(&["update", "--to", "2026.12"]).exits(2);
    assert!(run.stderr.contains("web-service@1.0.0 does not go with production@2026.12"), "{}", run.stderr);
    assert!(run.stderr.contains("write `blueprint: web-service`, or"), "{}", run.stderr);
}

#[test]
fn each_change_names_what_the_new_checklist_asks() {
    let sandbox = cart();
    edit(&sandbox, "plimsoll.yaml", "blueprint: web-service@1.0.0\n", "");
    edit(&sandbox, "plimsoll.yaml", "cart:1.0.0", "cart:1.1.0");
    let run = sandbox.run(&["update", "--to", "2026.12", "--check"]).exits(1);
    for line in [
        "  checklist production@2026.11 → production@2026.12\n",
        "    added: ",
        ", no-service-links (warning)",
        "    raised: signals-reach-app warning → error\n",
        "    changed: graceful-stop min-seconds 5 → 10 seconds, graceful-stop pre-stop-seconds 10 → 20 seconds\n",
        "  blueprint web-service@1.0.0 → web-service@1.1.0\n",
        "  plimsoll.yaml was edited\n",
        "+ spec.template.spec.enableServiceLinks: false (no-service-links); restarts Pods\n",
        "preStop.sleep.seconds: 10 → 20 (graceful-stop); restarts Pods\n",
        "shop/cart:1.1.0 (plimsoll.yaml; image-pinned, pull-policy); restarts Pods\n",
    ] {
        assert!(run.stdout.contains(line), "no `{line}` in\n{}", run.stdout);
    }
    assert_eq!(run.stderr, "hint: an update is pending: `plimsoll update --to 2026.12` makes it\n");
}

#[test]
fn an_own_checklist_that_was_edited_is_named() {
    let sandbox = Sandbox::repository();
    let own = "schema: 1\nname: acme\nversion: '1'\nextends: production@2026.12\nparameters:\n  min-replicas:\n    replicas: { tier-1: 3, tier-2: 2, tier-3: 2 }\n";
    sandbox.write("acme.yaml", own);
    add(&sandbox, ".", &FLOATING.replace("tier: 2\n", "tier: 2\nchecklist: ./acme.yaml\n"));
    sandbox.write("acme.yaml", &own.replace("tier-2: 2", "tier-2: 4"));
    commit(&sandbox);
    let run = sandbox.run(&["update", "--check"]).exits(1);
    assert!(run.stdout.contains("  checklist acme@1 was edited\n"), "{}", run.stdout);
    assert!(run.stdout.contains("spec.minReplicas: 2 → 4 (min-replicas); no restart"), "{}", run.stdout);
    sandbox.run(&["update"]).exits(0);
    assert_eq!(log(&sandbox)[0], "Update cart to acme@1");
    let run = sandbox.run(&["update", "--to", "2026.12"]).exits(2);
    assert!(run.stderr.contains("is ./acme.yaml, a checklist of your own, which --to does not move"), "{}", run.stderr);
}
