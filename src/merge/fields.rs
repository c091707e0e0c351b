//! What theirs changed becomes edits of ours, field by field.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::meaning::{Index, equal, same};
use super::verify::Expected;
use super::{ChangeKind, Conflict, ConflictReason, FieldChange, MergePolicy, Note, Side};
use crate::notation::{Field, FieldStep, ObjectKey};
use crate::yaml::edit::{Added, NodeEdit, Piece};
use crate::yaml::{Node, Place, Tie, Value};

/// What is done about values that anchors, aliases, merge keys and tags tie to other places. Whether the
/// merged text then means what it shall is found out when it is read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ties {
    /// Anchored values are edited, and aliases follow them.
    Follow,
    /// Aliases give way to values of their own.
    Break,
    /// They are left to people.
    Leave,
}

/// The merge of one document, while it is being made.
pub struct DocumentMerge<'p> {
    /// The path of ours, for messages.
    pub file: &'p str,
    /// The object, where the document is one.
    pub object: Option<ObjectKey>,
    /// What to do where the texts do not tell.
    pub policy: &'p MergePolicy,
    /// What is done about tied values.
    pub ties: Ties,
    /// Whether the elements of lists may be moved.
    pub may_move: bool,
    /// Where keys of ours stand that stand twice.
    pub twice: &'p BTreeSet<Place>,
    /// Where the merge is.
    pub field: Field,
    /// What theirs changes.
    pub changes: Vec<FieldChange>,
    /// What both changed.
    pub conflicts: Vec<Conflict>,
    /// What a person should know.
    pub notes: Vec<Note>,
}

/// What becomes of a node, and the value that it then has.
pub struct MergedNode<'t> {
    /// The edit of its text.
    pub edit: NodeEdit<'t>,
    /// The value that is expected.
    pub value: Expected<'t>,
}

/// What becomes of something that one side may lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is as in ours: there, or not.
    Stays,
    /// It goes.
    Goes,
    /// It comes.
    Comes,
}

/// How much a merge has said.
#[derive(Clone, Copy)]
pub struct Mark {
    changes: usize,
    conflicts: usize,
    notes: usize,
}

impl<'t> MergedNode<'t> {
    /// Ours as it is.
    pub fn keep(ours: &'t Node) -> Self {
        Self { edit: NodeEdit::Keep, value: Expected::Node(ours) }
    }
}

impl<'t> DocumentMerge<'_> {
    /// Plans a value that ours and theirs have.
    pub fn both(&mut self, base: Option<&'t Node>, ours: &'t Node, piece: Piece<'t>) -> MergedNode<'t> {
        let theirs = piece.node;
        if equal(ours, theirs) {
            return MergedNode::keep(ours);
        }
        let is_unchanged = base.is_some_and(|base| equal(base, theirs));
        if is_unchanged && !self.policy.doubts_in(self.object.as_ref(), &self.field) || self.is_owned() {
            return MergedNode::keep(ours);
        }
        if self.is_doubted() {
            return self.settle(ConflictReason::BothChanged, base, ours, piece, theirs);
        }
        match (ours.writing.tie, self.ties) {
            (Tie::None, _) | (Tie::Anchor | Tie::Tag, Ties::Follow | Ties::Break) => self.untied(base, ours, piece),
            (_, Ties::Leave) => self.tied(base, ours, theirs),
            (Tie::Alias, Ties::Break) if base.is_some_and(|base| self.means_same(base, ours)) => self.replace(base, ours, piece),
            (Tie::Alias, _) => {
                // It follows what it stands for.
                let MergedNode { value, .. } = self.untied(base, ours, piece);
                MergedNode { edit: NodeEdit::Keep, value }
            }
            (Tie::MergeKey, _) => {
                let before = self.mark();
                let merged = self.untied(base, ours, piece);
                let edit = own_edits(ours, merged.edit);
                if let Some(edit) = edit {
                    return MergedNode { edit, value: merged.value };
                }
                self.go_back(before);
                self.tied(base, ours, theirs)
            }
        }
    }

    fn untied(&mut self, base: Option<&'t Node>, ours: &'t Node, piece: Piece<'t>) -> MergedNode<'t> {
        match (&ours.value, &piece.node.value) {
            (Value::Map(_), Value::Map(_)) => self.map(base, ours, piece),
            (Value::List(_), Value::List(_)) => self.list(base, ours, piece),
            _ => self.leaf(base, ours, piece),
        }
    }

    /// Plans a value that is taken from one side as a whole.
    pub(super) fn leaf(&mut self, base: Option<&'t Node>, ours: &'t Node, piece: Piece<'t>) -> MergedNode<'t> {
        let theirs = piece.node;
        let Some(base) = base else { return self.settle(ConflictReason::BothAdded, None, ours, piece, theirs) };
        if self.means_same(base, ours) {
            // What theirs has only put in other words gives way to the words of ours.
            let is_reworded = self.means_same(base, theirs) && !equal(base, ours);
            return if is_reworded { MergedNode::keep(ours) } else { self.replace(Some(base), ours, piece) };
        }
        if self.means_same(base, theirs) || self.means_same(ours, theirs) {
            return MergedNode::keep(ours);
        }
        self.settle(ConflictReason::BothChanged, Some(base), ours, piece, theirs)
    }

    /// Takes theirs in the place of ours.
    pub fn replace(&mut self, base: Option<&'t Node>, ours: &'t Node, piece: Piece<'t>) -> MergedNode<'t> {
        if self.ties == Ties::Leave && (is_tied(ours) || is_tied(piece.node)) {
            return self.tied(base, ours, piece.node);
        }
        self.change(ChangeKind::Changed, Some(ours), Some(piece.node));
        MergedNode { edit: NodeEdit::Replace(piece), value: Expected::Node(piece.node) }
    }

    /// A conflict about a value that both have.
    pub fn settle(
        &mut self,
        reason: ConflictReason,
        base: Option<&'t Node>,
        ours: &'t Node,
        piece: Piece<'t>,
        theirs: &'t Node,
    ) -> MergedNode<'t> {
        match self.conflict(reason, base, Some(ours), Some(theirs), ours.place) {
            Some(Side::Theirs) => self.replace(base, ours, piece),
            _ => MergedNode::keep(ours),
        }
    }

    fn tied(&mut self, base: Option<&'t Node>, ours: &'t Node, theirs: &'t Node) -> MergedNode<'t> {
        self.by_hand(ConflictReason::Tied, base, Some(ours), Some(theirs), ours.place);
        MergedNode::keep(ours)
    }

    /// A conflict that no choice settles for theirs, for theirs cannot be written there.
    fn by_hand(&mut self, reason: ConflictReason, base: Option<&Node>, ours: Option<&Node>, theirs: Option<&Node>, place: Place) {
        let conflict = self.conflict_of(reason, base, ours, theirs, place);
        if self.policy.side(&conflict) == Some(Side::Ours) {
            self.notes.push(conflict.settled(Side::Ours));
        } else {
            self.conflicts.push(conflict);
        }
    }

    fn map(&mut self, base: Option<&'t Node>, ours: &'t Node, piece: Piece<'t>) -> MergedNode<'t> {
        let theirs = piece.node;
        let (in_base, in_ours, in_theirs) = (base.map(Index::of), Index::of(ours), Index::of(theirs));
        let of_base = |key: &str| in_base.as_ref().and_then(|base| base.entry(key)).map(|entry| &entry.node);
        let mut parts = Vec::with_capacity(ours.entries().len());
        let mut values = Vec::new();
        for entry in ours.entries() {
            let (base, new) = (of_base(&entry.key), in_theirs.entry(&entry.key));
            let before = self.mark();
            self.field.push(FieldStep::Key(entry.key.clone()));
            let mut merged = match new {
                Some(new) => Some(self.both(base, &entry.node, piece.entry(new))),
                None if self.only_ours(base, &entry.node, entry.place) == Fate::Goes => None,
                None => Some(MergedNode::keep(&entry.node)),
            };
            let is_quiet = self.changes.len() == before.changes && self.conflicts.len() == before.conflicts;
            if !is_quiet && self.twice.contains(&entry.place) {
                self.go_back(before);
                self.by_hand(ConflictReason::Twice, base, Some(&entry.node), new.map(|new| &new.node), entry.place);
                merged = Some(MergedNode::keep(&entry.node));
            }
            self.field.pop();
            parts.push(match merged {
                Some(MergedNode { edit, value }) => {
                    values.push((entry.key.as_str(), value));
                    edit
                }
                None => NodeEdit::Remove,
            });
        }
        let mut added = Vec::new();
        let mut after = None;
        for new in theirs.entries() {
            if let Some(at) = in_ours.position(&new.key) {
                after = Some(at);
                continue;
            }
            self.field.push(FieldStep::Key(new.key.clone()));
            if self.only_theirs(of_base(&new.key), &new.node, ours.place) == Fate::Comes {
                added.push(Added { after, piece: piece.entry(new) });
                values.push((new.key.as_str(), Expected::Node(&new.node)));
            }
            self.field.pop();
        }
        added.sort_by_key(|new| new.after);
        MergedNode { edit: NodeEdit::Within { parts, added }, value: Expected::Map(values) }
    }

    /// Plans something that theirs lacks.
    pub fn only_ours(&mut self, base: Option<&'t Node>, ours: &'t Node, place: Place) -> Fate {
        let is_doubted = self.is_doubted();
        if base.is_none() && !is_doubted || self.is_owned() {
            return Fate::Stays;
        }
        let is_edited = !base.is_some_and(|base| self.means_same(base, ours));
        if (is_doubted || is_edited)
            && self.conflict(ConflictReason::TheirsRemoved, base, Some(ours), None, place) != Some(Side::Theirs)
        {
            return Fate::Stays;
        }
        if self.ties == Ties::Leave && is_tied(ours) {
            self.by_hand(ConflictReason::Tied, base, Some(ours), None, place);
            return Fate::Stays;
        }
        self.change(ChangeKind::Removed, Some(ours), None);
        Fate::Goes
    }

    /// Plans something that ours lacks.
    pub fn only_theirs(&mut self, base: Option<&'t Node>, theirs: &'t Node, place: Place) -> Fate {
        let is_doubted = self.is_doubted();
        let is_taken = !is_doubted && self.is_taken(theirs);
        if !is_doubted && !is_taken && base.is_some_and(|base| self.means_same(base, theirs)) || self.is_owned() {
            return Fate::Stays;
        }
        if (is_doubted || base.is_some())
            && !is_taken
            && self.conflict(ConflictReason::OursRemoved, base, None, Some(theirs), place) != Some(Side::Theirs)
        {
            return Fate::Stays;
        }
        if self.ties == Ties::Leave && is_tied(theirs) {
            self.by_hand(ConflictReason::Tied, base, None, Some(theirs), place);
            return Fate::Stays;
        }
        self.change(ChangeKind::Added, None, Some(theirs));
        Fate::Comes
    }

    /// How much has been said so far.
    pub(super) fn mark(&self) -> Mark {
        Mark { changes: self.changes.len(), conflicts: self.conflicts.len(), notes: self.notes.len() }
    }

    /// Unsays what was said since, for it is settled as a whole.
    pub(super) fn go_back(&mut self, mark: Mark) {
        self.changes.truncate(mark.changes);
        self.conflicts.truncate(mark.conflicts);
        self.notes.truncate(mark.notes);
    }

    /// The last two keys on the way, the nearest last.
    pub(super) fn last_keys(&self) -> (&str, &str) {
        let mut keys = self.field.keys().rev();
        let key = keys.next().unwrap_or_default();
        (keys.next().unwrap_or_default(), key)
    }

    /// Whether all of something that ours lacks is taken from theirs, be it part by part.
    fn is_taken(&mut self, theirs: &Node) -> bool {
        if self.policy.resolve.is_empty() {
            return false;
        }
        if self.policy.takes(self.object.as_ref(), &self.field) {
            return true;
        }
        let mut below = |step: FieldStep, node: &Node| {
            self.field.push(step);
            let is_taken = self.is_taken(node);
            self.field.pop();
            is_taken
        };
        match &theirs.value {
            Value::Map(entries) if !entries.is_empty() => {
                entries.iter().all(|entry| below(FieldStep::Key(entry.key.clone()), &entry.node))
            }
            Value::List(items) if !items.is_empty() => items.iter().all(|item| {
                let labels = item.entries().iter().filter_map(|entry| Some(format!("{}={}", entry.key, entry.node.as_str()?)));
                labels.into_iter().any(|label| below(FieldStep::Element(label), &Node::new(Value::Null)))
            }),
            _ => false,
        }
    }

    /// Whether base does not tell what both sides began with.
    fn is_doubted(&self) -> bool {
        self.policy.doubts(self.object.as_ref(), &self.field)
    }

    /// Whether two values mean the same at this field.
    pub fn means_same(&self, one: &Node, other: &Node) -> bool {
        same(one, other, self.last_keys())
    }

    /// Whether somebody else owns the field; who, is noted.
    fn is_owned(&mut self) -> bool {
        let Some(by) = self.policy.owner(self.object.as_ref(), &self.field) else { return false };
        self.notes.push(Note::OwnedElsewhere { object: self.object.clone(), field: self.field.clone(), by: by.to_owned() });
        true
    }

    /// A conflict here; for whom it is settled, or `None` when it stays.
    pub fn conflict(
        &mut self,
        reason: ConflictReason,
        base: Option<&Node>,
        ours: Option<&Node>,
        theirs: Option<&Node>,
        place: Place,
    ) -> Option<Side> {
        let conflict = self.conflict_of(reason, base, ours, theirs, place);
        let side = self.policy.side(&conflict);
        match side {
            Some(side) => self.notes.push(conflict.settled(side)),
            None => self.conflicts.push(conflict),
        }
        side
    }

    fn conflict_of(
        &self,
        reason: ConflictReason,
        base: Option<&Node>,
        ours: Option<&Node>,
        theirs: Option<&Node>,
        place: Place,
    ) -> Conflict {
        let json = |node: Option<&Node>| node.map(Node::to_json);
        let conflict = Conflict {
            file: self.file.to_owned(),
            object: self.object.clone(),
            field: self.field.clone(),
            line: 0,
            column: 0,
            reason,
            base: json(base),
            ours: json(ours),
            theirs: json(theirs),
        };
        conflict.at(place)
    }

    pub(super) fn change(&mut self, kind: ChangeKind, before: Option<&Node>, after: Option<&Node>) {
        let json = |node: Option<&Node>| node.map(|node: &Node| -> Json { node.to_json() });
        self.changes.push(FieldChange {
            file: self.file.to_owned(),
            object: self.object.clone(),
            field: self.field.clone(),
            kind,
            before: json(before),
            after: json(after),
        });
    }
}

/// The edits of a mapping's own entries, which come before those that its merge keys bring in; `None`
/// where one of those would go, or the mapping itself.
fn own_edits<'t>(node: &Node, edit: NodeEdit<'t>) -> Option<NodeEdit<'t>> {
    let NodeEdit::Within { mut parts, mut added } = edit else { return Some(edit).filter(|edit| matches!(edit, NodeEdit::Keep)) };
    let span = node.writing.span;
    let own = node.entries().iter().take_while(|entry| span.start <= entry.span.start && entry.span.end <= span.end).count();
    if own == 0 || parts[own..].iter().any(|part| matches!(part, NodeEdit::Remove)) {
        return None;
    }
    parts.truncate(own);
    for new in &mut added {
        new.after = new.after.map(|after| after.min(own - 1));
    }
    Some(NodeEdit::Within { parts, added })
}

/// Whether anchors, aliases, merge keys or tags stand anywhere in a value.
pub fn is_tied(node: &Node) -> bool {
    node.writing.tie != Tie::None || node.items().iter().any(is_tied) || node.entries().iter().any(|entry| is_tied(&entry.node))
}
