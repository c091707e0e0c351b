//! Pieces of another text, moved to another column.

use super::super::{Entry, Node, Value, write};
use super::layout::{begins_line, column, comments_start, extent_end, line_start};
use super::{Piece, Slot};

/// An entry or element as lines of a block that begin at a column, the last with a line break.
pub fn member_lines(piece: Piece<'_>, to: usize) -> String {
    let source = piece.text.source;
    let Some((start, from)) = start_in_block(piece) else { return written_member(piece, to) };
    let content_end = piece.node.writing.span.end as usize;
    let behind = piece.entry.and_then(|entry| super::super::colon_behind(source, entry.span.end as usize));
    let end = extent_end(source, content_end.max(behind.map_or(start + 1, |colon| colon + 1)), from);
    let first = if begins_line(source, start) { comments_start(source, start) } else { start };
    let mut lines = moved(&source[first..end], from, to, first == line_start(source, first));
    if !lines.ends_with('\n') {
        lines.push('\n');
    }
    lines
}

/// Where an entry or element of a block begins and in which column; `None` for one in brackets or
/// braces.
fn start_in_block(piece: Piece<'_>) -> Option<(usize, usize)> {
    let start = match piece.entry {
        Some(entry) => entry.span.start,
        None => piece.node.writing.dash?,
    } as usize;
    (!piece.in_flow).then(|| (start, column(piece.text.source, start)))
}

/// An entry or element that stands in brackets or braces, as a line of a block.
fn written_member(piece: Piece<'_>, to: usize) -> String {
    let indent = " ".repeat(to);
    let value = in_line(piece.node);
    match piece.entry {
        Some(entry) => format!("{indent}{}: {value}\n", flow_key(entry)),
        None => format!("{indent}- {value}\n"),
    }
}

/// Lines moved from one column to another. Of the first line, only what follows the blanks is given
/// unless `whole` says that it begins at the line's start.
pub fn moved(lines: &str, from: usize, to: usize, whole: bool) -> String {
    let indent = " ".repeat(to);
    let mut out = String::with_capacity(lines.len());
    for (number, line) in lines.split_inclusive('\n').enumerate() {
        if number == 0 && !whole {
            out.push_str(&indent);
            out.push_str(line);
            continue;
        }
        let blanks = line.len() - line.trim_start_matches(' ').len();
        let rest = &line[blanks.min(from)..];
        if !rest.trim_end_matches(['\n', '\r']).is_empty() {
            out.push_str(&indent);
        }
        out.push_str(rest);
    }
    out
}

/// The column that a piece's holder has in its own text.
pub fn holder_column(piece: Piece<'_>) -> usize {
    let start = match piece.entry {
        Some(entry) => entry.span.start,
        None => piece.node.writing.dash.unwrap_or(piece.node.writing.span.start),
    };
    column(piece.text.source, start as usize)
}

/// The text of a scalar or of a collection in brackets, moved along with what holds it.
pub fn token(piece: Piece<'_>, slot: Slot) -> String {
    let span = piece.node.writing.span;
    let text = &piece.text.source[span.range()];
    if text.contains('\n') {
        moved(text, holder_column(piece), slot.column, false).trim_start().to_owned()
    } else {
        text.to_owned()
    }
}

/// A value on one line, in brackets and braces where it is a collection.
pub fn in_line(node: &Node) -> String {
    match &node.value {
        Value::Map(entries) => {
            let entry = |entry: &Entry| format!("{}: {}", flow_key(entry), in_line(&entry.node));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        Value::List(items) => format!("[{}]", items.iter().map(in_line).collect::<Vec<_>>().join(", ")),
        Value::String(text) => flow_scalar(text),
        _ => node.written.as_deref().filter(|text| !text.is_empty()).unwrap_or("null").to_owned(),
    }
}

/// A key that may stand in braces; one that is no string as it was written.
pub fn flow_key(entry: &Entry) -> String {
    match &entry.written {
        Some(written) => written.to_string(),
        None => flow_scalar(&entry.key),
    }
}

/// A string that may stand in brackets.
fn flow_scalar(text: &str) -> String {
    if text.contains([',', '[', ']', '{', '}', ':', '\n']) { write::double_quoted(text) } else { write::scalar(text) }
}
