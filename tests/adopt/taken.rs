//! Files and objects that stand where ours would go: nothing is written over, and nothing twice.

use super::repository;
use crate::support::sandbox::Sandbox;

const OTHER: &str = "apiVersion: v1\nkind: Service\nmetadata: { name: legacy-db }\nspec: { type: ExternalName, externalName: \
                     db.example.com }\n";

#[test]
fn a_file_with_another_object_of_the_kind_is_not_written_over() {
    let sandbox = repository("bare-deployment", "k8s");
    sandbox.write("k8s/service.yaml", OTHER);
    sandbox.git(&["add", "--all"]);
    sandbox.git(&["commit", "--quiet", "--message=more"]);
    let before = sandbox.files();
    let run = sandbox.run(&["adopt", "--yes"]).exits(2);
    let said = "k8s/service.yaml:1:1: holds Service/legacy-db, and Service/hello goes into a file of that name";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    let way_out = "git mv k8s/service.yaml k8s/service-legacy-db.yaml";
    assert!(run.stderr.contains(way_out), "{}", run.stderr);
    assert_eq!(sandbox.files(), before);
    sandbox.git(&way_out.split(' ').skip(1).collect::<Vec<_>>());
    sandbox.git(&["commit", "--quiet", "--message=moved"]);
    sandbox.run(&["adopt", "--yes"]).exits(0);
    assert_eq!(sandbox.read("k8s/service-legacy-db.yaml"), OTHER);
    assert!(sandbox.read("k8s/service.yaml").contains("name: hello"));
}

#[test]
fn a_file_with_objects_of_other_kinds_keeps_them() {
    let space = "# ours\napiVersion: v1\nkind: Namespace\nmetadata: { name: web }\n";
    let sandbox = repository("bare-deployment", "k8s");
    sandbox.write("k8s/service.yaml", space);
    sandbox.run(&["adopt", "--yes", "--no-commit"]).exits(0);
    let text = sandbox.read("k8s/service.yaml");
    assert!(text.starts_with(space) && text.contains("---\n") && text.contains("kind: Service"), "{text}");
    sandbox.run(&["update", "--check"]).exits(0);
}

#[test]
fn a_file_without_objects_is_not_written_over() {
    let sandbox = repository("bare-deployment", "k8s");
    sandbox.write("k8s/pdb.yaml", "notes: none\n");
    let before = sandbox.files();
    let run = sandbox.run(&["adopt", "--yes", "--no-commit"]).exits(2);
    assert!(run.stderr.contains("k8s/pdb.yaml:1:1: stands where PodDisruptionBudget/hello goes"), "{}", run.stderr);
    assert_eq!(sandbox.files(), before);
}

#[test]
fn new_writes_no_object_a_second_time() {
    let new = |dir: &'static str, more: &'static [&'static str]| {
        [&["new", dir, "--set", "name=hello", "--set", "image=b:1", "--set", "ports.0.port=80", "--set", "tier=3"], more].concat()
    };
    // In k8s/, and where adopt would find it.
    for folder in ["k8s", "deploy/base"] {
        let sandbox = repository("bare-deployment", folder);
        sandbox.git(&["mv", &format!("{folder}/deployment.yaml"), &format!("{folder}/app.yaml")]);
        let before = sandbox.files();
        let run = sandbox.run(&new(".", &[])).exits(2);
        let place = format!("{folder}/app.yaml:1:1: Deployment/hello stands here already");
        assert!(run.stderr.contains(&place) && run.stderr.contains("`plimsoll adopt` takes over"), "{}", run.stderr);
        assert_eq!(sandbox.files(), before);
        // Another namespace, another name and another folder are other objects.
        sandbox.run(&new("elsewhere", &["--no-commit"])).exits(0);
        sandbox.run(&new(".", &["--set", "name=hullo", "--no-commit"])).exits(0);
    }
    let sandbox = repository("kubectl-get", "k8s");
    let run = [&new(".", &["--no-commit"])[..], &["--set", "name=rates", "--set", "namespace=web"]].concat();
    sandbox.run(&run).exits(0);
}

#[test]
fn an_update_writes_over_nothing_and_nothing_twice() {
    let service = "name: cart\ntier: 3\nimage: registry.example.com/shop/cart:1.0.0\nports:\n  - port: 8080\n";
    let config = "config:\n  env:\n    A: b\n";
    let cart = |file: &str, text: &str| {
        let sandbox = Sandbox::repository();
        sandbox.write("plimsoll.yaml", service);
        sandbox.run(&["new"]).exits(0);
        sandbox.write(file, text);
        sandbox.write("plimsoll.yaml", &format!("{service}{config}"));
        sandbox.git(&["add", "--all"]);
        sandbox.git(&["commit", "--quiet", "--message=by hand"]);
        sandbox
    };
    // The path is taken: ours goes behind what stands there.
    let other = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: other }\ndata: { c: d }\n";
    let sandbox = cart("k8s/configmap-env.yaml", other);
    sandbox.run(&["update"]).exits(0);
    let text = sandbox.read("k8s/configmap-env.yaml");
    assert!(text.starts_with(other) && text.contains("name: cart-env"), "{text}");
    sandbox.run(&["update", "--check"]).exits(0);
    // The object stands already, in another file: the two are one, and a difference is a conflict.
    let same = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: cart-env }\ndata: { A: z }\n";
    let sandbox = cart("k8s/own.yaml", same);
    let run = sandbox.run(&["update"]).exits(3);
    assert!(run.stderr.contains("k8s/own.yaml") && run.stderr.contains("data.A"), "{}", run.stderr);
    assert!(!sandbox.dir().join("k8s/configmap-env.yaml").exists());
    assert_eq!(sandbox.read("k8s/own.yaml"), same);
}
