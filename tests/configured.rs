//! Repositories and configurations that only git itself knows: what git would do is done, or refused with
//! the way out, and what git was told to leave alone is left.

use std::process::Stdio;

use crate::support::fleet::NEW;
use crate::support::sandbox::{PLIMSOLL, Run, Sandbox};

/// A service whose service file asks for more than was rendered.
fn pending() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.run(&[NEW, &["svc"]].concat()).exits(0);
    let service = sandbox.read("svc/plimsoll.yaml");
    sandbox.write("svc/plimsoll.yaml", &format!("{service}scale: {{ max: 12 }}\n"));
    sandbox.git(&["commit", "--quiet", "--all", "--message=more"]);
    sandbox
}

/// Runs with other variables; `None` takes one away.
fn run_with(sandbox: &Sandbox, args: &[&str], variables: &[(&str, Option<&str>)]) -> Run {
    let mut command = sandbox.command(PLIMSOLL);
    command.args(args).stdin(Stdio::null());
    for (name, value) in variables {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let output = command.output().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Without an identity in the environment.
const NOBODY: [(&str, Option<&str>); 4] =
    [("GIT_AUTHOR_NAME", None), ("GIT_AUTHOR_EMAIL", None), ("GIT_COMMITTER_NAME", None), ("GIT_COMMITTER_EMAIL", None)];

#[test]
fn an_identity_from_another_file_counts() {
    let sandbox = pending();
    sandbox.write("../home/other.config", "[user]\n\tname = Other\n\temail = other@example.com\n");
    let file = sandbox.dir().join("../home/other.config");
    let variables = [&NOBODY[..], &[("GIT_CONFIG_GLOBAL", file.to_str())]].concat();
    run_with(&sandbox, &["update", "svc"], &variables).exits(0);
    assert_eq!(sandbox.git(&["log", "-1", "--format=%an %ae %cn"]), "Other other@example.com Other\n");
}

#[test]
fn an_identity_from_variables_counts() {
    let sandbox = pending();
    let pairs = [
        ("GIT_CONFIG_COUNT", Some("2")),
        ("GIT_CONFIG_KEY_0", Some("user.name")),
        ("GIT_CONFIG_VALUE_0", Some("Counted")),
        ("GIT_CONFIG_KEY_1", Some("user.email")),
        ("GIT_CONFIG_VALUE_1", Some("counted@example.com")),
    ];
    run_with(&sandbox, &["update", "svc"], &[&NOBODY[..], &pairs].concat()).exits(0);
    assert_eq!(sandbox.git(&["log", "-1", "--format=%an"]), "Counted\n");

    // Another file that names nobody takes the usual one's place.
    let sandbox = pending();
    sandbox.write("../home/.gitconfig", "[user]\n\tname = Usual\n\temail = usual@example.com\n");
    let null = [("GIT_CONFIG_GLOBAL", Some("/dev/null")), ("EMAIL", None)];
    let run = run_with(&sandbox, &["update", "svc"], &[&NOBODY[..], &null].concat()).exits(2);
    assert!(run.stderr.contains("git does not know who commits: user.name and user.email not set"), "{}", run.stderr);
}

#[test]
fn hooks_from_everywhere_are_run() {
    for hook in ["pre-commit", "commit-msg", "reference-transaction", "post-index-change"] {
        let sandbox = pending();
        sandbox.hook(hook, "touch .git/ran");
        sandbox.run(&["update", "svc"]).exits(0);
        assert!(sandbox.dir().join(".git/ran").exists(), "{hook}");
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    }
    let sandbox = pending();
    sandbox.write("../home/hooks/pre-commit", "#!/bin/sh\necho no >&2\nexit 1\n");
    let hooks = sandbox.dir().join("../home/hooks");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(hooks.join("pre-commit"), mode).unwrap();
    let pairs =
        [("GIT_CONFIG_COUNT", Some("1")), ("GIT_CONFIG_KEY_0", Some("core.hooksPath")), ("GIT_CONFIG_VALUE_0", hooks.to_str())];
    let head = sandbox.git(&["rev-parse", "HEAD"]);
    let run = run_with(&sandbox, &["update", "svc"], &pairs).exits(2);
    assert!(run.stderr.contains("| no"), "{}", run.stderr);
    assert_eq!(sandbox.git(&["rev-parse", "HEAD"]), head);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn formats_that_cannot_be_committed_to_are_refused_with_the_way_out() {
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "--quiet", "--object-format=sha256", "--initial-branch=main"]);
    let run = sandbox.run(&[NEW, &["svc"]].concat()).exits(2);
    assert!(
        run.stderr.contains("has a format that plimsoll cannot commit to (extensions.objectformat=sha256)"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("pass `--no-commit`"), "{}", run.stderr);
    assert!(!sandbox.dir().join("svc").exists());
    sandbox.run(&[NEW, &["svc", "--no-commit"]].concat()).exits(0);
    sandbox.git(&["add", "--all"]);
    sandbox.git(&["commit", "--quiet", "--message=by hand"]);
    sandbox.run(&["update", "svc", "--check"]).exits(0);

    let sandbox = pending();
    sandbox.git(&["update-index", "--split-index"]);
    let run = sandbox.run(&["update", "svc"]).exits(2);
    assert!(run.stderr.contains("cannot read the index") && run.stderr.contains("--no-split-index"), "{}", run.stderr);
    sandbox.git(&["update-index", "--no-split-index"]);
    sandbox.run(&["update", "svc"]).exits(0);
}

#[test]
fn files_that_git_was_told_to_leave_are_left() {
    for flag in ["skip-worktree", "assume-unchanged"] {
        for edited in [true, false] {
            let sandbox = pending();
            sandbox.git(&["update-index", &format!("--{flag}"), "svc/k8s/hpa.yaml"]);
            if edited {
                let text = sandbox.read("svc/k8s/hpa.yaml");
                sandbox.write("svc/k8s/hpa.yaml", &format!("{text}# local alone\n"));
            }
            let before = (sandbox.files(), sandbox.git(&["rev-parse", "HEAD"]));
            let run = sandbox.run(&["update", "svc"]).exits(2);
            let told = format!("git was told to leave svc/k8s/hpa.yaml alone ({flag})");
            assert!(run.stderr.contains(&told), "{}", run.stderr);
            assert!(run.stderr.contains(&format!("git update-index --no-{flag} svc/k8s/hpa.yaml")), "{}", run.stderr);
            assert_eq!((sandbox.files(), sandbox.git(&["rev-parse", "HEAD"])), before);
            assert!(!sandbox.git(&["ls-files", "-v", "svc/k8s/hpa.yaml"]).starts_with("H "));
        }
    }
}

#[test]
fn files_that_are_missing_from_the_work_tree_are_uncommitted_edits() {
    let missing: [(&str, &str); 4] = [
        ("rm svc/k8s/pdb.yaml", "svc/k8s/pdb.yaml (deleted)"),
        ("git rm --quiet --cached svc/k8s/pdb.yaml && rm svc/k8s/pdb.yaml", "svc/k8s/pdb.yaml (deleted)"),
        ("mkdir svc/manifests && mv svc/k8s/pdb.yaml svc/manifests", "svc/k8s/pdb.yaml (deleted)"),
        (
            "git sparse-checkout set --no-cone '/*' '!/svc/k8s/pdb.yaml' 2> /dev/null",
            "svc/k8s/pdb.yaml (not in this sparse checkout)",
        ),
    ];
    for (script, told) in missing {
        let sandbox = pending();
        let status = sandbox.command("sh").args(["-c", script]).status().unwrap();
        assert!(status.success(), "{script}");
        let before = (sandbox.files(), sandbox.git(&["rev-parse", "HEAD"]), sandbox.git(&["status", "--porcelain"]));
        let run = sandbox.run(&["update", "svc"]).exits(2);
        assert!(run.stderr.contains(told), "{script}: {}", run.stderr);
        let after = (sandbox.files(), sandbox.git(&["rev-parse", "HEAD"]), sandbox.git(&["status", "--porcelain"]));
        assert_eq!(after, before, "{script}");
    }
}

#[test]
fn a_sparse_checkout_that_has_the_service_is_committed_to() {
    let sandbox = pending();
    sandbox.write("other/file", "x\n");
    sandbox.git(&["add", "other"]);
    sandbox.git(&["commit", "--quiet", "--message=other"]);
    for hook in [false, true] {
        if hook {
            sandbox.hook("pre-commit", "exit 0");
            let service = sandbox.read("svc/plimsoll.yaml").replace("max: 12", "max: 14");
            sandbox.write("svc/plimsoll.yaml", &service);
        } else {
            sandbox.git(&["sparse-checkout", "set", "svc"]);
        }
        sandbox.run(&["update", "svc"]).exits(0);
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
        assert_eq!(sandbox.git(&["ls-tree", "--name-only", "HEAD", "other/"]), "other/file\n");
    }
    sandbox.run(&[NEW, &["next"]].concat()).exits(0);
}
