//! Killed at any point: the next run puts everything right, and nothing of the repository is hurt.
//!
//! Needs ptrace, which Linux has; what is held here does not depend on the system.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::support::sandbox::{PLIMSOLL, Sandbox};
use crate::support::tracer::{self, Victims};

/// Runs that are killed at the same time, each in a repository of its own.
const WORKERS: usize = 4;

/// A command that is killed at its changes, one after the other.
struct Case<'a> {
    /// Makes the repository.
    prepare: &'a (dyn Fn() -> Sandbox + Sync),
    args: &'a [&'a str],
    victims: Victims,
    /// At how many changes at most it is killed; they are spread evenly.
    points: usize,
    /// Exit codes of the run after the one that was killed. After a kill behind the commit a command
    /// may have nothing left to do.
    codes: &'a [i32],
}

/// Everything about a repository that a run may change, after the objects in it were checked.
#[derive(Debug, PartialEq, Eq)]
struct State {
    tree: String,
    commits: String,
    refs: String,
    index: String,
    status: String,
    files: Vec<(String, Vec<u8>)>,
    /// What has no place in a repository at rest.
    leftovers: Vec<PathBuf>,
}

impl State {
    fn of(sandbox: &Sandbox) -> Self {
        if !sandbox.dir().join(".git").exists() {
            let files = sandbox.files();
            let leftovers = Vec::new();
            let empty = String::new;
            return Self { tree: empty(), commits: empty(), refs: empty(), index: empty(), status: empty(), files, leftovers };
        }
        let fsck = sandbox.git(&["fsck", "--full", "--strict", "--no-dangling"]);
        assert_eq!(fsck, "");
        let has_commit =
            sandbox.command("git").args(["rev-parse", "--quiet", "--verify", "HEAD"]).output().unwrap().status.success();
        let of_commit = |args: &[&str]| if has_commit { sandbox.git(args) } else { String::new() };
        let mut leftovers = Vec::new();
        find_leftovers(&sandbox.dir(), &mut leftovers);
        Self {
            tree: of_commit(&["rev-parse", "HEAD^{tree}"]),
            commits: of_commit(&["log", "--format=%T %s", "--all"]),
            refs: sandbox.git(&["for-each-ref", "--format=%(refname)"]) + &sandbox.git(&["symbolic-ref", "HEAD"]),
            index: sandbox.git(&["ls-files", "--stage"]),
            status: sandbox.git(&["--no-optional-locks", "status", "--porcelain"]),
            files: sandbox.files(),
            leftovers,
        }
    }
}

fn find_leftovers(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let in_git = path.iter().any(|part| part == ".git");
        if in_git && (name.ends_with(".lock") || name == "plimsoll") || name.contains(".plimsoll") {
            found.push(path);
        } else if path.is_dir() {
            find_leftovers(&path, found);
        }
    }
}

/// Kills the command everywhere, runs it again, and compares with a run that nobody has disturbed.
/// Gives the number of kills.
fn kill_everywhere(case: &Case<'_>) -> usize {
    let before = State::of(&(case.prepare)());
    let undisturbed = (case.prepare)();
    let whole = tracer::run(&mut command(&undisturbed, case.args), &undisturbed.dir(), None, case.victims).unwrap();
    assert_eq!(whole.status.code(), Some(0), "{:?}", case.args);
    let after = State::of(&undisturbed);
    assert_ne!(after.files, before.files);
    assert_eq!(after.leftovers, Vec::<PathBuf>::new());
    let kills = whole.changes.min(case.points);
    let next = AtomicUsize::new(0);
    let faults = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(turn) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|turn| *turn < kills) {
                    let point = turn * whole.changes / kills;
                    if let Err(fault) = kill_once(case, point, &before, &after) {
                        faults.lock().unwrap().push(format!("killed before change {point}: {fault}"));
                    }
                }
            });
        }
    });
    let faults = faults.into_inner().unwrap();
    assert!(faults.is_empty(), "{} of {kills}:\n{}", faults.len(), faults.join("\n"));
    kills
}

fn kill_once(case: &Case<'_>, point: usize, before: &State, after: &State) -> Result<(), String> {
    let sandbox = (case.prepare)();
    let killed = tracer::run(&mut command(&sandbox, case.args), &sandbox.dir(), Some(point), case.victims).unwrap();
    let now = State::of(&sandbox);
    for (what, now, before, after) in
        [("the commits", &now.commits, &before.commits, &after.commits), ("the index", &now.index, &before.index, &after.index)]
    {
        if now != before && now != after {
            return Err(format!("{what} are neither as before nor as after:\n{now}"));
        }
    }
    let again = command(&sandbox, case.args).output().unwrap();
    let said = String::from_utf8_lossy(&again.stderr).into_owned();
    if !again.status.code().is_some_and(|code| case.codes.contains(&code)) {
        return Err(format!("the next run ended with {:?} after {:?}:\n{said}", again.status.code(), killed.status));
    }
    let then = State::of(&sandbox);
    if &then != after {
        let differ: Vec<String> = differences(&then, after);
        return Err(format!("it is not as after an undisturbed run:\n{}\nthe next run said:\n{said}", differ.join("\n")));
    }
    Ok(())
}

fn differences(got: &State, expected: &State) -> Vec<String> {
    let (got, expected) = (format!("{got:#?}"), format!("{expected:#?}"));
    let diff = similar::TextDiff::from_lines(&expected, &got);
    let changed = diff.iter_all_changes().filter(|change| change.tag() != similar::ChangeTag::Equal);
    changed.take(40).map(|change| format!("{} {}", change.tag(), change.value().trim_end())).collect()
}

fn command(sandbox: &Sandbox, args: &[&str]) -> Command {
    let mut command = sandbox.command(PLIMSOLL);
    command.args(args);
    command
}

/// Whether processes may be traced here. Containers seldom forbid it.
fn can_trace() -> bool {
    let sandbox = Sandbox::new();
    let traced = tracer::run(&mut command(&sandbox, &["--version"]), &sandbox.dir(), None, Victims::All);
    if let Err(error) = &traced {
        println!("skipped: the system does not let processes be traced ({error})");
    }
    traced.is_ok()
}

const NEW: &[&str] =
    &["new", "--set", "name=checkout", "--set", "image=reg:5000/shop/checkout:1.4.2", "--set", "ports.0.port=8080"];

fn new(more: &[&'static str]) -> Vec<&'static str> {
    [NEW, more].concat()
}

/// A repository with work of others in it.
fn busy() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("others/staged", "staged\n");
    sandbox.git(&["add", "others/staged"]);
    sandbox.write("others/untracked", "untracked\n");
    sandbox
}

/// One in which git itself has to commit.
fn with_hooks() -> Sandbox {
    use std::os::unix::fs::PermissionsExt as _;

    let sandbox = busy();
    for hook in ["pre-commit", "commit-msg"] {
        sandbox.write(&format!(".git/hooks/{hook}"), "#!/bin/sh\ngit diff --cached --name-only > .git/seen\n");
        let executable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(sandbox.dir().join(".git/hooks").join(hook), executable).unwrap();
    }
    sandbox
}

#[test]
fn new_killed_at_every_change() {
    if can_trace() {
        let args = new(&["shop/checkout"]);
        let case = Case { prepare: &busy, args: &args, victims: Victims::All, points: usize::MAX, codes: &[0, 2] };
        let kills = kill_everywhere(&case);
        assert!(kills >= 100, "{kills}");
    }
}

#[test]
fn new_on_a_branch_killed() {
    if can_trace() {
        let args = new(&["--branch", "team/checkout"]);
        kill_everywhere(&Case { prepare: &busy, args: &args, victims: Victims::All, points: 60, codes: &[0, 2] });
    }
}

#[test]
fn new_killed_with_git_and_its_hooks() {
    if can_trace() {
        kill_everywhere(&Case { prepare: &with_hooks, args: &new(&[]), victims: Victims::All, points: 60, codes: &[0, 2] });
    }
}

#[test]
fn new_killed_while_git_goes_on() {
    if can_trace() {
        kill_everywhere(&Case { prepare: &with_hooks, args: &new(&[]), victims: Victims::Parent, points: 40, codes: &[0, 2] });
    }
}

#[test]
fn new_killed_outside_of_a_repository() {
    if can_trace() {
        for flag in ["--no-commit", "--init"] {
            let args = new(&["checkout", flag]);
            kill_everywhere(&Case { prepare: &Sandbox::new, args: &args, victims: Victims::All, points: 40, codes: &[0, 2] });
        }
    }
}
