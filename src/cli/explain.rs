//! `plimsoll explain`.

use clap::Args;
use serde_json::json;

use super::checklist_flag::ChecklistFlag;
use super::error::CliError;
use super::item_words::{kept_by, severities};
use super::tier_flag::tiers;
use super::ui::{self, Line, TextLines};
use super::{CommandResult, OutputForm};
use crate::checklist::{Checklist, Item, KeptBy};
use crate::ops::Editions;
use crate::service::Tier;
use crate::yaml::suggest;

/// Columns of a paragraph.
const WIDTH: usize = 96;

/// Say what a checklist item asks, why, and how it is set or waived
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The item; without one, all items are listed
    item: Option<String>,
    /// The tier whose numbers are shown
    #[arg(long, default_value_t = 2, value_parser = tiers())]
    tier: u8,
    #[command(flatten)]
    checklist: ChecklistFlag,
    /// How the result is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub output: OutputForm,
}

impl ExplainArgs {
    /// Runs the command.
    pub fn run(&self) -> CommandResult {
        let edition = Editions::default().here(self.checklist.name())?;
        let checklist = &edition.checklist;
        let Some(id) = &self.item else {
            ui::out(&super::checklist::table(checklist));
            return Ok(());
        };
        let Some(item) = checklist.item(id) else {
            let near = suggest(id, checklist.items.iter().map(|item| item.id.as_str())).map(str::to_owned);
            return Err(CliError::NoSuchItem { item: id.clone(), near });
        };
        match self.output {
            OutputForm::Text => ui::out(&text(checklist, item, Tier(self.tier))),
            OutputForm::Json => ui::json(&json!(item)),
        }
        Ok(())
    }
}

fn text(checklist: &Checklist, item: &Item, tier: Tier) -> TextLines {
    let mut text = TextLines::from(ui::bold(&item.id) + format!(" · {}", item.title.en));
    if item.title.ko != item.title.en {
        text.line(ui::dim(&item.title.ko));
    }
    text.gap();
    let mut section = |heading: &str, body: &str| {
        if body.is_empty() {
            return;
        }
        text.line(ui::bold(heading));
        text += ui::filled(body.split_whitespace().map(Line::from), WIDTH, "", "  ").behind(&"  ".into(), "");
        text.gap();
    };
    section(&format!("What it asks at tier {}", tier.0), &item.asks_at(tier));
    section("Why", &item.why);
    if let Some(statement) = &item.statement {
        section("What a person states", statement);
    }
    let sources: Vec<String> = item
        .sources
        .iter()
        .filter_map(|key| checklist.sources.get(key))
        .map(|source| format!("{} ({})", source.title, source.by))
        .collect();
    if !sources.is_empty() {
        section("Asked for by", &sources.join("; "));
    }
    if let Some(reason) = &item.off {
        section(&format!("Switched off by {}", checklist.id()), reason);
    }
    section("Severity", &severities(item));
    section("Kept by", &kept_by(item));
    if !item.fields.is_empty() {
        section("Shown by", &item.fields.join(", "));
    }
    section("To mend it", &item.fix_at(tier).unwrap_or_default());
    section("In plimsoll.yaml", &in_service_file(checklist, item));
    text
}

fn in_service_file(checklist: &Checklist, item: &Item) -> String {
    let set = match item.set_by.as_slice() {
        [] if item.kept_by.contains(&KeptBy::Render) => "Nothing to set: it is rendered as it is asked for.".to_owned(),
        [] => String::new(),
        fields => format!("Set by {}.", fields.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ")),
    };
    let stated = if item.kept_by.contains(&KeptBy::Attest) {
        format!("Stated by `attestations: [{{ item: {}, by: TEAM, on: DATE, link: URL, review-by: DATE }}]`.", item.id)
    } else {
        String::new()
    };
    let waived = if item.waivable {
        let months = checklist.waivers.longest_months;
        format!(
            "Waived by `waivers: [{{ item: {}, reason: WHY, owner: TEAM, expires: DATE }}]`, at most {months} months ahead.",
            item.id
        )
    } else {
        "It cannot be waived.".to_owned()
    };
    [set, stated, waived].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
