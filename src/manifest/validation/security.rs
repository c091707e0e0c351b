//! What the processes of a Pod and of its containers may.

use std::collections::BTreeSet;

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::paths::path_below;
use super::windows;
use crate::yaml::Node;

/// The numbers of users and groups.
const IDS: std::ops::RangeInclusive<i64> = 0..=i32::MAX as i64;

/// Judges the `securityContext` of a Pod.
pub(super) fn of_pod<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    let context = spec.at("securityContext");
    for field in ["fsGroup", "runAsUser", "runAsGroup"] {
        faults.range(context, field, IDS);
    }
    for group in context.list("supplementalGroups") {
        faults.in_range(group, IDS);
    }
    sysctls(spec, faults);
    faults.given_one_of(context, "fsGroupChangePolicy", &["OnRootMismatch", "Always"]);
    if faults.since(33) {
        faults.given_one_of(context, "supplementalGroupsPolicy", &["Merge", "Strict"]);
        faults.given_one_of(context, "seLinuxChangePolicy", &["Recursive", "MountOption"]);
    }
    profiles(context, faults);
    windows::options(context, faults);
    if faults.since(37) && spec.flag("shareProcessNamespace") && spec.flag("hostPID") {
        faults.at(spec, "shareProcessNamespace", "must not be true where `hostPID` is true");
    }
    if faults.since(33) && spec.has("hostUsers") && !spec.flag("hostUsers") {
        for field in ["hostNetwork", "hostPID", "hostIPC"] {
            if spec.flag(field) {
                faults.at(spec, field, "must not be true where `hostUsers` is false");
            }
        }
    }
}

/// Judges the `securityContext` of a container.
pub(super) fn of_container<'n>(container: &'n Node, host_users: bool, faults: &mut Complaints<'n>) {
    let context = container.at("securityContext");
    if !container.has("securityContext") {
        return;
    }
    for field in ["runAsUser", "runAsGroup"] {
        faults.range(context, field, IDS);
    }
    if faults.since(33) {
        let right = faults.given_one_of(context, "procMount", &["Default", "Unmasked"]);
        if right && host_users && context.text("procMount") == "Unmasked" {
            faults.at(context, "procMount", "must not be `Unmasked` unless `hostUsers` is false");
        }
    }
    profiles(context, faults);
    if context.has("allowPrivilegeEscalation") && !context.flag("allowPrivilegeEscalation") {
        if context.flag("privileged") {
            faults.at(context, "allowPrivilegeEscalation", "must not be false where `privileged` is true");
        }
        let added = context.at("capabilities").list("add");
        if added.iter().any(|capability| capability.words() == "CAP_SYS_ADMIN") {
            faults.at(context, "allowPrivilegeEscalation", "must not be false where the capability `CAP_SYS_ADMIN` is added");
        }
    }
    windows::options(context, faults);
}

/// Judges the profiles of seccomp and `AppArmor`.
fn profiles<'n>(context: &'n Node, faults: &mut Complaints<'n>) {
    for field in ["seccompProfile", "appArmorProfile"] {
        if !context.has(field) || (field == "appArmorProfile" && !faults.since(30)) {
            continue;
        }
        let profile = context.at(field);
        if !faults.needs_one_of(profile, "type", &["RuntimeDefault", "Localhost", "Unconfined"]) {
            continue;
        }
        let path = profile.at("localhostProfile");
        match (profile.text("type"), profile.has("localhostProfile")) {
            ("Localhost", false) => faults.lacks(profile, "localhostProfile"),
            ("Localhost", true) if field == "seccompProfile" => path_below(path, false, faults),
            ("Localhost", true) => {
                let text = path.words();
                if text.trim().is_empty() {
                    faults.add(path, "is empty, and must not be");
                } else if text.trim() != text {
                    faults.add(path, "must not begin or end with white space");
                } else if text.len() > 4095 {
                    faults.add(path, format!("is {} characters long; 4095 are allowed", text.len()));
                }
            }
            (_, true) => faults.add(path, "is only allowed where `type` is `Localhost`"),
            _ => {}
        }
    }
}

fn sysctls<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    let mut seen = BTreeSet::new();
    for sysctl in spec.at("securityContext").list("sysctls") {
        let name = sysctl.text("name");
        if !faults.needs(sysctl, "name") {
            continue;
        }
        if is_sysctl(name) {
            faults.twice(&mut seen, sysctl, "name");
        } else {
            faults.at(
                sysctl,
                "name",
                format!("is `{name}`, which is not the name of a sysctl: lower-case letters, digits, `-`, `_`, `.` and `/`"),
            );
        }
        let dotted = name.replace('/', ".");
        for (field, prefixes) in [("hostNetwork", &["net."][..]), ("hostIPC", &["kernel.shm", "kernel.msg", "fs.mqueue."])] {
            let own = prefixes.iter().any(|prefix| dotted.starts_with(prefix)) || (field == "hostIPC" && dotted == "kernel.sem");
            if spec.flag(field) && own {
                faults.at(sysctl, "name", format!("is `{name}`, which is not allowed where `{field}` is true"));
            }
        }
    }
}

fn is_sysctl(name: &str) -> bool {
    let alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let part = |part: &str| {
        part.starts_with(alphanumeric)
            && part.ends_with(alphanumeric)
            && part.chars().all(|c| alphanumeric(c) || matches!(c, '-' | '_'))
    };
    name.len() <= 253 && name.split(['.', '/']).all(part)
}
