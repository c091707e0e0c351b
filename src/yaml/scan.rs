//! What the parser's spans leave open, found in the text itself: dashes, colons, ends of blocks.

use std::ops::Range;

use granit_parser::ScalarStyle;

use super::Span;
use super::load::bytes;

/// The bytes of a scalar. Those of a block scalar begin at its `|` or `>` and end with its last line,
/// without the line break that follows it.
pub(super) fn scalar_span(text: &str, range: Range<usize>, style: ScalarStyle) -> Span {
    if !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
        return bytes(range.start, range.end);
    }
    let header = text[..range.start].rfind(['|', '>']).unwrap_or(range.start);
    let line = text[header..].lines().next().unwrap_or_default();
    let keeps_blank_lines = line.split('#').next().unwrap_or_default().contains('+');
    // The parser's span runs on into the next line's indentation. Blanks at the end of the last line
    // that holds anything belong to the text.
    let mut content = &text[header..range.end.max(header)];
    while let Some((before, last)) = content.rsplit_once('\n')
        && last.trim().is_empty()
    {
        content = before;
        if keeps_blank_lines {
            break;
        }
    }
    content = content.strip_suffix('\r').unwrap_or(content);
    bytes(header, header + content.len())
}

/// The colon behind a key that ends at `end`; `None` if something else follows the key.
#[must_use]
pub fn colon_behind(text: &str, end: usize) -> Option<usize> {
    let rest = text.get(end..)?;
    let blanks = rest.len() - rest.trim_start().len();
    rest[blanks..].starts_with(':').then_some(end + blanks)
}

/// The dash of a block sequence in a stretch of text that holds nothing else but blanks, comments and
/// properties: its last one, or its first.
pub(super) fn dash_between(text: &str, start: usize, end: usize, first: bool) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut found) = (start, None);
    while at < end {
        match bytes[at] {
            b'#' if at == 0 || bytes[at - 1].is_ascii_whitespace() => {
                at += text[at..end].find('\n').unwrap_or(end - at);
                continue;
            }
            b'-' if (at == 0 || bytes[at - 1].is_ascii_whitespace()) && bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace) => {
                found = Some(at);
                if first {
                    return found;
                }
            }
            _ => {}
        }
        at += 1;
    }
    found
}
