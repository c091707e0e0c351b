//! What an adoption comes to, for people and for programs.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::{diff, ui, update_text};
use crate::adopt::{Found, Refused};
use crate::formats::FieldPattern;
use crate::merge::ChangeKind;
use crate::ops::adopt::{Adoption, Edit, Filled, Kept, Risky, RiskyField, Why};
use crate::ops::update::short;
use crate::service::Waiver;
use crate::yaml::write;

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
    text += &filled(&adoption.filled);
    for kept in &adoption.kept {
        text += &stays(kept);
    }
    text += &risks(&adoption.risks);
    if !adoption.edits.is_empty() {
        _ = writeln!(text, "\n{}", ui::bold("Stays as people wrote it"));
        for one in &adoption.edits {
            _ = writeln!(text, "  {}  {}", edit(one), ui::dim(&one.place));
        }
    }
    if !adoption.untouched.is_empty() {
        _ = writeln!(text, "\n{} {}", ui::bold("Untouched:"), adoption.untouched.join(", "));
    }
    text + &findings(adoption) + &waivers(&adoption.waivers)
}

/// What the API server had filled in, alike fields of one object in one line.
fn filled(filled: &[Filled]) -> String {
    if filled.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{}\n", ui::bold("Left out, as the API server fills it in"));
    for field in filled {
        let Filled { object, field, value, file, place } = field;
        let place = ui::dim(&format!("{file}:{}:{}", place.line, place.column));
        _ = writeln!(text, "  {object} {field}: {}  {place}", short(value));
    }
    text
}

fn stays(kept: &Kept) -> String {
    let heading = match kept.why {
        Why::Single(_) => "One Pod at a time: stays as it is",
        Why::HandOver { .. } => "The number of Pods stays written for one step",
    };
    let mut text = format!("\n{}\n", ui::bold(heading));
    let fields: Vec<&str> = kept.fields.iter().map(FieldPattern::as_str).collect();
    _ = writeln!(text, "  {}", fields.join(", "));
    _ = writeln!(text, "  {} {}", ui::dim("as"), kept.why.reason());
    _ = writeln!(text, "  {} {}{}", ui::dim("costs:"), kept.why.costs(), of_items(&kept.items));
    for (number, step) in kept.why.way_out().iter().enumerate() {
        _ = writeln!(text, "  {}. {step}", number + 1);
    }
    text
}

/// What may break the service that runs: what is held back, then what is taken.
fn risks(risks: &[Risky]) -> String {
    let (taken, held): (Vec<&Risky>, Vec<&Risky>) = risks.iter().partition(|risky| risky.taken);
    let mut text = String::new();
    if !held.is_empty() {
        let heading = "May break the service that runs, and is not taken without --accept-risky";
        _ = writeln!(text, "\n{}", ui::bold(heading));
        held.iter().for_each(|risky| text += &self::risky(risky));
        let way =
            "After the try, write the field into k8s/ as `plimsoll render` shows it, and take its line out of owned-elsewhere.";
        _ = writeln!(text, "  {way}");
    }
    if !taken.is_empty() {
        _ = writeln!(text, "\n{}", ui::bold("May break the service that runs, and is taken"));
        taken.iter().for_each(|risky| text += &self::risky(risky));
    }
    text
}

fn risky(risky: &Risky) -> String {
    let mut text = format!("  {}{}\n", ui::yellow(risky.risk.what), of_items(&risky.items));
    for field in &risky.fields {
        let value = |value: &Option<Json>| value.as_ref().map_or("nothing".to_owned(), short);
        let (object, after) = (&field.object, value(&field.after));
        _ = if field.field.steps().is_empty() {
            writeln!(text, "    {object} comes")
        } else {
            writeln!(text, "    {object} {}: {} → {after}", field.field, value(&field.before))
        };
    }
    _ = writeln!(text, "    {} {}", ui::dim("may break:"), risky.risk.breaks);
    _ = writeln!(text, "    {} {}", ui::dim("try first:"), risky.risk.first);
    text
}

/// The items that find fault with what stays.
fn of_items(items: &[String]) -> String {
    if items.is_empty() { String::new() } else { format!(" ({})", items.join(", ")) }
}

/// Waivers for a person to take.
fn waivers(waivers: &[Waiver]) -> String {
    if waivers.is_empty() {
        return String::new();
    }
    let heading = "Waivers for what was held back; they are not written, take into plimsoll.yaml those that you answer for";
    let mut text = format!("\n{}\n  waivers:\n", ui::bold(heading));
    for Waiver { item, reason, owner, expires, .. } in waivers {
        let reason = write::double_quoted(reason);
        _ = writeln!(text, "    - {{ item: {item}, reason: {reason}, owner: {owner}, expires: {expires} }}");
    }
    text
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
        "server-filled": adoption.filled.iter().map(filled_json).collect::<Vec<_>>(),
        "kept": adoption.kept.iter().map(kept_json).collect::<Vec<_>>(),
        "risks": adoption.risks.iter().map(risky_json).collect::<Vec<_>>(),
        "waivers": adoption.waivers,
        "findings": adoption.report.findings,
    })
}

fn filled_json(filled: &Filled) -> Json {
    json!({
        "object": filled.object.to_string(),
        "field": filled.field.to_string(),
        "value": filled.value,
        "file": filled.file,
        "line": filled.place.line,
        "column": filled.place.column,
    })
}

fn kept_json(kept: &Kept) -> Json {
    let why = match kept.why {
        Why::Single(_) => "single-pod",
        Why::HandOver { .. } => "hand-over",
    };
    json!({
        "why": why,
        "fields": kept.fields.iter().map(FieldPattern::as_str).collect::<Vec<_>>(),
        "reason": kept.why.reason(),
        "costs": kept.why.costs(),
        "steps": kept.why.way_out(),
        "items": kept.items,
    })
}

fn risky_json(risky: &Risky) -> Json {
    let field = |field: &RiskyField| {
        json!({
            "object": field.object.to_string(),
            "field": field.field.to_string(),
            "before": field.before,
            "after": field.after,
        })
    };
    json!({
        "risk": risky.risk.id,
        "what": risky.risk.what,
        "taken": risky.taken,
        "fields": risky.fields.iter().map(field).collect::<Vec<_>>(),
        "may-break": risky.risk.breaks,
        "try-first": risky.risk.first,
        "items": risky.items,
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
