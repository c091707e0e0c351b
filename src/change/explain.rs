//! Why each field changes, who asks for it, and what that does to a service that runs.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use serde_json::Value as Json;

use super::attribution::{asking, asks};
use super::comments::around;
use super::roots::Roots;
use super::words::is_name;
use super::{Edition, ExplainedChange, ExplainedConflict, Lock, OutFile, Update, UpdateCause};
use crate::blueprint::BlueprintError;
use crate::checklist::{self, Changes};
use crate::manifest::{Effect, Manifest, default_of, effect_of_values};
use crate::merge::{self, ChangeKind, FieldChange, MergePolicy, Merged, Note, SourceFile, TextReader};
use crate::notation::{Field, ObjectKey};
use crate::plan::Plan;
use crate::service::Service;
use crate::yaml::{YamlText, read};

/// What explanations are drawn from.
pub struct Explainer<'a, 't> {
    /// What is rendered with today.
    pub edition: &'a Edition,
    /// What was rendered with last, where it still ships.
    pub before: Option<Arc<Edition>>,
    /// What changes between their checklists, where that is known.
    pub changes: Option<Arc<Changes>>,
    /// What was written last.
    pub old: &'t Lock,
    /// What today's service file asks for.
    pub service: &'a Service,
    /// What was decided.
    pub plan: &'a Plan,
    /// Today's render.
    pub manifests: &'t [Manifest],
    /// What has been read of the render and of the lock.
    pub reader: &'a TextReader<'t>,
}

/// Puts what a merge comes to into an update, explained.
///
/// # Errors
/// The blueprint does not render, which is a bug.
pub fn explain(update: &mut Update, merged: Merged, with: &Explainer<'_, '_>) -> Result<(), BlueprintError> {
    let edits = with.edits(&update.files, &merged);
    let commented = with.commented(&merged)?;
    let reasons = Reasons {
        with,
        texts: with.read(&merged, &commented),
        changed: with.changes.iter().flat_map(|changes| moved_items(changes)).collect(),
        edits,
        roots: Roots::new(&with.edition.renderer, with.plan),
    };
    let renamed: BTreeSet<&ObjectKey> =
        merged.changes.iter().filter(|change| is_name(&change.field)).filter_map(|change| change.object.as_ref()).collect();
    update.changes = merged
        .changes
        .iter()
        .map(|change| {
            let object = change.object.as_ref();
            let is_new = object.is_some_and(|object| renamed.contains(object));
            let items = reasons.items(object, &change.field, change.after.as_ref());
            let service_file = reasons.edits.touch(object, &change.field);
            ExplainedChange { service_file, ..explained(change.clone(), items, is_new) }
        })
        .collect();
    update.conflicts = merged
        .conflicts
        .into_iter()
        .map(|conflict| ExplainedConflict {
            items: reasons.items(conflict.object.as_ref(), &conflict.field, conflict.theirs.as_ref()),
            service_file: reasons.edits.touch(conflict.object.as_ref(), &conflict.field),
            conflict,
        })
        .collect();
    for note in merged.notes {
        if !matches!(note, Note::StaysDeleted { .. }) && !update.notes.contains(&note) {
            update.notes.push(note);
        }
    }
    for file in merged.files {
        update.dropped_comments.extend(file.dropped_comments.into_iter().map(|comment| (file.path.clone(), comment)));
    }
    update.causes = causes(update, with, !matches!(reasons.edits, Edits::None));
    Ok(())
}

/// A change with what it does. Under another name an object is a new one, in which everything can be set.
#[must_use]
pub fn explained(change: FieldChange, items: Vec<String>, is_new: bool) -> ExplainedChange {
    let (effect, default) = match &change.object {
        // A whole object that comes or goes does nothing to the Pods of another.
        Some(object) if !change.field.steps().is_empty() => {
            let default = (change.kind == ChangeKind::Removed).then(|| default_of(object, &change.field)).flatten();
            let effect = effect_of_values(object, &change.field, change.before.as_ref(), change.after.as_ref());
            (effect, default.map(|default| default.value))
        }
        _ => (Effect::NoRestart, None),
    };
    let is_refused = effect == Effect::NotInPlace && !is_name(&change.field);
    let effect = if is_new && (is_refused || effect == Effect::RunsOnePod) { Effect::NoRestart } else { effect };
    ExplainedChange { change, items, service_file: false, effect, default }
}

/// The items that ask a service for what a change brings; `texts` are the manifests with the blueprint's comments.
#[must_use]
pub fn items_of(
    edition: &Edition,
    service: &Service,
    roots: &Roots<'_>,
    texts: &[Rc<YamlText<'_>>],
    change: &FieldChange,
) -> Vec<String> {
    let (Some(object), field) = (&change.object, &change.field) else { return Vec::new() };
    let checklist = &edition.checklist;
    let touching = edition.field_items().touching(checklist, service, object, field);
    let is_item = |word: &str| checklist.item(word).is_some_and(|item| asks(item, service));
    let roots = |items: &BTreeSet<&str>| roots.of(items, object, field, change.after.as_ref());
    asking(&touching, field, &BTreeSet::new(), roots, &around(texts, object, field, is_item))
}

/// The items that ask for something else than before: what proves them makes no difference.
fn moved_items(changes: &Changes) -> impl Iterator<Item = &str> {
    use checklist::ItemDifference::{Reworded, Rule, Waivable};
    let asks_else = |change: &checklist::ItemDifference| !matches!(change, Reworded | Rule | Waivable { .. });
    changes.items.iter().filter(move |item| item.changes.iter().any(asks_else)).map(|item| item.item.as_str())
}

fn causes(update: &Update, with: &Explainer<'_, '_>, is_edited: bool) -> Vec<UpdateCause> {
    let mut causes = Vec::new();
    if update.checklist.changes() {
        let changes = with.changes.as_deref().cloned();
        causes.push(UpdateCause::Checklist { change: update.checklist.clone(), changes });
    } else if !with.old.checklist.is(&with.edition.locked().1) {
        causes.push(UpdateCause::ChecklistEdited { checklist: update.checklist.to.clone() });
    }
    if update.blueprint.changes() {
        causes.push(UpdateCause::Blueprint(update.blueprint.clone()));
    }
    if is_edited {
        causes.push(UpdateCause::ServiceFile);
    }
    causes
}

/// What the edit of the service file changes.
enum Edits {
    None,
    /// Everything that changes.
    All,
    /// These fields.
    Of(Vec<FieldChange>),
}

impl Edits {
    fn touch(&self, object: Option<&ObjectKey>, field: &Field) -> bool {
        let overlaps = |change: &FieldChange| {
            let (one, other) = (change.field.steps(), field.steps());
            change.object.as_ref() == object && (one.starts_with(other) || other.starts_with(one))
        };
        match self {
            Self::None => false,
            Self::All => true,
            Self::Of(changes) => changes.iter().any(overlaps),
        }
    }
}

struct Reasons<'a, 't> {
    with: &'a Explainer<'a, 't>,
    /// Manifests with the blueprint's comments.
    texts: Vec<Rc<YamlText<'a>>>,
    changed: BTreeSet<&'a str>,
    edits: Edits,
    roots: Roots<'a>,
}

impl Reasons<'_, '_> {
    fn items(&self, object: Option<&ObjectKey>, field: &Field, value: Option<&Json>) -> Vec<String> {
        // What the service file alone changes is no news of the checklist.
        let is_edit = matches!(self.edits, Edits::Of(_)) && self.edits.touch(object, field);
        let changed = if is_edit { BTreeSet::new() } else { self.changed.clone() };
        let Some(object) = object else { return Vec::new() };
        let (checklist, service) = (&self.with.edition.checklist, self.with.service);
        let mut touching = self.with.edition.field_items().touching(checklist, service, object, field);
        if let Some(before) = &self.with.before {
            let dropped = before.field_items().touching(&before.checklist, service, object, field);
            let is_asked = |id: &str| checklist.item(id).is_some_and(|item| asks(item, service));
            touching.extend(dropped.into_iter().filter(|(item, _)| changed.contains(item.id.as_str()) && !is_asked(&item.id)));
        }
        let is_item = |word: &str| checklist.item(word).is_some_and(|item| asks(item, service));
        let comments = around(&self.texts, object, field, is_item);
        asking(&touching, field, &changed, |items| self.roots.of(items, object, field, value), &comments)
    }
}

impl<'t> Explainer<'_, 't> {
    /// Today's render with the blueprint's comments, where the service has it without.
    fn commented(&self, merged: &Merged) -> Result<Vec<Manifest>, BlueprintError> {
        if self.plan.comments || (merged.changes.is_empty() && merged.conflicts.is_empty()) {
            return Ok(Vec::new());
        }
        let plan = Plan { comments: true, ..self.plan.clone() };
        self.edition.renderer.render(&plan)
    }

    /// The manifests whose comments name the items of what a merge comes to: today's, and then those of the
    /// last render where something goes.
    fn read<'c>(&self, merged: &Merged, commented: &'c [Manifest]) -> Vec<Rc<YamlText<'c>>>
    where
        't: 'c,
    {
        let changed = merged.changes.iter().map(|change| change.object.as_ref());
        let objects: BTreeSet<&ObjectKey> =
            changed.chain(merged.conflicts.iter().map(|conflict| conflict.object.as_ref())).flatten().collect();
        let is_about = |manifest: &&Manifest| objects.contains(&manifest.id.key());
        let mut texts: Vec<Rc<YamlText<'c>>> = if commented.is_empty() {
            let about = self.manifests.iter().filter(is_about);
            about.filter_map(|manifest| self.known(&manifest.path, &manifest.text)).collect()
        } else {
            let about = commented.iter().filter(is_about);
            about.filter_map(|manifest| read(&manifest.path, &manifest.text).ok()).map(Rc::new).collect()
        };
        let goes = merged.changes.iter().any(|change| change.kind == ChangeKind::Removed)
            || merged.conflicts.iter().any(|conflict| conflict.theirs.is_none());
        if goes {
            texts.extend(self.old.files.iter().filter_map(|file| self.known(&file.path, &file.base)));
        }
        texts
    }

    fn known<'c>(&self, path: &'t str, text: &'t str) -> Option<Rc<YamlText<'c>>>
    where
        't: 'c,
    {
        self.reader.read(SourceFile { path, text }).ok().map(|text| text as Rc<YamlText<'c>>)
    }

    /// What the edit of the service file alone changes: how what was rendered with then renders it today.
    /// All, where that cannot be told.
    fn edits(&self, files: &[OutFile], merged: &Merged) -> Edits {
        let base: Vec<SourceFile<'_>> =
            self.old.files.iter().map(|file| SourceFile { path: &file.path, text: &file.base }).collect();
        let is_base = |rendered: &[SourceFile<'_>]| {
            let is_in = |one: &SourceFile<'_>| base.iter().any(|file| file.path == one.path && file.text == one.text);
            rendered.len() == base.len() && rendered.iter().all(is_in)
        };
        let Some(before) = &self.before else { return Edits::None };
        let today: Vec<SourceFile<'_>> = self.manifests.iter().map(|it| SourceFile { path: &it.path, text: &it.text }).collect();
        if files.is_empty() && merged.changes.is_empty() && merged.conflicts.is_empty() || is_base(&today) {
            return Edits::None;
        }
        if std::ptr::eq(&raw const **before, self.edition) {
            return Edits::All;
        }
        let Some(rendered) = before.texts(self.service) else { return Edits::All };
        let edited: Vec<SourceFile<'_>> = rendered.iter().map(|(path, text)| SourceFile { path, text }).collect();
        if is_base(&edited) {
            return Edits::None;
        }
        match merge::merge(&base, &base, &edited, &MergePolicy::default()) {
            Ok(merged) if merged.changes.is_empty() && merged.conflicts.is_empty() => Edits::None,
            Ok(merged) => Edits::Of(merged.changes),
            Err(_) => Edits::All,
        }
    }
}
