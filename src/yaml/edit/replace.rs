//! Another value in the place of one.

use super::super::{Node, Style, Value, write};
use super::cut::{self, in_line, moved, token};
use super::json::blanks;
use super::layout::{keeps_line_breaks, line_end, line_start, share_blank_lines};
use super::{Added, Piece, Slot, Splice, style};

impl<'t> Splice<'t> {
    pub(super) fn replace(&mut self, old: &Node, slot: Slot, piece: Piece<'t>) {
        let new = piece.node;
        if let Some(json) = &self.json {
            let source = self.text.source;
            let begins = line_start(source, old.writing.span.start as usize);
            let text = json.value(new, Some(blanks(&source[begins..])));
            self.put_inline(old, slot, &text);
            return;
        }
        if slot.in_flow {
            let text = style::on_one_line(new, old, true).unwrap_or_else(|| in_line(new));
            self.put_inline(old, slot, &text);
            return;
        }
        if let Some(text) = style::on_one_line(new, old, false) {
            self.put_inline(old, slot, &text);
            return;
        }
        if let Some((header, lines)) = style::as_block(new, old) {
            self.put_block(old, slot, header, &lines);
            return;
        }
        match new.writing.style {
            Style::Block => {
                let added: Vec<Added<'t>> = match &new.value {
                    Value::Map(entries) => entries.iter().map(|entry| Added { after: None, piece: piece.entry(entry) }).collect(),
                    _ => new.items().iter().map(|item| Added { after: None, piece: piece.element(item) }).collect(),
                };
                let to =
                    self.column_of_members(slot, matches!(new.value, Value::List(_)), added.first().map(|first| first.piece));
                self.members_for_value(old, slot, &added, to);
            }
            Style::Literal | Style::Folded => self.scalar_block(old, slot, piece),
            _ => {
                let text = token(piece, slot);
                if old.writing.style == Style::Block {
                    self.inline_for_block(old, slot, &text);
                } else {
                    self.put_inline(old, slot, &text);
                }
            }
        }
    }

    /// Puts text where a value stands on its line, or behind its key where it has none.
    fn put_inline(&mut self, old: &Node, slot: Slot, text: &str) {
        let span = old.writing.span.range();
        if span.is_empty() {
            self.patches.push(slot.behind..slot.behind, format!(" {text}"));
        } else {
            self.patches.push(span, text.to_owned());
        }
    }

    /// Puts another block scalar in the place of one; a comment behind its header stays.
    fn put_block(&mut self, old: &Node, slot: Slot, header: &str, lines: &str) {
        let old_text = &self.text.source[old.writing.span.range()];
        let (old_header, old_body) = old_text.split_once('\n').unwrap_or((old_text, ""));
        let indent = " ".repeat(indent_of_body(old_body).unwrap_or(slot.column + 2).max(slot.column + 1));
        let comment = old_header.find(" #").map_or("", |at| old_header[at..].trim_end());
        let indented = |line: &str| if line.is_empty() { String::new() } else { format!("{indent}{line}") };
        let body: Vec<String> = lines.split('\n').map(indented).collect();
        self.patches.push(old.writing.span.range(), format!("{header}{comment}\n{}", body.join("\n")));
    }

    /// Puts text behind a key or dash in the place of a block. A comment on the key's line stays.
    pub(super) fn inline_for_block(&mut self, old: &Node, slot: Slot, text: &str) {
        let source = self.text.source;
        let span = old.writing.span.range();
        if line_start(source, span.start) == line_start(source, slot.behind) {
            self.patches.push(span, text.to_owned());
            return;
        }
        self.patches.push(slot.behind..slot.behind, format!(" {text}"));
        self.patches.push(line_end(source, slot.behind)..line_end(source, span.end), String::new());
    }

    /// Puts members by indentation, which begin at a column, in the place of a value.
    pub(super) fn members_for_value(&mut self, old: &Node, slot: Slot, members: &[Added<'t>], column: usize) {
        let source = self.text.source;
        let mut lines: String = members.iter().map(|new| self.member_lines(new.piece, column)).collect();
        if members.last().is_some_and(|last| keeps_line_breaks(last.piece.text.source, last.piece.node)) {
            let end = line_end(source, (old.writing.span.end as usize).max(slot.behind));
            share_blank_lines(&mut lines, &source[end..]);
        }
        self.lines_for_value(old, slot, &lines, column);
    }

    /// Puts the lines of a block, which stand at a column, in the place of a value.
    fn lines_for_value(&mut self, old: &Node, slot: Slot, lines: &str, column: usize) {
        let source = self.text.source;
        let span = old.writing.span.range();
        let on_own_lines = line_start(source, span.start) > line_start(source, slot.behind);
        let is_root = !slot.is_dash && slot.behind == span.start;
        let has_comment = source[span.end..line_end(source, span.end)].trim_start().starts_with('#');
        if old.writing.style == Style::Block && (on_own_lines || is_root) {
            self.patches.push(line_start(source, span.start)..line_end(source, span.end), lines.to_owned());
        } else if slot.is_dash && !has_comment && !lines.trim_start().starts_with('#') {
            // The block begins behind the dash, as far from it as the old value or one blank.
            let start = if span.is_empty() { slot.behind } else { span.start };
            let at = if span.is_empty() { slot.column + 2 } else { super::layout::column(source, start) };
            let block = moved(lines, column, at, true);
            let (first, rest) = block.trim_start().split_once('\n').unwrap_or((block.trim_start(), ""));
            let gap = if span.is_empty() { " " } else { "" };
            self.patches.push(start..span.end.max(start), format!("{gap}{first}"));
            self.insert(line_end(source, span.end.max(start)), rest);
        } else {
            let blank = source[slot.behind..span.start.max(slot.behind)].trim_matches(' ').is_empty();
            let start = if blank { slot.behind } else { span.start };
            self.patches.push(start..span.end.max(start), String::new());
            self.insert(line_end(source, span.end.max(start)), lines);
        }
    }

    /// Puts a literal or folded scalar in the place of a value.
    fn scalar_block(&mut self, old: &Node, slot: Slot, piece: Piece<'_>) {
        let source = self.text.source;
        let text = &piece.text.source[piece.node.writing.span.range()];
        let (header, body) = text.split_once('\n').unwrap_or((text, ""));
        let header = header.split('#').next().unwrap_or_default().trim_end();
        let indicator = header.chars().find_map(|c| c.to_digit(10)).map(|digit| digit as usize);
        let from = match indicator {
            Some(digit) => cut::holder_column(piece) + digit,
            None => indent_of_body(body).unwrap_or_else(|| cut::holder_column(piece) + 2),
        };
        let old_text = &source[old.writing.span.range()];
        let was_block = matches!(old.writing.style, Style::Literal | Style::Folded);
        let to = match (indicator, old_text.split_once('\n')) {
            // An indicator counts from the key.
            (Some(digit), _) => Some(slot.column + digit),
            (None, Some((_, old_body))) if was_block => indent_of_body(old_body),
            _ => None,
        }
        .unwrap_or(slot.column + 2);
        let end = line_end(source, (old.writing.span.end as usize).max(slot.behind));
        let blank_follows = source[end..].lines().next().is_some_and(|line| line.trim().is_empty());
        let would_grow = comment_from(source, end, to) || header.contains('+') && blank_follows;
        if let (true, Value::String(value)) = (would_grow, &piece.node.value) {
            // What follows would become part of the text.
            let text = write::double_quoted(value);
            if old.writing.style == Style::Block {
                self.inline_for_block(old, slot, &text);
            } else {
                self.put_inline(old, slot, &text);
            }
            return;
        }
        let body = moved(body, from, to, true);
        if was_block {
            let old_header = old_text.split('\n').next().unwrap_or_default();
            let comment = old_header.find(" #").map_or("", |at| old_header[at..].trim_end());
            let body = if body.is_empty() { body } else { format!("\n{body}") };
            self.patches.push(old.writing.span.range(), format!("{header}{comment}{body}"));
        } else if old.writing.style == Style::Block {
            self.inline_for_block(old, slot, header);
            self.insert(line_end(source, old.writing.span.end as usize), &format!("{body}\n"));
        } else {
            self.put_inline(old, slot, header);
            let end = line_end(source, (old.writing.span.end as usize).max(slot.behind));
            self.insert(end, &format!("{body}\n"));
        }
    }
}

/// The column of the first line of a block scalar's text that holds anything.
fn indent_of_body(body: &str) -> Option<usize> {
    let line = body.lines().find(|line| !line.trim().is_empty())?;
    Some(line.len() - line.trim_start_matches(' ').len())
}

/// Whether the next line that holds anything is a comment that begins in a column or behind it.
fn comment_from(source: &str, at: usize, column: usize) -> bool {
    let next = source[at..].lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let body = next.trim_start_matches(' ');
    body.starts_with('#') && next.len() - body.len() >= column
}
