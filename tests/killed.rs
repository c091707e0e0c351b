//! Killed at any point: the next run puts everything right, and nothing of the repository is hurt.
//!
//! Needs ptrace, which Linux has; what is held here does not depend on the system.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::support::fleet::{NEW, three_services};
use crate::support::sandbox::{PLIMSOLL, Sandbox};
use crate::support::thinned;
use crate::support::tracer::{self, Victims};

/// Runs that are killed at the same time, each in a repository of its own.
const WORKERS: usize = 4;

/// For how long a run is killed by the clock; it has ended then.
const MILLISECONDS: usize = 120;

/// A command that is killed at its changes, one after the other.
struct Case<'a> {
    /// What it finds; each kill gets a copy.
    template: Sandbox,
    args: &'a [&'a str],
    victims: Victims,
    /// At how many changes at most it is killed, before they are thinned; they are spread evenly.
    points: usize,
    /// Exit codes of the run after the one that was killed. After a kill behind the commit a command
    /// may have nothing left to do.
    codes: &'a [i32],
    /// Whether it moves one branch once, so that each state is that before it or that after it.
    in_one_step: bool,
}

/// Everything about a repository that a run may change, after the objects in it were checked.
#[derive(Debug, PartialEq, Eq)]
struct State {
    /// HEAD and the branches. A commit of the same is the same commit, as the clock stands still.
    refs: String,
    index: String,
    status: String,
    files: Vec<(String, Vec<u8>)>,
    /// What has no place in a repository at rest.
    leftovers: Vec<PathBuf>,
}

impl State {
    fn of(sandbox: &Sandbox) -> Self {
        let files = sandbox.files();
        let mut leftovers = Vec::new();
        find_leftovers(&sandbox.dir(), Path::new(""), &mut leftovers);
        if !sandbox.dir().join(".git").exists() {
            let nothing = String::new;
            return Self { refs: nothing(), index: nothing(), status: nothing(), files, leftovers };
        }
        assert_eq!(sandbox.git(&["fsck", "--full", "--strict", "--no-dangling"]), "");
        Self {
            refs: refs(sandbox),
            index: index(sandbox),
            status: sandbox.git(&["--no-optional-locks", "status", "--porcelain"]),
            files,
            leftovers,
        }
    }
}

/// HEAD and the branches; nothing packs them here.
fn refs(sandbox: &Sandbox) -> String {
    let (mut files, git) = (vec![PathBuf::from("HEAD")], sandbox.dir().join(".git"));
    let mut folders = vec![PathBuf::from("refs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(git.join(&folder)).unwrap().flatten() {
            let below = folder.join(entry.file_name());
            if entry.path().is_dir() { &mut folders } else { &mut files }.push(below);
        }
    }
    files.retain(|file| file.extension().is_none_or(|extension| extension != "lock"));
    files.sort();
    let line = |file: &PathBuf| format!("{}: {}", file.display(), std::fs::read_to_string(git.join(file)).unwrap());
    files.iter().map(line).collect::<Vec<_>>().concat()
}

fn index(sandbox: &Sandbox) -> String {
    let index = git2::Index::open(&sandbox.dir().join(".git/index")).unwrap();
    let line = |entry: git2::IndexEntry| format!("{:o} {} {}\n", entry.mode, entry.id, String::from_utf8_lossy(&entry.path));
    index.iter().map(line).collect::<Vec<_>>().concat()
}

/// Finds locks and what belongs to a run, below the folder of this name.
fn find_leftovers(root: &Path, below: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(root.join(below)).unwrap().flatten() {
        let (path, name) = (below.join(entry.file_name()), entry.file_name().to_string_lossy().into_owned());
        let in_git = path.starts_with(".git");
        if in_git && (path.extension().is_some_and(|extension| extension == "lock") || name == "plimsoll")
            || name.contains(".plimsoll")
        {
            found.push(path);
        } else if root.join(&path).is_dir() {
            find_leftovers(root, &path, found);
        }
    }
}

/// Kills the command everywhere, runs it again, and compares with a run that nobody has disturbed.
/// Gives the number of kills.
#[expect(clippy::print_stdout, reason = "whoever reads the test's output shall know")]
fn kill_everywhere(case: &Case<'_>) -> usize {
    let before = State::of(&case.template);
    let undisturbed = case.template.copy();
    let changes = match tracer::run(&mut command(&undisturbed, case.args), &undisturbed.dir(), None, case.victims) {
        Ok(whole) => {
            assert_eq!(whole.status.code(), Some(0), "{:?}", case.args);
            Some(whole.changes)
        }
        Err(error) => {
            println!("the system does not let processes be traced ({error}): killed by the clock instead");
            assert!(command(&undisturbed, case.args).output().unwrap().status.success());
            None
        }
    };
    let after = State::of(&undisturbed);
    assert_ne!(after.files, before.files);
    assert_eq!(after.leftovers, Vec::<PathBuf>::new());
    let kills = changes.unwrap_or(MILLISECONDS).min(case.points).div_ceil(thinned());
    let next = AtomicUsize::new(0);
    let faults = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(turn) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|turn| *turn < kills) {
                    let point = changes.map_or(turn, |changes| turn * changes / kills);
                    if let Err(fault) = kill_once(case, point, changes.is_some(), &before, &after) {
                        faults.lock().unwrap().push(format!("killed at {point}: {fault}"));
                    }
                }
            });
        }
    });
    let faults = faults.into_inner().unwrap();
    assert!(faults.is_empty(), "{} of {kills}:\n{}", faults.len(), faults.join("\n"));
    kills
}

/// Kills the command before a change, or without a tracer after so many milliseconds.
fn kill_once(case: &Case<'_>, point: usize, traced: bool, before: &State, after: &State) -> Result<(), String> {
    let sandbox = case.template.copy();
    if traced {
        tracer::run(&mut command(&sandbox, case.args), &sandbox.dir(), Some(point), case.victims).unwrap();
    } else {
        let mut child = command(&sandbox, case.args).spawn().unwrap();
        thread::sleep(Duration::from_millis(point as u64));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    // The objects are looked at after the next run, which adds to them and takes none away.
    if case.in_one_step && sandbox.dir().join(".git/HEAD").exists() {
        for (what, now, before, after) in [
            ("HEAD and the branches", refs(&sandbox), &before.refs, &after.refs),
            ("the index", index(&sandbox), &before.index, &after.index),
        ] {
            if &now != before && &now != after {
                return Err(format!("{what} are neither as before nor as after:\n{now}"));
            }
        }
    }
    let again = command(&sandbox, case.args).output().unwrap();
    let said = String::from_utf8_lossy(&again.stderr).into_owned();
    if !again.status.code().is_some_and(|code| case.codes.contains(&code)) {
        return Err(format!("the next run ended with {}:\n{said}", again.status));
    }
    let then = State::of(&sandbox);
    if &then != after {
        let differ = differences(&then, after).join("\n");
        return Err(format!("it is not as after an undisturbed run:\n{differ}\nthe next run said:\n{said}"));
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

/// A repository with work of others in it.
fn busy() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("others/staged", "staged\n");
    sandbox.git(&["add", "others/staged"]);
    sandbox.write("others/untracked", "untracked\n");
    sandbox
}

/// Has git itself commit.
fn with_hooks(sandbox: Sandbox) -> Sandbox {
    for hook in ["pre-commit", "commit-msg"] {
        sandbox.hook(hook, "git diff --cached --name-only > .git/seen");
    }
    sandbox
}

fn killed_new(template: Sandbox, more: &[&'static str], victims: Victims, points: usize) -> usize {
    // Where there is no repository yet, what is before has no HEAD.
    let in_one_step = more.iter().all(|word| !["--branch", "--init"].contains(word));
    let args = &[NEW, more].concat();
    kill_everywhere(&Case { template, args, victims, points, codes: &[0, 2], in_one_step })
}

fn killed_update(template: Sandbox, more: &[&'static str], points: usize) -> usize {
    let (args, in_one_step) = (&[&["update", "--all"], more].concat(), more.is_empty());
    kill_everywhere(&Case { template, args, victims: Victims::All, points, codes: &[0], in_one_step })
}

#[test]
fn new_at_every_change() {
    let kills = killed_new(busy(), &["shop/checkout"], Victims::All, usize::MAX);
    assert!(kills * thinned() >= 100, "{kills}");
}

#[test]
fn new_on_a_branch() {
    killed_new(busy(), &["--branch", "team/checkout"], Victims::All, 30);
}

#[test]
fn new_with_git_and_its_hooks() {
    killed_new(with_hooks(busy()), &[], Victims::All, 30);
}

#[test]
fn new_while_git_goes_on() {
    killed_new(with_hooks(busy()), &[], Victims::Parent, 20);
}

#[test]
fn new_outside_of_a_repository() {
    for flag in ["--no-commit", "--init"] {
        killed_new(Sandbox::new(), &["checkout", flag], Victims::All, 15);
    }
}

#[test]
fn update_of_three_services() {
    let kills = killed_update(three_services(), &[], 110);
    assert!(kills * thinned() >= 100, "{kills}");
}

#[test]
fn update_with_a_commit_for_each_service() {
    killed_update(three_services(), &["--commit-per-service"], 25);
}

#[test]
fn update_with_git_and_its_hooks() {
    killed_update(with_hooks(three_services()), &[], 25);
}
