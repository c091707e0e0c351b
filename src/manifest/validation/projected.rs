//! Files that are made of ConfigMaps, Secrets, fields of the Pod and tokens.

use std::collections::BTreeSet;

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::env::{field_of_file, resource};
use super::labels::selector;
use super::paths::{mode, path_below};
use crate::yaml::Node;

/// The sources of a projected volume.
const SOURCES: &[&str] = &["secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle", "podCertificate"];

/// Judges the keys of a ConfigMap or Secret that become files.
pub(super) fn items<'n>(source: &'n Node, faults: &mut Complaints<'n>) {
    mode(source, "defaultMode", faults);
    for item in source.list("items") {
        faults.needs(item, "key");
        if faults.needs(item, "path") {
            path_below(item.at("path"), true, faults);
        }
        mode(item, "mode", faults);
    }
}

/// Judges the fields of the Pod that become files.
pub(super) fn downward_api<'n>(source: &'n Node, faults: &mut Complaints<'n>) {
    mode(source, "defaultMode", faults);
    for item in source.list("items") {
        if faults.needs(item, "path") {
            path_below(item.at("path"), true, faults);
        }
        mode(item, "mode", faults);
        match (item.has("fieldRef"), item.has("resourceFieldRef")) {
            (false, false) => faults.add(item, "names no source; `fieldRef` or `resourceFieldRef` is required"),
            (true, true) => faults.add(item, "has both `fieldRef` and `resourceFieldRef`; one is allowed"),
            _ => {}
        }
        if item.has("fieldRef") {
            field_of_file(item.at("fieldRef"), faults);
        } else if item.has("resourceFieldRef") {
            resource(item.at("resourceFieldRef"), true, faults);
        }
    }
}

/// Judges a volume of several sources.
pub(super) fn projected<'n>(volume: &'n Node, faults: &mut Complaints<'n>) {
    mode(volume, "defaultMode", faults);
    let mut paths = BTreeSet::new();
    for source in volume.list("sources") {
        let given: Vec<&'static str> = SOURCES.iter().copied().filter(|kind| source.has(kind)).collect();
        if let [first, _, ..] = given[..] {
            faults.add(source, format!("has another source beside `{first}`; one is allowed in each element"));
        }
        for kind in given {
            let from = source.at(kind);
            match kind {
                "secret" | "configMap" => {
                    faults.needs(from, "name");
                    items(from, faults);
                }
                "downwardAPI" => downward_api(from, faults),
                "serviceAccountToken" => token(from, faults),
                "clusterTrustBundle" if faults.since(37) => trust_bundle(from, faults),
                _ => {}
            }
            for item in from.list("items") {
                faults.twice(&mut paths, item, "path");
            }
        }
    }
}

fn token<'n>(token: &'n Node, faults: &mut Complaints<'n>) {
    if let Some(seconds) = token.int("expirationSeconds").filter(|seconds| !(600..=1 << 32).contains(seconds)) {
        faults.at(token, "expirationSeconds", format!("must be 600 to {}, and is {seconds}", 1_i64 << 32));
    }
    if faults.needs(token, "path") && faults.since(30) {
        path_below(token.at("path"), true, faults);
    }
}

fn trust_bundle<'n>(bundle: &'n Node, faults: &mut Complaints<'n>) {
    match (bundle.has("name"), bundle.has("signerName")) {
        (false, false) => faults.add(bundle, "names no bundle; `name` or `signerName` is required"),
        (true, true) => faults.add(bundle, "has both `name` and `signerName`; one is allowed"),
        (true, false) => {
            faults.needs(bundle, "name");
            faults.forbid(bundle, &["labelSelector"], "beside `name`");
        }
        (false, true) => {
            faults.needs(bundle, "signerName");
            selector(bundle.at("labelSelector"), faults);
        }
    }
    if faults.needs(bundle, "path") {
        path_below(bundle.at("path"), true, faults);
    }
}
