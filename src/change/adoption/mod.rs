//! An adoption: manifests that Plimsoll did not write become those of a service.
//!
//! [`Standing`] holds the manifests of a folder; it proposes a service file, and works out what becomes of
//! the folder with it.

mod arrange;
mod held_back;
mod keeps;
mod merge;
mod refuse;
mod result;
mod risky;
mod sides;
mod standing;
mod work_out;

pub use arrange::Filled;
pub use keeps::{KeepReason, Kept, Single};
pub use merge::KeptEdit;
pub use result::Adoption;
pub use risky::{Accepted, Risky, RiskyField};
pub use standing::{AdoptRequest, Standing, fault_of};
