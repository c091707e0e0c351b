//! The report as a comment for a pull request, in GitHub's Markdown.

use std::cmp::Reverse;
use std::fmt::Write as _;

use super::clean::cut;
use super::summary::{self, Summary, line};
use crate::check::{Attested, AttestedState, Finding, NotSeen, Report, Waived};
use crate::checklist::Checklist;
use crate::cli::markdown::{code, text as escaped};

/// The most rows of a table or list.
const ROWS: usize = 50;
/// The most kinds that are named.
const KINDS: usize = 10;
/// The longest table in bytes: a comment holds 65,536 characters.
const TABLE: usize = 32_000;
/// The longest list in bytes.
const LIST: usize = 8_000;
/// The most characters of a cell.
const CELL: usize = 240;
/// The most characters of an entry in a list.
const ENTRY: usize = 160;

/// The comment. Its first line lets a script find the comment that it wrote before.
pub fn write(report: &Report, _: &Checklist) -> String {
    let summary = Summary::of(report);
    let verdict = match &summary.findings() {
        Some(findings) => findings.clone(),
        None if report.objects == 0 => "nothing was checked".to_owned(),
        None => "no findings".to_owned(),
    };
    let parts = [
        format!("<!-- plimsoll -->\n### Plimsoll: {verdict}\n"),
        table(&report.findings),
        details(&format!("{} waived", summary.waived), &report.waived, waived),
        details(&format!("{} not seen", summary.not_seen), &report.not_seen, not_seen),
        details(
            &format!("{} of {} statements to be made", summary.open + summary.overdue, summary.statements),
            &report.open_attestations().collect::<Vec<_>>(),
            |attested| statement(attested),
        ),
        not_judged(report),
        format!("{}\n", escaped(&line(report))),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

fn table(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return String::new();
    }
    // The most severe first: it is the last rows that are cut.
    let mut shown: Vec<&Finding> = findings.iter().collect();
    shown.sort_by_key(|finding| Reverse(finding.severity));
    let (rows, more) = bounded(shown.into_iter().map(row), TABLE);
    let more = if more > 0 { format!("\nand {more} more\n") } else { String::new() };
    format!("| severity | item | object | where | what | fix |\n|---|---|---|---|---|---|\n{rows}{more}")
}

fn row(finding: &Finding) -> String {
    let Finding { severity, item, object, file, line, column, field, .. } = finding;
    let mut what = escaped(&cut(&finding.message, CELL));
    if !field.is_empty() {
        let head = if finding.missing { "missing" } else { "at" };
        _ = write!(what, "<br>{head} {}", code(&cut(field, CELL)));
    }
    let severity = severity.word();
    let item = code(&cut(item, CELL));
    let object = object.as_ref().map(|object| code(&cut(object, CELL))).unwrap_or_default();
    let place = code(&format!("{}:{line}:{column}", cut(file, CELL)));
    let fix = finding.fix.as_ref().map(|fix| escaped(&cut(fix, CELL))).unwrap_or_default();
    format!("| {severity} | {item} | {object} | {place} | {what} | {fix} |\n")
}

/// Entries that are read on demand; nothing where there is none.
fn details<Entry>(title: &str, entries: &[Entry], show: fn(&Entry) -> String) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let (shown, more) = bounded(entries.iter().map(|entry| format!("- {}\n", show(entry))), LIST);
    let more = if more > 0 { format!("- and {more} more\n") } else { String::new() };
    format!("<details><summary>{title}</summary>\n\n{shown}{more}\n</details>\n")
}

/// As many rows as are read and fit into so many bytes, and how many more there are.
fn bounded(rows: impl Iterator<Item = String>, bytes: usize) -> (String, usize) {
    let mut text = String::new();
    let mut shown = 0;
    let mut more = 0;
    for row in rows {
        if more > 0 || shown == ROWS || text.len() + row.len() > bytes {
            more += 1;
        } else {
            text += &row;
            shown += 1;
        }
    }
    (text, more)
}

fn waived(Waived { finding, reason, owner, expires }: &Waived) -> String {
    let object = finding.object.as_ref().unwrap_or(&finding.file);
    format!(
        "{} {}: {} ({}, until {})",
        code(&cut(&finding.item, ENTRY)),
        code(&cut(object, ENTRY)),
        escaped(&cut(reason, ENTRY)),
        escaped(&cut(owner, ENTRY)),
        escaped(&cut(expires, ENTRY)),
    )
}

fn not_seen(NotSeen { item, object, file }: &NotSeen) -> String {
    format!("{} {} in {}", code(&cut(item, ENTRY)), code(&cut(object, ENTRY)), code(&cut(file, ENTRY)))
}

fn statement(attested: &Attested) -> String {
    let state = match (attested.state, &attested.review_by) {
        (AttestedState::Overdue, Some(due)) => format!("overdue since {}", escaped(&cut(due, ENTRY))),
        (AttestedState::Overdue, None) => "overdue".to_owned(),
        (AttestedState::Open | AttestedState::Stated, _) => "open".to_owned(),
    };
    let (item, statement) = (code(&cut(&attested.item, ENTRY)), escaped(&cut(&attested.statement, ENTRY)));
    format!("{item} ({}, {state}): {statement}", attested.severity.word())
}

fn not_judged(report: &Report) -> String {
    let parts = summary::not_judged(report, KINDS, |kind| code(&cut(kind, ENTRY)));
    if parts.is_empty() {
        return String::new();
    }
    let (shown, more) = bounded(parts.iter().map(|part| format!("- {part}\n")), LIST);
    format!("{} not judged:\n\n{shown}{}", Summary::of(report).not_judged, if more > 0 { "- and more\n" } else { "" })
}
