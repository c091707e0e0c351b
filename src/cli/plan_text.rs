//! A plan as people and programs read it.

use serde_json::{Value as Json, json};

use super::diff;
use super::ui::{self, Line, TextLines};
use crate::change::kustomize::{Listing, Relisted};
use crate::change::{Edition, OutFile, shown_file};
use crate::manifest::Secrets;
use crate::notation::visible;
use crate::ops::Prepared;
use crate::plan::{Decision, Origin};
use crate::yaml::Route;

/// The longest value that is shown whole.
const WIDTH: usize = 44;

/// The longest value in a summary.
const GIST: usize = 26;

/// Every value that was decided, with its origin, and what it means in service.
pub fn text(edition: &Edition, prepared: &Prepared) -> TextLines {
    let secrets = Secrets::of(&edition.checklist);
    let rows: Vec<(&str, String, String)> = prepared
        .plan
        .decisions
        .iter()
        .filter(|decision| decision.origin != Origin::NotAsked)
        .map(|decision| (decision.key.as_ref(), cut(&words(&shown(decision, &secrets)), WIDTH), decision.origin.to_string()))
        .collect();
    TextLines::with_gaps([heading(edition, prepared).into(), table(&rows, ui::data_columns()), what_if(prepared)])
}

/// What follows from the answers, in as few lines as a person reads before saying yes.
pub fn summary(edition: &Edition, prepared: &Prepared) -> TextLines {
    let mut follows = Vec::new();
    let mut defaults = Vec::new();
    let mut fixed = 0;
    let secrets = Secrets::of(&edition.checklist);
    for decision @ Decision { key, origin, .. } in &prepared.plan.decisions {
        let value = &shown(decision, &secrets);
        if is_nothing(value) {
            continue;
        }
        match origin {
            Origin::Tier { tier, item, .. } => follows.push((key.as_ref(), gist(value), format!("tier {tier}: {item}"))),
            Origin::Derived(sum) => follows.push((key.as_ref(), gist(value), sum.clone())),
            Origin::Blueprint(_) => defaults.push(format!("{key} {}", gist(value))),
            Origin::Checklist { .. } => fixed += 1,
            Origin::Answer(_) | Origin::NotAsked => {}
        }
    }
    let rest = format!("and {fixed} values that every service gets; --dry-run lists them all");
    let mut defaults = listed(&defaults, " ·");
    defaults.line(Line::from("  ") + ui::dim(rest));
    TextLines::with_gaps([
        heading(edition, prepared).into(),
        section("What follows from the answers", table(&follows, Some(ui::columns()))),
        section("Defaults of the blueprint", defaults),
        what_if(prepared),
    ])
}

/// What was decided, without its secrets.
fn shown(decision: &Decision, secrets: &Secrets) -> Json {
    Route::parse(&decision.key).map_or_else(|_| decision.value.clone(), |key| secrets.masked_answer(&key, &decision.value))
}

/// The files that will be written.
pub fn files(prepared: &Prepared) -> TextLines {
    let dir = prepared.dir.display().to_string();
    let title = if dir == "." { "Files".to_owned() } else { format!("Files in {dir}") };
    let paths: Vec<&str> = prepared.files.iter().map(|file| file.path.as_str()).collect();
    section(&title, listed(&paths, ","))
}

fn heading(edition: &Edition, prepared: &Prepared) -> Line {
    let service = &prepared.service;
    let parts =
        format!("{} · tier {} · {} · {}", service.name, service.tier().0, edition.blueprint_id(), edition.checklist.described());
    ui::bold(parts)
}

fn section(title: &str, body: TextLines) -> TextLines {
    let mut text = TextLines::from(ui::bold(title));
    text += body;
    text
}

/// Entries as a paragraph below a section's title.
fn listed<Entry: AsRef<str>>(entries: &[Entry], separator: &str) -> TextLines {
    let separated = entries.iter().enumerate().map(|(index, entry)| {
        let separator = if index + 1 == entries.len() { "" } else { separator };
        Line::from(entry.as_ref()) + separator
    });
    ui::filled(separated, ui::columns().saturating_sub(2), "", "  ").behind(&"  ".into(), "")
}

/// Keys, values and why; a reason that does not fit into the terminal stands on a line of its own.
fn table(rows: &[(&str, String, String)], columns: Option<usize>) -> TextLines {
    let width = |text: &str| text.chars().count();
    let keys = rows.iter().map(|(key, ..)| width(key)).max().unwrap_or_default();
    let values = rows.iter().map(|(_, value, _)| width(value)).max().unwrap_or_default();
    let mut text = TextLines::default();
    for (key, value, why) in rows {
        let row = Line::from(format!("  {key:keys$}  {value}"));
        if columns.is_none_or(|columns| keys + values + width(why) + 6 <= columns) {
            text.line(row + " ".repeat(values - width(value) + 2) + ui::dim(why));
        } else {
            text.line(row);
            text.line(Line::from(" ".repeat(6)) + ui::dim(why));
        }
    }
    text
}

fn what_if(prepared: &Prepared) -> TextLines {
    let mut text = TextLines::from(ui::bold("In service"));
    let events = prepared.plan.what_if.iter().map(|it| it.event.len()).max().unwrap_or_default();
    for it in &prepared.plan.what_if {
        text.line(format!("  {:events$}  {}", it.event, it.stays));
    }
    text
}

/// What becomes of a kustomization; a warning where a person has to do it.
pub fn listing(listing: &Listing) -> Line {
    let mark = if listing.by_hand.is_some() { ui::yellow("warning:") + " " } else { Line::default() };
    mark + listing.words()
}

/// Every file as a diff against what stands there.
pub fn diff(edition: &Edition, prepared: &Prepared, relisted: &[Relisted]) -> TextLines {
    let mut text = TextLines::default();
    let secrets = Secrets::of(&edition.checklist);
    for file in prepared.files.iter().map(|file| file.shown(&secrets)) {
        text += diff::unified(&file.path, file.before.as_deref(), file.text.as_deref());
    }
    for Relisted { listing, before, after } in relisted {
        text += diff::unified(&listing.file, Some(before), after.as_deref().or(Some(before)));
    }
    text
}

/// The plan and the files for programs.
pub fn json(edition: &Edition, prepared: &Prepared) -> Json {
    let secrets = Secrets::of(&edition.checklist);
    let decision = |decision: &Decision| json!({"key": decision.key, "value": shown(decision, &secrets), "origin": decision.origin.to_string()});
    let file =
        |file: &OutFile| json!({"path": file.path, "text": shown_file(&secrets, &file.path, None, file.text.as_deref()).1});
    let objects: Vec<Json> =
        prepared.manifests.iter().map(|manifest| json!({"path": manifest.path, "object": manifest.id})).collect();
    json!({
        "name": prepared.service.name,
        "tier": prepared.service.tier(),
        "blueprint": edition.blueprint_id(),
        "checklist": edition.checklist.id(),
        "extends": edition.checklist.extends,
        "plan": prepared.plan.decisions.iter().map(decision).collect::<Vec<_>>(),
        "outlook": prepared.plan.what_if,
        "objects": objects,
        "files": prepared.files.iter().map(file).collect::<Vec<_>>(),
    })
}

/// The shortest form of a value that still tells what it is.
fn gist(value: &Json) -> String {
    let text = match value {
        Json::Array(items) => {
            items.iter().map(|item| first(item).map_or_else(|| words(item), words)).collect::<Vec<_>>().join(", ")
        }
        other => words(other),
    };
    cut(&text, GIST)
}

/// The first entry of a mapping, which is what it goes by.
fn first(value: &Json) -> Option<&Json> {
    value.as_object()?.values().next()
}

/// A text on one line of at most so many characters.
fn cut(text: &str, width: usize) -> String {
    let one_line = visible(text);
    if one_line.chars().count() <= width {
        return one_line.into_owned();
    }
    one_line.chars().take(width - 1).chain(['…']).collect()
}

/// A value as YAML would have it on one line, without outer brackets and without what is nothing.
fn words(value: &Json) -> String {
    match value {
        Json::Null => "none".to_owned(),
        Json::Array(items) if items.is_empty() => "none".to_owned(),
        Json::Array(items) => items.iter().map(inner).collect::<Vec<_>>().join(", "),
        Json::Object(map) if map.is_empty() => "none".to_owned(),
        Json::Object(map) => {
            let entries = map.iter().filter(|(_, value)| !is_nothing(value));
            entries.map(|(key, value)| format!("{key}: {}", inner(value))).collect::<Vec<_>>().join(", ")
        }
        Json::String(text) => text.clone(),
        Json::Bool(_) | Json::Number(_) => value.to_string(),
    }
}

/// A value inside another.
fn inner(value: &Json) -> String {
    match value {
        Json::Array(_) => format!("[{}]", words(value)),
        Json::Object(_) => format!("{{{}}}", words(value)),
        _ => words(value),
    }
}

fn is_nothing(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(false) => true,
        Json::Array(items) => items.is_empty(),
        Json::Object(map) => map.is_empty(),
        Json::Bool(true) | Json::Number(_) | Json::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_words() {
        let value =
            json!([{"name": "http", "port": 8080, "metrics": null}, {"name": "grpc", "labels": {"a": "b"}, "list": [1, 2]}]);
        assert_eq!(words(&value), "{name: http, port: 8080}, {name: grpc, labels: {a: b}, list: [1, 2]}");
        assert_eq!(gist(&value), "http, grpc");
        assert_eq!(gist(&json!("a name that is longer than that")), "a name that is longer tha…");
        assert_eq!([json!(null), json!([]), json!(true), json!(25)].map(|value| words(&value)), ["none", "none", "true", "25"]);
    }
}
