//! Kinds that little is warned of.

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::addresses::network;
use super::amounts::claim_spec;
use super::service::service;
use crate::yaml::Node;

const CLASS: &str = "kubernetes.io/ingress.class";
const OLD_STORAGE_CLASS: &str = "volume.beta.kubernetes.io/storage-class";
const ENFORCE_SECRETS: &str = "kubernetes.io/enforce-mountable-secrets";

/// Above these, an indexed Job may lose count.
const MANY_COMPLETIONS: i64 = 100_000;
const MANY_AT_ONCE: i64 = 10_000;

/// Warns of what an object says by its kind.
pub(super) fn of_kind<'n>(api: &str, kind: &str, root: &'n Node, faults: &mut Complaints<'n>) {
    let spec = root.at("spec");
    match (api, kind) {
        ("v1", "Service") => service(root, faults),
        ("apps/v1", "StatefulSet") => set(spec, faults),
        ("batch/v1", _) if spec.has("jobTemplate") => job(spec.at("jobTemplate").at("spec"), faults),
        ("batch/v1", _) => job(spec, faults),
        ("v1", "PersistentVolumeClaim") => {
            old_annotation(root, OLD_STORAGE_CLASS, "which is deprecated since 1.8; use `storageClassName`", faults);
            claim_spec(spec, faults);
        }
        ("v1", "ServiceAccount") if faults.since(32) => {
            old_annotation(root, ENFORCE_SECRETS, "which is deprecated since 1.32; keep Secrets apart by namespaces", faults);
        }
        ("v1", "ResourceQuota") if faults.since(35) => quota(spec.at("hard"), faults),
        ("v1", "Endpoints") if faults.since(33) => {
            faults.at(root, "kind", "is `Endpoints`, which is deprecated since 1.33; use `EndpointSlice`");
        }
        ("v1", "Secret") if root.text("type") == "kubernetes.io/tls" => certificate(root, faults),
        ("networking.k8s.io/v1", "Ingress") if !spec.has("ingressClassName") => {
            old_annotation(root, CLASS, "which is deprecated; use `ingressClassName`", faults);
        }
        ("networking.k8s.io/v1", "NetworkPolicy") if faults.since(33) => {
            for (direction, peers) in [("ingress", "from"), ("egress", "to")] {
                for peer in spec.list(direction).iter().flat_map(|rule| rule.list(peers)) {
                    let block = peer.at("ipBlock");
                    network(block.at("cidr"), faults);
                    for except in block.list("except") {
                        network(except, faults);
                    }
                }
            }
        }
        _ => {}
    }
}

fn old_annotation<'n>(root: &'n Node, key: &str, why: &str, faults: &mut Complaints<'n>) {
    if let Some(node) = root.at("metadata").at("annotations").get(key) {
        faults.add(node, format!("belongs to `{key}`, {why}"));
    }
}

fn set<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    for claim in spec.list("volumeClaimTemplates") {
        claim_spec(claim.at("spec"), faults);
    }
    if spec.int("revisionHistoryLimit").is_some_and(|limit| limit < 0) && faults.since(33) {
        faults.at(spec, "revisionHistoryLimit", "is negative, so that all revisions are kept");
    }
}

fn job<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    let above = |field: &str, most: i64| spec.int(field).is_some_and(|number| number > most);
    if spec.text("completionMode") == "Indexed" && above("completions", MANY_COMPLETIONS) && above("parallelism", MANY_AT_ONCE) {
        let why =
            format!("is more than {MANY_AT_ONCE} beside more than {MANY_COMPLETIONS} `completions`; the Job may lose count");
        faults.at(spec, "parallelism", why);
    }
}

fn quota<'n>(hard: &'n Node, faults: &mut Complaints<'n>) {
    for name in ["cpu", "memory", "ephemeral-storage"] {
        let limit = hard.at(&format!("limits.{name}")).quantity();
        let requests = format!("requests.{name}");
        let key = if hard.has(&requests) || name == "ephemeral-storage" { requests.as_str() } else { name };
        let (Some(request), Some(limit)) = (hard.at(key).quantity(), limit) else { continue };
        if request > limit {
            faults.add(hard.at(key), format!("is {request}, more than the limits of {limit}"));
        }
    }
}

/// Warns of what is no certificate and no key, which is as much as can be seen without reading them.
fn certificate<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    // `-----BEGIN` in base64, wherever it begins.
    let encoded = ["LS0tLS1CRUdJTi", "0tLS0tQkVHSU4", "tLS0tLUJFR0lO"];
    for (key, what) in [("tls.crt", "certificate"), ("tls.key", "key")] {
        let given = ["stringData", "data"].into_iter().find_map(|field| Some((field, root.at(field).get(key)?)));
        let Some((field, node)) = given else { continue };
        let begins = |text: &str| {
            if field == "data" { encoded.iter().any(|part| text.contains(part)) } else { text.contains("-----BEGIN") }
        };
        if !begins(node.words()) {
            faults.add(node, format!("holds no {what} in PEM"));
        }
    }
}
