//! `plimsoll checklist`, and the commands below it.

use std::fmt::Write as _;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::checklist_diff::DiffArgs;
use super::checklist_flag::ChecklistFlag;
use super::checklist_test::TestArgs;
use super::error::CliError;
use super::exit::Exit;
use super::export::ExportArgs;
use super::item_words::{kept_by, severities};
use super::ui::{self, TextLines};
use super::{OutputForm, markdown};
use crate::checklist::{Checklist, Item, Severity};
use crate::ops::Editions;
use crate::service::Tier;

/// List the items of the checklist by group, or export them
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct ChecklistArgs {
    #[command(subcommand)]
    command: Option<ChecklistCommand>,
    /// How the items are written
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: ChecklistFormat,
    #[command(flatten)]
    checklist: ChecklistFlag,
}

#[derive(Debug, Subcommand)]
enum ChecklistCommand {
    Test(TestArgs),
    Export(ExportArgs),
    Diff(DiffArgs),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ChecklistFormat {
    /// For people
    Table,
    /// For a page
    Markdown,
    /// For programs: the whole checklist
    Json,
}

impl ChecklistArgs {
    /// Runs the command.
    pub fn run(&self) -> Result<Exit, CliError> {
        match &self.command {
            Some(ChecklistCommand::Test(args)) => return args.run(),
            Some(ChecklistCommand::Export(args)) => return args.run().map(|()| Exit::Done),
            Some(ChecklistCommand::Diff(args)) => return args.run().map(|()| Exit::Done),
            None => {}
        }
        let edition = Editions::default().here(self.checklist.name())?;
        let checklist = &edition.checklist;
        match self.format {
            ChecklistFormat::Table => ui::out(&table(checklist)),
            #[expect(clippy::disallowed_methods, reason = "data: Markdown, with escapes of its own")]
            ChecklistFormat::Markdown => ui::data(&page(checklist)),
            ChecklistFormat::Json => ui::json(&json!(checklist)),
        }
        Ok(Exit::Done)
    }

    /// How errors are written.
    pub fn output(&self) -> OutputForm {
        match &self.command {
            Some(ChecklistCommand::Test(args)) => args.output,
            Some(ChecklistCommand::Export(args)) => args.output,
            Some(ChecklistCommand::Diff(args)) => args.output,
            None => OutputForm::Text,
        }
    }
}

/// The items of each group, group by group.
fn groups(checklist: &Checklist) -> impl Iterator<Item = (&crate::checklist::Group, Vec<&Item>)> {
    checklist.groups.iter().map(|group| (group, checklist.items.iter().filter(|item| item.group == group.id).collect()))
}

/// All items as a table for people; severities by tier: E error, w warning, a advice, - not asked.
pub fn table(checklist: &Checklist) -> TextLines {
    let width = checklist.items.iter().map(|item| item.id.len()).max().unwrap_or_default();
    let counts = format!(" · {} items · tiers 1 2 3: E error, w warning, a advice, - not asked", checklist.items.len());
    let mut text = TextLines::from(ui::bold(checklist.described()) + counts);
    for (group, items) in groups(checklist) {
        text.gap();
        text.line(ui::bold(&group.title.en));
        for item in items {
            let letters: String = Tier::ALL.iter().map(|tier| letter(item.severity.at(*tier))).collect();
            text.line(format!("  {:width$}  {letters}  {:<21}  {}", item.id, kept_by(item), item.title.en));
        }
    }
    text
}

fn letter(severity: Severity) -> char {
    match severity {
        Severity::None => '-',
        Severity::Advice => 'a',
        Severity::Warning => 'w',
        Severity::Error => 'E',
    }
}

fn page(checklist: &Checklist) -> String {
    let mut text = format!("# {} ({})\n", markdown::text(&checklist.title.en), markdown::text(&checklist.described()));
    for (group, items) in groups(checklist) {
        let title = markdown::text(&group.title.en);
        _ = writeln!(text, "\n## {title}\n\n| item | what | kept by | severity |\n|---|---|---|---|");
        for item in items {
            let (id, title) = (markdown::code(&item.id), markdown::prose(&item.title.en));
            _ = writeln!(text, "| {id} | {title} | {} | {} |", kept_by(item), severities(item));
        }
    }
    text
}
