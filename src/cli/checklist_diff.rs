//! `plimsoll checklist diff`.

use clap::Args;
use serde_json::json;

use super::tier_flag::tiers;
use super::ui::{self, TextLines};
use super::{CommandResult, OutputForm};
use crate::checklist::{Changes, ItemChange, ItemDifference};
use crate::ops;
use crate::service::Tier;

/// Show what changes from one checklist to another
///
/// Each is a shipped one such as production@2026.11, a name without a version for the newest, or a file
/// of your own.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct DiffArgs {
    /// The old checklist
    from: String,
    /// The new checklist
    to: String,
    /// The tier whose numbers and severities are compared; all if not given
    #[arg(long, value_parser = tiers())]
    tier: Option<u8>,
    /// How the result is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub output: OutputForm,
}

const EXAMPLES: &str = "\
Examples:
  plimsoll checklist diff production@2026.11 production
  plimsoll checklist diff production@2026.12 ./acme.yaml --tier 1";

impl DiffArgs {
    /// Runs the command.
    pub fn run(&self) -> CommandResult {
        let tiers: Vec<Tier> = self.tier.map_or_else(|| Tier::ALL.to_vec(), |tier| vec![Tier(tier)]);
        let changes = ops::checklist_changes(&self.from, &self.to, &tiers)?;
        match self.output {
            OutputForm::Text => ui::out(&text(&changes)),
            OutputForm::Json => ui::json(&json!(changes)),
        }
        Ok(())
    }
}

/// What a section holds.
type IsInSection = fn(&ItemDifference) -> bool;

/// The sections in their order.
const SECTIONS: &[(&str, IsInSection)] = &[
    ("Added", |change| matches!(change, ItemDifference::Added { .. })),
    ("Raised", |change| matches!(change, ItemDifference::Raised { .. })),
    ("Lowered", |change| matches!(change, ItemDifference::Lowered { .. })),
    ("Dropped", |change| matches!(change, ItemDifference::Dropped { .. })),
    ("Parameters", |change| matches!(change, ItemDifference::Parameter { .. })),
    ("Rules, waivers and words", |change| {
        matches!(change, ItemDifference::Rule | ItemDifference::Waivable { .. } | ItemDifference::Reworded)
    }),
];

fn text(changes: &Changes) -> TextLines {
    let tier = match changes.tiers.as_slice() {
        [tier] => format!(" · tier {tier}"),
        _ => String::new(),
    };
    let mut text = TextLines::from(ui::bold(format_args!("{} → {}", changes.from, changes.to)) + tier);
    let width = changes.items.iter().map(|item| item.item.len()).max().unwrap_or_default();
    for (title, holds) in SECTIONS {
        let in_section = |item: &ItemChange| item.changes.iter().any(holds);
        if changes.items.iter().any(in_section) {
            text.gap();
            text.line(ui::bold(title));
        }
        for item in &changes.items {
            for change in item.changes.iter().filter(|change| holds(change)) {
                let words = changes.words(change);
                let more = match change {
                    ItemDifference::Added { .. } | ItemDifference::Dropped { .. } => format!(": {}", item.title),
                    ItemDifference::Lowered { .. } => item.off.as_ref().map(|off| format!(": {off}")).unwrap_or_default(),
                    _ => String::new(),
                };
                text.line(format!("  {:width$}  {words}{more}", item.item));
            }
        }
    }
    if !changes.shared.is_empty() {
        text.gap();
        text.line(ui::bold("Shared by rules and waivers"));
        text.line(format!("  {}", changes.shared.join(", ")));
    }
    if changes.is_empty() {
        text.line("nothing changes");
    }
    text
}
