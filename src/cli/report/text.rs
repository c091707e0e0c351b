//! The report for people, as compilers write theirs.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::clean::{cut, one_line};
use super::excerpt::Excerpt;
use super::summary::{Summary, line};
use crate::check::{Attested, AttestedState, Cause, Finding, Report, Waived};
use crate::checklist::{Checklist, Severity};
use crate::cli::ui;

/// The width to which running text is wrapped.
const COLUMNS: usize = 100;
/// The most lines about what was not seen.
const NOT_SEEN: usize = 10;
/// The most statements that are listed.
const STATEMENTS: usize = 15;

/// The report with its colours.
pub fn write(report: &Report, checklist: &Checklist) -> String {
    let parts = [
        findings(report, checklist),
        waived(&report.waived),
        not_seen(report),
        statements(report),
        unknown_kinds(report),
        verdict(report),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n")
}

/// The findings by object, in the order in which objects first occur.
fn findings(report: &Report, checklist: &Checklist) -> String {
    let mut order = Vec::new();
    let mut groups: BTreeMap<(&str, Option<&str>), Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        let place = (finding.file.as_str(), finding.object.as_deref());
        let group = groups.entry(place).or_default();
        if group.is_empty() {
            order.push(place);
        }
        group.push(finding);
    }
    let mut explained = BTreeSet::new();
    let mut text = String::new();
    for place in order {
        if !text.is_empty() {
            text.push('\n');
        }
        text += &heading(place);
        for finding in groups.remove(&place).unwrap_or_default() {
            let why = checklist
                .item(&finding.item)
                .filter(|_| finding.cause == Cause::Failed && explained.insert(finding.item.as_str()))
                .map(|item| item.why.as_str())
                .filter(|why| !why.is_empty());
            text += &one(finding, why);
        }
    }
    text
}

fn heading((file, object): (&str, Option<&str>)) -> String {
    let file = one_line(file);
    match object {
        Some(object) => format!("{}  {}\n", ui::bold(&one_line(object)), ui::dim(&file)),
        None => format!("{}\n", ui::bold(&file)),
    }
}

/// A finding with its place, why it matters where that is given, and the way out.
fn one(finding: &Finding, why: Option<&str>) -> String {
    let label = coloured(finding.severity, finding.severity.word());
    let item = ui::bold(&format!("[{}]", one_line(&finding.item)));
    let mut text = format!("\n  {label}{item}: {}\n", one_line(&finding.message));
    let place = format!("{}:{}:{}", one_line(&finding.file), finding.line, finding.column);
    _ = writeln!(text, "    {} {place}", ui::dim("-->"));
    text += &pointed(finding);
    if finding.cause == Cause::RuleError {
        text += &note("note:", "the item's rule could not be evaluated: a fault of the checklist, not of the manifest");
    }
    if let Some(why) = why {
        text += &note("why:", why);
    }
    if let Some(fix) = &finding.fix {
        _ = writeln!(text, "    {} {}", ui::green("fix:"), one_line(fix));
    }
    text
}

/// The line of a finding, and the field below its column.
fn pointed(finding: &Finding) -> String {
    let field = one_line(&finding.field);
    let label = match (finding.missing, field.is_empty()) {
        (true, _) => format!(" missing: {field}"),
        (false, true) => String::new(),
        (false, false) => format!(" {field}"),
    };
    if finding.excerpt.trim().is_empty() {
        return if label.is_empty() { label } else { format!("    {}\n", label.trim_start()) };
    }
    let excerpt = Excerpt::of_finding(finding);
    let number = finding.line.to_string();
    let (gutter, bar) = (" ".repeat(number.len()), ui::dim("|"));
    let caret = coloured(finding.severity, &format!("^{label}"));
    format!("    {} {bar} {}\n    {gutter} {bar} {}{caret}\n", ui::dim(&number), excerpt.text, " ".repeat(excerpt.indent))
}

/// A paragraph behind a word, wrapped.
fn note(word: &str, paragraph: &str) -> String {
    let indent = 4 + word.len() + 1;
    let paragraph = one_line(paragraph);
    let lines = ui::filled(paragraph.split(' '), COLUMNS - indent, "\n").replace('\n', &format!("\n{:indent$}", ""));
    format!("    {} {lines}\n", ui::dim(word))
}

fn waived(waived: &[Waived]) -> String {
    let mut text = section("Waived", waived.len());
    for Waived { finding, reason, owner, expires } in waived {
        let object = one_line(finding.object.as_ref().unwrap_or(&finding.file));
        let terms = ui::dim(&format!("({}, until {})", one_line(owner), one_line(expires)));
        _ = writeln!(text, "  {}  {object}: {} {terms}", one_line(&finding.item), one_line(reason));
    }
    text
}

/// What could not be judged, one line for each item.
fn not_seen(report: &Report) -> String {
    let mut by_item: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for seen in &report.not_seen {
        by_item.entry(&seen.item).or_default().push(one_line(&seen.object));
    }
    let mut text = section("Not seen: what these refer to was not among the input", report.not_seen.len());
    for (item, objects) in by_item.iter().take(NOT_SEEN) {
        _ = writeln!(text, "  {}: {}", one_line(item), listed(objects, COLUMNS.saturating_sub(item.len() + 4)));
    }
    if by_item.len() > NOT_SEEN {
        _ = writeln!(text, "  and {} more items", by_item.len() - NOT_SEEN);
    }
    text
}

/// As many entries as fit, and how many more there are.
fn listed(entries: &[String], columns: usize) -> String {
    let mut text = String::new();
    for (index, entry) in entries.iter().enumerate() {
        let more = format!(" and {} more", entries.len() - index);
        if index > 0 && ui::width(&text) + 2 + ui::width(entry) + more.len() > columns {
            return text + &more;
        }
        if index > 0 {
            text += ", ";
        }
        text += entry;
    }
    text
}

/// What people state: the counts, then what is overdue or open, the most severe first.
fn statements(report: &Report) -> String {
    let Summary { statements, open, overdue, .. } = Summary::of(report);
    if statements == 0 {
        return String::new();
    }
    let counts = format!("{} stated, {overdue} overdue, {open} open", statements - open - overdue);
    let mut text = format!("{}: {counts}\n", ui::bold("Statements"));
    let mut shown: Vec<&Attested> = report.open_attestations().collect();
    shown.sort_by_key(|attested| (attested.state == AttestedState::Open, Reverse(attested.severity)));
    for attested in shown.iter().take(STATEMENTS) {
        let severity = coloured(attested.severity, attested.severity.word());
        let pad = " ".repeat(8 - attested.severity.word().len().min(7));
        let state = if attested.state == AttestedState::Open { "open   " } else { "overdue" };
        let head = format!("  {state}  {severity}{pad}{}: ", one_line(&attested.item));
        let room = COLUMNS.saturating_sub(ui::width(&head)).max(20);
        _ = writeln!(text, "{head}{}", cut(&stated(attested), room));
    }
    if shown.len() > STATEMENTS {
        _ = writeln!(text, "  and {} more", shown.len() - STATEMENTS);
    }
    text
}

/// What is to be stated, behind the day by which that was to be looked at again and by whom.
fn stated(attested: &Attested) -> String {
    let by = attested.by.as_ref().map(|by| format!(" ({by})")).unwrap_or_default();
    let due = attested.review_by.as_ref().map(|due| format!("due {due}{by}: ")).unwrap_or_default();
    format!("{due}{}", attested.statement)
}

fn unknown_kinds(report: &Report) -> String {
    if report.unknown_kinds.is_empty() {
        return String::new();
    }
    let kinds: Vec<String> = report.unknown_kinds.iter().map(|(kind, count)| format!("{} ({count})", one_line(kind))).collect();
    format!("{}: no item is about {}\n", ui::bold("Not judged"), listed(&kinds, COLUMNS - 30))
}

/// The last line: what it all comes to.
fn verdict(report: &Report) -> String {
    let summary = Summary::of(report);
    let line = one_line(&line(report));
    let line = match summary.findings() {
        Some(_) => ui::bold(&line),
        None if report.objects == 0 => ui::yellow(&line),
        None => ui::green(&line),
    };
    format!("{line}\n")
}

/// A heading with a count; nothing where there is nothing.
fn section(title: &str, count: usize) -> String {
    if count == 0 { String::new() } else { format!("{} ({count})\n", ui::bold(title)) }
}

fn coloured(severity: Severity, text: &str) -> String {
    match severity {
        Severity::Error => ui::red(text),
        Severity::Warning => ui::yellow(text),
        Severity::Advice => ui::cyan(text),
        Severity::None => text.to_owned(),
    }
}
