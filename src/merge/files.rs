//! The merge of files, as others ask for it.

use super::{MergePolicy, MergeRefusal, Merged, SourceFile, TextReader, objects};

impl<'t> TextReader<'t> {
    /// Merges files.
    ///
    /// # Errors
    /// Every file that cannot be read or edited safely, with the line.
    pub fn merge(
        &self,
        base: &[SourceFile<'t>],
        ours: &[SourceFile<'t>],
        theirs: &[SourceFile<'t>],
        policy: &MergePolicy,
    ) -> Result<Merged, Vec<MergeRefusal>> {
        objects::merge(self, base, ours, theirs, policy).map_err(each_once)
    }
}

/// What is wrong with a text that stands on two sides is said once.
fn each_once(refusals: Vec<MergeRefusal>) -> Vec<MergeRefusal> {
    let mut once: Vec<MergeRefusal> = Vec::with_capacity(refusals.len());
    for refusal in refusals {
        if !once.contains(&refusal) {
            once.push(refusal);
        }
    }
    once
}

/// Merges files.
///
/// # Errors
/// As for [`TextReader::merge`].
pub fn merge(
    base: &[SourceFile<'_>],
    ours: &[SourceFile<'_>],
    theirs: &[SourceFile<'_>],
    policy: &MergePolicy,
) -> Result<Merged, Vec<MergeRefusal>> {
    TextReader::default().merge(base, ours, theirs, policy)
}
