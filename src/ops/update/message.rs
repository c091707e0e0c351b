//! The commit message of an update: each field that changes, who asks for it, and what it does.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::words::moved_to;
use super::{Aftermath, Cause, Update, checklist_words, grouped, kept, lost_words, note_words, sentence};
use crate::formats::inert;
use crate::ops::kustomize::Listing;
use crate::ops::message::wrapped;

/// The message of one commit for one or several updates.
pub fn of_updates(updates: &[&Update]) -> String {
    let mut message = inert(&subject(updates)).into_owned();
    message.push('\n');
    for paragraph in updates.iter().flat_map(|update| checklists(update)).collect::<BTreeSet<_>>() {
        message.push('\n');
        message += &paragraph;
    }
    for update in updates {
        if updates.len() > 1 {
            _ = writeln!(message, "\n{}:", update.service);
        }
        for group in grouped(update) {
            _ = write!(message, "\n{}", wrapped(&group.heading));
            for explained in group.changes {
                _ = write!(message, "- {}", wrapped(&sentence(update, explained)));
            }
        }
        let Aftermath { kustomizations, lost, chores } = &update.aftermath;
        let asides = kustomizations.iter().map(Listing::words).chain(lost.iter().map(lost_words));
        for aside in asides.chain(update.notes.iter().map(note_words)).chain(kept(update)) {
            _ = write!(message, "\n{}", wrapped(&aside));
        }
        for chore in chores {
            _ = write!(message, "\n{}", wrapped(&chore.words()));
            message.extend(chore.script().map(|line| format!("    {line}\n")));
        }
    }
    let unique = |of: fn(&Update) -> &str| updates.iter().map(|update| of(update)).collect::<BTreeSet<_>>();
    message.push('\n');
    for blueprint in unique(|update| &update.blueprint.to) {
        _ = writeln!(message, "Plimsoll-Blueprint: {}", inert(blueprint));
    }
    for checklist in unique(|update| &update.checklist_described) {
        _ = writeln!(message, "Plimsoll-Checklist: {}", inert(checklist));
    }
    message
}

fn subject(updates: &[&Update]) -> String {
    let what = match updates {
        [update] => update.service.clone(),
        _ => format!("{} services", updates.len()),
    };
    if updates.iter().all(|update| update.causes.contains(&Cause::Adopted)) {
        return format!("Adopt {what}");
    }
    if updates.iter().all(|update| update.causes.contains(&Cause::LockLost)) {
        return format!("Make the lock of {what} again");
    }
    let moved: BTreeSet<&str> = updates.iter().flat_map(|update| &update.causes).filter_map(moved_to).collect();
    match moved.into_iter().collect::<Vec<_>>().as_slice() {
        [] => format!("Update {what}"),
        [one] => format!("Update {what} to {one}"),
        [one, other] => format!("Update {what} to {one} and {other}"),
        _ => format!("Update {what} to their new checklists"),
    }
}

/// What another checklist asks, a paragraph each.
fn checklists(update: &Update) -> impl Iterator<Item = String> {
    update.causes.iter().filter_map(|cause| {
        let Cause::Checklist { change, changes: Some(changes) } = cause else { return None };
        let mut text = wrapped(&format!("{} → {}, at tier {}:", change.from, change.to, update.tier.0));
        for line in checklist_words(changes) {
            _ = write!(text, "- {}", wrapped(&line));
        }
        Some(text)
    })
}
