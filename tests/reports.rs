//! Reports in every format, as raw files under `golden/reports/`.

use std::collections::BTreeMap;
use std::path::Path;

use anstream::adapter::strip_str;
use plimsoll::check::Report;
use plimsoll::checklist;
use plimsoll::cli::report::{self, ReportFormat};

use crate::support::golden;

mod cases;
mod programs;

/// Every format with the file that holds it.
const FILES: &[(ReportFormat, &str)] = &[
    (ReportFormat::Text, "text.txt"),
    (ReportFormat::Json, "json.json"),
    (ReportFormat::Sarif, "sarif.json"),
    (ReportFormat::Junit, "junit.xml"),
    (ReportFormat::Github, "github.txt"),
    (ReportFormat::Markdown, "markdown.md"),
];

fn written(format: ReportFormat, report: &Report) -> String {
    let written = report::write(format, report, &checklist::production().unwrap());
    if format == ReportFormat::Text { strip_str(&written).to_string() } else { written }
}

#[test]
fn every_report_is_its_golden() {
    let mut faults = Vec::new();
    for (case, report) in cases::all() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/reports").join(case);
        let files: BTreeMap<String, String> =
            FILES.iter().map(|(format, file)| ((*file).to_owned(), written(*format, &report))).collect();
        faults.extend(golden::compare_folder(&folder, &files));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn text_has_colours_by_severity_and_nothing_of_the_manifests_own() {
    let (_, everything) = cases::all().remove(2);
    let text = report::write(ReportFormat::Text, &everything, &checklist::production().unwrap());
    for (severity, colour) in [("error", "\u{1b}[31m"), ("warning", "\u{1b}[33m"), ("advice", "\u{1b}[36m")] {
        let line = text.lines().find(|line| strip_str(line).to_string().starts_with(&format!("  {severity}["))).unwrap();
        assert!(line.contains(colour), "{line:?}");
    }
    assert!(!text.contains("\u{1b}]0;title") && !text.contains("\u{1b}[31mred"));
}
