//! What a commit takes from the index and leaves in it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use plimsoll::workspace::{CommitRequest, WorkspaceError, WriteSet};

use super::git_sandbox::{Sandbox, begin, check_committed, set_mode, try_git};

const FILES: &[(&str, &str)] = &[("deploy/a.yaml", "a: 1\n"), ("deploy/b.yaml", "b: 1\n")];

#[test]
fn second_commit_takes_only_what_changed() {
    let sandbox = Sandbox::busy();
    sandbox.commit_unnoticed(FILES, CommitRequest::default());
    let files = [("deploy/a.yaml", "a: 2\n"), ("deploy/b.yaml", "b: 1\n")];
    let commit = sandbox.commit_unnoticed(&files, CommitRequest::default());
    assert_eq!(commit.paths, [Path::new("deploy/a.yaml")]);
}

#[test]
fn nothing_changed() {
    let sandbox = Sandbox::busy();
    sandbox.commit(FILES).unwrap();
    let faults = sandbox.refused(FILES, CommitRequest::default());
    assert!(matches!(&faults[..], [WorkspaceError::NothingToCommit]));
    let on_branch = CommitRequest { branch: Some("web".into()), ..CommitRequest::default() };
    let faults = sandbox.refused(FILES, on_branch.clone());
    assert!(matches!(&faults[..], [WorkspaceError::NothingToCommit]));
    sandbox.script(".git/hooks/pre-commit", "exit 0");
    let faults = sandbox.refused(FILES, on_branch);
    assert!(matches!(&faults[..], [WorkspaceError::NothingToCommit]));
}

#[test]
fn conflicts_of_others_stay() {
    let sandbox = Sandbox::empty();
    sandbox.commit_file("line", "base\n");
    sandbox.write("line", "stashed\n");
    sandbox.git(["stash", "--quiet"]);
    sandbox.commit_file("line", "main\n");
    assert!(!try_git(&sandbox.root, ["stash", "pop"]).status.success());
    sandbox.commit_unnoticed(FILES, CommitRequest::default());
    let conflict = [("line", "ours\n")];
    let faults = sandbox.refused(&conflict, CommitRequest::default());
    assert_eq!(faults[0].to_string(), "uncommitted edits in line (conflicted)");
}

/// Git tells files apart by whole seconds and their size, and libgit2 by nanoseconds.
#[test]
fn edit_of_the_same_size_within_the_second_of_the_index_stays_seen() {
    let sandbox = Sandbox::empty();
    sandbox.git(["config", "core.trustCtime", "false"]);
    let set_time = |path: &str, nanoseconds: u32| {
        let time = UNIX_EPOCH + Duration::new(1_700_000_000, nanoseconds);
        fs::File::options().write(true).open(sandbox.path(path)).unwrap().set_modified(time).unwrap();
    };
    sandbox.write("others/edited", "first\n");
    set_time("others/edited", 100);
    sandbox.git(["add", "others/edited"]);
    sandbox.git(["commit", "--quiet", "--message=first"]);
    sandbox.write("others/edited", "other\n");
    set_time("others/edited", 300);
    set_time(".git/index", 200);
    sandbox.commit(FILES).unwrap();
    assert_eq!(sandbox.git(["status", "--porcelain"]), " M others/edited");
}

#[test]
fn flags_and_format_of_the_index_stay() {
    let sandbox = Sandbox::busy();
    sandbox.git(["update-index", "--index-version", "4"]);
    sandbox.git(["update-index", "--skip-worktree", "others/kept"]);
    sandbox.git(["update-index", "--assume-unchanged", "others/both"]);
    set_mode(&sandbox.path(".git/index"), 0o664);
    sandbox.commit_unnoticed(FILES, CommitRequest::default());
    let index = fs::read(sandbox.path(".git/index")).unwrap();
    assert_eq!(&index[..8], b"DIRC\0\0\0\x04");
    let mode = fs::metadata(sandbox.path(".git/index")).unwrap().permissions();
    assert_eq!(mode.mode() & 0o777, 0o664);
}

#[test]
fn removed_file_is_removed_from_the_commit() {
    for hook in [false, true] {
        let sandbox = Sandbox::busy();
        sandbox.commit(FILES).unwrap();
        if hook {
            sandbox.script(".git/hooks/pre-commit", "exit 0");
        }
        let before = sandbox.snapshot(&["deploy/a.yaml"]);
        let repo = sandbox.repo();
        let paths = vec![sandbox.path("deploy/a.yaml"), "deploy/never.yaml".into()];
        let request = CommitRequest { paths, ..CommitRequest::default() };
        let ready = repo.preflight(&request).unwrap();
        let mut set = WriteSet::new(repo.root());
        set.remove("deploy/a.yaml");
        set.remove("deploy/never.yaml");
        assert!(set.preflight().is_empty());
        let commit = begin(&repo).hold().unwrap().commit(&set, &ready, "remove").unwrap();
        assert_eq!(commit.paths, [Path::new("deploy/a.yaml")]);
        assert!(!sandbox.path("deploy/a.yaml").exists());
        assert_eq!(sandbox.snapshot(&["deploy/a.yaml"]), before);
        assert_eq!(sandbox.git(["ls-tree", "--name-only", "HEAD:deploy"]), "b.yaml");
        check_committed(&sandbox.root, &[]);
    }
}

#[test]
fn mode_of_an_executable_file_stays() {
    let sandbox = Sandbox::busy();
    sandbox.script("deploy/run.sh", "true");
    sandbox.git(["add", "deploy/run.sh"]);
    sandbox.git(["commit", "--quiet", "-m", "run", "--", "deploy/run.sh"]);
    let files = [("deploy/run.sh", "#!/bin/sh\nfalse\n")];
    sandbox.commit_unnoticed(&files, CommitRequest::default());
    let entry = sandbox.git(["ls-tree", "HEAD", "deploy/run.sh"]);
    assert!(entry.starts_with("100755"), "{entry}");
}

#[test]
fn mode_on_disk_is_ignored_where_the_configuration_says_so() {
    let sandbox = Sandbox::busy();
    sandbox.git(["config", "core.fileMode", "false"]);
    sandbox.commit(&[("deploy/a.yaml", "a: 1\n")]).unwrap();
    set_mode(&sandbox.path("deploy/a.yaml"), 0o755);
    sandbox.commit_unnoticed(&[("deploy/a.yaml", "a: 2\n")], CommitRequest::default());
    let entry = sandbox.git(["ls-tree", "HEAD", "deploy/a.yaml"]);
    assert!(entry.starts_with("100644"), "{entry}");
}
