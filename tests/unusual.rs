//! Objects that are right and unusual: no rule may break on them, for a fault of a rule is never a person's.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use plimsoll::check::Cause;
use plimsoll::yaml::load;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rayon::prelude::*;
use serde_json::{Value, json};

use crate::support::judge::{check_texts, rules};
use crate::support::{services, thinned};

/// How many sets of objects are judged, before they are thinned.
const CASES: usize = 3_000;

#[test]
fn no_rule_breaks_on_objects_with_parts_taken_out() {
    let seeds = seeds();
    let mut runner = services::runner();
    let drawn: Vec<Vec<Value>> = (0..CASES / thinned()).map(|_| unusual(&seeds, &mut runner)).collect();
    let broken: BTreeSet<String> = drawn.par_iter().flat_map_iter(|objects| broken(objects)).collect();
    assert!(broken.is_empty(), "{} broken\n{}", broken.len(), broken.into_iter().take(40).collect::<Vec<_>>().join("\n\n"));
}

#[test]
fn no_rule_breaks_on_objects_that_hardly_say_anything() {
    let pod = |spec: Value| json!({"metadata": {"name": "a"}, "spec": spec});
    let pods = [
        json!({}),
        json!({"containers": [{"name": "a", "image": "a:1"}]}),
        json!({"containers": [{"name": "a"}], "initContainers": [{"name": "s", "restartPolicy": "Always"}], "volumes": []}),
        json!({"containers": [{"name": "a", "image": null, "ports": [{"containerPort": 80}], "env": [{"name": "A"}], "envFrom": [{}]}]}),
        json!({"containers": [{"name": "a", "resources": {}, "securityContext": {}, "lifecycle": {}, "livenessProbe": {}, "readinessProbe": null}]}),
        json!({"containers": [{"name": "a", "resources": {"limits": null, "requests": {}}, "livenessProbe": {"exec": {}}, "startupProbe": {"grpc": {"port": 1}}}],
            "ephemeralContainers": [{"name": "e"}], "topologySpreadConstraints": [], "affinity": {}, "securityContext": {}, "dnsConfig": {}, "hostAliases": [{}]}),
    ];
    let mut objects = Vec::new();
    for spec in &pods {
        let template = json!({"spec": spec});
        let labelled = json!({"metadata": {"labels": {"app": "a"}}, "spec": spec});
        let of = |api: &str, kind: &str, spec: Value| json!({"apiVersion": api, "kind": kind, "metadata": {"name": "a"}, "spec": spec});
        for template in [template, labelled] {
            for kind in ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"] {
                objects.push(of("apps/v1", kind, json!({"template": template})));
                objects.push(of(
                    "apps/v1",
                    kind,
                    json!({"template": template, "selector": {}, "strategy": {}, "updateStrategy": {"rollingUpdate": null}}),
                ));
            }
            objects.push(of("v1", "ReplicationController", json!({"template": template})));
            objects.push(of("batch/v1", "Job", json!({"template": template})));
            objects.push(of(
                "batch/v1",
                "CronJob",
                json!({"schedule": "* * * * *", "jobTemplate": {"spec": {"template": template}}}),
            ));
            objects.push(json!({"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": "a"}, "template": template}));
        }
        let mut bare = pod(spec.clone());
        bare["apiVersion"] = json!("v1");
        bare["kind"] = json!("Pod");
        objects.push(bare);
    }
    for (api, kind) in [
        ("v1", "Service"),
        ("v1", "ConfigMap"),
        ("v1", "Secret"),
        ("v1", "ServiceAccount"),
        ("v1", "LimitRange"),
        ("v1", "ResourceQuota"),
        ("v1", "Namespace"),
        ("v1", "PersistentVolumeClaim"),
        ("policy/v1", "PodDisruptionBudget"),
        ("autoscaling/v2", "HorizontalPodAutoscaler"),
        ("autoscaling.k8s.io/v1", "VerticalPodAutoscaler"),
        ("networking.k8s.io/v1", "Ingress"),
        ("networking.k8s.io/v1", "NetworkPolicy"),
        ("rbac.authorization.k8s.io/v1", "Role"),
        ("rbac.authorization.k8s.io/v1", "ClusterRole"),
        ("rbac.authorization.k8s.io/v1", "RoleBinding"),
        ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"),
        ("monitoring.coreos.com/v1", "ServiceMonitor"),
        ("monitoring.coreos.com/v1", "PodMonitor"),
        ("monitoring.coreos.com/v1", "PrometheusRule"),
        ("argoproj.io/v1alpha1", "Rollout"),
        ("gateway.networking.k8s.io/v1", "HTTPRoute"),
    ] {
        for spec in [json!(null), json!({}), json!({"selector": null}), json!({"selector": {}})] {
            objects.push(json!({"apiVersion": api, "kind": kind, "metadata": {"name": "a"}, "spec": spec}));
        }
        objects.push(json!({"apiVersion": api, "kind": kind}));
        objects.push(json!({"apiVersion": api, "kind": kind, "metadata": {"name": "a", "labels": null, "annotations": {}}}));
    }
    let all: BTreeSet<String> = objects.par_chunks(1).chain(objects.par_chunks(9)).flat_map_iter(broken).collect();
    assert!(all.is_empty(), "{} broken\n{}", all.len(), all.into_iter().take(40).collect::<Vec<_>>().join("\n\n"));
}

/// The rules that cannot be evaluated, each once with the object.
fn broken(objects: &[Value]) -> Vec<String> {
    let text: Vec<String> = objects.iter().map(|object| format!("---\n{object}\n")).collect();
    let text = text.concat();
    let mut found = BTreeSet::new();
    let report = check_texts(rules(), 1, &[("a.yaml", &text)]);
    for finding in report.findings.iter().filter(|finding| finding.cause == Cause::RuleError) {
        let line = text.lines().nth(finding.line as usize - 1).unwrap_or_default();
        let shown: String = line.chars().take(700).collect();
        found.insert(format!("{}: {}\n{shown}", finding.item, finding.message));
    }
    found.into_iter().collect()
}

/// The objects of the cases of rules, and of what is rendered.
fn seeds() -> Vec<Vec<Value>> {
    let mut texts = Vec::new();
    for folder in ["golden/check", "golden/render"] {
        collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut texts);
    }
    texts.sort();
    let objects = |text: &String| -> Vec<Value> {
        let documents = load("seed", text).unwrap_or_default();
        documents.iter().map(|document| document.root.to_json()).filter(|root| root.get("kind").is_some()).collect()
    };
    texts.iter().map(objects).filter(|objects| !objects.is_empty()).collect()
}

fn collect(folder: &Path, texts: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, texts);
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            texts.push(fs::read_to_string(path).unwrap());
        }
    }
}

/// Objects of one seed, or of two, with some of their parts taken out or emptied.
fn unusual(seeds: &[Vec<Value>], runner: &mut TestRunner) -> Vec<Value> {
    let mut draw = |most: usize| (0..most.max(1)).new_tree(runner).unwrap().current();
    let mut objects = seeds[draw(seeds.len())].clone();
    if draw(3) == 0 {
        objects.extend(seeds[draw(seeds.len())].clone());
    }
    for _ in 0..=draw(4) {
        let at = draw(objects.len());
        let mut ways = Vec::new();
        // Without a kind it is no object.
        for key in ["metadata", "spec", "data", "template", "rules", "subjects", "roleRef"] {
            if objects[at].get(key).is_some() {
                walk(&objects[at][key], &format!("/{key}"), &mut ways);
            }
        }
        if ways.is_empty() {
            continue;
        }
        let way = ways[draw(ways.len())].clone();
        let (parent, key) = way.rsplit_once('/').unwrap();
        let empty = match objects[at].pointer(&way).unwrap() {
            Value::Object(_) => json!({}),
            Value::Array(_) => json!([]),
            _ => json!(null),
        };
        let how = draw(4);
        match objects[at].pointer_mut(parent).unwrap() {
            Value::Object(entries) if how == 0 => entries[&unescaped(key)] = json!(null),
            Value::Object(entries) if how == 1 => entries[&unescaped(key)] = empty,
            Value::Object(entries) => _ = entries.remove(&unescaped(key)),
            Value::Array(items) => _ = items.remove(key.parse().unwrap()),
            _ => {}
        }
    }
    objects
}

fn walk(value: &Value, way: &str, ways: &mut Vec<String>) {
    ways.push(way.to_owned());
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                walk(value, &format!("{way}/{}", key.replace('~', "~0").replace('/', "~1")), ways);
            }
        }
        Value::Array(items) => items.iter().enumerate().for_each(|(index, value)| walk(value, &format!("{way}/{index}"), ways)),
        _ => {}
    }
}

fn unescaped(key: &str) -> String {
    key.replace("~1", "/").replace("~0", "~")
}
