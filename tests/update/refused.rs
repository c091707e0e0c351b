//! What is not in order is refused, with its place and the way out; nothing is written.

use super::{CART, SCALE, cart, commit, edit, state};
use crate::support::sandbox::Sandbox;

#[test]
fn a_lock_that_cannot_be_used_is_refused() {
    let sandbox = cart();
    let lock = sandbox.read("plimsoll.lock");
    let newer = lock.replace("\nplimsoll: ", "\nplimsoll: 99.");
    let cases: [(&str, &str, &str); 7] = [
        (&newer, "was written by Plimsoll 99.", "install that version, or a newer one"),
        (
            &lock.replacen("minReplicas: 2", "minReplicas: 2\n        minReplicas: 7", 1),
            "line 25 of the text of k8s/hpa.yaml has `spec.minReplicas` a second time",
            "git checkout HEAD -- plimsoll.lock",
        ),
        (
            &lock.replacen("minReplicas: 2", "minReplicas: [", 1),
            "of the text of k8s/hpa.yaml is not YAML",
            "git checkout HEAD -- plimsoll.lock",
        ),
        (
            &lock.replacen("path: k8s/hpa.yaml", "path: k8s/deployment.yaml", 1),
            "it has k8s/deployment.yaml twice",
            "git checkout HEAD -- plimsoll.lock",
        ),
        (
            &lock.replacen("files:", "<<<<<<< HEAD\nfiles:", 1),
            "it has a conflict marker of git",
            "git checkout HEAD -- plimsoll.lock",
        ),
        (&lock[..2000], "is not as Plimsoll wrote it", "git checkout HEAD -- plimsoll.lock"),
        ("", "is not as Plimsoll wrote it", "git checkout HEAD -- plimsoll.lock"),
    ];
    sandbox.write("plimsoll.yaml", &format!("{CART}{SCALE}"));
    for (text, wrong, hint) in cases {
        sandbox.write("plimsoll.lock", text);
        let before = state(&sandbox);
        let run = sandbox.run(&["update"]).exits(2);
        assert!(run.stderr.starts_with("error: plimsoll.lock ") && run.stderr.contains(wrong), "{}", run.stderr);
        assert!(run.stderr.contains(&format!("hint: {hint}")) || run.stderr.contains(&format!("`{hint}`")), "{}", run.stderr);
        assert_eq!(state(&sandbox), before);
    }
    std::fs::remove_file(sandbox.dir().join("plimsoll.lock")).unwrap();
    let run = sandbox.run(&["update"]).exits(2);
    assert!(run.stderr.contains("plimsoll.lock does not exist") && run.stderr.contains("`plimsoll adopt`"), "{}", run.stderr);
}

#[test]
fn what_cannot_be_edited_safely_is_refused_with_its_line() {
    let sandbox = cart();
    let hpa = sandbox.read("k8s/hpa.yaml");
    sandbox.write("plimsoll.yaml", &format!("{CART}{SCALE}"));
    let cases = [
        (hpa.replace("spec:\n", "spec:\n\tx: 1\n"), ":19:", 2),
        (hpa.replace("  maxReplicas: 4\n", "  maxReplicas: 4\n  maxReplicas: 5\n"), "stands twice", 3),
        (hpa.replace("  maxReplicas: 4\n", "  maxReplicas: [\n"), ":28:", 2),
        (
            hpa.replace("minReplicas: 2", "minReplicas: &two 2").replace("averageUtilization: ", "averageUtilization: *two #"),
            "tied",
            3,
        ),
    ];
    for (text, place, code) in cases {
        assert_ne!(text, hpa);
        sandbox.write("k8s/hpa.yaml", &text);
        let before = state(&sandbox);
        let run = sandbox.run(&["update", "--allow-dirty"]).exits(code);
        assert!(run.stderr.contains("k8s/hpa.yaml:") && run.stderr.contains(place), "{}", run.stderr);
        assert_eq!(state(&sandbox), before);
        if place == "tied" {
            let way = "spec.minReplicas=ours` keeps what is on disk; the new render can be taken once k8s/hpa.yaml:24 is written \
                       without anchors and tags\n";
            assert!(run.stderr.ends_with(way), "{}", run.stderr);
        }
    }
}

#[test]
fn a_pattern_that_names_no_field_is_refused_in_its_place() {
    let sandbox = cart();
    sandbox.write("plimsoll.yaml", &format!("{CART}owned-elsewhere:\n  - field: spec.replicas\n    by: keda\n"));
    let run = sandbox.run(&["update"]).exits(2);
    let expected =
        "plimsoll.yaml:9:5: owned-elsewhere[0].field: `spec.replicas` begins with `spec`, which is no kind of an object";
    assert!(run.stderr.contains(expected), "{}", run.stderr);
}

#[test]
fn every_fault_of_the_service_file_is_told_at_once() {
    let sandbox = cart();
    sandbox.write("plimsoll.yaml", &format!("{}scael: 1\n", CART.replace("tier: 2", "tier: 7")));
    let run = sandbox.run(&["update"]).exits(2);
    assert!(
        run.stderr.contains("plimsoll.yaml:2:1: tier: ") && run.stderr.contains("plimsoll.yaml:8:1: scael: "),
        "{}",
        run.stderr
    );
    let json: serde_json::Value = serde_json::from_str(&sandbox.run(&["update", "--output", "json"]).exits(2).stdout).unwrap();
    assert_eq!(json["services"][0]["error"]["faults"][0]["line"], 2);
    std::fs::remove_file(sandbox.dir().join("plimsoll.yaml")).unwrap();
    assert!(sandbox.run(&["update"]).exits(2).stderr.starts_with("error: plimsoll.yaml does not exist; nothing was changed"));
}

#[test]
fn a_file_with_uncommitted_edits_is_written_only_with_the_flag() {
    let sandbox = cart();
    edit(&sandbox, "k8s/hpa.yaml", "spec:\n", "# mine\nspec:\n");
    sandbox.write("plimsoll.yaml", &format!("{CART}{SCALE}"));
    let before = state(&sandbox);
    let run = sandbox.run(&["update"]).exits(2);
    assert!(run.stderr.contains("uncommitted edits in k8s/hpa.yaml") && run.stderr.contains("--allow-dirty"), "{}", run.stderr);
    assert_eq!(state(&sandbox), before);
    sandbox.run(&["update", "--allow-dirty"]).exits(0);
    assert!(sandbox.read("k8s/hpa.yaml").contains("# mine\nspec:\n"));
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_file_that_is_read_only_is_told_with_the_command_that_helps() {
    let sandbox = cart();
    sandbox.write("plimsoll.yaml", &format!("{CART}{SCALE}"));
    let path = sandbox.dir().join("k8s/hpa.yaml");
    let mut permissions = std::fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&path, permissions).unwrap();
    let run = sandbox.run(&["update"]).exits(2);
    assert!(run.stderr.contains("k8s/hpa.yaml is read-only") && run.stderr.contains("hint: chmod u+w "), "{}", run.stderr);
}

#[test]
fn work_of_others_is_never_swept_into_the_commit() {
    let sandbox = cart();
    sandbox.write("staged.txt", "staged\n");
    sandbox.write("README.md", "# edited\n");
    sandbox.write("untracked.txt", "x\n");
    sandbox.git(&["add", "staged.txt"]);
    edit(&sandbox, "k8s/pdb.yaml", "spec:\n", "# mine\nspec:\n");
    let status = sandbox.git(&["status", "--porcelain"]);
    sandbox.write("plimsoll.yaml", &format!("{CART}{SCALE}"));
    sandbox.run(&["update"]).exits(0);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), status);
    commit(&sandbox);
    sandbox.run(&["update", "--check"]).exits(0);
}

/// The same edit in the service file and, as an update would have made it, in a manifest; neither is committed.
fn same_edit_twice(sandbox: &Sandbox, path: &str) {
    sandbox.write("plimsoll.yaml", &format!("{CART}env:\n  - name: LOG\n    value: debug\n"));
    let other = sandbox.copy();
    other.run(&["update"]).exits(0);
    sandbox.write(path, &other.read(path));
}

#[test]
fn a_manifest_that_was_edited_alike_is_committed_with_the_rest_or_nothing_is() {
    let sandbox = cart();
    same_edit_twice(&sandbox, "k8s/deployment.yaml");
    let before = state(&sandbox);
    let run = sandbox.run(&["update"]).exits(2);
    assert!(run.stderr.contains("uncommitted edits in k8s/deployment.yaml"), "{}", run.stderr);
    assert_eq!(state(&sandbox), before);
    sandbox.run(&["update", "--allow-dirty"]).exits(0);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    assert!(sandbox.git(&["show", "HEAD:k8s/deployment.yaml"]).contains("name: LOG"));
    // Moved to another file it is found there.
    let sandbox = cart();
    sandbox.git(&["mv", "k8s/deployment.yaml", "k8s/app.yaml"]);
    commit(&sandbox);
    same_edit_twice(&sandbox, "k8s/app.yaml");
    let run = sandbox.run(&["update"]).exits(2);
    assert!(run.stderr.contains("uncommitted edits in k8s/app.yaml"), "{}", run.stderr);
}

#[test]
fn a_manifest_that_is_gone_uncommitted_keeps_a_change_of_it_back() {
    let sandbox = cart();
    std::fs::remove_file(sandbox.dir().join("k8s/hpa.yaml")).unwrap();
    sandbox.write("plimsoll.yaml", &format!("{CART}{SCALE}"));
    let before = state(&sandbox);
    let run = sandbox.run(&["update"]).exits(2);
    assert!(run.stderr.contains("uncommitted edits in k8s/hpa.yaml"), "{}", run.stderr);
    assert_eq!(state(&sandbox), before);
    commit(&sandbox);
    sandbox.write("plimsoll.yaml", &format!("{CART}{SCALE}labels: {{ squad: shop }}\n"));
    let run = sandbox.run(&["update"]).exits(0);
    assert!(run.stdout.contains("HorizontalPodAutoscaler/cart was removed by hand and stays so"), "{}", run.stdout);
    assert!(!sandbox.dir().join("k8s/hpa.yaml").exists());
}

#[test]
fn a_service_whose_manifests_are_all_gone_is_refused_committed_or_not() {
    let sandbox = cart();
    std::fs::remove_dir_all(sandbox.dir().join("k8s")).unwrap();
    sandbox.write("plimsoll.yaml", &format!("{CART}{SCALE}"));
    for is_committed in [false, true] {
        if is_committed {
            commit(&sandbox);
        }
        let before = state(&sandbox);
        let run = sandbox.run(&["update"]).exits(2);
        let start = "error: none of the 6 manifests that plimsoll.lock tells of is left in .; nothing was changed\n  k8s/deployment.yaml\n";
        assert!(run.stderr.starts_with(start), "{}", run.stderr);
        assert!(run.stderr.contains("hint: `git checkout HEAD -- k8s/deployment.yaml "), "{}", run.stderr);
        assert!(run.stderr.contains("`rm plimsoll.lock && plimsoll new`"), "{}", run.stderr);
        assert_eq!(state(&sandbox), before);
    }
    std::fs::remove_file(sandbox.dir().join("plimsoll.lock")).unwrap();
    commit(&sandbox);
    sandbox.run(&["new"]).exits(0);
    sandbox.run(&["update", "--check"]).exits(0);
}

#[test]
fn a_folder_that_was_moved_is_named() {
    let sandbox = cart();
    sandbox.git(&["mv", "k8s", "deploy"]);
    commit(&sandbox);
    let run = sandbox.run(&["update", "--check"]).exits(2);
    let hint = "hint: its objects stand in ./deploy/deployment.yaml; updates find them below k8s: move them there\n";
    assert!(run.stderr.ends_with(hint), "{}", run.stderr);
    // Files that hold nothing any more hold no objects.
    let sandbox = cart();
    for (path, _) in sandbox.files().into_iter().filter(|(path, _)| path.starts_with("k8s/")) {
        sandbox.write(&path, "");
    }
    commit(&sandbox);
    sandbox.run(&["update", "--check"]).exits(2);
}
