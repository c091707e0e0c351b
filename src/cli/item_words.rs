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
    let tiers = Tier::ALL.map(|tier| format!("tier {} {}", tier.0, word(item.severity.at(tier))));
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
