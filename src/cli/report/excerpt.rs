//! The line of a finding, with a caret under its column.

use super::clean::stand_in;
use crate::cli::ui;

/// The widest part of a line that is shown, in columns.
const WIDTH: usize = 100;
/// How much of a line that is cut is shown before the caret, in columns.
const BEFORE: usize = 40;
/// Columns from one tab stop to the next.
const TAB: usize = 4;

/// A line as it is shown, and how many columns stand before the caret.
#[derive(Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The line.
    pub text: String,
    /// The columns before the caret.
    pub indent: usize,
}

impl Excerpt {
    /// The part of a line around a column, which counts characters from 1.
    pub fn of(line: &str, column: u32) -> Self {
        let before = usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX);
        let mut shown = Shown::default();
        let mut caret = None;
        for (index, c) in line.trim_end().chars().enumerate() {
            if index == before {
                caret = Some(shown.text.len());
            }
            shown.push(c);
        }
        let caret = caret.unwrap_or(shown.text.len());
        shown.around(caret)
    }
}

/// A line with everything replaced that a terminal would act on.
#[derive(Default)]
struct Shown {
    text: String,
}

impl Shown {
    fn push(&mut self, c: char) {
        match c {
            '\t' => {
                let to_stop = TAB - ui::width(&self.text) % TAB;
                self.text.extend(std::iter::repeat_n(' ', to_stop));
            }
            '\n' | '\r' => self.text.push(' '),
            _ => self.text.push(stand_in(c)),
        }
    }

    /// The part around a byte offset that fits, with `…` where it is cut.
    fn around(self, caret: usize) -> Excerpt {
        let (before, after) = self.text.split_at(caret);
        if ui::width(&self.text) <= WIDTH {
            return Excerpt { indent: ui::width(before), text: self.text };
        }
        let (before, cut) = if ui::width(before) + BEFORE <= WIDTH { (before.to_owned(), 0) } else { (last(before, BEFORE), 1) };
        let indent = cut + ui::width(&before);
        let fits = first(after, WIDTH.saturating_sub(indent + 1));
        let ellipsis = |cut: bool| if cut { "…" } else { "" };
        let text = format!("{}{before}{fits}{}", ellipsis(cut > 0), ellipsis(fits.len() < after.len()));
        Excerpt { text, indent }
    }
}

/// The first characters that fit into so many columns.
fn first(text: &str, columns: usize) -> &str {
    let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    let fits = ends.take_while(|end| ui::width(&text[..*end]) <= columns).last();
    &text[..fits.unwrap_or_default()]
}

/// The last characters that fit into so many columns.
fn last(text: &str, columns: usize) -> String {
    let start = text.char_indices().map(|(at, _)| at).find(|start| ui::width(&text[*start..]) <= columns);
    text[start.unwrap_or(text.len())..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(line: &str, column: u32) -> String {
        let excerpt = Excerpt::of(line, column);
        format!("{}\n{}^", excerpt.text, " ".repeat(excerpt.indent))
    }

    #[test]
    fn the_caret_stands_below_its_character() {
        assert_eq!(drawn("  replicas: 1\r\n", 13), "  replicas: 1\n            ^");
        assert_eq!(drawn("\tname:\tx", 8), "    name:   x\n            ^");
        assert_eq!(drawn("이름: x", 5), "이름: x\n      ^");
        assert_eq!(drawn("a: \u{1b}[31mx", 4), "a: ␛[31mx\n   ^");
        assert_eq!(drawn("short", 900), "short\n     ^");
        assert_eq!(drawn("", 1), "\n^");
    }

    #[test]
    fn a_long_line_is_shown_around_the_caret() {
        let line = format!("{}key{}", "{a: 1} ".repeat(50), "가".repeat(80));
        let excerpt = Excerpt::of(&line, 351);
        assert!(ui::width(&excerpt.text) <= WIDTH && excerpt.text.starts_with('…') && excerpt.text.ends_with('…'));
        assert_eq!(excerpt.text.chars().nth(excerpt.indent), Some('k'));
        let start = Excerpt::of(&line, 8);
        assert!(ui::width(&start.text) <= WIDTH && start.text.starts_with("{a") && start.indent == 7);
    }
}
