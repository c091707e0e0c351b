//! All integration tests but those of the workspace, which need a process of their own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails shall panic")]

mod check;
mod cli;
mod export;
mod fuzz;
mod hostile;
mod house;
mod killed;
mod new;
mod no_false_alarms;
mod organisation;
mod readme;
mod refused;
mod render;
mod reports;
mod rule;
mod support;
mod traps;
mod update;
mod versions;
mod wizard;
