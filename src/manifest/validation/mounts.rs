//! What a container mounts of the volumes of its Pod.

use std::collections::BTreeSet;

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::paths::{no_steps_back, path_below};
use super::volumes::{Volumes, is_claim};
use crate::yaml::Node;

/// Judges `volumeMounts` and `volumeDevices` of a container.
pub(super) fn mounts<'n>(container: &'n Node, volumes: &Volumes<'n>, faults: &mut Complaints<'n>) {
    let devices = container.list("volumeDevices");
    let mounts = container.list("volumeMounts");
    let mut paths = BTreeSet::new();
    for mount in mounts {
        let (name, path) = (mount.text("name"), mount.text("mountPath"));
        if faults.needs(mount, "name") && !volumes.contains_key(name) {
            faults.at(mount, "name", format!("is `{name}`, which is no volume of this Pod"));
        }
        if faults.needs(mount, "mountPath") && !paths.insert(path) {
            faults.at(mount, "mountPath", format!("is `{path}`, where this container mounts a volume already"));
        }
        if devices.iter().any(|device| device.text("name") == name && !name.is_empty()) {
            faults.at(mount, "name", format!("is `{name}`, which stands in `volumeDevices`, too"));
        }
        if devices.iter().any(|device| device.text("devicePath") == path && !path.is_empty()) {
            faults.at(mount, "mountPath", format!("is `{path}`, where `volumeDevices` has a device"));
        }
        for field in ["subPath", "subPathExpr"] {
            if !mount.text(field).is_empty() {
                path_below(mount.at(field), false, faults);
            }
        }
        if !mount.text("subPath").is_empty() && !mount.text("subPathExpr").is_empty() {
            faults.at(mount, "subPathExpr", "is not allowed beside `subPath`");
        }
        propagation(container, mount, faults);
        if faults.since(31) {
            read_only(mount, faults);
        }
    }
    let (mut names, mut paths) = (BTreeSet::new(), BTreeSet::new());
    for device in devices {
        let (name, path) = (device.text("name"), device.text("devicePath"));
        if faults.needs(device, "name") {
            match volumes.get(name) {
                None => faults.at(device, "name", format!("is `{name}`, which is no volume of this Pod")),
                Some(Some(volume)) if !is_claim(volume) => {
                    faults.at(device, "name", format!("is `{name}`, which is no claim; only claims can be block devices"));
                }
                _ => {}
            }
            if !names.insert(name) {
                faults.at(device, "name", format!("is `{name}`, which stands twice"));
            }
            if mounts.iter().any(|mount| mount.text("name") == name) {
                faults.at(device, "name", format!("is `{name}`, which stands in `volumeMounts`, too"));
            }
        }
        if faults.needs(device, "devicePath") {
            no_steps_back(device.at("devicePath"), faults);
            if !paths.insert(path) {
                faults.at(device, "devicePath", format!("is `{path}`, which stands twice"));
            }
            if mounts.iter().any(|mount| mount.text("mountPath") == path) {
                faults.at(device, "devicePath", format!("is `{path}`, where `volumeMounts` has a volume"));
            }
        }
    }
}

fn propagation<'n>(container: &'n Node, mount: &'n Node, faults: &mut Complaints<'n>) {
    let field = "mountPropagation";
    faults.given_one_of(mount, field, &["Bidirectional", "HostToContainer", "None"]);
    if mount.text(field) == "Bidirectional" && !container.at("securityContext").flag("privileged") {
        faults.at(mount, field, "must not be `Bidirectional` in a container that is not privileged");
    }
}

fn read_only<'n>(mount: &'n Node, faults: &mut Complaints<'n>) {
    let field = "recursiveReadOnly";
    faults.given_one_of(mount, field, &["Disabled", "IfPossible", "Enabled"]);
    if !matches!(mount.text(field), "IfPossible" | "Enabled") {
        return;
    }
    if !mount.flag("readOnly") {
        faults.at(mount, field, "is only allowed where `readOnly` is true");
    }
    if mount.has("mountPropagation") && mount.text("mountPropagation") != "None" {
        faults.at(mount, field, "is only allowed where `mountPropagation` is `None` or absent");
    }
}
