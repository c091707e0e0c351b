//! What git stores of a file, compared with `git add`.

use plimsoll::workspace::CommitRequest;

use super::git_sandbox::Sandbox;

/// Commits `files` and checks that `git add` of the same file stores the same.
fn stores_as_git_add(sandbox: &Sandbox, files: &[(&str, &str)]) {
    let ours: Vec<_> = files.iter().map(|(path, _)| *path).collect();
    let before = sandbox.snapshot(&ours);
    sandbox.commit(files).unwrap();
    assert_eq!(sandbox.snapshot(&ours), before);
    for (path, text) in files {
        assert_eq!(sandbox.read(path), *text);
        let stored = sandbox.git(["rev-parse", &format!("HEAD:{path}")]);
        assert_eq!(sandbox.git(["hash-object", "--path", path, path]), stored);
        assert_eq!(sandbox.git(["status", "--porcelain", "--", path]), "");
    }
    sandbox.git(["fsck", "--strict", "--no-dangling"]);
}

const LINES: &[(&str, &str)] = &[
    ("deploy/unix.yaml", "a: 1\nb: 2\n"),
    ("deploy/dos.yaml", "a: 1\r\nb: 2\r\n"),
    ("deploy/empty.yaml", ""),
    ("deploy/zero.bin", "\0\r\n"),
];

#[test]
fn line_ends_by_configuration() {
    for value in ["true", "input", "false"] {
        let sandbox = Sandbox::busy();
        sandbox.git(["config", "core.autocrlf", value]);
        stores_as_git_add(&sandbox, LINES);
        let stored = sandbox.git(["cat-file", "-p", "HEAD:deploy/dos.yaml"]);
        assert_eq!(stored.contains('\r'), value == "false");
        let again = [("deploy/dos.yaml", "a: 2\r\nb: 2\r\n")];
        stores_as_git_add(&sandbox, &again);
    }
}

#[test]
fn line_ends_by_attributes() {
    let sandbox = Sandbox::busy();
    sandbox.commit_file(".gitattributes", "*.yaml text eol=lf\n*.bin -text\n");
    stores_as_git_add(&sandbox, LINES);
}

#[test]
fn attributes_that_are_written_along() {
    let sandbox = Sandbox::busy();
    let files = [(".gitattributes", "*.yaml text eol=crlf\n"), ("deploy/dos.yaml", "a: 1\r\n")];
    stores_as_git_add(&sandbox, &files);
    let stored = sandbox.git(["cat-file", "-p", "HEAD:deploy/dos.yaml"]);
    assert_eq!(stored, "a: 1");
}

#[test]
fn external_filter_runs() {
    let sandbox = Sandbox::busy();
    sandbox.git(["config", "filter.upper.clean", "tr a-z A-Z"]);
    sandbox.git(["config", "filter.upper.smudge", "tr A-Z a-z"]);
    sandbox.commit_file(".gitattributes", "*.yaml filter=upper\n");
    let files = [("deploy/a.yaml", "name: web\n"), ("deploy/b.txt", "text\n")];
    stores_as_git_add(&sandbox, &files);
    assert_eq!(sandbox.git(["show", "HEAD:deploy/a.yaml"]), "NAME: WEB");

    // A file that git just checked out, smudged, carries no edit.
    std::fs::remove_file(sandbox.path("deploy/a.yaml")).unwrap();
    sandbox.git(["checkout", "--quiet", "HEAD", "--", "deploy"]);
    stores_as_git_add(&sandbox, &[("deploy/a.yaml", "name: shop\n")]);
}

#[test]
fn edits_of_filtered_files_are_noticed() {
    let sandbox = Sandbox::busy();
    sandbox.git(["config", "filter.upper.clean", "tr a-z A-Z"]);
    sandbox.commit_file(".gitattributes", "*.yaml filter=upper\n");
    sandbox.commit(&[("deploy/a.yaml", "name: web\n")]).unwrap();
    sandbox.write("deploy/a.yaml", "name: mine\n");
    sandbox.write("deploy/b.yaml", "name: mine\n");
    let files = [("deploy/a.yaml", "x\n"), ("deploy/b.yaml", "x\n")];
    let faults = sandbox.refused(&files, CommitRequest::default());
    assert_eq!(faults[0].to_string(), "uncommitted edits in deploy/a.yaml (modified), deploy/b.yaml (untracked)");
}

#[test]
fn encoding_of_the_work_tree() {
    let sandbox = Sandbox::busy();
    sandbox.commit_file(".gitattributes", "*.utf16 text working-tree-encoding=UTF-16LE\n");
    stores_as_git_add(&sandbox, &[("deploy/a.utf16", "a\0b\0\n\0")]);
    assert_eq!(sandbox.git(["show", "HEAD:deploy/a.utf16"]), "ab");
}
