//! What an update does, for people.

use std::path::Path;

use super::OutputForm;
use super::conflict;
use super::error::CliError;
use super::plan_text;
use super::ui::{self, Line, TextLines};
use crate::change::kustomize::Listing;
use crate::change::{
    ExplainedConflict, Update, UpdateCause, cause_details, cause_words, grouped, kept, lost_words, missing_words, note_words,
    sentence, short, who,
};
use crate::manifest::Effect;
use crate::merge::{ChangeKind, ConflictReason, FieldChange};
use crate::notation::{counted, shell_path, shell_word};
use crate::ops::OpError;
use crate::ops::update::Updated;

/// From how many services on only a line is shown of each.
const MANY: usize = 10;
/// How many edits by hand are shown of a service.
const EDITS: usize = 12;

/// What becomes of services, before anything is written.
pub fn plans(services: &[Updated], checking: bool) -> TextLines {
    let brief = services.len() > MANY;
    let mut sections = Vec::new();
    for updated in services {
        let Ok(update) = &updated.outcome else { continue };
        if update.is_pending() || !update.conflicts.is_empty() {
            sections.push(plan(update, brief, checking));
        } else if !brief {
            let mut text = TextLines::from(ui::bold(&update.service) + format!(": up to date with {}", update.checklist.to));
            if checking {
                text += asides(update);
                text += edits(update);
            }
            sections.push(text);
        }
    }
    if !brief {
        return TextLines::with_gaps(sections);
    }
    let mut text = TextLines::default();
    for section in sections {
        text += section;
    }
    text
}

/// What becomes of one service.
pub fn plan(update: &Update, brief: bool, checking: bool) -> TextLines {
    let mut text = TextLines::from(ui::bold(&update.service) + format!(": {}", headline(update)));
    if brief {
        text += aftermath(update);
        return text;
    }
    for cause in &update.causes {
        text += why(cause);
    }
    for group in grouped(update) {
        text.gap();
        text += line("  ", ui::bold(&group.heading));
        for explained in group.changes {
            let mark = match explained.change.kind {
                ChangeKind::Added => ui::green("+"),
                ChangeKind::Changed => ui::yellow("~"),
                ChangeKind::Removed => ui::red("-"),
            };
            text += line("    ", mark + format!(" {}", sentence(update, explained)));
        }
    }
    text += asides(update);
    if checking {
        text += edits(update);
    } else if let Some(kept) = kept(update).filter(|_| update.conflicts.is_empty()) {
        text.gap();
        text.line(format!("  {kept}"));
    }
    text
}

/// A line, on a terminal broken where it ends.
fn line(indent: &str, line: impl Into<Line>) -> TextLines {
    let (first, line) = (Line::from(indent), line.into());
    match ui::data_columns() {
        Some(columns) => {
            let rest = format!("{indent}    ");
            ui::filled(line.words(), columns.saturating_sub(indent.len()), "", &rest).behind(&first, "")
        }
        None => (first + line).into(),
    }
}

/// How much changes, and what that does.
fn headline(update: &Update) -> String {
    let (changes, files) = (update.changes.len(), update.files.len());
    if !update.conflicts.is_empty() {
        return format!("{}; nothing is written", counted(update.conflicts.len(), "conflict"));
    }
    let words = match (changes, files) {
        (0, 0) => "only plimsoll.lock changes".to_owned(),
        (0, _) => format!("{} rewritten", counted(files, "file")),
        _ => format!("{} in {}", counted(changes, "change"), counted(files, "file")),
    };
    let effect = match update.effect() {
        _ if changes == 0 => "",
        Effect::NoRestart => "; no restart",
        Effect::RestartsPods => "; restarts Pods",
        Effect::RunsOnePod => "; runs 1 Pod until an autoscaler acts",
        Effect::NotInPlace => "; not all of it can be applied in place",
    };
    words + effect
}

fn why(cause: &UpdateCause) -> TextLines {
    let mut text = line("  ", cause_words(cause, str::to_owned));
    for words in cause_details(cause) {
        text += line("    ", words);
    }
    text
}

/// What a person should know beside the changes.
fn asides(update: &Update) -> TextLines {
    let mut text = TextLines::default();
    let mut aside = |words: Line| {
        text.gap();
        text += line("  ", words);
    };
    for missing in &update.missing {
        aside(missing_words(missing).into());
    }
    for note in &update.notes {
        aside(note_words(note).into());
    }
    for (file, comment) in &update.dropped_comments {
        aside(format!("{file}: the comment `{comment}` goes with what it stood beside").into());
    }
    text += aftermath(update);
    text
}

/// What it means for everything around the manifests.
fn aftermath(update: &Update) -> TextLines {
    let warning = || ui::yellow("warning:") + " ";
    let mut text = TextLines::default();
    let mut aside = |aside: Line| {
        text.gap();
        text += line("  ", aside);
    };
    for listing in &update.aftermath.kustomizations {
        let shown = Listing { file: update.dir.join(&listing.file).display().to_string(), ..listing.clone() };
        aside(plan_text::listing(&shown));
    }
    for lost in &update.aftermath.lost {
        let mut lost = lost.clone();
        lost.file = update.dir.join(&lost.file).display().to_string();
        aside(warning() + lost_words(&lost));
    }
    for chore in &update.aftermath.chores {
        text.gap();
        text += line("  ", warning() + chore.words());
        for command in chore.script() {
            text.line(format!("    {command}"));
        }
    }
    text
}

fn edits(update: &Update) -> TextLines {
    let mut text = TextLines::default();
    if update.hand_edits.is_empty() {
        return text;
    }
    text.gap();
    text.line(Line::from("  ") + ui::bold("edited by hand") + " since the last render:");
    for change in update.hand_edits.iter().take(EDITS) {
        text += line("    ", format!("{}: {}", change.file, edit(change)));
    }
    if let more @ 1.. = update.hand_edits.len().saturating_sub(EDITS) {
        text.line(format!("    and {more} more"));
    }
    text
}

fn edit(change: &FieldChange) -> String {
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
pub fn faults(services: Vec<Updated>, choice: &str) -> TextLines {
    let mut faults: Vec<TextLines> = Vec::new();
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
        let words = format!(" {names} would have been written with it; nothing was changed");
        faults.push((ui::red("error:") + words).into());
    }
    TextLines::with_gaps(faults)
}

/// Everything in the way of an update that both sides have changed, with the way out.
fn conflicts(update: &Update, choice: &str) -> TextLines {
    let noun = counted(update.conflicts.len(), "conflict");
    let mut text = TextLines::from(ui::red("error:") + format!(" {noun} in {}; nothing of it was changed", update.service));
    for asked in &update.conflicts {
        text += conflict(update, asked).behind(&"  ".into(), "");
    }
    let is_tied = |asked: &&ExplainedConflict| asked.conflict.reason.by_hand();
    let free = update.conflicts.iter().find(|asked| !is_tied(asked));
    let Some(first) = free.or(update.conflicts.first()) else { return text };
    let dir = if update.dir == Path::new("") { String::new() } else { format!(" {}", shell_path(&update.dir.to_string_lossy())) };
    let resolve = shell_word(&format!("{}=ours", first.conflict.name()));
    let way_to_theirs = if free.is_none() {
        let (file, line) = (update.dir.join(&first.conflict.file), first.conflict.line);
        let how = if first.conflict.reason == ConflictReason::Twice {
            "stands there only once"
        } else {
            "is written without anchors and tags"
        };
        format!("; the new render can be taken once {}:{line} {how}", file.display())
    } else {
        let all = if update.conflicts.iter().any(|asked| is_tied(&asked)) { "--ours" } else { "--ours or --theirs" };
        format!(", `=theirs` takes the new render; {all} settles them all")
    };
    let keep = format!(" `plimsoll update{dir}{choice} --resolve {resolve}` keeps what is on disk{way_to_theirs}");
    text.gap();
    text.line(ui::cyan("hint:") + keep);
    text
}

/// A conflict with its three values.
pub fn conflict(update: &Update, asked: &ExplainedConflict) -> TextLines {
    let conflict = &asked.conflict;
    let file = update.dir.join(&conflict.file);
    let who = who(update, &asked.items, asked.service_file);
    conflict::shown(&file.display().to_string(), conflict, &format!("{} ({who})", conflict.reason))
}

/// Tells what has been done, where it was to be done at all; a program reads it elsewhere.
pub fn tell_done(services: &[Updated], output: OutputForm) {
    let mut done = done(services);
    ui::remember_done(&done);
    if services.len() <= MANY && !done.is_empty() {
        done = done.after_gap();
    }
    if output == OutputForm::Text {
        ui::out(&done);
    }
}

/// What has been done, in one line for each commit or folder.
fn done(services: &[Updated]) -> TextLines {
    let mut lines = Vec::new();
    let mut commits: Vec<(&crate::workspace::Commit, Vec<&str>)> = Vec::new();
    for updated in services.iter().filter(|updated| updated.written) {
        let Ok(update) = &updated.outcome else { continue };
        let Some(commit) = &updated.commit else {
            lines.push(format!("Wrote {} in {}, not committed", update.service, updated.dir.display()));
            continue;
        };
        match commits.iter_mut().find(|(known, _)| known.id == commit.id) {
            Some((_, names)) => names.push(&update.service),
            None => commits.push((commit, vec![&update.service])),
        }
    }
    for (commit, names) in commits {
        let what = if names.len() > 3 { format!("{} services", names.len()) } else { names.join(", ") };
        lines.push(format!("Committed {} on {}: {what}", &commit.id[..10], commit.branch));
    }
    let mut text = TextLines::default();
    for line in &lines {
        text.line(ui::green(line));
    }
    text
}
