//! The comments of both sides, merged where the values already are.
//!
//! A comment belongs to what it stands at ([`CommentSpot`]); the merged text, base and theirs are walked
//! together, and where theirs changed the comments of something, they change in the merged text.

use super::identity::of_list;
use super::meaning::{Index, equal};
use super::pairs::pair;
use super::policy::CommentSource as Whose;
use super::{Conflict, ConflictReason, MergePolicy, Side};
use crate::notation::{Field, FieldStep, ObjectKey};
use crate::yaml::edit::{CommentSpot, DocumentComments, in_common, start_of_entry, start_of_item};
use crate::yaml::{Entry, Node, Tie};

/// A document with its comments.
#[derive(Clone, Copy, Debug)]
pub struct Commented<'n> {
    /// The text around it.
    pub source: &'n str,
    /// Its root.
    pub root: &'n Node,
    /// Its comments.
    pub comments: &'n DocumentComments,
}

impl<'n> Commented<'n> {
    fn at(&self, start: Option<u32>, spot: CommentSpot) -> Vec<&'n str> {
        self.comments.at(start, spot).iter().map(|span| self.source[span.range()].trim_end()).collect()
    }
}

/// Comments that take the place of those at a spot of the merged text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recommented<'n> {
    /// What they stand at; `None` for the document.
    pub start: Option<u32>,
    /// Where they stand there.
    pub spot: CommentSpot,
    /// A line each.
    pub lines: Vec<&'n str>,
    /// The field at which they stand.
    pub field: Field,
}

impl Recommented<'_> {
    /// The conflict that is left where they have no place.
    #[must_use]
    pub fn left_over(&self, file: &str, object: Option<&ObjectKey>) -> Conflict {
        conflict(file, object, &self.field, [&[], &[], &self.lines])
    }
}

fn conflict(file: &str, object: Option<&ObjectKey>, field: &Field, sides: [&[&str]; 3]) -> Conflict {
    let [base, ours, theirs] = sides.map(|lines| (!lines.is_empty() && lines != [IN_DOUBT]).then(|| lines.join("\n").into()));
    let (file, object, field) = (file.to_owned(), object.cloned(), field.clone());
    Conflict { file, object, field, line: 1, column: 1, reason: ConflictReason::Comment, base, ours, theirs }
}

/// What a merge of comments comes to.
#[derive(Debug, Default)]
pub struct MergedComments<'n> {
    /// What changes.
    pub edits: Vec<Recommented<'n>>,
    /// What both sides changed.
    pub conflicts: Vec<Conflict>,
    /// What was settled of that.
    pub settled: Vec<(Conflict, Side)>,
}

/// Merges the comments of a document.
pub fn merge<'n>(
    merged: Commented<'n>,
    base: Option<Commented<'n>>,
    theirs: Commented<'n>,
    (file, object): (&str, Option<&ObjectKey>),
    policy: &MergePolicy,
) -> MergedComments<'n> {
    let mut walk =
        CommentWalk { merged, base, theirs, file, object, policy, field: Field::default(), outcome: MergedComments::default() };
    walk.member(
        CommentedNode::root(Some(merged.root)),
        CommentedNode::root(base.map(|base| base.root)),
        CommentedNode::root(Some(theirs.root)),
    );
    walk.outcome
}

/// An entry, element or document on one side.
#[derive(Clone, Copy)]
struct CommentedNode<'n> {
    /// Where it begins; `None` is the document.
    start: Option<u32>,
    /// Its value; `None` where there is none of it.
    node: Option<&'n Node>,
}

impl<'n> CommentedNode<'n> {
    const NOWHERE: Self = Self { start: None, node: None };

    fn root(node: Option<&'n Node>) -> Self {
        Self { start: None, node }
    }

    fn entry(entry: &'n Entry) -> Self {
        Self { start: Some(start_of_entry(entry)), node: Some(&entry.node) }
    }

    fn item(node: &'n Node) -> Self {
        Self { start: Some(start_of_item(node)), node: Some(node) }
    }

    fn items(self) -> &'n [Node] {
        self.node.map_or(&[], Node::items)
    }
}

/// In the place of a comment of base that does not tell what both sides began with.
const IN_DOUBT: &str = "";

struct CommentWalk<'n, 'p> {
    merged: Commented<'n>,
    base: Option<Commented<'n>>,
    theirs: Commented<'n>,
    file: &'p str,
    object: Option<&'p ObjectKey>,
    policy: &'p MergePolicy,
    field: Field,
    outcome: MergedComments<'n>,
}

impl<'n> CommentWalk<'n, '_> {
    /// Merges the comments at something that the merged text and theirs have.
    fn member(&mut self, merged: CommentedNode<'n>, base: CommentedNode<'n>, theirs: CommentedNode<'n>) {
        let follows = self.policy.comments == Whose::OfOurs;
        let before: &[CommentSpot] = if follows { &[CommentSpot::Above] } else { &[CommentSpot::Above, CommentSpot::Beside] };
        let behind: &[CommentSpot] = if follows { &[] } else { &[CommentSpot::AtEnd, CommentSpot::Below] };
        for spot in before {
            self.spot(*spot, merged, base, theirs);
        }
        self.within(merged, base, theirs);
        for spot in behind {
            self.spot(*spot, merged, base, theirs);
        }
    }

    fn within(&mut self, merged: CommentedNode<'n>, base: CommentedNode<'n>, theirs: CommentedNode<'n>) {
        let own = |at: CommentedNode<'n>| at.node.filter(|node| node.writing.tie != Tie::Alias);
        let (Some(node), Some(in_theirs)) = (own(merged), own(theirs)) else { return };
        let span = node.writing.span;
        let is_own = |entry: &&Entry| span.start <= entry.span.start && entry.span.end <= span.end;
        let (of_base, of_theirs) = (base.node.map(Index::of), Index::of(in_theirs));
        for entry in node.entries().iter().filter(is_own) {
            let Some(new) = of_theirs.entry(&entry.key) else { continue };
            let old = of_base.as_ref().and_then(|base| base.entry(&entry.key));
            self.field.push(FieldStep::Key(entry.key.clone()));
            self.member(
                CommentedNode::entry(entry),
                old.map_or(CommentedNode::NOWHERE, CommentedNode::entry),
                CommentedNode::entry(new),
            );
            self.field.pop();
        }
        if node.items().is_empty() || in_theirs.items().is_empty() {
            return;
        }
        for (label, index, old, new) in self.rows(base.items(), node.items(), in_theirs.items()) {
            self.field.push(FieldStep::Element(label));
            let old = old.map_or(CommentedNode::NOWHERE, |old| CommentedNode::item(&base.items()[old]));
            self.member(CommentedNode::item(&node.items()[index]), old, CommentedNode::item(&in_theirs.items()[new]));
            self.field.pop();
        }
    }

    /// Which elements of the merged list are those of theirs, and of base.
    fn rows(&self, base: &[Node], merged: &[Node], theirs: &[Node]) -> Vec<(String, usize, Option<usize>, usize)> {
        let mut keys = self.field.keys().rev();
        let key = keys.next().unwrap_or_default();
        let mut identities = of_list(keys.next().unwrap_or_default(), key);
        if let Some(rows) = identities.find_map(|identity| pair(base, merged, theirs, identity)) {
            return rows.into_iter().filter_map(|row| Some((row.label, row.ours?, row.base, row.theirs?))).collect();
        }
        let by_place = |other: &[Node]| -> Vec<Option<usize>> {
            if other.len() == merged.len() {
                return (0..merged.len()).map(Some).collect();
            }
            in_common(merged, other, equal).unwrap_or_else(|| vec![None; merged.len()])
        };
        let (in_base, in_theirs) = (by_place(base), by_place(theirs));
        (0..merged.len()).filter_map(|at| Some((at.to_string(), at, in_base[at], in_theirs[at]?))).collect()
    }

    fn spot(&mut self, spot: CommentSpot, merged: CommentedNode<'n>, base: CommentedNode<'n>, theirs: CommentedNode<'n>) {
        let start = merged.start;
        let old = base.node.and(self.base).map(|document| document.at(base.start, spot));
        let (present, new) = (self.merged.at(start, spot), self.theirs.at(theirs.start, spot));
        let is_new = old.is_none();
        let old = if self.policy.doubts(self.object, &self.field) { vec![IN_DOUBT] } else { old.unwrap_or_default() };
        if old == new || present == new {
            return;
        }
        let edit = |lines: Vec<&'n str>, field: &Field| Recommented { start, spot, lines, field: field.clone() };
        if self.policy.comments == Whose::OfOurs {
            if present == old && !is_new {
                self.outcome.edits.push(edit(new, &self.field));
            }
            return;
        }
        if present == old {
            self.outcome.edits.push(edit(new, &self.field));
        } else if spot == CommentSpot::Beside && old.is_empty() {
            // Behind it stands one of ours; theirs has its place above.
            let lines = self.above(start, &new);
            self.outcome.edits.push(Recommented { start, spot: CommentSpot::Above, lines, field: self.field.clone() });
        } else if let Some(lines) = joined(&old, &present, &new).filter(|_| spot != CommentSpot::Beside) {
            self.outcome.edits.push(edit(lines, &self.field));
        } else {
            let conflict = conflict(self.file, self.object, &self.field, [&old, &present, &new]);
            match self.policy.side(&conflict) {
                None => self.outcome.conflicts.push(conflict),
                Some(side) => {
                    self.outcome.settled.push((conflict, side));
                    if side == Side::Theirs {
                        self.outcome.edits.push(edit(new, &self.field));
                    }
                }
            }
        }
    }

    /// The comments above something with others behind them; what was known for it is taken back.
    fn above(&mut self, start: Option<u32>, more: &[&'n str]) -> Vec<&'n str> {
        let known = self.outcome.edits.iter().position(|edit| edit.start == start && edit.spot == CommentSpot::Above);
        let lines = known.map(|at| self.outcome.edits.remove(at).lines);
        let mut lines = lines.unwrap_or_else(|| self.merged.at(start, CommentSpot::Above));
        lines.extend(more);
        lines
    }
}

/// Lines of comment that both sides changed, with the changes of both; `None` where these overlap. Where
/// both add lines in the same place, those of ours come first.
fn joined<'n>(base: &[&'n str], ours: &[&'n str], theirs: &[&'n str]) -> Option<Vec<&'n str>> {
    let same = |one: &&str, other: &&str| one == other;
    let (in_ours, in_theirs) = (in_common(base, ours, same)?, in_common(base, theirs, same)?);
    let mut lines = Vec::new();
    let (mut from_ours, mut from_theirs, mut from_base) = (0, 0, 0);
    loop {
        let anchor = (from_base..base.len()).find(|at| in_ours[*at].is_some() && in_theirs[*at].is_some());
        let (to_base, to_ours, to_theirs) = match anchor {
            Some(at) => (at, in_ours[at].unwrap_or(ours.len()), in_theirs[at].unwrap_or(theirs.len())),
            None => (base.len(), ours.len(), theirs.len()),
        };
        let (old, mine, new) = (&base[from_base..to_base], &ours[from_ours..to_ours], &theirs[from_theirs..to_theirs]);
        if old == new || mine == new {
            lines.extend(mine);
        } else if old == mine {
            lines.extend(new);
        } else if old.is_empty() {
            lines.extend(mine);
            lines.extend(new.iter().filter(|line| !mine.contains(line)));
        } else {
            return None;
        }
        let Some(at) = anchor else { return Some(lines) };
        lines.push(base[at]);
        (from_base, from_ours, from_theirs) = (to_base + 1, to_ours + 1, to_theirs + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_of_both_are_joined_unless_they_overlap() {
        let join = |base: &str, ours: &str, theirs: &str| {
            let lines = |text: &'static str| text.split_whitespace().collect::<Vec<_>>();
            let text = [base, ours, theirs].map(|text| lines(Box::leak(text.to_owned().into_boxed_str())));
            joined(&text[0], &text[1], &text[2]).map(|lines| lines.join(" "))
        };
        assert_eq!(join("a b", "a b c", "x a b").as_deref(), Some("x a b c"));
        assert_eq!(join("", "a", "b").as_deref(), Some("a b"));
        assert_eq!(join("a", "b", "c"), None);
        assert_eq!(join("a", "b", ""), None);
    }
}
