//! Somebody else commits at random moments: nothing of theirs is lost or taken back, and nothing of ours.
//!
//! `RACES` says how many runs of ours there are, and `RACES_SEED` where the dice begin.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use plimsoll::workspace::{CommitRequest, WorkspaceError};

use super::git_sandbox::{Sandbox, write_set};
use super::mixtures::Dice;

/// Runs of ours in one repository.
const IN_ONE: u64 = 100;

/// How many others commit at the same time, each their own files.
const OTHERS: u64 = 3;

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |text| text.parse().unwrap())
}

/// What the other process does, each a way in which people and programs commit.
#[derive(Clone, Copy, Debug)]
enum Their {
    /// `git add` and `git commit`.
    Commit,
    /// `git commit --only`, with the index locked meanwhile.
    Only,
    /// An index of its own, which does not heed the lock of the usual one.
    OwnIndex,
    /// Objects and references alone.
    Plumbing,
    /// Something staged that is not committed.
    Staged,
}

const THEIRS: [Their; 5] = [Their::Commit, Their::Only, Their::OwnIndex, Their::Plumbing, Their::Staged];

/// Runs git; whether it succeeded.
fn git(root: &Path, arguments: &[&str], index: Option<&Path>) -> Option<String> {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(root).stdin(Stdio::null()).stderr(Stdio::null());
    if let Some(index) = index {
        command.env("GIT_INDEX_FILE", index);
    }
    let output = command.output().unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap().trim().to_owned())
}

/// Commits by git itself; the id of the commit, if it made one. Its message tells nothing: git keeps it in one
/// file, so that of two commits at once one may get that of the other.
fn commit(root: &Path, arguments: &[&str]) -> Option<String> {
    let told = git(root, &[&["-c", "core.abbrev=40", "commit"], arguments].concat(), None)?;
    Some(told.split_once(']').unwrap().0.rsplit(' ').next().unwrap().to_owned())
}

/// Does one thing; the id of the commit, if it made one.
fn act(root: &Path, who: u64, their: Their, turn: u64) -> Option<String> {
    let message = format!("theirs {who}-{turn}");
    let file = &format!("theirs/{who}/file");
    if !matches!(their, Their::Plumbing | Their::OwnIndex) {
        std::fs::write(root.join(file), format!("{turn}\n")).unwrap();
    }
    match their {
        Their::Commit => {
            git(root, &["add", file], None)?;
            commit(root, &["-m", &message])
        }
        Their::Only => commit(root, &["-m", &message, "--only", "--", file]),
        Their::Staged => {
            git(root, &["add", file], None)?;
            None
        }
        Their::OwnIndex | Their::Plumbing => {
            let index = root.join(format!(".git/index-of-{who}"));
            let head = git(root, &["rev-parse", "HEAD"], None)?;
            git(root, &["read-tree", &head], Some(&index))?;
            let blob = format!("100644,{},theirs/{who}/plumbed", blob(root, who, turn)?);
            git(root, &["update-index", "--add", "--cacheinfo", &blob], Some(&index))?;
            if matches!(their, Their::OwnIndex) {
                // git reads HEAD anew: what was committed meanwhile would be taken back by them, not by us.
                if git(root, &["rev-parse", "HEAD"], None)? != head {
                    return None;
                }
            }
            let tree = git(root, &["write-tree"], Some(&index))?;
            let commit = git(root, &["commit-tree", "-p", &head, "-m", &message, &tree], None)?;
            git(root, &["update-ref", "refs/heads/main", &commit, &head], None)?;
            Some(commit)
        }
    }
}

fn blob(root: &Path, who: u64, turn: u64) -> Option<String> {
    let path = root.join(format!(".git/blob-of-{who}"));
    std::fs::write(&path, format!("{turn}\n")).unwrap();
    git(root, &["hash-object", "-w", path.to_str().unwrap()], None)
}

/// Commits again and again until told to end; gives the ids of the commits that were made.
fn other(root: &Path, who: u64, seed: u64, ended: &AtomicBool) -> Vec<String> {
    let mut dice = Dice(seed * OTHERS + who);
    let mut commits = Vec::new();
    for turn in 0.. {
        if ended.load(Ordering::Relaxed) {
            break;
        }
        let their = THEIRS[usize::try_from(dice.roll(THEIRS.len() as u64)).unwrap()];
        commits.extend(act(root, who, their, turn));
        thread::sleep(Duration::from_micros(dice.roll(4000)));
    }
    commits
}

/// Tells the others to end when it goes.
struct EndsThem<'a>(&'a AtomicBool);

impl Drop for EndsThem<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Commits `runs` times while the others do, and looks at what has become of all.
fn race(seed: u64, runs: u64, hook: bool) -> (u64, usize) {
    let sandbox = Sandbox::empty();
    for who in 0..OTHERS {
        sandbox.commit_file(&format!("theirs/{who}/file"), "first\n");
    }
    if hook {
        sandbox.script(".git/hooks/pre-commit", "exit 0");
    }
    let ended = AtomicBool::new(false);
    let (ours, theirs) = thread::scope(|scope| {
        let (root, ended) = (&sandbox.root, &ended);
        // Also if ours panics.
        let _end = EndsThem(ended);
        let others: Vec<_> = (0..OTHERS).map(|who| scope.spawn(move || other(root, who, seed, ended))).collect();
        let mut dice = Dice(seed);
        let mut made = Vec::new();
        for run in 0..runs {
            made.extend(ours(&sandbox, run, &made));
            thread::sleep(Duration::from_micros(dice.roll(4000)));
        }
        ended.store(true, Ordering::Relaxed);
        (made, others.into_iter().flat_map(|other| other.join().unwrap()).collect::<Vec<_>>())
    });
    let history = sandbox.git(["log", "--format=commit %H %s", "--name-only"]);
    let moves = std::fs::read_to_string(sandbox.path(".git/logs/refs/heads/main")).unwrap();
    let ends: Vec<Vec<&str>> = moves.lines().map(|line| line.split(' ').take(2).collect()).collect();
    for pair in ends.windows(2) {
        assert_eq!(pair[0][1], pair[1][0], "seed {seed}: a move that began elsewhere:\n{moves}");
    }
    for id in ours.iter().chain(&theirs) {
        assert!(history.contains(&format!("commit {id} ")), "seed {seed}: {id} is lost:\n{moves}\n{history}");
    }
    let (mut is_ours, mut taken_back) = (false, 0);
    for line in history.lines().filter(|line| !line.is_empty()) {
        match line.strip_prefix("commit ") {
            Some(rest) => is_ours = ours.iter().any(|id| rest.starts_with(id)),
            None if is_ours => assert!(line.starts_with("ours/"), "seed {seed}: ours took {line} back:\n{history}"),
            None => taken_back += usize::from(line.starts_with("ours/a")),
        }
    }
    // A `git commit` of theirs reads HEAD, then the index, and only then locks it: one that does so between our
    // commit and our index takes ours back, as it would take back that of any other git. It is seldom: without
    // our index, each of their commits would.
    assert!(taken_back * 10 <= ours.len().max(20), "seed {seed}: theirs took ours back {taken_back} times:\n{history}");
    sandbox.git(["fsck", "--strict", "--no-dangling"]);
    for left in ["index.lock", "plimsoll", "HEAD.lock", "refs/heads/main.lock"] {
        assert!(!sandbox.path(".git").join(left).exists(), "seed {seed}: {left}");
    }
    assert!(is_as_committed(&sandbox, &ours), "seed {seed}:\n{history}");
    (ours.len() as u64, theirs.len())
}

/// Whether our files are as in HEAD, or as they were before somebody else's commit changed them.
fn is_as_committed(sandbox: &Sandbox, ours: &[String]) -> bool {
    sandbox.git(["diff", "HEAD", "--", "ours"]).is_empty()
        || !ours.contains(&sandbox.git(["log", "-1", "--format=%H", "--", "ours"]))
}

/// One run of ours; the id of the commit, if it made one beside the others of ours. If it did not, it said why.
fn ours(sandbox: &Sandbox, run: u64, made: &[String]) -> Option<String> {
    let repo = sandbox.repo();
    let text = format!("run: {run}\n");
    let files = [("ours/a.yaml", text.as_str()), ("ours/b.yaml", &text)];
    let request = CommitRequest { paths: files.iter().map(|(path, _)| path.into()).collect(), ..CommitRequest::default() };
    let session = repo.begin(Duration::from_secs(60), &|_| ()).unwrap();
    let outcome = session.land(|repo| {
        let ready = repo.preflight(&request).map_err(|mut faults| faults.remove(0))?;
        Ok::<_, WorkspaceError>(Some((write_set(repo.root(), &files), ready, format!("ours {run}\n"))))
    });
    match outcome {
        Ok(commit) => commit.map(|commit| commit.id),
        Err(WorkspaceError::HeadMoved { .. } | WorkspaceError::IndexLocked { .. }) => None,
        // Whoever had the reference locked did not move it.
        Err(WorkspaceError::UserGit { output, .. }) if output.contains("cannot lock ref") => None,
        // git reads the index before it locks it: a commit of theirs that fails may leave an older index behind,
        // as it does beside any other commit. HEAD and the files are right.
        Err(WorkspaceError::Dirty { .. }) => {
            assert!(is_as_committed(sandbox, made), "{}", sandbox.git(["log", "-3", "--stat"]));
            drop(git(&sandbox.root, &["checkout", "--quiet", "HEAD", "--", "ours"], None));
            None
        }
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn nothing_is_lost_beside_somebody_who_commits() {
    let (runs, seed) = (number("RACES", 100), number("RACES_SEED", 2026));
    let (mut made, mut theirs, mut left) = (0, 0, runs);
    for round in 0.. {
        let now = left.min(if runs <= IN_ONE { runs.div_ceil(2) } else { IN_ONE });
        if now == 0 {
            break;
        }
        let (ours, others) = race(seed + round, now, round % 2 == 1);
        made += ours;
        theirs += others;
        left -= now;
    }
    println!("{runs} runs: {made} commits of ours beside {theirs} of theirs");
    assert!(made * 10 >= runs * 9, "only {made} of {runs} runs came to a commit");
}
