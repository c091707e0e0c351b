//! A lock that was lost is made again, whichever command is tried first.

use crate::support::sandbox::Sandbox;

const CART: &str = "name: cart\ntier: 3\nchecklist: production@2026.11\nblueprint: web-service@1.0.0\n\
                    image: registry.example.com/shop/cart:1.0.0\nports:\n  - port: 8080\n";

/// A service with an edit by hand and without its lock.
fn lost() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("shop/cart/plimsoll.yaml", CART);
    sandbox.run(&["new", "shop/cart"]).exits(0);
    let text = sandbox.read("shop/cart/k8s/deployment.yaml").replace("revisionHistoryLimit: 3", "revisionHistoryLimit: 7");
    sandbox.write("shop/cart/k8s/deployment.yaml", &text);
    sandbox.git(&["rm", "--quiet", "shop/cart/plimsoll.lock"]);
    sandbox.git(&["commit", "--quiet", "--all", "--message=by hand"]);
    sandbox
}

#[test]
fn every_command_names_the_way_back() {
    let sandbox = lost();
    let before = sandbox.files();
    for args in [&["update", "shop/cart"][..], &["new", "shop/cart"], &["update", "shop/cart", "--check"]] {
        let run = sandbox.run(args).exits(2);
        assert!(run.stderr.contains("`plimsoll adopt shop/cart` makes the lock again"), "{args:?}: {}", run.stderr);
    }
    let run = sandbox.run(&["adopt", "shop/cart"]).exits(2);
    assert!(run.stderr.contains("write them with --yes"), "{}", run.stderr);
    sandbox.run(&["adopt", "shop/cart", "--dry-run"]).exits(0);
    let run = sandbox.run(&["adopt", "shop/cart", "--yes", "--tier", "1"]).exits(2);
    assert!(run.stderr.contains("edit that file"), "{}", run.stderr);
    assert_eq!(sandbox.files(), before);
}

#[test]
fn the_lock_is_made_again_and_edits_are_kept() {
    let sandbox = lost();
    let before = sandbox.files();
    let run = sandbox.run(&["adopt", "shop/cart", "--yes"]).exits(0);
    assert!(run.stdout.contains("k8s/deployment.yaml: spec.revisionHistoryLimit: 3 → 7"), "{}", run.stdout);
    let mut after = sandbox.files();
    after.retain(|(path, _)| path != "shop/cart/plimsoll.lock");
    assert_eq!(after, before);
    assert_eq!(sandbox.git(&["log", "-1", "--format=%s"]).trim(), "Make the lock of cart again");
    assert_eq!(sandbox.git(&["show", "--name-only", "--format=", "HEAD"]).trim(), "shop/cart/plimsoll.lock");
    sandbox.run(&["update", "shop/cart", "--check"]).exits(0);
    let report: serde_json::Value = {
        sandbox.git(&["rm", "--quiet", "--cached", "shop/cart/plimsoll.lock"]);
        std::fs::remove_file(sandbox.dir().join("shop/cart/plimsoll.lock")).unwrap();
        let args = ["adopt", "shop/cart", "--yes", "--no-commit", "--output", "json"];
        serde_json::from_str(&sandbox.run(&args).exits(0).stdout).unwrap()
    };
    assert_eq!(report["update"]["causes"][0]["cause"], "lock-lost");
}

#[test]
fn the_versions_are_those_that_rendered_what_stands() {
    let sandbox = lost();
    // The service file leaves both versions open, and newer ones have shipped since.
    let open = CART.replace("checklist: production@2026.11\nblueprint: web-service@1.0.0\n", "");
    sandbox.write("shop/cart/plimsoll.yaml", &open);
    sandbox.run(&["adopt", "shop/cart", "--yes", "--no-commit", "--allow-dirty"]).exits(0);
    assert!(sandbox.read("shop/cart/plimsoll.lock").contains("version: \"2026.11\""));
    // So that the next update brings what has changed since, and keeps the edit.
    sandbox.run(&["update", "shop/cart", "--no-commit", "--allow-dirty"]).exits(0);
    let text = sandbox.read("shop/cart/k8s/deployment.yaml");
    assert!(text.contains("revisionHistoryLimit: 7") && text.contains("enableServiceLinks: false"), "{text}");
}

#[test]
fn objects_that_do_not_stand_are_told() {
    let sandbox = lost();
    sandbox.git(&["rm", "--quiet", "shop/cart/k8s/pdb.yaml"]);
    let run = sandbox.run(&["adopt", "shop/cart", "--yes", "--no-commit"]).exits(0);
    assert!(run.stdout.contains("PodDisruptionBudget/cart was removed by hand and stays so"), "{}", run.stdout);
}

#[test]
fn manifests_of_another_service_are_no_edits_of_this_one() {
    let sandbox = Sandbox::repository();
    sandbox.write("plimsoll.yaml", CART);
    sandbox.write("k8s/other.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: other }\n");
    let before = sandbox.files();
    let run = sandbox.run(&["adopt", "--yes", "--no-commit"]).exits(2);
    assert!(run.stderr.contains("none of the 6 objects of cart stands in k8s/"), "{}", run.stderr);
    assert_eq!(sandbox.files(), before);
    sandbox.run(&["new", "--no-commit"]).exits(0);
}

#[test]
fn a_service_file_without_manifests_is_no_lost_lock() {
    let sandbox = Sandbox::repository();
    sandbox.write("plimsoll.yaml", CART);
    let run = sandbox.run(&["adopt", "--yes", "--no-commit"]).exits(2);
    assert!(run.stderr.contains("plimsoll.yaml:1:1: stands already") && run.stderr.contains("plimsoll new"), "{}", run.stderr);
}

#[test]
fn a_service_file_that_is_lost_is_taken_back_from_git() {
    let sandbox = Sandbox::repository();
    sandbox.write("plimsoll.yaml", CART);
    sandbox.run(&["new"]).exits(0);
    std::fs::remove_file(sandbox.dir().join("plimsoll.yaml")).unwrap();
    let run = sandbox.run(&["update"]).exits(2);
    assert!(run.stderr.contains("git checkout HEAD -- plimsoll.yaml"), "{}", run.stderr);
}
