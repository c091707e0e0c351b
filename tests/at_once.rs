//! Runs at the same time in one repository: one waits for the other, and nothing is lost.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use crate::support::fleet::{NEW, SERVICES, three_services};
use crate::support::sandbox::{PLIMSOLL, Sandbox};

/// A hook that says that it runs, and goes on once it is told to.
const BLOCK: &str = "git=$(git rev-parse --git-common-dir)\ntouch $git/blocked\nwhile [ ! -e $git/go ]; do sleep 0.02; done";

fn start(sandbox: &Sandbox, args: &[&str]) -> Child {
    spawn(sandbox.command(PLIMSOLL).args(args))
}

fn spawn(command: &mut Command) -> Child {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn new_in(dir: &str) -> Vec<&str> {
    [NEW, &[dir]].concat()
}

/// Starts a run, and comes back when it is in the middle of its commit.
fn start_and_block(sandbox: &Sandbox, args: &[&str]) -> Child {
    sandbox.hook("pre-commit", BLOCK);
    let mut child = start(sandbox, args);
    while !sandbox.dir().join(".git/blocked").exists() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before its commit");
        thread::sleep(Duration::from_millis(5));
    }
    child
}

/// Reads what a run says until it says that it waits.
fn expect_waiting(child: &mut Child) -> String {
    let mut said = String::new();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    while !said.contains("waiting for another run of plimsoll in ") {
        assert_ne!(lines.read_line(&mut said).unwrap(), 0, "it did not wait: {said}");
    }
    // What it says later must find a reader.
    thread::spawn(move || lines.lines().count());
    said
}

fn let_go(sandbox: &Sandbox) {
    sandbox.write(".git/go", "");
}

#[track_caller]
fn ended(child: Child, code: i32) -> Output {
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{said}");
    output
}

fn is_sound(sandbox: &Sandbox) {
    sandbox.git(&["fsck", "--full", "--strict"]);
    assert!(!sandbox.dir().join(".git/plimsoll").exists());
    assert!(!sandbox.dir().join(".git/index.lock").exists());
}

#[test]
fn the_second_waits_and_says_so() {
    let sandbox = Sandbox::repository();
    let first = start_and_block(&sandbox, &new_in("a"));
    let mut second = start(&sandbox, &new_in("b"));
    expect_waiting(&mut second);
    let_go(&sandbox);
    ended(first, 0);
    ended(second, 0);
    assert_eq!(sandbox.git(&["rev-list", "--count", "HEAD"]), "3\n");
    assert_eq!(sandbox.git(&["status", "--short"]), "");
    is_sound(&sandbox);
}

#[test]
fn the_second_looks_at_the_folder_after_the_first() {
    let sandbox = Sandbox::repository();
    let first = start_and_block(&sandbox, &new_in("a"));
    let mut second = start(&sandbox, &new_in("a"));
    expect_waiting(&mut second);
    let_go(&sandbox);
    ended(first, 0);
    ended(second, 2);
    assert_eq!(sandbox.git(&["rev-list", "--count", "HEAD"]), "2\n");
    assert_eq!(sandbox.git(&["status", "--short"]), "");
}

#[test]
fn updates_of_services_at_once_are_all_there() {
    let sandbox = three_services();
    let commits: usize = sandbox.git(&["rev-list", "--count", "HEAD"]).trim().parse().unwrap();
    let runs: Vec<Child> = SERVICES.iter().map(|name| start(&sandbox, &["update", name])).collect();
    for run in runs {
        ended(run, 0);
    }
    assert_eq!(sandbox.git(&["rev-list", "--count", "HEAD"]).trim().parse(), Ok(commits + 3));
    assert_eq!(sandbox.git(&["status", "--short"]), "A  others/staged\n?? others/untracked\n");
    for name in SERVICES {
        assert!(sandbox.read(&format!("{name}/k8s/hpa.yaml")).contains("maxReplicas: 12"));
    }
    is_sound(&sandbox);
}

#[test]
fn updates_of_the_same_services_at_once_are_made_once() {
    let sandbox = three_services();
    let commits: usize = sandbox.git(&["rev-list", "--count", "HEAD"]).trim().parse().unwrap();
    let first = start_and_block(&sandbox, &["update", "--all"]);
    let mut second = start(&sandbox, &["update", "--all"]);
    expect_waiting(&mut second);
    let_go(&sandbox);
    ended(first, 0);
    ended(second, 0);
    assert_eq!(sandbox.git(&["rev-list", "--count", "HEAD"]).trim().parse(), Ok(commits + 1));
    assert_eq!(sandbox.git(&["status", "--short"]), "A  others/staged\n?? others/untracked\n");
    is_sound(&sandbox);
}

#[test]
fn linked_work_trees_wait_for_each_other() {
    let sandbox = Sandbox::repository();
    let linked = sandbox.dir().with_file_name("linked");
    sandbox.git(&["worktree", "add", "--quiet", "-b", "linked", linked.to_str().unwrap()]);
    let first = start_and_block(&sandbox, &new_in("a"));
    let mut second = spawn(sandbox.command(PLIMSOLL).args(new_in("b")).current_dir(&linked));
    expect_waiting(&mut second);
    let_go(&sandbox);
    ended(first, 0);
    ended(second, 0);
    assert_eq!(sandbox.git(&["rev-list", "--count", "main", "linked"]), "3\n");
    assert!(linked.join("b/plimsoll.lock").exists());
    assert!(!sandbox.dir().join(".git/worktrees/linked/plimsoll").exists());
    is_sound(&sandbox);
}

#[test]
fn a_commit_of_git_that_outlives_its_run_is_waited_for() {
    let sandbox = Sandbox::repository();
    let mut first = start_and_block(&sandbox, &new_in("a"));
    first.kill().unwrap();
    first.wait().unwrap();
    let mut second = start(&sandbox, &new_in("b"));
    expect_waiting(&mut second);
    let_go(&sandbox);
    ended(second, 0);
    assert_eq!(sandbox.git(&["rev-list", "--count", "HEAD"]), "3\n");
    assert_eq!(sandbox.git(&["status", "--short"]), "");
    is_sound(&sandbox);
}

#[test]
fn git_that_holds_the_index_for_a_moment_is_waited_for() {
    let sandbox = Sandbox::repository();
    let lock = sandbox.dir().join(".git/index.lock");
    fs::write(&lock, "theirs").unwrap();
    let run = start(&sandbox, &new_in("a"));
    // Long after it has found the lock, and long before it gives up.
    thread::sleep(Duration::from_millis(300));
    fs::remove_file(&lock).unwrap();
    ended(run, 0);
}
