//! Kustomizations around the manifests: what is built is what was rendered.

use std::collections::BTreeSet;
use std::path::Path;

use plimsoll::yaml::{Node, load};

use super::{CART, add, cart, commit, edit, state};
use crate::support::sandbox::Sandbox;

const CONFIG: &str = "config: { env: { MODE: fast } }\n";

const HEAD: &str = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";

/// The objects that a kustomization builds: those of what it lists, folder by folder.
fn built(folder: &Path) -> BTreeSet<String> {
    let names = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
    let file = names.iter().map(|name| folder.join(name)).find(|file| file.exists()).unwrap();
    let root = load("", &std::fs::read_to_string(file).unwrap()).unwrap().remove(0).root;
    let entries = root.get("resources").unwrap().items();
    assert_eq!(entries.iter().filter_map(Node::as_str).collect::<BTreeSet<_>>().len(), entries.len(), "listed twice");
    entries
        .iter()
        .flat_map(|entry| {
            let path = folder.join(entry.as_str().unwrap());
            if path.is_dir() { built(&path) } else { objects(&path) }
        })
        .collect()
}

fn objects(path: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let word = |node: &Node, key: &str| node.get(key).and_then(Node::as_str).unwrap().to_owned();
    let name = |root: &Node| format!("{}/{}", word(root, "kind"), word(root.get("metadata").unwrap(), "name"));
    load("", &text).unwrap().iter().map(|document| name(&document.root)).collect()
}

/// The objects of all manifests in a folder.
fn standing(folder: &Path) -> BTreeSet<String> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_manifest = |path: &std::path::PathBuf| {
        path.extension().is_some_and(|ending| ending == "yaml") && path.file_stem().is_some_and(|name| name != "kustomization")
    };
    files.filter(is_manifest).flat_map(|path| objects(&path)).collect()
}

/// A kustomization of all manifests of the service.
fn listing(sandbox: &Sandbox, prefix: &str) -> String {
    let files = sandbox.files();
    let names = files.iter().filter_map(|(path, _)| path.strip_prefix("k8s/")).filter(|name| !name.starts_with("kustom"));
    format!("{HEAD}# what runs\nresources:\n{}", names.map(|name| format!("- {prefix}{name}\n")).collect::<String>())
}

#[test]
fn what_comes_is_listed_and_what_goes_is_taken_out_in_the_same_commit() {
    let cases = [
        ("k8s/kustomization.yaml", ""),
        ("k8s/kustomization.yml", "./"),
        ("kustomization.yaml", "k8s/"),
        ("Kustomization", "./k8s/"),
    ];
    for (path, prefix) in cases {
        let sandbox = cart();
        let listed = listing(&sandbox, prefix);
        sandbox.write(path, &listed);
        commit(&sandbox);
        sandbox.write("plimsoll.yaml", &format!("{CART}{CONFIG}"));
        let run = sandbox.run(&["update"]).exits(0);
        let entry = if path.starts_with("k8s/") { "configmap-env.yaml" } else { "k8s/configmap-env.yaml" };
        assert!(run.stdout.contains(&format!("\n  {path} lists {entry}\n")), "{}", run.stdout);
        assert_eq!(sandbox.read(path), format!("{listed}- {entry}\n"));
        let folder = sandbox.dir().join(path).parent().unwrap().to_owned();
        assert_eq!(built(&folder), standing(&sandbox.dir().join("k8s")));
        assert!(sandbox.git(&["show", "--format=%B", "--name-only"]).contains(&format!("{path} lists {entry}")));
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
        sandbox.run(&["update", "--check"]).exits(0);
        sandbox.write("plimsoll.yaml", CART);
        let run = sandbox.run(&["update"]).exits(0);
        assert!(run.stdout.contains(&format!("\n  {path} no longer lists {entry}\n")), "{}", run.stdout);
        assert_eq!(sandbox.read(path), listed);
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    }
}

#[test]
fn one_in_flow_style_with_other_entries_stays_as_it_is_but_for_the_list() {
    let sandbox = cart();
    sandbox.write("base/kustomization.yaml", &format!("{HEAD}resources: []\n"));
    let rest = "images: [{name: a/b, newTag: \"2.0\"}]\nnamePrefix: prod- # as agreed\n";
    sandbox.write("k8s/kustomization.yaml", &format!("resources: [../base, deployment.yaml, service.yaml] # these\n{rest}"));
    commit(&sandbox);
    sandbox.write("plimsoll.yaml", &format!("{CART}{CONFIG}"));
    sandbox.run(&["update"]).exits(0);
    let expected = format!("resources: [../base, deployment.yaml, service.yaml, configmap-env.yaml] # these\n{rest}");
    assert_eq!(sandbox.read("k8s/kustomization.yaml"), expected);
    // Names are what kustomize makes of them.
    sandbox.write("plimsoll.yaml", CART);
    let run = sandbox.run(&["update"]).exits(0);
    assert!(run.stdout.contains("kubectl delete configmap/prod-cart-env\n"), "{}", run.stdout);
}

#[test]
fn what_people_have_moved_is_found_where_it_is() {
    let sandbox = cart();
    sandbox.write("k8s/base/kustomization.yaml", &format!("{HEAD}resources: [all.yaml]\n"));
    sandbox.git(&["mv", "k8s/hpa.yaml", "k8s/base/all.yaml"]);
    sandbox.write("k8s/kustomization.yaml", &format!("{HEAD}resources: [base, deployment.yaml]\n"));
    commit(&sandbox);
    sandbox.write("plimsoll.yaml", &format!("{CART}{CONFIG}scale: {{ fixed: 3 }}\nwaivers: [{{ item: hpa-present, reason: steady, owner: shop, expires: 2027-03-01 }}]\n"));
    let run = sandbox.run(&["update"]).exits(0);
    assert_eq!(sandbox.read("k8s/kustomization.yaml"), format!("{HEAD}resources: [base, deployment.yaml, configmap-env.yaml]\n"));
    assert_eq!(sandbox.read("k8s/base/kustomization.yaml"), format!("{HEAD}resources: []\n"), "{}", run.stdout);
}

#[test]
fn one_that_cannot_be_edited_is_told_with_what_to_write() {
    let sandbox = cart();
    let tied = format!("{HEAD}resources: &all [deployment.yaml]\nx: *all\n");
    sandbox.write("k8s/kustomization.yaml", &tied);
    commit(&sandbox);
    sandbox.write("plimsoll.yaml", &format!("{CART}{CONFIG}"));
    let run = sandbox.run(&["update"]).exits(0);
    let warning = "warning: k8s/kustomization.yaml cannot be edited safely (resources is tied to other places by an anchor, alias, merge \
                   key or tag): add `- configmap-env.yaml` to its `resources` by hand\n";
    assert!(run.stdout.contains(warning), "{}", run.stdout);
    assert_eq!(sandbox.read("k8s/kustomization.yaml"), tied);
}

#[test]
fn one_above_the_service_is_told_with_what_to_write() {
    let sandbox = Sandbox::repository();
    add(&sandbox, "services/cart", CART);
    let listed = format!("{HEAD}resources:\n- cart/k8s/deployment.yaml\n- cart/k8s/hpa.yaml\n");
    sandbox.write("services/kustomization.yaml", &listed);
    commit(&sandbox);
    sandbox.write("services/cart/plimsoll.yaml", &format!("{CART}{CONFIG}"));
    let run = sandbox.run(&["update", "services/cart"]).exits(0);
    let warning = "warning: services/cart/../kustomization.yaml stands above the service and is left as it is: add `- \
                   cart/k8s/configmap-env.yaml` to its `resources` by hand\n";
    assert!(run.stdout.contains(warning), "{}", run.stdout);
    assert_eq!(sandbox.read("services/kustomization.yaml"), listed);
}

#[test]
fn others_are_left_alone() {
    let sandbox = cart();
    let others = [
        ("kustomization.yaml", format!("{HEAD}resources: [other/x.yaml]\n")),
        (
            "k8s/kustomization.yaml",
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: cart}\n".to_owned(),
        ),
    ];
    for (path, text) in &others {
        sandbox.write(path, text);
    }
    commit(&sandbox);
    sandbox.write("plimsoll.yaml", &format!("{CART}{CONFIG}"));
    sandbox.run(&["update"]).exits(0);
    assert!(others.iter().all(|(path, text)| sandbox.read(path) == *text));
}

#[test]
fn one_with_uncommitted_edits_keeps_the_update_back() {
    let sandbox = cart();
    sandbox.write("k8s/kustomization.yaml", &listing(&sandbox, ""));
    commit(&sandbox);
    edit(&sandbox, "k8s/kustomization.yaml", "# what runs", "# mine");
    sandbox.write("plimsoll.yaml", &format!("{CART}{CONFIG}"));
    let before = state(&sandbox);
    let run = sandbox.run(&["update"]).exits(2);
    assert!(run.stderr.contains("uncommitted edits in k8s/kustomization.yaml"), "{}", run.stderr);
    assert_eq!(state(&sandbox), before);
}

#[test]
fn adopted_manifests_are_listed() {
    let sandbox = Sandbox::repository();
    let objects = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: old}\nspec:\n  replicas: 1\n  selector: {matchLabels: {app: old}}\n  \
                   template:\n    metadata: {labels: {app: old}}\n    spec:\n      containers:\n        - name: old\n          image: a/old:1.0\n          \
                   ports: [{containerPort: 8000}]\n---\napiVersion: v1\nkind: Service\nmetadata: {name: old}\nspec:\n  selector: {app: old}\n  \
                   ports: [{port: 80, targetPort: 8000}]\n";
    sandbox.write("old/k8s/d.yaml", objects);
    sandbox.write("old/k8s/kustomization.yaml", "resources: [d.yaml]\nnamePrefix: prod-\n");
    commit(&sandbox);
    let run = sandbox.run(&["adopt", "old", "--tier", "3", "--yes"]).exits(0);
    assert!(run.stdout.contains("k8s/kustomization.yaml lists "), "{}", run.stdout);
    let folder = sandbox.dir().join("old/k8s");
    assert_eq!(built(&folder), standing(&folder));
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_new_service_is_listed() {
    let cases = [("k8s/", "../ingress", "deployment.yaml"), ("", "ingress", "k8s/deployment.yaml")];
    for (folder, other, entry) in cases {
        let sandbox = Sandbox::repository();
        let (path, listed) = (format!("{folder}kustomization.yaml"), format!("{HEAD}resources:\n  - {other} # theirs\n"));
        sandbox.write(&path, &listed);
        sandbox.write("ingress/kustomization.yaml", &format!("{HEAD}resources: []\n"));
        commit(&sandbox);
        sandbox.write("plimsoll.yaml", CART);
        let run = sandbox.run(&["new", "--dry-run"]).exits(0);
        assert!(run.stdout.contains(&format!("\n+  - {entry}\n")), "{}", run.stdout);
        sandbox.run(&["new"]).exits(0);
        let text = sandbox.read(&path);
        assert!(text.starts_with(&listed) && text.contains(&format!("  - {entry}\n")), "{text}");
        assert!(sandbox.git(&["log", "-1", "--format=%B"]).contains(&format!("{path} lists ")));
        assert_eq!(built(&sandbox.dir().join(folder)), standing(&sandbox.dir().join("k8s")));
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    }
}
