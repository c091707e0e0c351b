//! Edits within brackets and braces.

use super::super::{Node, Value};
use super::layout::{Member, begins_line, column, comments_start, line_end, members};
use super::{Added, Edit, Part, Piece, Slot, Splice, Uneditable, cut};

impl<'t> Splice<'t> {
    pub(super) fn within_flow(
        &mut self,
        node: &Node,
        slot: Slot,
        parts: &[Part<'t>],
        added: &[Added<'t>],
    ) -> Result<(), Uneditable> {
        let span = node.writing.span;
        let source = self.text.source;
        let stays = |index: usize| !matches!(parts[index].edit, Edit::Remove);
        let Some(first) = (0..parts.len()).find(|index| stays(*index)) else {
            if added.is_empty() {
                let empty = if matches!(node.value, Value::Map(_)) { "{}" } else { "[]" };
                self.patches.push(span.range(), empty.to_owned());
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
                self.node(member.node, member.slot, &part.edit)?;
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
            let texts: Vec<String> = together.iter().map(|new| flow_member(new.piece)).collect();
            match anchor(&together[0]) {
                Some(index) => self.behind(&members[index], lines_of(index), &texts),
                None => self.in_front(&members[first], lines.is_some(), &texts),
            }
        }
        Ok(())
    }

    fn behind(&mut self, member: &Member<'_>, lines: Option<&Lines>, texts: &[String]) {
        let Some(Lines { range, has_comma }) = lines else {
            self.insert(member.content_end, &format!(", {}", texts.join(", ")));
            return;
        };
        let indent = " ".repeat(column(self.text.source, member.start));
        let mut new = format!("{indent}{}", texts.join(&format!(",\n{indent}")));
        if *has_comma {
            new.push(',');
        } else {
            self.insert(member.content_end, ",");
        }
        self.insert(range.end, &format!("{new}\n"));
    }

    fn in_front(&mut self, member: &Member<'_>, on_own_line: bool, texts: &[String]) {
        let source = self.text.source;
        if on_own_line {
            let indent = " ".repeat(column(source, member.start));
            let lines: String = texts.iter().flat_map(|text| [indent.as_str(), text, ",\n"]).collect();
            self.insert(comments_start(source, member.start), &lines);
        } else {
            self.insert(member.start, &format!("{}, ", texts.join(", ")));
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
    let alone = begins_line(source, member.start) && (rest.is_empty() || rest.starts_with('#'));
    alone.then(|| Lines { range: comments_start(source, member.start)..end, has_comma })
}

/// An entry or element for brackets and braces.
pub(super) fn flow_member(piece: Piece<'_>) -> String {
    let value = cut::in_line(piece.node);
    match piece.entry {
        Some(entry) => format!("{}: {value}", cut::flow_key(entry)),
        None => value,
    }
}
