//! Every example of the README is run: `console` blocks line by line with their output, and the
//! command of the first run.
//!
//! A `…` in the output stands for anything on its line. `UPDATE_GOLDEN=1` rewrites the output.

use std::fs;
use std::path::Path;

use crate::support::golden;
use crate::support::sandbox::{PLIMSOLL, Sandbox};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The README cut at its examples: what stands before each is text, and what stands behind the last one.
struct Readme {
    texts: Vec<String>,
    examples: Vec<(String, Vec<String>)>,
}

impl Readme {
    fn read() -> Self {
        let (mut texts, mut examples) = (vec![String::new()], Vec::<(String, Vec<String>)>::new());
        let mut is_example = false;
        for line in fs::read_to_string(root().join("README.md")).unwrap().lines() {
            if is_example && let Some(command) = line.strip_prefix("$ ") {
                examples.push((command.to_owned(), Vec::new()));
                texts.push(String::new());
            } else if is_example && line != "```" {
                examples.last_mut().unwrap().1.push(line.to_owned());
            } else {
                is_example = line == "```console";
                *texts.last_mut().unwrap() += &format!("{line}\n");
            }
        }
        Self { texts, examples }
    }

    fn write(&self) {
        let (first, others) = self.texts.split_first().unwrap();
        let of_example = |(command, lines): &(String, Vec<String>)| {
            format!("$ {command}\n{}", lines.iter().map(|line| format!("{line}\n")).collect::<String>())
        };
        let examples = self.examples.iter().zip(others).map(|(example, text)| of_example(example) + text);
        fs::write(root().join("README.md"), first.clone() + &examples.collect::<String>()).unwrap();
    }
}

/// What was got, with the lines of the example that still match it as they stand there.
fn updated(expected: &[String], got: &[&str]) -> Vec<String> {
    let mut standing = expected.iter();
    let of_line = |line: &&str| {
        let mut ahead = standing.clone();
        let found = ahead.find(|expected| matches(expected, line));
        found.inspect(|_| standing = ahead).map_or((*line).to_owned(), Clone::clone)
    };
    got.iter().map(of_line).collect()
}

fn matches(expected: &str, got: &str) -> bool {
    let mut parts = expected.split('…');
    let Some(mut rest) = got.strip_prefix(parts.next().unwrap()) else { return false };
    let mut ends = expected == got;
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = if part.is_empty() { "" } else { &rest[at + part.len()..] };
        ends = rest.is_empty();
    }
    ends
}

#[test]
fn every_console_example_prints_what_it_says() {
    let sandbox = Sandbox::repository();
    for entry in fs::read_dir(root().join("examples")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        sandbox.write(&format!("examples/{name}"), &fs::read_to_string(&path).unwrap());
    }
    let bin = Path::new(PLIMSOLL).parent().unwrap().display().to_string();
    let path = format!("{bin}:{}", std::env::var("PATH").unwrap());
    let mut readme = Readme::read();
    assert!(readme.examples.len() > 5);
    for (command, expected) in &mut readme.examples {
        let output = sandbox.command("sh").args(["-c", command.as_str()]).env("PATH", &path).output().unwrap();
        // Hints on what to do next go to standard error and are no part of an example that succeeds.
        let shown = if output.status.success() || !output.stdout.is_empty() { output.stdout } else { output.stderr };
        let shown = String::from_utf8(shown).unwrap();
        let got: Vec<&str> = shown.lines().collect();
        if golden::updating() {
            *expected = updated(expected, &got);
            continue;
        }
        let same = got.len() == expected.len() && expected.iter().zip(&got).all(|(expected, got)| matches(expected, got));
        assert!(same, "$ {command}\n{shown}\nis not\n{}", expected.join("\n"));
    }
    if golden::updating() {
        readme.write();
    }
}

#[test]
fn the_first_run_shows_its_commit() {
    let sandbox = Sandbox::new();
    let script = root().join("examples/first-run.sh");
    let output = sandbox.command("sh").arg(&script).env("PLIMSOLL", PLIMSOLL).env("TMPDIR", sandbox.dir()).output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{shown}\n{}", String::from_utf8_lossy(&output.stderr));
    for expected in ["Committed ", "Add checkout as a service of tier 1", "k8s/deployment.yaml", "8 files changed"] {
        assert!(shown.contains(expected), "{expected} not in {shown}");
    }
}
