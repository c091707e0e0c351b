//! Policies of admission, what binds them, and classes of priority.
//!
//! Of expressions it is said that they are missing; whether they compile, only a compiler of CEL can say.

use std::collections::BTreeSet;

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::labels::selector;
use super::metadata::{Lives, metadata};
use crate::notation::{annotation_or_label_key, dns_subdomain, path_segment, service_name};
use crate::yaml::Node;

/// The highest priority that is not kept for the system.
const HIGHEST: i64 = 1_000_000_000;
/// Classes that the system has itself, and their priorities.
const OF_SYSTEM: &[(&str, i64)] = &[("system-node-critical", 2_000_001_000), ("system-cluster-critical", 2_000_000_000)];

const OPERATIONS: &[&str] = &["CREATE", "UPDATE", "DELETE", "CONNECT", "*"];
const SCOPES: &[&str] = &["*", "Cluster", "Namespaced"];

/// Judges a `PriorityClass`.
pub(super) fn priority_class<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    metadata(root, Lives::InCluster, dns_subdomain, faults);
    let (name, value) = (root.at("metadata").text("name"), root.int("value").unwrap_or_default());
    if name.starts_with("system-") {
        if !OF_SYSTEM.contains(&(name, value)) || root.flag("globalDefault") {
            faults.at(root, "metadata.name", "begins with `system-`, which is kept for classes of the system");
        }
    } else if value > HIGHEST {
        faults.at(root, "value", format!("must not be more than {HIGHEST}, and is {value}"));
    }
    faults.given_one_of(root, "preemptionPolicy", &["PreemptLowerPriority", "Never"]);
}

/// Judges a `ValidatingAdmissionPolicy`.
pub(super) fn policy<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    metadata(root, Lives::InCluster, dns_subdomain, faults);
    let spec = root.at("spec");
    faults.given_one_of(spec, "failurePolicy", &["Ignore", "Fail"]);
    if spec.has("paramKind") {
        parameter_kind(spec.at("paramKind"), faults);
    }
    let constraints = spec.at("matchConstraints");
    if constraints.list("resourceRules").is_empty() {
        faults.lacks(root, "spec.matchConstraints.resourceRules");
    }
    resources(constraints, faults);
    let mut names = BTreeSet::new();
    for condition in spec.list("matchConditions") {
        expression(condition, "expression", faults);
        faults.needs_judged(condition, "name", annotation_or_label_key);
        faults.twice(&mut names, condition, "name");
    }
    for variable in spec.list("variables") {
        expression(variable, "expression", faults);
        if faults.needs(variable, "name") && !is_identifier(variable.text("name")) {
            faults.at(variable, "name", format!("is `{}`, which is not a name in CEL", variable.text("name")));
        }
    }
    if spec.list("validations").is_empty() && spec.list("auditAnnotations").is_empty() {
        faults.at(root, "spec.validations", "is required and missing, unless there are `auditAnnotations`");
    }
    for validation in spec.list("validations") {
        expression(validation, "expression", faults);
        for field in ["message", "messageExpression"] {
            let text = validation.text(field);
            if !text.is_empty() && text.trim().is_empty() {
                faults.at(
                    validation,
                    if field == "message" { "message" } else { "messageExpression" },
                    "holds nothing but white space",
                );
            }
        }
        if validation.text("message").trim().contains(['\n', '\r']) {
            faults.at(validation, "message", "must not hold a line break");
        }
        faults.given_one_of(validation, "reason", &["Unauthorized", "Forbidden", "Invalid", "RequestEntityTooLarge"]);
    }
    let mut keys = BTreeSet::new();
    for annotation in spec.list("auditAnnotations") {
        faults.needs(annotation, "key");
        expression(annotation, "valueExpression", faults);
        faults.twice(&mut keys, annotation, "key");
    }
}

/// Judges a `ValidatingAdmissionPolicyBinding`.
pub(super) fn binding<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    metadata(root, Lives::InCluster, dns_subdomain, faults);
    let spec = root.at("spec");
    if spec.text("policyName").is_empty() {
        faults.lacks(root, "spec.policyName");
    } else {
        faults.judge(spec.at("policyName"), dns_subdomain);
    }
    if spec.has("paramRef") {
        let parameters = spec.at("paramRef");
        match (parameters.text("name").is_empty(), parameters.has("selector")) {
            (true, false) => faults.add(parameters, "names nothing; `name` or `selector` is required"),
            (false, true) => faults.at(parameters, "name", "is not allowed beside `selector`"),
            _ => {}
        }
        faults.judge_given(parameters, "name", path_segment);
        selector(parameters.at("selector"), faults);
        faults.needs_one_of(parameters, "parameterNotFoundAction", &["Allow", "Deny"]);
    }
    resources(spec.at("matchResources"), faults);
    let actions = spec.list("validationActions");
    if actions.is_empty() {
        faults.lacks(root, "spec.validationActions");
    }
    let mut seen = BTreeSet::new();
    for action in actions {
        match action.words() {
            text @ ("Deny" | "Warn" | "Audit") if !seen.insert(text) => {
                faults.add(action, format!("is `{text}`, which stands twice"));
            }
            "Deny" | "Warn" | "Audit" => {}
            other => faults.add(action, format!("must be `Deny`, `Warn` or `Audit`, and is `{other}`")),
        }
    }
    if seen.contains("Deny") && seen.contains("Warn") {
        faults.at(spec, "validationActions", "hold `Deny` and `Warn`, which say the same twice");
    }
}

fn expression<'n>(node: &'n Node, field: &'static str, faults: &mut Complaints<'n>) {
    if node.text(field).trim().is_empty() {
        faults.lacks(node, field);
    }
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn parameter_kind<'n>(kind: &'n Node, faults: &mut Complaints<'n>) {
    if faults.needs(kind, "apiVersion") {
        let text = kind.text("apiVersion");
        let (group, version) = text.split_once('/').unwrap_or(("", text));
        if (!group.is_empty() && dns_subdomain(group).is_err()) || service_name(version).is_err() {
            faults.at(kind, "apiVersion", format!("must be a version or a group and a version, and is `{text}`"));
        }
    }
    if faults.needs(kind, "kind") && service_name(&kind.text("kind").to_lowercase()).is_err() {
        faults.at(kind, "kind", format!("is `{}`, which is not the name of a kind", kind.text("kind")));
    }
}

fn resources<'n>(matches: &'n Node, faults: &mut Complaints<'n>) {
    faults.given_one_of(matches, "matchPolicy", &["Exact", "Equivalent"]);
    for field in ["namespaceSelector", "objectSelector"] {
        selector(matches.at(field), faults);
    }
    for rule in ["resourceRules", "excludeResourceRules"].into_iter().flat_map(|field| matches.list(field)) {
        let mut names = BTreeSet::new();
        for name in rule.list("resourceNames") {
            faults.judge(name, path_segment);
            if !names.insert(name.words()) {
                faults.add(name, format!("is `{}`, which stands twice", name.words()));
            }
        }
        for field in ["operations", "apiGroups", "apiVersions", "resources"] {
            let values = rule.list(field);
            if values.is_empty() {
                faults.lacks(rule, field);
            }
            let all = if field == "resources" { "*/*" } else { "*" };
            if values.len() > 1 && values.iter().any(|value| value.words() == all) {
                faults.at(rule, field, format!("hold `{all}` and others, which it holds already"));
            }
        }
        for operation in rule.list("operations").iter().filter(|operation| !OPERATIONS.contains(&operation.words())) {
            faults.add(
                operation,
                format!("must be `CREATE`, `UPDATE`, `DELETE`, `CONNECT` or `*`, and is `{}`", operation.words()),
            );
        }
        for empty in
            ["apiVersions", "resources"].into_iter().flat_map(|field| rule.list(field)).filter(|value| value.words().is_empty())
        {
            faults.add(empty, "is empty, and must not be");
        }
        wildcards(rule, faults);
        faults.given_one_of(rule, "scope", SCOPES);
    }
}

/// Judges resources and their subresources: what one of them holds already must not stand again.
fn wildcards<'n>(rule: &'n Node, faults: &mut Complaints<'n>) {
    let (mut with_all, mut of_all) = (BTreeSet::new(), BTreeSet::new());
    let resources = rule.list("resources");
    for resource in resources {
        let Some((name, sub)) = resource.words().split_once('/') else { continue };
        if with_all.contains(name) || of_all.contains(sub) {
            faults.add(resource, format!("is `{}`, which one before it holds already", resource.words()));
        }
        if sub == "*" {
            with_all.insert(name);
        }
        if name == "*" {
            of_all.insert(sub);
        }
    }
    let plain = |resource: &Node| !resource.words().contains('/') && !resource.words().is_empty();
    let last = resources.iter().rfind(|resource| plain(resource));
    if resources.iter().any(|resource| resource.words() == "*") && last.is_some_and(|last| last.words() != "*") {
        faults.at(rule, "resources", "hold `*` and others, which it holds already");
    }
}
