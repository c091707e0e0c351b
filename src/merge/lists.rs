//! The merge of lists: by identity where elements have one, else by place.

use std::collections::BTreeMap;

use super::fields::{DocumentMerge, Fate, MergedNode};
use super::identity::{Identity, of_list, order_matters};
use super::meaning::equal;
use super::order::{self, Order};
use super::pairs::{PairedElement, has_twins, pair};
use super::verify::Expected;
use super::{ChangeKind, ConflictReason, Note};
use crate::notation::FieldStep;
use crate::yaml::Node;
use crate::yaml::edit::{Added, NodeEdit, Piece, in_common};

/// The edits of a list while they are being merged.
struct ListDraft<'t> {
    parts: Vec<NodeEdit<'t>>,
    added: Vec<Added<'t>>,
    kept: Vec<Option<Expected<'t>>>,
    /// Behind which of ours, the index in theirs, and the value.
    new: Vec<(Option<usize>, usize, Expected<'t>)>,
}

/// Where an element of a merged list comes from.
#[derive(Clone, Copy)]
enum ElementOrigin {
    Ours(usize),
    Theirs(usize),
}

impl<'t> ListDraft<'t> {
    /// Every element of ours as it is.
    fn of(ours: &'t [Node]) -> Self {
        Self {
            parts: ours.iter().map(|_| NodeEdit::Keep).collect(),
            added: Vec::new(),
            kept: ours.iter().map(|item| Some(Expected::Node(item))).collect(),
            new: Vec::new(),
        }
    }

    fn set(&mut self, index: usize, merged: MergedNode<'t>) {
        self.parts[index] = merged.edit;
        self.kept[index] = Some(merged.value);
    }

    fn remove(&mut self, index: usize) {
        self.parts[index] = NodeEdit::Remove;
        self.kept[index] = None;
    }

    fn add(&mut self, after: Option<usize>, in_theirs: usize, piece: Piece<'t>) {
        self.added.push(Added { after, piece });
        self.new.push((after, in_theirs, Expected::Node(piece.node)));
    }

    /// The draft for the list, and where each element of the merged one comes from.
    fn finish(mut self) -> (MergedNode<'t>, Vec<ElementOrigin>) {
        self.added.sort_by_key(|new| new.after);
        self.new.sort_by_key(|(after, ..)| *after);
        let mut new = self.new.into_iter().peekable();
        let (mut values, mut origins) = (Vec::new(), Vec::new());
        let mut add = |origin: ElementOrigin, value: Expected<'t>| {
            origins.push(origin);
            values.push(value);
        };
        while let Some((_, at, value)) = new.next_if(|(after, ..)| after.is_none()) {
            add(ElementOrigin::Theirs(at), value);
        }
        for (index, kept) in self.kept.into_iter().enumerate() {
            if let Some(value) = kept {
                add(ElementOrigin::Ours(index), value);
            }
            while let Some((_, at, value)) = new.next_if(|(after, ..)| *after == Some(index)) {
                add(ElementOrigin::Theirs(at), value);
            }
        }
        let edit = NodeEdit::Within { parts: self.parts, added: self.added };
        (MergedNode { edit, value: Expected::List { items: values, order: None } }, origins)
    }
}

impl<'t> DocumentMerge<'_> {
    /// Plans a list that ours and theirs have.
    pub(super) fn list(&mut self, base: Option<&'t Node>, ours: &'t Node, piece: Piece<'t>) -> MergedNode<'t> {
        let base_items = base.map_or(&[][..], Node::items);
        let paired = {
            let (parent, key) = self.last_keys();
            of_list(parent, key)
        }
        .find_map(|identity| Some((pair(base_items, ours.items(), piece.node.items(), identity)?, identity)));
        match paired {
            Some((rows, identity)) => self.keyed(base, ours, piece, &rows, identity),
            None => self.ordered(base, ours, piece),
        }
    }

    fn keyed(
        &mut self,
        base: Option<&'t Node>,
        ours: &'t Node,
        piece: Piece<'t>,
        rows: &[PairedElement],
        identity: Identity,
    ) -> MergedNode<'t> {
        let base_items = base.map_or(&[][..], Node::items);
        let (ours_items, theirs_items) = (ours.items(), piece.node.items());
        let element = |index: usize| piece.element(&theirs_items[index]);
        let behind = behind(rows, theirs_items.len());
        let before = self.mark();
        let mut draft = ListDraft::of(ours_items);
        for row in rows {
            let in_base = row.base.map(|index| &base_items[index]);
            self.field.push(FieldStep::Element(row.label.clone()));
            match (row.ours, row.theirs) {
                (Some(mine), Some(new)) => draft.set(mine, self.both(in_base, &ours_items[mine], element(new))),
                (Some(mine), None) => {
                    if self.only_ours(in_base, &ours_items[mine], ours_items[mine].place) == Fate::Goes {
                        draft.remove(mine);
                    }
                }
                (None, Some(new)) => {
                    if self.only_theirs(in_base, &theirs_items[new], ours.place) == Fate::Comes {
                        draft.add(behind[new], new, element(new));
                    }
                }
                (None, None) => {}
            }
            self.field.pop();
        }
        let (mut merged, origins) = draft.finish();
        if has_twins(merged.value.items().map(Expected::to_node), identity) {
            self.go_back(before);
            return self.settle(ConflictReason::Twins, base, ours, piece, piece.node);
        }
        match self.order(rows, &origins, base, ours, piece) {
            Order::Stays => {}
            Order::Kept => {
                let (file, object, field) = (self.file.to_owned(), self.object.clone(), self.field.clone());
                self.notes.push(Note::OrderKept { file, object, field });
            }
            Order::Becomes(_) if !self.may_move => {
                self.go_back(before);
                return self.settle(ConflictReason::Order, base, ours, piece, piece.node);
            }
            Order::Contradicts => {
                self.go_back(before);
                return self.settle(ConflictReason::Order, base, ours, piece, piece.node);
            }
            Order::Becomes(new) => {
                merged.value.put_in_order(new);
                self.change(ChangeKind::Changed, Some(ours), Some(&merged.value.to_node()));
            }
        }
        merged
    }

    /// What becomes of the order of a list with identities.
    fn order(
        &self,
        rows: &[PairedElement],
        origins: &[ElementOrigin],
        base: Option<&Node>,
        ours: &Node,
        piece: Piece<'_>,
    ) -> Order {
        let by = |side: fn(&PairedElement) -> Option<usize>| -> BTreeMap<usize, usize> {
            rows.iter().enumerate().filter_map(|(at, row)| Some((side(row)?, at))).collect()
        };
        let (of_ours, of_theirs) = (by(|row| row.ours), by(|row| row.theirs));
        let result: Vec<usize> = origins
            .iter()
            .filter_map(|origin| match origin {
                ElementOrigin::Ours(at) => of_ours.get(at),
                ElementOrigin::Theirs(at) => of_theirs.get(at),
            })
            .copied()
            .collect();
        let (parent, key) = self.last_keys();
        let all = base.into_iter().chain([ours, piece.node]).flat_map(Node::items);
        order::merged(rows, &result, order_matters(parent, key, all))
    }

    /// Elements that are told apart by place only: what stands between those that all three have in
    /// common is taken from the side that changed it.
    fn ordered(&mut self, base: Option<&'t Node>, ours: &'t Node, piece: Piece<'t>) -> MergedNode<'t> {
        let theirs = piece.node;
        let (b, o, t) = (base.map_or(&[][..], Node::items), ours.items(), theirs.items());
        let Some(base) = base else { return self.settle(ConflictReason::BothAdded, base, ours, piece, theirs) };
        let (Some(in_ours), Some(in_theirs)) = (in_common(b, o, equal), in_common(b, t, equal)) else {
            return self.leaf(Some(base), ours, piece);
        };
        let before = self.mark();
        let mut draft = ListDraft::of(o);
        let (mut from_b, mut from_o, mut from_t) = (0, 0, 0);
        loop {
            let anchor = (from_b..b.len()).find(|at| in_ours[*at].is_some() && in_theirs[*at].is_some());
            let (to_b, to_o, to_t) = match anchor {
                Some(at) => (at, in_ours[at].unwrap_or(o.len()), in_theirs[at].unwrap_or(t.len())),
                None => (b.len(), o.len(), t.len()),
            };
            let stretch = ListStretch { base: from_b..to_b, ours: from_o..to_o, theirs: from_t..to_t };
            if !self.stretch(base, ours, piece, &stretch, &mut draft) {
                self.go_back(before);
                return self.settle(ConflictReason::Overlap, Some(base), ours, piece, theirs);
            }
            if anchor.is_none() {
                return draft.finish().0;
            }
            (from_b, from_o, from_t) = (to_b + 1, to_o + 1, to_t + 1);
        }
    }

    /// Plans what stands between two common elements; `false` where both sides changed it.
    fn stretch(&mut self, base: &'t Node, ours: &'t Node, piece: Piece<'t>, at: &ListStretch, draft: &mut ListDraft<'t>) -> bool {
        let (b, o, t) = (&base.items()[at.base.clone()], &ours.items()[at.ours.clone()], &piece.node.items()[at.theirs.clone()]);
        let all = |one: &[Node], other: &[Node], same: &dyn Fn(&Node, &Node) -> bool| {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        };
        if all(b, t, &equal) || all(o, t, &equal) {
            return true;
        }
        // One element between two common ones is the same element, whatever it holds.
        let one_each = b.len() == 1 && o.len() == 1 && t.len() == 1 && !o[0].entries().is_empty() && !t[0].entries().is_empty();
        let ours_stands = all(b, o, &|one, other| self.means_same(one, other));
        if !ours_stands && !one_each {
            return false;
        }
        if o.len() == t.len() && b.len() == o.len() {
            for (offset, ((in_base, mine), new)) in b.iter().zip(o).zip(t).enumerate() {
                let index = at.ours.start + offset;
                self.field.push(FieldStep::Element(index.to_string()));
                draft.set(index, self.both(Some(in_base), mine, piece.element(new)));
                self.field.pop();
            }
            return true;
        }
        for (offset, mine) in o.iter().enumerate() {
            let index = at.ours.start + offset;
            self.field.push(FieldStep::Element(index.to_string()));
            if self.only_ours(Some(mine), mine, mine.place) == Fate::Goes {
                draft.remove(index);
            }
            self.field.pop();
        }
        let after = at.ours.end.checked_sub(1);
        for (offset, new) in t.iter().enumerate() {
            self.field.push(FieldStep::Element((at.theirs.start + offset).to_string()));
            if self.only_theirs(None, new, ours.place) == Fate::Comes {
                draft.add(after, at.theirs.start + offset, piece.element(new));
            }
            self.field.pop();
        }
        true
    }
}

/// A stretch of three lists between two elements that all have in common.
struct ListStretch {
    base: std::ops::Range<usize>,
    ours: std::ops::Range<usize>,
    theirs: std::ops::Range<usize>,
}

/// For each element of theirs, the element of ours that it follows.
fn behind(rows: &[PairedElement], count: usize) -> Vec<Option<usize>> {
    let mut in_ours = vec![None; count];
    for row in rows {
        if let Some(at) = row.theirs {
            in_ours[at] = row.ours;
        }
    }
    let follows = |last: &mut Option<usize>, ours: Option<usize>| {
        let behind = *last;
        *last = ours.or(behind);
        Some(behind)
    };
    in_ours.into_iter().scan(None, follows).collect()
}
