//! Commit messages: what changes, which items ask for it, and what it does.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::kustomize::Listing;
use super::words::moved_to;
use super::{Aftermath, Edition, Update, UpdateCause, checklist_words, grouped, kept, lost_words, note_words, sentence};
use crate::checklist::{Item, KeptBy, Severity};
use crate::manifest::Manifest;
use crate::notation::{calls, inert, visible};
use crate::service::Service;

/// Columns of a line in a commit message.
const WIDTH: usize = 72;

/// The message of the commit that adds a service.
#[must_use]
pub fn of_new(edition: &Edition, service: &Service, manifests: &[Manifest], kustomizations: &[Listing]) -> String {
    let checklist = &edition.checklist;
    let mut message = format!("Add {} as a service of tier {}\n", service.name, service.tier().0);
    for manifest in manifests {
        let shown_by = |item: &&Item| {
            item.kept_by.contains(&KeptBy::Render)
                && item.severity.at(service.tier()) != Severity::None
                && !service.waives(&item.id)
        };
        let key = manifest.id.key();
        let naming = edition.field_items().naming(checklist, &key);
        let items: Vec<&str> = naming.filter(shown_by).map(|item| item.id.as_str()).collect();
        let kind = format!("{}, as asked for by ", manifest.id.kind);
        let line = if items.is_empty() { manifest.id.kind.clone() } else { kind + &items.join(", ") };
        message.push('\n');
        message.push_str(&wrapped(&format!("{}: {line}", manifest.path)));
    }
    for listing in kustomizations.iter().map(Listing::words) {
        message.push('\n');
        message.push_str(&wrapped(&listing));
    }
    let (blueprint, checklist) = (edition.blueprint_id(), checklist.described());
    message += &format!("\nPlimsoll-Blueprint: {}\nPlimsoll-Checklist: {}\n", visible(&blueprint), visible(&checklist));
    harmless(&message)
}

/// The message of one commit for one or several updates.
#[must_use]
pub fn of_updates(updates: &[&Update]) -> String {
    let mut message = visible(&subject(updates)).into_owned();
    message.push('\n');
    for paragraph in updates.iter().flat_map(|update| checklists(update)).collect::<BTreeSet<_>>() {
        message.push('\n');
        message += &paragraph;
    }
    for update in updates {
        if updates.len() > 1 {
            _ = writeln!(message, "\n{}:", visible(&update.service));
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
            message.extend(chore.script().map(|line| format!("    {}\n", visible(&line))));
        }
    }
    let unique = |of: fn(&Update) -> &str| updates.iter().map(|update| of(update)).collect::<BTreeSet<_>>();
    message.push('\n');
    for blueprint in unique(|update| &update.blueprint.to) {
        _ = writeln!(message, "Plimsoll-Blueprint: {}", visible(blueprint));
    }
    for checklist in unique(|update| &update.checklist_described) {
        _ = writeln!(message, "Plimsoll-Checklist: {}", visible(checklist));
    }
    harmless(&message)
}

/// A whole message, of which no line is a command for CI or calls a forge to act. Each part of others stands on
/// one line already.
fn harmless(message: &str) -> String {
    let line = |line: &str| {
        let mut line = line.to_owned();
        calls(&line).into_iter().rev().for_each(|at| line.insert(at, '\\'));
        inert(&line).into_owned() + "\n"
    };
    message.lines().map(line).collect()
}

fn subject(updates: &[&Update]) -> String {
    let what = match updates {
        [update] => update.service.clone(),
        _ => format!("{} services", updates.len()),
    };
    if updates.iter().all(|update| update.causes.contains(&UpdateCause::Adopted)) {
        return format!("Adopt {what}");
    }
    if updates.iter().all(|update| update.causes.contains(&UpdateCause::LockLost)) {
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
        let UpdateCause::Checklist { change, changes: Some(changes) } = cause else { return None };
        let mut text = wrapped(&format!("{} → {}, at tier {}:", change.from, change.to, update.tier.0));
        for line in checklist_words(changes) {
            _ = write!(text, "- {}", wrapped(&line));
        }
        Some(text)
    })
}

/// Breaks a paragraph into lines; what it is made of cannot add any, such as a trailer.
fn wrapped(text: &str) -> String {
    let text = visible(text);
    let mut out = String::new();
    let mut column = 0;
    for word in text.split(' ') {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > WIDTH {
            out.push_str("\n  ");
            column = 2;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
    out + "\n"
}
