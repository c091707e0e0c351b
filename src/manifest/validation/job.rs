//! Jobs.

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::job_policies::{failure_policy, success_policy};
use super::labels::{is_right, matches, selector};
use super::metadata::{Lives, metadata};
use super::pod_template::pod_template;
use crate::notation::{annotation_or_label_key, dns_label, dns_subdomain};
use crate::yaml::Node;

/// The kind, its API and its judge.
pub(super) const KINDS: super::Kinds = &[("batch/v1", "Job", job)];

/// Most of what is counted by index.
const MOST_INDEXES: i64 = 100_000;
/// Most of it where there are more Pods than that.
const MOST_OF_MANY: i64 = 10_000;

/// Labels that a server gives the Pods of a Job, by the Job's name and by its number.
const BY_NAME: &[&str] = &["job-name", "batch.kubernetes.io/job-name"];
const BY_NUMBER: &[&str] = &["controller-uid", "batch.kubernetes.io/controller-uid"];

/// Judges a `Job`.
pub(super) fn job<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    metadata(root, Lives::InNamespace, dns_subdomain, faults);
    let spec = root.at("spec");
    job_spec(root, faults);
    if spec.flag("manualSelector") {
        manual_selector(root, faults);
    } else {
        made_selector(root, faults);
    }
    let name = root.at("metadata").text("name");
    let last = spec.int("completions").filter(|completions| *completions > 0 && spec.text("completionMode") == "Indexed");
    if let Some(last) = last.map(|completions| format!("{name}-{}", completions - 1)).filter(|last| dns_label(last).is_err()) {
        faults.at(
            root,
            "metadata.name",
            format!("makes Pods with names like `{last}`, which is not a DNS-1123 label of at most 63 characters"),
        );
    }
}

/// Judges the `spec` of a Job, or of the template of one.
pub(super) fn job_spec<'n>(parent: &'n Node, faults: &mut Complaints<'n>) {
    let spec = parent.at("spec");
    let numbers = [
        "parallelism",
        "completions",
        "activeDeadlineSeconds",
        "backoffLimit",
        "ttlSecondsAfterFinished",
        "backoffLimitPerIndex",
        "maxFailedIndexes",
    ];
    faults.not_negative(spec, &numbers);
    if spec.has("maxFailedIndexes") && !spec.has("backoffLimitPerIndex") {
        faults.at(spec, "backoffLimitPerIndex", "is required beside `maxFailedIndexes`");
    }
    if faults.since(32) && spec.has("managedBy") {
        let field = spec.at("managedBy");
        let name = field.words();
        let right = name.split_once('/').is_some_and(|(domain, path)| dns_subdomain(domain).is_ok() && !path.is_empty());
        if !right || name.len() > 63 {
            faults.add(
                field,
                format!("must be a domain and a path such as `example.com/name`, of at most 63 characters, and is `{name}`"),
            );
        }
    }
    if faults.given_one_of(spec, "completionMode", &["NonIndexed", "Indexed"]) {
        if spec.text("completionMode") == "Indexed" {
            indexed(spec, faults);
        } else {
            faults.forbid(spec, &["backoffLimitPerIndex", "maxFailedIndexes"], "unless `completionMode` is `Indexed`");
        }
    }
    if spec.has("podFailurePolicy") {
        // The status of a condition was filled in by itself only in a Job, before.
        failure_policy(spec, parent.has("kind") || faults.since(34), faults);
    }
    if faults.since(31) && spec.has("successPolicy") {
        success_policy(spec, faults);
    }
    let replaced: &[&str] = if spec.has("podFailurePolicy") { &["Failed"] } else { &["Failed", "TerminatingOrFailed"] };
    faults.given_one_of(spec, "podReplacementPolicy", replaced);
    if !parent.has("spec") {
        return faults.lacks(parent, "spec.template.spec.containers");
    }
    pod_template(spec, faults);
    let pod = spec.at("template").at("spec");
    let policy = pod.text("restartPolicy");
    if matches!(policy, "" | "Always") {
        let what = if policy.is_empty() { "is absent, which means `Always`" } else { "is `Always`" };
        faults.at(spec, "template.spec.restartPolicy", format!("must be `OnFailure` or `Never` in a Job, and {what}"));
    } else if spec.has("podFailurePolicy") && policy == "OnFailure" {
        faults.at(pod, "restartPolicy", "must be `Never` where `podFailurePolicy` is set, and is `OnFailure`");
    }
}

fn indexed<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    let completions = spec.int("completions");
    if !spec.has("completions") && spec.has("parallelism") {
        faults.at(spec, "completions", "is required where `completionMode` is `Indexed`");
    }
    let many = completions.is_some_and(|completions| completions > MOST_INDEXES) && spec.has("backoffLimitPerIndex");
    let most = if many { MOST_OF_MANY } else { MOST_INDEXES };
    for field in ["parallelism", "maxFailedIndexes"] {
        if let Some(number) = spec.int(field).filter(|number| *number > most) {
            faults.at(
                spec,
                if field == "parallelism" { "parallelism" } else { "maxFailedIndexes" },
                format!("must not be more than {most} here, and is {number}"),
            );
        }
    }
    if let (Some(failed), Some(completions)) = (spec.int("maxFailedIndexes"), completions) {
        if failed > completions {
            faults.at(spec, "maxFailedIndexes", format!("must not be more than `completions`, and is {failed}"));
        }
    } else if many {
        faults.at(spec, "maxFailedIndexes", format!("is required where there are more than {MOST_INDEXES} `completions`"));
    }
}

fn manual_selector<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    let spec = root.at("spec");
    if !spec.has("selector") {
        return faults.lacks(root, "spec.selector");
    }
    let by = spec.at("selector");
    selector(by, faults);
    if is_right(by) && !matches(by, spec.at("template").at("metadata")) {
        faults.at(root, "spec.template.metadata.labels", "must be selected by `spec.selector`, and are not");
    }
}

fn made_selector<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    let name = root.at("metadata").text("name");
    let spec = root.at("spec");
    let is_made = |key: &str, value: &str| BY_NAME.contains(&key) && (name.is_empty() || value == name);
    for entry in spec.at("template").at("metadata").map("labels") {
        let (key, value) = (entry.key.as_str(), entry.node.words());
        if BY_NUMBER.contains(&key) {
            faults.add(&entry.node, "is a label that the server makes itself");
        } else if BY_NAME.contains(&key) && !is_made(key, value) {
            faults.add(&entry.node, format!("must be the name of the Job, `{name}`, and is `{value}`"));
        }
    }
    let by = spec.at("selector");
    selector(by, faults);
    let own = |key: &str| annotation_or_label_key(key).is_ok() && (BY_NAME.contains(&key) || BY_NUMBER.contains(&key));
    let labels = by.map("matchLabels").iter().all(|entry| is_made(&entry.key, entry.node.words()));
    let expressions = by.list("matchExpressions").iter().all(|expression| match expression.text("operator") {
        "Exists" => own(expression.text("key")),
        "DoesNotExist" => !own(expression.text("key")),
        "In" => expression.list("values").iter().any(|value| is_made(expression.text("key"), value.words())),
        _ => true,
    });
    if !labels || !expressions {
        faults.add(by, "is made by the server and selects nothing else, unless `manualSelector` is true");
    }
}
