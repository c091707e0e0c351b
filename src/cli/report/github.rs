//! Workflow commands of GitHub Actions: each finding becomes an annotation of its line.

use super::clean::{one_line, repository_path};
use super::summary::{line, not_judged, nothing_checked};
use crate::check::{Finding, Report};
use crate::checklist::{Checklist, Severity};
use crate::cli::escapes::{annotation, annotation_property};
use crate::notation::inert;

/// A command for each finding, and the summary for the log.
pub fn write(report: &Report, _: &Checklist) -> String {
    let mut commands: String = report.findings.iter().map(command).collect();
    if report.objects == 0 && report.findings.is_empty() {
        commands += &format!("::error::{}\n", annotation(&nothing_checked(report)));
    }
    for part in not_judged(report, usize::MAX, str::to_owned) {
        commands += &format!("::notice::{}\n", annotation(&format!("not judged: {part}")));
    }
    format!("{commands}{}\n", inert(&one_line(&line(report))))
}

fn command(finding: &Finding) -> String {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice | Severity::None => "notice",
    };
    let title = match &finding.object {
        Some(object) => format!("{} ({object})", finding.item),
        None => finding.item.clone(),
    };
    let mut message = finding.message.clone();
    if !finding.field.is_empty() {
        message += if finding.missing { "\nmissing: " } else { "\nfield: " };
        message += &finding.field;
    }
    if let Some(fix) = &finding.fix {
        message += "\nfix: ";
        message += fix;
    }
    format!(
        "::{level} file={},line={},col={},title={}::{}\n",
        annotation_property(repository_path(&finding.file)),
        finding.line.max(1),
        finding.column.max(1),
        annotation_property(&one_line(&title)),
        annotation(&message),
    )
}
