//! Layer 3: base, ours and theirs become one.
//!
//! [`merge`] takes three sets of files: as they were rendered last (base), as they stand on disk
//! (ours), as they are rendered today (theirs). Objects are paired by what identifies them
//! (`objects.rs`), then compared field by field as Kubernetes reads them (`plan.rs`, `identity.rs`,
//! `meaning.rs`); what theirs changed becomes edits of our text ([`crate::yaml::edit`]), which is read
//! again and held against the tree that was meant (`verify.rs`). A conflict is a value, never a
//! marker in a file.

mod documents;
mod identity;
mod lists;
mod meaning;
mod objects;
mod pairs;
mod plan;
mod policy;
mod reader;
mod refuse;
mod result;
mod verify;

pub use documents::object_key;
pub use identity::element_name;
pub use policy::{Owned, Policy, Resolve, Side};
pub use reader::{Reader, merge};
pub use refuse::check_file;
pub use result::{Change, ChangeKind, Conflict, File, FileResult, Merged, Note, Reason, Refusal};
