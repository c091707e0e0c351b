//! Kubernetes itself, and the best peers, as judges of Plimsoll.
//!
//! Plain `cargo test` skips this suite; `PLIMSOLL_CONFORMANCE=1 cargo test --test conformance` runs it,
//! or those of its parts whose names stand behind `--`. It builds or installs what it needs, pinned by
//! version, into `PLIMSOLL_CONFORMANCE_CACHE` (by default a folder in the user's cache), for which it
//! needs Go and Python with pip. Where one of them is absent, the parts that need it say so and are
//! skipped; with `PLIMSOLL_CONFORMANCE=all` that is a failure.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails shall panic")]
#![allow(clippy::disallowed_methods, reason = "tests make the files that are read")]
#![allow(clippy::print_stdout, reason = "the suite is a test runner of its own")]

mod api_server;
mod checkov;
mod created;
mod fixtures;
mod held;
mod kustomize;
mod mutants;
mod oracle;
mod parts;
mod peers;
mod policies;
mod schemas;
mod sets;
mod tools;
mod types;
mod updates;

#[allow(dead_code, reason = "not every test binary needs all of it")]
#[path = "../support"]
mod support {
    pub mod golden;
    pub mod judge;
    pub mod sandbox;
    pub mod services;
}

use std::path::Path;
use std::process::ExitCode;

use parts::PARTS;
use tools::{Tools, Trouble};

fn main() -> ExitCode {
    let Some(asked) = std::env::var_os("PLIMSOLL_CONFORMANCE").filter(|value| !value.is_empty()) else {
        println!("conformance: skipped; run PLIMSOLL_CONFORMANCE=1 cargo test --test conformance (needs Go and Python)");
        return ExitCode::SUCCESS;
    };
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let all = wanted.is_empty();
    let chosen = PARTS.iter().filter(|part| all || wanted.iter().any(|name| part.name.contains(name.as_str())));
    let (mut rows, mut failed, mut skipped) = (Vec::new(), 0, 0);
    for part in chosen {
        match Tools::open().and_then(|tools| (part.judge)(&tools)) {
            Ok(result) => {
                println!("{}: {result}", part.name);
                rows.push(format!("| {} | {result} |\n", part.about));
            }
            Err(Trouble::Absent(what)) => {
                println!("{}: skipped: this machine lacks {what}", part.name);
                skipped += 1;
            }
            Err(Trouble::Faults(faults)) => {
                println!("{}: failed with {} faults\n  {}", part.name, faults.len(), faults.join("\n  "));
                failed += 1;
            }
        }
    }
    let table = format!("| judge | result |\n|---|---|\n{}", rows.concat());
    println!("\n{table}");
    // The README shows the table of a whole run as it is.
    if all
        && failed == 0
        && skipped == 0
        && let Err(fault) = in_readme(&table)
    {
        println!("{fault}");
        failed += 1;
    }
    println!("{} passed, {failed} failed, {skipped} skipped", rows.len());
    if failed == 0 && (skipped == 0 || asked != "all") { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Compares the table with the one in the README's section on trust, or rewrites it.
fn in_readme(table: &str) -> Result<(), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
    let start = text.find("| judge | result |").ok_or("README.md has no table of this suite")?;
    let end = text[start..].find("\n\n").map_or(text.len(), |end| start + end + 1);
    support::golden::compare(&path, &[&text[..start], table, &text[end..]].concat())
}
