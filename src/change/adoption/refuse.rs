//! What an adoption refuses, as it cannot be held back.

use std::sync::Arc;

use serde_json::Value as Json;

use crate::adopt::{Family, ObjectField};
use crate::change::ChangeError;
use crate::merge::{ChangeKind, FieldChange};
use crate::notation::Field;
use crate::service::Service;
use crate::yaml::{Fault, Route, Source};

/// Refuses another namespace than that of the manifests: what stands would stay where it is, and what comes
/// would go elsewhere.
pub fn refuse_other_namespace(service: &Service, family: &Family<'_>) -> Result<(), ChangeError> {
    let standing = &family.workload.id.namespace;
    if service.namespace == *standing {
        return Ok(());
    }
    let words =
        |namespace: &Option<String>| namespace.as_ref().map_or("no namespace".to_owned(), |name| format!("namespace {name}"));
    let message = format!("{} has {}, not {}", family.workload.label(), words(standing), words(&service.namespace));
    let mut fault = Fault::new(Route::root().key("namespace"), message);
    fault.source = Some(Source::Given("--set namespace".to_owned()));
    let hint = "adopt it where it is; then set `namespace` in plimsoll.yaml, and `plimsoll update` says how the objects move";
    Err(ChangeError::Faults(vec![fault.hint(hint)]))
}

/// Refuses labels by which another object of the folder would begin to select the Pods: they cannot be held
/// back, as what is rendered selects by them too.
pub fn refuse_selected(family: &Family<'_>, changes: &[FieldChange]) -> Result<(), ChangeError> {
    let text = |value: &Option<Json>| value.as_ref().and_then(Json::as_str).map(str::to_owned);
    let label = |change: &FieldChange| {
        let in_pod = family.kind.in_pod(change.field.steps()).map(|steps| Field::new(steps.to_vec())).unwrap_or_default();
        let keys: Vec<&str> = in_pod.keys().collect();
        match (keys.as_slice(), &change.after) {
            (["metadata", "labels", key], after) => {
                vec![((*key).to_owned(), text(after).unwrap_or_default())]
            }
            (["metadata", "labels"], Some(Json::Object(map))) => {
                map.iter().map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
            }
            _ => Vec::new(),
        }
    };
    let added: Vec<(String, String)> = changes.iter().filter(|change| change.kind == ChangeKind::Added).flat_map(label).collect();
    let fault = |selector: &ObjectField<'_>| {
        let message = format!("{} does not select these Pods, and would by the labels that they get", selector.object.label());
        let mut fault = Fault::new(selector.route.clone(), message);
        fault.source = Some(Source::File(Arc::clone(&selector.object.file), selector.place()));
        fault.hint("make its selector narrower, answer otherwise what the label says, as `component`, or pass --accept-risky")
    };
    let faults: Vec<Fault> = family.selecting_with(&added).iter().map(fault).collect();
    if faults.is_empty() { Ok(()) } else { Err(ChangeError::Faults(faults)) }
}
