//! Every example of the README is run: `console` blocks line by line with their output, and the
//! command of the first run.
//!
//! A `…` in the output stands for anything on its line.

use std::fs;
use std::path::Path;

use crate::support::sandbox::{PLIMSOLL, Sandbox};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Commands of the README with what they print, in their order.
fn examples() -> Vec<(String, Vec<String>)> {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let mut examples: Vec<(String, Vec<String>)> = Vec::new();
    for block in readme.split("```console\n").skip(1) {
        for line in block.split("```").next().unwrap().lines() {
            match line.strip_prefix("$ ") {
                Some(command) => examples.push((command.to_owned(), Vec::new())),
                None => examples.last_mut().unwrap().1.push(line.to_owned()),
            }
        }
    }
    examples
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
    let examples = examples();
    assert!(examples.len() > 5);
    for (command, expected) in examples {
        let output = sandbox.command("sh").args(["-c", &command]).env("PATH", &path).output().unwrap();
        // Hints on what to do next go to standard error and are no part of an example that succeeds.
        let shown = if output.status.success() || !output.stdout.is_empty() { output.stdout } else { output.stderr };
        let shown = String::from_utf8(shown).unwrap();
        let got: Vec<&str> = shown.lines().collect();
        let same = got.len() == expected.len() && expected.iter().zip(&got).all(|(expected, got)| matches(expected, got));
        assert!(same, "$ {command}\n{shown}\nis not\n{}", expected.join("\n"));
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
