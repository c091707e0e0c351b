//! What an adoption comes to, for people and for programs.

use serde_json::{Value as Json, json};

use super::ui::{self, Line, TextLines};
use super::{adopt_risks, diff, update_text};
use crate::adopt::{FoundField, Refused};
use crate::change::adoption::{Adoption, KeptEdit};
use crate::change::short;
use crate::manifest::Secrets;
use crate::merge::ChangeKind;

/// How many findings are shown; `plimsoll check` shows them all.
const FINDINGS: usize = 12;

/// All of it, for people.
pub fn text(adoption: &Adoption) -> TextLines {
    let proposal = &adoption.proposal;
    let mut text = TextLines::from(ui::bold("plimsoll.yaml, and what says so"));
    for found in &proposal.found {
        let origin = found.origin.as_ref().map_or("the blueprint's default".to_owned(), ToString::to_string);
        let value = short(&shown(found, &adoption.update.secrets));
        text.line(Line::from(format!("  {}: {value}  ", found.field)) + ui::dim(origin));
    }
    if !proposal.refused.is_empty() {
        text.gap();
        text.line(ui::bold("Not taken into it"));
        proposal.refused.iter().for_each(|refused| text.line(not_taken(refused, &adoption.update.secrets)));
    }
    text.gap();
    text += update_text::plan(&adoption.update, false, false);
    for (from, to) in &adoption.moved {
        text.line(format!("  {from} goes to {to}"));
    }
    for [object, from, to] in &adoption.apart {
        text.line(format!("  {object} of {from} goes to {to}"));
    }
    text += adopt_risks::text(adoption);
    if !adoption.edits.is_empty() {
        text.gap();
        text.line(ui::bold("Stays as people wrote it"));
        for one in &adoption.edits {
            text.line(Line::from(format!("  {}  ", edit(one))) + ui::dim(&one.place));
        }
    }
    if !adoption.untouched.is_empty() {
        text.gap();
        text.line(ui::bold("Untouched:") + format!(" {}", adoption.untouched.join(", ")));
    }
    text += findings(adoption);
    text += adopt_risks::waivers(&adoption.waivers);
    text
}

/// What was found, without its secrets.
fn shown(found: &FoundField, secrets: &Secrets) -> Json {
    secrets.masked_answer(&found.field, &found.value)
}

fn not_taken(refused: &Refused, secrets: &Secrets) -> Line {
    let FoundField { field, origin, .. } = &refused.found;
    let mut text = format!("  {field}: {}", short(&shown(&refused.found, secrets)));
    for fault in &refused.faults {
        let item = fault.item.as_ref().map(|item| format!(" ({item})")).unwrap_or_default();
        text += &format!("; {}{item}", fault.message);
    }
    let origin = origin.as_ref().map(|origin| Line::from("  ") + ui::dim(origin)).unwrap_or_default();
    Line::from(text) + origin
}

fn edit(edit: &KeptEdit) -> String {
    let change = &edit.change;
    let value = |value: &Option<Json>| value.as_ref().map(short).unwrap_or_default();
    let object = change.object.as_ref().map(ToString::to_string).unwrap_or_default();
    let what = match change.kind {
        ChangeKind::Added => value(&change.after),
        ChangeKind::Changed => format!("{}, and not {}", value(&change.after), value(&change.before)),
        ChangeKind::Removed => format!("without {}", value(&change.before)),
    };
    format!("{object} {}: {what}", change.field)
}

fn findings(adoption: &Adoption) -> TextLines {
    let found = &adoption.report.findings;
    let mut text = TextLines::from(Line::default());
    if found.is_empty() {
        text.line(ui::green("The checklist finds nothing in the result."));
        return text;
    }
    text.line(ui::bold("What the checklist still finds"));
    for finding in found.iter().take(FINDINGS) {
        let object = finding.object.as_deref().unwrap_or_default();
        text.line(format!("  {} {}: {} ({})", finding.severity.word(), object, finding.message, finding.item));
    }
    if let more @ 1.. = found.len().saturating_sub(FINDINGS) {
        text.line(format!("  and {more} more, which `plimsoll check` shows"));
    }
    text
}

/// The files, as a diff.
pub fn diff(adoption: &Adoption) -> TextLines {
    let mut text = TextLines::default();
    for file in adoption.update.files.iter().map(|file| file.shown(&adoption.update.secrets)) {
        text += diff::unified(&file.path, file.before.as_deref(), file.text.as_deref());
    }
    text
}

/// All of it but the update, for programs.
pub fn json(adoption: &Adoption) -> Json {
    let (proposal, secrets, dir) = (&adoption.proposal, &adoption.update.secrets, &adoption.update.dir);
    let refused = |refused: &Refused| {
        let reasons: Vec<Json> =
            refused.faults.iter().map(|fault| json!({"message": fault.message, "item": fault.item})).collect();
        let mut report = found(&refused.found, secrets);
        report["reasons"] = reasons.into();
        report
    };
    let edits = |edit: &KeptEdit| json!({"place": edit.place, "change": edit.change});
    let moved = |(from, to): &(String, String)| json!({"from": from, "to": to});
    let apart = |[object, from, to]: &[String; 3]| json!({"object": object, "from": from, "to": to});
    json!({
        "service-file": secrets.masked_text(&proposal.text),
        "said": proposal.found.iter().map(|one| found(one, secrets)).collect::<Vec<_>>(),
        "refused": proposal.refused.iter().map(refused).collect::<Vec<_>>(),
        "edits": adoption.edits.iter().map(edits).collect::<Vec<_>>(),
        "untouched": adoption.untouched,
        "moved": adoption.moved.iter().map(moved).collect::<Vec<_>>(),
        "set-apart": adoption.apart.iter().map(apart).collect::<Vec<_>>(),
        "server-filled": adoption.filled.iter().map(adopt_risks::filled_json).collect::<Vec<_>>(),
        "kept": adoption.kept.iter().map(|kept| adopt_risks::kept_json(kept, dir)).collect::<Vec<_>>(),
        "risks": adoption.risks.iter().map(|risky| adopt_risks::risky_json(risky, dir)).collect::<Vec<_>>(),
        "waivers": adoption.waivers,
        "findings": adoption.report.findings,
    })
}

fn found(found: &FoundField, secrets: &Secrets) -> Json {
    let origin = found.origin.as_ref().map(|origin| {
        json!({
            "object": origin.object,
            "field": origin.field.to_string(),
            "file": origin.file.as_ref(),
            "line": origin.place.line,
            "column": origin.place.column,
        })
    });
    json!({"field": found.field.to_string(), "value": shown(found, secrets), "origin": origin})
}
