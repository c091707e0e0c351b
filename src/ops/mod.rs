//! Layer 5: one function for each thing that a user does. No arguments, no prompts, no printing.

mod check;
mod error;
mod export;
mod message;
mod prepare;
mod write;

pub use check::{CheckRequest, check};
pub use error::OpError;
pub use export::export;
pub use prepare::{Prepared, Toolbox, check_folder, prepare, render, shipped_checklist};
pub use write::{CommitChoice, Written, check_repository, write};
