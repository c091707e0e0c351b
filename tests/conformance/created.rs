//! Every object created for real: no error, no warning, nothing changed, and nothing filled in that
//! Plimsoll did not count on.

use std::collections::BTreeSet;
use std::path::Path;

use plimsoll::manifest::Manifest;
use plimsoll::yaml::{load_one, write};
use rayon::prelude::*;
use serde_json::{Value as Json, json};

use crate::api_server::{Answer, ApiServer, Request, collection};
use crate::held::{self, FilledIn};
use crate::sets::Rendered;
use crate::support::{golden, judge};
use crate::tools::Trouble;

/// What services refer to and a platform provides.
const PLATFORM: &[(&str, &str)] = &[
    ("scheduling.k8s.io/v1", "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: NAME}, value: 1000}"),
    ("node.k8s.io/v1", "{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: NAME}, handler: runsc}"),
];

/// Creates all services, each in a namespace that takes only Pods of the restricted Pod Security
/// Standard. Gives the number of objects created.
pub fn judge(server: &ApiServer, sets: &[Rendered]) -> Result<usize, Trouble> {
    let mut requests = platform(sets);
    let platform = requests.len();
    for set in sets {
        requests.push(namespace(&set.name));
        requests.extend(set.manifests.iter().map(|manifest| create(&set.name, manifest)));
        requests.push(pod(set));
    }
    let (first, rest) = requests.split_at(platform);
    let mut faults: Vec<String> = server.send(first)?.iter().filter_map(Answer::complaint).collect();
    let answers = server.send(rest)?;
    let mut filled_in = FilledIn::default();
    let mut objects = 0;
    let (mut clean, mut rest) = (Vec::new(), answers.as_slice());
    for set in sets {
        // Beside the manifests a namespace was created before and a Pod after them.
        let (answered, others) = rest.split_at(set.manifests.len() + 2);
        rest = others;
        let complaints: Vec<String> = answered.iter().filter_map(Answer::complaint).collect();
        objects += answered.len() - 1;
        if complaints.is_empty() {
            let held = &answered[1..=set.manifests.len()];
            for (manifest, answer) in set.manifests.iter().zip(held) {
                filled_in.compare(&sent(manifest), &answer.body);
            }
            clean.push((set, held));
        }
        faults.extend(complaints.into_iter().map(|complaint| format!("{}: {complaint}", set.name)));
    }
    faults.par_extend(clean.par_iter().flat_map_iter(|(set, held)| judged_again(set, held)));
    faults.extend(filled_in.changed.into_iter().collect::<BTreeSet<_>>());
    let minor = server.version.rsplit_once('.').unwrap_or_default().0;
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/conformance/filled-in-{minor}.txt"));
    faults.extend(golden::compare(&list, &held::text(&filled_in.added)).err());
    if faults.is_empty() { Ok(objects) } else { Err(Trouble::Faults(faults)) }
}

fn sent(manifest: &Manifest) -> Json {
    load_one(&manifest.path, &manifest.text).unwrap().to_json()
}

fn platform(sets: &[Rendered]) -> Vec<Request> {
    let priorities: BTreeSet<_> = sets.iter().filter_map(|set| set.service.priority_class.as_deref()).collect();
    let runtimes: BTreeSet<_> = sets.iter().filter_map(|set| set.service.runtime_class.as_deref()).collect();
    let kinds = ["PriorityClass", "RuntimeClass"].into_iter().zip([priorities, runtimes]).zip(PLATFORM);
    kinds
        .flat_map(|((kind, names), (api_version, text))| {
            let names = names.into_iter().filter(|name| !name.starts_with("system-"));
            names.map(move |name| Request::create(name, &collection(api_version, kind, None), &text.replace("NAME", name)))
        })
        .collect()
}

fn namespace(name: &str) -> Request {
    let labels = json!({"pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/warn": "restricted"});
    let object = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}});
    Request::create(name, &collection("v1", "Namespace", None), &object.to_string())
}

fn create(namespace: &str, manifest: &Manifest) -> Request {
    Request::create(namespace, &collection(&manifest.id.api_version, &manifest.id.kind, Some(namespace)), &manifest.text)
}

/// The Pod that the Deployment would make: admission of Pods does not look into templates.
fn pod(set: &Rendered) -> Request {
    let deployment = set.manifests.iter().find(|manifest| manifest.id.kind == "Deployment").unwrap();
    let mut pod = sent(deployment)["spec"]["template"].clone();
    pod["apiVersion"] = "v1".into();
    pod["kind"] = "Pod".into();
    pod["metadata"]["name"] = "the-pod".into();
    Request::create(&set.name, &collection("v1", "Pod", Some(&set.name)), &pod.to_string())
}

/// Our own check of what the server holds: its defaults change no verdict.
fn judged_again(set: &Rendered, held: &[Answer]) -> Vec<String> {
    let manifests: Vec<Manifest> = set
        .manifests
        .iter()
        .zip(held)
        .map(|(manifest, answer)| {
            let mut object = answer.body.clone();
            if set.service.namespace.is_none() {
                object["metadata"].as_object_mut().unwrap().remove("namespace");
            }
            Manifest { text: write::document(&object), ..manifest.clone() }
        })
        .collect();
    let rules = judge::rules();
    // What the checklist keeps from export is about the manifest as it is written.
    let of_server =
        |item: &str| rules.checklist.item(item).and_then(|item| item.rule.as_ref()).is_some_and(|rule| rule.export.is_none());
    let shown = |manifests: &[Manifest]| -> BTreeSet<String> {
        let findings = judge::check_service(rules, &set.service, manifests).findings.into_iter();
        let findings = findings.filter(|finding| of_server(&finding.item));
        findings.map(|finding| format!("{} {}: {}", finding.item, finding.field, finding.message)).collect()
    };
    let (before, after) = (shown(&set.manifests), shown(&manifests));
    after.symmetric_difference(&before).map(|finding| format!("{}: as the server holds it: {finding}", set.name)).collect()
}

/// A service's manifests before and after a change.
#[derive(Debug)]
pub struct Change {
    /// A name of its own.
    pub name: String,
    /// What runs.
    pub before: Vec<Manifest>,
    /// What is applied over it.
    pub after: Vec<Manifest>,
}

/// Applies changes to what runs, as `kubectl apply --server-side` does. Gives the number of objects applied.
pub fn roll(server: &ApiServer, changes: &[Change]) -> Result<usize, Trouble> {
    let apply = |namespace: &str, manifest: &Manifest| {
        let mut request = create(namespace, manifest);
        let query = request.path.split_off(request.path.find('?').unwrap_or(request.path.len()));
        request.path = format!("{}/{}{query}&fieldManager=plimsoll", request.path, manifest.id.name);
        Request { method: "PATCH", content_type: "application/apply-patch+yaml", ..request }
    };
    let requests: Vec<Request> = changes
        .iter()
        .flat_map(|change| {
            let applied = change.before.iter().chain(&change.after).map(|manifest| apply(&change.name, manifest));
            std::iter::once(namespace(&change.name)).chain(applied)
        })
        .collect();
    let answers = server.send(&requests)?;
    let complaints = requests.iter().zip(&answers).filter_map(|(request, answer)| {
        answer.complaint().map(|complaint| format!("{} {}: {complaint}", request.group, request.path))
    });
    let faults: Vec<String> = complaints.collect();
    if faults.is_empty() { Ok(answers.len() - changes.len()) } else { Err(Trouble::Faults(faults)) }
}
