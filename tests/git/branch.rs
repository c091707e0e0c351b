//! Which branch a commit goes to.

use plimsoll::workspace::{CommitRequest, WorkspaceError};

use super::git_sandbox::{Sandbox, begin, write_set};

const FILES: &[(&str, &str)] = &[("deploy/a.yaml", "a: 1\n"), ("deploy/b.yaml", "b: 1\n")];

fn on(branch: &str) -> CommitRequest {
    CommitRequest { branch: Some(branch.into()), ..CommitRequest::default() }
}

#[test]
fn detached_head_is_refused() {
    let sandbox = Sandbox::busy();
    sandbox.git(["checkout", "--quiet", "--detach"]);
    let faults = sandbox.refused(FILES, CommitRequest::default());
    assert!(matches!(&faults[..], [WorkspaceError::DetachedHead { .. }]));
    assert!(faults[0].hint().unwrap().contains("--branch"));
}

#[test]
fn detached_head_gets_a_branch() {
    let sandbox = Sandbox::busy();
    sandbox.git(["checkout", "--quiet", "--detach"]);
    let first = sandbox.git(["rev-parse", "HEAD"]);
    let commit = sandbox.commit_unnoticed(FILES, on("deploy/web"));
    assert_eq!(commit.branch, "deploy/web");
    assert_eq!(sandbox.git(["rev-parse", "HEAD^"]), first);
    assert_eq!(sandbox.git(["rev-parse", "main"]), first);
}

#[test]
fn new_branch_starts_at_head() {
    let sandbox = Sandbox::busy();
    let first = sandbox.git(["rev-parse", "HEAD"]);
    sandbox.commit_unnoticed(FILES, on("web"));
    assert_eq!(sandbox.git(["rev-parse", "main"]), first);
    assert_eq!(sandbox.git(["rev-parse", "web^"]), first);
    assert_eq!(sandbox.git(["log", "-g", "-1", "--format=%gs", "HEAD"]), "checkout: moving from main to web");
    assert_eq!(sandbox.git(["log", "-g", "-1", "--format=%gs", "web"]), "commit: service: add manifests");
    sandbox.git(["checkout", "--quiet", "-"]);
    assert_eq!(sandbox.git(["symbolic-ref", "--short", "HEAD"]), "main");
}

#[test]
fn current_branch_may_be_named() {
    let sandbox = Sandbox::busy();
    let commit = sandbox.commit_unnoticed(FILES, on("main"));
    assert_eq!(commit.branch, "main");
}

#[test]
fn existing_branch_at_head_is_taken() {
    let sandbox = Sandbox::busy();
    sandbox.git(["branch", "web"]);
    sandbox.commit_unnoticed(FILES, on("web"));
}

#[test]
fn existing_branch_elsewhere_is_refused() {
    let sandbox = Sandbox::busy();
    sandbox.git(["branch", "web"]);
    sandbox.commit_file("more", "more\n");
    let faults = sandbox.refused(FILES, on("web"));
    assert!(matches!(&faults[..], [WorkspaceError::BranchElsewhere { name, .. }] if name == "web"));
}

#[test]
fn invalid_names_are_refused() {
    let sandbox = Sandbox::busy();
    for name in ["", "-x", "a..b", "a b", "HEAD", "x.lock", "/a", "a/"] {
        let faults = sandbox.refused(FILES, on(name));
        assert!(matches!(&faults[..], [WorkspaceError::InvalidBranch { .. }]), "{name}: {faults:?}");
    }
}

#[test]
fn names_that_git_cannot_hold_together_are_refused() {
    let sandbox = Sandbox::busy();
    sandbox.git(["branch", "team/web"]);
    for (name, in_the_way) in [("main/x", "main"), ("team", "team/web")] {
        let faults = sandbox.refused(FILES, on(name));
        assert!(matches!(&faults[..], [WorkspaceError::BranchClash { existing, .. }] if existing == in_the_way));
    }
}

#[test]
fn branch_of_another_work_tree_is_refused() {
    let sandbox = Sandbox::busy();
    let other = sandbox.root.with_file_name("other");
    sandbox.git(["worktree", "add", "--quiet", "-b", "web", other.to_str().unwrap()]);
    let faults = sandbox.refused(FILES, on("web"));
    assert!(matches!(&faults[..], [WorkspaceError::BranchInUse { worktree, .. }] if *worktree == other));
}

#[test]
fn branch_of_the_main_work_tree_is_refused_in_a_linked_one() {
    let sandbox = Sandbox::busy();
    let other = sandbox.root.with_file_name("other");
    sandbox.git(["worktree", "add", "--quiet", "-b", "web", other.to_str().unwrap()]);
    let repo = plimsoll::workspace::Repo::discover(&other).unwrap();
    let faults = repo.preflight(&on("main")).unwrap_err();
    assert!(matches!(&faults[..], [WorkspaceError::BranchInUse { worktree, .. }] if worktree.starts_with(&sandbox.root)));
}

#[test]
fn without_a_commit_head_is_pointed_at_the_branch() {
    let sandbox = Sandbox::empty();
    let commit = sandbox.commit_unnoticed(FILES, on("web"));
    assert_eq!(commit.branch, "web");
    assert_eq!(sandbox.git(["branch", "--format=%(refname)"]), "refs/heads/web");
}

#[test]
fn a_refusing_hook_takes_the_branch_back() {
    for start in ["main", "detached", "empty"] {
        let sandbox = match start {
            "empty" => Sandbox::empty(),
            _ => Sandbox::busy(),
        };
        if start == "detached" {
            sandbox.git(["checkout", "--quiet", "--detach"]);
        }
        sandbox.script(".git/hooks/pre-commit", "exit 1");
        let faults = sandbox.refused(FILES, on("web"));
        assert!(matches!(&faults[..], [WorkspaceError::UserGit { .. }]), "{start}: {faults:?}");
    }
}

#[test]
fn head_that_moved_after_the_checks_is_left_alone() {
    for hook in [false, true] {
        let sandbox = Sandbox::busy();
        if hook {
            sandbox.script(".git/hooks/post-commit", "exit 0");
        }
        let repo = sandbox.repo();
        let request = CommitRequest { paths: vec!["deploy/a.yaml".into()], ..CommitRequest::default() };
        let session = begin(&repo);
        let held = session.hold().unwrap();
        let ready = repo.preflight(&request).unwrap();
        // Plumbing does not heed the lock of the index.
        let tree = sandbox.git(["rev-parse", "HEAD^{tree}"]);
        let theirs = sandbox.git(["commit-tree", "-p", "HEAD", "-m", "theirs", &tree]);
        sandbox.git(["update-ref", "refs/heads/main", &theirs]);
        let before = sandbox.snapshot(&[]);
        let outcome = held.commit(&write_set(repo.root(), &FILES[..1]), &ready, "late");
        drop(session);
        if hook {
            // git itself has read HEAD anew, and ours is on top of theirs.
            outcome.unwrap();
            assert_eq!(sandbox.git(["rev-parse", "HEAD^"]), theirs);
        } else {
            assert!(matches!(outcome.unwrap_err(), WorkspaceError::HeadMoved { .. }));
            assert_eq!(sandbox.git(["rev-parse", "HEAD"]), theirs);
            assert_eq!(sandbox.snapshot(&[]), before);
        }
    }
}

#[test]
fn head_that_somebody_moves_is_committed_on_top_of() {
    let sandbox = Sandbox::busy();
    let repo = sandbox.repo();
    let request = CommitRequest { paths: vec!["deploy/a.yaml".into()], ..CommitRequest::default() };
    let mut tries = 0;
    let session = begin(&repo);
    let commit = session.land(|repo| {
        let ready = repo.preflight(&request).unwrap();
        tries += 1;
        if tries < 3 {
            let tree = sandbox.git(["rev-parse", "HEAD^{tree}"]);
            let theirs = sandbox.git(["commit-tree", "-p", "HEAD", "-m", "theirs", &tree]);
            sandbox.git(["update-ref", "refs/heads/main", &theirs]);
        }
        Ok::<_, WorkspaceError>(Some((write_set(repo.root(), &FILES[..1]), ready, "ours".to_owned())))
    });
    assert_eq!(commit.unwrap().unwrap().paths.len(), 1);
    assert_eq!(sandbox.git(["log", "-3", "--format=%s"]), "ours\ntheirs\ntheirs");
}
