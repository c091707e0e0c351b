//! Workflow commands of GitHub Actions: each finding becomes an annotation of its line.

use super::clean::{one_line, repository_path, visible};
use super::summary::line;
use crate::check::{Finding, Report};
use crate::checklist::{Checklist, Severity};

/// A command for each finding, and the summary for the log.
pub fn write(report: &Report, _: &Checklist) -> String {
    let commands: String = report.findings.iter().map(command).collect();
    format!("{commands}{}\n", one_line(&line(report)))
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
        property(repository_path(&finding.file)),
        finding.line.max(1),
        finding.column.max(1),
        property(&one_line(&title)),
        data(&message),
    )
}

/// A text as the message of a command.
fn data(text: &str) -> String {
    visible(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A text as a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_place() {
        assert_eq!(data("50%\r\n::error::a,b"), "50%25%0D%0A::error::a,b");
        assert_eq!(property("a:b,c%"), "a%3Ab%2Cc%25");
    }
}
