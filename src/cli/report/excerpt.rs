//! The line of a finding, with a caret under its column.

use crate::check::Finding;
use crate::cli::ui;
use crate::notation::push_visible;

/// The widest part of a line that is shown, in columns.
const WIDTH: usize = 100;
/// How much of a line that is cut is shown before the caret, in columns.
const BEFORE: usize = 40;
/// How many characters are looked at on either side of the caret.
const NEAR: usize = 200;
/// Columns from one tab stop to the next.
const TAB: usize = 4;

/// A line as it is shown, and how many columns stand before the caret.
#[derive(Debug, PartialEq, Eq)]
pub struct ShownLine {
    /// The line.
    pub text: String,
    /// The columns before the caret.
    pub indent: usize,
}

impl ShownLine {
    /// What a finding shows of its line.
    pub fn of_finding(finding: &Finding) -> Self {
        Self::of(&finding.excerpt, finding.column.saturating_sub(finding.excerpt_from.saturating_sub(1)))
    }

    /// The part of a line around a column, which counts characters from 1.
    pub fn of(line: &str, column: u32) -> Self {
        let line = line.trim_end();
        let length = line.chars().count();
        let caret = usize::try_from(column.saturating_sub(1)).unwrap_or(length).min(length);
        // A manifest may be one line of a megabyte: only what can be shown is looked at.
        let start = caret.saturating_sub(NEAR);
        let mut shown = String::new();
        let mut before = 0;
        for (index, c) in line.chars().enumerate().skip(start).take(2 * NEAR) {
            if index == caret {
                before = shown.len();
            }
            push(&mut shown, c);
        }
        if caret == length {
            before = shown.len();
        }
        let (before, after) = shown.split_at(before);
        fit(before, after, start > 0, length > start + 2 * NEAR)
    }
}

/// Adds a character, or what stands for one on which a terminal would act.
fn push(shown: &mut String, c: char) {
    match c {
        '\t' => shown.extend(std::iter::repeat_n(' ', TAB - ui::width(shown) % TAB)),
        '\n' | '\r' => shown.push(' '),
        _ => push_visible(shown, c),
    }
}

/// What fits of the text before and after the caret, with `…` where something is left out.
fn fit(before: &str, after: &str, cut_before: bool, cut_after: bool) -> ShownLine {
    let indent = ui::width(before);
    if !cut_before && !cut_after && indent + ui::width(after) <= WIDTH {
        return ShownLine { text: format!("{before}{after}"), indent };
    }
    let (before, ellipsis) = if !cut_before && indent + BEFORE <= WIDTH { (before, "") } else { (last(before, BEFORE), "…") };
    let indent = ui::width(ellipsis) + ui::width(before);
    let fits = first(after, WIDTH.saturating_sub(indent + 1));
    let end = if cut_after || fits.len() < after.len() { "…" } else { "" };
    ShownLine { text: format!("{ellipsis}{before}{fits}{end}"), indent }
}

/// The first characters that fit into so many columns.
fn first(text: &str, columns: usize) -> &str {
    let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    let fits = ends.take_while(|end| ui::width(&text[..*end]) <= columns).last();
    &text[..fits.unwrap_or_default()]
}

/// The last characters that fit into so many columns.
fn last(text: &str, columns: usize) -> &str {
    let start = text.char_indices().map(|(at, _)| at).find(|start| ui::width(&text[*start..]) <= columns);
    &text[start.unwrap_or(text.len())..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(line: &str, column: u32) -> String {
        let excerpt = ShownLine::of(line, column);
        format!("{}\n{}^", excerpt.text, " ".repeat(excerpt.indent))
    }

    #[test]
    fn the_caret_stands_below_its_character() {
        assert_eq!(drawn("  replicas: 1\r\n", 13), "  replicas: 1\n            ^");
        assert_eq!(drawn("\tname:\tx", 8), "    name:   x\n            ^");
        assert_eq!(drawn("이름: x", 5), "이름: x\n      ^");
        assert_eq!(drawn("a: \u{1b}[31mx", 5), "a: \\u{1b}[31mx\n         ^");
        assert_eq!(drawn("short", 900), "short\n     ^");
        assert_eq!(drawn("", 1), "\n^");
    }

    #[test]
    fn a_long_line_is_shown_around_the_caret() {
        let line = format!("{}key{}", "{a: 1} ".repeat(50), "가".repeat(80));
        let excerpt = ShownLine::of(&line, 351);
        assert!(ui::width(&excerpt.text) <= WIDTH && excerpt.text.starts_with('…') && excerpt.text.ends_with('…'));
        assert_eq!(excerpt.text.chars().nth(excerpt.indent), Some('k'));
        let huge = "\t가".repeat(1_000_000);
        assert!(ui::width(&ShownLine::of(&huge, 1_000_000).text) <= WIDTH);
        let start = ShownLine::of(&line, 8);
        assert!(ui::width(&start.text) <= WIDTH && start.text.starts_with("{a") && start.indent == 7);
    }
}
