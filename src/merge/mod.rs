//! Layer 3: base, ours and theirs become one.
//!
//! [`merge`] takes three sets of files: as they were rendered last (base), as they stand on disk
//! (ours), as they are rendered today (theirs). Objects are paired by what identifies them
//! (`documents.rs`, `objects.rs`), then compared field by field as Kubernetes reads them (`fields.rs`,
//! `lists.rs`, `identity.rs`, `meaning.rs`); what theirs changed becomes edits of our text
//! ([`crate::yaml::edit`]), elements are put in their new order (`order.rs`), and the comments of both are
//! merged (`comments.rs`, `recomment.rs`). After each step the text is read again and held against the tree
//! that was meant (`file.rs`, `verify.rs`). A conflict is a value, never a marker in a file; what a merge of
//! bases leaves open is told to the next one (`marks.rs`).

mod comments;
mod documents;
mod fields;
mod file;
mod files;
mod identity;
mod lists;
mod marks;
mod meaning;
mod objects;
mod order;
mod pairs;
mod policy;
mod reader;
mod recomment;
mod refuse;
mod result;
mod verify;

pub use documents::object_key;
pub use files::merge;
pub use identity::element_name;
pub use marks::{marked, unmarked};
pub use policy::{CommentSource, Doubt, MergePolicy, Owned, Resolve};
pub use reader::TextReader;
pub use refuse::check_file;
pub use result::{ChangeKind, Conflict, ConflictReason, FieldChange, FileResult, MergeRefusal, Merged, Note, Side, SourceFile};
