//! Markdown, as GitHub reads it: the one way into it for text of others, which then means nothing there.

use std::fmt::Write as _;

use crate::notation::{calls, visible};

/// What parts a text and is not shown.
const PART: &str = "<!-- -->";

/// A text on one line that means nothing to Markdown or HTML, leads nowhere and calls nobody.
pub fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    escape(&mut escaped, &visible(text), true);
    escaped
}

/// A text as code; in a table a code span cannot hold every character.
pub fn code(text: &str) -> String {
    let text = visible(text);
    if text.is_empty() {
        return String::new();
    }
    // What is squashed into a commit message is read as it stands there.
    if !text.contains(['`', '|']) && !text.contains("##") && calls(&text).is_empty() && text.trim() == text {
        return format!("`{text}`");
    }
    let mut escaped = "<code>".to_owned();
    escape(&mut escaped, &text, false);
    escaped + "</code>"
}

/// Commands as a block of code, one a line, that no line of them ends.
pub fn script(lines: impl Iterator<Item = String>) -> String {
    let lines: String = lines.map(|line| format!("{}\n", visible(&line))).collect();
    let mut fence = "```".to_owned();
    while lines.contains(&fence) {
        fence.push('`');
    }
    format!("{fence}sh\n{lines}{fence}\n")
}

/// A text in which backticks mark code, as checklists have it.
pub fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return self::text(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for (number, part) in parts.into_iter().enumerate() {
        if number.is_multiple_of(2) {
            escape(&mut escaped, &visible(part), number == 0);
        } else {
            escaped += &code(part);
        }
    }
    escaped
}

/// A link, if the address is one of the web; else its text.
pub fn link(title: &str, address: &str) -> String {
    let title = text(title);
    if !address.starts_with("https://") && !address.starts_with("http://") {
        return title;
    }
    let mut encoded = String::with_capacity(address.len());
    for byte in address.bytes() {
        match byte {
            b'!'..=b'~' if !b"()<>[]\\`|\"".contains(&byte) => encoded.push(byte.into()),
            _ => _ = write!(encoded, "%{byte:02X}"),
        }
    }
    format!("[{title}]({encoded})")
}

/// Adds a visible text; `begins` where a line may begin with it.
fn escape(escaped: &mut String, text: &str, begins: bool) {
    if begins {
        escaped.push_str(&text[..marker(text)]);
        if marker(text) > 0 || text.starts_with(['#', '+', '-', '=', ':']) {
            escaped.push('\\');
        }
    }
    let rest = if begins { &text[marker(text)..] } else { text };
    // Names, numbers of issues and addresses are looked for after Markdown; an empty comment parts them.
    let mut breaks = calls(rest).into_iter().peekable();
    for (at, c) in rest.char_indices() {
        if breaks.next_if_eq(&at).is_some() {
            escaped.push_str(PART);
        }
        let next = &rest[at + c.len_utf8()..];
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => escaped.extend(['\\', c]),
            ':' if next.starts_with("//") => escaped.extend([":", PART]),
            '.' if at >= 3 && rest.get(at - 3..at).is_some_and(|word| word.eq_ignore_ascii_case("www")) => {
                escaped.extend([PART, "."]);
            }
            _ => escaped.push(c),
        }
    }
}

/// How many digits a text begins with, where what follows makes them the number of a list.
fn marker(text: &str) -> usize {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if digits > 0 && text[digits..].starts_with(['.', ')']) { digits } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_place() {
        assert_eq!(text("a|b `c` <d> @team a@1.b #12 # x"), "a\\|b \\`c\\` &lt;d&gt; @<!-- -->team a@1.b #<!-- -->12 # x");
        assert_eq!(text("see https://a.example or WWW.b"), "see https:<!-- -->//a.example or WWW<!-- -->.b");
        assert_eq!(text("a\n- b\u{202e}"), "a\\\\n- b\\\\u{202e}");
        for (begins, escaped) in
            [("# a", "\\# a"), ("- a", "\\- a"), ("12. a", "12\\. a"), ("::error::", "\\::error::"), ("12 a", "12 a")]
        {
            assert_eq!(text(begins), escaped);
        }
        assert_eq!(code("a<b>c"), "`a<b>c`");
        assert_eq!(code("a<b>@c"), "<code>a&lt;b&gt;@<!-- -->c</code>");
        assert_eq!(text("Fixes a/b#1 [skip ci]"), "Fixes a/b#<!-- -->1 \\[<!-- -->skip ci\\]");
        assert_eq!(code("a|`<b>"), "<code>a\\|\\`&lt;b&gt;</code>");
        assert_eq!(code("##[error]"), "<code>##\\[error\\]</code>");
    }

    #[test]
    fn prose_keeps_its_code() {
        assert_eq!(prose("set `spec.<a>` to *2*"), "set `spec.<a>` to \\*2\\*");
        assert_eq!(prose("a ` b <i>"), "a \\` b &lt;i&gt;");
    }

    #[test]
    fn a_script_ends_where_it_ends() {
        let lines = ["rm '```'".to_owned(), "a\nb".to_owned()];
        assert_eq!(script(lines.into_iter()), "````sh\nrm '```'\na\\nb\n````\n");
    }

    #[test]
    fn only_the_web_is_linked() {
        assert_eq!(link("a", "https://b.example/c(d) e"), "[a](https://b.example/c%28d%29%20e)");
        assert_eq!(link("a", "javascript:alert(1)"), "a");
    }
}
