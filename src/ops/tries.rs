//! How often something is worked out again that somebody has overtaken.

use super::OpError;
use crate::workspace::{Notice, Tell, WorkspaceError};

/// What changes more often than this while it is read will do so again.
const AT_MOST: usize = 5;

/// Counts how often files have changed between being read and being written.
#[derive(Debug, Default)]
pub struct Tries(usize);

impl Tries {
    /// Whether to begin again after an error, and tells it: where somebody has changed what was read, and has
    /// not done so too often. Nothing has been written then.
    pub fn again(&mut self, error: &OpError, tell: Tell<'_>) -> bool {
        let what = match error {
            OpError::ChangedMeanwhile(_) => error.to_string(),
            OpError::Workspace(errors) => match errors.as_slice() {
                [error @ WorkspaceError::ChangedMeanwhile { .. }] => error.to_string(),
                _ => return false,
            },
            _ => return false,
        };
        self.0 += 1;
        let begins = self.0 <= AT_MOST;
        if begins {
            tell(&Notice::Overtaken { error: what });
        }
        begins
    }
}
