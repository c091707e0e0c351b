//! Hooks, signing and other things only the user's git does.

use plimsoll::workspace::{CommitRequest, WorkspaceError};

use super::git_sandbox::{Sandbox, begin, write_set};

const FILES: &[(&str, &str)] = &[("deploy/a.yaml", "a: 1\n"), ("deploy/b.yaml", "b: 1\n")];

const GPG: &str = r"cat > /dev/null
printf '\n[GNUPG:] SIG_CREATED D\n' >&2
echo '-----BEGIN PGP SIGNATURE-----'
echo
echo 'bm90IGEgc2lnbmF0dXJl'
echo '-----END PGP SIGNATURE-----'";

#[test]
fn signed_commit() {
    let sandbox = Sandbox::busy();
    let gpg = sandbox.root.with_file_name("gpg");
    sandbox.script("../gpg", GPG);
    sandbox.git(["config", "gpg.program", gpg.to_str().unwrap()]);
    sandbox.git(["config", "commit.gpgSign", "true"]);
    sandbox.commit_unnoticed(FILES, CommitRequest::default());
    let raw = sandbox.git(["cat-file", "commit", "HEAD"]);
    assert!(raw.contains("\ngpgsig -----BEGIN"), "{raw}");
}

#[test]
fn signing_that_fails_leaves_everything() {
    let sandbox = Sandbox::busy();
    let gpg = sandbox.root.with_file_name("gpg");
    sandbox.script("../gpg", "cat > /dev/null; echo no secret key >&2; exit 2");
    sandbox.git(["config", "gpg.program", gpg.to_str().unwrap()]);
    sandbox.git(["config", "commit.gpgSign", "true"]);
    let faults = sandbox.refused(FILES, CommitRequest::default());
    assert!(matches!(&faults[..], [WorkspaceError::UserGit { output, .. }] if output.contains("failed to sign")), "{faults:?}");
}

#[test]
fn hooks_that_pass_are_run() {
    // A relative folder counts from the work tree.
    for configured in [None, Some("tools/hooks"), Some("absolute")] {
        let sandbox = Sandbox::busy();
        let absolute = sandbox.root.with_file_name("hooks");
        let folder = match configured {
            None => ".git/hooks",
            Some("absolute") => "../hooks",
            Some(relative) => relative,
        };
        for hook in ["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit"] {
            let line = format!("echo {hook} >> \"$(git rev-parse --git-dir)/ran\"");
            sandbox.script(&format!("{folder}/{hook}"), &line);
        }
        match configured {
            None => {}
            Some("absolute") => {
                sandbox.git(["config", "core.hooksPath", absolute.to_str().unwrap()]);
            }
            Some(relative) => {
                sandbox.git(["config", "core.hooksPath", relative]);
            }
        }
        sandbox.commit_unnoticed(FILES, CommitRequest::default());
        assert_eq!(sandbox.read(".git/ran"), "pre-commit\nprepare-commit-msg\ncommit-msg\npost-commit\n");
    }
}

#[test]
fn hooks_see_only_our_files() {
    let sandbox = Sandbox::busy();
    sandbox.script(".git/hooks/pre-commit", "git diff --cached --name-only > .git/seen");
    sandbox.commit_unnoticed(FILES, CommitRequest::default());
    assert_eq!(sandbox.read(".git/seen"), "deploy/a.yaml\ndeploy/b.yaml\n");
}

#[test]
fn hooks_that_refuse_leave_everything() {
    for hook in ["pre-commit", "prepare-commit-msg", "commit-msg"] {
        let sandbox = Sandbox::busy();
        sandbox.write("tools/keep", "keep\n");
        sandbox.commit(&[("deploy/a.yaml", "a: 0\n")]).unwrap();
        sandbox.script(&format!(".husky/{hook}"), "echo 안 됩니다 >&2\nexit 1");
        sandbox.git(["config", "core.hooksPath", ".husky"]);
        let faults = sandbox.refused(FILES, CommitRequest::default());
        let [fault @ WorkspaceError::UserGit { output, .. }] = &faults[..] else {
            panic!("{faults:?}");
        };
        assert_eq!(output, "안 됩니다");
        assert!(fault.to_string().ends_with(": 안 됩니다"));
    }
}

#[test]
fn hook_that_stages_more_and_refuses_leaves_everything() {
    let sandbox = Sandbox::busy();
    sandbox.script(".git/hooks/pre-commit", "git add deploy others/untracked\nexit 1");
    sandbox.refused(FILES, CommitRequest::default());
}

#[test]
fn what_is_edited_while_a_hook_refuses_stays() {
    let sandbox = Sandbox::busy();
    sandbox.commit(&[("deploy/c.yaml", "c: 0\n"), ("deploy/d.yaml", "d: 0\n")]).unwrap();
    let edits = "echo mine > deploy/a.yaml\necho mine > deploy/c.yaml\necho no >&2\nexit 1";
    sandbox.script(".git/hooks/pre-commit", edits);
    let before = sandbox.git(["rev-parse", "HEAD"]);
    let files = [FILES, &[("deploy/c.yaml", "c: 1\n"), ("deploy/d.yaml", "d: 1\n")]].concat();
    let faults = sandbox.commit_with(&files, CommitRequest::default()).unwrap_err();
    let [fault @ WorkspaceError::EditsLeft { files, .. }] = &faults[..] else { panic!("{faults:?}") };
    assert_eq!(files.len(), 2, "{fault}");
    assert!(!fault.is_restored() && matches!(fault.root_cause(), WorkspaceError::UserGit { output, .. } if output == "no"));
    assert_eq!(
        ["deploy/a.yaml", "deploy/c.yaml", "deploy/d.yaml"].map(|path| sandbox.read(path)),
        ["mine\n", "mine\n", "d: 0\n"]
    );
    assert!(!sandbox.path("deploy/b.yaml").exists());
    assert_eq!(sandbox.git(["rev-parse", "HEAD"]), before);
    // The next run finds nothing to put right.
    std::fs::remove_file(sandbox.path(".git/hooks/pre-commit")).unwrap();
    sandbox.commit(&[("deploy/d.yaml", "d: 2\n")]).unwrap();
    assert_eq!(sandbox.read("deploy/c.yaml"), "mine\n");
}

#[test]
fn hook_that_changes_the_message() {
    let sandbox = Sandbox::busy();
    sandbox.script(".git/hooks/commit-msg", "echo 'Ticket: 42' >> \"$1\"");
    sandbox.commit_unnoticed(FILES, CommitRequest::default());
    assert_eq!(sandbox.git(["log", "-1", "--format=%B"]), "service: add manifests\nTicket: 42");
}

#[test]
fn samples_of_hooks_are_no_hooks() {
    let sandbox = Sandbox::busy();
    sandbox.write(".git/hooks/pre-commit", "#!/bin/sh\nexit 1\n");
    sandbox.script(".git/hooks/pre-commit.sample", "exit 1");
    sandbox.commit_unnoticed(FILES, CommitRequest::default());
}

#[test]
fn author_of_their_own_key() {
    let sandbox = Sandbox::busy();
    sandbox.git(["config", "author.name", "Min Lee"]);
    sandbox.commit_unnoticed(FILES, CommitRequest::default());
    assert_eq!(sandbox.git(["log", "-1", "--format=%an, %cn"]), "Min Lee, Tester");
}

#[test]
fn configuration_included_by_remote() {
    let sandbox = Sandbox::busy();
    let work = sandbox.root.with_file_name("work.config");
    sandbox.write("../work.config", "[user]\n\temail = tester@work.example\n");
    let key = "includeIf.hasconfig:remote.*.url:https://work.example/**.path";
    sandbox.git(["remote", "add", "origin", "https://work.example/web.git"]);
    sandbox.git(["config", key, work.to_str().unwrap()]);
    sandbox.commit_unnoticed(FILES, CommitRequest::default());
    assert_eq!(sandbox.git(["log", "-1", "--format=%ae"]), "tester@work.example");
}

#[test]
fn both_ways_store_the_same_message() {
    let mut messages = Vec::new();
    for hook in [false, true] {
        let sandbox = Sandbox::busy();
        sandbox.git(["config", "i18n.commitEncoding", "EUC-KR"]);
        sandbox.git(["config", "commit.cleanup", "strip"]);
        if hook {
            sandbox.script(".git/hooks/post-commit", "exit 0");
        }
        let repo = sandbox.repo();
        let request = CommitRequest { paths: vec!["deploy/a.yaml".into()], ..CommitRequest::default() };
        let ready = repo.preflight(&request).unwrap();
        let set = write_set(repo.root(), &FILES[..1]);
        begin(&repo).hold().unwrap().commit(&set, &ready, "주문: 배포 추가  \n\n\n\n# 1 file\nbody").unwrap();
        messages.push(sandbox.git(["cat-file", "commit", "HEAD"]));
    }
    assert_eq!(messages[0], messages[1]);
    assert!(messages[0].ends_with("주문: 배포 추가\n\n# 1 file\nbody"));
}
