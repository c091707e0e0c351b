//! What an update does, for people.

use std::fmt::Write as _;
use std::path::Path;

use super::error::CliError;
use super::{conflict, ui};
use crate::formats::shell_word;
use crate::manifest::Effect;
use crate::merge::{Change, ChangeKind, Reason};
use crate::ops::OpError;
use crate::ops::update::{Asked, Cause, Update, Updated, checklist_words, grouped, kept, note_words, sentence, short, who};

/// From how many services on only a line is shown of each.
const MANY: usize = 10;
/// How many edits by hand are shown of a service.
const EDITS: usize = 12;

/// What becomes of services, before anything is written.
pub fn plans(services: &[Updated], checking: bool) -> String {
    let brief = services.len() > MANY;
    let mut sections = Vec::new();
    for updated in services {
        let Ok(update) = &updated.outcome else { continue };
        if update.is_pending() || !update.conflicts.is_empty() {
            sections.push(plan(update, brief, checking));
        } else if !brief {
            let mut text = format!("{}: up to date with {}\n", ui::bold(&update.service), update.checklist.to);
            if checking {
                text += &asides(update);
                text += &edits(update);
            }
            sections.push(text);
        }
    }
    sections.join(if brief { "" } else { "\n" })
}

/// What becomes of one service.
pub fn plan(update: &Update, brief: bool, checking: bool) -> String {
    let mut text = format!("{}: {}\n", ui::bold(&update.service), headline(update));
    if brief {
        return text;
    }
    for cause in &update.causes {
        text += &why(cause);
    }
    for group in grouped(update) {
        _ = write!(text, "\n{}", line("  ", &ui::bold(&group.heading)));
        for explained in group.changes {
            let mark = match explained.change.kind {
                ChangeKind::Added => ui::green("+"),
                ChangeKind::Changed => ui::yellow("~"),
                ChangeKind::Removed => ui::red("-"),
            };
            text += &line("    ", &format!("{mark} {}", sentence(update, explained)));
        }
    }
    text += &asides(update);
    if checking {
        text += &edits(update);
    } else if let Some(kept) = kept(update).filter(|_| update.conflicts.is_empty()) {
        _ = writeln!(text, "\n  {kept}");
    }
    text
}

/// A line, on a terminal broken where it ends.
fn line(indent: &str, text: &str) -> String {
    match ui::data_columns() {
        Some(columns) => {
            let newline = format!("\n{indent}    ");
            format!("{indent}{}\n", ui::filled(text.split(' '), columns.saturating_sub(indent.len()), &newline))
        }
        None => format!("{indent}{text}\n"),
    }
}

/// How much changes, and what that does.
fn headline(update: &Update) -> String {
    let (changes, files) = (update.changes.len(), update.files.len());
    if !update.conflicts.is_empty() {
        return format!("{}; nothing is written", plural(update.conflicts.len(), "conflict"));
    }
    let words = match (changes, files) {
        (0, 0) => "only plimsoll.lock changes".to_owned(),
        (0, _) => format!("{} rewritten", plural(files, "file")),
        _ => format!("{} in {}", plural(changes, "change"), plural(files, "file")),
    };
    let effect = match update.effect() {
        _ if changes == 0 => "",
        Effect::NoRestart => "; no restart",
        Effect::RestartsPods => "; restarts Pods",
        Effect::NotInPlace => "; not all of it can be applied in place",
    };
    words + effect
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

fn why(cause: &Cause) -> String {
    match cause {
        Cause::Checklist { change, changes } => {
            let mut text = line("  ", &format!("checklist {} → {}", change.from, change.to));
            for words in changes.iter().flat_map(checklist_words) {
                text += &line("    ", &words);
            }
            text
        }
        Cause::ChecklistEdited { checklist } => line("  ", &format!("checklist {checklist} was edited")),
        Cause::Blueprint(change) => line("  ", &format!("blueprint {} → {}", change.from, change.to)),
        Cause::ServiceFile => line("  ", "plimsoll.yaml was edited"),
        Cause::Adopted => line("  ", "Plimsoll did not write these manifests until now"),
        Cause::LockLost => line("  ", "plimsoll.lock was lost, and is made again"),
    }
}

/// What a person should know beside the changes.
fn asides(update: &Update) -> String {
    let mut text = String::new();
    for missing in &update.missing {
        let needed = match missing.items.as_slice() {
            [] => String::new(),
            [one] => format!("; {one} is not kept without it"),
            items => format!("; {} are not kept without it", items.join(", ")),
        };
        _ = write!(text, "\n{}", line("  ", &format!("{} was removed by hand and stays so{needed}", missing.object)));
    }
    for note in &update.notes {
        _ = write!(text, "\n{}", line("  ", &note_words(note)));
    }
    for (file, comment) in &update.dropped_comments {
        _ = write!(text, "\n{}", line("  ", &format!("{file}: the comment `{comment}` goes with what it stood beside")));
    }
    for warning in warnings(update) {
        _ = write!(text, "\n{}", line("  ", &format!("{} {warning}", ui::yellow("warning:"))));
    }
    text
}

/// What cannot be applied as it is: for each object, what to do.
fn warnings(update: &Update) -> Vec<String> {
    let mut warnings: Vec<String> = Vec::new();
    for explained in update.changes.iter().filter(|explained| explained.effect == Effect::NotInPlace) {
        let change = &explained.change;
        let object = change.object.as_ref().map(ToString::to_string).unwrap_or_default();
        let warning = if let (["metadata", "name" | "namespace"], Some(after)) =
            (change.field.keys().collect::<Vec<_>>().as_slice(), &change.after)
        {
            format!("{object} becomes another object, {}; delete the old one when the new one serves", short(after))
        } else {
            let file = update.dir.join(&change.file);
            let replace = format!("`kubectl replace --force -f {}`", file.display());
            format!("{object}: the API server refuses to change {}; {replace} deletes it and creates it anew", change.field)
        };
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
    warnings
}

fn edits(update: &Update) -> String {
    if update.hand_edits.is_empty() {
        return String::new();
    }
    let mut text = format!("\n  {} since the last render:\n", ui::bold("edited by hand"));
    for change in update.hand_edits.iter().take(EDITS) {
        text += &line("    ", &format!("{}: {}", change.file, edit(change)));
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

/// What keeps services from being updated, each with the way out.
pub fn faults(services: Vec<Updated>, choice: &str) -> String {
    let mut faults: Vec<String> = Vec::new();
    let mut waiting: Vec<String> = Vec::new();
    for updated in services {
        match updated.outcome {
            Ok(update) if !update.conflicts.is_empty() => faults.push(conflicts(&update, choice)),
            Ok(_) => {}
            Err(OpError::WrittenWith(_)) => waiting.push(updated.dir.display().to_string()),
            Err(error) => faults.push(CliError::from(error).in_service(&updated.dir)),
        }
    }
    if !waiting.is_empty() {
        let names = if waiting.len() > 3 { format!("{} more services", waiting.len()) } else { waiting.join(", ") };
        faults.push(format!("{} {names} would have been written with it; nothing was changed\n", ui::red("error:")));
    }
    faults.join("\n")
}

/// Everything in the way of an update that both sides have changed, with the way out.
fn conflicts(update: &Update, choice: &str) -> String {
    let noun = plural(update.conflicts.len(), "conflict");
    let mut text = format!("{} {noun} in {}; nothing of it was changed\n", ui::red("error:"), update.service);
    for asked in &update.conflicts {
        text.push_str("  ");
        text += &conflict(update, asked);
    }
    let is_tied = |asked: &&Asked| asked.conflict.reason == Reason::Tied;
    let free = update.conflicts.iter().find(|asked| !is_tied(asked));
    let Some(first) = free.or(update.conflicts.first()) else { return text };
    let dir = if update.dir == Path::new("") { String::new() } else { format!(" {}", shell_word(&update.dir.to_string_lossy())) };
    let resolve = shell_word(&format!("{}=ours", first.conflict.name()));
    let way_to_theirs = if free.is_none() {
        let (file, line) = (update.dir.join(&first.conflict.file), first.conflict.line);
        format!("; the new render can be taken once {}:{line} is written without anchors and tags", file.display())
    } else {
        let all = if update.conflicts.iter().any(|asked| is_tied(&asked)) { "--ours" } else { "--ours or --theirs" };
        format!(", `=theirs` takes the new render; {all} settles them all")
    };
    _ = writeln!(
        text,
        "\n{} `plimsoll update{dir}{choice} --resolve {resolve}` keeps what is on disk{way_to_theirs}",
        ui::cyan("hint:")
    );
    text
}

/// A conflict with its three values.
pub fn conflict(update: &Update, asked: &Asked) -> String {
    let conflict = &asked.conflict;
    let file = update.dir.join(&conflict.file);
    let who = who(update, &asked.items, asked.service_file);
    conflict::shown(&file.display().to_string(), conflict, &format!("{} ({who})", conflict.reason))
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
    let gap = if services.len() > MANY || text.is_empty() { "" } else { "\n" };
    format!("{gap}{}", ui::green(&text))
}
