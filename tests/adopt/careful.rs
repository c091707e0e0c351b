//! What may break a service that runs: told, held back, and taken only where a person says so.

use std::fs;
use std::path::Path;

use plimsoll::change::Edition;
use plimsoll::change::adoption::{Accepted, AdoptRequest, Adoption, Standing};
use plimsoll::notation::{Field, FieldStep};
use plimsoll::service::Answers;
use plimsoll::yaml::write;
use proptest::strategy::{Strategy, ValueTree};
use serde_json::Value as Json;

use super::{alone, input_of, repository};
use crate::support::sandbox::{PLIMSOLL, Sandbox};
use crate::support::terminal::Terminal;
use crate::support::{golden, services};

/// A Deployment with a Service, of which parts can be replaced.
const SHOP: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: shop }\nspec:\n  replicas: 4\n  selector: { \
                    matchLabels: { app: shop } }\n  template:\n    metadata: { labels: { app: shop } }\n    spec:\n      \
                    containers:\n        - name: shop\n          image: registry.example.com/shop/shop:1.0.0\n          \
                    ports:\n            - { name: http, containerPort: 8080 }\n---\napiVersion: v1\nkind: Service\nmetadata: { \
                    name: shop }\nspec:\n  selector: { app: shop }\n  ports:\n    - { name: web, port: 80, targetPort: http }\n";

fn shop(replace: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::repository();
    let text = replace.iter().fold(SHOP.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    });
    sandbox.write("k8s/shop.yaml", &text);
    sandbox.git(&["add", "--all"]);
    sandbox.git(&["commit", "--quiet", "--message=by hand"]);
    sandbox
}

fn adopted(sandbox: &Sandbox, more: &[&str]) -> Json {
    let args = [&["adopt", "--yes", "--output", "json"], more].concat();
    serde_json::from_str(&sandbox.run(&args).exits(0).stdout).unwrap()
}

fn kept(report: &Json) -> Vec<&str> {
    report["kept"].as_array().unwrap().iter().map(|kept| kept["why"].as_str().unwrap()).collect()
}

/// The value of a field as merges name it.
fn value_at<'v>(value: &'v Json, field: &Field) -> Option<&'v Json> {
    field.steps().iter().try_fold(value, |value, step| match step {
        FieldStep::Key(key) => value.get(key),
        FieldStep::Element(label) => {
            let says = |element: &&Json| {
                label.split(',').all(|part| {
                    let (key, wanted) = part.split_once('=').unwrap();
                    element.get(key).is_some_and(|found| found.to_string().trim_matches('"') == wanted)
                })
            };
            value.as_array()?.iter().find(says)
        }
    })
}

/// What stands in the objects of files, by kind.
fn objects(adoption: &Adoption, before: &[(String, String)]) -> Vec<Json> {
    let changed = |path: &str| adoption.update.files.iter().find(|file| file.path == path);
    let kept = before.iter().filter(|(path, _)| changed(path).is_none()).map(|(_, text)| text.clone());
    let written = adoption.update.files.iter().filter(|file| file.path != "plimsoll.yaml").filter_map(|file| file.text.clone());
    kept.chain(written)
        .flat_map(|text| {
            let documents = plimsoll::yaml::load("a", &text).unwrap();
            documents.into_iter().map(|document| document.root.to_json()).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn what_is_held_back_stands_as_it_stood_and_what_is_taken_as_it_is_rendered() {
    let edition = Edition::newest().unwrap();
    let mut held = 0;
    for case in golden::cases("adopt") {
        for accepted in [Accepted::None, Accepted::All] {
            let mut given = Answers::default();
            if let Ok(text) = fs::read_to_string(case.join("given.yaml")) {
                given.add_file("given.yaml", &text).unwrap();
            }
            let today = "2026-11-20".parse().unwrap();
            let request = AdoptRequest { dir: "".into(), workload: None, given, accepted, today };
            let texts = input_of(&case);
            let standing = Standing::of(&request, &edition, texts.clone()).unwrap();
            let Ok(adoption) = standing.work_out(standing.propose().unwrap(), alone) else { continue };
            let all = objects(&adoption, &texts);
            for risky in &adoption.risks {
                assert!(risky.taken || request.accepted == Accepted::None);
                held += usize::from(risky.is_held());
                for field in &risky.fields {
                    let named = |object: &&Json| {
                        object["kind"] == field.object.kind.as_str() && object["metadata"]["name"] == field.object.name.as_str()
                    };
                    let found = all.iter().find(named).and_then(|object| value_at(object, &field.field));
                    let expected = if risky.taken { &field.after } else { &field.before };
                    let told = format!("{}: {} {}", case.display(), risky.risk.id, field.field);
                    assert_eq!(found, expected.as_ref(), "{told}, taken {}", risky.taken);
                }
            }
        }
    }
    assert!(held > 50, "{held}");
}

/// What an adoption may never change unasked, as JSON pointers into a Deployment.
const UNTOUCHED: [&str; 15] = [
    "/spec/selector",
    "/spec/replicas",
    "/spec/template/spec/automountServiceAccountToken",
    "/spec/template/spec/containers/0/imagePullPolicy",
    "/spec/template/spec/containers/0/livenessProbe",
    "/spec/template/spec/containers/0/ports/0/name",
    "/spec/template/spec/containers/0/readinessProbe/httpGet",
    "/spec/template/spec/containers/0/resources",
    "/spec/template/spec/containers/0/securityContext",
    "/spec/template/spec/containers/0/startupProbe",
    "/spec/template/spec/dnsConfig",
    "/spec/template/spec/enableServiceLinks",
    "/spec/template/spec/securityContext",
    "/spec/template/spec/serviceAccountName",
    "/spec/template/spec/volumes",
];

/// Random services of which parts were taken away or written otherwise.
const RANDOM: usize = 20;

#[test]
fn nothing_that_runs_is_changed_unasked_whatever_is_missing() {
    let edition = Edition::newest().unwrap();
    let (mut runner, strategy) = (services::runner(), services::service());
    let mut judged = 0;
    for seed in 0_usize.. {
        let service = strategy.new_tree(&mut runner).unwrap().current();
        let mut answers = Answers::default();
        answers.add_file("service.yaml", &write::document(&service)).unwrap();
        let Ok((_, plan)) = edition.plan(&answers) else { continue };
        let mut texts = Vec::new();
        let mut before = Json::Null;
        for (number, manifest) in edition.renderer.render(&plan).unwrap().into_iter().enumerate() {
            let mut object: Json = serde_yaml::from_str(&manifest.text).unwrap();
            if object["kind"] == "Deployment" {
                let gone = UNTOUCHED.iter().enumerate().skip(1).filter(|(at, _)| (seed * 7 + at * 3) % 4 != 0);
                for (_, pointer) in gone {
                    let (parent, key) = pointer.trim_end_matches("/httpGet").rsplit_once('/').unwrap();
                    if let Some(map) = object.pointer_mut(parent).and_then(Json::as_object_mut).filter(|_| key != "volumes") {
                        map.remove(key);
                    }
                }
                if seed % 3 == 0 {
                    object["spec"]["replicas"] = (seed % 5).into();
                }
                before = object.clone();
            } else if (seed + number) % 3 == 0 || (object["kind"] == "HorizontalPodAutoscaler" && seed % 3 == 0) {
                continue;
            } else if object["kind"] == "Service" && seed % 2 == 0 {
                object["spec"]["type"] = "NodePort".into();
            }
            texts.push((manifest.path.clone(), write::document(&object)));
        }
        let given = super::not_shown(&write::document(&service));
        let today = "2026-11-20".parse().unwrap();
        let request = AdoptRequest { dir: "".into(), workload: None, given, accepted: Accepted::None, today };
        let standing = Standing::of(&request, &edition, texts.clone()).unwrap();
        let Ok(adoption) = standing.work_out(standing.propose().unwrap(), alone) else { continue };
        let all = objects(&adoption, &texts);
        let of_kind = |kind: &str| all.iter().find(|object| object["kind"] == kind);
        let after = of_kind("Deployment").unwrap();
        for pointer in UNTOUCHED {
            let [one, other] = [&before, after].map(|object| object.pointer(pointer));
            // A port that had no name may get one, and a default may be written out.
            let is_default = pointer.ends_with("/imagePullPolicy") || other == Some(&Json::Bool(true));
            let is_free = one.is_none() && (pointer.ends_with("/name") || is_default);
            assert!(one == other || is_free, "{seed} {pointer}: {one:?} is now {other:?}\n{}", adoption.proposal.text);
        }
        if let Some(stood) = texts.iter().find(|(_, text)| text.contains("type: NodePort")) {
            assert_eq!(of_kind("Service").unwrap()["spec"]["type"], "NodePort", "{seed} {}", stood.1);
        }
        let had_policy = texts.iter().any(|(_, text)| text.contains("kind: NetworkPolicy"));
        assert_eq!(of_kind("NetworkPolicy").is_some(), had_policy, "{seed}");
        judged += 1;
        if judged == RANDOM {
            return;
        }
    }
}

#[test]
fn risks_are_told_with_what_to_try_and_stay_until_they_are_taken() {
    let sandbox = shop(&[("  selector: { app: shop }\n  ports", "  type: LoadBalancer\n  selector: { app: shop }\n  ports")]);
    let before = sandbox.read("k8s/shop.yaml");
    let run = sandbox.run(&["adopt", "--dry-run"]).exits(0);
    for expected in [
        "May break the service that runs, and is not taken without --accept-risky",
        "closing the way in from outside the cluster (exposure-explicit)",
        "Service/shop spec.type: LoadBalancer → ClusterIP",
        "    may break: ",
        "    try first: ",
        "Waivers for what was held back; they are not written",
        "    - { item: exposure-explicit, reason: \"we have not tried",
    ] {
        assert!(run.stdout.contains(expected), "{expected} not in {}", run.stdout);
    }
    let report = adopted(&sandbox, &[]);
    let told = |id: &str| report["risks"].as_array().unwrap().iter().find(|risk| risk["risk"] == id).cloned().unwrap();
    assert_eq!(told("exposure")["taken"], false);
    assert_eq!(told("exposure")["fields"][0]["before"], "LoadBalancer");
    assert!(told("user")["try-first"].as_str().unwrap().contains("run-as-user"));
    let service = sandbox.read("plimsoll.yaml");
    assert!(service.contains("  - field: Service.spec.type\n") && !service.contains("waivers:"), "{service}");
    let after = sandbox.read("k8s/shop.yaml");
    assert!(after.contains("type: LoadBalancer") && !after.contains("readOnlyRootFilesystem"), "{before}\n{after}");

    // Nothing of it comes with later updates, either; what is tried comes by hand, and its line goes.
    let run = sandbox.run(&["update", "--check"]).exits(0);
    assert!(!run.stdout.contains("NetworkPolicy"), "{}", run.stdout);
    sandbox.write("plimsoll.yaml", &service.replace("shop:1.0.0", "shop:1.0.1"));
    sandbox.run(&["update", "--no-commit"]).exits(0);
    let updated = sandbox.read("k8s/shop.yaml");
    assert!(
        updated.contains("shop:1.0.1") && updated.contains("LoadBalancer") && !updated.contains("securityContext"),
        "{updated}"
    );

    // A person may take them all.
    let sandbox = shop(&[("  selector: { app: shop }\n  ports", "  type: LoadBalancer\n  selector: { app: shop }\n  ports")]);
    let report = adopted(&sandbox, &["--accept-risky"]);
    assert!(report["risks"].as_array().unwrap().iter().all(|risk| risk["taken"] == true), "{report:#}");
    let after = sandbox.read("k8s/shop.yaml");
    assert!(after.contains("type: ClusterIP") && after.contains("readOnlyRootFilesystem: true"), "{after}");
    sandbox.run(&["update", "--check"]).exits(0);
}

#[test]
fn an_answer_takes_just_the_risk_that_it_is_about() {
    let sandbox = shop(&[]);
    let report = adopted(&sandbox, &["--set", "run-as-user=1000", "--set", "size=medium"]);
    let taken: Vec<&str> = report["risks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|risk| risk["taken"] == true)
        .map(|risk| risk["risk"].as_str().unwrap())
        .collect();
    assert_eq!(taken, ["user", "resources"]);
    let after = sandbox.read("k8s/shop.yaml");
    assert!(after.contains("runAsUser: 1000") && after.contains("memory: 1Gi") && !after.contains("capabilities"), "{after}");
}

#[test]
fn a_terminal_is_asked_for_each_risk() {
    let sandbox = shop(&[]);
    let mut terminal = Terminal::start(&sandbox, &["adopt"]);
    terminal.expect("changes now that may break the service?").press("y\r");
    terminal.expect("? Take a read-only root file system?").press("y\r");
    terminal.expect("? Take another user id?").press("\r");
    for what in ["fewer privileges", "the default filter", "a ServiceAccount", "going without a token", "going without variables"]
    {
        terminal.expect(&format!("? Take {what}")).press("n\r");
    }
    terminal.expect("? Take fewer DNS searches").press("n\r");
    terminal.expect("? Take other requests").press("n\r");
    terminal.expect("? Take another readiness").press("n\r");
    terminal.expect("? Take a NetworkPolicy").press("n\r");
    terminal.expect("? Write these files and commit them?").press("y\r");
    terminal.exits(0);
    let after = sandbox.read("k8s/shop.yaml");
    assert!(after.contains("readOnlyRootFilesystem: true") && !after.contains("runAsUser"), "{after}");
}

/// What stands, the flags, what is kept, what is written, and whether it is scaled.
type Case<'c> = (Sandbox, &'c [&'c str], &'c [&'c str], &'c str, bool);

#[test]
fn what_must_not_have_a_second_pod_keeps_its_number_and_its_strategy() {
    let volume = "\n      volumes:\n        - { name: data, persistentVolumeClaim: { claimName: shop-data } }\n";
    let claim = |modes: &str| {
        format!(
            "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {{ name: shop-data }}\nspec: {{ accessModes: [{modes}] }}\n---\napiVersion: v1\nkind: Service"
        )
    };
    let on_volume = |modes: &str| {
        let ports = "            - { name: http, containerPort: 8080 }";
        shop(&[(ports, &format!("{ports}{}", volume.trim_end())), ("---\napiVersion: v1\nkind: Service", &claim(modes))])
    };
    let scaled = || {
        let sandbox = shop(&[]);
        let keda = "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: { name: shop }\nspec: { scaleTargetRef: { name: \
                    shop }, triggers: [] }\n";
        sandbox.write("k8s/scaled.yaml", keda);
        sandbox.git(&["add", "--all"]);
        sandbox.git(&["commit", "--quiet", "--message=more"]);
        sandbox
    };
    let recreate = || shop(&[("  replicas: 4\n", "  replicas: 4\n  strategy: { type: Recreate }\n")]);
    let cases: [Case<'_>; 10] = [
        (shop(&[]), &[], &["hand-over"], "replicas: 4", true),
        (shop(&[]), &["--accept-risky"], &["hand-over"], "replicas: 4", true),
        (shop(&[("replicas: 4", "replicas: 1")]), &[], &["single-pod"], "replicas: 1", false),
        (shop(&[("replicas: 4", "replicas: 1")]), &["--accept-risky"], &["single-pod"], "replicas: 1", false),
        (shop(&[("replicas: 4", "replicas: 1")]), &["--set", "scale.min=2"], &["hand-over"], "replicas: 1", true),
        (recreate(), &["--accept-risky"], &["single-pod"], "type: Recreate", false),
        (on_volume("ReadWriteOnce"), &["--accept-risky"], &["single-pod"], "replicas: 4", false),
        (on_volume("ReadWriteOncePod"), &["--set", "scale.min=3"], &["single-pod"], "replicas: 4", false),
        (scaled(), &["--accept-risky"], &["other-autoscaler"], "replicas: 4", false),
        (on_volume("ReadWriteMany, ReadWriteOnce"), &[], &["hand-over"], "replicas: 4", true),
    ];
    for (sandbox, flags, expected, written, is_scaled) in cases {
        let report = adopted(&sandbox, flags);
        assert_eq!(kept(&report), expected, "{flags:?} {report:#}");
        let after = sandbox.read("k8s/shop.yaml");
        assert!(after.contains(written), "{flags:?} {after}");
        assert_eq!(sandbox.dir().join("k8s/hpa.yaml").exists(), is_scaled, "{flags:?}");
        if !is_scaled {
            // With one Pod and no strategy the default starts one more, too.
            let is_free = written == "replicas: 1" || expected == ["other-autoscaler"];
            assert!(is_free || !after.contains("maxSurge"), "{flags:?} {after}");
            assert!(!report["kept"][0]["costs"].as_str().unwrap().is_empty());
        }
        let is_found = !report["kept"][0]["items"].as_array().unwrap().is_empty();
        assert!(is_found || expected == ["other-autoscaler"], "{report:#}");
        sandbox.run(&["update", "--check"]).exits(0);
        // What was kept stays so when something else changes.
        sandbox.write("plimsoll.yaml", &sandbox.read("plimsoll.yaml").replace("shop:1.0.0", "shop:1.0.1"));
        sandbox.run(&["update", "--no-commit"]).exits(0);
        assert!(sandbox.read("k8s/shop.yaml").contains(written), "{flags:?}");
    }
}

#[test]
fn replicas_are_handed_over_step_by_step() {
    let sandbox = shop(&[("name: shop }\nspec:\n  replicas", "name: shop, namespace: web }\nspec:\n  replicas")]);
    let run = sandbox.run(&["adopt", "--dry-run"]).exits(0);
    for expected in [
        "without `replicas: 4` the next apply sets its default, 1 Pod, until the autoscaler acts",
        "`kubectl apply edit-last-applied deployment/shop -n web`",
        "--server-side --field-manager=",
    ] {
        assert!(run.stdout.contains(expected), "{expected} not in {}", run.stdout);
    }
    let report = adopted(&sandbox, &[]);
    assert!(report["findings"].as_array().unwrap().iter().any(|finding| finding["item"] == "hpa-owns-replicas"), "{report:#}");
    // The last step: the field and its line go, and nothing is left to do.
    sandbox.write("k8s/shop.yaml", &sandbox.read("k8s/shop.yaml").replace("  replicas: 4\n", ""));
    let line = "  - field: Deployment.spec.replicas\n    by: people, until the autoscaler has taken over\n";
    let service = sandbox.read("plimsoll.yaml");
    assert!(service.contains(line), "{service}");
    sandbox.write("plimsoll.yaml", &service.replace(line, ""));
    let run = sandbox.run(&["update", "--check"]).exits(0);
    assert!(!run.stdout.contains("replicas"), "{}", run.stdout);
}

#[test]
fn names_that_others_refer_to_stay() {
    let sandbox = shop(&[
        ("{ name: http, containerPort: 8080 }", "{ name: Main_Port, containerPort: 8080 }"),
        ("name: web, port: 80, targetPort: http", "name: tcp-shop, port: 80, targetPort: Main_Port"),
    ]);
    adopted(&sandbox, &["--accept-risky"]);
    let after = sandbox.read("k8s/shop.yaml");
    assert!(after.contains("name: tcp-shop") && after.contains("targetPort: Main_Port"), "{after}");
    assert!(after.contains("matchLabels: { app: shop }") && after.contains("selector: { app: shop }"), "{after}");
}

#[test]
fn no_other_object_begins_to_select_the_pods() {
    let other = "---\napiVersion: v1\nkind: Service\nmetadata: { name: any-api }\nspec: { selector: { component: api }, ports: [{ \
                 port: 80 }] }\n";
    let budget = "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: all }\nspec: { maxUnavailable: 0, \
                  selector: { matchExpressions: [{ key: team, operator: Exists }] } }\n";
    let sandbox = shop(&[]);
    sandbox.write("k8s/other.yaml", &format!("{other}{budget}"));
    let before = sandbox.files();
    let run = sandbox.run(&["adopt", "--yes", "--no-commit"]).exits(2);
    for expected in [
        "k8s/other.yaml:5:9: spec.selector: Service/any-api does not select these Pods, and would",
        "k8s/other.yaml:10:28: spec.selector: PodDisruptionBudget/all does not select",
    ] {
        assert!(run.stderr.contains(expected), "{expected} not in {}", run.stderr);
    }
    assert_eq!(sandbox.files(), before);
    sandbox.write("k8s/other.yaml", other);
    sandbox.run(&["adopt", "--yes", "--no-commit", "--set", "component=shop"]).exits(0);
    sandbox.run(&["update", "--check"]).exits(0);
}

#[test]
fn what_a_server_filled_in_goes_aloud() {
    let sandbox = repository("live-load-balancer", "k8s");
    let report = adopted(&sandbox, &[]);
    let left: Vec<String> = report["server-filled"]
        .as_array()
        .unwrap()
        .iter()
        .map(|filled| format!("{} {}", filled["object"].as_str().unwrap(), filled["field"].as_str().unwrap()))
        .collect();
    for expected in ["Deployment/shopfront metadata.uid", "Deployment/shopfront status", "Service/shopfront spec.clusterIP"] {
        assert!(left.contains(&expected.to_owned()), "{expected} not in {left:#?}");
    }
    // What was applied last may hold anything, and is told by its size.
    assert!(
        !report.to_string().contains("{\\\"apiVersion\\\":\\\"apps/v1\\\",\\\"kind\\\":\\\"Deployment\\\",\\\"metadata\\\"}")
    );
    let after = sandbox.read("k8s/deployment.yaml") + &sandbox.read("k8s/service.yaml");
    for gone in ["uid:", "resourceVersion:", "managedFields:", "status:", "clusterIP:", "last-applied", "creationTimestamp"] {
        assert!(!after.contains(gone), "{gone} in {after}");
    }
    for stays in ["replicas: 6 # the sale needs six", "example.com/on-call: web", "nodePort: 30080", "healthCheckNodePort: 31002"]
    {
        assert!(after.contains(stays), "{stays} not in {after}");
    }
}

/// Runs the commands that an adoption names, as a shell would.
fn shell(sandbox: &Sandbox, command: &str) {
    let bin = Path::new(PLIMSOLL).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let output = sandbox.command("sh").args(["-c", command]).env("PATH", path).output().unwrap();
    let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert!(output.status.success(), "{command}: {stdout}{stderr}");
}

/// The objects below k8s/, by their kinds.
fn standing(sandbox: &Sandbox) -> Vec<Json> {
    let files = sandbox.files().into_iter().filter(|(path, _)| path.starts_with("k8s/"));
    let texts = files.map(|(_, bytes)| String::from_utf8(bytes).unwrap());
    let mut objects: Vec<Json> = texts
        .flat_map(|text| plimsoll::yaml::load("a", &text).unwrap().into_iter().map(|document| document.root.to_json()))
        .collect();
    objects.sort_by_key(|object| object["kind"].to_string());
    objects
}

#[test]
fn what_was_held_back_is_taken_later_by_the_command_that_was_named() {
    let (later, at_once) = (shop(&[]), shop(&[]));
    let report = adopted(&later, &[]);
    let held = report["risks"].as_array().unwrap().iter().filter(|risk| risk["taken"] == false);
    let commands: Vec<&str> = held.map(|risk| risk["then"].as_str().unwrap()).collect();
    assert!(commands.len() > 3, "{commands:?}");
    for command in commands {
        shell(&later, command);
    }
    for step in report["kept"].as_array().unwrap().iter().flat_map(|kept| kept["steps"].as_array().unwrap()) {
        let step = step.as_str().unwrap();
        if let Some(command) = step.split('`').find(|part| part.starts_with("plimsoll update ")) {
            shell(&later, command);
        }
    }
    assert!(!later.read("plimsoll.yaml").contains("owned-elsewhere"), "{}", later.read("plimsoll.yaml"));
    let report = adopted(&at_once, &["--accept-risky"]);
    for step in report["kept"].as_array().unwrap().iter().flat_map(|kept| kept["steps"].as_array().unwrap()) {
        if let Some(command) = step.as_str().unwrap().split('`').find(|part| part.starts_with("plimsoll update ")) {
            shell(&at_once, command);
        }
    }
    assert_eq!(standing(&later), standing(&at_once));
    later.run(&["update", "--check"]).exits(0);
    assert_eq!(later.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_field_that_is_no_longer_left_to_others_can_be_taken_over_edits_too() {
    let sandbox = shop(&[]);
    adopted(&sandbox, &["--accept-risky"]);
    let text = sandbox.read("k8s/shop.yaml");
    sandbox.write("k8s/shop.yaml", &text.replace("runAsNonRoot: true", "runAsNonRoot: false"));
    sandbox.git(&["commit", "--quiet", "--all", "--message=by hand"]);
    sandbox.run(&["update", "--take", "Deployment.spec.template.spec.securityContext"]).exits(0);
    assert_eq!(sandbox.read("k8s/shop.yaml"), text);
    let idle = sandbox.run(&["update", "--take", "Deployment.spec.template.spec.securityContext"]).exits(0);
    let warning = "warning: --take Deployment.spec.template.spec.securityContext changes nothing";
    assert!(idle.stderr.contains(warning), "{}", idle.stderr);
    sandbox.run(&["update", "--take", "["]).exits(2);
}

#[test]
fn a_folder_that_changes_before_the_yes_is_shown_and_asked_about_again() {
    let sandbox = shop(&[]);
    let mut terminal = Terminal::start(&sandbox, &["adopt"]);
    terminal.expect("changes now that may break the service?").press("n\r");
    terminal.expect("? Write these files and commit them?");
    let text = sandbox.read("k8s/shop.yaml");
    sandbox.write("k8s/shop.yaml", &text.replace("shop:1.0.0", "shop:1.0.1"));
    sandbox.git(&["commit", "--quiet", "--all", "--message=by hand"]);
    terminal.press("y\r");
    terminal.expect("has changed since it was read: beginning again");
    terminal.expect("changes now that may break the service?").press("n\r");
    terminal.expect("? Write these files and commit them?").press("y\r");
    terminal.exits(0);
    assert!(sandbox.read("k8s/shop.yaml").contains("shop:1.0.1"));
    assert!(sandbox.read("plimsoll.yaml").contains("shop:1.0.1"));
}
