//! Layer 5: one function for each thing that a user does. No arguments, no prompts, no printing.

pub mod adopt;
mod cases;
mod changes;
mod check;
mod choice;
mod chosen_checklist;
mod error;
mod export;
pub mod kustomize;
mod merge;
mod message;
mod prepare;
mod shown;
mod toolbox;
mod toolboxes;
pub mod update;
mod write;

pub use cases::{CaseOutcome, CasesRun, run_cases};
pub use changes::checklist_changes;
pub use check::{CheckRequest, check};
pub use choice::Choice;
pub use chosen_checklist::{ChosenChecklist, checklist_here, seen_from};
pub use error::OpError;
pub use export::export;
pub use merge::{MergeRequest, MergedFile, merge_files, write_merged, write_open};
pub use prepare::{Prepared, check_folder, prepare, render};
pub use shown::shown_file;
pub use toolbox::Toolbox;
pub use toolboxes::Toolboxes;
pub use write::{CommitChoice, Written, check_repository, recover, relisted, write};
