//! What operations say of files, without the secrets in them. The files themselves are written as they are.

use super::{LOCK_FILE, Lock, LockedFile};
use crate::manifest::{MASK, Secrets};
use crate::merge::{Conflict, ConflictReason, FieldChange};

/// The text of a file before and after, as reports may have it.
#[must_use]
pub fn shown_file(secrets: &Secrets, path: &str, before: Option<&str>, after: Option<&str>) -> (Option<String>, Option<String>) {
    if path == LOCK_FILE {
        (before.map(|text| shown_lock(secrets, text)), after.map(|text| shown_lock(secrets, text)))
    } else {
        secrets.masked_texts(before, after)
    }
}

/// A lock whose files are without their secrets.
fn shown_lock(secrets: &Secrets, text: &str) -> String {
    let Ok(mut lock) = Lock::read(text) else { return secrets.masked_text(text) };
    let shown: Vec<LockedFile> =
        lock.files.iter().map(|file| LockedFile::new(&file.path, &secrets.masked_text(&file.base))).collect();
    if shown == lock.files {
        return text.to_owned();
    }
    lock.files = shown;
    lock.text().unwrap_or_default()
}

/// Takes secrets out of the values of a change.
pub fn hide_in_change(secrets: &Secrets, change: &mut FieldChange) {
    secrets.mask_change(change.object.as_ref(), &change.field, &mut change.before, &mut change.after);
}

/// Takes secrets out of a comment of a file: those that it tells by itself, and those of its text.
pub fn hide_in_comment(secrets: &Secrets, text: Option<&str>, comment: &mut String) {
    *comment = secrets.masked_comment(comment);
    if text.is_some_and(|text| !secrets.masked_text(text).contains(comment.as_str())) {
        *comment = format!("# {MASK}");
    }
}

/// Takes secrets out of the values of a conflict.
pub fn hide_in_conflict(secrets: &Secrets, conflict: &mut Conflict) {
    let Conflict { object, field, base, ours, theirs, reason, .. } = conflict;
    for value in [base, ours, theirs].into_iter().flatten() {
        *value = match value.as_str().filter(|_| *reason == ConflictReason::Comment) {
            Some(comment) => secrets.masked_comment(comment).into(),
            None => secrets.masked_at(object.as_ref(), field, value),
        };
    }
}
