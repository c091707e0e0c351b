//! Differences of files, as people read them.

use super::ui::{self, TextLines};
use crate::workspace::hunks;

/// A coloured unified diff of one file; `None` where there was, or will be, none.
pub fn unified(path: &str, before: Option<&str>, after: Option<&str>) -> TextLines {
    let mut text = TextLines::default();
    let hunks = hunks(before.unwrap_or_default(), after.unwrap_or_default()).unwrap_or_else(|error| format!("{error}\n"));
    if hunks.is_empty() {
        return text;
    }
    let name = |side: &str, text: Option<&str>| text.map_or("/dev/null".to_owned(), |_| format!("{side}/{path}"));
    text.line(ui::bold(format_args!("--- {}", name("a", before))));
    text.line(ui::bold(format_args!("+++ {}", name("b", after))));
    for line in hunks.lines() {
        text.line(match line.as_bytes() {
            [b'@', b'@', ..] => ui::cyan(line),
            [b'+', ..] => ui::green(line),
            [b'-', ..] => ui::red(line),
            _ => line.into(),
        });
    }
    text
}
