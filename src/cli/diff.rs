//! Differences of files, as people read them.

use super::ui;
use crate::workspace::hunks;

/// A coloured unified diff of one file; `None` where there was, or will be, none.
pub fn unified(path: &str, before: Option<&str>, after: Option<&str>) -> String {
    let name = |side: &str, text: Option<&str>| text.map_or("/dev/null".to_owned(), |_| format!("{side}/{path}"));
    let hunks = hunks(before.unwrap_or_default(), after.unwrap_or_default()).unwrap_or_else(|error| format!("{error}\n"));
    if hunks.is_empty() {
        return hunks;
    }
    let plain = format!("--- {}\n+++ {}\n{hunks}", name("a", before), name("b", after));
    let mut text = String::with_capacity(plain.len());
    for line in plain.lines() {
        let line = match line.as_bytes() {
            [b'-', b'-', b'-', ..] | [b'+', b'+', b'+', ..] => ui::bold(line),
            [b'@', b'@', ..] => ui::cyan(line),
            [b'+', ..] => ui::green(line),
            [b'-', ..] => ui::red(line),
            _ => line.to_owned(),
        };
        text += &line;
        text.push('\n');
    }
    text
}
