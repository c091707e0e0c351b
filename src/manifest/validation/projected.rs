//! Files that are made of ConfigMaps, Secrets, fields of the Pod and tokens.

use std::collections::BTreeSet;

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::env::{field_of_file, resource};
use super::labels::selector;
use super::paths::{mode, path_below};
use crate::notation::{dns_label, dns_subdomain};
use crate::yaml::Node;

/// Where the parts of a certificate lie.
const CERTIFICATE_PATHS: &[&str] = &["credentialBundlePath", "keyPath", "certificateChainPath"];

/// In seconds.
const HOUR: i64 = 3600;

/// The sources of a projected volume, and since when they are looked at.
const SOURCES: &[(&str, u16)] = &[
    ("secret", 0),
    ("configMap", 0),
    ("downwardAPI", 0),
    ("serviceAccountToken", 0),
    ("clusterTrustBundle", 37),
    ("podCertificate", 37),
];

/// Judges the keys of a `ConfigMap` or Secret that become files.
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
        let known = SOURCES.iter().filter(|(kind, since)| faults.since(*since) && source.has(kind));
        let given: Vec<&'static str> = known.map(|(kind, _)| *kind).collect();
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
                "clusterTrustBundle" => trust_bundle(from, faults),
                _ => certificate(from, faults),
            }
            for item in from.list("items") {
                faults.twice(&mut paths, item, "path");
            }
            let fields: &[&'static str] = match kind {
                "clusterTrustBundle" => &["path"],
                "podCertificate" => CERTIFICATE_PATHS,
                _ => &[],
            };
            for field in fields {
                faults.twice(&mut paths, from, field);
            }
        }
    }
}

fn certificate<'n>(certificate: &'n Node, faults: &mut Complaints<'n>) {
    signer(certificate, faults);
    let kinds = ["RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519"];
    faults.needs_one_of(certificate, "keyType", &kinds);
    let of_kubernetes = certificate.text("signerName").split('/').next().is_some_and(|domain| domain.ends_with("kubernetes.io"));
    faults.range(certificate, "maxExpirationSeconds", HOUR..=if of_kubernetes { 24 * HOUR } else { 91 * 24 * HOUR });
    if CERTIFICATE_PATHS.iter().all(|field| certificate.text(field).is_empty()) {
        faults.add(certificate, "names no file; `credentialBundlePath`, `keyPath` or `certificateChainPath` is required");
    }
    for field in CERTIFICATE_PATHS {
        path_below(certificate.at(field), true, faults);
    }
}

/// Judges the name of who signs: a domain of several parts and a path.
fn signer<'n>(from: &'n Node, faults: &mut Complaints<'n>) {
    if !faults.needs(from, "signerName") {
        return;
    }
    let name = from.text("signerName");
    let right = name.split_once('/').is_some_and(|(domain, path)| {
        domain.contains('.') && domain.split('.').all(|part| dns_label(part).is_ok()) && dns_subdomain(path).is_ok()
    });
    if !right {
        faults.at(from, "signerName", format!("must be a domain and a path such as `example.com/name`, and is `{name}`"));
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
            signer(bundle, faults);
            selector(bundle.at("labelSelector"), faults);
        }
    }
    if faults.needs(bundle, "path") {
        path_below(bundle.at("path"), true, faults);
    }
}
