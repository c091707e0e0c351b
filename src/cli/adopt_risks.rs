//! What an adoption does for the sake of the service that runs, for people and for programs.

use std::path::Path;

use serde_json::{Value as Json, json};

use super::error::command;
use super::ui::{self, Line, TextLines};
use crate::change::adoption::{Adoption, Filled, KeepReason, Kept, Risky, RiskyField};
use crate::change::short;
use crate::notation::{FieldPattern, shell_word};
use crate::service::Waiver;
use crate::yaml::write;

/// What is left out, what stays, and what may break the service.
pub fn text(adoption: &Adoption) -> TextLines {
    let mut text = filled(&adoption.filled);
    let dir = &adoption.update.dir;
    adoption.kept.iter().for_each(|kept| text += stays(kept, dir));
    text += risks(&adoption.risks, dir);
    text
}

/// A heading behind an empty line.
fn section(heading: &str) -> TextLines {
    TextLines::from(ui::bold(heading)).after_gap()
}

/// What the API server had filled in.
fn filled(filled: &[Filled]) -> TextLines {
    if filled.is_empty() {
        return TextLines::default();
    }
    let mut text = section("Left out, as the API server fills it in");
    for field in filled {
        let Filled { object, field, value, file, place } = field;
        let place = ui::dim(format!("{file}:{}:{}", place.line, place.column));
        text.line(Line::from(format!("  {object} {field}: {}  ", short(value))) + place);
    }
    text
}

fn stays(kept: &Kept, dir: &Path) -> TextLines {
    let heading = match kept.why {
        KeepReason::Single(_) => "One Pod at a time: stays as it is",
        KeepReason::Scaled(_) => "Scaled by something else: stays as it is",
        KeepReason::HandOver { .. } => "The number of Pods stays written for one step",
    };
    let mut text = section(heading);
    let fields: Vec<&str> = kept.fields.iter().map(FieldPattern::as_str).collect();
    text.line(format!("  {}", fields.join(", ")));
    text.line(Line::from("  ") + ui::dim("as") + format!(" {}", kept.why.reason()));
    text.line(Line::from("  ") + ui::dim("costs:") + format!(" {}{}", kept.why.costs(), of_items(&kept.items)));
    for (number, step) in kept.why.way_out(&take(dir, &kept.owned)).iter().enumerate() {
        text.line(format!("  {}. {step}", number + 1));
    }
    text
}

/// What may break the service that runs: what is held back, then what is taken.
fn risks(risks: &[Risky], dir: &Path) -> TextLines {
    let (taken, held): (Vec<&Risky>, Vec<&Risky>) = risks.iter().partition(|risky| risky.taken);
    let mut text = TextLines::default();
    if !held.is_empty() {
        text += section("May break the service that runs, and is not taken without --accept-risky");
        for one in held {
            text += risky(one);
            text.line(Line::from("    ") + ui::dim("then:") + format!(" {}", take(dir, &one.owned)));
        }
    }
    if !taken.is_empty() {
        text += section("May break the service that runs, and is taken");
        for one in taken {
            text += risky(one);
        }
    }
    text
}

/// The command that takes from the render what is left to others.
fn take(dir: &Path, owned: &[String]) -> String {
    let fields = owned.iter().map(|field| format!(" --take {}", shell_word(field)));
    command("update", dir) + &fields.collect::<String>()
}

fn risky(risky: &Risky) -> TextLines {
    let mut text = TextLines::from(Line::from("  ") + ui::yellow(risky.risk.what) + of_items(&risky.items));
    for field in &risky.fields {
        let value = |value: &Option<Json>| value.as_ref().map_or("nothing".to_owned(), short);
        let (object, after) = (&field.object, value(&field.after));
        text.line(if field.field.steps().is_empty() {
            format!("    {object} comes")
        } else {
            format!("    {object} {}: {} → {after}", field.field, value(&field.before))
        });
    }
    text.line(Line::from("    ") + ui::dim("may break:") + format!(" {}", risky.risk.breaks));
    text.line(Line::from("    ") + ui::dim("try first:") + format!(" {}", risky.first));
    text
}

/// The items that find fault with what stays.
fn of_items(items: &[String]) -> String {
    if items.is_empty() { String::new() } else { format!(" ({})", items.join(", ")) }
}

/// Waivers for a person to take.
pub fn waivers(waivers: &[Waiver]) -> TextLines {
    if waivers.is_empty() {
        return TextLines::default();
    }
    let mut text =
        section("Waivers for what was held back; they are not written, take into plimsoll.yaml those that you answer for");
    text.line("  waivers:");
    for Waiver { item, reason, owner, expires, .. } in waivers {
        let reason = write::double_quoted(reason);
        text.line(format!("    - {{ item: {item}, reason: {reason}, owner: {owner}, expires: {expires} }}"));
    }
    text
}

/// A field that the API server had filled in, for programs.
pub fn filled_json(filled: &Filled) -> Json {
    json!({
        "object": filled.object.to_string(),
        "field": filled.field.to_string(),
        "value": filled.value,
        "file": filled.file,
        "line": filled.place.line,
        "column": filled.place.column,
    })
}

/// What stays whatever is asked, for programs.
pub fn kept_json(kept: &Kept, dir: &Path) -> Json {
    let why = match kept.why {
        KeepReason::Single(_) => "single-pod",
        KeepReason::Scaled(_) => "other-autoscaler",
        KeepReason::HandOver { .. } => "hand-over",
    };
    json!({
        "why": why,
        "fields": kept.fields.iter().map(FieldPattern::as_str).collect::<Vec<_>>(),
        "reason": kept.why.reason(),
        "costs": kept.why.costs(),
        "steps": kept.why.way_out(&take(dir, &kept.owned)),
        "items": kept.items,
    })
}

/// A risk, for programs.
pub fn risky_json(risky: &Risky, dir: &Path) -> Json {
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
        "try-first": risky.first,
        "then": risky.is_held().then(|| take(dir, &risky.owned)),
        "items": risky.items,
    })
}
