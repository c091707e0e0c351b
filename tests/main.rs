//! All integration tests but those of the workspace, which need a process of their own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails shall panic")]

mod cli;
mod hostile;
mod house;
mod new;
mod readme;
mod render;
mod rule;
mod support;
