//! What an adoption comes to, for people and for programs.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::{adopt_risks, diff, ui, update_text};
use crate::adopt::{Found, Refused};
use crate::merge::ChangeKind;
use crate::ops::adopt::{Adoption, Edit};
use crate::ops::update::short;

/// How many findings are shown; `plimsoll check` shows them all.
const FINDINGS: usize = 12;

/// All of it, for people.
pub fn text(adoption: &Adoption) -> String {
    let proposal = &adoption.proposal;
    let mut text = format!("{}\n", ui::bold("plimsoll.yaml, and what says so"));
    for found in &proposal.found {
        let origin = found.origin.as_ref().map_or("the blueprint's default".to_owned(), ToString::to_string);
        _ = writeln!(text, "  {}: {}  {}", found.field, short(&found.value), ui::dim(&origin));
    }
    if !proposal.refused.is_empty() {
        _ = writeln!(text, "\n{}", ui::bold("Not taken into it"));
        for refused in &proposal.refused {
            text += &not_taken(refused);
        }
    }
    _ = write!(text, "\n{}", update_text::plan(&adoption.update, false, false));
    for (from, to) in &adoption.moved {
        _ = writeln!(text, "  {from} goes to {to}");
    }
    for [object, from, to] in &adoption.apart {
        _ = writeln!(text, "  {object} of {from} goes to {to}");
    }
    text += &adopt_risks::text(adoption);
    if !adoption.edits.is_empty() {
        _ = writeln!(text, "\n{}", ui::bold("Stays as people wrote it"));
        for one in &adoption.edits {
            _ = writeln!(text, "  {}  {}", edit(one), ui::dim(&one.place));
        }
    }
    if !adoption.untouched.is_empty() {
        _ = writeln!(text, "\n{} {}", ui::bold("Untouched:"), adoption.untouched.join(", "));
    }
    text + &findings(adoption) + &adopt_risks::waivers(&adoption.waivers)
}

fn not_taken(refused: &Refused) -> String {
    let Found { field, value, origin } = &refused.found;
    let mut text = format!("  {field}: {}", short(value));
    for fault in &refused.faults {
        let item = fault.item.as_ref().map(|item| format!(" ({item})")).unwrap_or_default();
        _ = write!(text, "; {}{item}", fault.message);
    }
    let origin = origin.as_ref().map(|origin| format!("  {}", ui::dim(&origin.to_string()))).unwrap_or_default();
    format!("{text}{origin}\n")
}

fn edit(edit: &Edit) -> String {
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

fn findings(adoption: &Adoption) -> String {
    let found = &adoption.report.findings;
    if found.is_empty() {
        return format!("\n{}\n", ui::green("The checklist finds nothing in the result."));
    }
    let mut text = format!("\n{}\n", ui::bold("What the checklist still finds"));
    for finding in found.iter().take(FINDINGS) {
        let object = finding.object.as_deref().unwrap_or_default();
        _ = writeln!(text, "  {} {}: {} ({})", finding.severity.word(), object, finding.message, finding.item);
    }
    if let more @ 1.. = found.len().saturating_sub(FINDINGS) {
        _ = writeln!(text, "  and {more} more, which `plimsoll check` shows");
    }
    text
}

/// The files, as a diff.
pub fn diff(adoption: &Adoption) -> String {
    let update = &adoption.update;
    let files = update.files.iter().map(|file| diff::unified(&file.path, file.before.as_deref(), file.after.as_deref()));
    files.collect()
}

/// All of it but the update, for programs.
pub fn json(adoption: &Adoption) -> Json {
    let proposal = &adoption.proposal;
    let refused = |refused: &Refused| {
        let reasons: Vec<Json> =
            refused.faults.iter().map(|fault| json!({"message": fault.message, "item": fault.item})).collect();
        let mut report = found(&refused.found);
        report["reasons"] = reasons.into();
        report
    };
    let edits = |edit: &Edit| json!({"place": edit.place, "change": edit.change});
    let moved = |(from, to): &(String, String)| json!({"from": from, "to": to});
    let apart = |[object, from, to]: &[String; 3]| json!({"object": object, "from": from, "to": to});
    json!({
        "service-file": proposal.text,
        "said": proposal.found.iter().map(found).collect::<Vec<_>>(),
        "refused": proposal.refused.iter().map(refused).collect::<Vec<_>>(),
        "edits": adoption.edits.iter().map(edits).collect::<Vec<_>>(),
        "untouched": adoption.untouched,
        "moved": adoption.moved.iter().map(moved).collect::<Vec<_>>(),
        "set-apart": adoption.apart.iter().map(apart).collect::<Vec<_>>(),
        "server-filled": adoption.filled.iter().map(adopt_risks::filled_json).collect::<Vec<_>>(),
        "kept": adoption.kept.iter().map(adopt_risks::kept_json).collect::<Vec<_>>(),
        "risks": adoption.risks.iter().map(adopt_risks::risky_json).collect::<Vec<_>>(),
        "waivers": adoption.waivers,
        "findings": adoption.report.findings,
    })
}

fn found(found: &Found) -> Json {
    let origin = found.origin.as_ref().map(|origin| {
        json!({
            "object": origin.object,
            "field": origin.field.to_string(),
            "file": origin.file.as_ref(),
            "line": origin.place.line,
            "column": origin.place.column,
        })
    });
    json!({"field": found.field.to_string(), "value": found.value, "origin": origin})
}
