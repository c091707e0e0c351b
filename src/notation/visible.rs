//! Text of others as one line that takes effect nowhere: in no terminal, no log of CI, no commit message.

use std::borrow::Cow;
use std::fmt::Write as _;

/// A text on one line, with every character that acts or hides written out, such as `\n` or `\u{202e}`.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len() + 8);
    text.chars().for_each(|c| push_visible(&mut shown, c));
    shown.into()
}

/// The same, with what systems of CI would take for a command broken by a backslash.
#[must_use]
pub fn inert(text: &str) -> Cow<'_, str> {
    let mut shown = visible(text);
    for at in command_breaks(&shown).into_iter().rev() {
        shown.to_mut().insert(at, '\\');
    }
    shown
}

/// Adds a character, or what stands for one that acts or hides.
pub fn push_visible(shown: &mut String, c: char) {
    match c {
        '\n' => shown.push_str("\\n"),
        '\r' => shown.push_str("\\r"),
        '\t' => shown.push_str("\\t"),
        _ if is_hidden(c) => _ = write!(shown, "\\u{{{:x}}}", u32::from(c)),
        _ => shown.push(c),
    }
}

/// Whether a character moves the cursor, turns the direction of writing, breaks a line or cannot be seen.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fdd0}'..='\u{fdef}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
        || u32::from(c) & 0xfffe == 0xfffe
}

/// The bytes of a line before which a backslash keeps it from being a command: of GitHub Actions, which
/// reads `::` behind whitespace and `##[` anywhere, of Azure Pipelines (`##vso[`) and the like.
#[must_use]
pub fn command_breaks(line: &str) -> Vec<usize> {
    let start = line.len() - line.trim_start().len();
    let first = line[start..].starts_with("::").then_some(start);
    let is_command = |at: &usize| line[at + 2..].trim_start_matches(|c: char| c.is_ascii_alphabetic()).starts_with('[');
    // Three in a row are two pairs.
    let marks = (1..line.len()).filter(|at| &line.as_bytes()[at - 1..=*at] == b"##").map(|at| at - 1);
    first.into_iter().chain(marks.filter(is_command).map(|at| at + 1)).collect()
}

/// The bytes of a text before which a break keeps it from calling a forge to act: from naming a person or
/// team (`@a`), an issue or merge request that a word before it may close (`#1`, `a/b!1`, `GH-1`, the address of
/// one), and from having CI leave a commit out (`[skip ci]`).
#[must_use]
pub fn calls(text: &str) -> Vec<usize> {
    let ends_with = |text: &str, end: &str| {
        text.len().checked_sub(end.len()).and_then(|at| text.get(at..)).is_some_and(|found| found.eq_ignore_ascii_case(end))
    };
    let begins_with = |text: &str, word: &str| text.get(..word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word));
    let mut breaks = Vec::new();
    let mut before = ' ';
    for (at, c) in text.char_indices().filter(|(_, c)| c.is_ascii_punctuation()) {
        let (head, rest) = (&text[..at], &text[at + 1..]);
        if at > 0 {
            before = head.chars().next_back().unwrap_or(' ');
        }
        let is_numbered = rest.starts_with(|c: char| c.is_ascii_digit());
        let is_call = match c {
            '@' => !before.is_alphanumeric() && rest.starts_with(char::is_alphanumeric),
            '#' | '!' => is_numbered,
            '-' => is_numbered && ends_with(head, "GH"),
            '/' => is_numbered && ["issues", "pull", "merge_requests", "work_items"].iter().any(|word| ends_with(head, word)),
            '[' => ["skip", "ci", "no", "actions"].iter().any(|word| {
                begins_with(rest, word) && !rest[word.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '=')
            }),
            '*' => begins_with(rest, "NO_CI"),
            _ => false,
        };
        if is_call {
            breaks.push(at + 1);
        }
    }
    breaks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_or_hides_is_written_out() {
        assert_eq!(visible("결제: '🚢' naïve"), "결제: '🚢' naïve");
        assert_eq!(visible("a\r\n\tb\u{1b}[31m\0\u{7f}\u{9b}"), "a\\r\\n\\tb\\u{1b}[31m\\u{0}\\u{7f}\\u{9b}");
        assert_eq!(
            visible("\u{202e}\u{2066}\u{200b}\u{61c}\u{feff}\u{e0041}\u{2028}"),
            "\\u{202e}\\u{2066}\\u{200b}\\u{61c}\\u{feff}\\u{e0041}\\u{2028}"
        );
        assert_eq!(visible("\u{ffff}\u{1fffe}\u{fdd0}"), "\\u{ffff}\\u{1fffe}\\u{fdd0}");
    }

    #[test]
    fn nobody_is_called() {
        for (text, shown) in [
            ("ask @team/a, not a@b.c", "ask @|team/a, not a@b.c"),
            ("Fixes #1, closes a/b#2, a/b!3, gh-4", "Fixes #|1, closes a/b#|2, a/b!|3, gh-|4"),
            ("closes https://a.example/b/c/issues/5", "closes https://a.example/b/c/issues/|5"),
            ("[skip ci] [CI skip] [no ci] ***NO_CI***", "[|skip ci] [|CI skip] [|no ci] ***|NO_CI***"),
            ("결제 @결제 #payments containers[name=a] [note] # 1 a-1", "결제 @|결제 #payments containers[name=a] [note] # 1 a-1"),
        ] {
            let mut broken = text.to_owned();
            calls(text).into_iter().rev().for_each(|at| broken.insert(at, '|'));
            assert_eq!(broken, shown);
        }
    }

    #[test]
    fn no_line_is_a_command() {
        for (line, shown) in [
            ("::error::x", "\\::error::x"),
            (" \u{a0}::error::x", " \u{a0}\\::error::x"),
            ("a::b", "a::b"),
            ("a ##[error]x ###[x] ##vso[task]", "a #\\#[error]x ##\\#[x] #\\#vso[task]"),
            ("## heading [a]", "## heading [a]"),
            ("a\n::error::b", "a\\n::error::b"),
        ] {
            assert_eq!(inert(line), shown);
        }
    }
}
