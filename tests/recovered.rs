//! What the next run says and leaves after one was killed.

use serde_json::Value as Json;

use crate::support::fleet::NEW;
use crate::support::sandbox::{PLIMSOLL, Sandbox};

/// A repository in which `new` was killed when all its files stood and nothing was committed.
fn killed() -> Sandbox {
    let sandbox = Sandbox::repository();
    // The parent of the hook is git, and the parent of git is the binary.
    sandbox.hook("pre-commit", "kill -9 $(sed 's/.*) . //; s/ .*//' /proc/$PPID/stat)\nexit 1");
    let status = sandbox.command(PLIMSOLL).args(NEW).output().unwrap().status;
    assert_eq!(status.code(), None, "{status}");
    assert!(sandbox.dir().join("plimsoll.lock").exists());
    std::fs::remove_file(sandbox.dir().join(".git/hooks/pre-commit")).unwrap();
    sandbox
}

fn is_at_rest(sandbox: &Sandbox) {
    assert!(!sandbox.dir().join(".git/plimsoll").exists());
    assert!(!sandbox.dir().join(".git/index.lock").exists());
    sandbox.git(&["fsck", "--full", "--strict"]);
}

#[test]
fn the_next_run_tells_what_it_put_back() {
    let sandbox = killed();
    let run = sandbox.run(&[NEW, &["--output", "json"]].concat()).exits(0);
    assert!(run.stderr.contains("an earlier run was killed: put 8 files back as they were"), "{}", run.stderr);
    let json: Json = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(json["recovered"][0]["putBack"].as_array().unwrap().len(), 8);
    assert_eq!(json["recovered"][0]["commit"], Json::Null);
    assert_eq!(sandbox.git(&["status", "--short"]), "");
    is_at_rest(&sandbox);
}

#[test]
fn a_dry_run_changes_nothing() {
    let sandbox = killed();
    let before = sandbox.files();
    sandbox.run(&[NEW, &["--dry-run"]].concat());
    assert_eq!(sandbox.files(), before);
    assert!(sandbox.dir().join(".git/plimsoll/journal").exists());
}

#[test]
fn what_a_person_edited_since_stays() {
    let sandbox = killed();
    sandbox.write("k8s/pdb.yaml", "# mine\n");
    let run = sandbox.run(NEW).exits(2);
    let expected = "put 7 files back as they were; edited since and left as they are: k8s/pdb.yaml";
    assert!(run.stderr.contains(expected), "{}", run.stderr);
    assert_eq!(sandbox.git(&["status", "--short", "--untracked-files=all"]), "?? k8s/pdb.yaml\n");
    assert_eq!(sandbox.read("k8s/pdb.yaml"), "# mine\n");
    is_at_rest(&sandbox);
}

#[test]
fn what_a_person_committed_since_stays() {
    let sandbox = killed();
    // git stands in the way of a commit until our lock is gone, and says so.
    std::fs::remove_file(sandbox.dir().join(".git/index.lock")).unwrap();
    sandbox.git(&["add", "--all"]);
    sandbox.git(&["commit", "--quiet", "--message=mine"]);
    sandbox.run(NEW).exits(2);
    assert_eq!(sandbox.git(&["status", "--short"]), "");
    assert!(sandbox.dir().join("k8s/pdb.yaml").exists());
    is_at_rest(&sandbox);
}

#[test]
fn a_journal_that_cannot_be_read_is_refused() {
    let sandbox = killed();
    sandbox.write(".git/plimsoll/journal", "{\"format\": 3}");
    let run = sandbox.run(NEW).exits(2);
    assert!(run.stderr.contains("was left by a run that was killed, and by another version of plimsoll"), "{}", run.stderr);
    assert!(run.stderr.contains("rm -r "), "{}", run.stderr);
    assert!(sandbox.dir().join("plimsoll.lock").exists());
}
