//! What is refused before anything is written.

use std::fs;
use std::time::Duration;

use plimsoll::workspace::{CommitRequest, Dirtiness, DirtyFile, Operation, Repo, WorkspaceError};

use super::git_sandbox::{Sandbox, begin, git, try_git};

const FILES: &[(&str, &str)] = &[("deploy/a.yaml", "a: 1\n"), ("deploy/b.yaml", "b: 1\n")];

/// A repository whose branches `main` and `side` change the same line.
fn diverged() -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.commit_file("line", "base\n");
    sandbox.git(["checkout", "--quiet", "-b", "side"]);
    sandbox.commit_file("line", "side\n");
    sandbox.git(["checkout", "--quiet", "main"]);
    sandbox.commit_file("line", "main\n");
    sandbox
}

fn operation_of(sandbox: &Sandbox) -> Operation {
    let faults = sandbox.refused(FILES, CommitRequest::default());
    match &faults[..] {
        [fault @ WorkspaceError::OperationInProgress { operation, .. }] => {
            assert!(fault.hint().unwrap().starts_with("git "));
            *operation
        }
        _ => panic!("{faults:?}"),
    }
}

#[test]
fn operations_in_progress() {
    let cases: [(&[&str], Operation); 5] = [
        (&["merge", "side"], Operation::Merge),
        (&["rebase", "side"], Operation::Rebase),
        (&["rebase", "--apply", "side"], Operation::Rebase),
        (&["cherry-pick", "side"], Operation::CherryPick),
        (&["revert", "--no-edit", "HEAD~1"], Operation::Revert),
    ];
    for (command, operation) in cases {
        let sandbox = diverged();
        let output = match command {
            [a, b] => try_git(&sandbox.root, [a, b]),
            [a, b, c] => try_git(&sandbox.root, [a, b, c]),
            _ => unreachable!(),
        };
        assert!(!output.status.success(), "{command:?} met no conflict");
        assert_eq!(operation_of(&sandbox), operation, "{command:?}");
    }
}

#[test]
fn bisect_and_mailbox_in_progress() {
    let sandbox = diverged();
    sandbox.git(["bisect", "start", "HEAD", "HEAD~1"]);
    assert_eq!(operation_of(&sandbox), Operation::Bisect);

    let sandbox = diverged();
    let patch = sandbox.root.with_file_name("patch");
    fs::write(&patch, sandbox.git(["format-patch", "--stdout", "main..side"])).unwrap();
    assert!(!try_git(&sandbox.root, ["am", patch.to_str().unwrap()]).status.success());
    assert_eq!(operation_of(&sandbox), Operation::Mailbox);
}

#[test]
fn picks_to_come_count_as_in_progress() {
    let sandbox = diverged();
    sandbox.git(["checkout", "--quiet", "side"]);
    sandbox.commit_file("next", "next\n");
    sandbox.git(["checkout", "--quiet", "main"]);
    assert!(!try_git(&sandbox.root, ["cherry-pick", "main..side"]).status.success());
    sandbox.write("line", "solved\n");
    sandbox.git(["commit", "--quiet", "--all", "--message=solved"]);
    assert_eq!(operation_of(&sandbox), Operation::CherryPick);
}

#[test]
fn ignored_paths() {
    let sandbox = Sandbox::busy();
    sandbox.commit_file(".gitignore", "deploy/*.yaml\n!deploy/b.yaml\n");
    let faults = sandbox.refused(FILES, CommitRequest::default());
    assert!(matches!(&faults[..], [WorkspaceError::Ignored { path }] if path.ends_with("deploy/a.yaml")));
    assert_eq!(faults[0].hint().unwrap(), "git check-ignore -v deploy/a.yaml");
}

#[test]
fn ignored_but_tracked_path_is_committed() {
    for hook in [false, true] {
        let sandbox = Sandbox::busy();
        sandbox.commit(FILES).unwrap();
        sandbox.commit_file(".gitignore", "*.yaml\n");
        if hook {
            sandbox.script(".git/hooks/pre-commit", "exit 0");
        }
        sandbox.commit_unnoticed(&[("deploy/a.yaml", "a: 2\n")], CommitRequest::default());
    }
}

#[test]
fn missing_identity() {
    let sandbox = Sandbox::busy();
    sandbox.git(["config", "--unset", "user.email"]);
    let faults = sandbox.refused(FILES, CommitRequest::default());
    assert!(matches!(&faults[..], [WorkspaceError::NoIdentity { missing }] if missing == &["user.email"]));
    let hint = faults[0].hint().unwrap();
    assert!(hint.contains("git config --global user.email") && !hint.contains("user.name"));

    sandbox.git(["config", "--unset", "user.name"]);
    let faults = sandbox.refused(FILES, CommitRequest::default());
    assert!(matches!(&faults[..], [WorkspaceError::NoIdentity { missing }] if missing.len() == 2));
}

#[test]
fn dirty_files_are_named() {
    let sandbox = Sandbox::empty();
    for name in ["modified", "deleted", "staged", "clean"] {
        sandbox.write(&format!("deploy/{name}"), "old\n");
    }
    sandbox.git(["add", "--all"]);
    sandbox.git(["commit", "--quiet", "--message=first"]);
    sandbox.write("deploy/modified", "edit\n");
    fs::remove_file(sandbox.path("deploy/deleted")).unwrap();
    sandbox.write("deploy/staged", "edit\n");
    sandbox.git(["add", "deploy/staged"]);
    sandbox.write("deploy/untracked", "mine\n");
    sandbox.write("deploy/not ours", "mine\n");
    let names = ["modified", "deleted", "staged", "untracked", "clean", "new"];
    let paths = names.map(|name| format!("deploy/{name}"));
    let files: Vec<_> = paths.iter().map(|path| (path.as_str(), "ours\n")).collect();

    let faults = sandbox.refused(&files, CommitRequest::default());
    let [fault @ WorkspaceError::Dirty { files: dirty }] = &faults[..] else {
        panic!("{faults:?}");
    };
    let expected = [
        ("deploy/deleted", Dirtiness::Deleted),
        ("deploy/modified", Dirtiness::Modified),
        ("deploy/staged", Dirtiness::Staged),
        ("deploy/untracked", Dirtiness::Untracked),
    ];
    let expected = expected.map(|(path, edit)| DirtyFile { path: path.into(), edit });
    assert_eq!(dirty, &expected);
    assert!(fault.hint().unwrap().contains("--allow-dirty"));

    for hook in [false, true] {
        if hook {
            sandbox.script(".git/hooks/pre-commit", "exit 0");
        }
        let text = format!("hook: {hook}\n");
        let files: Vec<_> = paths.iter().map(|path| (path.as_str(), text.as_str())).collect();
        let request = CommitRequest { allow_dirty: true, ..CommitRequest::default() };
        let commit = sandbox.commit_with(&files, request).unwrap();
        assert_eq!(commit.paths.len(), 6);
        assert_eq!(sandbox.git(["status", "--porcelain"]), "?? \"deploy/not ours\"");
    }
}

#[test]
fn paths_outside_and_in_nested_repositories() {
    let sandbox = Sandbox::busy();
    fs::create_dir(sandbox.path("nested")).unwrap();
    git(&sandbox.path("nested"), ["init", "--quiet"]);
    let paths = ["../elsewhere", ".git/config", "nested/deploy/x", "/etc/hosts", ""];
    let request = CommitRequest { paths: paths.map(Into::into).to_vec(), ..CommitRequest::default() };
    let faults = sandbox.repo().preflight(&request).unwrap_err();
    let outside = |it: &&WorkspaceError| matches!(it, WorkspaceError::OutsideWorkTree { .. });
    assert_eq!(faults.iter().filter(outside).count(), 4, "{faults:?}");
    assert!(matches!(faults.last(), Some(WorkspaceError::NestedRepository { .. })));
}

#[test]
fn folder_of_the_last_commit_is_not_replaced_by_a_file() {
    let sandbox = Sandbox::empty();
    sandbox.commit_file("deploy", "a file\n");
    sandbox.commit_file("web/a.yaml", "a: 1\n");
    fs::remove_file(sandbox.path("deploy")).unwrap();
    fs::remove_dir_all(sandbox.path("web")).unwrap();
    let files = [("deploy/a.yaml", "a: 1\n"), ("web", "a file\n")];
    let faults = sandbox.refused(&files, CommitRequest::default());
    assert!(matches!(&faults[..], [WorkspaceError::KindClash { .. }, WorkspaceError::KindClash { .. }]));
}

#[test]
fn lock_of_another_process() {
    let sandbox = Sandbox::busy();
    let lock = sandbox.path(".git/index.lock");
    fs::write(&lock, "theirs").unwrap();
    let faults = sandbox.refused(FILES, CommitRequest::default());
    assert!(matches!(&faults[..], [WorkspaceError::IndexLocked { .. }]));
    assert!(faults[0].hint().unwrap().contains("index.lock"));
    assert_eq!(fs::read_to_string(lock).unwrap(), "theirs");
    assert!(!sandbox.path("deploy").exists());
}

#[test]
fn all_faults_at_once() {
    let sandbox = Sandbox::busy();
    sandbox.git(["config", "--unset", "user.email"]);
    sandbox.git(["checkout", "--quiet", "--detach"]);
    sandbox.write(".git/info/exclude", "*.log\n");
    let files = [("x.log", "x\n"), ("others/modified", "ours\n")];
    let faults = sandbox.refused(&files, CommitRequest::default());
    assert!(
        matches!(
            &faults[..],
            [
                WorkspaceError::DetachedHead { .. },
                WorkspaceError::NoIdentity { .. },
                WorkspaceError::Ignored { .. },
                WorkspaceError::Dirty { .. },
            ]
        ),
        "{faults:?}"
    );
    for fault in faults {
        assert!(!fault.to_string().contains('\n'));
    }
}

#[test]
fn another_run() {
    let sandbox = Sandbox::busy();
    let (repo, other) = (sandbox.repo(), sandbox.repo());
    let session = begin(&repo);
    let fault = other.begin(Duration::from_millis(60), &|notice| panic!("{notice}")).err().unwrap();
    assert!(matches!(&fault, WorkspaceError::Busy { place, .. } if *place == sandbox.root), "{fault}");
    assert!(fault.hint().unwrap().contains("run the command again"));
    drop(session);
    drop(begin(&other));
    assert!(Repo::find_open(&sandbox.root).is_none());
}
