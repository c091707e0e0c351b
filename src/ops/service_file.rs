//! The service file that stands in a folder.

use std::path::Path;

use super::OpError;
use crate::service::{Answers, FILE};
use crate::workspace::Bounds;

/// Its text; none where there is none.
pub fn standing_service_file(dir: &Path) -> Result<Option<String>, OpError> {
    Ok(Bounds::of_folder(dir)?.read(FILE)?)
}

/// The answers that stand in it; none where there is none.
pub fn standing_answers(dir: &Path) -> Result<Answers, OpError> {
    let mut answers = Answers::default();
    if let Some(text) = standing_service_file(dir)? {
        answers.add_file(&dir.join(FILE).to_string_lossy(), &text).map_err(OpError::Faults)?;
    }
    Ok(answers)
}
