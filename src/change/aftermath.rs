//! What an update means for everything around the manifests that it writes.

use super::chores::chores;
use super::kustomize::{self, Around};
use super::moved::{left_behind, moved, naming};
use super::words::is_name;
use super::{ExplainedChange, FileKind, OutFile, Update};
use crate::check::{self, CheckedText, Lost};
use crate::manifest::{Effect, Workload};
use crate::merge::{ChangeKind, object_key};
use crate::yaml::{Node, Value, load};

/// What is around the manifests of an update.
#[derive(Debug, Default)]
pub struct Surroundings {
    /// The kustomizations around [`touched`] files.
    pub kustomizations: Around,
    /// The other files of the service's folder that may point at what goes, where [`takes_away`] says that
    /// anything does.
    pub beside: Vec<(String, String)>,
}

/// Works out what an update means for what is around it, and adds the kustomizations to what it writes;
/// `standing` are the manifests as they are, of which `rendered` were rendered last, and `read` reads what is
/// around them.
pub fn complete(
    update: &mut Update,
    standing: &[(String, String)],
    rendered: &[&str],
    read: impl FnOnce(&Update, &[(String, String)]) -> Surroundings,
) {
    refuse_immutable(update, standing);
    let around = read(update, standing);
    relist(update, standing, &around.kustomizations);
    update.aftermath.lost = lost(update, standing, rendered, &around.beside);
    update.aftermath.chores = chores(update, &around.kustomizations);
    let moved = moved(update);
    if !moved.is_empty() {
        let after = after(update, standing);
        update.aftermath.chores.extend(left_behind(&moved, &after, &around.kustomizations));
        update.aftermath.chores.sort_by(|one, other| one.why.cmp(&other.why));
        let all = [after, around.beside.clone()].concat();
        let known = |lost: &Lost, all: &[Lost]| all.iter().any(|other| (&other.file, other.line) == (&lost.file, lost.line));
        for lost in naming(&moved, &all) {
            if !known(&lost, &update.aftermath.lost) {
                update.aftermath.lost.push(lost);
            }
        }
    }
}

/// The manifests of which it matters by what kustomization they are built: those that come or go, and those
/// that applying them is not all for.
#[must_use]
pub fn touched(update: &Update) -> Vec<&str> {
    let moved = update.files.iter().filter(|file| is_manifest(file) && (file.before.is_none() || file.text.is_none()));
    let has_chore = |explained: &&ExplainedChange| {
        let change = &explained.change;
        let is_gone = change.field.steps().is_empty() && change.kind == ChangeKind::Removed;
        is_gone || is_name(&change.field) || matches!(explained.effect, Effect::RunsOnePod | Effect::NotInPlace)
    };
    let to_do = update.changes.iter().filter(has_chore).map(|explained| explained.change.file.as_str());
    moved.map(|file| file.path.as_str()).chain(to_do).collect()
}

fn is_manifest(file: &OutFile) -> bool {
    file.kind == FileKind::Manifest && !kustomize::is_named_so(&file.path)
}

/// Marks changes of what people have declared immutable: the API server refuses them.
fn refuse_immutable(update: &mut Update, standing: &[(String, String)]) {
    for ExplainedChange { change, effect, .. } in &mut update.changes {
        let Some(object) = change.object.as_ref().filter(|object| matches!(object.known_kind(), Some("ConfigMap" | "Secret")))
        else {
            continue;
        };
        let is_content = change.field.keys().next().is_some_and(|key| matches!(key, "binaryData" | "data" | "stringData"));
        let Some((path, text)) = standing.iter().find(|(path, _)| is_content && *path == change.file) else { continue };
        let is_it = |root: &Node| object_key(root).as_ref() == Some(object);
        let documents = load(path, text).unwrap_or_default();
        let root = documents.iter().map(|document| &document.root).find(|root| is_it(root));
        if root.and_then(|root| root.get("immutable")).is_some_and(|node| node.value == Value::Bool(true)) {
            *effect = Effect::NotInPlace;
        }
    }
}

/// Has the kustomizations list what comes, and no longer what goes.
fn relist(update: &mut Update, standing: &[(String, String)], around: &Around) {
    let named = |is: fn(&OutFile) -> bool| -> Vec<String> {
        let fitting = update.files.iter().filter(|file| is(file) && is_manifest(file));
        fitting.map(|file| file.path.clone()).collect()
    };
    let (come, go) = (named(|file| file.before.is_none()), named(|file| file.text.is_none()));
    if come.is_empty() && go.is_empty() {
        return;
    }
    let paths: Vec<String> = standing.iter().map(|(path, _)| path.clone()).filter(|path| !kustomize::is_named_so(path)).collect();
    for relisted in around.relist(&come, &go, &paths) {
        if let Some(text) = relisted.after {
            update.files.push(OutFile::new(&relisted.listing.file, FileKind::Text, Some(relisted.before), Some(text)));
        }
        update.aftermath.kustomizations.push(relisted.listing);
    }
}

/// The texts as they will be.
fn after(update: &Update, standing: &[(String, String)]) -> Vec<(String, String)> {
    let changed = |path: &str| update.files.iter().any(|file| file.path == path);
    let kept = standing.iter().filter(|(path, _)| !changed(path)).cloned();
    let new = update.files.iter().filter(|file| file.kind != FileKind::Values);
    kept.chain(new.filter_map(|file| Some((file.path.clone(), file.text.clone()?)))).collect()
}

/// Whether an update takes objects or ports away, at which something else may point.
#[must_use]
pub fn takes_away(update: &Update) -> bool {
    update.changes.iter().map(|explained| &explained.change).any(|change| {
        let keys: Vec<&str> = change.field.keys().collect();
        let is_port = matches!(keys.as_slice(), ["spec", "ports", ..]) && change.kind != ChangeKind::Added;
        let in_pod = change.object.as_ref().and_then(Workload::of).and_then(|workload| workload.in_pod(change.field.steps()));
        let is_container_port = keys.contains(&"ports") && in_pod.is_some() && change.kind != ChangeKind::Added;
        let is_gone = keys.is_empty() && change.kind == ChangeKind::Removed;
        is_gone
            || is_container_port
            || is_name(&change.field)
            || (is_port && change.object.as_ref().is_some_and(|object| object.known_kind() == Some("Service")))
    })
}

/// Finds what points at something that the update takes away: among the manifests and what is beside them.
fn lost(update: &Update, standing: &[(String, String)], rendered: &[&str], beside: &[(String, String)]) -> Vec<Lost> {
    let relabels = update.changes.iter().any(|explained| explained.change.field.keys().any(|key| key == "labels"));
    let is_own = |path: &String| !rendered.contains(&path.as_str());
    let may_lose = takes_away(update) || (relabels && standing.iter().any(|(path, _)| is_own(path)));
    if !may_lose {
        return Vec::new();
    }
    let texts = |all: &[(String, String)]| -> Vec<CheckedText> {
        all.iter().chain(beside).map(|(path, text)| CheckedText::new(path, text.clone())).collect()
    };
    check::lost(&texts(standing), &texts(&after(update, standing)))
}
