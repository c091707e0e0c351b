//! What the commands print, as raw files under `golden/cli/`: one folder a case, with `args` (one
//! word a line), what stands in the folder before under `in/`, and the two streams.

use std::fs;

use crate::support::golden;
use crate::support::sandbox::Sandbox;

#[test]
fn every_screen_is_its_golden() {
    let mut faults = Vec::new();
    for case in golden::cases("cli") {
        let sandbox = Sandbox::repository();
        for (name, text) in files(&case.join("in")) {
            sandbox.write(&name, &text);
        }
        let args = fs::read_to_string(case.join("args")).unwrap();
        let args: Vec<&str> = args.lines().collect();
        let run = sandbox.run(&args);
        faults.extend(golden::compare(&case.join("stdout"), &run.stdout).err());
        faults.extend(golden::compare(&case.join("stderr"), &run.stderr).err());
        faults.extend(golden::compare(&case.join("exit"), &format!("{}\n", run.code)).err());
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn files(folder: &std::path::Path) -> Vec<(String, String)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let read =
        |path: std::path::PathBuf| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap());
    entries.map(|entry| read(entry.unwrap().path())).collect()
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let sandbox = Sandbox::new();
    let script = format!("{} schema service | head -c 1", crate::support::sandbox::PLIMSOLL);
    let output = sandbox.command("sh").args(["-c", &script]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn completions_and_manual_pages_are_written() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = sandbox.run(&["completions", shell]).exits(0);
        assert!(run.stdout.contains("plimsoll") && run.stdout.contains("dry-run"), "{shell}");
    }
    assert!(sandbox.run(&["man"]).exits(0).stdout.contains(".TH plimsoll"));
    assert!(sandbox.run(&["man", "new"]).exits(0).stdout.contains("dry\\-run"));
    assert!(sandbox.run(&["man", "nwe"]).exits(2).stderr.contains("nwe"));
}
