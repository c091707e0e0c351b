//! Lines, columns and what belongs to an entry beside its own bytes.

use super::super::{Node, Style, Value, YamlText, colon_behind};
use super::Slot;

/// Where the line of a byte begins, behind a byte order mark.
pub fn line_start(source: &str, at: usize) -> usize {
    let mark = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    source[..at].rfind('\n').map_or(mark.min(at), |newline| newline + 1)
}

/// The byte behind the line break that ends the line of a byte.
pub fn line_end(source: &str, at: usize) -> usize {
    source[at..].find('\n').map_or(source.len(), |newline| at + newline + 1)
}

/// The column of a byte in characters, from 0.
pub fn column(source: &str, at: usize) -> usize {
    source[line_start(source, at)..at].chars().count()
}

/// Whether nothing but blanks stands before a byte on its line.
pub fn begins_line(source: &str, at: usize) -> bool {
    source[line_start(source, at)..at].bytes().all(|byte| byte == b' ')
}

/// Where the comments begin that stand directly above the line of a byte, in the same column.
pub fn comments_start(source: &str, at: usize) -> usize {
    let column = column(source, at);
    let mut start = line_start(source, at);
    while start > 0 && source[..start].ends_with('\n') {
        let above = line_start(source, start - 1);
        let line = &source[above..start];
        let body = line.trim_start_matches(' ');
        if !body.starts_with('#') || line.len() - body.len() != column {
            break;
        }
        start = above;
    }
    start
}

/// The comments directly above an entry or element that begins at a byte, a line each; `None` where
/// it stands behind something else on its line.
#[must_use]
pub fn comments_above(source: &str, at: u32) -> Option<Vec<&str>> {
    let at = at as usize;
    let lines = source[comments_start(source, at)..line_start(source, at)].lines().map(str::trim).collect();
    begins_line(source, at).then_some(lines)
}

/// The end of what belongs to an entry or element: its last line with the comment there, and the
/// lines of comment below it that are indented deeper than its key or dash.
pub fn extent_end(source: &str, content_end: usize, column: usize) -> usize {
    let mut end = line_end(source, content_end);
    let mut at = end;
    while at < source.len() {
        let next = line_end(source, at);
        let line = source[at..next].trim_end();
        let body = line.trim_start_matches(' ');
        if body.is_empty() {
            at = next;
            continue;
        }
        if !body.starts_with('#') || line.len() - body.len() <= column {
            break;
        }
        (at, end) = (next, next);
    }
    end
}

/// An entry or element of a block collection.
#[derive(Clone, Copy, Debug)]
pub struct Member<'n> {
    /// Where its key or dash begins.
    pub start: usize,
    /// The byte behind its value, or behind its colon or dash where it has none.
    pub content_end: usize,
    /// What holds its value.
    pub slot: Slot,
    /// Its value.
    pub node: &'n Node,
}

/// The members of a collection. `None` for one whose key has no colon or whose element has no dash.
pub fn members<'n>(text: &YamlText<'_>, node: &'n Node, in_flow: bool) -> Vec<Option<Member<'n>>> {
    let source = text.source;
    match &node.value {
        Value::Map(entries) => entries
            .iter()
            // What merge keys bring in stands elsewhere.
            .filter(|entry| node.writing.span.start <= entry.span.start && entry.span.end <= node.writing.span.end)
            .map(|entry| {
                let start = entry.span.start as usize;
                let colon = colon_behind(source, entry.span.end as usize)?;
                let slot = Slot { column: column(source, start), behind: colon + 1, in_flow, is_dash: false };
                let content_end = (entry.node.writing.span.end as usize).max(colon + 1);
                Some(Member { start, content_end, slot, node: &entry.node })
            })
            .collect(),
        Value::List(items) => items
            .iter()
            .map(|item| {
                let span = item.writing.span;
                let start = if in_flow { span.start } else { item.writing.dash? } as usize;
                let behind = if in_flow { start } else { start + 1 };
                let slot = Slot { column: column(source, start), behind, in_flow, is_dash: !in_flow };
                Some(Member { start, content_end: (span.end as usize).max(behind), slot, node: item })
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether a value ends with a block scalar that keeps all line breaks that follow it.
pub fn keeps_line_breaks(source: &str, node: &Node) -> bool {
    if let Some(last) = node.entries().last().map(|entry| &entry.node).or(node.items().last()) {
        return node.writing.style == Style::Block && keeps_line_breaks(source, last);
    }
    let header = source[node.writing.span.range()].lines().next().unwrap_or_default();
    let is_block = matches!(node.writing.style, Style::Literal | Style::Folded);
    is_block && header.split('#').next().is_some_and(|header| header.contains('+'))
}

/// The blank lines at the beginning of a text.
pub fn blank_lines(text: &str) -> &str {
    let end = text.split_inclusive('\n').take_while(|line| line.trim().is_empty()).map(str::len).sum();
    &text[..end]
}

/// Takes blank lines off the end of lines whose text keeps them, as far as such lines follow anyway.
pub fn share_blank_lines(lines: &mut String, rest: &str) {
    let follow = blank_lines(rest).lines().count();
    let own = lines.len() - lines.trim_end_matches('\n').len();
    lines.truncate(lines.len() - follow.min(own.saturating_sub(1)));
}
