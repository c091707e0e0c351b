//! What an update does, for programs.

use serde_json::{Value as Json, json};

use super::error::CliError;
use crate::merge::ChangeKind;
use crate::ops::update::{Changed, Updated};

/// All of it as JSON.
pub fn json(services: Vec<Updated>, recovered: &Json) -> Json {
    let all: Vec<Json> = services.into_iter().map(service).collect();
    json!({"services": all, "recovered": recovered})
}

/// One service as JSON.
pub fn service(updated: Updated) -> Json {
    let dir = updated.dir.display().to_string();
    let commit = updated.commit.map(|commit| json!({"id": commit.id, "branch": commit.branch}));
    match updated.outcome {
        Err(error) => json!({"dir": dir, "error": CliError::from(error).json(), "written": false}),
        Ok(update) => json!({
            "dir": dir,
            "service": update.service,
            "tier": update.tier,
            "checklist": update.checklist,
            "blueprint": update.blueprint,
            "pending": update.is_pending(),
            "written": updated.written,
            "commit": commit,
            "causes": update.causes,
            "effect": update.effect(),
            "changes": update.changes,
            "conflicts": update.conflicts,
            "hand-edits": update.hand_edits,
            "missing": update.missing,
            "notes": update.notes,
            "dropped-comments": update.dropped_comments.iter().map(|(file, comment)| json!({"file": file, "comment": comment})).collect::<Vec<_>>(),
            "files": update.files.iter().chain(&update.lock).map(file).collect::<Vec<_>>(),
        }),
    }
}

fn file(changed: &Changed) -> Json {
    let kind = match (&changed.before, &changed.after) {
        (None, _) => ChangeKind::Added,
        (_, None) => ChangeKind::Removed,
        _ => ChangeKind::Changed,
    };
    json!({"path": changed.path, "kind": kind, "before": changed.before, "after": changed.after})
}
