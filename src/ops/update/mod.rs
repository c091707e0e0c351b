//! `update`: services are rendered again, merged with what people have edited, and written.
//!
//! [`work_out()`] works out what becomes of one service and changes nothing; [`run`] does so for any number of
//! services side by side, and puts them on disk and into git.

mod around;
mod choice;
mod standing;
mod work_out;
mod write;

pub(super) use around::surroundings;
pub use choice::{Goal, UpdateChoice};
pub(super) use standing::read_ours;
pub use work_out::work_out;
pub(super) use write::run_one;
pub use write::{Attendants, ConflictsSettled, UpdateRequest, Updated, find_services, run};
