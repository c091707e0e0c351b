//! Every kind of repository a commit can go to.

use std::fs;

use plimsoll::workspace::{CommitRequest, Repo, WorkspaceError};

use super::git_sandbox::{COMMIT_TIME, Sandbox, check_committed, folder, git, write_and_commit};

const FILES: &[(&str, &str)] = &[("deploy/a.yaml", "a: 1\n"), ("deploy/b.yaml", "b: 1\n")];

#[test]
fn ordinary_repository() {
    let sandbox = Sandbox::busy();
    let commit = sandbox.commit_unnoticed(FILES, CommitRequest::default());
    assert_eq!(commit.branch, "main");
    assert_eq!(commit.paths.len(), 2);
    assert_eq!(
        sandbox.git(["show", "--name-only", "--format=%an %ae %s", "HEAD"]),
        "Tester tester@example.com service: add manifests\n\ndeploy/a.yaml\ndeploy/b.yaml"
    );
    let raw = sandbox.git(["cat-file", "commit", "HEAD"]);
    assert_eq!(raw.matches(COMMIT_TIME).count(), 2);
}

#[test]
fn fresh_repository_without_a_commit() {
    for hook in [false, true] {
        let sandbox = Sandbox::empty();
        sandbox.write("others/staged", "staged\n");
        sandbox.git(["add", "others/staged"]);
        sandbox.write("others/untracked", "untracked\n");
        if hook {
            sandbox.script(".git/hooks/commit-msg", "exit 0");
        }
        sandbox.commit_unnoticed(FILES, CommitRequest::default());
        assert_eq!(sandbox.git(["rev-list", "--count", "HEAD"]), "1");
        assert_eq!(sandbox.git(["ls-tree", "--name-only", "HEAD"]), "deploy");
    }
}

#[test]
fn repository_that_was_just_made() {
    let folder = folder();
    let root = folder.path().join("new/service");
    let repo = Repo::init(&root).unwrap();
    git(&root, ["config", "user.name", "Tester"]);
    git(&root, ["config", "user.email", "tester@example.com"]);
    let commit = write_and_commit(&repo, FILES, CommitRequest::default()).unwrap();
    assert_eq!(git(&root, ["rev-parse", "HEAD"]), commit.id);
    check_committed(&root, FILES);
}

#[test]
fn linked_work_tree() {
    for hook in [false, true] {
        let sandbox = Sandbox::busy();
        let other = sandbox.root.with_file_name("other");
        sandbox.git(["worktree", "add", "--quiet", "-b", "web", other.to_str().unwrap()]);
        if hook {
            sandbox.script(".git/hooks/pre-commit", "exit 0");
        }
        let main_before = sandbox.snapshot(&[]);
        let repo = Repo::discover(&other.join("not/yet")).unwrap();
        assert_eq!(repo.root(), other);
        let commit = write_and_commit(&repo, FILES, CommitRequest::default()).unwrap();
        assert_eq!(commit.branch, "web");
        assert_eq!(git(&other, ["status", "--porcelain"]), "");
        check_committed(&other, FILES);
        assert_eq!(sandbox.snapshot(&[]), main_before);
    }
}

#[test]
fn submodule_takes_its_own_commits() {
    let library = Sandbox::empty();
    library.commit_file("lib", "lib\n");
    let sandbox = Sandbox::busy();
    let url = library.root.to_str().unwrap();
    let allow = "protocol.file.allow=always";
    sandbox.git(["-c", allow, "submodule", "add", "--quiet", url, "sub"]);
    let inside = sandbox.path("sub");
    for key in ["user.name", "user.email"] {
        git(&inside, ["config", key, "tester@example.com"]);
    }
    let repo = Repo::discover(&inside.join("deploy")).unwrap();
    assert_eq!(repo.root(), inside);
    assert_eq!(repo.remote_url().as_deref(), Some(url));
    let outer_index = sandbox.git(["ls-files", "--stage"]);
    write_and_commit(&repo, FILES, CommitRequest::default()).unwrap();
    check_committed(&inside, FILES);
    assert_eq!(sandbox.git(["ls-files", "--stage"]), outer_index);

    let faults = sandbox.refused(&[("sub/x.yaml", "x\n")], CommitRequest::default());
    assert!(matches!(&faults[..], [WorkspaceError::NestedRepository { repository, .. }] if repository.ends_with("sub")));
}

#[test]
fn work_tree_named_by_the_configuration() {
    for hook in [false, true] {
        let sandbox = Sandbox::empty();
        let tree = sandbox.root.with_file_name("tree");
        fs::create_dir(&tree).unwrap();
        sandbox.git(["config", "core.worktree", tree.to_str().unwrap()]);
        if hook {
            sandbox.script(".git/hooks/pre-commit", "exit 0");
        }
        let repo = sandbox.repo();
        assert_eq!(repo.root(), tree);
        write_and_commit(&repo, FILES, CommitRequest::default()).unwrap();
        assert!(tree.join("deploy/a.yaml").exists());
        assert_eq!(sandbox.git(["status", "--porcelain"]), "");
        check_committed(&sandbox.root, &[]);
    }
}

#[test]
fn bare_repository_is_refused() {
    let folder = folder();
    git(folder.path(), ["init", "--quiet", "--bare"]);
    let fault = Repo::discover(folder.path()).err().unwrap();
    assert!(matches!(fault, WorkspaceError::BareRepository { .. }));
}

#[test]
fn no_repository_names_the_flags() {
    let folder = folder();
    let fault = Repo::discover(&folder.path().join("a/b")).err().unwrap();
    let hint = fault.hint().unwrap();
    assert!(matches!(fault, WorkspaceError::NoRepository { .. }));
    assert!(hint.contains("--init") && hint.contains("--no-commit"));
}

#[test]
fn spaces_wildcards_and_korean_names() {
    for hook in [false, true] {
        let sandbox = Sandbox::busy();
        sandbox.git(["config", "core.quotePath", "false"]);
        sandbox.write("배포 폴더/other [a].yaml", "untracked\n");
        if hook {
            sandbox.script(".git/hooks/pre-commit", "exit 0");
        }
        let files = [
            ("배포 폴더/주문 서비스.yaml", "이름: 주문\n"),
            ("배포 폴더/*.yaml", "star\n"),
            ("배포 폴더/:(top)[a].yaml", "magic\n"),
        ];
        let commit = sandbox.commit_unnoticed(&files, CommitRequest::default());
        assert_eq!(commit.paths.len(), 3);
    }
}

#[test]
fn remote_url_is_origin_or_the_only_one() {
    let sandbox = Sandbox::empty();
    assert_eq!(sandbox.repo().remote_url(), None);
    sandbox.git(["remote", "add", "mirror", "https://example.com/mirror.git"]);
    let url = sandbox.repo().remote_url();
    assert_eq!(url.as_deref(), Some("https://example.com/mirror.git"));
    sandbox.git(["remote", "add", "second", "https://example.com/second.git"]);
    assert_eq!(sandbox.repo().remote_url(), None);
    sandbox.git(["remote", "add", "origin", "https://example.com/web.git"]);
    let url = sandbox.repo().remote_url();
    assert_eq!(url.as_deref(), Some("https://example.com/web.git"));
}

#[test]
fn a_folder_of_git_that_lies_elsewhere_does_not_name_another_work_tree() {
    for hook in [false, true] {
        let sandbox = Sandbox::busy();
        let clone = sandbox.root.with_file_name("clone");
        fs::create_dir(&clone).unwrap();
        fs::rename(sandbox.path(".git"), sandbox.root.with_file_name("meta.git")).unwrap();
        fs::write(clone.join(".git"), "gitdir: ../meta.git\n").unwrap();
        // What stands beside git's folder is nobody's work tree.
        for (path, _) in FILES {
            super::git_sandbox::write(&sandbox.root.with_file_name(path), "not ours\n");
        }
        git(&clone, ["checkout", "--quiet", "--force", "main"]);
        if hook {
            let script = sandbox.root.with_file_name("meta.git").join("hooks/pre-commit");
            fs::write(&script, "#!/bin/sh\nexit 0\n").unwrap();
            super::git_sandbox::set_mode(&script, 0o755);
        }
        write_and_commit(&Repo::discover(&clone).unwrap(), FILES, CommitRequest::default()).unwrap();
        check_committed(&clone, FILES);
    }
}
