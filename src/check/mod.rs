//! Layer 3: from manifests to a report.

pub mod rule;
