//! What a check found, as people and as other programs read it.
//!
//! Each format is a file with one function; [`write()`] is the table of them. Nothing here prints.

mod clean;
mod excerpt;
mod github;
mod item_text;
mod json;
mod junit;
mod markdown;
mod sarif;
mod summary;
mod text;

use clap::ValueEnum;

pub use json::schema_of_type;

use super::ui::TextLines;
use crate::check::Report;
use crate::checklist::Checklist;

/// The form in which a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people.
    #[default]
    Text,
    /// The whole report, for programs.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// `JUnit` XML, for test reports of CI.
    Junit,
    /// Workflow commands of GitHub Actions, which annotate a pull request.
    Github,
    /// A comment for a pull request.
    Markdown,
}

/// The report for people.
pub(super) fn text(report: &Report, checklist: &Checklist) -> TextLines {
    text::write(report, checklist)
}

/// The report in a format, with a line break at its end.
///
/// Text holds escape sequences for colours, which printing takes out where they have no place.
#[must_use]
pub fn write(format: ReportFormat, report: &Report, checklist: &Checklist) -> String {
    let write = match format {
        ReportFormat::Text => return text(report, checklist).ansi(),
        ReportFormat::Json => json::write,
        ReportFormat::Sarif => sarif::write,
        ReportFormat::Junit => junit::write,
        ReportFormat::Github => github::write,
        ReportFormat::Markdown => markdown::write,
    };
    write(report, checklist)
}
