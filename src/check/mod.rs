//! Layer 3: from manifests to a report.
//!
//! [`Rules::compile`] compiles a checklist's rules; [`check`] holds every object of some texts against
//! them. Rules are CEL ([`rule`]); facts that need more than one object are worked out in `related`.
//! The report says of each item that fails where, why and how it is mended; what could not be judged
//! is never taken for passed. [`export`] hands what an API server can judge itself over to it.

mod api_versions;
mod at;
mod attestations;
mod builtin;
mod cases;
mod compiled;
mod context;
mod engine;
mod excerpt;
mod export;
mod held;
mod intake;
mod kubernetes;
pub mod kustomization;
mod literal;
mod objects;
mod pointers;
mod policy;
mod related;
mod report;
mod resources;
pub mod rule;
mod template;
mod waivers;

pub use cases::{CaseOutcome, CasesRun, run_cases};
pub use compiled::Rules;
pub use context::CheckContext;
pub use engine::check;
pub use excerpt::Excerpt;
pub use export::{AdmissionExport, LeftOut, LeftOutReason, export};
pub use intake::{NotJudged, STANDARD_INPUT, WhyNot};
pub use kubernetes::Saying;
pub use objects::CheckedText;
pub use pointers::{Lost, lost};
pub use policy::{Action, AdmissionPolicy, TIER_LABEL};
pub use report::{Attested, AttestedState, Cause, Finding, NotSeen, Report, Waived};
pub use resources::Resource;
pub use waivers::PlacedWaiver;
