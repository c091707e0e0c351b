//! What an update says of itself, in text, as JSON and as Markdown, and in its commit message.

use std::path::Path;

use serde_json::Value as Json;

use super::{CART, SCALE, add, cart, commit, edit};
use crate::support::golden;
use crate::support::sandbox::Sandbox;

/// A service with edits by hand of several sorts, and an update pending from checklist, blueprint and
/// service file.
fn eventful() -> Sandbox {
    let sandbox = cart();
    edit(
        &sandbox,
        "k8s/deployment.yaml",
        "      volumes:\n",
        "        # the proxy of the team\n        - name: proxy\n          image: proxy:1.2\n      volumes:\n",
    );
    edit(&sandbox, "k8s/hpa.yaml", "maxReplicas: 4", "maxReplicas: 6 # for the sale");
    sandbox.git(&["rm", "--quiet", "k8s/pdb.yaml"]);
    let service =
        CART.replace("2026.11", "2026.12").replace("blueprint: web-service@1.0.0\n", "").replace("cart:1.0.0", "cart:1.1.0");
    let owned = "owned-elsewhere:\n  - field: Deployment.spec.template.spec.containers[*].image\n    by: renovate\n";
    sandbox.write("plimsoll.yaml", &format!("{service}{SCALE}{owned}"));
    edit(
        &sandbox,
        "k8s/deployment.yaml",
        "image: registry.example.com/shop/cart:1.0.0\n          imagePull",
        "image: registry.example.com/shop/cart:1.0.7\n          imagePull",
    );
    commit(&sandbox);
    sandbox
}

#[track_caller]
fn is_golden(name: &str, got: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/update").join(name);
    golden::compare(&path, got).unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn text_json_and_markdown_are_their_goldens() {
    let sandbox = eventful();
    let run = sandbox.run(&["update", "--check"]).exits(3);
    is_golden("conflict.txt", &format!("{}{}", run.stdout, run.stderr));
    sandbox.run(&["update", "--check", "--body", "body.md"]).exits(3);
    is_golden("conflict.md", &sandbox.read("body.md"));
    std::fs::remove_file(sandbox.dir().join("body.md")).unwrap();
    let run = sandbox.run(&["update", "--check", "--diff", "--ours"]).exits(1);
    is_golden("check.txt", &run.stdout);
    assert!(run.stderr.contains("`plimsoll update --ours` makes it"), "{}", run.stderr);
    let run = sandbox.run(&["update", "--check", "--ours", "--output", "json"]).exits(1);
    let mut json: Json = serde_json::from_str(&run.stdout).unwrap();
    for file in json["services"][0]["files"].as_array_mut().unwrap() {
        // The texts stand in goldens of their own.
        let file = file.as_object_mut().unwrap();
        assert!(file.remove("before").is_some() && file.remove("after").is_some());
    }
    is_golden("check.json", &format!("{json:#}\n"));
    sandbox.run(&["update", "--ours", "--body", "../body.md"]).exits(0);
    is_golden("body.md", &sandbox.read("../body.md"));
    is_golden("message.txt", &sandbox.git(&["log", "-1", "--format=%B"]));
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn the_answer_of_a_run_that_wrote_names_its_commit() {
    let sandbox = cart();
    sandbox.write("plimsoll.yaml", &format!("{CART}{SCALE}"));
    let run = sandbox.run(&["update", "--output", "json"]).exits(0);
    let json: Json = serde_json::from_str(&run.stdout).unwrap();
    let service = &json["services"][0];
    assert_eq!(service["commit"]["id"].as_str().unwrap(), sandbox.git(&["rev-parse", "HEAD"]).trim());
    assert_eq!((&service["written"], &service["effect"]), (&true.into(), &"no-restart".into()));
    assert_eq!(service["causes"], serde_json::json!([{"cause": "service-file"}]));
}

#[test]
fn the_same_change_of_many_objects_is_told_once() {
    let sandbox = cart();
    sandbox.write("plimsoll.yaml", &CART.replace("cart:1.0.0", "cart:1.1.0"));
    let run = sandbox.run(&["update", "--check"]).exits(1);
    let heading = "\n  Deployment, HorizontalPodAutoscaler, NetworkPolicy, PodDisruptionBudget, Service, ServiceAccount\n";
    assert!(run.stdout.contains(heading), "{}", run.stdout);
    let change = "~ metadata.labels[\"app.kubernetes.io/version\"]: 1.0.0 → 1.1.0 (plimsoll.yaml; required-labels); no restart\n";
    assert_eq!(run.stdout.matches(change).count(), 1, "{}", run.stdout);
}

#[test]
fn what_cannot_be_applied_in_place_is_said_before_anything_is_written() {
    let sandbox = cart();
    sandbox.write("plimsoll.yaml", &CART.replace("tier: 2", "tier: 2\nenvironment: staging"));
    let run = sandbox.run(&["update", "--check"]).exits(1);
    assert!(
        run.stdout.starts_with("cart: ") && run.stdout.contains("; not all of it can be applied in place\n"),
        "{}",
        run.stdout
    );
    let warning = "warning: Deployment/cart: the API server refuses to change spec.selector.matchLabels.environment; delete it and \
                   create it anew\n    # its Pods stop, and start again with the next command\n    kubectl delete deployment/cart\n    \
                   kubectl apply -f k8s/deployment.yaml\n";
    assert!(run.stdout.contains(warning), "{}", run.stdout);
    let run = sandbox.run(&["update"]).exits(0);
    assert!(run.stdout.find("warning: ") < run.stdout.find("Committed "), "{}", run.stdout);
    assert!(sandbox.git(&["log", "-1", "--format=%b"]).contains("cannot be applied in place"));
}

#[test]
fn another_name_makes_other_objects() {
    let sandbox = cart();
    sandbox.write("plimsoll.yaml", &CART.replace("name: cart", "name: basket"));
    let run = sandbox.run(&["update"]).exits(0);
    let warning = "ServiceAccount/cart become other objects, basket; the old stays in the cluster until it is deleted\n    kubectl \
                   apply -f k8s\n    kubectl rollout status deployment/basket\n    # once what calls the old ones calls the new \
                   ones\n    kubectl delete deployment/cart horizontalpodautoscaler/cart networkpolicy/cart poddisruptionbudget/cart \
                   service/cart serviceaccount/cart\n";
    assert!(run.stdout.contains(warning), "{}", run.stdout);
    assert!(!run.stdout.contains("refuses"), "{}", run.stdout);
    assert!(sandbox.read("k8s/deployment.yaml").contains("  name: basket\n"));
    sandbox.run(&["update", "--check"]).exits(0);
}

#[test]
fn a_fleet_is_told_a_line_each() {
    let sandbox = Sandbox::repository();
    let names: Vec<String> = (0..11).map(|number| format!("s{number:02}")).collect();
    for name in &names {
        add(&sandbox, name, &CART.replace("cart", name));
        sandbox.write(&format!("{name}/plimsoll.yaml"), &format!("{}{SCALE}", CART.replace("cart", name)));
    }
    let run = sandbox.run(&["update", "--all"]).exits(0);
    let expected: String = names.iter().map(|name| format!("{name}: 2 changes in 1 file; no restart\n")).collect();
    assert!(run.stdout.starts_with(&expected) && run.stdout.ends_with("on main: 11 services\n"), "{}", run.stdout);
}
