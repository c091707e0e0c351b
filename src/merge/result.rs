//! What a merge takes and gives.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::meaning::same_amount;
use crate::notation::{Field, ObjectKey};
use crate::yaml::Place;

/// One of the two sides of a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The file on disk.
    Ours,
    /// The new render.
    Theirs,
}

/// A file with its text.
#[derive(Clone, Copy, Debug)]
pub struct SourceFile<'t> {
    /// Its path, as messages name it.
    pub path: &'t str,
    /// Its text.
    pub text: &'t str,
}

/// What a merge comes to.
#[derive(Debug, Default)]
pub struct Merged {
    /// Every file of ours that changes, goes or comes, by its path.
    pub files: Vec<FileResult>,
    /// Where both sides changed the same thing; each stays as ours has it in `files`.
    pub conflicts: Vec<Conflict>,
    /// What theirs changes in ours.
    pub changes: Vec<FieldChange>,
    /// What a person should know beside that.
    pub notes: Vec<Note>,
}

/// What becomes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileResult {
    /// Its path.
    pub path: String,
    /// Its new text; `None` for a file that goes.
    pub text: Option<String>,
    /// Comments of ours that went with what was removed.
    pub dropped_comments: Vec<String>,
}

/// How a field changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It was not there before.
    Added,
    /// It had another value.
    Changed,
    /// It is no longer there.
    Removed,
}

/// A field that changes.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct FieldChange {
    /// The file.
    pub file: String,
    /// The object; `None` for a document that is no Kubernetes object.
    pub object: Option<ObjectKey>,
    /// The field; the root for a whole object.
    pub field: Field,
    /// How it changes.
    pub kind: ChangeKind,
    /// Its value before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Json>,
    /// Its value after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Json>,
}

/// Why two changes do not go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum ConflictReason {
    /// Both sides changed the value.
    #[error("both changed it")]
    BothChanged,
    /// Both sides added it, with different values.
    #[error("both added it")]
    BothAdded,
    /// Ours removed what theirs changed.
    #[error("ours removed it, theirs changed it")]
    OursRemoved,
    /// Theirs removed what ours changed.
    #[error("theirs removed it, ours changed it")]
    TheirsRemoved,
    /// Both changed the same stretch of a list whose elements are told apart by place only.
    #[error("both changed the same elements")]
    Overlap,
    /// With both changes, two elements of a list would have the same identity.
    #[error("both together would give two elements with the same identity")]
    Twins,
    /// An anchor, alias, merge key or tag keeps the text from being edited.
    #[error("is tied to other places by an anchor, alias, merge key or tag")]
    Tied,
    /// Both put the elements of a list in an order, and the orders do not go together.
    #[error("the orders of both do not go together")]
    Order,
    /// The key stands twice in ours.
    #[error("stands twice in ours, and theirs changed it")]
    Twice,
    /// Both changed the comment.
    #[error("both changed the comment")]
    Comment,
    /// The file holds nothing any more.
    #[error("ours holds nothing but comments, and theirs changed it")]
    Empty,
}

/// Something that both sides changed.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Conflict {
    /// The file.
    pub file: String,
    /// The object; `None` for a document that is no Kubernetes object.
    pub object: Option<ObjectKey>,
    /// The field; the root for a whole object.
    pub field: Field,
    /// The line in ours.
    pub line: u32,
    /// The column in ours, in characters from 1.
    pub column: u32,
    /// Why they do not go together.
    pub reason: ConflictReason,
    /// The value in base.
    pub base: Option<Json>,
    /// The value in ours.
    pub ours: Option<Json>,
    /// The value in theirs.
    pub theirs: Option<Json>,
}

impl ConflictReason {
    /// Whether such a conflict can only be settled for theirs by hand.
    #[must_use]
    pub fn by_hand(self) -> bool {
        matches!(self, Self::Tied | Self::Twice)
    }
}

impl FieldChange {
    /// Whether it is the same quantity in other words.
    #[must_use]
    pub fn is_reworded(&self) -> bool {
        let mut keys = self.field.keys().rev();
        let key = keys.next().unwrap_or_default();
        let keys = (keys.next().unwrap_or_default(), key);
        self.before.as_ref().zip(self.after.as_ref()).is_some_and(|(before, after)| same_amount(before, after, keys))
    }

    /// The field with its object, as [`Conflict::name`] has it.
    #[must_use]
    pub fn name(&self) -> String {
        name(self.object.as_ref(), &self.field)
    }
}

fn name(object: Option<&ObjectKey>, field: &Field) -> String {
    match object {
        Some(object) => object.field_name(field),
        None if field.steps().is_empty() => "(file)".to_owned(),
        None => field.to_string(),
    }
}

impl Conflict {
    pub(super) fn at(mut self, place: Place) -> Self {
        (self.line, self.column) = (place.line, place.column);
        self
    }

    pub(super) fn settled(self, side: Side) -> Note {
        Note::Settled { field: self.name(), side, object: self.object, at: self.field }
    }

    /// What theirs changes there, where it is taken.
    pub(super) fn into_change(self) -> FieldChange {
        let kind = match (&self.ours, &self.theirs) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Removed,
            _ => ChangeKind::Changed,
        };
        FieldChange { file: self.file, object: self.object, field: self.field, kind, before: self.ours, after: self.theirs }
    }

    /// The field with its object, as `--resolve` takes it.
    #[must_use]
    pub fn name(&self) -> String {
        name(self.object.as_ref(), &self.field)
    }
}

/// Something that a person should know and that nobody has to settle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "note")]
pub enum Note {
    /// An object that ours has removed stays removed.
    StaysDeleted {
        /// The object.
        object: ObjectKey,
        /// The file in which theirs has it.
        file: String,
    },
    /// Theirs has the elements of a list in another order, which was not taken over.
    OrderKept {
        /// The file.
        file: String,
        /// The object.
        object: Option<ObjectKey>,
        /// The list.
        field: Field,
    },
    /// A field that somebody else owns differs from theirs and was left alone.
    OwnedElsewhere {
        /// The object.
        object: Option<ObjectKey>,
        /// The field.
        field: Field,
        /// Who owns it.
        by: String,
    },
    /// A conflict that was settled.
    Settled {
        /// The conflict.
        field: String,
        /// For whom.
        side: Side,
        /// The object of the conflict.
        #[serde(skip)]
        object: Option<ObjectKey>,
        /// Its field there.
        #[serde(skip)]
        at: Field,
    },
}

/// Why a file cannot be merged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{file}:{line}:{column}: {what}")]
pub struct MergeRefusal {
    /// The file.
    pub file: String,
    /// The line.
    pub line: u32,
    /// The column, in characters from 1.
    pub column: u32,
    /// What is wrong, as half a sentence.
    pub what: String,
}
