//! Layer 3: from manifests that Plimsoll did not write to a service file.
//!
//! [`read`] reads the objects and [`Family::find`] finds the workload among them with what belongs to
//! it. [`propose`] reads from them what the service file can say, takes back what the checklist
//! refuses, and leaves out what would be so anyway. [`RISKS`] says which changes may break a service
//! that runs, [`server_filled`] what of a live object nobody asked for.

mod align;
mod draft;
mod draft_judge;
mod family;
mod live;
mod object;
mod proposal;
mod readers;
mod risks;

pub use align::{Aligned, align};
pub use draft::{Evidence, FoundField};
pub use draft_judge::{DraftJudge, Refused};
pub use family::Family;
pub use live::{field_of, is_filled_in, server_filled};
pub use object::{AdoptedObject, AdoptedText, ObjectField, read};
pub use proposal::{Proposal, propose};
pub use risks::{RISKS, Risk, When, counts, touching};
