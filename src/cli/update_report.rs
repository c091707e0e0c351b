//! What an update does, for programs and for pull requests.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::error::CliError;
use crate::manifest::Effect;
use crate::merge::ChangeKind;
use crate::ops::update::{Changed, Update, Updated, kept, short, who};

/// All of it as JSON.
pub fn json(services: Vec<Updated>, recovered: &Json) -> Json {
    let all: Vec<Json> = services.into_iter().map(service).collect();
    json!({"services": all, "recovered": recovered})
}

fn service(updated: Updated) -> Json {
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

/// A text for a pull request, in Markdown.
pub fn markdown(services: &[Updated]) -> String {
    let mut text = String::new();
    for update in services.iter().filter_map(|updated| updated.outcome.as_ref().ok()).filter(|update| update.is_pending()) {
        if !text.is_empty() {
            text.push('\n');
        }
        text += &section(update);
    }
    text
}

fn section(update: &Update) -> String {
    let mut text = format!("## {}\n\n", escaped(&update.service));
    let moved = |what: &str, change: &crate::ops::update::FromTo| {
        if change.changes() {
            format!("- {what} `{}` → `{}`\n", change.from, change.to)
        } else {
            format!("- {what} `{}`\n", change.to)
        }
    };
    text += &moved("checklist", &update.checklist);
    text += &moved("blueprint", &update.blueprint);
    if let Some(kept) = kept(update) {
        _ = writeln!(text, "- {kept}");
    }
    if update.changes.is_empty() {
        return text;
    }
    text += "\n| file | field | before | after | asked for by | what it does |\n|---|---|---|---|---|---|\n";
    for explained in &update.changes {
        let change = &explained.change;
        let value = |value: &Option<Json>| value.as_ref().map_or(String::new(), |value| format!("`{}`", escaped(&short(value))));
        let object = change.object.as_ref().map(ToString::to_string).unwrap_or_default();
        let is_whole = change.field.steps().is_empty();
        let field = if is_whole { object } else { change.field.to_string() };
        let (before, after) =
            if is_whole { (String::new(), String::new()) } else { (value(&change.before), value(&change.after)) };
        let effect = match (is_whole, change.kind, explained.effect) {
            (true, ChangeKind::Removed, _) => "the object goes; it stays in the cluster until it is deleted there",
            (true, ..) => "the object comes",
            (_, _, Effect::NoRestart) => "no restart",
            (_, _, Effect::RestartsPods) => "restarts Pods",
            (_, _, Effect::NotInPlace) => "**cannot be applied in place**",
        };
        _ = writeln!(
            text,
            "| `{}` | `{}` | {before} | {after} | {} | {effect} |",
            escaped(&change.file),
            escaped(&field),
            escaped(&who(update, explained)),
        );
    }
    for missing in &update.missing {
        let asked =
            if missing.items.is_empty() { String::new() } else { format!(", though {} need it", missing.items.join(", ")) };
        _ = writeln!(text, "\n`{}` was removed by hand and stays so{asked}.", escaped(&missing.object));
    }
    text
}

/// A text inside a cell of a table.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('`', "'").replace(['\n', '\r'], " ")
}
