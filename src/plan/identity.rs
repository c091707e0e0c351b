//! Names, labels and annotations.

use serde_json::{Map, Value as Json};

use super::Origin;
use super::planner::Planner;
use crate::notation::ImageRef;
use crate::yaml::{Fault, Route};

/// The value of `app.kubernetes.io/managed-by`.
const MANAGED_BY: &str = "plimsoll";

pub fn decide(p: &mut Planner<'_>) {
    let service = p.service;
    let origin = service.tier.map_or(Origin::Derived("standard, as none is given".to_owned()), |_| Planner::answered("tier"));
    p.decide("service.tier", service.tier().0, origin);
    let (kubernetes, origin) =
        p.answer_or(service.kubernetes.clone(), "kubernetes", p.defaults.identity.kubernetes.clone(), "identity.kubernetes");
    p.decide("service.kubernetes", kubernetes, origin);
    decide_labels(p);
    decide_annotations(p);
}

fn decide_labels(p: &mut Planner<'_>) {
    let (service, defaults) = (p.service, p.defaults);
    let (environment, origin) =
        p.answer_or(service.environment.clone(), "environment", defaults.identity.environment.clone(), "identity.environment");
    p.decide("service.environment", environment.as_str(), origin);
    let (component, origin) =
        p.answer_or(service.component.clone(), "component", defaults.identity.component.clone(), "identity.component");
    p.decide("service.component", component.as_str(), origin);
    let part_of = named(p, "service.part_of", service.part_of.clone(), "part-of");
    let team = named(p, "service.team", service.owner.team.clone(), "owner.team");
    let version = version(p);

    let known = |key: &str| {
        Some(match key {
            "app.kubernetes.io/name" | "app.kubernetes.io/instance" | "application" => service.name.clone(),
            "app.kubernetes.io/version" => version.clone(),
            "app.kubernetes.io/component" | "component" => component.clone(),
            "app.kubernetes.io/part-of" => part_of.clone(),
            "app.kubernetes.io/managed-by" => MANAGED_BY.to_owned(),
            "environment" => environment.clone(),
            "tier" => format!("tier-{}", service.tier().0),
            "team" => team.clone(),
            _ => return None,
        })
    };
    let asked = p.asked_words("required-labels", "labels");
    let mut labels = Map::new();
    for key in &asked.value {
        match known(key).or_else(|| service.labels.get(key).cloned()) {
            Some(value) => _ = labels.insert(key.clone(), value.into()),
            None => {
                p.refuse(
                    "required-labels",
                    "labels",
                    format!("the label `{key}` is asked for and not given"),
                    format!("add `{key}` to `labels`"),
                );
            }
        }
    }
    let by_controller = p.asked_words("zone-spread", "match-label-keys").value;
    for (key, value) in &service.labels {
        if known(key).is_some() {
            p.faults.push(taken("labels", key, "this label is written from other answers"));
        } else if by_controller.contains(key) {
            p.faults.push(taken("labels", key, "the Deployment controller writes this label"));
        } else {
            labels.insert(key.clone(), value.as_str().into());
        }
    }
    let selector_keys = p.asked_words("selector-precise", "labels");
    let selector: Map<String, Json> =
        selector_keys.value.iter().filter_map(|key| Some((key.clone(), labels.get(key)?.clone()))).collect();
    p.decide("labels.all", labels, asked.origin);
    p.decide("labels.selector", selector, selector_keys.origin);
}

/// An answer that stands for the service's own name where it is not given.
fn named(p: &mut Planner<'_>, key: &'static str, answer: Option<String>, field: &str) -> String {
    let (value, origin) = match answer {
        Some(answer) => (answer, Planner::answered(field)),
        None => (p.service.name.clone(), Origin::Derived("the name, as nothing else is given".to_owned())),
    };
    p.decide(key, value.as_str(), origin);
    value
}

/// The version as a label value; tags may be longer than labels and end otherwise.
fn version(p: &mut Planner<'_>) -> String {
    let written = p.service.image.parse::<ImageRef>().ok().and_then(|image| image.version()).unwrap_or_default();
    let start: String = written.trim_start_matches(|c: char| !c.is_ascii_alphanumeric()).chars().take(63).collect();
    let version = start.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
    let version = if version.is_empty() { "unversioned" } else { version };
    p.decide("service.version", version, Origin::Derived("the tag or digest of `image`".to_owned()));
    version.to_owned()
}

fn decide_annotations(p: &mut Planner<'_>) {
    let (service, defaults) = (p.service, p.defaults);
    if p.asked_flag("owner-known", "named") {
        for (field, given) in [("owner.team", &service.owner.team), ("owner.contact", &service.owner.contact)] {
            if given.is_none() {
                let message = format!("is missing: at tier {} a person must say whom to call", service.tier().0);
                p.refuse("owner-known", field, message, format!("add `{field}`"));
            }
        }
    }
    let team = p.text("service.team").to_owned();
    let described = format!("The service {}", service.name);
    let people = [
        ("owner-annotation", team.clone()),
        ("contact-annotation", service.owner.contact.clone().unwrap_or(team)),
        ("description-annotation", service.description.clone().unwrap_or(described)),
        ("repository-annotation", service.repository.clone().unwrap_or_else(|| service.name.clone())),
        ("runbook-annotation", service.owner.runbook.clone().unwrap_or_else(|| defaults.identity.runbook.clone())),
    ];
    let mut owner = Map::new();
    for (param, value) in people {
        let key = p.asked_text("owner-known", param).value;
        p.check_key(&key);
        owner.insert(key, value.into());
    }
    let sum = "owner, description and where to read more, under the checklist's keys".to_owned();
    p.decide("annotations.owner", owner, Origin::Derived(sum));
    let dependencies = match &service.dependencies {
        Some(names) if !names.is_empty() => names.join(", "),
        _ => defaults.identity.no_dependencies.clone(),
    };
    p.annotate("dependencies-known", "annotation", dependencies);
    p.annotate("rollback-history", "change-cause-annotation", format!("image {}", service.image));
}

/// Refuses labels and annotations of one's own that are written already: a key may stand once. No
/// waiver helps, so that this is judged after everything else has been decided.
pub fn check_own(p: &mut Planner<'_>) {
    const ANNOTATIONS: [&str; 6] = [
        "annotations.owner",
        "annotations.workload",
        "metrics.annotations",
        "config.annotations",
        "mesh.annotations",
        "network.service_annotations",
    ];
    let service = p.service;
    let written = |p: &Planner<'_>, group: &str, key: &str| p.plan.value(group).is_some_and(|group| group.get(key).is_some());
    for key in service.labels.keys().filter(|key| written(p, "mesh.labels", key)).collect::<Vec<_>>() {
        p.faults.push(taken("labels", key, "this label is written for the mesh"));
    }
    for key in service.annotations.keys() {
        if ANNOTATIONS.iter().any(|group| written(p, group, key)) {
            p.faults.push(taken("annotations", key, "this annotation is written from other answers"));
        }
    }
}

fn taken(field: &str, key: &str, message: &str) -> Fault {
    Fault::new(Route::root().key(field).key(key), message).hint("leave it out")
}
