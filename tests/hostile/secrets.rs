//! What is secret is in no output; in files it stays.

use super::inputs::service;
use crate::support::sandbox::{PLIMSOLL, Sandbox};

/// What is secret, as it stands in manifests, and its base64.
const SECRETS: &[&str] = &[
    "hunter2-plain",
    "aHVudGVyMi1kYXRh",
    "hunter2-env",
    "hunter2-url",
    "hunter2-config",
    "hunter2-new",
    "hunter2-pem",
    "hunter2-argument",
    "hunter2-comment",
];

const SECRET: &str = "\
apiVersion: v1
kind: Secret
metadata:
  name: cart
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{\"kind\":\"Secret\",\"stringData\":{\"a\":\"hunter2-plain\"}}'
stringData: { password: hunter2-plain, replicas: [hunter2-plain] }
data:
  password: aHVudGVyMi1kYXRh
  pem: |
    -----BEGIN PRIVATE KEY-----
    hunter2-pem
";

const CONFIG: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: { name: secrets }
data: { DB_PASSWORD: hunter2-config, URL: 'https://me:hunter2-url@h/' }
";

/// Runs a command, and asserts that no secret is in what it prints.
#[track_caller]
fn tells_none(sandbox: &Sandbox, args: &[&str]) -> String {
    let output = sandbox.command(PLIMSOLL).args(args).output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    for secret in SECRETS {
        assert!(!text.contains(secret), "{args:?} tells {secret}:\n{text}");
    }
    text
}

/// A service whose manifests hold secrets of every kind.
fn with_secrets() -> Sandbox {
    let sandbox = service();
    let waiver = "waivers: [{ item: secrets-by-reference, reason: r, owner: o, expires: 2027-01-01 }]\n";
    let env = "env: [{ name: DB_PASSWORD, value: hunter2-env }, { name: URL, value: 'https://me:hunter2-url@h/' }]\n";
    let text = sandbox.read("svc/plimsoll.yaml");
    sandbox.write("svc/plimsoll.yaml", &format!("{text}{env}config: {{ env: {{ API_TOKEN: hunter2-config }} }}\n{waiver}"));
    sandbox
}

#[test]
fn no_update_tells_a_secret() {
    let sandbox = with_secrets();
    for more in [&["--check"][..], &["--diff"], &["--check", "--output", "json"], &["--check", "--body", "body.md"]] {
        let told = tells_none(&sandbox, &[&["update", "svc"], more].concat());
        assert!(told.contains("***"), "{more:?}: {told}");
    }
    assert!(!sandbox.read("body.md").contains("hunter2") && sandbox.read("body.md").contains("***"));
    sandbox.git(&["add", "--all"]);
    sandbox.git(&["commit", "--quiet", "--message=env"]);
    tells_none(&sandbox, &["update", "svc", "--output", "json"]);
    assert!(!sandbox.git(&["log", "-1", "--format=%B"]).contains("hunter2"));
    // What is written holds them.
    assert!(sandbox.read("svc/k8s/deployment.yaml").contains("hunter2-env"));
    assert!(sandbox.read("svc/plimsoll.lock").contains("hunter2-env"));
    assert!(
        sandbox.command(PLIMSOLL).args(["render", "svc"]).output().unwrap().stdout.windows(11).any(|it| it == b"hunter2-env")
    );

    // Edits by hand, of what is rendered and beside it, and a conflict about both.
    let deployment = sandbox.read("svc/k8s/deployment.yaml");
    sandbox.write(
        "svc/k8s/deployment.yaml",
        &format!("{}---\n{SECRET}---\n{CONFIG}", deployment.replace("hunter2-env", "hunter2-new")),
    );
    let text = sandbox.read("svc/plimsoll.yaml");
    sandbox.write("svc/plimsoll.yaml", &text.replace("hunter2-env", "hunter2-plain"));
    sandbox.git(&["add", "--all"]);
    sandbox.git(&["commit", "--quiet", "--message=edits"]);
    for more in [&["--check"][..], &["--diff"], &["--check", "--output", "json"], &["--check", "--body", "body.md"], &[]] {
        let told = tells_none(&sandbox, &[&["update", "svc"], more].concat());
        assert!(told.contains("***"), "{more:?}: {told}");
    }
    assert!(!sandbox.read("body.md").contains("hunter2"));
    tells_none(&sandbox, &["update", "svc", "--theirs"]);
    assert!(!sandbox.git(&["log", "-1", "--format=%B"]).contains("hunter2"));
}

#[test]
fn no_check_tells_a_secret() {
    let sandbox = service();
    let flow = "{ apiVersion: v1, kind: Secret, metadata: { name: b, namespaec: c }, stringData: { password: hunter2-plain }, spec: 1 }\n";
    let refused = SECRET.replace("metadata:\n", "metadata:\n  labels: [a]\n").replace("name: cart", "name: refused");
    let broken = "apiVersion: v1\nkind: Secret\nstringData:\n  password: hunter2-plain: x\n";
    let taken = "apiVersion: v1\nkind: Secret\nmetadata: { name: taken }\nstringData: { password: hunter2-plain }\n";
    sandbox.write("all.yaml", &format!("{SECRET}---\n{flow}---\n{refused}---\n{taken}---\n{CONFIG}"));
    sandbox.write("broken.yaml", broken);
    let checklist = "schema: 1\nname: acme\nversion: \"1\"\nextends: production@2026.12\nitems:\n  - id: acme-none\n    group: security\n    title: { en: None }\n    \
                     asks: None\n    why: None\n    kept-by: [check]\n    severity: { tier-1: error, tier-2: error, tier-3: error }\n    fields: [Secret.data]\n    \
                     rule:\n      kinds: [Secret]\n      check: \"!has(object.stringData) || object.stringData.password == ''\"\n      messageExpression: \"'it is ' + object.stringData.password\"\n";
    sandbox.write("acme.yaml", checklist);
    for format in ["text", "json", "sarif", "junit", "github", "markdown"] {
        for files in [&["all.yaml"][..], &["broken.yaml"], &["all.yaml", "broken.yaml"]] {
            let told = tells_none(&sandbox, &[&["check", "--format", format, "--checklist", "acme.yaml"], files].concat());
            // These have no excerpts.
            let is_short = ["github", "markdown"].contains(&format) && files == ["broken.yaml"];
            assert!(told.contains("***") || told.contains("\\*\\*\\*") || is_short, "{format} {files:?}: {told}");
        }
    }
}

#[test]
fn no_new_service_and_no_adoption_tells_a_secret() {
    let sandbox = with_secrets();
    std::fs::remove_file(sandbox.dir().join("svc/plimsoll.lock")).unwrap();
    std::fs::remove_dir_all(sandbox.dir().join("svc/k8s")).unwrap();
    for more in [&["--dry-run"][..], &["--dry-run", "--output", "json"]] {
        let told = tells_none(&sandbox, &[&["new", "svc"], more].concat());
        assert!(told.contains("***"), "{more:?}: {told}");
    }
    let refused = tells_none(&sandbox, &["new", "b", "--set", "env=[{name: DB_PASSWORD, value: hunter2-env}]", "--defaults"]);
    assert!(refused.contains("looks like a credential"), "{refused}");
    tells_none(
        &sandbox,
        &["new", "b", "--set", "env.0.value=hunter2-env", "--set", "config.env.API_TOKEN=hunter2-config", "--defaults"],
    );

    let sandbox = with_secrets();
    tells_none(&sandbox, &["update", "svc", "--allow-dirty"]);
    std::fs::remove_file(sandbox.dir().join("svc/plimsoll.lock")).unwrap();
    std::fs::remove_file(sandbox.dir().join("svc/plimsoll.yaml")).unwrap();
    sandbox.write("svc/k8s/others.yaml", &format!("{SECRET}---\n{CONFIG}"));
    sandbox.git(&["add", "--all"]);
    sandbox.git(&["commit", "--quiet", "--message=bare"]);
    for more in [&["--dry-run"][..], &["--dry-run", "--output", "json"], &["--yes"]] {
        let told = tells_none(&sandbox, &[&["adopt", "svc"], more].concat());
        assert!(told.contains("DB_PASSWORD"), "{told}");
    }
    assert!(!sandbox.git(&["log", "-1", "--format=%B"]).contains("hunter2"));
}

#[test]
fn no_merge_tells_a_secret_but_in_its_text() {
    let sandbox = Sandbox::new();
    sandbox.write("base.yaml", SECRET);
    sandbox.write("ours.yaml", &SECRET.replace("aHVudGVyMi1kYXRh", "aHVudGVyMi1vdXJz"));
    sandbox.write("theirs.yaml", &SECRET.replace("aHVudGVyMi1kYXRh", "hunter2-new"));
    for more in [&[][..], &["--output", "json"]] {
        let told = tells_none(&sandbox, &[&["merge", "base.yaml", "ours.yaml", "theirs.yaml"], more].concat());
        assert!(told.contains("***") && !told.contains("aHVudGVyMi1vdXJz"), "{told}");
    }
    tells_none(&sandbox, &["merge", "base.yaml", "base.yaml", "theirs.yaml", "--output", "json", "-o", "merged.yaml"]);
    assert_eq!(sandbox.read("merged.yaml"), sandbox.read("theirs.yaml"));
    assert_eq!(sandbox.run(&["merge", "base.yaml", "base.yaml", "theirs.yaml"]).exits(0).stdout, sandbox.read("theirs.yaml"));
}

#[test]
fn credentials_of_a_remote_are_nowhere() {
    for url in [
        "https://me:hunter2-url@git.example.com/shop/cart.git",
        "https://git.example.com/shop/cart.git?t=hunter2-url",
        "https://me:hunter2-url@h",
    ] {
        let sandbox = Sandbox::repository();
        sandbox.git(&["remote", "add", "origin", url]);
        let told = tells_none(&sandbox, &["new", ".", "--defaults", "--set", "image=a/b:1.0.0", "--set", "ports.0.port=80"]);
        assert!(told.contains("Committed"), "{told}");
        for (path, text) in sandbox.files() {
            assert!(!String::from_utf8_lossy(&text).contains("hunter2"), "{path}");
        }
    }
    let sandbox = service();
    sandbox.hook("pre-commit", "echo 'fatal: cannot reach https://me:hunter2-url@git.example.com/a' >&2; exit 1");
    let text = sandbox.read("svc/plimsoll.yaml");
    sandbox.write("svc/plimsoll.yaml", &text.replace("2.0.1", "3.0.0"));
    let told = tells_none(&sandbox, &["update", "svc", "--allow-dirty"]);
    assert!(told.contains("https://***@git.example.com/a"), "{told}");
}

#[test]
fn neither_arguments_nor_comments_tell_a_secret() {
    let sandbox = service();
    let deployment = sandbox.read("svc/k8s/deployment.yaml");
    let image = deployment.lines().find(|line| line.trim_start().starts_with("image: ")).unwrap();
    let indent = &image[..image.len() - image.trim_start().len()];
    let more = format!(
        "{image}\n{indent}args: [--db-password=hunter2-argument, --token, hunter2-argument] # the token is hunter2-argument\n\
         {indent}# - name: OLD_TOKEN\n{indent}#   value: hunter2-comment\n"
    );
    let edited = deployment.replace(&format!("{image}\n"), &more);
    // A comment that goes with what it stands beside.
    let hpa = sandbox.read("svc/k8s/hpa.yaml").replace("  maxReplicas:", "  # DB_PASSWORD=hunter2-comment\n  maxReplicas:");
    let text = sandbox.read("svc/plimsoll.yaml");
    for more in [&["--diff"][..], &["--check"], &["--check", "--output", "json"], &["--check", "--body", "body.md"]] {
        sandbox.write("svc/k8s/deployment.yaml", &edited);
        sandbox.write("svc/k8s/hpa.yaml", &hpa);
        sandbox.write(
            "svc/plimsoll.yaml",
            &format!("# DB_PASSWORD: hunter2-comment\n{text}env: [{{ name: A, value: b }}]\nscale: {{ max: 12 }}\n"),
        );
        tells_none(&sandbox, &[&["update", "svc"], more].concat());
    }
    assert!(!sandbox.read("body.md").contains("hunter2"));
    sandbox.git(&["commit", "--quiet", "--all", "--message=edits"]);
    tells_none(&sandbox, &["update", "svc", "--output", "json"]);
    assert!(!sandbox.git(&["log", "-1", "--format=%B"]).contains("hunter2"));
    for format in ["text", "json", "sarif", "junit", "github", "markdown"] {
        tells_none(&sandbox, &["check", "svc", "--format", format]);
    }
    sandbox.write("base.yaml", &deployment);
    for (base, ours, theirs) in [("base", "ours", "base"), ("ours", "ours", "base"), ("base", "base", "ours")] {
        sandbox.write("ours.yaml", &edited);
        let names = [base, ours, theirs].map(|name| format!("{name}.yaml"));
        let [base, ours, theirs] = names.each_ref().map(String::as_str);
        tells_none(&sandbox, &["merge", base, ours, theirs, "-o", "merged.yaml"]);
    }
    std::fs::remove_file(sandbox.dir().join("svc/plimsoll.lock")).unwrap();
    std::fs::remove_file(sandbox.dir().join("svc/plimsoll.yaml")).unwrap();
    for more in [&["--dry-run"][..], &["--dry-run", "--output", "json"]] {
        tells_none(&sandbox, &[&["adopt", "svc"], more].concat());
    }
}
