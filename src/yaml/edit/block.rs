//! Edits within collections by indentation.

use super::super::{Node, Value};
use super::cut::member_lines;
use super::indents::Indents;
use super::layout::{
    Member, begins_line, blank_lines, comments_start, extent_end, keeps_line_breaks, line_start, members, share_blank_lines,
};
use super::{Added, NodeEdit, Slot, Splice, Uneditable};

impl<'t> Splice<'t> {
    pub(super) fn within_block(
        &mut self,
        node: &Node,
        slot: Slot,
        parts: &[NodeEdit<'t>],
        added: &[Added<'t>],
    ) -> Result<(), Uneditable> {
        let source = self.text.source;
        let faulty =
            || Uneditable { what: "has a key without a colon or an element without a dash", at: node.writing.span.start };
        let members: Vec<Member<'_>> = members(self.text, node, false).into_iter().collect::<Option<_>>().ok_or_else(faulty)?;
        let stays = |part: &NodeEdit<'_>| !matches!(part, NodeEdit::Remove);
        if !parts.iter().any(stays) {
            self.emptied(node, slot, added);
            return Ok(());
        }
        let in_map = matches!(node.value, Value::Map(_));
        let to = members[0].slot.column;
        let first = parts.iter().position(stays).unwrap_or_default();
        let behind_dash = !begins_line(source, members[0].start);
        // What comes before the first one that stays takes the place behind the dash.
        let is_head = |new: &Added<'_>| behind_dash && new.after.is_none_or(|after| after < first) && (first > 0 || !in_map);
        let (head, added): (Vec<&Added<'t>>, Vec<&Added<'t>>) = added.iter().partition(|new| is_head(new));
        if !head.is_empty() {
            let lines: String = head.iter().map(|new| self.member_lines(new.piece, to)).collect();
            self.put_behind_dash(&members, first, &lines);
        }
        for (index, (part, member)) in parts.iter().zip(&members).enumerate() {
            if stays(part) {
                self.node(member.node, member.slot, part)?;
            } else if index >= first || !behind_dash || head.is_empty() {
                self.remove_member(&members, parts, index);
            }
        }
        let keeps = |new: &&Added<'_>| keeps_line_breaks(new.piece.text.source, new.piece.node);
        let in_the_way = members.iter().any(|member| keeps_line_breaks(source, member.node)) || added.iter().any(keeps);
        let blank_between = !in_map && !in_the_way && blank_lines_between(source, &members);
        for new in added {
            let mut lines = self.member_lines(new.piece, to);
            let at = match new.after {
                Some(index) => {
                    let anchor = &members[index];
                    if blank_between {
                        lines.insert(0, '\n');
                    }
                    extent_end(source, anchor.content_end, anchor.slot.column)
                }
                // The comments above a document's first key may be about the whole file.
                None if in_map && (slot.behind == node.writing.span.start as usize || !begins_line(source, members[0].start)) => {
                    extent_end(source, members[0].content_end, to)
                }
                None => {
                    if blank_between {
                        lines.push('\n');
                    }
                    comments_start(source, members[0].start)
                }
            };
            if keeps(&new) {
                let gone = parts.iter().zip(&members).filter(|(part, _)| !stays(part)).map(|(_, member)| member);
                let next = gone.fold(at, |at, member| {
                    let end = extent_end(source, member.content_end, member.slot.column);
                    if comments_start(source, member.start) == at { end } else { at }
                });
                share_blank_lines(&mut lines, &source[next..]);
            }
            self.insert(at, &lines);
        }
        Ok(())
    }

    /// Puts lines behind the dash that is followed by a collection, in the place of its members before
    /// the first one that stays.
    fn put_behind_dash(&mut self, members: &[Member<'_>], first: usize, lines: &str) {
        let source = self.text.source;
        let mut lines = lines.trim_start().to_owned();
        let end = if first == 0 {
            lines.push_str(&" ".repeat(members[0].slot.column));
            members[0].start
        } else {
            comments_start(source, members[first].start)
        };
        self.patches.push(members[0].start..end, lines);
    }

    fn remove_member(&mut self, members: &[Member<'_>], parts: &[NodeEdit<'t>], index: usize) {
        let source = self.text.source;
        let member = &members[index];
        let mut end = extent_end(source, member.content_end, member.slot.column);
        if index.checked_sub(1).is_some_and(|before| keeps_line_breaks(source, members[before].node)) {
            // Blank lines that follow would become part of the text before them.
            end += blank_lines(&source[end..]).len();
        }
        if begins_line(source, member.start) {
            // What stands above a document's first key is about the whole file.
            let header = member.slot.column == 0 && index == 0;
            let start = if header { line_start(source, member.start) } else { comments_start(source, member.start) };
            self.patches.push(start..end, String::new());
            return;
        }
        // The first entry follows a dash: the next one that stays takes its place. It is the first
        // one that does this for all.
        let Some(next) = (index + 1..members.len()).find(|next| !matches!(parts[*next], NodeEdit::Remove)) else { return };
        let next_lines = comments_start(source, members[next].start);
        if next_lines == line_start(source, members[next].start) {
            self.patches.push(member.start..members[next].start, String::new());
        } else {
            let dash_end = source[..member.start].trim_end_matches(' ').len();
            self.patches.push(dash_end..next_lines, "\n".to_owned());
        }
    }

    /// A collection that has lost all that it held.
    fn emptied(&mut self, node: &Node, slot: Slot, added: &[Added<'t>]) {
        if !added.is_empty() {
            self.block_of(node, slot, added);
            return;
        }
        let empty = if matches!(node.value, Value::Map(_)) { "{}" } else { "[]" };
        self.inline_for_block(node, slot, empty);
    }

    /// Puts members by indentation in the place of a value.
    pub(super) fn block_of(&mut self, node: &Node, slot: Slot, added: &[Added<'t>]) {
        if slot.in_flow {
            let is_map = matches!(node.value, Value::Map(_));
            let inner = added.iter().map(|new| self.flow_member(new.piece, None)).collect::<Vec<_>>().join(", ");
            let text = if is_map { format!("{{{inner}}}") } else { format!("[{inner}]") };
            self.patches.push(node.writing.span.range(), text);
            return;
        }
        let is_list = matches!(node.value, Value::List(_));
        let to = self.column_of_members(slot, is_list, added.first().map(|new| new.piece));
        self.members_for_value(node, slot, added, to);
    }

    /// The column for the members of a new block.
    pub(super) fn column_of_members(&self, slot: Slot, is_list: bool, piece: Option<super::Piece<'_>>) -> usize {
        let root = !slot.is_dash && slot.behind == line_start(self.text.source, slot.behind);
        let as_there = || Some(Indents::of(piece?.text));
        let step = match (is_list, slot.is_dash) {
            (_, true) => self.indents.dash,
            // A list may stand in its key's own column.
            (true, false) => self.indents.list.or_else(|| as_there()?.list),
            (false, false) => self.indents.map,
        };
        if root { 0 } else { slot.column + step.unwrap_or(2) }
    }

    /// An entry or element as lines that begin at a column, laid out as the text is.
    pub(super) fn member_lines(&self, piece: super::Piece<'_>, to: usize) -> String {
        let lines = member_lines(piece, to);
        let there = Indents::of(piece.text);
        let Indents { map, list, dash } = self.indents;
        let here = Indents { map: map.or(there.map), list: list.or(there.list), dash: dash.or(there.dash) };
        if here == there { lines } else { here.laid_out(&lines).unwrap_or(lines) }
    }
}

/// Whether blank lines separate all members.
fn blank_lines_between(source: &str, members: &[Member<'_>]) -> bool {
    let separated = |pair: &[Member<'_>]| {
        let end = extent_end(source, pair[0].content_end, pair[0].slot.column);
        source[end..].lines().next().is_some_and(|line| line.trim().is_empty())
    };
    members.len() > 1 && members.windows(2).all(separated)
}
