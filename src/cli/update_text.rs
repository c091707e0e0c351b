//! What an update does, for people.

use std::fmt::Write as _;
use std::path::Path;

use super::ui;
use crate::manifest::Effect;
use crate::merge::{Change, ChangeKind, Note};
use crate::ops::update::{Asked, Cause, Update, Updated, kept, sentence, short};

/// From how many services on only a line is shown of each.
const MANY: usize = 10;
/// How many edits by hand are shown of a service.
const EDITS: usize = 12;

/// What becomes of services, before anything is written.
pub fn plans(services: &[Updated], checking: bool) -> String {
    let brief = services.len() > MANY;
    let mut text = String::new();
    for updated in services {
        let Ok(update) = &updated.outcome else { continue };
        if !update.is_pending() && update.conflicts.is_empty() {
            if !brief {
                _ = writeln!(text, "{}: up to date with {}", ui::bold(&update.service), update.checklist.to);
                if checking {
                    text += &edits(update);
                }
            }
            continue;
        }
        text += &plan(update, brief, checking);
    }
    text
}

fn plan(update: &Update, brief: bool, checking: bool) -> String {
    let mut text = format!("{}: {}\n", ui::bold(&update.service), headline(update));
    if brief {
        return text;
    }
    for cause in &update.causes {
        _ = writeln!(text, "  {}", why(cause));
    }
    let mut file = "";
    for explained in &update.changes {
        let change = &explained.change;
        if change.file != file {
            file = &change.file;
            _ = writeln!(text, "\n  {}", ui::bold(file));
        }
        let mark = match change.kind {
            ChangeKind::Added => ui::green("+"),
            ChangeKind::Changed => ui::yellow("~"),
            ChangeKind::Removed => ui::red("-"),
        };
        _ = writeln!(text, "    {mark} {}", sentence(update, explained));
    }
    text += &asides(update);
    if checking {
        text += &edits(update);
    } else if let Some(kept) = kept(update) {
        _ = writeln!(text, "\n  {kept}");
    }
    text.push('\n');
    text
}

/// How much changes, and what that does.
fn headline(update: &Update) -> String {
    let (fields, files) = (update.changes.len(), update.files.len());
    let plural = |count: usize, noun: &str| if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") };
    let mut words = match (fields, files) {
        (0, 0) => "only plimsoll.lock changes".to_owned(),
        (0, _) => format!("{} change", plural(files, "file")),
        _ => format!("{} in {} change", plural(fields, "field"), plural(files, "file")),
    };
    words += match update.effect() {
        _ if update.changes.is_empty() => "",
        Effect::NoRestart => "; no restart",
        Effect::RestartsPods => "; restarts Pods",
        Effect::NotInPlace => "; not all of it can be applied in place",
    };
    if !update.conflicts.is_empty() {
        words = format!("{}; nothing is written", plural(update.conflicts.len(), "conflict"));
    }
    words
}

fn why(cause: &Cause) -> String {
    match cause {
        Cause::Checklist(change) => format!("checklist {} → {}", change.from, change.to),
        Cause::ChecklistEdited { checklist } => format!("checklist {checklist} has been edited"),
        Cause::Blueprint(change) => format!("blueprint {} → {}", change.from, change.to),
        Cause::ServiceFile => "plimsoll.yaml has been edited".to_owned(),
    }
}

/// What a person should know beside the changes.
fn asides(update: &Update) -> String {
    let mut text = String::new();
    for missing in &update.missing {
        let asked = if missing.items.is_empty() { String::new() } else { format!("; needed by {}", missing.items.join(", ")) };
        _ = writeln!(text, "\n  {} was removed by hand and stays so{asked}", missing.object);
    }
    for note in &update.notes {
        let line = match note {
            Note::OrderKept { field, .. } => format!("the order of {field} stays as it is, though the blueprint has another one"),
            Note::OwnedElsewhere { field, by, .. } => format!("{field} is left to {by}"),
            Note::Settled { field, side } => {
                format!("{field}: {} is taken", if *side == crate::merge::Side::Ours { "ours" } else { "theirs" })
            }
            Note::StaysDeleted { object, .. } => format!("{object} stays removed"),
        };
        _ = writeln!(text, "\n  {line}");
    }
    for (file, comment) in &update.dropped_comments {
        _ = writeln!(text, "\n  {file}: the comment `{comment}` goes with what it stood beside");
    }
    for explained in update.changes.iter().filter(|explained| explained.effect == Effect::NotInPlace) {
        let object = explained.change.object.as_ref().map(ToString::to_string).unwrap_or_default();
        let line = format!(
            "{object}: the API server refuses a change of {}; delete the object and apply it again, or keep ours",
            explained.change.field
        );
        _ = writeln!(text, "\n  {} {line}", ui::yellow("warning:"));
    }
    text
}

fn edits(update: &Update) -> String {
    if update.hand_edits.is_empty() {
        return String::new();
    }
    let mut text = format!("\n  {} since the last render:\n", ui::bold("edited by hand"));
    for change in update.hand_edits.iter().take(EDITS) {
        _ = writeln!(text, "    {}: {}", change.file, edit(change));
    }
    if let more @ 1.. = update.hand_edits.len().saturating_sub(EDITS) {
        _ = writeln!(text, "    and {more} more");
    }
    text
}

fn edit(change: &Change) -> String {
    let object = change.object.as_ref().map(ToString::to_string).unwrap_or_default();
    let value = |value: &Option<serde_json::Value>| value.as_ref().map(short).unwrap_or_default();
    match (change.field.steps().is_empty(), change.kind) {
        (true, ChangeKind::Removed) => format!("{object} removed"),
        (true, _) => format!("{object} added"),
        (false, ChangeKind::Removed) => format!("{} removed", change.field),
        (false, ChangeKind::Added) => format!("{}: {}", change.field, value(&change.after)),
        (false, ChangeKind::Changed) => {
            format!("{}: {} → {}", change.field, value(&change.before), value(&change.after))
        }
    }
}

/// A conflict with its three values.
pub fn conflict(dir: &Path, asked: &Asked) -> String {
    let conflict = &asked.conflict;
    let items = if asked.items.is_empty() { String::new() } else { format!(" ({})", asked.items.join(", ")) };
    let file = dir.join(&conflict.file);
    let file = file.strip_prefix(".").unwrap_or(&file);
    let mut text =
        format!("{}:{}:{}: {}: {}{items}\n", file.display(), conflict.line, conflict.column, conflict.name(), conflict.reason);
    for (side, value) in [("base", &conflict.base), ("ours", &conflict.ours), ("theirs", &conflict.theirs)] {
        let value = value.as_ref().map_or_else(|| ui::dim("absent"), short);
        _ = writeln!(text, "      {side:<7} {value}");
    }
    text
}

/// What has been done, in one line for each commit or folder.
pub fn done(services: &[Updated]) -> String {
    let mut text = String::new();
    let mut commits: Vec<(&crate::workspace::Commit, Vec<&str>)> = Vec::new();
    for updated in services.iter().filter(|updated| updated.written) {
        let Ok(update) = &updated.outcome else { continue };
        let Some(commit) = &updated.commit else {
            _ = writeln!(text, "Wrote {} in {}, not committed", update.service, updated.dir.display());
            continue;
        };
        match commits.iter_mut().find(|(known, _)| known.id == commit.id) {
            Some((_, names)) => names.push(&update.service),
            None => commits.push((commit, vec![&update.service])),
        }
    }
    for (commit, names) in commits {
        let what = if names.len() > 3 { format!("{} services", names.len()) } else { names.join(", ") };
        _ = writeln!(text, "Committed {} on {}: {what}", &commit.id[..10], commit.branch);
    }
    ui::green(&text)
}
