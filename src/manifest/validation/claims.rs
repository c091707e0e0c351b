//! Claims of storage: by themselves, of a `StatefulSet`, and of a volume.

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::labels::{labels, selector};
use super::metadata::{Lives, annotations, metadata};
use crate::notation::{dns_label, dns_subdomain};
use crate::yaml::Node;

/// Judges a `PersistentVolumeClaim`.
pub(super) fn claim<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    metadata(root, Lives::InNamespace, dns_subdomain, faults);
    claim_spec(root, false, faults);
}

/// Judges the claim that an ephemeral volume makes.
pub(super) fn claim_of_a_volume<'n>(source: &'n Node, faults: &mut Complaints<'n>) {
    let template = source.at("volumeClaimTemplate");
    if !source.has("volumeClaimTemplate") {
        return faults.lacks(source, "volumeClaimTemplate");
    }
    let metadata = template.at("metadata");
    labels(metadata, "labels", faults);
    annotations(metadata, faults);
    for entry in metadata.entries() {
        if !matches!(entry.key.as_str(), "labels" | "annotations") && metadata.has(&entry.key) {
            faults.add(&entry.node, "is not allowed here; only labels and annotations are");
        }
    }
    claim_spec(template, true, faults);
}

/// Judges the `spec` of what is a claim or a template of one.
pub(super) fn claim_spec<'n>(claim: &'n Node, of_template: bool, faults: &mut Complaints<'n>) {
    let spec = claim.at("spec");
    let modes = spec.list("accessModes");
    if modes.is_empty() {
        faults.lacks(claim, "spec.accessModes");
    }
    let (mut alone, mut others) = (false, false);
    for mode in modes {
        match mode.words() {
            "ReadWriteOncePod" => alone = true,
            "ReadWriteOnce" | "ReadOnlyMany" | "ReadWriteMany" => others = true,
            other => faults.add(
                mode,
                format!("must be `ReadWriteOnce`, `ReadOnlyMany`, `ReadWriteMany` or `ReadWriteOncePod`, and is `{other}`"),
            ),
        }
    }
    if alone && others {
        faults.at(spec, "accessModes", "hold `ReadWriteOncePod` and others; it is allowed by itself only");
    }
    selector(spec.at("selector"), faults);
    match spec.at("resources").at("requests").get("storage").and_then(ObjectFields::measure) {
        None => faults.lacks(claim, "spec.resources.requests.storage"),
        Some(size) if !size.is_positive() => {
            faults.at(spec, "resources.requests.storage", format!("must be more than 0, and is {size}"));
        }
        Some(_) => {}
    }
    faults.judge_given(spec, "storageClassName", dns_subdomain);
    faults.given_one_of(spec, "volumeMode", &["Block", "Filesystem"]);
    data_sources(spec, of_template, faults);
    if faults.since(34) {
        faults.judge_given(spec, "volumeAttributesClassName", dns_subdomain);
    }
}

/// Whether a source is one that was allowed from the beginning.
fn is_known(source: &Node) -> bool {
    let of = (source.text("apiGroup"), source.text("kind"));
    matches!(of, ("", "PersistentVolumeClaim") | ("snapshot.storage.k8s.io", "VolumeSnapshot"))
}

fn data_sources<'n>(spec: &'n Node, of_template: bool, faults: &mut Complaints<'n>) {
    let (source, from) = (spec.at("dataSource"), spec.at("dataSourceRef"));
    // Other namespaces are looked at in no version yet: a reference of a claim itself that names one is dropped.
    let refers = spec.has("dataSourceRef") && (of_template || from.text("namespace").is_empty());
    if refers {
        data_source(from, faults);
    }
    // Of a claim itself, without a reference, a source of another kind is dropped.
    if spec.has("dataSource") && (of_template || refers || is_known(source)) {
        data_source(source, faults);
    }
    let differs = |field: &str| source.text(field) != from.text(field);
    if refers && spec.has("dataSource") && ["apiGroup", "kind", "name"].into_iter().any(differs) {
        faults.at(spec, "dataSource", "must be the same as `dataSourceRef`");
    }
}

fn data_source<'n>(source: &'n Node, faults: &mut Complaints<'n>) {
    faults.needs(source, "name");
    let has_kind = faults.needs(source, "kind");
    faults.judge_given(source, "apiGroup", dns_subdomain);
    faults.judge_given(source, "namespace", dns_label);
    if has_kind && source.text("apiGroup").is_empty() && source.text("kind") != "PersistentVolumeClaim" {
        faults.at(
            source,
            "kind",
            format!("must be `PersistentVolumeClaim` where no `apiGroup` is named, and is `{}`", source.text("kind")),
        );
    }
}
