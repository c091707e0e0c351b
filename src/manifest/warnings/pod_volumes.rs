//! Volumes of kinds that are gone, and files that lie in each other's place.

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::amounts::claim_spec;
use crate::yaml::Node;

/// Sources of volumes that are old or gone.
const OLD_SOURCES: &[(&str, &str)] = &[
    ("photonPersistentDisk", "is deprecated since 1.11, and gone since 1.16"),
    ("gitRepo", "is deprecated since 1.11, and off by default since 1.33"),
    ("scaleIO", "is deprecated since 1.16, and gone since 1.22"),
    ("flocker", "is deprecated since 1.22, and gone since 1.25"),
    ("storageos", "is deprecated since 1.22, and gone since 1.25"),
    ("quobyte", "is deprecated since 1.22, and gone since 1.25"),
    ("glusterfs", "is deprecated since 1.25, and gone since 1.26"),
    ("cephfs", "is deprecated since 1.28, and gone since 1.31"),
    ("rbd", "is deprecated since 1.28, and gone since 1.31"),
];

/// Warns of the volumes of a Pod.
pub(super) fn volumes<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    for volume in spec.list("volumes") {
        for (source, why) in OLD_SOURCES {
            if volume.has(source) {
                faults.add(volume.at(source), *why);
            }
        }
        claim_spec(volume.at("ephemeral").at("volumeClaimTemplate").at("spec"), faults);
        if faults.since(32) {
            files(volume, faults);
        }
    }
}

fn files<'n>(volume: &'n Node, faults: &mut Complaints<'n>) {
    for source in ["configMap", "secret", "downwardAPI"] {
        overlaps(volume.at(source).list("items").iter().map(|item| item.at("path")), faults);
    }
    let mut paths = Vec::new();
    for source in volume.at("projected").list("sources") {
        if source.entries().iter().all(|entry| !source.has(&entry.key)) {
            faults.add(source, "has no source");
        }
        let items = ["configMap", "secret", "downwardAPI"].into_iter().find(|kind| source.at(kind).has("items"));
        if let Some(kind) = items {
            paths.extend(source.at(kind).list("items").iter().map(|item| item.at("path")));
            continue;
        }
        let certificate = source.at("podCertificate");
        paths.extend(["certificateChainPath", "keyPath", "credentialBundlePath"].map(|field| certificate.at(field)));
        paths.extend(["serviceAccountToken", "clusterTrustBundle"].map(|kind| source.at(kind).at("path")));
    }
    overlaps(paths.into_iter(), faults);
}

/// Warns of files that lie where another file lies, or below it.
fn overlaps<'n>(paths: impl Iterator<Item = &'n Node>, faults: &mut Complaints<'n>) {
    let mut named: Vec<(&str, &'n Node)> = paths.map(|node| (node.words().trim_end_matches('/'), node)).collect();
    named.retain(|(path, _)| !path.is_empty());
    // What lies below a path follows it where `/` is the least of all characters.
    named.sort_by(|(one, _), (other, _)| one.split('/').cmp(other.split('/')));
    for pair in named.windows(2) {
        let [(above, _), (below, node)] = pair else { continue };
        if below.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
            faults.add(node, format!("is `{below}`, where `{above}` lies already"));
        }
    }
}
