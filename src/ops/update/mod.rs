//! `update`: services are rendered again, merged with what people have edited, and written.
//!
//! [`plan()`] works out what becomes of one service and changes nothing; [`run`] plans any number of
//! services side by side, and puts them on disk and into git.

mod around;
mod plan;
mod standing;
mod write;

use crate::merge::{Resolve, Side};

pub(super) use around::complete;
pub use plan::plan;
pub(super) use standing::{read_lock, read_ours};
pub use write::{Attendants, ConflictsSettled, UpdateRequest, Updated, find_services, run};
pub(super) use write::{PlanOne, run_with};

/// Which edition an update goes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Goal {
    /// As the service file says; the newest where it leaves that open.
    #[default]
    Open,
    /// That of the lock, unless the service file names another one.
    Held,
    /// The newest, to which a pin of the service file moves.
    Latest,
    /// This version of the checklist, to which the service file is pinned.
    Version(String),
}

/// What an update shall do where the texts do not tell.
#[derive(Clone, Debug, Default)]
pub struct UpdateChoice {
    /// Which edition the service goes to.
    pub goal: Goal,
    /// How single conflicts are settled; the first that fits decides.
    pub resolve: Vec<Resolve>,
    /// How all other conflicts are settled.
    pub otherwise: Option<Side>,
}
