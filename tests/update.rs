//! `plimsoll update` on the command line.

#[path = "update/branches.rs"]
mod branches;
#[path = "update/cluster.rs"]
mod cluster;
#[path = "update/explained.rs"]
mod explained;
#[path = "update/kept.rs"]
mod kept;
#[path = "update/kustomize.rs"]
mod kustomize;
#[path = "update/many.rs"]
mod many;
#[path = "update/refused.rs"]
mod refused;
#[path = "update/settled.rs"]
mod settled;
#[path = "update/versions.rs"]
mod versions;

use crate::support::sandbox::Sandbox;

/// What a service asks for, with the versions that came first.
const CART: &str = "name: cart\ntier: 2\nchecklist: production@2026.11\nblueprint: web-service@1.0.0\n\
                    image: registry.example.com/shop/cart:1.0.0\nports:\n  - port: 8080\n";

/// More Pods: what changes is `minReplicas` and `maxReplicas` of the autoscaler.
const SCALE: &str = "scale: { min: 4, max: 10 }\n";

/// A repository with a service at its root.
fn cart() -> Sandbox {
    let sandbox = Sandbox::repository();
    add(&sandbox, ".", CART);
    sandbox
}

/// Writes and commits a new service in a folder.
fn add(sandbox: &Sandbox, dir: &str, service: &str) {
    sandbox.write(&format!("{dir}/plimsoll.yaml"), service);
    sandbox.run(&["new", dir]).exits(0);
}

/// Edits a file by hand.
#[track_caller]
fn edit(sandbox: &Sandbox, path: &str, from: &str, to: &str) {
    let text = sandbox.read(path);
    assert!(text.contains(from), "{path} has no `{from}`:\n{text}");
    sandbox.write(path, &text.replacen(from, to, 1));
}

/// Commits all that was edited by hand.
fn commit(sandbox: &Sandbox) {
    sandbox.git(&["add", "--all"]);
    sandbox.git(&["commit", "--quiet", "--message=by hand"]);
}

/// Everything that must not change where nothing is written: files, index, HEAD and branches.
fn state(sandbox: &Sandbox) -> impl PartialEq + std::fmt::Debug {
    let git = |args: &[&str]| sandbox.git(args);
    let index = std::fs::read(sandbox.dir().join(".git/index")).unwrap();
    (sandbox.files(), index, git(&["rev-parse", "HEAD"]), git(&["for-each-ref"]))
}

/// The subjects of all commits, the newest first.
fn log(sandbox: &Sandbox) -> Vec<String> {
    sandbox.git(&["log", "--format=%s"]).lines().map(str::to_owned).collect()
}
