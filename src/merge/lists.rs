//! The plan for lists: by identity where elements have one, else by place.

use super::identity::{Identity, finer, of_list};
use super::pairs::{Row, has_twins, pair};
use super::plan::{Fate, Planned, Planner};
use super::verify::Expected;
use super::{Note, Reason};
use crate::formats::Step;
use crate::yaml::Node;
use crate::yaml::edit::{Added, Edit, Part, Piece};

/// The most steps that are taken to find what two lists have in common.
const MOST_STEPS: usize = 4_000_000;

/// The edits of a list while they are being planned.
struct ListPlan<'t> {
    parts: Vec<Part<'t>>,
    added: Vec<Added<'t>>,
    kept: Vec<Option<Expected<'t>>>,
    new: Vec<(Option<usize>, Expected<'t>)>,
}

impl<'t> ListPlan<'t> {
    /// Every element of ours as it is.
    fn of(ours: &'t [Node]) -> Self {
        Self {
            parts: ours.iter().map(|_| Part::default()).collect(),
            added: Vec::new(),
            kept: ours.iter().map(|item| Some(Expected::Node(item))).collect(),
            new: Vec::new(),
        }
    }

    fn set(&mut self, index: usize, planned: Planned<'t>) {
        self.parts[index].edit = planned.edit;
        self.kept[index] = Some(planned.value);
    }

    fn remove(&mut self, index: usize) {
        self.parts[index].edit = Edit::Remove;
        self.kept[index] = None;
    }

    fn add(&mut self, after: Option<usize>, piece: Piece<'t>) {
        self.added.push(Added { after, piece });
        self.new.push((after, Expected::Node(piece.node)));
    }

    fn finish(mut self) -> Planned<'t> {
        self.added.sort_by_key(|new| new.after);
        self.new.sort_by_key(|(after, _)| *after);
        let mut new = self.new.into_iter().peekable();
        let mut values = Vec::new();
        while let Some((_, value)) = new.next_if(|(after, _)| after.is_none()) {
            values.push(value);
        }
        for (index, kept) in self.kept.into_iter().enumerate() {
            values.extend(kept);
            while let Some((_, value)) = new.next_if(|(after, _)| *after == Some(index)) {
                values.push(value);
            }
        }
        Planned { edit: Edit::Within { parts: self.parts, added: self.added }, value: Expected::List(values) }
    }
}

impl<'t> Planner<'t, '_> {
    /// Plans a list that ours and theirs have.
    pub(super) fn list(&mut self, base: Option<&'t Node>, ours: &'t Node, piece: Piece<'t>) -> Planned<'t> {
        let identity = {
            let mut keys = self.field.keys().rev();
            let key = keys.next().unwrap_or_default();
            of_list(keys.next().unwrap_or_default(), key)
        };
        let base_items = base.map_or(&[][..], Node::items);
        let paired = |identity| Some((pair(base_items, ours.items(), piece.node.items(), identity)?, identity));
        match paired(identity).or_else(|| paired(finer(identity)?)) {
            Some((rows, identity)) => self.keyed(base, ours, piece, &rows, identity),
            None => self.ordered(base, ours, piece),
        }
    }

    fn keyed(
        &mut self,
        base: Option<&'t Node>,
        ours: &'t Node,
        piece: Piece<'t>,
        rows: &[Row],
        identity: Identity,
    ) -> Planned<'t> {
        let base_items = base.map_or(&[][..], Node::items);
        let (ours_items, theirs_items) = (ours.items(), piece.node.items());
        let element = |index: usize| piece.element(&theirs_items[index]);
        let before = self.mark();
        self.note_order(rows, identity);
        let mut plan = ListPlan::of(ours_items);
        for row in rows {
            let in_base = row.base.map(|index| &base_items[index]);
            self.field.push(Step::Element(row.label.clone()));
            match (row.ours, row.theirs) {
                (Some(mine), Some(new)) => {
                    plan.set(mine, self.both(in_base, &ours_items[mine], element(new)));
                    plan.parts[mine].comment = self.item_comment(in_base, &ours_items[mine], &theirs_items[new]);
                }
                (Some(mine), None) => {
                    if self.only_ours(in_base, &ours_items[mine], ours_items[mine].place) == Fate::Goes {
                        plan.remove(mine);
                    }
                }
                (None, Some(new)) => {
                    if self.only_theirs(in_base, &theirs_items[new], ours.place) == Fate::Comes {
                        let in_ours = |at: usize| rows.iter().find(|row| row.theirs == Some(at)).and_then(|row| row.ours);
                        plan.add((0..new).rev().find_map(in_ours), element(new));
                    }
                }
                (None, None) => {}
            }
            self.field.pop();
        }
        let planned = plan.finish();
        if has_twins(planned.value.items().map(Expected::to_node), identity) {
            self.go_back(before);
            return self.settle(Reason::Twins, base, ours, piece, piece.node);
        }
        planned
    }

    fn item_comment(&self, base: Option<&'t Node>, ours: &'t Node, theirs: &'t Node) -> Option<Vec<&'t str>> {
        self.comment_at(base?.writing.dash, ours.writing.dash?, theirs.writing.dash?)
    }

    /// An order that only theirs changed is not taken over; where order can matter, that is said.
    fn note_order(&mut self, rows: &[Row], identity: Identity) {
        if identity == Identity::Set {
            return;
        }
        let order = |index: fn(&Row) -> Option<usize>| {
            let mut shared: Vec<(usize, &str)> = rows
                .iter()
                .filter(|row| row.base.is_some() && row.ours.is_some() && row.theirs.is_some())
                .filter_map(|row| index(row).map(|at| (at, row.label.as_str())))
                .collect();
            shared.sort_unstable();
            shared.into_iter().map(|(_, label)| label).collect::<Vec<_>>()
        };
        let (base, ours, theirs) = (order(|row| row.base), order(|row| row.ours), order(|row| row.theirs));
        if base != theirs && ours != theirs {
            let (file, object, field) = (self.file.to_owned(), self.object.clone(), self.field.clone());
            self.notes.push(Note::OrderKept { file, object, field });
        }
    }

    /// Elements that are told apart by place only: what stands between those that all three have in
    /// common is taken from the side that changed it.
    fn ordered(&mut self, base: Option<&'t Node>, ours: &'t Node, piece: Piece<'t>) -> Planned<'t> {
        let theirs = piece.node;
        let (b, o, t) = (base.map_or(&[][..], Node::items), ours.items(), theirs.items());
        let too_long = (b.len() + 1) * (o.len() + t.len() + 1) > MOST_STEPS;
        let Some(base) = base.filter(|_| !too_long) else {
            return self.settle(Reason::BothAdded, base, ours, piece, theirs);
        };
        let same = |one: &Node, other: &Node| self.means_same(one, other);
        let (in_ours, in_theirs) = (common(b, o, &same), common(b, t, &same));
        let before = self.mark();
        let mut plan = ListPlan::of(o);
        let (mut from_b, mut from_o, mut from_t) = (0, 0, 0);
        loop {
            let anchor = (from_b..b.len()).find(|at| in_ours[*at].is_some() && in_theirs[*at].is_some());
            let (to_b, to_o, to_t) = match anchor {
                Some(at) => (at, in_ours[at].unwrap_or(o.len()), in_theirs[at].unwrap_or(t.len())),
                None => (b.len(), o.len(), t.len()),
            };
            let stretch = Stretch { base: from_b..to_b, ours: from_o..to_o, theirs: from_t..to_t };
            if !self.stretch(base, ours, piece, &stretch, &mut plan) {
                self.go_back(before);
                return self.settle(Reason::Overlap, Some(base), ours, piece, theirs);
            }
            if anchor.is_none() {
                return plan.finish();
            }
            (from_b, from_o, from_t) = (to_b + 1, to_o + 1, to_t + 1);
        }
    }

    /// Plans what stands between two common elements; `false` where both sides changed it.
    fn stretch(&mut self, base: &'t Node, ours: &'t Node, piece: Piece<'t>, at: &Stretch, plan: &mut ListPlan<'t>) -> bool {
        let (b, o, t) = (&base.items()[at.base.clone()], &ours.items()[at.ours.clone()], &piece.node.items()[at.theirs.clone()]);
        let all_same = |one: &[Node], other: &[Node]| {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| self.means_same(one, other))
        };
        if all_same(b, t) || all_same(o, t) {
            return true;
        }
        // One element between two common ones is the same element, whatever it holds.
        let one_each = b.len() == 1 && o.len() == 1 && t.len() == 1 && !o[0].entries().is_empty() && !t[0].entries().is_empty();
        let ours_stands = all_same(b, o);
        if !ours_stands && !one_each {
            return false;
        }
        if o.len() == t.len() && b.len() == o.len() {
            for (offset, ((in_base, mine), new)) in b.iter().zip(o).zip(t).enumerate() {
                let index = at.ours.start + offset;
                self.field.push(Step::Element(index.to_string()));
                plan.set(index, self.both(Some(in_base), mine, piece.element(new)));
                self.field.pop();
            }
            return true;
        }
        for (offset, mine) in o.iter().enumerate() {
            let index = at.ours.start + offset;
            self.field.push(Step::Element(index.to_string()));
            if self.only_ours(Some(mine), mine, mine.place) == Fate::Goes {
                plan.remove(index);
            }
            self.field.pop();
        }
        let after = at.ours.end.checked_sub(1);
        for (offset, new) in t.iter().enumerate() {
            self.field.push(Step::Element((at.theirs.start + offset).to_string()));
            if self.only_theirs(None, new, ours.place) == Fate::Comes {
                plan.add(after, piece.element(new));
            }
            self.field.pop();
        }
        true
    }
}

/// A stretch of three lists between two elements that all have in common.
struct Stretch {
    base: std::ops::Range<usize>,
    ours: std::ops::Range<usize>,
    theirs: std::ops::Range<usize>,
}

/// For each element of one list, its index in the other, so that as many as possible are paired and
/// none cross.
fn common(one: &[Node], other: &[Node], same: &impl Fn(&Node, &Node) -> bool) -> Vec<Option<usize>> {
    let width = other.len() + 1;
    let mut longest = vec![0_u32; (one.len() + 1) * width];
    let mut equal = vec![false; one.len() * other.len()];
    for i in (0..one.len()).rev() {
        for j in (0..other.len()).rev() {
            let is_same = same(&one[i], &other[j]);
            equal[i * other.len() + j] = is_same;
            longest[i * width + j] = if is_same {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let mut found = vec![None; one.len()];
    let (mut i, mut j) = (0, 0);
    while i < one.len() && j < other.len() {
        if equal[i * other.len() + j] {
            found[i] = Some(j);
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    found
}
