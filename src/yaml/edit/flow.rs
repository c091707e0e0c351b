//! Edits within brackets and braces.

use super::super::{Node, Value, write};
use super::layout::{column, line_start, members};
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
        let stays = |part: &Part<'_>| !matches!(part.edit, Edit::Remove);
        if !parts.iter().any(stays) {
            if added.is_empty() {
                let empty = if matches!(node.value, Value::Map(_)) { "{}" } else { "[]" };
                self.patches.push(span.range(), empty.to_owned());
            } else {
                self.block_of(node, slot, added);
            }
            return Ok(());
        }
        let members: Vec<_> = members(self.text, node, true)
            .into_iter()
            .collect::<Option<_>>()
            .ok_or(Uneditable { what: "has an entry without a colon", at: span.start })?;
        let mut kept_before = false;
        for (index, (part, member)) in parts.iter().zip(&members).enumerate() {
            if stays(part) {
                kept_before = true;
                self.node(member.node, member.slot, &part.edit)?;
            } else if kept_before {
                self.patches.push(members[index - 1].content_end..member.content_end, String::new());
            } else {
                let next = members.get(index + 1).map_or(member.content_end, |next| next.start);
                self.patches.push(member.start..next, String::new());
            }
        }
        let source = self.text.source;
        for new in added {
            let text = flow_member(new.piece);
            if let Some(before) = new.after.and_then(|index| members.get(index)) {
                let own_line = line_start(source, before.start) > span.start as usize;
                let gap = if own_line {
                    format!("{}{}", self.newline, " ".repeat(column(source, before.start)))
                } else {
                    " ".to_owned()
                };
                // Behind a removed member the comma before it is gone, too.
                self.patches.push(before.content_end..before.content_end, format!(",{gap}{text}"));
            } else {
                let first = members.first().map_or(span.start as usize + 1, |first| first.start);
                self.patches.push(first..first, format!("{text}, "));
            }
        }
        Ok(())
    }
}

/// An entry or element for brackets and braces.
pub(super) fn flow_member(piece: Piece<'_>) -> String {
    let value = cut::in_line(piece.node);
    match piece.entry {
        Some(entry) => format!("{}: {value}", write::scalar(&entry.key)),
        None => value,
    }
}
