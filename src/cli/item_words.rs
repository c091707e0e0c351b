//! What is said of an item wherever it is shown.

use crate::checklist::{Item, KeptBy, Severity};
use crate::service::Tier;

/// The severities by tier, in words.
pub fn severities(item: &Item) -> String {
    let word = |severity| match severity {
        Severity::None => "not asked",
        Severity::Advice => "advice",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let tiers = [1, 2, 3].map(|tier| format!("tier {tier} {}", word(item.severity.at(Tier(tier)))));
    tiers.join(", ")
}

/// How an item is kept, in words.
pub fn kept_by(item: &Item) -> String {
    let word = |kept: &KeptBy| match kept {
        KeptBy::Render => "render",
        KeptBy::Check => "check",
        KeptBy::Attest => "attest",
    };
    item.kept_by.iter().map(word).collect::<Vec<_>>().join(", ")
}
