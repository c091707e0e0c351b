//! Layer 6: one function for each thing that a user does. No arguments, no prompts, no printing.
//!
//! Each reads what lies on disk, has the layers above decide, and lands what they have decided. What decides without
//! the disk has its place in [`change`](crate::change) or above it.

pub mod adopt;
mod around;
mod cases;
mod changes;
mod check;
mod checklist_name;
mod edition_name;
mod editions;
mod error;
mod export;
mod kustomized;
mod landing;
mod lock_file;
mod merge;
mod prepare;
mod service_file;
mod tries;
pub mod update;
mod write;

pub use cases::run_cases;
pub use changes::checklist_changes;
pub use check::{CheckRequest, Checked, check};
pub use checklist_name::seen_from;
pub use editions::Editions;
pub use error::OpError;
pub use export::export;
pub use landing::CommitChoice;
pub use merge::{MergeRequest, MergedFile, merge_files, write_merged, write_open};
pub use prepare::{Prepared, check_folder, prepare, render};
pub use tries::Tries;
pub use write::{Written, check_repository, recover, relisted, write};
