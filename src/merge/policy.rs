//! What a merge shall do where the texts alone do not tell.

use super::{Conflict, Side};
use crate::notation::{Field, FieldPattern, ObjectKey};

/// A field that somebody else owns.
#[derive(Clone, Debug)]
pub struct Owned {
    /// The field.
    pub pattern: FieldPattern,
    /// Who owns it.
    pub by: String,
}

/// How a conflict is settled.
#[derive(Clone, Debug)]
pub struct Resolve {
    /// The conflicts.
    pub pattern: FieldPattern,
    /// For whom they are settled.
    pub side: Side,
}

/// What a merge shall do where the texts alone do not tell.
#[derive(Clone, Debug, Default)]
pub struct MergePolicy {
    /// Fields that are never touched.
    pub owned: Vec<Owned>,
    /// How conflicts are settled; the first that fits decides.
    pub resolve: Vec<Resolve>,
    /// How all other conflicts are settled.
    pub otherwise: Option<Side>,
    /// Whether an object that ours removed stays removed, even where theirs changed it; but for doubts.
    pub deleted_objects_stay: bool,
    /// Whose comments count.
    pub comments: CommentSource,
    /// What base does not tell.
    pub doubts: Vec<Doubt>,
}

/// Whose comments count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CommentSource {
    /// Those of ours; where nobody has edited one, it follows theirs along with what else changes.
    #[default]
    OfOurs,
    /// Those of both sides.
    OfBoth,
}

/// Something of which base does not tell what both sides began with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// These fields.
    Fields(FieldPattern),
    /// All of it.
    All,
}

impl MergePolicy {
    /// Who owns a field, if it is somebody else.
    #[must_use]
    pub fn owner(&self, object: Option<&ObjectKey>, field: &Field) -> Option<&str> {
        let object = object?;
        self.owned.iter().find(|owned| owned.pattern.covers(object, field)).map(|owned| owned.by.as_str())
    }

    /// Whether base does not tell what both sides began with at a field.
    #[must_use]
    pub fn doubts(&self, object: Option<&ObjectKey>, field: &Field) -> bool {
        self.doubts.iter().any(|doubt| match (doubt, object) {
            (Doubt::All, _) => true,
            (Doubt::Fields(pattern), Some(object)) => pattern.covers(object, field),
            (Doubt::Fields(_), None) => false,
        })
    }

    /// Whether there is anything at or in a field of which base does not tell that.
    #[must_use]
    pub fn doubts_in(&self, object: Option<&ObjectKey>, field: &Field) -> bool {
        self.doubts.iter().any(|doubt| match (doubt, object) {
            (Doubt::All, _) => true,
            (Doubt::Fields(pattern), Some(object)) => pattern.touches(object, field),
            (Doubt::Fields(_), None) => false,
        })
    }

    /// Whether theirs is taken at a field whatever base and ours have.
    #[must_use]
    pub fn takes(&self, object: Option<&ObjectKey>, field: &Field) -> bool {
        let Some(object) = object else { return false };
        let first = self.resolve.iter().find(|resolve| resolve.pattern.covers(object, field));
        self.doubts(Some(object), field) && first.is_some_and(|resolve| resolve.side == Side::Theirs)
    }

    /// For whom a conflict is settled, if it is.
    #[must_use]
    pub fn side(&self, conflict: &Conflict) -> Option<Side> {
        let fits = |resolve: &&Resolve| match &conflict.object {
            Some(object) => resolve.pattern.covers(object, &conflict.field),
            None => false,
        };
        self.resolve.iter().find(fits).map(|resolve| resolve.side).or(self.otherwise)
    }
}
