//! Files are written together or not at all.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::time::Duration;

use plimsoll::workspace::{CommitRequest, Session, WorkspaceError, WriteSet};

use super::git_sandbox::{Sandbox, begin, folder, set_mode, write};

fn set(root: &Path, paths: &[&str]) -> WriteSet {
    let mut set = WriteSet::new(root);
    for path in paths {
        set.put(*path, b"ours\n".to_vec());
    }
    set
}

fn in_folder(root: &Path) -> Session<'static> {
    Session::in_folder(root, Duration::ZERO, &|notice| panic!("{notice}")).unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn files_are_created_replaced_or_left() {
    let folder = folder();
    let root = folder.path().join("out");
    write(&root.join("old"), "old\n");
    write(&root.join("same"), "ours\n");
    set_mode(&root.join("old"), 0o750);
    let same = fs::metadata(root.join("same")).unwrap().modified().unwrap();
    let set = set(&root, &["old", "same", "new/deep/file"]);
    assert!(set.preflight().is_empty());
    let applied = in_folder(&root).write(&set).unwrap();
    assert_eq!(applied.written, [Path::new("new/deep/file"), Path::new("old")]);
    assert_eq!(applied.unchanged, [Path::new("same")]);
    for name in ["old", "same", "new/deep/file"] {
        assert_eq!(fs::read_to_string(root.join(name)).unwrap(), "ours\n");
    }
    assert_eq!(mode(&root.join("old")), 0o750);
    fs::write(folder.path().join("usual"), "").unwrap();
    assert_eq!(mode(&root.join("new/deep/file")), mode(&folder.path().join("usual")));
    assert_eq!(fs::metadata(root.join("same")).unwrap().modified().unwrap(), same);
    assert_eq!(fs::read_dir(&root).unwrap().count(), 3);
}

#[test]
fn files_are_removed() {
    let folder = folder();
    let root = folder.path();
    write(&root.join("old"), "old\n");
    let mut set = WriteSet::new(root);
    set.remove("old");
    set.remove("no/folder/file");
    assert!(set.preflight().is_empty());
    let applied = in_folder(root).write(&set).unwrap();
    assert_eq!((applied.written, applied.unchanged), (vec!["old".into()], vec!["no/folder/file".into()]));
    assert_eq!(fs::read_dir(root).unwrap().count(), 0);
}

#[test]
fn failure_midway_restores_everything() {
    for repository in [true, false] {
        let sandbox = Sandbox::busy();
        sandbox.write("deploy/1", "one\n");
        set_mode(&sandbox.path("deploy/1"), 0o640);
        sandbox.write("deploy/2", "two\n");
        let mut set = set(&sandbox.root, &["deploy/1", "deploy/new/2", "deploy/x"]);
        set.remove("deploy/2");
        assert!(set.preflight().is_empty());
        // Where the last file is written first.
        fs::create_dir(sandbox.path(&format!("deploy/.x.{}.plimsoll-draft", std::process::id()))).unwrap();
        let before = sandbox.snapshot(&[]);
        let repo = sandbox.repo();
        let session = if repository { begin(&repo) } else { in_folder(&sandbox.root) };
        let fault = session.write(&set).unwrap_err();
        drop(session);
        assert!(matches!(&fault, WorkspaceError::Io { action: "write", path, .. } if path.ends_with("deploy/x")), "{fault}");
        assert_eq!(sandbox.snapshot(&[]), before);
        assert_eq!(mode(&sandbox.path("deploy/1")), 0o640);
        assert!(!sandbox.path("deploy/new").exists());
        assert!(!sandbox.path(".plimsoll").exists() && !sandbox.path(".git/plimsoll").exists());
    }
}

#[test]
fn all_faults_are_sorted_by_path() {
    let folder = folder();
    let root = folder.path();
    write(&root.join("read-only"), "old\n");
    set_mode(&root.join("read-only"), 0o444);
    fs::create_dir_all(root.join("a-folder")).unwrap();
    fs::create_dir_all(root.join("closed")).unwrap();
    set_mode(&root.join("closed"), 0o555);
    write(&root.join("file"), "");
    let paths = ["read-only", "a-folder", "closed/deep/x", "closed/y", "file/x", "p", "p/q", "../up", "/abs"];
    let faults = set(root, &paths).preflight();
    let kinds: Vec<_> = faults
        .iter()
        .map(|fault| match fault {
            WorkspaceError::PathEscapes { .. } => "escapes",
            WorkspaceError::NotAFile { .. } => "a-folder",
            WorkspaceError::ReadOnlyFolder { .. } => "closed",
            WorkspaceError::ParentNotAFolder { .. } => "parent",
            WorkspaceError::ReadOnlyFile { .. } => "read-only",
            _ => panic!("{fault}"),
        })
        .collect();
    assert_eq!(kinds, ["escapes", "escapes", "a-folder", "closed", "parent", "parent", "read-only"]);
    let hint = faults[6].hint().unwrap();
    assert_eq!(hint, format!("chmod u+w {}", root.join("read-only").display()));
    set_mode(&root.join("closed"), 0o755);
}

#[test]
fn read_only_file_that_stays_as_it_is() {
    let folder = folder();
    write(&folder.path().join("same"), "ours\n");
    set_mode(&folder.path().join("same"), 0o444);
    assert!(set(folder.path(), &["same"]).preflight().is_empty());
}

#[test]
fn links_that_lead_out_are_refused() {
    let sandbox = Sandbox::busy();
    let outside = sandbox.root.with_file_name("outside");
    write(&outside.join("file"), "theirs\n");
    symlink(&outside, sandbox.path("folder")).unwrap();
    symlink("../outside/file", sandbox.path("file")).unwrap();
    symlink("../outside/nothing", sandbox.path("dangling")).unwrap();
    let set = set(&sandbox.root, &["folder/x", "file", "dangling"]).within(&sandbox.root);
    let before = sandbox.snapshot(&[]);
    let faults = set.preflight();
    assert_eq!(faults.len(), 3);
    for (fault, name) in faults.iter().zip(["dangling", "file", "folder"]) {
        assert!(matches!(fault, WorkspaceError::LinkLeaves { link, .. } if link.ends_with(name)), "{fault}");
    }
    assert!(begin(&sandbox.repo()).write(&set).is_err());
    assert_eq!(sandbox.snapshot(&[]), before);
    assert_eq!(fs::read_to_string(outside.join("file")).unwrap(), "theirs\n");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
}

#[test]
fn links_that_stay_inside_are_followed() {
    for hook in [false, true] {
        let sandbox = Sandbox::busy();
        sandbox.write("real/old.yaml", "old\n");
        symlink("real", sandbox.path("deploy")).unwrap();
        symlink("old.yaml", sandbox.path("real/link.yaml")).unwrap();
        sandbox.git(["add", "real", "deploy"]);
        sandbox.git(["commit", "--quiet", "-m", "links", "--", "real", "deploy"]);
        if hook {
            sandbox.script(".git/hooks/pre-commit", "exit 0");
        }
        let files = [("deploy/new.yaml", "new\n"), ("deploy/link.yaml", "linked\n")];
        let ours = ["real/new.yaml", "real/old.yaml"];
        let before = sandbox.snapshot(&ours);
        let commit = sandbox.commit_with(&files, CommitRequest::default()).unwrap();
        assert_eq!(sandbox.snapshot(&ours), before);
        assert_eq!(commit.paths, ours.map(Path::new));
        assert_eq!(sandbox.read("real/old.yaml"), "linked\n");
        assert!(sandbox.path("real/link.yaml").is_symlink());
    }
}

#[test]
fn link_between_folders_of_the_work_tree_needs_the_boundary() {
    let sandbox = Sandbox::busy();
    fs::create_dir(sandbox.path("shared")).unwrap();
    fs::create_dir(sandbox.path("out")).unwrap();
    symlink("../shared", sandbox.path("out/deploy")).unwrap();
    let set = set(&sandbox.path("out"), &["deploy/x"]);
    assert_eq!(set.preflight().len(), 1);
    assert!(set.within(&sandbox.root).preflight().is_empty());
}

#[test]
fn loop_of_links_is_a_fault() {
    let folder = folder();
    symlink("b", folder.path().join("a")).unwrap();
    symlink("a", folder.path().join("b")).unwrap();
    let faults = set(folder.path(), &["a/x"]).preflight();
    assert!(matches!(&faults[..], [WorkspaceError::Io { .. }]));
}
