//! A plan as people and programs read it.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::ui;
use crate::ops::{Prepared, Toolbox};
use crate::plan::{Decision, Origin};

/// The longest value that is shown whole.
const WIDTH: usize = 44;

/// The plan with what it means in service.
pub fn text(toolbox: &Toolbox, prepared: &Prepared) -> String {
    let service = &prepared.service;
    let heading =
        format!("{} · tier {} · {} · {}", service.name, service.tier().0, toolbox.blueprint_id(), toolbox.checklist.id());
    let mut text = format!("{}\n\n", ui::bold(&heading));
    let shown: Vec<(&Decision, String)> = prepared
        .plan
        .decisions
        .iter()
        .filter(|decision| decision.origin != Origin::NotAsked)
        .map(|decision| (decision, brief(&decision.value)))
        .collect();
    let keys = shown.iter().map(|(decision, _)| decision.key.len()).max().unwrap_or_default();
    for (decision, value) in &shown {
        let padded = format!("{value}{}", " ".repeat(WIDTH.saturating_sub(value.chars().count())));
        _ = writeln!(text, "  {:keys$}  {padded}  {}", decision.key, ui::dim(&decision.origin.to_string()));
    }
    _ = writeln!(text, "\n{}", ui::bold("In service"));
    let events = prepared.plan.outlook.iter().map(|outlook| outlook.event.len()).max().unwrap_or_default();
    for outlook in &prepared.plan.outlook {
        _ = writeln!(text, "  {:events$}  {}", outlook.event, outlook.stays);
    }
    text
}

/// The files that will be written.
pub fn files(prepared: &Prepared) -> String {
    let mut text = format!("{}\n", ui::bold("Files"));
    for (path, _) in &prepared.files {
        _ = writeln!(text, "  {}", prepared.dir.join(path).display());
    }
    text
}

/// Every file as a diff against what stands there.
pub fn diff(prepared: &Prepared) -> String {
    let mut text = String::new();
    for (path, new) in &prepared.files {
        let stands = prepared.service_file_stands && path == crate::service::FILE;
        let old = if stands { new } else { "" };
        let from = if stands { format!("a/{path}") } else { "/dev/null".to_owned() };
        let diff = similar::TextDiff::from_lines(old, new);
        let unified = diff.unified_diff().header(&from, &format!("b/{path}")).to_string();
        for line in unified.lines() {
            let line = match line.chars().next() {
                Some('+') => ui::green(line),
                Some('-') => ui::red(line),
                _ => line.to_owned(),
            };
            text += &line;
            text.push('\n');
        }
    }
    text
}

/// The plan and the files for programs.
pub fn json(toolbox: &Toolbox, prepared: &Prepared) -> Json {
    let decision =
        |decision: &Decision| json!({"key": decision.key, "value": decision.value, "origin": decision.origin.to_string()});
    let objects: Vec<Json> =
        prepared.manifests.iter().map(|manifest| json!({"path": manifest.path, "object": manifest.id})).collect();
    json!({
        "name": prepared.service.name,
        "tier": prepared.service.tier(),
        "blueprint": toolbox.blueprint_id(),
        "checklist": toolbox.checklist.id(),
        "plan": prepared.plan.decisions.iter().map(decision).collect::<Vec<_>>(),
        "outlook": prepared.plan.outlook,
        "objects": objects,
        "files": prepared.files.iter().map(|(path, text)| json!({"path": path, "text": text})).collect::<Vec<_>>(),
    })
}

fn brief(value: &Json) -> String {
    let whole = match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    let one_line = whole.replace(char::is_control, " ");
    if one_line.chars().count() <= WIDTH {
        return one_line;
    }
    one_line.chars().take(WIDTH - 1).chain(['…']).collect()
}
