//! `update`: services are rendered again, merged with what people have edited, and written.
//!
//! [`work_out()`] works out what becomes of one service and changes nothing; [`run`] does so for any number of
//! services side by side, and puts them on disk and into git.

mod around;
mod choice;
mod groups;
mod run;
mod standing;
mod updated;
mod work_out;
mod write;

pub(super) use around::surroundings;
pub use choice::{Attendants, ConflictsSettled, Goal, UpdateChoice, UpdateRequest};
pub(super) use run::run_one;
pub use run::{find_services, run};
pub(super) use standing::read_ours;
pub use updated::Updated;
pub use work_out::work_out;
