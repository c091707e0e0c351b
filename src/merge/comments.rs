//! The comments of both sides, merged where the values already are.
//!
//! A comment belongs to what it stands at ([`Spot`]); the merged text, base and theirs are walked
//! together, and where theirs changed the comments of something, they change in the merged text.

use super::identity::of_list;
use super::meaning::{Index, equal};
use super::pairs::pair;
use super::policy::Comments as Whose;
use super::{Conflict, Policy, Reason, Side};
use crate::notation::{Field, ObjectKey, Step};
use crate::yaml::edit::{Comments, Spot, in_common, start_of_entry, start_of_item};
use crate::yaml::{Entry, Node, Tie};

/// A document with its comments.
#[derive(Clone, Copy, Debug)]
pub struct Commented<'n> {
    /// The text around it.
    pub source: &'n str,
    /// Its root.
    pub root: &'n Node,
    /// Its comments.
    pub comments: &'n Comments,
}

impl<'n> Commented<'n> {
    fn at(&self, start: Option<u32>, spot: Spot) -> Vec<&'n str> {
        self.comments.at(start, spot).iter().map(|span| self.source[span.range()].trim_end()).collect()
    }
}

/// Comments that take the place of those at a spot of the merged text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recommented<'n> {
    /// What they stand at; `None` for the document.
    pub start: Option<u32>,
    /// Where they stand there.
    pub spot: Spot,
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
    Conflict { file, object, field, line: 1, column: 1, reason: Reason::Comment, base, ours, theirs }
}

/// What a merge of comments comes to.
#[derive(Debug, Default)]
pub struct Outcome<'n> {
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
    policy: &Policy,
) -> Outcome<'n> {
    let mut walk = Walk { merged, base, theirs, file, object, policy, field: Field::default(), outcome: Outcome::default() };
    walk.member(At::root(Some(merged.root)), At::root(base.map(|base| base.root)), At::root(Some(theirs.root)));
    walk.outcome
}

/// An entry, element or document on one side.
#[derive(Clone, Copy)]
struct At<'n> {
    /// Where it begins; `None` is the document.
    start: Option<u32>,
    /// Its value; `None` where there is none of it.
    node: Option<&'n Node>,
}

impl<'n> At<'n> {
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

struct Walk<'n, 'p> {
    merged: Commented<'n>,
    base: Option<Commented<'n>>,
    theirs: Commented<'n>,
    file: &'p str,
    object: Option<&'p ObjectKey>,
    policy: &'p Policy,
    field: Field,
    outcome: Outcome<'n>,
}

impl<'n> Walk<'n, '_> {
    /// Merges the comments at something that the merged text and theirs have.
    fn member(&mut self, merged: At<'n>, base: At<'n>, theirs: At<'n>) {
        let follows = self.policy.comments == Whose::OfOurs;
        let before: &[Spot] = if follows { &[Spot::Above] } else { &[Spot::Above, Spot::Beside] };
        let behind: &[Spot] = if follows { &[] } else { &[Spot::AtEnd, Spot::Below] };
        for spot in before {
            self.spot(*spot, merged, base, theirs);
        }
        self.within(merged, base, theirs);
        for spot in behind {
            self.spot(*spot, merged, base, theirs);
        }
    }

    fn within(&mut self, merged: At<'n>, base: At<'n>, theirs: At<'n>) {
        let own = |at: At<'n>| at.node.filter(|node| node.writing.tie != Tie::Alias);
        let (Some(node), Some(in_theirs)) = (own(merged), own(theirs)) else { return };
        let span = node.writing.span;
        let is_own = |entry: &&Entry| span.start <= entry.span.start && entry.span.end <= span.end;
        let (of_base, of_theirs) = (base.node.map(Index::of), Index::of(in_theirs));
        for entry in node.entries().iter().filter(is_own) {
            let Some(new) = of_theirs.entry(&entry.key) else { continue };
            let old = of_base.as_ref().and_then(|base| base.entry(&entry.key));
            self.field.push(Step::Key(entry.key.clone()));
            self.member(At::entry(entry), old.map_or(At::NOWHERE, At::entry), At::entry(new));
            self.field.pop();
        }
        if node.items().is_empty() || in_theirs.items().is_empty() {
            return;
        }
        for (label, index, old, new) in self.rows(base.items(), node.items(), in_theirs.items()) {
            self.field.push(Step::Element(label));
            let old = old.map_or(At::NOWHERE, |old| At::item(&base.items()[old]));
            self.member(At::item(&node.items()[index]), old, At::item(&in_theirs.items()[new]));
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

    fn spot(&mut self, spot: Spot, merged: At<'n>, base: At<'n>, theirs: At<'n>) {
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
        } else if spot == Spot::Beside && old.is_empty() {
            // Behind it stands one of ours; theirs has its place above.
            let lines = self.above(start, &new);
            self.outcome.edits.push(Recommented { start, spot: Spot::Above, lines, field: self.field.clone() });
        } else if let Some(lines) = joined(&old, &present, &new).filter(|_| spot != Spot::Beside) {
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

    /// The comments above something with others behind them; what was planned for it is taken back.
    fn above(&mut self, start: Option<u32>, more: &[&'n str]) -> Vec<&'n str> {
        let planned = self.outcome.edits.iter().position(|edit| edit.start == start && edit.spot == Spot::Above);
        let lines = planned.map(|at| self.outcome.edits.remove(at).lines);
        let mut lines = lines.unwrap_or_else(|| self.merged.at(start, Spot::Above));
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
