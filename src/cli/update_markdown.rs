//! What an update does, in Markdown for a pull request.

use std::fmt::Write as _;

use serde_json::Value as Json;

use super::markdown::{code, script, text as escaped};
use crate::change::kustomize::Listing;
use crate::change::{
    Aftermath, ChangeGroup, ExplainedChange, ExplainedConflict, Update, UpdateCause, cause_details, cause_words, grouped, kept,
    lost_words, missing_words, note_words, short, what_happens, who,
};
use crate::manifest::Effect;
use crate::merge::ChangeKind;
use crate::ops::update::Updated;

/// A text for a pull request: a section for each service that changes or has conflicts.
pub fn body(services: &[Updated]) -> String {
    let updates = services.iter().filter_map(|updated| updated.outcome.as_ref().ok());
    let told = updates.filter(|update| update.is_pending() || !update.conflicts.is_empty());
    let sections: Vec<String> = told.map(section).collect();
    if sections.is_empty() { "Nothing changes.\n".to_owned() } else { sections.join("\n") }
}

fn section(update: &Update) -> String {
    let mut text = format!("## {}\n\n", escaped(&update.service));
    for cause in &update.causes {
        text += &why(cause);
    }
    let missing = update.missing.iter().map(missing_words);
    for line in update.notes.iter().map(note_words).chain(missing).chain(kept(update).filter(|_| update.conflicts.is_empty())) {
        _ = writeln!(text, "- {}", escaped(&line));
    }
    let Aftermath { kustomizations, lost, chores } = &update.aftermath;
    for line in kustomizations.iter().map(Listing::words).chain(lost.iter().map(lost_words)) {
        _ = writeln!(text, "- {}", escaped(&line));
    }
    for chore in chores {
        _ = writeln!(text, "\n**{}:**\n", escaped(&chore.words()));
        if !chore.steps.is_empty() {
            text += &script(chore.script());
        }
    }
    if !update.conflicts.is_empty() {
        text += "\n**Nothing is written before these conflicts are settled:**\n\n";
        text += "| field | base | ours | theirs | asked for by |\n|---|---|---|---|---|\n";
        text.extend(update.conflicts.iter().map(|asked| conflict(update, asked)));
    }
    for group in grouped(update) {
        text += &table(update, &group);
    }
    text
}

fn why(cause: &UpdateCause) -> String {
    let mut text = format!("- {}\n", cause_words(cause, code));
    for words in cause_details(cause) {
        _ = writeln!(text, "  - {}", escaped(&words));
    }
    text
}

fn table(update: &Update, group: &ChangeGroup<'_>) -> String {
    let mut text = format!(
        "\n{}\n\n| field | before | after | asked for by | what it does |\n|---|---|---|---|---|\n",
        escaped(&group.heading)
    );
    text.extend(group.changes.iter().map(|explained| row(update, explained)));
    text
}

fn row(update: &Update, explained: &ExplainedChange) -> String {
    let change = &explained.change;
    let is_whole = change.field.steps().is_empty();
    let field =
        if is_whole { change.object.as_ref().map(ToString::to_string).unwrap_or_default() } else { change.field.to_string() };
    let (before, after) =
        if is_whole { (String::new(), String::new()) } else { (value(change.before.as_ref()), value(change.after.as_ref())) };
    let after = explained.default.as_ref().map_or(after, |default| format!("{}, the default", value(Some(default))));
    let effect = match (is_whole, change.kind, explained.effect) {
        (true, ChangeKind::Removed, _) => format!("goes; {}", what_happens(explained)),
        (true, ..) => "comes".to_owned(),
        (_, _, Effect::NotInPlace | Effect::RunsOnePod) => format!("**{}**", what_happens(explained)),
        _ => what_happens(explained).to_owned(),
    };
    let who = who(update, &explained.items, explained.service_file);
    format!("| {} | {before} | {after} | {} | {effect} |\n", code(&field), escaped(&who))
}

fn conflict(update: &Update, asked: &ExplainedConflict) -> String {
    let conflict = &asked.conflict;
    let [base, ours, theirs] = [&conflict.base, &conflict.ours, &conflict.theirs].map(|side| value(side.as_ref()));
    let who = who(update, &asked.items, asked.service_file);
    format!("| {} | {base} | {ours} | {theirs} | {} |\n", code(&conflict.name()), escaped(&who))
}

fn value(value: Option<&Json>) -> String {
    value.map_or(String::new(), |value| code(&short(value)))
}
