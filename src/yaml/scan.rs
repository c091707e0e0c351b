//! What the parser's spans leave open, found in the text itself: dashes, colons, ends of blocks.

use std::ops::Range;

use super::Span;

/// A stretch of a text.
#[expect(clippy::cast_possible_truncation, reason = "texts are bounded far below 4 GiB")]
pub(super) fn bytes(start: usize, end: usize) -> Span {
    Span { start: start as u32, end: end as u32 }
}

/// The bytes of a block scalar behind a colon or dash that ends at `from`: from its `|` or `>` to its
/// last line, without the line break that follows it.
pub(super) fn block_scalar_span(text: &str, from: usize, range: Range<usize>) -> Span {
    let header = header_from(text, from).unwrap_or(range.start);
    let line = text[header..].lines().next().unwrap_or_default();
    let keeps_blank_lines = line.split('#').next().unwrap_or_default().contains('+');
    // The parser's span runs on into the next line's indentation. Blanks at the end of the last line
    // that holds anything belong to the text.
    let mut end = range.end;
    if end <= header + line.len() {
        // Without text, the parser's span is somewhere before it; blank lines may be kept all the same.
        let blank = text[header..].split_inclusive('\n').skip(1).take_while(|line| line.trim().is_empty());
        end = header + text[header..].split_inclusive('\n').next().map_or(0, str::len) + blank.map(str::len).sum::<usize>();
    }
    let mut content = &text[header..end];
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

/// The `|` or `>` of a block scalar behind a colon or dash; comments, an anchor and a tag may stand
/// between.
fn header_from(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let rest = text.get(at..)?;
        at += rest.len() - rest.trim_start().len();
        let rest = &text[at..];
        at += match rest.chars().next()? {
            '|' | '>' => return Some(at),
            '#' => rest.find('\n')?,
            '&' | '!' => rest.find(char::is_whitespace)?,
            _ => return None,
        };
    }
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
