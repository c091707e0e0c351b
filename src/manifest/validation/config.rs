//! ConfigMaps and Secrets.

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::metadata::{Lives, metadata};
use crate::notation::{config_key, dns_subdomain};
use crate::yaml::{Entry, Node};

/// What the values may take together, in bytes.
const MOST_BYTES: usize = 1 << 20;

/// Judges a `ConfigMap`.
pub(super) fn config_map<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    metadata(root, Lives::InNamespace, dns_subdomain, faults);
    keys(root, &["data", "binaryData"], faults);
    for entry in root.map("data") {
        if root.at("binaryData").get(&entry.key).is_some() {
            faults.add(&entry.node, "stands in `binaryData`, too");
        }
    }
    let text: usize = root.map("data").iter().map(|entry| entry.node.words().len()).sum();
    size(root, text + root.map("binaryData").iter().map(decoded).sum::<usize>(), faults);
}

/// Judges a `Secret`.
pub(super) fn secret<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    metadata(root, Lives::InNamespace, dns_subdomain, faults);
    keys(root, &["data", "stringData"], faults);
    // What is written as text wins over what is encoded.
    let text = root.at("stringData");
    let encoded = root.map("data").iter().filter(|entry| text.get(&entry.key).is_none());
    let bytes = text.entries().iter().map(|entry| entry.node.words().len()).sum::<usize>() + encoded.map(decoded).sum::<usize>();
    size(root, bytes, faults);
    let has = |key: &str| text.get(key).is_some() || root.at("data").get(key).is_some();
    let filled = |key: &str| ["stringData", "data"].iter().any(|field| !root.at(field).text(key).is_empty());
    let (kind, missing): (&str, Vec<&str>) = match root.text("type") {
        "kubernetes.io/service-account-token" => {
            let account = "kubernetes.io/service-account.name";
            if root.at("metadata").at("annotations").text(account).is_empty() {
                faults.at(root, "metadata.annotations", format!("must hold `{account}` for a Secret of this type"));
            }
            return;
        }
        kind @ "kubernetes.io/dockercfg" => (kind, vec![".dockercfg"]),
        kind @ "kubernetes.io/dockerconfigjson" => (kind, vec![".dockerconfigjson"]),
        kind @ "kubernetes.io/basic-auth" if !has("username") && !has("password") => (kind, vec!["username", "password"]),
        kind @ "kubernetes.io/ssh-auth" if !filled("ssh-privatekey") => (kind, vec!["ssh-privatekey"]),
        kind @ "kubernetes.io/tls" => (kind, vec!["tls.crt", "tls.key"]),
        _ => return,
    };
    for key in missing.iter().filter(|key| !has(key) || kind.ends_with("ssh-auth")) {
        faults.at(root, "data", format!("must hold `{key}` for a Secret of type `{kind}`"));
    }
    let docker = missing.first().and_then(|key| text.get(key)).filter(|_| kind.contains("docker"));
    if let Some(node) = docker.filter(|node| !matches!(serde_json::from_str(node.words()), Ok(serde_json::Value::Object(_)))) {
        faults.add(node, "must be an object in JSON");
    }
}

fn keys<'n>(root: &'n Node, fields: &[&str], faults: &mut Complaints<'n>) {
    for entry in fields.iter().flat_map(|field| root.map(field)) {
        if let Err(fault) = config_key(&entry.key) {
            faults.add(&entry.node, format!("has the key `{}`, which {fault}", entry.key));
        }
    }
}

fn size<'n>(root: &'n Node, bytes: usize, faults: &mut Complaints<'n>) {
    if bytes > MOST_BYTES {
        faults.at(root, "data", format!("takes {bytes} bytes; {MOST_BYTES} are allowed"));
    }
}

/// How many bytes a value in base64 stands for.
fn decoded(entry: &Entry) -> usize {
    let digits = entry.node.words().bytes().filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')).count();
    digits * 3 / 4
}
