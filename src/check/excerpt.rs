//! Excerpts: the part of a text's line that a report shows.

use std::collections::BTreeSet;

use super::objects::CheckedText;
use super::report::{Cause, Finding};
use crate::checklist::Checklist;
use crate::manifest::MASK;
use crate::yaml::{Place, Route, RouteStep};

/// The most characters of a line before the column.
const BEFORE: usize = 80;
/// The most characters of a line from the column on.
const FROM: usize = 160;

/// The part of a line around a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The text of the line, or of the part around the column where the line is very long.
    pub text: String,
    /// The column at which it starts: 1 for a whole line.
    pub from: u32,
}

impl Default for Excerpt {
    fn default() -> Self {
        Self { text: String::new(), from: 1 }
    }
}

impl Excerpt {
    /// What a text shows at a place.
    #[must_use]
    pub fn of(text: &CheckedText, place: Place) -> Self {
        let line = text.line(place.line);
        if line.len() <= BEFORE + FROM {
            return Self { text: line.to_owned(), from: 1 };
        }
        let skipped = (place.column as usize).saturating_sub(1 + BEFORE);
        let start = if text.is_ascii() { skipped.min(line.len()) } else { byte_of(line, skipped) };
        let rest = line.get(start..).unwrap_or_default();
        let end = byte_of(rest, BEFORE + FROM);
        let from = u32::try_from(skipped).map_or(u32::MAX, |skipped| skipped.saturating_add(1));
        Self { text: rest.get(..end).unwrap_or(rest).to_owned(), from }
    }
}

/// Where in a text its character of that number begins, from 0.
fn byte_of(text: &str, character: usize) -> usize {
    text.char_indices().nth(character).map_or(text.len(), |(byte, _)| byte)
}

/// Takes values that sensitive items report out of the excerpts, and with them all else on their lines:
/// another finding may point at the same line, and another value may stand on it.
pub fn hide_secrets<With>(checklist: &Checklist, findings: &mut [(Finding, With)]) {
    let rules = checklist.items.iter().filter_map(|item| Some((item.id.as_str(), item.rule.as_ref()?)));
    let sensitive: BTreeSet<&str> = rules.filter(|(_, rule)| rule.sensitive).map(|(id, _)| id).collect();
    let reported = findings
        .iter()
        .map(|(finding, _)| finding)
        .filter(|finding| finding.cause == Cause::Failed && !finding.missing && sensitive.contains(finding.item.as_str()));
    let lines: BTreeSet<(String, u32)> = reported.map(|finding| (finding.file.clone(), finding.line)).collect();
    if lines.is_empty() {
        return;
    }
    for (finding, _) in findings {
        if lines.contains(&(finding.file.clone(), finding.line)) {
            finding.excerpt = hidden(finding);
        }
    }
}

/// The excerpt of a finding with the key alone, in its column.
pub(super) fn hidden(finding: &Finding) -> String {
    let column = finding.column.saturating_sub(finding.excerpt_from) as usize;
    let (before, rest) = finding.excerpt.split_at(byte_of(&finding.excerpt, column));
    let before: String = before.chars().map(|c| if c.is_whitespace() || c == '-' { c } else { '*' }).collect();
    let key = Route::parse(&finding.field).ok().and_then(|route| match route.steps().last() {
        Some(RouteStep::Key(key)) => Some(key.clone()),
        _ => None,
    });
    let mut written = key.iter().flat_map(|key| [key.clone(), format!("\"{key}\""), format!("'{key}'")]);
    let kept = written.find(|key| rest.starts_with(&format!("{key}:")));
    kept.map_or_else(|| format!("{before}{MASK}"), |key| format!("{before}{key}: {MASK}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checklist::Severity;

    #[test]
    fn a_very_long_line_is_cut_around_the_column() {
        for unit in ["ab", "가나"] {
            let text = CheckedText::new("f", format!("first\n{}X{}\nlast", unit.repeat(50_000), unit.repeat(50_000)));
            let excerpt = Excerpt::of(&text, Place { line: 2, column: 100_001 });
            assert_eq!(excerpt.text.chars().count(), BEFORE + FROM);
            assert_eq!((excerpt.text.chars().nth(BEFORE), excerpt.from), (Some('X'), 99_921));
            let beyond = Excerpt::of(&text, Place { line: 2, column: 900_000 });
            assert_eq!((beyond.text.as_str(), Excerpt::of(&text, Place { line: 3, column: 1 }).text.as_str()), ("", "last"));
        }
    }

    fn finding(field: &str, column: u32, excerpt: &str) -> Finding {
        Finding {
            item: "secrets-by-reference".to_owned(),
            cause: Cause::Failed,
            limit: None,
            severity: Severity::Error,
            message: String::new(),
            fix: None,
            object: None,
            file: "f".to_owned(),
            line: 1,
            column,
            field: field.to_owned(),
            missing: false,
            excerpt: excerpt.to_owned(),
            excerpt_from: 1,
        }
    }

    #[test]
    fn a_hidden_line_keeps_its_key_and_column() {
        let shown = |field: &str, column, excerpt: &str| hidden(&finding(field, column, excerpt));
        assert_eq!(shown("env[0].value", 7, "      value: hunter2"), "      value: ***");
        assert_eq!(shown("data[\"a.b\"]", 3, "  \"a.b\": hunter2"), "  \"a.b\": ***");
        assert_eq!(shown("env[0].value", 15, "  - {name: A, value: hunter2}"), "  - ****** ** value: ***");
        assert_eq!(shown("args[0]", 5, "  - hunter2"), "  - ***");
        let cut = Finding { excerpt_from: 100, ..finding("data.a", 103, "xy a: b") };
        assert_eq!(hidden(&cut), "** a: ***");
    }
}
