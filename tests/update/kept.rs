//! What people have edited stays, byte for byte.

use super::{CART, SCALE, add, cart, commit, edit, log, state};
use crate::support::sandbox::Sandbox;

#[test]
fn an_update_without_a_change_writes_nothing() {
    let sandbox = cart();
    let before = state(&sandbox);
    let run = sandbox.run(&["update"]).exits(0);
    assert_eq!(run.stdout, "cart: up to date with production@2026.11\n");
    sandbox.run(&["update", "--check"]).exits(0);
    assert_eq!(state(&sandbox), before);
}

#[test]
fn a_comment_in_the_service_file_changes_nothing() {
    let sandbox = cart();
    sandbox.write("plimsoll.yaml", &format!("# agreed in October\n{CART}"));
    let before = state(&sandbox);
    sandbox.run(&["update", "--check"]).exits(0);
    sandbox.run(&["update"]).exits(0);
    assert_eq!(state(&sandbox), before);
}

#[test]
fn edits_of_every_sort_stay_and_only_the_changed_bytes_change() {
    let sandbox = cart();
    edit(&sandbox, "k8s/hpa.yaml", "  maxReplicas: 4\n", "  maxReplicas: 4 # as billing allows\n\n");
    edit(
        &sandbox,
        "k8s/hpa.yaml",
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n",
        "kind: \"HorizontalPodAutoscaler\"\napiVersion: autoscaling/v2\n",
    );
    edit(
        &sandbox,
        "k8s/deployment.yaml",
        "      volumes:\n",
        "        # the proxy of the team\n        - name: proxy\n          image: proxy:1.2\n      volumes:\n",
    );
    edit(
        &sandbox,
        "k8s/deployment.yaml",
        "          env:\n",
        "          env:\n            - { name: FEATURE, value: 'on' } # until spring\n",
    );
    commit(&sandbox);
    let (hpa, deployment) = (sandbox.read("k8s/hpa.yaml"), sandbox.read("k8s/deployment.yaml"));
    sandbox.write("plimsoll.yaml", &format!("{CART}{SCALE}"));
    sandbox.run(&["update"]).exits(0);
    let expected = hpa.replace("minReplicas: 2", "minReplicas: 4").replace("maxReplicas: 4", "maxReplicas: 10");
    assert_eq!(sandbox.read("k8s/hpa.yaml"), expected);
    assert_eq!(sandbox.read("k8s/deployment.yaml"), deployment);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    let changed = sandbox.git(&["show", "--format=", "--name-only"]);
    assert_eq!(changed, "k8s/hpa.yaml\nplimsoll.lock\nplimsoll.yaml\n");
}

#[test]
fn files_that_were_moved_joined_or_renamed_are_found_again() {
    let sandbox = cart();
    sandbox.git(&["mv", "k8s/hpa.yaml", "k8s/scaling.yml"]);
    let joined = format!("{}---\n{}", sandbox.read("k8s/service.yaml"), sandbox.read("k8s/serviceaccount.yaml"));
    sandbox.git(&["rm", "--quiet", "k8s/service.yaml", "k8s/serviceaccount.yaml"]);
    sandbox.write("k8s/base/objects.yaml", &joined);
    commit(&sandbox);
    sandbox.write("plimsoll.yaml", &format!("{CART}{SCALE}labels: {{ squad: shop }}\n"));
    let run = sandbox.run(&["update"]).exits(0);
    assert!(run.stdout.contains("k8s/scaling.yml: HorizontalPodAutoscaler/cart\n"), "{}", run.stdout);
    assert!(sandbox.read("k8s/scaling.yml").contains("minReplicas: 4"));
    assert_eq!(sandbox.read("k8s/base/objects.yaml").matches("squad: shop").count(), 2);
    let files: Vec<String> = sandbox.files().into_iter().map(|(path, _)| path).filter(|path| path.starts_with("k8s")).collect();
    assert_eq!(
        files,
        ["k8s/base/objects.yaml", "k8s/deployment.yaml", "k8s/networkpolicy.yaml", "k8s/pdb.yaml", "k8s/scaling.yml"]
    );
}

#[test]
fn an_object_that_was_removed_stays_so_and_what_needs_it_is_told() {
    let sandbox = cart();
    sandbox.git(&["rm", "--quiet", "k8s/pdb.yaml"]);
    commit(&sandbox);
    sandbox.write("plimsoll.yaml", &format!("{CART}labels: {{ squad: shop }}\n"));
    let run = sandbox.run(&["update"]).exits(0);
    assert!(run.stdout.contains("PodDisruptionBudget/cart was removed by hand and stays so; pdb-present is not kept without it"));
    assert!(!sandbox.dir().join("k8s/pdb.yaml").exists());
    let run = sandbox.run(&["update", "--check"]).exits(0);
    assert!(run.stdout.contains("up to date") && run.stdout.contains("pdb-present is not kept without it"), "{}", run.stdout);
    assert!(run.stdout.contains("k8s/pdb.yaml: PodDisruptionBudget/cart removed"), "{}", run.stdout);
    // Another budget does as well.
    let budget = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: ours}\nspec:\n  maxUnavailable: 1\n  \
                  unhealthyPodEvictionPolicy: AlwaysAllow\n  selector: {matchLabels: {application: cart, environment: production}}\n";
    sandbox.write("k8s/ours.yaml", budget);
    let run = sandbox.run(&["update", "--check"]).exits(0);
    assert!(run.stdout.contains("PodDisruptionBudget/cart was removed by hand and stays so\n"), "{}", run.stdout);
}

#[test]
fn objects_that_people_add_are_left_alone() {
    let sandbox = cart();
    let own = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\ndata: {a: '1'}\n";
    sandbox.write("k8s/own.yaml", own);
    commit(&sandbox);
    sandbox.write("plimsoll.yaml", &format!("{CART}{SCALE}"));
    let run = sandbox.run(&["update", "--diff"]).exits(0);
    assert!(run.stdout.contains("k8s/own.yaml: ConfigMap/own added"), "{}", run.stdout);
    sandbox.run(&["update"]).exits(0);
    assert_eq!(sandbox.read("k8s/own.yaml"), own);
}

#[test]
fn a_field_that_others_own_is_never_touched_and_is_no_drift() {
    let sandbox = cart();
    edit(
        &sandbox,
        "k8s/deployment.yaml",
        "image: registry.example.com/shop/cart:1.0.0\n          image",
        "image: registry.example.com/shop/cart:1.0.9\n          image",
    );
    commit(&sandbox);
    let owned = "owned-elsewhere:\n  - field: Deployment.spec.template.spec.containers[*].image\n    by: renovate\n";
    sandbox.write("plimsoll.yaml", &format!("{CART}{owned}"));
    let run = sandbox.run(&["update", "--check"]).exits(0);
    assert!(!run.stdout.contains("by hand"), "{}", run.stdout);
    sandbox.write("plimsoll.yaml", &format!("{}{owned}", CART.replace("1.0.0\nports", "1.1.0\nports")));
    let run = sandbox.run(&["update"]).exits(0);
    assert!(run.stdout.contains("containers[name=app].image of Deployment/cart is left to renovate"), "{}", run.stdout);
    let deployment = sandbox.read("k8s/deployment.yaml");
    assert!(
        deployment.contains("image: registry.example.com/shop/cart:1.0.9\n") && deployment.contains("version: 1.1.0"),
        "{deployment}"
    );
}

const FIXED: &str = "name: cart\ntier: 3\nimage: registry.example.com/shop/cart:1.0.0\nports:\n  - port: 8080\nwaivers:\n  \
                     - { item: hpa-present, reason: steady load, owner: shop, expires: 2027-03-01 }\nscale:\n  fixed: 2\n";

/// An autoscaler for the Deployment.
fn autoscaler(name: &str) -> String {
    format!(
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {{name: {name}}}\nspec:\n  \
         scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: cart}}\n  minReplicas: 2\n  maxReplicas: 9\n"
    )
}

#[test]
fn replicas_that_an_autoscaler_owns_are_never_written() {
    let own = autoscaler("own");
    // The last two could not be edited, which nobody asks for.
    for own in [own.clone(), format!("%YAML 1.2\n---\n{own}"), format!("{own}  maxReplicas: 8\n")] {
        let sandbox = Sandbox::repository();
        add(&sandbox, ".", FIXED);
        sandbox.write("k8s/own.yaml", &own);
        let deployment = sandbox.read("k8s/deployment.yaml").replace("  replicas: 2\n", "");
        sandbox.write("k8s/deployment.yaml", &deployment);
        commit(&sandbox);
        sandbox.write("plimsoll.yaml", &FIXED.replace("fixed: 2", "fixed: 4"));
        let run = sandbox.run(&["update"]).exits(0);
        assert!(run.stdout.contains("spec.replicas of Deployment/cart is left to HorizontalPodAutoscaler own"), "{}", run.stdout);
        assert_eq!(sandbox.read("k8s/deployment.yaml"), deployment);
    }
}

#[test]
fn a_fixed_number_of_pods_becomes_a_scaled_one_and_back() {
    let sandbox = Sandbox::repository();
    add(&sandbox, ".", FIXED);
    let fixed = sandbox.files();
    sandbox.write("plimsoll.yaml", &FIXED.replace("fixed: 2", "max: 9"));
    let run = sandbox.run(&["update"]).exits(0);
    assert!(run.stdout.contains("+ HorizontalPodAutoscaler/cart comes (plimsoll.yaml"), "{}", run.stdout);
    assert!(!sandbox.read("k8s/deployment.yaml").contains("replicas:"));
    let scaled = (sandbox.read("k8s/hpa.yaml"), sandbox.read("k8s/deployment.yaml"));
    sandbox.write("plimsoll.yaml", FIXED);
    let run = sandbox.run(&["update"]).exits(0);
    assert!(run.stdout.contains("it stays in the cluster until it is deleted there"), "{}", run.stdout);
    assert!(run.stdout.contains("+ spec.replicas: 2 (plimsoll.yaml; min-replicas); no restart"), "{}", run.stdout);
    assert_eq!(sandbox.files(), fixed);
    assert_eq!(log(&sandbox)[..2], ["Update cart", "Update cart"]);
    sandbox.write("plimsoll.yaml", &FIXED.replace("fixed: 2", "max: 9"));
    sandbox.run(&["update"]).exits(0);
    assert_eq!((sandbox.read("k8s/hpa.yaml"), sandbox.read("k8s/deployment.yaml")), scaled);
    // The autoscaler was edited and is kept: it goes on owning the number.
    edit(&sandbox, "k8s/hpa.yaml", "maxReplicas: 9", "maxReplicas: 12");
    commit(&sandbox);
    sandbox.write("plimsoll.yaml", FIXED);
    sandbox.run(&["update"]).exits(3);
    sandbox.run(&["update", "--ours"]).exits(0);
    assert!(sandbox.read("k8s/hpa.yaml").contains("maxReplicas: 12"));
    assert_eq!(sandbox.read("k8s/deployment.yaml"), scaled.1);
}
