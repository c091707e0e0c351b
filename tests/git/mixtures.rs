//! Work of others in random states, before and after.

use std::fs;

use plimsoll::workspace::CommitRequest;

use super::git_sandbox::{Sandbox, try_git};

/// A linear congruential generator, so that every run meets the same cases.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// Puts the file into one of the states that `git status` knows.
fn disturb(sandbox: &Sandbox, path: &str, dice: &mut Dice) {
    // As long as the first text: git has to tell them apart by more than size.
    let text = format!("{:05}\n", dice.roll(1000));
    match dice.roll(9) {
        0 => {}
        1 => sandbox.write(path, &text),
        2 => {
            sandbox.write(path, &text);
            sandbox.git(["add", path]);
        }
        3 => {
            sandbox.write(path, &text);
            sandbox.git(["add", path]);
            sandbox.write(path, "ontop\n");
        }
        4 => {
            let _ = fs::remove_file(sandbox.path(path));
        }
        5 => {
            sandbox.git(["rm", "--quiet", "--cached", "--ignore-unmatch", path]);
        }
        6 => {
            sandbox.git(["rm", "--quiet", "--force", "--ignore-unmatch", path]);
        }
        7 => {
            sandbox.git(["rm", "--quiet", "--cached", "--ignore-unmatch", path]);
            sandbox.write(path, &text);
            sandbox.git(["add", "--intent-to-add", path]);
        }
        _ => {
            sandbox.write(path, &text);
            sandbox.git(["add", path]);
            let _ = fs::remove_file(sandbox.path(path));
        }
    }
}

#[test]
fn work_of_others_is_the_same_before_and_after() {
    let mut dice = Dice(7);
    for round in 0..50 {
        let sandbox = Sandbox::empty();
        let others: Vec<_> = (0..6).map(|i| format!("{}/{i} 파일", ["a", "deploy", "z/y"][i % 3])).collect();
        for path in others.iter().take(4) {
            sandbox.write(path, "first\n");
        }
        sandbox.write("deploy/known.yaml", "known\n");
        sandbox.git(["add", "--all"]);
        sandbox.git(["commit", "--quiet", "--message=first"]);
        for path in &others {
            disturb(&sandbox, path, &mut dice);
        }
        if dice.roll(4) == 0 {
            // Refused unless the file is in the index.
            try_git(&sandbox.root, ["update-index", "--assume-unchanged", &others[0]]);
        }
        let script = match dice.roll(3) {
            0 => None,
            1 => Some("exit 0"),
            _ => Some("exit 1"),
        };
        if let Some(script) = script {
            sandbox.script(".git/hooks/pre-commit", script);
        }
        let request = CommitRequest { branch: (dice.roll(2) == 0).then(|| "web".into()), ..CommitRequest::default() };
        let text = format!("round: {round}\n");
        let files = [("deploy/known.yaml", text.as_str()), ("deploy/new.yaml", &text), ("new/folder.yaml", &text)];
        if script == Some("exit 1") {
            sandbox.refused(&files, request);
        } else {
            sandbox.commit_unnoticed(&files, request);
        }
    }
}
