//! The report as a comment for a pull request, in GitHub's Markdown.

use std::fmt::Write as _;

use super::clean::cut;
use super::summary::{Summary, line};
use crate::check::{Attested, AttestedState, Finding, NotSeen, Report, Waived};
use crate::checklist::Checklist;

/// The most rows of a table or list: a comment holds 65,536 characters.
const ROWS: usize = 50;
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
        unknown_kinds(report),
        format!("{}\n", escaped(&line(report))),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

fn table(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let mut text = "| severity | item | object | where | what | fix |\n|---|---|---|---|---|---|\n".to_owned();
    // The most severe first: it is the last rows that are cut.
    let mut shown: Vec<&Finding> = findings.iter().collect();
    shown.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    for finding in shown.iter().take(ROWS) {
        let Finding { severity, item, object, file, line, column, field, .. } = finding;
        let mut what = escaped(&cut(&finding.message, CELL));
        if !field.is_empty() {
            let head = if finding.missing { "missing" } else { "at" };
            what += &format!("<br>{head} {}", code(&cut(field, CELL)));
        }
        let fix = finding.fix.as_ref().map(|fix| escaped(&cut(fix, CELL))).unwrap_or_default();
        _ = writeln!(
            text,
            "| {} | {} | {} | {} | {what} | {fix} |",
            severity.word(),
            code(&cut(item, CELL)),
            object.as_ref().map(|object| code(&cut(object, CELL))).unwrap_or_default(),
            code(&format!("{}:{line}:{column}", cut(file, CELL))),
        );
    }
    if findings.len() > ROWS {
        _ = writeln!(text, "\nand {} more", findings.len() - ROWS);
    }
    text
}

/// Entries that are read on demand; nothing where there is none.
fn details<Entry>(title: &str, entries: &[Entry], show: fn(&Entry) -> String) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let mut text = format!("<details><summary>{title}</summary>\n\n");
    for entry in entries.iter().take(ROWS) {
        _ = writeln!(text, "- {}", show(entry));
    }
    if entries.len() > ROWS {
        _ = writeln!(text, "- and {} more", entries.len() - ROWS);
    }
    text + "\n</details>\n"
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

fn unknown_kinds(report: &Report) -> String {
    let kinds = report.unknown_kinds.iter().take(ROWS);
    let kinds: Vec<String> = kinds.map(|(kind, count)| format!("{} ({count})", code(&cut(kind, ENTRY)))).collect();
    if kinds.is_empty() { String::new() } else { format!("No item is about {}.\n", kinds.join(", ")) }
}

/// A text that means nothing to Markdown or HTML, and calls nobody.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => escaped.extend(['\\', c]),
            // Names and numbers of issues are looked for after Markdown; an empty comment parts them.
            '@' if !before.is_alphanumeric() => escaped += "@<!-- -->",
            '#' if rest.peek().is_some_and(char::is_ascii_digit) => escaped += "#<!-- -->",
            _ => escaped.push(c),
        }
        before = c;
    }
    escaped
}

/// A text as code; in a table a code span cannot hold every character.
fn code(text: &str) -> String {
    match text {
        "" => String::new(),
        _ if text.contains(['`', '|']) => format!("<code>{}</code>", escaped(text)),
        _ => format!("`{text}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_place() {
        assert_eq!(escaped("a|b `c` <d> @team a@1.b #12 # x"), "a\\|b \\`c\\` &lt;d&gt; @<!-- -->team a@1.b #<!-- -->12 # x");
        assert_eq!(code("a<b>"), "`a<b>`");
        assert_eq!(code("a|`<b>"), "<code>a\\|\\`&lt;b&gt;</code>");
    }
}
