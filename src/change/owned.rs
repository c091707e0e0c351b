//! Fields that an update leaves to others: those that the service file names, and what autoscalers
//! that people have added or kept write.

use crate::manifest::{ObjectId, SCALED, Workload};
use crate::merge::{ChangeKind, Merged, Owned, SourceFile, TextReader};
use crate::notation::{FieldPattern, ObjectKey};
use crate::service::Service;
use crate::yaml::{Document, Node, load};

/// Kinds that write `spec.replicas` of what they scale.
pub const AUTOSCALERS: &[&str] = &["HorizontalPodAutoscaler", "ScaledObject"];

/// An autoscaler that is not rendered.
pub struct Foreign {
    kind: String,
    name: String,
    owned: Owned,
    /// Whether it was rendered last time.
    was_rendered: bool,
}

/// The autoscalers on disk that are not rendered. One that is owns nothing: what it scales is rendered
/// without `replicas` already.
pub fn foreign<'t>(
    reader: &TextReader<'t>,
    rendered: &[ObjectKey],
    base: &[SourceFile<'t>],
    ours: &[SourceFile<'t>],
) -> Vec<Foreign> {
    let is_rendered = |it: &Foreign| rendered.iter().any(|key| key.known_kind() == Some(&it.kind) && key.name == it.name);
    let mut foreign: Vec<Foreign> = autoscalers(reader, ours).into_iter().filter(|it| !is_rendered(it)).collect();
    if !foreign.is_empty() {
        let before = autoscalers(reader, base);
        for it in &mut foreign {
            it.was_rendered = before.iter().any(|other| other.kind == it.kind && other.name == it.name);
        }
    }
    foreign
}

/// The fields that somebody else owns: as the service file states, and as people's autoscalers write.
#[must_use]
pub fn owned(service: &Service, foreign: &[Foreign]) -> Vec<Owned> {
    let stated = service.owned_elsewhere.iter().filter_map(|owned| {
        let pattern = FieldPattern::parse(&owned.field).ok()?;
        Some(Owned { pattern, by: owned.by.clone() })
    });
    stated.chain(foreign.iter().filter(|it| !it.was_rendered).map(|it| it.owned.clone())).collect()
}

/// What the autoscalers own that were rendered last time, and that a merge leaves where they are.
#[must_use]
pub fn kept(foreign: &[Foreign], merged: &Merged) -> Vec<Owned> {
    let goes = |it: &Foreign| {
        let is_it = |key: &ObjectKey| key.known_kind() == Some(&it.kind) && key.name == it.name;
        let removed =
            merged.changes.iter().filter(|change| change.kind == ChangeKind::Removed && change.field.steps().is_empty());
        removed.filter_map(|change| change.object.as_ref()).any(is_it)
    };
    foreign.iter().filter(|it| it.was_rendered && !goes(it)).map(|it| it.owned.clone()).collect()
}

fn autoscalers<'t>(reader: &TextReader<'t>, files: &[SourceFile<'t>]) -> Vec<Foreign> {
    let in_documents =
        |documents: &[Document]| -> Vec<Foreign> { documents.iter().filter_map(|document| autoscaler(&document.root)).collect() };
    files
        .iter()
        .filter(|file| AUTOSCALERS.iter().any(|kind| file.text.contains(kind)))
        .flat_map(|file| match reader.read(*file) {
            Ok(text) => in_documents(&text.documents),
            // What people have added need not be such that it can be edited.
            Err(_) => load(file.path, file.text).map(|documents| in_documents(&documents)).unwrap_or_default(),
        })
        .collect()
}

fn autoscaler(root: &Node) -> Option<Foreign> {
    let text = |node: &Node, key: &str| node.get(key).and_then(Node::as_str).map(str::to_owned);
    let name = text(root.get("metadata")?, "name")?;
    let kind = ObjectId::of(root).known_kind()?.to_owned();
    let target = root.get("spec")?.get("scaleTargetRef").filter(|_| AUTOSCALERS.contains(&kind.as_str()))?;
    let of = text(target, "kind").unwrap_or_else(|| SCALED.to_owned());
    // What is none of Kubernetes' own and can be scaled keeps the number there too.
    let replicas = Workload::of_kind(&of).and_then(|workload| workload.replicas).unwrap_or("spec.replicas");
    let pattern = FieldPattern::parse(&format!("{of}/{}.{replicas}", text(target, "name")?)).ok()?;
    let by = format!("{kind} {name}");
    Some(Foreign { kind, name, owned: Owned { pattern, by }, was_rendered: false })
}
