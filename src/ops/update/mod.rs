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
pub use write::{Attendants, Settled, UpdateRequest, Updated, find_services, run};
pub(super) use write::{PlanOne, run_with};

/// What an update shall do where the texts do not tell.
#[derive(Clone, Debug, Default)]
pub struct UpdateChoice {
    /// The checklist version that the service shall be pinned to.
    pub to: Option<String>,
    /// How single conflicts are settled; the first that fits decides.
    pub resolve: Vec<Resolve>,
    /// How all other conflicts are settled.
    pub otherwise: Option<Side>,
}
