//! Fields that an update leaves to others: those that the service file names, and what autoscalers
//! that people have added write.

use crate::formats::{FieldPattern, ObjectKey};
use crate::merge::{File, Owned};
use crate::service::Service;
use crate::yaml::{Node, load};

/// Kinds that write `spec.replicas` of what they scale.
const AUTOSCALERS: &[&str] = &["HorizontalPodAutoscaler", "ScaledObject"];

/// The fields that somebody else owns. An autoscaler of the last render owns nothing by itself: what
/// it scales is rendered without `replicas` already.
pub fn owned(service: &Service, rendered: &[ObjectKey], ours: &[File<'_>]) -> Vec<Owned> {
    let stated = service.owned_elsewhere.iter().filter_map(|owned| {
        let pattern = FieldPattern::parse(&owned.field).ok()?;
        Some(Owned { pattern, by: owned.by.clone() })
    });
    let scaled = ours
        .iter()
        .filter(|file| AUTOSCALERS.iter().any(|kind| file.text.contains(kind)))
        .flat_map(|file| load(file.path, file.text).unwrap_or_default())
        .filter_map(|document| scaled(&document.root, rendered));
    stated.chain(scaled).collect()
}

fn scaled(root: &Node, rendered: &[ObjectKey]) -> Option<Owned> {
    let text = |node: &Node, key: &str| node.get(key).and_then(Node::as_str).map(str::to_owned);
    let (kind, name) = (text(root, "kind")?, text(root.get("metadata")?, "name")?);
    if !AUTOSCALERS.contains(&kind.as_str()) || rendered.iter().any(|key| key.kind == kind && key.name == name) {
        return None;
    }
    let target = root.get("spec")?.get("scaleTargetRef")?;
    let of = text(target, "kind").unwrap_or_else(|| "Deployment".to_owned());
    let pattern = FieldPattern::parse(&format!("{of}/{}.spec.replicas", text(target, "name")?)).ok()?;
    Some(Owned { pattern, by: format!("{kind} {name}") })
}
