//! All containers of a Pod are containers, all that makes Pods is a workload, and the standards of Kubernetes'
//! versions differ.

use std::collections::BTreeSet;

use plimsoll::manifest::Workload;
use plimsoll::notation::KubeVersion;
use serde_json::{Value, json};

use crate::check::{check_texts, check_texts_for, rules};

/// What the container below breaks.
const BROKEN: &[&str] = &[
    "drop-capabilities",
    "image-digest",
    "image-pinned",
    "no-host-access",
    "no-privilege-escalation",
    "non-root",
    "pod-security",
    "pull-policy",
    "read-only-root",
    "seccomp",
    "secrets-by-reference",
];

fn bad_container() -> Value {
    json!({
        "name": "bad",
        "image": "busybox:latest",
        "imagePullPolicy": "Never",
        "env": [{"name": "DB_PASSWORD", "value": "hunter2hunter2"}],
        "securityContext": {
            "privileged": true,
            "runAsUser": 0,
            "seccompProfile": {"type": "Unconfined"},
            "seLinuxOptions": {"user": "system_u"},
            "windowsOptions": {"hostProcess": true},
        },
    })
}

/// The items that are found at the container `bad`, among those above.
fn found(object: &Value) -> BTreeSet<String> {
    let report = check_texts(rules(), 1, &[("object.json", &object.to_string())]);
    report.findings.into_iter().map(|finding| finding.item).filter(|item| BROKEN.contains(&item.as_str())).collect()
}

/// A workload of a kind with a Pod.
fn workload(kind: &str, pod: Value) -> Value {
    let workload = Workload::of_kind(kind).unwrap();
    let keys: Vec<&str> = workload.template_keys().collect();
    let mut object = keys.into_iter().rev().fold(pod, |inside, key| json!({key: inside}));
    object["apiVersion"] = json!(workload.api_version());
    object["kind"] = json!(kind);
    object["metadata"] = json!({"name": "cart"});
    object
}

fn good_pod() -> Value {
    json!({"spec": {
        "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [{
            "name": "cart",
            "image": format!("ghcr.io/acme/cart:1.0.0@sha256:{}", "0".repeat(64)),
            "securityContext": {
                "allowPrivilegeEscalation": false,
                "readOnlyRootFilesystem": true,
                "capabilities": {"drop": ["ALL"]},
            },
        }],
    }})
}

#[test]
fn every_container_counts_whichever_list_it_stands_in() {
    let all: BTreeSet<String> = BROKEN.iter().map(|item| (*item).to_owned()).collect();
    assert_eq!(found(&workload("Pod", good_pod())), BTreeSet::new());
    let mut sidecar = bad_container();
    sidecar["restartPolicy"] = json!("Always");
    let lists = [
        ("containers", bad_container()),
        ("initContainers", bad_container()),
        ("initContainers", sidecar),
        ("ephemeralContainers", bad_container()),
    ];
    for (list, container) in lists {
        let mut pod = good_pod();
        match pod["spec"][list].as_array_mut() {
            Some(containers) => containers.push(container),
            None => pod["spec"][list] = json!([container]),
        }
        assert_eq!(found(&workload("Pod", pod)), all, "{list}");
    }
}

#[test]
fn every_kind_that_makes_pods_is_a_workload_in_a_list_too() {
    let all: BTreeSet<String> = BROKEN.iter().map(|item| (*item).to_owned()).collect();
    for kind in &rules().checklist.kinds["workloads"] {
        let object = workload(kind, json!({"spec": {"containers": [bad_container()]}}));
        assert_eq!(found(&object), all, "{kind}");
        let list = json!({"apiVersion": "v1", "kind": "List", "items": [object]});
        assert_eq!(found(&list), all, "{kind} in a List");
    }
}

#[test]
fn containers_that_are_added_while_a_pod_runs_need_no_resources() {
    let mut pod = good_pod();
    let judged = |pod: &Value| {
        let report = check_texts(rules(), 1, &[("pod.json", &workload("Pod", pod.clone()).to_string())]);
        report
            .findings
            .iter()
            .filter(|finding| finding.field.contains("resources") || finding.item == "termination-message")
            .count()
    };
    let before = judged(&pod);
    pod["spec"]["ephemeralContainers"] = json!([{"name": "debugger", "image": "ghcr.io/acme/debugger:1.0.0"}]);
    assert_eq!(judged(&pod), before);
}

fn sysctl(spec: &mut Value, name: &str) {
    spec["securityContext"]["sysctls"] = json!([{"name": name, "value": "1"}]);
}

/// Whether the standard of a version, as we know it, refuses what is set in the Pod or in its container.
fn refused(minor: u16, set: fn(&mut Value, &mut Value)) -> bool {
    let mut pod = good_pod();
    let mut container = pod["spec"]["containers"][0].take();
    set(&mut pod["spec"], &mut container);
    pod["spec"]["containers"][0] = container;
    let text = workload("Pod", pod).to_string();
    let report = check_texts_for(rules(), 1, KubeVersion { minor }, &[("pod.json", &text)]);
    report.findings.iter().any(|finding| ["non-root", "pod-security"].contains(&finding.item.as_str()))
}

#[test]
fn the_standard_is_that_of_the_target_version() {
    type Set = fn(&mut Value, &mut Value);
    assert!(!refused(29, |_, _| {}));
    // The first version that allows, or refuses, what the one before it does not.
    let changes: &[(u16, bool, Set)] = &[
        (31, false, |_, container| container["securityContext"]["seLinuxOptions"] = json!({"type": "container_engine_t"})),
        (32, false, |spec, _| sysctl(spec, "net.ipv4.tcp_wmem")),
        (34, true, |_, container| container["readinessProbe"] = json!({"tcpSocket": {"port": 80, "host": "10.0.0.1"}})),
        (34, true, |_, container| {
            container["lifecycle"] = json!({"preStop": {"httpGet": {"port": 80, "host": "a.example.com"}}});
        }),
        (35, false, |spec, _| {
            spec["hostUsers"] = json!(false);
            spec["securityContext"] = json!({"runAsUser": 0, "seccompProfile": {"type": "RuntimeDefault"}});
        }),
        (37, false, |spec, _| sysctl(spec, "net.ipv4.tcp_notsent_lowat")),
    ];
    for (number, (minor, refuses, set)) in changes.iter().enumerate() {
        assert_eq!(refused(minor - 1, *set), !refuses, "{number} before 1.{minor}");
        assert_eq!(refused(*minor, *set), *refuses, "{number} since 1.{minor}");
    }
    // In user namespaces too.
    let unmasked: Set = |spec, container| {
        spec["hostUsers"] = json!(false);
        container["securityContext"]["procMount"] = json!("Unmasked");
    };
    assert!((29..=37).all(|minor| refused(minor, unmasked)));
}
