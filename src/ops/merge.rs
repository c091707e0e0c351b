//! The merge of three files.

use std::path::{Path, PathBuf};

use super::OpError;
use crate::change::{hide_in_change, hide_in_comment, hide_in_conflict};
use crate::checklist;
use crate::manifest::Secrets;
use crate::merge::{self, Conflict, MergePolicy, MergeRefusal, Merged, SourceFile};
use crate::workspace::{read_typed, write_file};

/// Three files to be merged.
#[derive(Clone, Debug)]
pub struct MergeRequest {
    /// What both sides began with.
    pub base: PathBuf,
    /// The one that is edited.
    pub ours: PathBuf,
    /// The one whose changes are taken over.
    pub theirs: PathBuf,
    /// What messages call the merged file, if not by the path of ours.
    pub name: Option<String>,
    /// What to do where the texts do not tell.
    pub policy: MergePolicy,
}

/// What a merge of three files comes to.
#[derive(Debug)]
pub struct MergedFile {
    /// The merged text; where there are conflicts, with ours in their places.
    pub text: String,
    /// What has been merged, and what has not.
    pub merged: Merged,
}

/// Merges three files, and writes nothing.
///
/// # Errors
/// Every file that cannot be read or edited safely.
pub fn merge_files(request: &MergeRequest) -> Result<MergedFile, OpError> {
    let name = request.name.clone().unwrap_or_else(|| request.ours.display().to_string());
    let sides = [(&request.base, None), (&request.ours, Some(name.as_str())), (&request.theirs, None)];
    let (mut texts, mut refusals, mut doubts) = (Vec::new(), Vec::new(), Vec::new());
    for (path, called) in sides {
        let known = path.display().to_string();
        let called = called.unwrap_or(&known);
        let bytes = read_typed(path)?;
        if let Ok(mut text) = String::from_utf8(bytes) {
            if texts.is_empty() {
                let (unmarked, more) = merge::unmarked(&text);
                doubts = more;
                text = String::from(unmarked);
            }
            refusals.extend(merge::check_file(&SourceFile { path: called, text: &text }).err().into_iter().flatten());
            texts.push(text);
        } else {
            let what = "is not UTF-8".to_owned();
            refusals.push(MergeRefusal { file: called.to_owned(), line: 1, column: 1, what });
        }
    }
    let [base, ours, theirs] = texts.as_slice() else { return Err(OpError::Refused(refusals)) };
    if !refusals.is_empty() {
        return Err(OpError::Refused(refusals));
    }
    let file = |text| [SourceFile { path: &name, text }];
    let policy = MergePolicy { doubts, ..request.policy.clone() };
    let mut merged = merge::merge(&file(base), &file(ours), &file(theirs), &policy).map_err(OpError::Refused)?;
    hide_secrets(&mut merged, ours)?;
    let text = merged.files.first().map_or_else(|| ours.clone(), |file| file.text.clone().unwrap_or_default());
    Ok(MergedFile { text, merged })
}

/// Writes what a merge has come to that is left open, with lines at the top of the file that name its
/// conflicts; without any, it could not be merged, and the file stays as it is below such a line.
///
/// # Errors
/// The file cannot be written; it is then as it was.
pub fn write_open(path: &Path, merged: Option<(&str, &[Conflict])>) -> Result<(), OpError> {
    let bytes = if let Some((text, conflicts)) = merged {
        merge::marked(text, conflicts).into_bytes()
    } else {
        let standing = read_typed(path)?;
        match std::str::from_utf8(&standing) {
            Ok(text) => merge::marked(text, &[]).into_bytes(),
            Err(_) => [merge::marked("", &[]).as_bytes(), &standing].concat(),
        }
    };
    Ok(write_file(path, &bytes)?)
}

/// Takes secrets out of what is told of a merge; the text itself holds them.
fn hide_secrets(merged: &mut Merged, ours: &str) -> Result<(), OpError> {
    if merged.changes.is_empty() && merged.conflicts.is_empty() {
        return Ok(());
    }
    let secrets = Secrets::of(&checklist::production().map_err(|error| OpError::Bug(error.to_string()))?);
    merged.changes.iter_mut().for_each(|change| hide_in_change(&secrets, change));
    merged.conflicts.iter_mut().for_each(|conflict| hide_in_conflict(&secrets, conflict));
    let comments = merged.files.iter_mut().flat_map(|file| &mut file.dropped_comments);
    comments.for_each(|comment| hide_in_comment(&secrets, Some(ours), comment));
    Ok(())
}

/// Writes the merged text to a file, a device or a pipe.
///
/// # Errors
/// It cannot be written.
pub fn write_merged(path: &Path, text: &str) -> Result<(), OpError> {
    Ok(write_file(path, text.as_bytes())?)
}
