//! Edits within brackets and braces.

use super::super::{Node, Value};
use super::json::blanks;
use super::layout::{Member, comments_start, line_end, line_start, members};
use super::{Added, NodeEdit, Piece, Slot, Splice, Uneditable, cut};

impl<'t> Splice<'t> {
    pub(super) fn within_flow(
        &mut self,
        node: &Node,
        slot: Slot,
        parts: &[NodeEdit<'t>],
        added: &[Added<'t>],
    ) -> Result<(), Uneditable> {
        let span = node.writing.span;
        let source = self.text.source;
        let stays = |index: usize| !matches!(parts[index], NodeEdit::Remove);
        let Some(first) = (0..parts.len()).find(|index| stays(*index)) else {
            if added.is_empty() {
                let empty = if matches!(node.value, Value::Map(_)) { "{}" } else { "[]" };
                self.patches.push(span.range(), empty.to_owned());
            } else if self.json.is_some() {
                self.all_new(node, added);
            } else {
                self.block_of(node, slot, added);
            }
            return Ok(());
        };
        let members: Vec<Member<'_>> = members(self.text, node, true)
            .into_iter()
            .collect::<Option<_>>()
            .ok_or(Uneditable { what: "has an entry without a colon", at: span.start })?;
        let lines: Option<Vec<Lines>> = members.iter().map(|member| own_lines(source, member)).collect();
        let lines_of = |index: usize| lines.as_ref().map(|lines| &lines[index]);
        for (index, (part, member)) in parts.iter().zip(&members).enumerate() {
            if stays(index) {
                self.node(member.node, member.slot, part)?;
            } else if let Some(lines) = lines_of(index) {
                self.patches.push(lines.range.clone(), String::new());
            } else if index > first {
                // The comma before it goes, too.
                self.patches.push(members[index - 1].content_end..member.content_end, String::new());
            } else {
                self.patches.push(member.start..members[index + 1].start, String::new());
            }
        }
        // Behind a removed one is behind the nearest that stays before it.
        let anchor = |new: &Added<'_>| new.after.and_then(|after| (0..=after).rev().find(|index| stays(*index)));
        for together in added.chunk_by(|one, other| anchor(one) == anchor(other)) {
            let at = anchor(&together[0]);
            let beside = &members[at.unwrap_or(first)];
            let indent = lines.is_some().then(|| blanks(&source[line_start(source, beside.start)..]));
            let texts: Vec<String> = together.iter().map(|new| self.flow_member(new.piece, indent)).collect();
            match at {
                Some(index) => {
                    let is_last = !(index + 1..parts.len()).any(stays);
                    self.behind(beside, lines_of(index), &texts, is_last);
                }
                None => self.in_front(beside, indent, &texts),
            }
        }
        // In JSON no comma follows the last member: where the ones behind it go, so does its comma.
        let last = (0..parts.len()).rev().find(|index| stays(*index)).unwrap_or(first);
        let is_followed = last + 1 == parts.len() || added.iter().any(|new| anchor(new) == Some(last));
        if self.json.is_some() && lines.is_some() && !is_followed {
            let at = members[last].content_end;
            let comma = source[at..].find(',').map_or(at, |comma| at + comma + 1);
            self.patches.push(at..comma, String::new());
        }
        Ok(())
    }

    /// Puts members in the place of all that were there.
    fn all_new(&mut self, node: &Node, added: &[Added<'t>]) {
        let source = self.text.source;
        let span = node.writing.span;
        let line = line_start(source, span.start as usize);
        let indent = source[span.range()].contains('\n').then(|| blanks(&source[line..]));
        let Some(json) = &self.json else { return };
        let value = match &node.value {
            Value::Map(_) => Value::Map(added.iter().filter_map(|new| new.piece.entry.cloned()).collect()),
            _ => Value::List(added.iter().map(|new| new.piece.node.clone()).collect()),
        };
        let text = json.value(&Node::new(value), indent);
        self.patches.push(span.range(), text);
    }

    /// An entry or element for brackets and braces; `indent` where it stands on lines of its own.
    pub(super) fn flow_member(&self, piece: Piece<'_>, indent: Option<&str>) -> String {
        match &self.json {
            Some(json) => json.member(piece, indent),
            None => flow_member(piece),
        }
    }

    fn behind(&mut self, member: &Member<'_>, lines: Option<&Lines>, texts: &[String], is_last: bool) {
        let source = self.text.source;
        let Some(Lines { range, has_comma }) = lines else {
            let comma = self.json.as_ref().map_or(", ", |json| json.comma);
            self.insert(member.content_end, &format!("{comma}{}", texts.join(comma)));
            return;
        };
        let indent = blanks(&source[line_start(source, member.start)..]);
        let mut new = format!("{indent}{}", texts.join(&format!(",\n{indent}")));
        if !*has_comma {
            self.insert(member.content_end, ",");
        } else if self.json.is_none() || !is_last {
            new.push(',');
        }
        self.insert(range.end, &format!("{new}\n"));
    }

    fn in_front(&mut self, member: &Member<'_>, indent: Option<&str>, texts: &[String]) {
        let source = self.text.source;
        if let Some(indent) = indent {
            let lines: String = texts.iter().flat_map(|text| [indent, text, ",\n"]).collect();
            self.insert(comments_start(source, member.start), &lines);
        } else {
            let comma = self.json.as_ref().map_or(", ", |json| json.comma);
            self.insert(member.start, &format!("{}{comma}", texts.join(comma)));
        }
    }
}

/// The lines that hold nothing but a member, its comma and its comments.
struct Lines {
    range: std::ops::Range<usize>,
    has_comma: bool,
}

fn own_lines(source: &str, member: &Member<'_>) -> Option<Lines> {
    let end = line_end(source, member.content_end);
    let rest = source[member.content_end..end].trim_start();
    let (has_comma, rest) = rest.strip_prefix(',').map_or((false, rest), |rest| (true, rest.trim_start()));
    let before = &source[line_start(source, member.start)..member.start];
    let alone = blanks(before).len() == before.len() && (rest.is_empty() || rest.starts_with('#'));
    alone.then(|| Lines { range: comments_start(source, member.start)..end, has_comma })
}

fn flow_member(piece: Piece<'_>) -> String {
    let value = cut::in_line(piece.node);
    match piece.entry {
        Some(entry) => format!("{}: {value}", cut::flow_key(entry)),
        None => value,
    }
}
