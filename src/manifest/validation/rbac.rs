//! Roles and who has them.

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::labels::selector;
use super::metadata::{Lives, metadata};
use crate::notation::{dns_subdomain, path_segment};
use crate::yaml::Node;

const GROUP: &str = "rbac.authorization.k8s.io";

/// Judges a `Role`.
pub(super) fn role<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    rules(root, Lives::InNamespace, faults);
}

/// Judges a `ClusterRole`.
pub(super) fn cluster_role<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    rules(root, Lives::InCluster, faults);
    let selectors = root.at("aggregationRule").list("clusterRoleSelectors");
    if root.has("aggregationRule") && selectors.is_empty() {
        faults.lacks(root.at("aggregationRule"), "clusterRoleSelectors");
    }
    for by in selectors {
        selector(by, faults);
    }
}

fn rules<'n>(root: &'n Node, reach: Lives, faults: &mut Complaints<'n>) {
    metadata(root, reach, path_segment, faults);
    for rule in root.list("rules") {
        let needs = |field: &'static str, faults: &mut Complaints<'n>| {
            if rule.list(field).is_empty() {
                faults.lacks(rule, field);
            }
        };
        needs("verbs", faults);
        if rule.list("nonResourceURLs").is_empty() {
            needs("apiGroups", faults);
            needs("resources", faults);
            continue;
        }
        if reach == Lives::InNamespace {
            faults.at(rule, "nonResourceURLs", "are only allowed in a ClusterRole");
        }
        if ["apiGroups", "resources", "resourceNames"].iter().any(|field| !rule.list(field).is_empty()) {
            faults.at(rule, "nonResourceURLs", "are not allowed beside resources; they need a rule of their own");
        }
    }
}

/// Judges a `RoleBinding`.
pub(super) fn role_binding<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    binding(root, Lives::InNamespace, &["Role", "ClusterRole"], faults);
}

/// Judges a `ClusterRoleBinding`.
pub(super) fn cluster_role_binding<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    binding(root, Lives::InCluster, &["ClusterRole"], faults);
}

fn binding<'n>(root: &'n Node, reach: Lives, kinds: &[&str], faults: &mut Complaints<'n>) {
    metadata(root, reach, path_segment, faults);
    let role = root.at("roleRef");
    if root.has("roleRef") {
        faults.one_of(role, "apiGroup", &[GROUP]);
        faults.needs_one_of(role, "kind", kinds);
        faults.needs_judged(role, "name", path_segment);
    } else {
        faults.lacks(root, "roleRef");
    }
    for subject in root.list("subjects") {
        let named = faults.needs(subject, "name");
        if !faults.needs_one_of(subject, "kind", &["ServiceAccount", "User", "Group"]) {
            continue;
        }
        if subject.text("kind") != "ServiceAccount" {
            faults.one_of(subject, "apiGroup", &[GROUP]);
            continue;
        }
        if named {
            faults.judge(subject.at("name"), dns_subdomain);
        }
        if !subject.text("apiGroup").is_empty() {
            faults.at(subject, "apiGroup", format!("must be absent for a ServiceAccount, and is `{}`", subject.text("apiGroup")));
        }
        if reach == Lives::InCluster {
            faults.needs(subject, "namespace");
        }
    }
}
