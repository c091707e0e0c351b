//! All integration tests but those of the workspace, which need a process of their own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails shall panic")]
#![allow(clippy::disallowed_methods, reason = "tests make the files that are read")]

mod adopt;
mod at_once;
mod blueprints;
mod bounds;
mod check;
mod cli;
#[cfg(unix)]
mod configured;
mod containers;
mod contract;
mod export;
mod frozen;
mod fuzz;
mod hostile;
mod house;
#[cfg(unix)]
mod interrupted;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod killed;
mod kubernetes;
mod merge_files;
mod new;
mod no_false_alarms;
mod organisation;
mod read_as_meant;
mod readme;
mod recovered;
mod refused;
mod released;
mod render;
mod reports;
mod rule;
mod support;
mod topics;
mod traps;
mod update;
mod verdicts;
mod versions;
mod wizard;
mod worked;
