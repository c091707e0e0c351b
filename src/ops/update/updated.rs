//! What came of one service.

use std::path::PathBuf;

use crate::change::Update;
use crate::ops::OpError;
use crate::workspace::Commit;

/// What came of one service.
#[derive(Debug)]
pub struct Updated {
    /// Its folder.
    pub dir: PathBuf,
    /// The folder with every link followed.
    pub(super) real: PathBuf,
    /// What becomes of it, or why it cannot be updated.
    pub outcome: Result<Update, OpError>,
    /// Whether its files were written.
    pub written: bool,
    /// The commit that has them.
    pub commit: Option<Commit>,
}

impl Updated {
    /// What is to become of a service, not written.
    #[must_use]
    pub fn worked_out(dir: PathBuf, update: Update) -> Self {
        Self { real: dir.clone(), dir, outcome: Ok(update), written: false, commit: None }
    }

    /// The update, if it is to be written.
    pub(super) fn ready(&self) -> Option<&Update> {
        let update = self.outcome.as_ref().ok().filter(|_| !self.written)?;
        (update.is_pending() && update.conflicts.is_empty()).then_some(update)
    }
}
