//! Layer 3: from manifests that Plimsoll did not write to a service file.
//!
//! [`read`] reads the objects and [`Family::find`] finds the workload among them with what belongs to
//! it. [`propose`] reads from them what the service file can say, takes back what the checklist
//! refuses, and leaves out what would be so anyway.

mod align;
mod desk;
mod draft;
mod family;
mod object;
mod proposal;
mod readers;

pub use align::{Aligned, align, is_filled_in};
pub use desk::{Desk, Refused};
pub use draft::{Found, Origin};
pub use family::Family;
pub use object::{At, Object, Text, read};
pub use proposal::{Proposal, propose};
