//! Files are written and committed all or nothing; everything else stays.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails shall panic")]
#![allow(clippy::disallowed_methods, reason = "tests make the files that are read")]

#[path = "git/branch.rs"]
mod branch;
#[path = "support/git_sandbox.rs"]
mod git_sandbox;
#[path = "support/git_snapshot.rs"]
mod git_snapshot;
#[path = "git/index_entries.rs"]
mod index_entries;
#[path = "git/layouts.rs"]
mod layouts;
#[path = "git/mixtures.rs"]
mod mixtures;
#[path = "git/overtaken.rs"]
mod overtaken;
#[path = "git/races.rs"]
mod races;
#[path = "git/refusals.rs"]
mod refusals;
#[path = "git/stored_content.rs"]
mod stored_content;
#[path = "git/user_git.rs"]
mod user_git;
#[path = "git/write_set.rs"]
mod write_set;
