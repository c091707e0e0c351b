//! The commit message of an update: each field that changes, who asks for it, and what it does.

use std::fmt::Write as _;

use super::{Cause, Explained, Update};
use crate::manifest::Effect;
use crate::merge::ChangeKind;
use crate::ops::message::wrapped;

/// The message of one commit for one or several updates.
pub fn of_updates(updates: &[&Update]) -> String {
    let mut message = subject(updates);
    message.push('\n');
    for update in updates {
        if updates.len() > 1 {
            _ = writeln!(message, "\n{}", update.service);
        }
        let mut file = "";
        for explained in &update.changes {
            if explained.change.file != file {
                file = &explained.change.file;
                _ = writeln!(message, "\n{file}");
            }
            _ = write!(message, "- {}", wrapped(&sentence(update, explained)));
        }
        if let Some(kept) = kept(update) {
            _ = write!(message, "\n{}", wrapped(&kept));
        }
    }
    let unique = |of: fn(&Update) -> &str| {
        let mut values: Vec<&str> = updates.iter().map(|update| of(update)).collect();
        values.sort_unstable();
        values.dedup();
        values
    };
    message.push('\n');
    for blueprint in unique(|update| &update.blueprint.to) {
        _ = writeln!(message, "Plimsoll-Blueprint: {blueprint}");
    }
    for checklist in unique(|update| &update.checklist_described) {
        _ = writeln!(message, "Plimsoll-Checklist: {checklist}");
    }
    message
}

fn subject(updates: &[&Update]) -> String {
    let what = match updates {
        [update] => update.service.clone(),
        _ => format!("{} services", updates.len()),
    };
    let mut moved: Vec<&str> = updates
        .iter()
        .flat_map(|update| &update.causes)
        .filter_map(|cause| match cause {
            Cause::Checklist(change) | Cause::Blueprint(change) => Some(change.to.as_str()),
            Cause::ChecklistEdited { checklist } => Some(checklist.as_str()),
            Cause::ServiceFile => None,
        })
        .collect();
    moved.sort_unstable();
    moved.dedup();
    match moved.as_slice() {
        [] => format!("Update {what}"),
        [one] => format!("Update {what} to {one}"),
        [one, other] => format!("Update {what} to {one} and {other}"),
        _ => format!("Update {what} to their new checklists"),
    }
}

/// A change in words, such as `spec.minReplicas: 2 → 3 (min-replicas), no restart`.
pub fn sentence(update: &Update, explained: &Explained) -> String {
    let change = &explained.change;
    let object = change.object.as_ref().map(ToString::to_string).unwrap_or_default();
    let field = change.field.to_string();
    let value = |value: &Option<serde_json::Value>| value.as_ref().map(short).unwrap_or_default();
    let what = match (field.is_empty(), change.kind) {
        (true, ChangeKind::Removed) => format!("{object} goes"),
        (true, _) => format!("{object} comes"),
        (false, ChangeKind::Added) => format!("{field}: {}", value(&change.after)),
        (false, ChangeKind::Changed) => format!("{field}: {} → {}", value(&change.before), value(&change.after)),
        (false, ChangeKind::Removed) => format!("{field}: {} goes", value(&change.before)),
    };
    format!("{what} ({}){}", who(update, explained), effect_words(explained))
}

/// Who asks for a change.
pub fn who(update: &Update, explained: &Explained) -> String {
    const MOST: usize = 3;
    let items = &explained.items;
    if items.len() > MOST + 1 {
        return format!("{} and {} more", items[..MOST].join(", "), items.len() - MOST);
    }
    match update.causes.as_slice() {
        _ if !items.is_empty() => items.join(", "),
        [.., Cause::ServiceFile] => "plimsoll.yaml".to_owned(),
        _ => update.blueprint.to.clone(),
    }
}

fn effect_words(explained: &Explained) -> &'static str {
    if explained.change.field.steps().is_empty() {
        return match explained.change.kind {
            ChangeKind::Removed => "; it stays in the cluster until it is deleted there",
            _ => "",
        };
    }
    match explained.effect {
        Effect::NoRestart => "; no restart",
        Effect::RestartsPods => "; restarts Pods",
        Effect::NotInPlace => "; cannot be applied in place",
    }
}

/// A value on one short line.
pub fn short(value: &serde_json::Value) -> String {
    const MOST: usize = 60;
    let text = match value {
        serde_json::Value::String(text) => crate::yaml::write::scalar(text),
        other => other.to_string(),
    };
    if text.chars().count() <= MOST { text } else { text.chars().take(MOST).chain(['…']).collect() }
}

/// How many edits of people stay.
pub fn kept(update: &Update) -> Option<String> {
    match update.hand_edits.len() {
        0 => None,
        1 => Some("1 edit by hand is kept".to_owned()),
        many => Some(format!("{many} edits by hand are kept")),
    }
}
