//! The report for programs.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::summary::Summary;
use crate::check::Report;
use crate::checklist::Checklist;
use crate::cli::escapes;

/// What a check found, and how much of it.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Report")]
struct ReportDocument<'a> {
    #[serde(flatten)]
    report: &'a Report,
    summary: Summary,
}

/// The report with its counts.
pub fn write(report: &Report, _: &Checklist) -> String {
    let document = ReportDocument { report, summary: Summary::of(report) };
    // Maps with other keys than strings cannot be written, and there are none.
    escapes::json(&document)
}

/// The JSON Schema of the JSON report, made from the type: what the shipped file has to be.
#[must_use]
pub fn schema_of_type() -> Json {
    schemars::generate::SchemaSettings::default()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<ReportDocument>()
        .to_value()
}
