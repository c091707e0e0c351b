//! What is read is what was meant: nothing that was given is passed over without a word.

mod kustomized;
mod left_out;

use serde_json::{Value, json};

use crate::support::sandbox::Sandbox;

const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: cart}\nspec:\n  selector: {matchLabels: {app: cart}}\n  \
                          template:\n    metadata: {labels: {app: cart}}\n    spec: {containers: [{name: app, image: 'cart:latest'}]}\n";
const SERVICE: &str =
    "apiVersion: v1\nkind: Service\nmetadata: {name: cart}\nspec: {selector: {app: cart}, ports: [{name: http, port: 80}]}\n";

/// The report on files, as JSON, and the exit code.
fn report(sandbox: &Sandbox, args: &[&str], input: &str) -> (Value, i32) {
    let run = sandbox.run_with_input(&[&["check", "--format", "json"], args].concat(), input);
    let report = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}\n{}", run.stdout, run.stderr));
    (report, run.code)
}

/// What could not be read: line, message and fix.
fn unread(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter().filter(|finding| finding["cause"] == "unreadable");
    findings
        .map(|it| format!("{}:{}: {}: {} | {}", it["file"], it["line"], it["field"], it["message"], it["fix"]).replace('"', ""))
        .collect()
}

#[test]
fn a_document_that_is_meant_to_be_an_object_is_never_dropped() {
    let sandbox = Sandbox::new();
    for (text, expected) in [
        (
            DEPLOYMENT.replace("apiVersion: apps/v1\n", ""),
            "a.yaml:1: apiVersion: is missing: without it nothing is an object of Kubernetes | write `apiVersion: apps/v1`",
        ),
        (
            DEPLOYMENT.replace("kind: Deployment\n", ""),
            "a.yaml:1: kind: is missing: without it nothing is an object of Kubernetes | null",
        ),
        (
            DEPLOYMENT.replace("apiVersion", "apiversion"),
            "a.yaml:1: apiVersion: is missing, and `apiversion` is no field | did you mean `apiVersion`?",
        ),
        (DEPLOYMENT.replace("kind:", "Kind:"), "a.yaml:2: kind: is missing, and `Kind` is no field | did you mean `kind`?"),
        (
            DEPLOYMENT.replace("kind: Deployment", "kind: deployment"),
            "a.yaml:2: kind: Kubernetes has no kind `deployment` in `apps/v1` | did you mean `kind: Deployment`?",
        ),
        (
            DEPLOYMENT.replace("apps/v1", "v1"),
            "a.yaml:1: apiVersion: Kubernetes has no kind `Deployment` in `v1` | did you mean `apiVersion: apps/v1`?",
        ),
        (
            DEPLOYMENT.replace("apps/v1", "apps/v3"),
            "a.yaml:1: apiVersion: Kubernetes has never served `Deployment` in `apps/v3` | write `apiVersion: apps/v1`",
        ),
        (DEPLOYMENT.replace("apps/v1", "1"), "a.yaml:1: apiVersion: must be a string | write `apiVersion: apps/v1`"),
        (
            format!("apiVersion: v1\nkind: List\nitems:\n- {{kind: Service, metadata: {{name: a}}}}\n---\n{SERVICE}"),
            "a.yaml:4: apiVersion: is missing: without it nothing is an object of Kubernetes | write `apiVersion: v1`",
        ),
        (
            "metadata: {name: cart}\nspec: {replicas: 2}\n".to_owned(),
            "a.yaml:1: kind: is missing: without it nothing is an object of Kubernetes | null",
        ),
        (
            format!("{SERVICE}---\n{}", SERVICE.replace("kind: Service", "kind: Servcie")),
            "a.yaml:7: kind: Kubernetes has no kind `Servcie` in `v1` | did you mean `kind: Service`?",
        ),
    ] {
        sandbox.write("a.yaml", &text);
        let (report, code) = report(&sandbox, &["a.yaml"], "");
        assert_eq!((unread(&report), code), (vec![expected.to_owned()], 2), "{text}");
        let not_judged = report["not-judged"].as_array().unwrap();
        assert!(not_judged.iter().any(|it| it["why"] == "unreadable"), "{text}: {not_judged:?}");
    }
}

#[test]
fn files_that_were_joined_without_a_separator_are_several_objects() {
    let sandbox = Sandbox::new();
    let joined = [SERVICE, DEPLOYMENT, SERVICE].concat();
    let (report, code) = report(&sandbox, &["-"], &joined);
    let message =
        "stands a second time in one document: a line `---` is missing before it | write a line `---` before this object";
    let expected = [5, 13].map(|line| format!("standard input:{line}: apiVersion: {message}"));
    assert_eq!((unread(&report), code), (expected.to_vec(), 2));
    assert_eq!(report["objects"], 0);
    assert_eq!(report["not-judged"], json!([{"why": "unreadable", "kind": "document", "count": 3}]));
    // A key twice in one object is that, and no more.
    let twice = format!("{SERVICE}spec: {{}}\n");
    assert_eq!(unread(&self::report(&sandbox, &["-"], &twice).0), Vec::<String>::new());
}

#[test]
fn nothing_checked_is_never_green() {
    let sandbox = Sandbox::new();
    sandbox.write("notes.yaml", "just: words\n");
    sandbox.write("empty/readme.md", "nothing\n");
    sandbox.write("values/values.yaml", "image: {tag: 1.0.0}\n");
    for (args, input) in [
        (&["-"][..], ""),
        (&["-"], "# only a comment\n---\n"),
        (&["-"], "foo\n"),
        (&["-"], "Error: no chart found\n"),
        (&["-"], "[]\n"),
        (&["-"], "null\n"),
        (&["notes.yaml"], ""),
        (&["empty"], ""),
        (&["values"], ""),
        (&["empty/readme.md"], ""),
    ] {
        for format in ["text", "json", "sarif", "junit", "github", "markdown"] {
            let run = sandbox.run_with_input(&[&["check", "--format", format], args].concat(), input).exits(2);
            assert!(!run.stdout.contains("no findings:"), "{args:?} {format}: {}", run.stdout);
        }
        let text = sandbox.run_with_input(&[&["check"], args].concat(), input);
        assert!(text.stdout.contains("nothing was checked") || text.stdout.contains("error"), "{args:?}: {}", text.stdout);
    }
    let run = sandbox.run_with_input(&["check", "-"], "foo\n");
    assert!(run.stdout.contains("is no object of Kubernetes: string in place of a mapping"), "{}", run.stdout);
    let junit = sandbox.run_with_input(&["check", "-", "--format", "junit"], "");
    assert!(junit.stdout.contains("errors=\"1\"") && junit.stdout.contains("nothing was checked"), "{}", junit.stdout);
    let sarif = sandbox.run_with_input(&["check", "-", "--format", "sarif"], "");
    assert!(sarif.stdout.contains("\"executionSuccessful\": false"), "{}", sarif.stdout);
}

#[test]
fn what_cannot_be_read_does_not_hide_the_rest() {
    let sandbox = Sandbox::new();
    sandbox.write("k/good.yaml", DEPLOYMENT);
    sandbox.write("k/bad.yaml", "a: [\n");
    std::fs::write(sandbox.dir().join("k/binary.yaml"), [0xff, 0xfe, 0x00]).unwrap();
    let (report, code) = report(&sandbox, &["k", "missing.yaml"], "");
    let files: Vec<String> = unread(&report).iter().map(|line| line.split(':').next().unwrap().to_owned()).collect();
    assert_eq!((files.join(" ").as_str(), code), ("k/bad.yaml k/binary.yaml missing.yaml", 2));
    assert!(report["findings"].as_array().unwrap().iter().any(|it| it["item"] == "image-pinned"), "{report}");
    assert_eq!(
        report["not-judged"],
        json!([{"why": "unreadable", "kind": "document", "count": 1}, {"why": "unreadable", "kind": "file", "count": 2}])
    );
}

#[test]
fn objects_of_other_groups_are_no_kinds_of_kubernetes() {
    let sandbox = Sandbox::new();
    let foreign = |api_version: &str, kind: &str| DEPLOYMENT.replace("apps/v1", api_version).replace("Deployment", kind);
    for (text, kind) in [
        (foreign("serving.knative.dev/v1", "Service"), "Service of serving.knative.dev"),
        (foreign("apps.kruise.io/v1beta1", "StatefulSet"), "StatefulSet of apps.kruise.io"),
        (foreign("apps.kruise.io/v1alpha1", "DaemonSet"), "DaemonSet of apps.kruise.io"),
        (foreign("batch.volcano.sh/v1alpha1", "Job"), "Job of batch.volcano.sh"),
        (foreign("rollouts.kruise.io/v1beta1", "Rollout"), "Rollout of rollouts.kruise.io"),
        (foreign("cluster.x-k8s.io/v1beta1", "MachineDeployment"), "MachineDeployment of cluster.x-k8s.io"),
        (foreign("networking.example.com/v1", "NetworkPolicy"), "NetworkPolicy of networking.example.com"),
    ] {
        sandbox.write("a.yaml", &text);
        let (report, code) = report(&sandbox, &["a.yaml"], "");
        assert_eq!((&report["findings"], code), (&json!([]), 0), "{text}");
        assert_eq!(report["not-judged"], json!([{"why": "no-item", "kind": kind, "count": 1}]));
    }
    // They belong to nothing of ours either: the Deployment has no Service and no budget.
    let text = [DEPLOYMENT, "---\n", &foreign("serving.knative.dev/v1", "Service")].concat();
    sandbox.write("a.yaml", &text);
    let alone = report(&sandbox, &["-"], DEPLOYMENT).0["findings"].as_array().unwrap().len();
    assert_eq!(report(&sandbox, &["a.yaml"], "").0["findings"].as_array().unwrap().len(), alone);
}

#[test]
fn lists_are_what_is_in_them() {
    let sandbox = Sandbox::new();
    let list = "apiVersion: apps/v1\nkind: DeploymentList\nitems:\n- metadata: {name: cart}\n  spec:\n    template:\n      spec: {containers: \
                [{name: app, image: 'cart:latest'}]}\n";
    let (typed, _) = report(&sandbox, &["-"], list);
    assert!(typed["findings"].as_array().unwrap().iter().any(|it| it["object"] == "Deployment/cart"), "{typed}");
    let (empty, code) = report(&sandbox, &["-"], "apiVersion: v1\nkind: List\nitems: []\n");
    assert_eq!((&empty["objects"], code), (&json!(0), 2));
}
