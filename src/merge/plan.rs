//! The plan: what theirs changed becomes edits of ours, field by field.

use serde_json::Value as Json;

use super::meaning::same;
use super::verify::Expected;
use super::{Change, ChangeKind, Conflict, Note, Policy, Reason, Side};
use crate::formats::{Field, ObjectKey, Step};
use crate::yaml::edit::{Added, Edit, Part, Piece, comments_above};
use crate::yaml::{Entry, Node, Place, Text, Tie, Value};

/// The plan for one document, while it is being made.
pub struct Planner<'t, 'p> {
    /// The path of ours, for messages.
    pub file: &'p str,
    /// The object, where the document is one.
    pub object: Option<ObjectKey>,
    /// What to do where the texts do not tell.
    pub policy: &'p Policy,
    /// Base, where there is one; for its comments.
    pub base: Option<&'t Text<'t>>,
    /// Ours, for its comments.
    pub ours: &'t Text<'t>,
    /// Theirs, from which new text is cut.
    pub theirs: &'t Text<'t>,
    /// Where the plan is.
    pub field: Field,
    /// What theirs changes.
    pub changes: Vec<Change>,
    /// What both changed.
    pub conflicts: Vec<Conflict>,
    /// What a person should know.
    pub notes: Vec<Note>,
}

/// What becomes of a node, and the value that it then has.
pub struct Planned<'t> {
    /// The edit of its text.
    pub edit: Edit<'t>,
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

impl<'t> Planned<'t> {
    /// Ours as it is.
    pub fn keep(ours: &'t Node) -> Self {
        Self { edit: Edit::Keep, value: Expected::Node(ours) }
    }
}

impl<'t> Planner<'t, '_> {
    /// Plans a value that ours and theirs have.
    pub fn both(&mut self, base: Option<&'t Node>, ours: &'t Node, piece: Piece<'t>) -> Planned<'t> {
        let theirs = piece.node;
        if self.means_same(ours, theirs) || base.is_some_and(|base| self.means_same(base, theirs)) || self.is_owned() {
            return Planned::keep(ours);
        }
        if ours.writing.tie != Tie::None {
            return self.tied(base, ours, theirs);
        }
        match (&ours.value, &theirs.value) {
            (Value::Map(_), Value::Map(_)) => self.map(base, ours, piece),
            (Value::List(_), Value::List(_)) => self.list(base, ours, piece),
            _ => self.leaf(base, ours, piece),
        }
    }

    /// Plans a value that is taken from one side as a whole.
    fn leaf(&mut self, base: Option<&'t Node>, ours: &'t Node, piece: Piece<'t>) -> Planned<'t> {
        let theirs = piece.node;
        if base.is_some_and(|base| self.means_same(base, ours)) {
            return self.replace(base, ours, piece);
        }
        let reason = if base.is_some() { Reason::BothChanged } else { Reason::BothAdded };
        self.settle(reason, base, ours, piece, theirs)
    }

    /// Takes theirs in the place of ours.
    pub fn replace(&mut self, base: Option<&'t Node>, ours: &'t Node, piece: Piece<'t>) -> Planned<'t> {
        if is_tied(ours) || is_tied(piece.node) {
            return self.tied(base, ours, piece.node);
        }
        self.change(ChangeKind::Changed, Some(ours), Some(piece.node));
        Planned { edit: Edit::Replace(piece), value: Expected::Node(piece.node) }
    }

    /// A conflict about a value that both have.
    pub fn settle(
        &mut self,
        reason: Reason,
        base: Option<&'t Node>,
        ours: &'t Node,
        piece: Piece<'t>,
        theirs: &'t Node,
    ) -> Planned<'t> {
        match self.conflict(reason, base, Some(ours), Some(theirs), ours.place) {
            Some(Side::Theirs) => self.replace(base, ours, piece),
            _ => Planned::keep(ours),
        }
    }

    fn tied(&mut self, base: Option<&'t Node>, ours: &'t Node, theirs: &'t Node) -> Planned<'t> {
        let conflict = self.conflict_of(Reason::Tied, base, Some(ours), Some(theirs), ours.place);
        // Theirs cannot be written there, whoever asks for it.
        if self.policy.side(&conflict) == Some(Side::Ours) {
            self.notes.push(conflict.settled(Side::Ours));
        } else {
            self.conflicts.push(conflict);
        }
        Planned::keep(ours)
    }

    fn map(&mut self, base: Option<&'t Node>, ours: &'t Node, piece: Piece<'t>) -> Planned<'t> {
        let theirs = piece.node;
        let find = |node: &'t Node, key: &str| node.entries().iter().find(|entry| entry.key == key);
        let mut parts = Vec::with_capacity(ours.entries().len());
        let mut values = Vec::new();
        for entry in ours.entries() {
            let in_base = base.and_then(|base| find(base, &entry.key));
            let in_theirs = find(theirs, &entry.key);
            self.field.push(Step::Key(entry.key.clone()));
            let part = match in_theirs {
                Some(new) => {
                    let planned = self.both(in_base.map(|entry| &entry.node), &entry.node, piece.entry(new));
                    values.push((entry.key.as_str(), planned.value));
                    Part { edit: planned.edit, comment: self.comment(in_base, entry, new) }
                }
                None if self.only_ours(in_base.map(|entry| &entry.node), &entry.node, entry.place) == Fate::Goes => {
                    Part { edit: Edit::Remove, comment: None }
                }
                None => {
                    values.push((entry.key.as_str(), Expected::Node(&entry.node)));
                    Part::default()
                }
            };
            self.field.pop();
            parts.push(part);
        }
        let mut added = Vec::new();
        for (index, new) in theirs.entries().iter().enumerate() {
            if find(ours, &new.key).is_some() {
                continue;
            }
            self.field.push(Step::Key(new.key.clone()));
            let in_base = base.and_then(|base| find(base, &new.key));
            if self.only_theirs(in_base.map(|entry| &entry.node), &new.node, ours.place) == Fate::Comes {
                let behind = |before: &Entry| ours.entries().iter().position(|entry| entry.key == before.key);
                let after = theirs.entries()[..index].iter().rev().find_map(behind);
                added.push(Added { after, piece: piece.entry(new) });
                values.push((new.key.as_str(), Expected::Node(&new.node)));
            }
            self.field.pop();
        }
        added.sort_by_key(|new| new.after);
        Planned { edit: Edit::Within { parts, added }, value: Expected::Map(values) }
    }

    /// Plans something that theirs lacks.
    pub fn only_ours(&mut self, base: Option<&'t Node>, ours: &'t Node, place: Place) -> Fate {
        let Some(base) = base else { return Fate::Stays };
        if self.is_owned() {
            return Fate::Stays;
        }
        if !self.means_same(base, ours)
            && self.conflict(Reason::TheirsRemoved, Some(base), Some(ours), None, place) != Some(Side::Theirs)
        {
            return Fate::Stays;
        }
        if is_tied(ours) {
            let conflict = self.conflict_of(Reason::Tied, Some(base), Some(ours), None, place);
            self.conflicts.push(conflict);
            return Fate::Stays;
        }
        self.change(ChangeKind::Removed, Some(ours), None);
        Fate::Goes
    }

    /// Plans something that ours lacks.
    pub fn only_theirs(&mut self, base: Option<&'t Node>, theirs: &'t Node, place: Place) -> Fate {
        if base.is_some_and(|base| self.means_same(base, theirs)) || self.is_owned() {
            return Fate::Stays;
        }
        if base.is_some() && self.conflict(Reason::OursRemoved, base, None, Some(theirs), place) != Some(Side::Theirs) {
            return Fate::Stays;
        }
        if is_tied(theirs) {
            let conflict = self.conflict_of(Reason::Tied, base, None, Some(theirs), place);
            self.conflicts.push(conflict);
            return Fate::Stays;
        }
        self.change(ChangeKind::Added, None, Some(theirs));
        Fate::Comes
    }

    /// The comments that take the place of those above an entry: theirs, where only theirs changed
    /// them.
    fn comment(&self, base: Option<&'t Entry>, ours: &'t Entry, theirs: &'t Entry) -> Option<Vec<&'t str>> {
        self.comment_at(base.map(|entry| entry.span.start), ours.span.start, theirs.span.start)
    }

    /// The same for anything that begins at these bytes.
    pub fn comment_at(&self, base: Option<u32>, ours: u32, theirs: u32) -> Option<Vec<&'t str>> {
        let base = comments_above(self.base?.source, base?)?;
        let ours = comments_above(self.ours.source, ours)?;
        let theirs = comments_above(self.theirs.source, theirs)?;
        (base == ours && base != theirs).then_some(theirs)
    }

    /// How much has been said so far.
    pub(super) fn mark(&self) -> [usize; 3] {
        [self.changes.len(), self.conflicts.len(), self.notes.len()]
    }

    /// Unsays what was said since, for it is settled as a whole.
    pub(super) fn go_back(&mut self, [changes, conflicts, notes]: [usize; 3]) {
        self.changes.truncate(changes);
        self.conflicts.truncate(conflicts);
        self.notes.truncate(notes);
    }

    /// Whether two values mean the same at this field.
    pub fn means_same(&self, one: &Node, other: &Node) -> bool {
        let mut keys = self.field.keys().rev();
        let key = keys.next().unwrap_or_default();
        same(one, other, (keys.next().unwrap_or_default(), key))
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
        reason: Reason,
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
        reason: Reason,
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

    fn change(&mut self, kind: ChangeKind, before: Option<&Node>, after: Option<&Node>) {
        let json = |node: Option<&Node>| node.map(|node: &Node| -> Json { node.to_json() });
        self.changes.push(Change {
            file: self.file.to_owned(),
            object: self.object.clone(),
            field: self.field.clone(),
            kind,
            before: json(before),
            after: json(after),
        });
    }
}

/// Whether anchors, aliases, merge keys or tags stand anywhere in a value.
pub fn is_tied(node: &Node) -> bool {
    node.writing.tie != Tie::None || node.items().iter().any(is_tied) || node.entries().iter().any(|entry| is_tied(&entry.node))
}
