//! Changes, conflicts and reasons in words, as terminals, commits and pull requests have them.

use super::{ExplainedChange, Missing, Update, UpdateCause};
use crate::check::Lost;
use crate::checklist::{Changes, ItemChange, ItemDifference};
use crate::manifest::{Effect, MASK};
use crate::merge::{self, ChangeKind, Note, Side};
use crate::notation::Field;

/// From how many objects on the same change is told once for all of them.
const MANY: usize = 3;

/// Changes with what they are of: a file with its object, or several objects.
#[derive(Debug)]
pub struct ChangeGroup<'u> {
    /// What they are of.
    pub heading: String,
    /// The changes.
    pub changes: Vec<&'u ExplainedChange>,
}

/// The changes of an update: those that are the same in many objects first, then file by file.
#[must_use]
pub fn grouped(update: &Update) -> Vec<ChangeGroup<'_>> {
    let mut alike: Vec<Vec<&ExplainedChange>> = Vec::new();
    for explained in &update.changes {
        match alike.iter_mut().find(|known| is_same(known[0], explained)) {
            Some(known) => known.push(explained),
            None => alike.push(vec![explained]),
        }
    }
    let (shared, single): (Vec<_>, Vec<_>) = alike.into_iter().partition(|same| same.len() >= MANY);
    let mut groups: Vec<ChangeGroup<'_>> = Vec::new();
    let mut add = |heading: String, explained| match groups.iter_mut().find(|group| group.heading == heading) {
        Some(group) => group.changes.push(explained),
        None => groups.push(ChangeGroup { heading, changes: vec![explained] }),
    };
    for same in shared {
        let kinds: Vec<&str> = same.iter().filter_map(|one| Some(one.change.object.as_ref()?.kind.as_str())).collect();
        add(kinds.join(", "), same[0]);
    }
    let mut rest: Vec<&ExplainedChange> = single.into_iter().flatten().collect();
    rest.sort_by(|one, other| one.change.file.cmp(&other.change.file));
    for explained in rest {
        let change = &explained.change;
        let heading = match &change.object {
            Some(object) if !is_whole(&change.field) => format!("{}: {object}", change.file),
            _ => change.file.clone(),
        };
        add(heading, explained);
    }
    groups
}

/// Whether two objects change alike.
fn is_same(one: &ExplainedChange, other: &ExplainedChange) -> bool {
    let (this, that) = (&one.change, &other.change);
    !is_whole(&this.field)
        && this.field == that.field
        && this.kind == that.kind
        && (&this.before, &this.after) == (&that.before, &that.after)
        && (one.effect, one.service_file, &one.items) == (other.effect, other.service_file, &other.items)
}

/// A change in words, such as `spec.minReplicas: 2 → 3 (min-replicas); no restart`.
#[must_use]
pub fn sentence(update: &Update, explained: &ExplainedChange) -> String {
    let change = &explained.change;
    let object = change.object.as_ref().map(ToString::to_string).unwrap_or_default();
    let field = change.field.to_string();
    let value = |value: &Option<serde_json::Value>| value.as_ref().map(short).unwrap_or_default();
    let what = match (field.is_empty(), change.kind) {
        (true, ChangeKind::Removed) => format!("{object} goes"),
        (true, _) => format!("{object} comes"),
        (false, ChangeKind::Added) => format!("{field}: {}", value(&change.after)),
        (false, ChangeKind::Changed) => format!("{field}: {} → {}", value(&change.before), value(&change.after)),
        (false, ChangeKind::Removed) => format!("{field}: {} goes{}", value(&change.before), default_words(explained)),
    };
    let effect = what_happens(explained);
    let semicolon = if effect.is_empty() { "" } else { "; " };
    format!("{what} ({}){semicolon}{effect}", who(update, &explained.items, explained.service_file))
}

/// What Kubernetes goes by where a field goes, as the end of a sentence; nothing where there is no default
/// or the effect says it.
fn default_words(explained: &ExplainedChange) -> String {
    match &explained.default {
        Some(default) if explained.change.before.as_ref() == Some(default) => ", which is Kubernetes' default".to_owned(),
        Some(default) if explained.effect != Effect::RunsOnePod => {
            format!(", and Kubernetes goes by its default, {}", short(default))
        }
        _ => String::new(),
    }
}

/// Who asks for a change: the service file, items, or else what has another version.
#[must_use]
pub fn who(update: &Update, items: &[String], service_file: bool) -> String {
    const MOST: usize = 4;
    let listed = match items.len() {
        0 => String::new(),
        all if all > MOST => format!("{} and {} more", items[..MOST - 1].join(", "), all - MOST + 1),
        _ => items.join(", "),
    };
    let version = if update.blueprint.changes() { &update.blueprint.to } else { &update.checklist.to };
    match (service_file, listed.is_empty()) {
        (true, true) => "plimsoll.yaml".to_owned(),
        (true, false) => format!("plimsoll.yaml; {listed}"),
        (false, true) => version.clone(),
        (false, false) => listed,
    }
}

/// What a change does to a service that runs.
#[must_use]
pub fn what_happens(explained: &ExplainedChange) -> &'static str {
    let field = &explained.change.field;
    match (is_whole(field), explained.change.kind, explained.effect) {
        (true, ChangeKind::Removed, _) => "it stays in the cluster until it is deleted there",
        (true, ..) => "",
        (_, _, Effect::NoRestart) => "no restart",
        (_, _, Effect::RestartsPods) => "restarts Pods",
        (_, _, Effect::RunsOnePod) => "runs 1 Pod until an autoscaler acts",
        (_, _, Effect::NotInPlace) if is_name(field) => {
            "a new object; the old one stays in the cluster until it is deleted there"
        }
        (_, _, Effect::NotInPlace) => "cannot be applied in place",
    }
}

/// Whether a field is what tells an object from others.
pub(super) fn is_name(field: &Field) -> bool {
    matches!(field.keys().collect::<Vec<_>>().as_slice(), ["metadata", "name" | "namespace"])
}

fn is_whole(field: &Field) -> bool {
    field.steps().is_empty()
}

/// What another checklist brings, a line each: items that come, weigh more or less, or go, and
/// parameters with other values. What is only put in other words is left out.
#[must_use]
pub fn checklist_words(changes: &Changes) -> Vec<String> {
    type Section = (&'static str, fn(&ItemDifference) -> bool);
    const SECTIONS: &[Section] = &[
        ("added", |change| matches!(change, ItemDifference::Added { .. })),
        ("raised", |change| matches!(change, ItemDifference::Raised { .. })),
        ("lowered", |change| matches!(change, ItemDifference::Lowered { .. })),
        ("dropped", |change| matches!(change, ItemDifference::Dropped { .. })),
        ("changed", |change| matches!(change, ItemDifference::Parameter { .. })),
        ("proved by another rule", |change| matches!(change, ItemDifference::Rule)),
        ("waivable", |change| matches!(change, ItemDifference::Waivable { .. })),
    ];
    let in_words = |item: &ItemChange, change: &ItemDifference| match change {
        ItemDifference::Rule => item.item.clone(),
        ItemDifference::Added { .. } | ItemDifference::Dropped { .. } => format!("{} ({})", item.item, changes.words(change)),
        _ => format!("{} {}", item.item, changes.words(change)),
    };
    let section = |(title, holds): &Section| {
        let all = changes.items.iter().flat_map(|item| item.changes.iter().map(move |change| (item, change)));
        let told: Vec<String> = all.filter(|(_, change)| holds(change)).map(|(item, change)| in_words(item, change)).collect();
        (!told.is_empty()).then(|| format!("{title}: {}", told.join(", ")))
    };
    SECTIONS.iter().filter_map(section).collect()
}

/// Why a service changes, in words; names of versions and files are written as `mark` has them.
#[must_use]
pub fn cause_words(cause: &UpdateCause, mark: impl Fn(&str) -> String) -> String {
    match cause {
        UpdateCause::Checklist { change, .. } => format!("checklist {} → {}", mark(&change.from), mark(&change.to)),
        UpdateCause::ChecklistEdited { checklist } => format!("checklist {} was edited", mark(checklist)),
        UpdateCause::Blueprint(change) => format!("blueprint {} → {}", mark(&change.from), mark(&change.to)),
        UpdateCause::ServiceFile => format!("{} was edited", mark("plimsoll.yaml")),
        UpdateCause::Adopted => "Plimsoll did not write these manifests until now".to_owned(),
        UpdateCause::LockLost => "plimsoll.lock was lost, and is made again".to_owned(),
    }
}

/// What a cause brings, a line each.
#[must_use]
pub fn cause_details(cause: &UpdateCause) -> Vec<String> {
    match cause {
        UpdateCause::Checklist { changes: Some(changes), .. } => checklist_words(changes),
        _ => Vec::new(),
    }
}

/// An object that people have removed, in words, with what is not kept without it.
#[must_use]
pub fn missing_words(missing: &Missing) -> String {
    let needed = match missing.items.as_slice() {
        [] => String::new(),
        [one] => format!("; {one} is not kept without it"),
        items => format!("; {} are not kept without it", items.join(", ")),
    };
    format!("{} was removed by hand and stays so{needed}", missing.object)
}

/// A note in words.
#[must_use]
pub fn note_words(note: &Note) -> String {
    match note {
        Note::OrderKept { field, .. } => format!("the order of {field} stays as it is, though the blueprint has another one"),
        Note::OwnedElsewhere { object, field, by } => {
            let object = object.as_ref().map(|object| format!(" of {object}")).unwrap_or_default();
            format!("{field}{object} is left to {by}")
        }
        Note::Settled { field, side: Side::Ours, .. } => format!("{field} stays as it is on disk, as was chosen"),
        Note::Settled { field, side: Side::Theirs, .. } => format!("{field} is taken from the new render, as was chosen"),
        Note::StaysDeleted { object, .. } => format!("{object} stays removed"),
    }
}

/// What points at nothing any more, in words.
#[must_use]
pub fn lost_words(lost: &Lost) -> String {
    let Lost { object, file, line, column, target, .. } = lost;
    format!("{file}:{line}:{column}: {object} points at {target}, which is there no longer")
}

/// A value on one short line.
#[must_use]
pub fn short(value: &serde_json::Value) -> String {
    const MOST: usize = 60;
    let text = match value {
        serde_json::Value::String(text) if text.starts_with(MASK) => text.clone(),
        serde_json::Value::String(text) => crate::yaml::write::scalar(text),
        other => other.to_string(),
    };
    if text.chars().count() <= MOST { text } else { text.chars().take(MOST).chain(['…']).collect() }
}

/// How many edits of people stay.
#[must_use]
pub fn kept(update: &Update) -> Option<String> {
    // A conflict that was settled for theirs has put the new render in the place of an edit.
    let gave_way = |name: &str, note: &Note| match note {
        Note::Settled { field, side: Side::Theirs, .. } => is_within(name, field) || is_within(field, name),
        _ => false,
    };
    let is_kept = |edit: &&merge::FieldChange| !update.notes.iter().any(|note| gave_way(&edit.name(), note));
    match update.hand_edits.iter().filter(is_kept).count() {
        0 => None,
        1 => Some("1 edit by hand is kept".to_owned()),
        many => Some(format!("{many} edits by hand are kept")),
    }
}

/// Whether a field is another one or something in it.
fn is_within(field: &str, other: &str) -> bool {
    field.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// The checklists and blueprints that an update moves to.
pub(super) fn moved_to(cause: &UpdateCause) -> Option<&str> {
    match cause {
        UpdateCause::Checklist { change, .. } | UpdateCause::Blueprint(change) => Some(&change.to),
        UpdateCause::ChecklistEdited { checklist } => Some(checklist),
        UpdateCause::ServiceFile | UpdateCause::Adopted | UpdateCause::LockLost => None,
    }
}
