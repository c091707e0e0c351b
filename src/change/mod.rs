//! Layer 4: from base, ours and theirs to what changes in a service, and why.
//!
//! [`Update`] is what becomes of one service. What is read from disk for it, and how it gets there, is the
//! matter of those that call: nothing here knows a disk, a repository or a clock.

pub mod adoption;
mod aftermath;
mod attribution;
mod changeset;
mod chore;
mod chores;
mod cluster;
mod comments;
mod edition;
mod edits;
mod error;
mod explain;
mod fields;
pub mod kustomize;
mod lock;
mod message;
mod missing;
mod moved;
mod owned;
mod pin;
mod relock;
mod roots;
mod shown;
mod take;
mod update;
mod words;
mod work_out;

pub use aftermath::{Surroundings, complete, takes_away, touched};
pub use attribution::FieldItems;
pub use changeset::{Changeset, FileKind, OutFile};
pub use chore::{Chore, ChoreReason, ChoreStep};
pub use edition::Edition;
pub use edits::hand_edits;
pub use error::ChangeError;
pub use explain::{explained, items_of};
pub use lock::{LOCK_FILE, Lock, LockFault, Locked, LockedFile, lock_schema_of_type};
pub use message::{of_new, of_updates};
pub use missing::missing;
pub use pin::{pinned, pinned_to_latest};
pub use relock::Relock;
pub use shown::{hide_in_change, hide_in_comment, hide_in_conflict, shown_file};
pub use take::taken;
pub use update::{Aftermath, ExplainedChange, ExplainedConflict, FromTo, Missing, Update, UpdateCause};
pub use words::{
    ChangeGroup, cause_details, cause_words, checklist_words, grouped, kept, lost_words, missing_words, note_words, sentence,
    short, what_happens, who,
};

pub use work_out::{ServiceSides, Settlement, work_out};
