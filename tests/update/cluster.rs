//! What an update means for what runs beside the files: what has to be done in the cluster, and what
//! points at nothing any more.

use serde_json::{Value as Json, json};

use super::{CART, add, cart, commit};
use crate::support::sandbox::Sandbox;

const FIXED: &str = "name: cart\ntier: 3\nimage: registry.example.com/shop/cart:1.0.0\nports:\n  - port: 8080\nwaivers:\n  \
                     - { item: hpa-present, reason: steady load, owner: shop, expires: 2027-03-01 }\nscale:\n  fixed: 6\n";

/// A service with a fixed number of Pods.
fn fixed() -> Sandbox {
    let sandbox = Sandbox::repository();
    add(&sandbox, ".", FIXED);
    sandbox
}

fn json_of(sandbox: &Sandbox) -> Json {
    let run = sandbox.run(&["update", "--check", "--output", "json"]).exits(1);
    let mut json: Json = serde_json::from_str(&run.stdout).unwrap();
    json["services"][0].take()
}

#[test]
fn replicas_are_handed_over_before_an_autoscaler_owns_them() {
    let sandbox = fixed();
    sandbox.write("plimsoll.yaml", &FIXED.replace("fixed: 6", "min: 6"));
    let json = json_of(&sandbox);
    assert_eq!(json["effect"], "runs-one-pod");
    let change = json["changes"].as_array().unwrap().iter().find(|change| change["field"] == "spec.replicas").unwrap();
    assert_eq!((&change["effect"], &change["default"]), (&json!("runs-one-pod"), &json!(1)));
    let chore = &json["chores"][0];
    assert_eq!((&chore["why"], &chore["replicas"]), (&json!("replicas-handed-over"), &json!("6")));
    assert_eq!(chore["steps"][0]["command"], "kubectl apply edit-last-applied deployment/cart");
    let run = sandbox.run(&["update", "--body", "../body.md"]).exits(0);
    let headline = run.stdout.lines().next().unwrap();
    assert!(headline.ends_with("; runs 1 Pod until an autoscaler acts"), "{headline}");
    for text in [&run.stdout, &sandbox.read("../body.md"), &sandbox.git(&["log", "-1", "--format=%B"])] {
        let plain = text.replace("\n  ", " ").replace('\n', " ");
        assert!(plain.contains("Deployment/cart falls from 6 Pods to 1 when it is applied, until an autoscaler acts"), "{text}");
        assert!(text.contains("kubectl apply edit-last-applied deployment/cart\n"), "{text}");
        let server_side = "echo '{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"cart\"},\"spec\":\
                           {\"replicas\":6}}' | kubectl apply --server-side --field-manager=handover-to-hpa --validate=false -f -\n";
        assert!(text.contains(server_side), "{text}");
    }
}

#[test]
fn an_autoscaler_that_goes_is_deleted_first_and_other_objects_last() {
    let sandbox = Sandbox::repository();
    let config = "config: { env: { MODE: fast } }\n";
    add(&sandbox, ".", &format!("{}{config}", FIXED.replace("fixed: 6", "min: 6")));
    sandbox.write("plimsoll.yaml", FIXED);
    let json = json_of(&sandbox);
    let chores: Vec<(&str, &str)> = json["chores"]
        .as_array()
        .unwrap()
        .iter()
        .map(|chore| (chore["why"].as_str().unwrap(), chore["steps"][0]["command"].as_str().unwrap()))
        .collect();
    let expected =
        [("autoscaler-dropped", "kubectl delete horizontalpodautoscaler/cart"), ("dropped", "kubectl delete configmap/cart-env")];
    assert_eq!(chores, expected);
    let run = sandbox.run(&["update"]).exits(0);
    let [first, last] = expected.map(|(_, command)| run.stdout.find(command).unwrap());
    assert!(first < last, "{}", run.stdout);
}

#[test]
fn a_namespace_that_changes_leaves_the_old_objects_to_be_deleted() {
    let sandbox = Sandbox::repository();
    add(&sandbox, ".", &format!("{CART}namespace: shop\n"));
    sandbox.write("plimsoll.yaml", &format!("{CART}namespace: till\n"));
    let json = json_of(&sandbox);
    let steps: Vec<&str> =
        json["chores"][0]["steps"].as_array().unwrap().iter().map(|step| step["command"].as_str().unwrap()).collect();
    assert_eq!(json["chores"][0]["to"], json!(["in namespace till"]));
    assert_eq!(steps[..2], ["kubectl apply -f k8s", "kubectl rollout status deployment/cart --namespace till"]);
    assert!(steps[2].starts_with("kubectl delete deployment/cart ") && steps[2].ends_with(" --namespace shop"), "{steps:?}");
}

#[test]
fn what_people_have_made_immutable_is_created_anew() {
    let sandbox = Sandbox::repository();
    add(&sandbox, ".", &format!("{CART}config: {{ env: {{ MODE: fast }} }}\n"));
    let text = sandbox.read("k8s/configmap-env.yaml");
    for (mark, effect, chores) in [("", "no-restart", 0), ("immutable: true\n", "not-in-place", 1)] {
        sandbox.write("k8s/configmap-env.yaml", &format!("{text}{mark}"));
        sandbox.write("plimsoll.yaml", &format!("{CART}config: {{ env: {{ MODE: slow }} }}\n"));
        let json = json_of(&sandbox);
        let changes = json["changes"].as_array().unwrap();
        assert_eq!(changes.iter().find(|change| change["field"] == "data.MODE").unwrap()["effect"], effect);
        assert_eq!(json["chores"].as_array().unwrap().len(), chores);
    }
}

#[test]
fn commands_are_words_of_a_shell() {
    let sandbox = Sandbox::repository();
    add(&sandbox, "a b; c", CART);
    sandbox.write("a b; c/plimsoll.yaml", &CART.replace("tier: 2", "tier: 2\nenvironment: staging"));
    let run = sandbox.run(&["update", "a b; c", "--check"]).exits(1);
    assert!(run.stdout.contains("    kubectl apply -f 'a b; c/k8s/deployment.yaml'\n"), "{}", run.stdout);
}

const ROUTE: &str = "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: cart}\nspec:\n  rules:\n    - backendRefs:\n        \
                     - {name: cart, port: 80}\n";

#[test]
fn a_route_that_would_point_at_nothing_is_named_before_anything_is_written() {
    // Beside the service as well as among its manifests.
    for path in ["k8s/route.yaml", "gitops/route.yaml"] {
        let sandbox = cart();
        sandbox.write(path, ROUTE);
        commit(&sandbox);
        sandbox.write("plimsoll.yaml", &CART.replace("  - port: 8080", "  - port: 8080\n    service-port: 81"));
        let run = sandbox.run(&["update"]).exits(0);
        let warning =
            format!("warning: {path}:7:11: HTTPRoute/cart points at port 80 of Service/cart, which is there no longer\n");
        assert!(run.stdout.contains(&warning), "{}", run.stdout);
        assert!(run.stdout.find("warning: ") < run.stdout.find("Committed "), "{}", run.stdout);
        assert!(sandbox.git(&["log", "-1", "--format=%B"]).replace("\n  ", " ").contains("points at port 80 of Service/cart"));
        // What is so already is no news.
        sandbox.write("plimsoll.yaml", &CART.replace("  - port: 8080", "  - port: 8080\n    service-port: 82"));
        assert_eq!(json_of(&sandbox)["lost"], json!([]));
    }
}

#[test]
fn what_names_or_selects_renamed_objects_is_named() {
    let sandbox = cart();
    let own = "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {name: own}\nspec:\n  selector: {matchLabels: \
               {app.kubernetes.io/name: cart}}\n  endpoints:\n    - port: http\n---\napiVersion: autoscaling/v2\nkind: \
               HorizontalPodAutoscaler\nmetadata: {name: own}\nspec:\n  scaleTargetRef: {kind: Deployment, name: cart}\n";
    sandbox.write("k8s/own.yaml", own);
    commit(&sandbox);
    sandbox.write("plimsoll.yaml", &CART.replace("name: cart", "name: basket"));
    let json = json_of(&sandbox);
    let lost: Vec<&Json> = json["lost"].as_array().unwrap().iter().map(|lost| &lost["target"]).collect();
    assert_eq!(lost, ["Services by their labels", "port http of Services by their labels", "Deployment/cart"]);
}

#[test]
fn what_a_workload_leaves_in_its_old_namespace_is_named_before_it_goes() {
    let sandbox = Sandbox::repository();
    let service = format!("{CART}env: [{{ name: DB, secret: cart-db, key: url }}]\nconfig: {{ env: {{ MODE: fast }} }}\n");
    add(&sandbox, ".", &format!("{service}namespace: shop\n"));
    let own = "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: { name: cart, namespace: watch }\nspec:\n  \
               selector: { matchLabels: { app.kubernetes.io/name: cart } }\n  namespaceSelector:\n    matchNames:\n      - shop\n  \
               endpoints: [{ port: http }]\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: front, namespace: shop }\ndata:\n  \
               CART: http://cart.shop.svc.cluster.local/\n  DB: http://db.shop.svc/\n";
    sandbox.write("k8s/own.yaml", own);
    commit(&sandbox);
    sandbox.write("plimsoll.yaml", &format!("{service}namespace: till\n"));
    let json = json_of(&sandbox);
    let chore = &json["chores"][0];
    assert_eq!((&chore["why"], &chore["from"], &chore["to"]), (&json!("left-behind"), &json!("shop"), &json!("till")));
    assert_eq!(chore["objects"], json!(["Secret/cart-db"]));
    assert_eq!(chore["steps"][0]["command"], "kubectl get secret/cart-db --namespace till");
    let lost: Vec<(String, u64)> = json["lost"]
        .as_array()
        .unwrap()
        .iter()
        .map(|lost| {
            (
                format!("{}: {}", lost["object"].as_str().unwrap(), lost["target"].as_str().unwrap()),
                lost["line"].as_u64().unwrap(),
            )
        })
        .collect();
    for expected in [
        ("ServiceMonitor/watch/cart: Deployment/shop/cart in namespace shop", 8),
        ("ConfigMap/shop/front: Deployment/shop/cart in namespace shop", 15),
    ] {
        assert!(lost.contains(&(expected.0.to_owned(), expected.1)), "{lost:?}");
    }
    let run = sandbox.run(&["update", "--check"]).exits(1);
    assert!(run.stdout.contains("Secret/cart-db stays in namespace shop"), "{}", run.stdout);
}
