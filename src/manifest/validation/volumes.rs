//! Volumes of a Pod: their names, and where each comes from.

use std::collections::{BTreeMap, BTreeSet};

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::claims::claim_of_a_volume;
use super::paths::{no_steps_back, path_below};
use super::projected::{downward_api, items, projected};
use crate::notation::{dns_label, dns_subdomain};
use crate::yaml::Node;

/// The volumes of a Pod by their names; `None` for what a `StatefulSet` claims.
pub(super) type Volumes<'n> = BTreeMap<&'n str, Option<&'n Node>>;

/// How a volume's source is judged beside its required fields.
type More = for<'n> fn(&'n Node, &mut Complaints<'n>);

/// The sources of volumes in the order in which a server looks for them, with fields that each must have.
const SOURCES: &[(&str, &[&str], More)] = &[
    ("emptyDir", &[], empty_dir),
    ("hostPath", &["path"], host_path),
    ("gitRepo", &["repository"], git_repo),
    ("gcePersistentDisk", &["pdName"], partition),
    ("awsElasticBlockStore", &["volumeID"], partition),
    ("secret", &["secretName"], items),
    ("nfs", &["server", "path"], nfs),
    ("iscsi", &["targetPortal", "iqn"], iscsi),
    ("glusterfs", &["endpoints", "path"], nothing),
    ("flocker", &[], flocker),
    ("persistentVolumeClaim", &["claimName"], nothing),
    ("rbd", &["image"], monitors),
    ("cinder", &["volumeID"], with_secret),
    ("cephfs", &[], monitors),
    ("quobyte", &["registry", "volume"], quobyte),
    ("downwardAPI", &[], downward_api),
    ("fc", &[], fibre_channel),
    ("flexVolume", &["driver"], flex),
    ("configMap", &["name"], items),
    ("azureFile", &["secretName", "shareName"], nothing),
    ("vsphereVolume", &["volumePath"], nothing),
    ("photonPersistentDisk", &["pdID"], nothing),
    ("portworxVolume", &["volumeID"], nothing),
    ("azureDisk", &["diskName", "diskURI"], azure_disk),
    ("storageos", &["volumeName"], with_secret),
    ("projected", &[], projected),
    ("scaleIO", &["gateway", "system", "volumeName"], nothing),
    ("csi", &["driver"], csi),
    ("ephemeral", &[], claim_of_a_volume),
    ("image", &[], image),
];

/// Judges the volumes of a Pod, and notes them for those who mount them; `claimed` are those that take the place of
/// a volume of the same name.
pub(super) fn volumes<'n>(spec: &'n Node, claimed: &[&'n str], faults: &mut Complaints<'n>) -> Volumes<'n> {
    let mut known: Volumes<'n> = claimed.iter().map(|name| (*name, None)).collect();
    let mut names = BTreeSet::new();
    for volume in spec.list("volumes") {
        let name = volume.text("name");
        if claimed.contains(&name) {
            continue;
        }
        if faults.needs_judged(volume, "name", dns_label) {
            faults.twice(&mut names, volume, "name");
        }
        known.insert(name, Some(volume));
        let mut given = SOURCES.iter().filter(|(kind, ..)| volume.has(kind));
        // A volume without a source is an empty folder.
        let Some((kind, required, more)) = given.next() else { continue };
        for (other, ..) in given {
            faults.add(volume.at(other), format!("is a second source beside `{kind}`; a volume has one"));
        }
        let source = volume.at(kind);
        for field in *required {
            faults.needs(source, field);
        }
        more(source, faults);
    }
    known
}

/// Whether a volume is a claim, and so may be a block device.
pub(super) fn is_claim(volume: &Node) -> bool {
    volume.has("persistentVolumeClaim") || volume.has("ephemeral")
}

fn nothing<'n>(_: &'n Node, _: &mut Complaints<'n>) {}

fn with_secret<'n>(source: &'n Node, faults: &mut Complaints<'n>) {
    if source.has("secretRef") {
        faults.needs(source.at("secretRef"), "name");
    }
}

fn empty_dir<'n>(source: &'n Node, faults: &mut Complaints<'n>) {
    if source.at("sizeLimit").quantity().is_some_and(|limit| limit.nanos() < 0) {
        faults.at(source, "sizeLimit", "must not be negative");
    }
}

fn host_path<'n>(source: &'n Node, faults: &mut Complaints<'n>) {
    no_steps_back(source.at("path"), faults);
    let types = ["DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"];
    faults.one_of(source, "type", &types);
}

fn git_repo<'n>(source: &'n Node, faults: &mut Complaints<'n>) {
    path_below(source.at("directory"), false, faults);
}

fn partition<'n>(source: &'n Node, faults: &mut Complaints<'n>) {
    faults.range(source, "partition", 0..=255);
}

fn nfs<'n>(source: &'n Node, faults: &mut Complaints<'n>) {
    let path = source.text("path");
    if !path.is_empty() && !path.starts_with('/') {
        faults.at(source, "path", format!("must be an absolute path, and is `{path}`"));
    }
}

fn iscsi<'n>(source: &'n Node, faults: &mut Complaints<'n>) {
    faults.range(source, "lun", 0..=255);
    for field in ["iqn", "initiatorName"] {
        let name = source.text(field);
        let given = if field == "iqn" { !name.is_empty() } else { source.has(field) };
        if given && !["iqn", "eui", "naa"].iter().any(|prefix| name.starts_with(prefix)) {
            faults.add(source.at(field), format!("must start with `iqn`, `eui` or `naa`, and is `{name}`"));
        }
    }
    if (source.flag("chapAuthDiscovery") || source.flag("chapAuthSession")) && !source.has("secretRef") {
        faults.lacks(source, "secretRef");
    }
}

fn flocker<'n>(source: &'n Node, faults: &mut Complaints<'n>) {
    match (source.text("datasetName"), source.text("datasetUUID")) {
        ("", "") => faults.add(source, "names no dataset; `datasetName` or `datasetUUID` is required"),
        (name, uuid) => {
            if !name.is_empty() && !uuid.is_empty() {
                faults.add(source, "has both `datasetName` and `datasetUUID`; one is allowed");
            }
            if name.contains('/') {
                faults.at(source, "datasetName", "must not hold `/`");
            }
        }
    }
}

fn monitors<'n>(source: &'n Node, faults: &mut Complaints<'n>) {
    if source.list("monitors").is_empty() {
        faults.lacks(source, "monitors");
    }
}

fn quobyte<'n>(source: &'n Node, faults: &mut Complaints<'n>) {
    let registry = source.text("registry");
    if !registry.is_empty() && !registry.split(',').all(|pair| pair.rsplit_once(':').is_some_and(|(host, _)| !host.contains(':')))
    {
        faults.at(source, "registry", format!("must be hosts with their ports such as `a:80,b:80`, and is `{registry}`"));
    }
    if source.text("tenant").len() > 64 {
        faults.at(source, "tenant", "is longer than the 64 characters that are allowed");
    }
}

fn fibre_channel<'n>(source: &'n Node, faults: &mut Complaints<'n>) {
    match (source.list("targetWWNs").is_empty(), source.list("wwids").is_empty()) {
        (true, true) => faults.add(source, "names no target; `targetWWNs` or `wwids` is required"),
        (false, false) => faults.add(source, "has both `targetWWNs` and `wwids`; one is allowed"),
        _ => {}
    }
    if !source.list("targetWWNs").is_empty() && !source.has("lun") {
        faults.lacks(source, "lun");
    }
    if !source.list("targetWWNs").is_empty() {
        faults.range(source, "lun", 0..=255);
    }
}

fn flex<'n>(source: &'n Node, faults: &mut Complaints<'n>) {
    for option in source.map("options") {
        let domain = option.key.split_once('/').map_or(option.key.as_str(), |(domain, _)| domain).to_lowercase();
        let reserved = ["kubernetes.io", "k8s.io"];
        if reserved.iter().any(|name| domain.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))) {
            faults.add(&option.node, "lies in a domain that Kubernetes keeps for itself");
        }
    }
}

fn azure_disk<'n>(source: &'n Node, faults: &mut Complaints<'n>) {
    faults.given_one_of(source, "cachingMode", &["None", "ReadOnly", "ReadWrite"]);
    faults.given_one_of(source, "kind", &["Shared", "Dedicated", "Managed"]);
    let prefix = if source.text("kind") == "Managed" { "/subscriptions/" } else { "https://" };
    let address = source.text("diskURI");
    if !address.is_empty() && !address.starts_with(prefix) {
        faults.at(source, "diskURI", format!("must start with `{prefix}` for a disk of this kind, and is `{address}`"));
    }
}

fn csi<'n>(source: &'n Node, faults: &mut Complaints<'n>) {
    let driver = source.text("driver");
    if driver.len() > 63 {
        faults.at(source, "driver", format!("is {} characters long; 63 are allowed", driver.len()));
    } else if !driver.is_empty() {
        faults.judge_text(source.at("driver"), driver, |driver| dns_subdomain(&driver.to_lowercase()));
    }
    if source.has("nodePublishSecretRef") {
        faults.needs_judged(source.at("nodePublishSecretRef"), "name", dns_subdomain);
    }
}

fn image<'n>(source: &'n Node, faults: &mut Complaints<'n>) {
    if faults.since(37) {
        faults.needs(source, "reference");
    } else if !faults.since(35) {
        faults.add(source, "is a source that this version of Kubernetes takes out by default, so that the volume has none");
    }
    faults.one_of(source, "pullPolicy", &["Always", "IfNotPresent", "Never"]);
}
