//! The exported policies in an API server: its verdicts are ours, on every golden of every rule.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use plimsoll::check::{self, Action, AdmissionPolicy, Rules};
use plimsoll::checklist::Checklist;
use plimsoll::service::Tier;
use plimsoll::yaml::{load, write};
use serde_json::{Value as Json, json};

use crate::api_server::{ApiServer, Request, collection};
use crate::support::{golden, judge};
use crate::tools::Trouble;

const TIER: Tier = Tier(1);
const NAMESPACE: &str = "policies";

/// Kinds that no API server has by itself, with their groups.
const CUSTOM: &[(&str, &str, &str)] = &[
    ("argoproj.io", "v1alpha1", "Rollout"),
    ("autoscaling.k8s.io", "v1", "VerticalPodAutoscaler"),
    ("keda.sh", "v1alpha1", "ScaledObject"),
    ("monitoring.coreos.com", "v1", "PodMonitor"),
    ("monitoring.coreos.com", "v1", "PrometheusRule"),
    ("monitoring.coreos.com", "v1", "ServiceMonitor"),
];

/// Items that an API server holds to by itself: it refuses what they forbid before policies see it.
const OF_THE_SERVER: &[&str] = &["labels-valid"];

/// How many policies are in force at once: a server cuts warnings short that are long together.
const AT_ONCE: usize = 8;

/// What the suite counted.
#[derive(Debug, Default)]
pub struct Verdicts {
    /// Policies installed.
    pub policies: usize,
    /// Verdicts of a policy on an object that are equal, passes and failures.
    pub passes: usize,
    /// See `passes`.
    pub failures: usize,
    /// Goldens whose objects an API server refuses before policies see them.
    pub invalid: Vec<String>,
}

/// One object of a golden.
struct Case {
    golden: String,
    text: String,
    object: Json,
    /// The parameters of its item as the golden sets them.
    own: Option<Rules>,
}

/// Installs the policies and compares verdicts and messages.
pub fn judge(server: &ApiServer) -> Result<Verdicts, Trouble> {
    let shipped = judge::rules();
    let cases = cases(shipped);
    let mut verdicts = Verdicts { policies: check::export(shipped, TIER).policies.len(), ..Verdicts::default() };
    let mut faults = prepare(server, &cases)?;
    // A golden with parameters of its own is judged with its own policies alone.
    let (own, common): (Vec<&Case>, Vec<&Case>) = cases.iter().partition(|case| case.own.is_some());
    faults.extend(compare(server, shipped, &common, &mut verdicts)?);
    for case in own {
        faults.extend(compare(server, case.own.as_ref().unwrap(), &[case], &mut verdicts)?);
    }
    verdicts.invalid.sort();
    verdicts.invalid.dedup();
    faults.extend(untried(shipped, &cases, &verdicts));
    if faults.is_empty() { Ok(verdicts) } else { Err(Trouble::Faults(faults)) }
}

fn cases(shipped: &Rules) -> Vec<Case> {
    let mut cases = Vec::new();
    for folder in golden::cases("check") {
        let item = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in
            files.iter().filter(|file| file.extension().is_some_and(|end| end == "yaml") && !file.ends_with("params.yaml"))
        {
            let name = format!("{item}/{}", file.file_name().unwrap_or_default().to_string_lossy());
            let text = fs::read_to_string(file).unwrap();
            for document in load(&name, &text).unwrap_or_default() {
                let object = document.root.to_json();
                let own = judge::with_params(shipped, &item, &folder.join("params.yaml"))
                    .filter(|_| shipped.checklist.item(&item).is_some());
                cases.push(Case { golden: name.clone(), text: write::document(&object), object, own });
            }
        }
    }
    cases
}

fn compare(server: &ApiServer, rules: &Rules, cases: &[&Case], verdicts: &mut Verdicts) -> Result<Vec<String>, Trouble> {
    let requests: Vec<Request> = cases.iter().map(|case| create(case)).collect();
    let policies = check::export(rules, TIER).policies;
    let mut faults = Vec::new();
    for few in policies.chunks(AT_ONCE) {
        faults.extend(install(server, &rules.checklist, few)?);
        for (case, answer) in cases.iter().zip(server.send(&requests)?) {
            if answer.status != 201 {
                let message = answer.body["message"].as_str().unwrap_or_default();
                verdicts.invalid.push(format!("{}: {message}", case.golden));
                continue;
            }
            let theirs: BTreeMap<String, String> =
                answer.warnings.iter().flatten().filter_map(|warning| of_policy(warning)).collect();
            let ours = ours(rules, case, few);
            for policy in few {
                match (ours.get(&policy.name), theirs.get(&policy.name)) {
                    (None, None) => verdicts.passes += 1,
                    (Some(ours), Some(theirs)) if ours.contains(theirs) => verdicts.failures += 1,
                    (ours, theirs) => {
                        faults.push(format!("{}: {}: ours {ours:?}, the server's {theirs:?}", case.golden, policy.item));
                    }
                }
            }
        }
    }
    Ok(faults)
}

/// Makes the namespaces, and the kinds of other projects that policies are about.
fn prepare(server: &ApiServer, cases: &[Case]) -> Result<Vec<String>, String> {
    let named: BTreeSet<&str> = cases.iter().map(namespace).collect();
    let mut requests: Vec<Request> = named.into_iter().map(labelled).collect();
    requests.extend(CUSTOM.iter().map(|(group, version, kind)| custom(group, version, kind)));
    requests.extend(CUSTOM.iter().map(|(group, version, kind)| Request {
        method: "GET",
        path: collection(&format!("{group}/{version}"), kind, Some(NAMESPACE)),
        until: 200,
        ..Request::default()
    }));
    Ok(server.send(&requests)?.iter().filter_map(crate::api_server::Answer::complaint).collect())
}

/// A namespace in which the policies are in force, whether it is there already or not.
fn labelled(name: &str) -> Request {
    let label = json!({check::TIER_LABEL: TIER.0.to_string()});
    let object = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": label}});
    Request {
        method: "PATCH",
        path: format!("{}/{name}?fieldManager=conformance", collection("v1", "Namespace", None)),
        content_type: "application/apply-patch+yaml",
        body: object.to_string(),
        ..Request::default()
    }
}

/// The namespace that an object is created in.
fn namespace(case: &Case) -> &str {
    case.object["metadata"]["namespace"].as_str().unwrap_or(NAMESPACE)
}

/// Installs policies in place of those before, so that they warn, and waits until they are in force.
fn install(server: &ApiServer, checklist: &Checklist, policies: &[AdmissionPolicy]) -> Result<Vec<String>, String> {
    let path_of = |kind: &str| collection("admissionregistration.k8s.io/v1", kind, None);
    let mut requests: Vec<Request> = ["ValidatingAdmissionPolicyBinding", "ValidatingAdmissionPolicy"]
        .map(|kind| Request { method: "DELETE", path: path_of(kind), ..Request::default() })
        .into();
    // What is put last is seen last: once it warns, those before it are in force, and the old ones gone.
    let last = format!("last-{}", policies[0].name);
    let objects: Vec<Json> = policies.iter().flat_map(|policy| policy.objects(Action::Warn)).chain(warns_always(&last)).collect();
    requests.extend(
        objects
            .iter()
            .map(|object| Request::create("", &path_of(object["kind"].as_str().unwrap_or_default()), &write::document(object))),
    );
    let probe = "{apiVersion: v1, kind: ConfigMap, metadata: {name: probe}}";
    let probe = Request::create("", &collection("v1", "ConfigMap", Some(NAMESPACE)), probe).dry();
    requests.push(Request { until_warning: format!("'{last}'"), ..probe });
    let answers = server.send(&requests)?;
    let created = objects.iter().zip(&answers[2..]);
    let refused = created.filter_map(|(object, answer)| Some(format!("{}: {}", object["metadata"]["name"], answer.complaint()?)));
    let held = policies.iter().zip(answers[2..].iter().step_by(2));
    Ok(refused.chain(held.flat_map(|(policy, answer)| same_texts(checklist, policy, &answer.body["spec"]))).collect())
}

/// A policy that every `ConfigMap` breaks, and its binding.
fn warns_always(name: &str) -> [Json; 2] {
    let rule = json!({"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"]});
    let object = |kind: &str, spec: Json| json!({"apiVersion": "admissionregistration.k8s.io/v1", "kind": kind, "metadata": {"name": name}, "spec": spec});
    let policy = json!({"matchConstraints": {"resourceRules": [rule]}, "validations": [{"expression": "false"}]});
    [
        object("ValidatingAdmissionPolicy", policy),
        object("ValidatingAdmissionPolicyBinding", json!({"policyName": name, "validationActions": ["Warn"]})),
    ]
}

/// The expressions that the server holds are those of the checklist, character for character.
fn same_texts(checklist: &Checklist, policy: &AdmissionPolicy, spec: &Json) -> Vec<String> {
    let rule = checklist.item(&policy.item).and_then(|item| item.rule.as_ref()).unwrap();
    let mut held: BTreeSet<&str> = BTreeSet::new();
    for list in ["validations", "variables", "matchConditions"] {
        let entries = spec[list].as_array().into_iter().flatten();
        held.extend(entries.flat_map(|entry| [&entry["expression"], &entry["messageExpression"]]).filter_map(Json::as_str));
    }
    let wanted = [rule.when.as_deref(), rule.check.as_deref(), rule.message_expression.as_deref()];
    let lost = wanted.into_iter().flatten().filter(|text| !held.contains(text));
    lost.map(|text| format!("{}: the server does not hold `{text}`", policy.name)).collect()
}

fn create(case: &Case) -> Request {
    let word = |key: &str| case.object[key].as_str().unwrap_or_default();
    let namespace = (word("kind") != "Namespace").then(|| namespace(case));
    let path = collection(word("apiVersion"), word("kind"), namespace);
    let mut request = Request::create(&case.golden, &path, &case.text).dry();
    // Goldens of unknown and doubled fields are what strict validation is there for.
    request.path = request.path.replace("fieldValidation=Strict", "fieldValidation=Ignore");
    request
}

/// The policy and the message in a warning such as `Validation failed for ValidatingAdmissionPolicy 'a'
/// with binding 'a': message`.
fn of_policy(warning: &str) -> Option<(String, String)> {
    let (_, rest) = warning.split_once("ValidatingAdmissionPolicy '")?;
    let (policy, rest) = rest.split_once('\'')?;
    let (_, message) = rest.split_once("': ")?;
    Some((policy.to_owned(), message.trim_end_matches('"').replace("\\\"", "\"")))
}

/// Our findings on an object alone, by the name of the policy, each with all messages.
fn ours(rules: &Rules, case: &Case, policies: &[AdmissionPolicy]) -> BTreeMap<String, BTreeSet<String>> {
    let report = judge::check_texts(rules, TIER.0, &[(&case.golden, &case.text)]);
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for finding in report.findings {
        if let Some(policy) = policies.iter().find(|policy| policy.item == finding.item) {
            found.entry(policy.name.clone()).or_default().insert(finding.message);
        }
    }
    found
}

fn custom(group: &str, version: &str, kind: &str) -> Request {
    let plural = format!("{}s", kind.to_lowercase());
    let anything = json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
    // Kubernetes' own groups want to know who approved of a kind.
    let approval = json!({"api-approved.kubernetes.io": "unapproved, a stand-in for tests"});
    let definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{plural}.{group}"), "annotations": approval},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": plural, "kind": kind},
            "versions": [{"name": version, "served": true, "storage": true, "schema": {"openAPIV3Schema": anything}}],
        },
    });
    Request::create("", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", &definition.to_string())
}

/// Exported items of which no golden of their own came before their policy, passing and failing.
fn untried(shipped: &Rules, cases: &[Case], verdicts: &Verdicts) -> Vec<String> {
    let refused: BTreeSet<&str> =
        verdicts.invalid.iter().filter_map(|line| line.split_once(": ").map(|(name, _)| name)).collect();
    let judged = |item: &str, verdict: &str| {
        let own = cases.iter().filter(|case| case.golden.starts_with(&format!("{item}/{verdict}")));
        own.into_iter().any(|case| !refused.contains(case.golden.as_str()))
    };
    let items = check::export(shipped, TIER).policies.into_iter().map(|policy| policy.item);
    items
        .flat_map(|item| ["pass", "fail"].map(|verdict| (item.clone(), verdict)))
        .filter(|(item, verdict)| *verdict != "fail" || !OF_THE_SERVER.contains(&item.as_str()))
        .filter(|(item, verdict)| !judged(item, verdict))
        .map(|(item, verdict)| format!("{item}: the server takes no {verdict}ing golden of its own"))
        .collect()
}
