//! The report for people, as compilers write theirs.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::clean::{cut, one_line};
use super::excerpt::ShownLine;
use super::summary::{self, Summary, line};
use crate::check::{Attested, AttestedState, Cause, Finding, Report, Waived};
use crate::checklist::{Checklist, Severity};
use crate::cli::ui::{self, Line, TextLines};
use crate::notation::visible;

/// The width to which running text is wrapped.
const COLUMNS: usize = 100;
/// The most lines about what was not seen.
const NOT_SEEN: usize = 10;
/// The most kinds that are named of what was not judged for one reason.
const KINDS: usize = 8;
/// The most statements that are listed.
const STATEMENTS: usize = 15;

/// The report with its colours.
pub fn write(report: &Report, checklist: &Checklist) -> TextLines {
    let parts = [
        findings(report, checklist),
        waived(&report.waived),
        not_seen(report),
        statements(report),
        not_judged(report),
        verdict(report),
    ];
    TextLines::with_gaps(parts.into_iter().filter(|part| !part.is_empty()))
}

/// The findings by object, in the order in which objects first occur.
fn findings(report: &Report, checklist: &Checklist) -> TextLines {
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
    TextLines::with_gaps(order.into_iter().map(|place| {
        let mut text = TextLines::from(heading(place));
        for finding in groups.remove(&place).unwrap_or_default() {
            let why = checklist
                .item(&finding.item)
                .filter(|_| finding.cause == Cause::Failed && explained.insert(finding.item.as_str()))
                .map(|item| item.why.as_str())
                .filter(|why| !why.is_empty());
            text.gap();
            text += one(finding, why);
        }
        text
    }))
}

fn heading((file, object): (&str, Option<&str>)) -> Line {
    match object {
        Some(object) => ui::bold(object) + "  " + ui::dim(file),
        None => ui::bold(file),
    }
}

/// A finding with its place, why it matters where that is given, and the way out.
fn one(finding: &Finding, why: Option<&str>) -> TextLines {
    let label = coloured(finding.severity, finding.severity.word());
    let item = ui::bold(format_args!("[{}]", finding.item));
    let mut text = TextLines::from(Line::from("  ") + label + item + format!(": {}", one_line(&finding.message)));
    let place = format!(" {}:{}:{}", finding.file, finding.line, finding.column);
    text.line(Line::from("    ") + ui::dim("-->") + place);
    text += pointed(finding);
    if finding.cause == Cause::RuleError {
        text += note("note:", "the item's rule could not be evaluated: a fault of the checklist, not of the manifest");
    }
    if let Some(why) = why {
        text += note("why:", why);
    }
    if let Some(fix) = &finding.fix {
        text.line(Line::from("    ") + ui::green("fix:") + format!(" {}", one_line(fix)));
    }
    text
}

/// The line of a finding, and the field below its column.
fn pointed(finding: &Finding) -> TextLines {
    let field = &finding.field;
    let label = match (finding.missing, field.is_empty()) {
        (true, _) => format!(" missing: {field}"),
        (false, true) => String::new(),
        (false, false) => format!(" {field}"),
    };
    let mut text = TextLines::default();
    if finding.excerpt.trim().is_empty() {
        if !label.is_empty() {
            text.line(format!("    {}", label.trim_start()));
        }
        return text;
    }
    let excerpt = ShownLine::of_finding(finding);
    let number = finding.line.to_string();
    text.line(Line::from("    ") + ui::dim(&number) + " " + ui::dim("|") + format!(" {}", excerpt.text));
    let caret = coloured(finding.severity, &format!("^{label}"));
    let gutter = format!("    {} ", " ".repeat(number.len()));
    text.line(Line::from(gutter) + ui::dim("|") + format!(" {}", " ".repeat(excerpt.indent)) + caret);
    text
}

/// A paragraph behind a word, wrapped.
fn note(word: &str, paragraph: &str) -> TextLines {
    let indent = 4 + word.len() + 1;
    let words = paragraph.split_whitespace().map(Line::from);
    let first = Line::from("    ") + ui::dim(word) + " ";
    ui::filled(words, COLUMNS - indent, "", "").behind(&first, &" ".repeat(indent))
}

fn waived(waived: &[Waived]) -> TextLines {
    let mut text = section("Waived", waived.len());
    for Waived { finding, reason, owner, expires } in waived {
        let object = finding.object.as_ref().unwrap_or(&finding.file);
        let terms = ui::dim(format_args!("({}, until {})", one_line(owner), one_line(expires)));
        text.line(Line::from(format!("  {}  {object}: {} ", finding.item, one_line(reason))) + terms);
    }
    text
}

/// What could not be judged, one line for each item.
fn not_seen(report: &Report) -> TextLines {
    let mut by_item: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for seen in &report.not_seen {
        by_item.entry(&seen.item).or_default().push(visible(&seen.object).into_owned());
    }
    let mut text = section("Not seen: what these refer to was not among the input", report.not_seen.len());
    for (item, objects) in by_item.iter().take(NOT_SEEN) {
        text.line(format!("  {item}: {}", listed(objects, COLUMNS.saturating_sub(item.len() + 4))));
    }
    if by_item.len() > NOT_SEEN {
        text.line(format!("  and {} more items", by_item.len() - NOT_SEEN));
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
fn statements(report: &Report) -> TextLines {
    let Summary { statements, open, overdue, .. } = Summary::of(report);
    if statements == 0 {
        return TextLines::default();
    }
    let counts = format!(": {} stated, {overdue} overdue, {open} open", statements - open - overdue);
    let mut text = TextLines::from(ui::bold("Statements") + counts);
    let mut shown: Vec<&Attested> = report.open_attestations().collect();
    shown.sort_by_key(|attested| (attested.state == AttestedState::Open, Reverse(attested.severity)));
    for attested in shown.iter().take(STATEMENTS) {
        let severity = coloured(attested.severity, attested.severity.word());
        let pad = " ".repeat(8 - attested.severity.word().len().min(7));
        let state = if attested.state == AttestedState::Open { "open   " } else { "overdue" };
        let head = Line::from(format!("  {state}  ")) + severity + format!("{pad}{}: ", attested.item);
        let room = COLUMNS.saturating_sub(head.width()).max(20);
        text.line(head + cut(&stated(attested), room));
    }
    if shown.len() > STATEMENTS {
        text.line(format!("  and {} more", shown.len() - STATEMENTS));
    }
    text
}

/// What is to be stated, behind the day by which that was to be looked at again and by whom.
fn stated(attested: &Attested) -> String {
    let by = attested.by.as_ref().map(|by| format!(" ({by})")).unwrap_or_default();
    let due = attested.review_by.as_ref().map(|due| format!("due {due}{by}: ")).unwrap_or_default();
    format!("{due}{}", attested.statement)
}

/// What was not judged, and why.
fn not_judged(report: &Report) -> TextLines {
    let parts = summary::not_judged(report, KINDS, |kind| visible(kind).into_owned());
    let count = report.not_judged.iter().map(|it| it.count).sum();
    let mut text = section("Not judged", count);
    for part in parts {
        text.line(format!("  {}", one_line(&part)));
    }
    if summary::is_left_to_kustomize(report) {
        text.line("  `plimsoll check --kustomize FOLDER` judges what a kustomization builds");
    }
    text
}

/// The last line: what it all comes to.
fn verdict(report: &Report) -> TextLines {
    let summary = Summary::of(report);
    let line = one_line(&line(report));
    let line = match summary.findings() {
        Some(_) => ui::bold(line),
        None if report.objects == 0 => ui::yellow(line),
        None => ui::green(line),
    };
    line.into()
}

/// A heading with a count; nothing where there is nothing.
fn section(title: &str, count: usize) -> TextLines {
    if count == 0 { TextLines::default() } else { (ui::bold(title) + format!(" ({count})")).into() }
}

fn coloured(severity: Severity, text: &str) -> Line {
    match severity {
        Severity::Error => ui::red(text),
        Severity::Warning => ui::yellow(text),
        Severity::Advice => ui::cyan(text),
        Severity::None => text.into(),
    }
}
