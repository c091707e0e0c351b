//! Names, labels and annotations.

use super::AdoptReader;
use crate::adopt::object::ObjectField;
use crate::notation;
use crate::service::Tier;
use crate::yaml::Route;

/// Labels and annotations that tools and the API write, or that `mesh` stands for; they are nobody's
/// wish.
const BY_TOOLS: &[&str] = &[
    "helm.sh/",
    "meta.helm.sh/",
    "kubectl.kubernetes.io/",
    "deployment.kubernetes.io/",
    "autoscaling.alpha.kubernetes.io/",
    "kustomize.toolkit.fluxcd.io/",
    "argocd.argoproj.io/",
    "pod-template-hash",
    "sidecar.istio.io/",
    "linkerd.io/",
];

/// Labels that are written from other answers.
const OWN_LABELS: &[&str] = &[
    "app.kubernetes.io/name",
    "app.kubernetes.io/instance",
    "app.kubernetes.io/version",
    "app.kubernetes.io/component",
    "app.kubernetes.io/part-of",
    "app.kubernetes.io/managed-by",
    "application",
    "component",
    "environment",
    "tier",
    "team",
];

pub fn read(r: &mut AdoptReader<'_>) {
    let workload = r.family.workload.at();
    if let Some(name) = workload.find("metadata.name") {
        r.draft.say("name", name.text().unwrap_or_default(), &name);
    }
    if let Some(namespace) = workload.find("metadata.namespace") {
        r.draft.say("namespace", namespace.text().unwrap_or_default(), &namespace);
    }
    read_labels(r);
    read_people(r);
    read_own_annotations(r);
}

/// A label of the Pods, or else of the workload.
fn label<'r>(r: &AdoptReader<'r>, key: &str) -> Option<ObjectField<'r>> {
    r.pod_label(key).or_else(|| r.family.workload.at().find("metadata.labels")?.get(key))
}

fn read_labels(r: &mut AdoptReader<'_>) {
    if let Some((tier, at)) = tier(r) {
        r.draft.say("tier", tier, &at);
        // A tier that the person gives stands over the label.
        if !r.judge.given.has(&Route::root().key("tier")) {
            r.tier = Tier(tier);
        }
    }
    let words = [
        ("environment", "environment"),
        ("component", "component"),
        ("component", "app.kubernetes.io/component"),
        ("part-of", "app.kubernetes.io/part-of"),
        ("owner.team", "team"),
    ];
    for (field, key) in words {
        if let Some(at) = label(r, key).filter(|at| at.text().is_some_and(|text| notation::dns_label(text).is_ok()))
            && !r.draft.has(field)
        {
            r.draft.say(field, at.text().unwrap_or_default(), &at);
        }
    }
    // What stands on the workload and on its Pods is meant for all objects of the service.
    for (key, at) in r.family.workload.labels() {
        let same = r.pod_label(&key).is_some_and(|pod| pod.text() == at.text());
        if same && !OWN_LABELS.contains(&key.as_str()) && !is_by_tools(&key) {
            let field = Route::root().key("labels").key(key.as_str());
            r.draft.say_at(field, at.text().unwrap_or_default(), &at);
        }
    }
}

/// The tier in the label that the blueprint writes; other words under that key mean something else.
fn tier<'r>(r: &AdoptReader<'r>) -> Option<(u8, ObjectField<'r>)> {
    let at = label(r, "tier")?;
    let tier = at.text()?.strip_prefix("tier-")?.parse().ok()?;
    Tier::ALL.contains(&Tier(tier)).then_some((tier, at))
}

fn is_by_tools(key: &str) -> bool {
    BY_TOOLS.iter().any(|start| key.starts_with(start))
}

fn read_people(r: &mut AdoptReader<'_>) {
    let keys = [
        ("owner.contact", "contact-annotation"),
        ("description", "description-annotation"),
        ("repository", "repository-annotation"),
        ("owner.runbook", "runbook-annotation"),
    ];
    for (field, param) in keys {
        if let Some(at) = r.annotation(r.word("owner-known", param))
            && let Some(text) = at.text()
        {
            r.draft.say(field, text, &at);
        }
    }
    if !r.draft.has("owner.team")
        && let Some(at) = r.annotation(r.word("owner-known", "owner-annotation"))
        && let Some(team) = at.text().filter(|text| notation::dns_label(text).is_ok())
    {
        r.draft.say("owner.team", team, &at);
    }
    if let Some(at) = r.annotation(r.word("dependencies-known", "annotation"))
        && let Some(names) = at.text().filter(|text| *text != r.judge.contract.defaults.identity.no_dependencies)
    {
        let names: Vec<&str> = names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        r.draft.say("dependencies", names, &at);
    }
}

/// The keys that are written from other answers.
fn is_written(r: &AdoptReader<'_>, key: &str) -> bool {
    let params = [
        ("owner-known", "owner-annotation"),
        ("owner-known", "contact-annotation"),
        ("owner-known", "description-annotation"),
        ("owner-known", "repository-annotation"),
        ("owner-known", "runbook-annotation"),
        ("dependencies-known", "annotation"),
        ("rollback-history", "change-cause-annotation"),
        ("liveness-justified", "rationale-annotation"),
        ("graceful-stop", "drains-itself-annotation"),
        ("no-cpu-limit", "rationale-annotation"),
        ("metrics-scraped", "scrape-annotation"),
        ("metrics-scraped", "port-annotation"),
        ("metrics-scraped", "path-annotation"),
        ("config-separate", "checksum-annotation"),
    ];
    params.iter().any(|(item, param)| r.word(item, param) == key)
}

fn read_own_annotations(r: &mut AdoptReader<'_>) {
    for (key, at) in r.family.workload.annotations() {
        let same = r.pod_annotation(&key).is_some_and(|pod| pod.text() == at.text());
        if same && !is_written(r, &key) && !is_by_tools(&key) {
            let field = Route::root().key("annotations").key(key.as_str());
            r.draft.say_at(field, at.text().unwrap_or_default(), &at);
        }
    }
}
