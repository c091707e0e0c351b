//! What can go wrong in a blueprint; all of it is the blueprint's fault, never the user's.

use crate::limits::Limit;

/// A fault of a blueprint.
#[derive(Debug, thiserror::Error)]
pub enum BlueprintError {
    /// A shipped description is not one.
    #[error("a shipped blueprint cannot be read: {0}")]
    Faulty(#[from] serde_json::Error),
    /// What is rendered is another workload than the blueprint says.
    #[error("the blueprint {blueprint} says that its workload is a {workload}, and does not render one of that kind")]
    Workload {
        /// The blueprint.
        blueprint: String,
        /// The kind.
        workload: String,
    },
    /// A template cannot be compiled or evaluated.
    #[error("{template}:{line}: {message}")]
    Template {
        /// The template.
        template: String,
        /// The line in it.
        line: usize,
        /// What the engine says.
        message: String,
    },
    /// A template works or writes more than any may.
    #[error("{template}:{line}: {}", .limit.refusal())]
    Beyond {
        /// The template.
        template: String,
        /// The line in it.
        line: usize,
        /// The limit.
        limit: Limit,
    },
    /// What a template gave is no valid object.
    #[error("{template}:{line}: what is rendered here is no valid object: {message}")]
    Untyped {
        /// The template.
        template: String,
        /// The line in it that writes the field, as near as it can be told.
        line: usize,
        /// The fault, with its line in what was rendered.
        message: String,
    },
}
