//! Branches that each ran `update`, merged by git alone, as a forge does it.

use super::{CART, SCALE, cart, commit, edit};
use crate::support::sandbox::Sandbox;

/// Edits the service file on a branch, and updates.
fn branch(sandbox: &Sandbox, name: &str, from: &str, to: &str) {
    sandbox.git(&["switch", "--quiet", "--create", name, "main"]);
    edit(sandbox, "plimsoll.yaml", from, to);
    commit(sandbox);
    sandbox.run(&["update"]).exits(0);
}

/// Merges branches into main, by lines.
fn merge(sandbox: &Sandbox, branches: &[&str]) {
    sandbox.git(&["switch", "--quiet", "main"]);
    for branch in branches {
        sandbox.git(&["merge", "--quiet", "--no-edit", branch]);
    }
}

fn is_up_to_date(sandbox: &Sandbox) {
    sandbox.run(&["update", "--check"]).exits(0);
    let again = sandbox.run(&["update"]).exits(0);
    assert!(!again.stdout.contains("committed"), "{}", again.stdout);
}

/// The texts in the lock are those of the manifests that nobody has edited.
fn lock_agrees(sandbox: &Sandbox) {
    let lock: serde_json::Value = serde_yaml::from_str(&sandbox.read("plimsoll.lock")).unwrap();
    for file in lock["files"].as_array().unwrap() {
        assert_eq!(file["base"].as_str().unwrap(), sandbox.read(file["path"].as_str().unwrap()), "{}", file["path"]);
    }
}

#[test]
fn two_that_changed_the_service_each_in_its_place() {
    let sandbox = cart();
    branch(&sandbox, "image", "cart:1.0.0", "cart:1.1.0");
    branch(&sandbox, "scale", "ports:\n  - port: 8080\n", &format!("ports:\n  - port: 8080\n{SCALE}"));
    merge(&sandbox, &["image", "scale"]);
    lock_agrees(&sandbox);
    is_up_to_date(&sandbox);
}

#[test]
fn one_that_moved_to_another_checklist_and_one_that_changed_the_exposure() {
    let sandbox = cart();
    branch(
        &sandbox,
        "routes",
        "ports:\n  - port: 8080\n",
        "ports:\n  - port: 8080\nexposure: internal-load-balancer\nplatform: gke\n",
    );
    sandbox.git(&["switch", "--quiet", "--create", "newer", "main"]);
    edit(&sandbox, "plimsoll.yaml", "blueprint: web-service@1.0.0", "blueprint: web-service");
    commit(&sandbox);
    sandbox.run(&["update", "--to", "2026.12"]).exits(0);
    merge(&sandbox, &["newer", "routes"]);
    lock_agrees(&sandbox);
    is_up_to_date(&sandbox);
}

#[test]
fn what_git_cannot_merge_is_a_conflict_and_the_lock_is_then_refused() {
    let sandbox = cart();
    branch(&sandbox, "one", "cart:1.0.0", "cart:1.1.0");
    branch(&sandbox, "two", "cart:1.0.0", "cart:1.2.0");
    merge(&sandbox, &["one"]);
    let output = sandbox.command("git").args(["merge", "--no-edit", "two"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    sandbox.git(&["checkout", "--quiet", "--theirs", "plimsoll.yaml", "k8s"]);
    let run = sandbox.run(&["update", "--check"]).exits(2);
    assert!(run.stderr.contains("plimsoll.lock is not as Plimsoll wrote it: it has a conflict marker of git"), "{}", run.stderr);
    assert!(run.stderr.contains("hint: take one of its versions from git"), "{}", run.stderr);
}

#[test]
fn an_update_that_is_reverted_leaves_a_lock_that_is_right() {
    let sandbox = Sandbox::repository();
    super::add(&sandbox, ".", CART);
    edit(&sandbox, "plimsoll.yaml", "cart:1.0.0", "cart:1.1.0");
    commit(&sandbox);
    sandbox.run(&["update"]).exits(0);
    edit(&sandbox, "plimsoll.yaml", "ports:\n  - port: 8080\n", &format!("ports:\n  - port: 8080\n{SCALE}"));
    commit(&sandbox);
    sandbox.run(&["update"]).exits(0);
    // The update to the new image, and not the one after it.
    sandbox.git(&["revert", "--no-edit", "HEAD~2"]);
    lock_agrees(&sandbox);
    let run = sandbox.run(&["update", "--check"]).exits(1);
    assert!(run.stdout.contains("image"), "{}", run.stdout);
    sandbox.run(&["update"]).exits(0);
    lock_agrees(&sandbox);
    is_up_to_date(&sandbox);
}
