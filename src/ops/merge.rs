//! The merge of three files.

use std::path::{Path, PathBuf};

use super::OpError;
use crate::merge::{self, Conflict, File, Merged, Policy, Refusal};
use crate::workspace::write_file;

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
    pub policy: Policy,
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
        let bytes = std::fs::read(path).map_err(|source| OpError::Unreadable { path: path.clone(), source })?;
        if let Ok(mut text) = String::from_utf8(bytes) {
            if texts.is_empty() {
                let (unmarked, more) = merge::unmarked(&text);
                doubts = more;
                text = String::from(unmarked);
            }
            refusals.extend(merge::check_file(&File { path: called, text: &text }).err().into_iter().flatten());
            texts.push(text);
        } else {
            let what = "is not UTF-8".to_owned();
            refusals.push(Refusal { file: called.to_owned(), line: 1, column: 1, what });
        }
    }
    let [base, ours, theirs] = texts.as_slice() else { return Err(OpError::Refused(refusals)) };
    if !refusals.is_empty() {
        return Err(OpError::Refused(refusals));
    }
    let file = |text| [File { path: &name, text }];
    let policy = Policy { doubts, ..request.policy.clone() };
    let merged = merge::merge(&file(base), &file(ours), &file(theirs), &policy).map_err(OpError::Refused)?;
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
        let standing = std::fs::read(path).map_err(|source| OpError::Unreadable { path: path.to_owned(), source })?;
        match std::str::from_utf8(&standing) {
            Ok(text) => merge::marked(text, &[]).into_bytes(),
            Err(_) => [merge::marked("", &[]).as_bytes(), &standing].concat(),
        }
    };
    Ok(write_file(path, &bytes)?)
}

/// Writes the merged text, if the file does not hold it already.
///
/// # Errors
/// The file cannot be written; it is then as it was.
pub fn write_merged(path: &Path, text: &str) -> Result<(), OpError> {
    if std::fs::read(path).is_ok_and(|bytes| bytes == text.as_bytes()) {
        return Ok(());
    }
    Ok(write_file(path, text.as_bytes())?)
}
