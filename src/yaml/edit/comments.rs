//! Comments by what they stand at, and edits of them.

use std::collections::BTreeMap;
use std::ops::Range;

use super::super::{Node, Span, Style, Tie, Value, YamlText, colon_behind};
use super::Splice;
use super::common::in_common;
use super::layout::{begins_line, column, extent_end, line_end, line_start};

/// Where comments stand at an entry or element, or at a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CommentSpot {
    /// On lines of their own above it.
    Above,
    /// Behind it on its line.
    Beside,
    /// On lines of their own below it, indented deeper.
    Below,
    /// On lines of their own behind the last one in it.
    AtEnd,
}

/// An entry or element of a document.
#[derive(Debug)]
struct CommentedMember {
    start: usize,
    column: usize,
    /// The byte behind its value, or behind its colon or dash where it has none.
    end: usize,
    /// The byte behind what stands on its first line: behind its value, or before a block.
    head: usize,
    parent: Option<usize>,
    flow: Option<Range<usize>>,
}

/// The comments of one document, by what they stand at.
#[derive(Debug)]
pub struct DocumentComments {
    members: Vec<CommentedMember>,
    root: Range<usize>,
    root_flow: Option<Range<usize>>,
    found: BTreeMap<(Option<u32>, CommentSpot), Vec<Span>>,
}

/// The first byte of an entry of a mapping.
#[must_use]
pub fn start_of_entry(entry: &super::Entry) -> u32 {
    entry.span.start
}

/// The first byte of an element of a list: its dash, if it has one.
#[must_use]
pub fn start_of_item(item: &Node) -> u32 {
    item.writing.dash.unwrap_or(item.writing.span.start)
}

impl DocumentComments {
    /// The comments in a part of a text, which holds one document.
    #[must_use]
    pub fn of(text: &YamlText<'_>, root: &Node, part: Range<usize>) -> Self {
        let mut comments = Self {
            members: Vec::new(),
            root: part.clone(),
            root_flow: (root.writing.style == Style::Flow).then(|| root.writing.span.range()),
            found: BTreeMap::new(),
        };
        comments.take_members(text, root, None);
        comments.members.sort_by_key(|member| member.start);
        let first = text.comments.partition_point(|comment| (comment.start as usize) < part.start);
        for comment in text.comments[first..].iter().take_while(|comment| (comment.start as usize) < part.end) {
            let at = comments.spot(text.source, comment.start as usize);
            comments.found.entry(at).or_default().push(*comment);
        }
        comments
    }

    /// The comments at an entry or element that begins at a byte, or at the document.
    #[must_use]
    pub fn at(&self, start: Option<u32>, spot: CommentSpot) -> &[Span] {
        self.found.get(&(start, spot)).map_or(&[], Vec::as_slice)
    }

    fn take_members(&mut self, text: &YamlText<'_>, node: &Node, parent: Option<u32>) {
        let source = text.source;
        // What aliases and merge keys bring in stands elsewhere.
        if node.writing.tie == Tie::Alias {
            return;
        }
        let span = node.writing.span;
        let mut take = |start: u32, behind: usize, value: &Node| {
            let value_span = value.writing.span.range();
            let end = value_span.end.max(behind);
            let head = match value.writing.style {
                Style::Block | Style::Literal | Style::Folded if value_span.start >= behind => behind,
                _ => end,
            };
            let start = start as usize;
            self.members.push(CommentedMember {
                start,
                column: column(source, start),
                end,
                head,
                parent: parent.map(|parent| parent as usize),
                flow: (value.writing.style == Style::Flow && value.writing.tie != Tie::Alias).then_some(value_span),
            });
        };
        for entry in node.entries() {
            if span.start <= entry.span.start && entry.span.end <= span.end {
                let colon = colon_behind(source, entry.span.end as usize).map_or(entry.span.end as usize, |colon| colon + 1);
                take(start_of_entry(entry), colon, &entry.node);
            }
        }
        for item in node.items() {
            let start = start_of_item(item);
            take(start, start as usize + usize::from(item.writing.dash.is_some()), item);
        }
        for entry in node.entries() {
            if span.start <= entry.span.start && entry.span.end <= span.end {
                self.take_members(text, &entry.node, Some(start_of_entry(entry)));
            }
        }
        for item in node.items() {
            self.take_members(text, item, Some(start_of_item(item)));
        }
    }

    fn member(&self, start: usize) -> Option<&CommentedMember> {
        let at = self.members.partition_point(|member| member.start < start);
        self.members.get(at).filter(|member| member.start == start)
    }

    fn parent(&self, member: &CommentedMember) -> Option<&CommentedMember> {
        member.parent.and_then(|parent| self.member(parent))
    }

    #[expect(clippy::cast_possible_truncation, reason = "texts are bounded far below 4 GiB")]
    fn spot(&self, source: &str, at: usize) -> (Option<u32>, CommentSpot) {
        let start_of = |member: &CommentedMember| Some(member.start as u32);
        let next = self.members.partition_point(|member| member.start < at);
        let before = next.checked_sub(1).map(|before| &self.members[before]);
        let next = self.members.get(next);
        if !begins_line(source, at) {
            // It stands behind the outermost brackets that have been closed.
            let mut beside = before;
            while let Some(parent) = beside.and_then(|member| self.parent(member))
                && parent.flow.as_ref().is_some_and(|flow| flow.end <= at)
            {
                beside = Some(parent);
            }
            return (beside.and_then(start_of), CommentSpot::Beside);
        }
        let mut around = before;
        while let Some(member) = around {
            if member.flow.as_ref().is_some_and(|flow| flow.contains(&at)) {
                break;
            }
            around = self.parent(member);
        }
        let in_root = around.is_none() && self.root_flow.as_ref().is_some_and(|flow| flow.contains(&at));
        if around.is_some() || in_root {
            let within = around.map(|member| member.start);
            return match next.filter(|next| next.parent == within) {
                Some(next) => (start_of(next), CommentSpot::Above),
                None => (around.and_then(start_of), CommentSpot::AtEnd),
            };
        }
        let here = column(source, at);
        if let Some(next) = next.filter(|next| here <= next.column) {
            return (start_of(next), CommentSpot::Above);
        }
        let mut above = before;
        while let Some(member) = above
            && member.column > here
        {
            above = self.parent(member);
        }
        match above {
            Some(member) if member.column < here => (start_of(member), CommentSpot::Below),
            Some(member) => (member.parent.map(|parent| parent as u32), CommentSpot::AtEnd),
            None => (None, CommentSpot::AtEnd),
        }
    }

    /// The last member of an entry or element, or of the document.
    fn last_in(&self, holder: Option<usize>) -> Option<&CommentedMember> {
        let from = holder.map_or(0, |holder| self.members.partition_point(|member| member.start <= holder));
        let in_it = self.members[from..]
            .iter()
            .take_while(|member| holder.is_none_or(|holder| self.member(holder).is_some_and(|holder| member.start < holder.end)));
        in_it.filter(|member| member.parent == holder).last()
    }
}

impl Splice<'_> {
    /// Puts other comments at a spot of a document. `false` where they have no place there.
    pub fn put_comments(&mut self, comments: &DocumentComments, start: Option<u32>, spot: CommentSpot, lines: &[&str]) -> bool {
        let source = self.text.source;
        if self.json.is_some() {
            return false;
        }
        let start = start.map(|start| start as usize);
        let present = comments.at(start.map(|start| u32::try_from(start).unwrap_or(u32::MAX)), spot);
        if !present.is_empty() {
            return if spot == CommentSpot::Beside { self.put_beside(present, lines) } else { self.change_lines(present, lines) };
        }
        let member = start.and_then(|start| comments.member(start));
        let (at, indent) = match (spot, member) {
            (CommentSpot::Beside, Some(member)) if lines.len() == 1 => {
                let end = line_end(source, member.head);
                let line = source[line_start(source, member.head)..end].trim_end();
                let is_free = !self.text.comments.iter().any(|comment| (member.head..end).contains(&(comment.start as usize)));
                if is_free {
                    self.insert(line_start(source, member.head) + line.len(), &format!(" {}", lines[0]));
                    return true;
                }
                above(source, member.start)
            }
            (CommentSpot::Above | CommentSpot::Beside, Some(member)) => above(source, member.start),
            (CommentSpot::Above | CommentSpot::Beside, None) => match comments.members.first() {
                Some(first) => above(source, first.start),
                None => return false,
            },
            (CommentSpot::Below, Some(member)) => (line_end(source, member.end), member.column + 2),
            (CommentSpot::Below, None) => return false,
            (CommentSpot::AtEnd, holder) => match comments.last_in(start) {
                Some(last) if holder.map_or(comments.root_flow.is_none(), |holder| holder.flow.is_none()) => {
                    (extent_end(source, last.end, last.column).min(comments.root.end), last.column)
                }
                _ => match holder {
                    Some(holder) => above(source, holder.start),
                    None => return false,
                },
            },
        };
        self.insert(at, &indented(lines, indent));
        true
    }

    /// Changes comments that stand on lines of their own; those that stay are not touched.
    fn change_lines(&mut self, present: &[Span], lines: &[&str]) -> bool {
        let source = self.text.source;
        let texts: Vec<&str> = present.iter().map(|span| source[span.range()].trim_end()).collect();
        let indent = column(source, present[0].start as usize);
        let Some(kept) = in_common(&texts, lines, |one, other| one == other) else { return false };
        // New lines come before the line that stays and is the next.
        let mut next = 0;
        for (span, kept) in present.iter().zip(kept) {
            let line = line_start(source, span.start as usize);
            match kept {
                Some(at) => {
                    self.insert(line, &indented(&lines[next..at], indent));
                    next = at + 1;
                }
                None => self.remove(line..line_end(source, line)),
            }
        }
        let end = line_end(source, present[present.len() - 1].start as usize);
        self.insert(end, &indented(&lines[next..], indent));
        true
    }

    /// Changes the comment behind something on its line.
    fn put_beside(&mut self, present: &[Span], lines: &[&str]) -> bool {
        let source = self.text.source;
        let [span] = present else { return false };
        let range = span.start as usize..span.start as usize + source[span.range()].trim_end().len();
        match lines {
            [] => {
                let begin = line_start(source, range.start);
                let before = begin + source[begin..range.start].trim_end().len();
                self.remove(before..range.end);
            }
            [line] => self.patches.push(range, (*line).to_owned()),
            _ => return false,
        }
        true
    }
}

/// Where a line above something begins, and its indentation.
fn above(source: &str, start: usize) -> (usize, usize) {
    let line = line_start(source, start);
    (line, source[line..].len() - source[line..].trim_start_matches(' ').len())
}

fn indented(lines: &[&str], column: usize) -> String {
    let indent = " ".repeat(column);
    lines.iter().flat_map(|line| [indent.as_str(), line, "\n"]).collect()
}

impl Splice<'_> {
    /// Moves the elements of a list: for each place, the place from which its element comes. `false` where
    /// they do not stand apart from each other.
    pub fn put_in_order(&mut self, list: &Node, order: &[usize]) -> bool {
        let source = self.text.source;
        let in_flow = list.writing.style == Style::Flow;
        let Some(members) = super::layout::members(self.text, list, in_flow).into_iter().collect::<Option<Vec<_>>>() else {
            return false;
        };
        let range = |member: &super::layout::Member<'_>| {
            if in_flow {
                member.start..member.content_end
            } else {
                super::layout::comments_start(source, member.start)..extent_end(source, member.content_end, member.slot.column)
            }
        };
        let ranges: Vec<Range<usize>> = members.iter().map(range).collect();
        let within = list.writing.span.range();
        let apart = ranges.windows(2).all(|pair| pair[0].end <= pair[1].start) && ranges.len() == order.len();
        let fits = if in_flow {
            !self.text.comments.iter().any(|comment| within.contains(&(comment.start as usize)))
        } else {
            members.iter().all(|member| begins_line(source, member.start))
        };
        if !apart || !fits || !matches!(list.value, Value::List(_)) {
            return false;
        }
        for (place, from) in order.iter().enumerate().filter(|(place, from)| place != *from) {
            self.patches.push(ranges[place].clone(), source[ranges[*from].clone()].to_owned());
        }
        true
    }
}
