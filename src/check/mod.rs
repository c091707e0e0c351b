//! Layer 3: from manifests to a report.

mod report;

pub use report::{Attested, AttestedState, Cause, Finding, NotSeen, Report, Waived};
