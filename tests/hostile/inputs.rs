//! Everything that is read, with hostile text in every field of it that may be told again.

use std::fs;

use crate::support::sandbox::{PLIMSOLL, Sandbox};

/// A word of the payload that nothing changes.
pub const MARK: &str = "EVIL";

/// Text that acts on terminals, in logs of CI, in HTML, in Markdown and in shells, as YAML has it between
/// double quotes.
pub const QUOTED: &str = r"EVIL\n::set-output name=x::EVIL\r\e]0;EVIL\a\e[35m\e[2K\u202e\u2066\u200b\u061c\ufeff\U000e0041\x9b\x85\u2028 ##[error]EVIL ##vso[task.complete]EVIL <img src=x onerror=EVIL> @org/team #12 [EVIL](https://evil.example) |`id`$(id)'\\";

/// The same where control characters are refused before anything else is looked at.
pub const LINE: &str = "::EVIL \u{202e}\u{2066}\u{200b} ##[error]EVIL <img src=x onerror=EVIL> @org/team #12 [EVIL](https://evil.example) |`id`$(id)'";

/// The same as the name of a file.
pub const FILE: &str = "::EVIL\n::set-output name=x::EVIL\r\u{1b}]0;EVIL\u{7}\u{1b}[35m\u{202e}##[error]EVIL <img src=q> @org #12 [a](b)|`id`$(id)'.yaml";

/// Something that is read, and how it becomes hostile. The sandbox holds a service in `svc`.
pub struct Input {
    pub name: &'static str,
    pub kind: Kind,
    pub make: fn(&Sandbox),
}

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Service,
    Checklist,
    Manifest,
    Lock,
    Waivers,
    Values,
    Git,
    Folder,
}

const fn row(kind: Kind, name: &'static str, make: fn(&Sandbox)) -> Input {
    Input { name, kind, make }
}

/// Every input. A new file, or a new field of one, is a row here or a line in one of these.
pub const INPUTS: &[Input] = &[
    row(Kind::Service, "service file, each field refused", refused_service),
    row(Kind::Service, "service file, unknown keys and values", unknown_in_service),
    row(Kind::Service, "service file, free texts", free_texts),
    row(Kind::Service, "service file, what others own and what is waived", owned_elsewhere),
    row(Kind::Service, "service file, a key twice", |it| append(it, &format!("\"{QUOTED}\": 1\n\"{QUOTED}\": 2\n"))),
    row(Kind::Service, "service file, the name of its checklist", |it| append(it, &format!("checklist: \"{QUOTED}\"\n"))),
    row(Kind::Service, "service file, the name of its blueprint", |it| append(it, &format!("blueprint: \"{QUOTED}\"\n"))),
    row(Kind::Checklist, "own checklist, its words", own_checklist),
    row(Kind::Checklist, "own checklist, refused", refused_checklist),
    row(Kind::Manifest, "manifest, keys and values", manifest),
    row(Kind::Manifest, "manifest, names and kinds", named_objects),
    row(Kind::Manifest, "manifest, what Kubernetes refuses", refused_manifest),
    row(Kind::Manifest, "manifest, comments that go", comments),
    row(Kind::Manifest, "manifest, that is no YAML", |it| it.write("svc/k8s/x.yaml", &format!("a:\n\t{LINE}: b\n"))),
    row(Kind::Manifest, "manifest, its file name", file_names),
    row(Kind::Manifest, "conflict on both sides", conflict),
    row(Kind::Lock, "lock", lock),
    row(Kind::Lock, "lock, of another version", |it| {
        it.write("svc/plimsoll.lock", &format!("lock: 1\nplimsoll: \"99.0.0 {QUOTED}\"\n"));
    }),
    row(Kind::Lock, "lock, its paths", lock_paths),
    row(Kind::Waivers, "waivers file", waivers),
    row(Kind::Waivers, "waivers file, refused", |it| {
        it.write("waivers.yaml", &format!("waivers: [{{ item: \"{QUOTED}\", \"{QUOTED}\": 1 }}]\n"));
    }),
    row(Kind::Values, "values file", |it| {
        it.write("values.yaml", &format!("name: \"{QUOTED}\"\n\"{QUOTED}\": \"{QUOTED}\"\nimage: 5\n"));
    }),
    row(Kind::Manifest, "folder of the service", |it| fs::rename(it.dir().join("svc/k8s"), it.dir().join(FILE)).unwrap()),
    row(Kind::Git, "output of a hook", hook),
    row(Kind::Git, "branch", branch),
    row(Kind::Folder, "remote and Dockerfile", remote),
];

fn append(sandbox: &Sandbox, text: &str) {
    let service = sandbox.read("svc/plimsoll.yaml");
    sandbox.write("svc/plimsoll.yaml", &format!("{service}{text}"));
}

fn commit(sandbox: &Sandbox) {
    sandbox.git(&["add", "--all"]);
    sandbox.git(&["commit", "--quiet", "--message=evil"]);
}

fn edit(sandbox: &Sandbox, path: &str, from: &str, to: &str) {
    let text = sandbox.read(path);
    assert!(text.contains(from), "{path} lacks {from}");
    sandbox.write(path, &text.replacen(from, to, 1));
}

fn refused_service(sandbox: &Sandbox) {
    let fields = [
        "name",
        "tier",
        "description",
        "image",
        "runtime",
        "size",
        "namespace",
        "component",
        "part-of",
        "environment",
        "kubernetes",
        "platform",
        "exposure",
        "mesh",
        "priority-class",
        "runtime-class",
        "repository",
        "comments",
        "container",
    ];
    let mut text: String = fields.iter().map(|field| format!("{field}: \"{QUOTED}\"\n")).collect();
    text += &format!(
        "owner: {{ team: \"{QUOTED}\", contact: \"{QUOTED}\" }}\nports: [{{ name: \"{QUOTED}\", port: 80, protocol: \"{QUOTED}\" }}]\n\
         env: [{{ name: \"{QUOTED}\", value: \"{QUOTED}\" }}]\nlabels: {{ \"{QUOTED}\": \"{QUOTED}\" }}\n\
         annotations: {{ \"{QUOTED}\": \"{QUOTED}\" }}\nwaivers: [{{ item: \"{QUOTED}\", reason: \"{QUOTED}\", owner: \"{QUOTED}\", expires: \"{QUOTED}\" }}]\n\
         resources: {{ cpu: \"{QUOTED}\", memory: \"{QUOTED}\" }}\nprobes: {{ readiness: {{ http: \"{QUOTED}\" }} }}\n\
         scale: {{ metrics: [{{ type: \"{QUOTED}\", metric: \"{QUOTED}\", average-value: \"{QUOTED}\" }}] }}\n\
         writable-paths: [{{ path: \"{QUOTED}\", size: \"{QUOTED}\" }}]\nowned-elsewhere: [{{ field: \"{QUOTED}\", by: \"{QUOTED}\" }}]\n\
         attestations: [{{ item: \"{QUOTED}\", by: \"{QUOTED}\", on: \"{QUOTED}\", link: \"{QUOTED}\" }}]\ndependencies: [\"{QUOTED}\"]\n"
    );
    sandbox.write("svc/plimsoll.yaml", &text);
}

fn unknown_in_service(sandbox: &Sandbox) {
    append(
        sandbox,
        &format!("\"{QUOTED}\": 1\nscale: {{ \"{QUOTED}\": {{ a: \"{QUOTED}\" }} }}\nprobes: \"{QUOTED}\"\nspot: \"{QUOTED}\"\n"),
    );
}

/// What is accepted, and told in plans, diffs, annotations and reports.
fn free_texts(sandbox: &Sandbox) {
    let line = LINE.replace('\'', "''");
    append(
        sandbox,
        &format!(
            "description: '{line}'\nrepository: '{line}'\ndependencies: ['{line}']\nowner: {{ team: shop, contact: '{line}', runbook: '{line}' }}\n\
             env: [{{ name: MODE, value: \"{QUOTED}\" }}]\nconfig: {{ files: {{ app.conf: \"{QUOTED}\" }} }}\nannotations: {{ example.com/a: \"{QUOTED}\" }}\n"
        ),
    );
}

fn owned_elsewhere(sandbox: &Sandbox) {
    let line = LINE.replace('\'', "''");
    append(
        sandbox,
        &format!(
            "owned-elsewhere: [{{ field: 'Deployment.spec.template.spec.containers[*].image', by: '{line}' }}]\n\
             waivers: [{{ item: owner-known, reason: '{line}', owner: '{line}', expires: 2026-12-01 }}]\n\
             attestations: [{{ item: load-tested, by: '{line}', on: 2020-01-01, link: 'https://a.example/{line}', review-by: 2020-02-01 }}]\n"
        ),
    );
    edit(sandbox, "svc/plimsoll.yaml", "2.0.1", "3.0.0");
}

fn own_checklist(sandbox: &Sandbox) {
    let line = LINE.replace('\'', "''");
    let severity = "severity: { tier-1: error, tier-2: error, tier-3: error }";
    let words = format!(
        "title: {{ en: \"{QUOTED}\", ko: \"{QUOTED}\" }}, asks: \"{QUOTED}\", why: \"{QUOTED}\", {severity}, sources: [EV]"
    );
    let rule = format!("rule: {{ kinds: [Deployment], check: \"false\", message: \"{QUOTED}\", fix: \"{QUOTED}\" }}");
    let case =
        format!("cases: [{{ name: '{line}', pass: \"apiVersion: apps/v1\\nkind: Deployment\\nmetadata: {{ name: a }}\\n\" }}]");
    let checklist = format!(
        "schema: 1\nname: acme\nversion: \"2026.12\"\nextends: production@2026.12\ntitle: {{ en: \"{QUOTED}\" }}\n\
         groups: [{{ id: evil, title: {{ en: \"{QUOTED}\", ko: \"{QUOTED}\" }} }}]\n\
         sources: {{ EV: {{ title: \"{QUOTED}\", by: \"{QUOTED}\", url: \"{QUOTED}\" }} }}\n\
         off: [{{ item: dns-light, reason: '{line}' }}]\nitems:\n  \
         - {{ id: acme-evil, group: evil, kept-by: [check], {words}, fields: [Deployment.spec], {rule}, {case} }}\n  \
         - {{ id: acme-said, group: evil, kept-by: [attest], {words}, statement: \"{QUOTED}\" }}\n"
    );
    sandbox.write("acme.yaml", &checklist);
    append(sandbox, "checklist: ../acme.yaml\n");
}

fn refused_checklist(sandbox: &Sandbox) {
    let checklist = format!(
        "name: \"{QUOTED}\"\nversion: \"{QUOTED}\"\nextends: \"{QUOTED}\"\n\"{QUOTED}\": 1\nitems:\n  - id: \"{QUOTED}\"\n    group: \"{QUOTED}\"\n    \
         fields: [\"{QUOTED}\"]\n    rule: {{ kinds: [\"{QUOTED}\"], check: \"{QUOTED}\" }}\n"
    );
    sandbox.write("acme.yaml", &checklist);
    append(sandbox, "checklist: ../acme.yaml\n");
}

fn manifest(sandbox: &Sandbox) {
    edit(
        sandbox,
        "svc/k8s/deployment.yaml",
        "  labels:\n",
        &format!("  annotations2: {{ \"{QUOTED}\": \"{QUOTED}\" }}\n  labels:\n    \"{QUOTED}\": \"{QUOTED}\"\n"),
    );
    edit(sandbox, "svc/k8s/deployment.yaml", "cart:2.0.1", "cart:latest");
    edit(sandbox, "svc/plimsoll.yaml", "name: cart", "name: basket");
    commit(sandbox);
}

fn named_objects(sandbox: &Sandbox) {
    let objects = ["Deployment", "Service", "Secret", "ConfigMap", "HorizontalPodAutoscaler", "NetworkPolicy"];
    let object = |kind: &str| {
        format!(
            "apiVersion: \"{QUOTED}\"\nkind: {kind}\nmetadata: {{ name: \"{QUOTED}\", namespace: \"{QUOTED}\" }}\nspec: {{ template: {{ spec: {{ containers: [{{ name: \"{QUOTED}\", image: \"{QUOTED}\" }}] }} }} }}\n"
        )
    };
    let mut text: String = objects.iter().map(|kind| format!("---\n{}", object(kind))).collect();
    text += &format!("---\n{}", object(&format!("\"{QUOTED}\"")));
    text += &object("Deployment").replace(&format!("apiVersion: \"{QUOTED}\""), "---\napiVersion: apps/v1");
    sandbox.write("svc/k8s/others.yaml", &text);
    commit(sandbox);
}

fn refused_manifest(sandbox: &Sandbox) {
    let spec = format!(
        "replicas: \"{QUOTED}\", \"{QUOTED}\": 1, selector: \"{QUOTED}\", template: {{ spec: {{ containers: \"{QUOTED}\" }} }}"
    );
    let text =
        format!("apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: evil }}\nspec: {{ {spec} }}\nspec: {{ {spec} }}\n");
    sandbox.write("svc/k8s/refused.yaml", &text);
}

fn comments(sandbox: &Sandbox) {
    let text = sandbox.read("svc/k8s/deployment.yaml");
    let commented: String = text.lines().map(|line| format!("{line} # {LINE}\n")).collect();
    sandbox.write("svc/k8s/deployment.yaml", &commented);
    edit(sandbox, "svc/plimsoll.yaml", "name: cart", "name: basket");
    commit(sandbox);
}

fn file_names(sandbox: &Sandbox) {
    let text = sandbox.read("svc/k8s/deployment.yaml").replace("cart:2.0.1", "cart:latest");
    fs::remove_file(sandbox.dir().join("svc/k8s/deployment.yaml")).unwrap();
    sandbox.write(&format!("svc/k8s/{FILE}"), &text);
    edit(sandbox, "svc/plimsoll.yaml", "name: cart", "name: basket");
    commit(sandbox);
}

fn conflict(sandbox: &Sandbox) {
    edit(sandbox, "svc/k8s/deployment.yaml", "image: registry.example.com/shop/cart:2.0.1", &format!("image: \"{QUOTED}\""));
    edit(sandbox, "svc/plimsoll.yaml", "2.0.1", "3.0.0");
    commit(sandbox);
}

fn lock(sandbox: &Sandbox) {
    let text = format!("\"{QUOTED}\": 1\nlock: 1\nplimsoll: 0.1.0\nblueprint: \"{QUOTED}\"\nfiles: \"{QUOTED}\"\n");
    sandbox.write("svc/plimsoll.lock", &text);
}

fn lock_paths(sandbox: &Sandbox) {
    edit(sandbox, "svc/plimsoll.lock", "path: k8s/deployment.yaml", &format!("path: \"k8s/{QUOTED}.yaml\""));
    edit(sandbox, "svc/plimsoll.lock", "path: k8s/hpa.yaml", &format!("path: \"../{QUOTED}\""));
}

fn waivers(sandbox: &Sandbox) {
    let line = LINE.replace('\'', "''");
    let text = format!("waivers:\n  - {{ item: owner-known, reason: '{line}', owner: '{line}', expires: 2026-12-01 }}\n");
    sandbox.write("waivers.yaml", &text);
}

fn hook(sandbox: &Sandbox) {
    sandbox.hook(
        "pre-commit",
        "printf '::set-output name=x::EVIL\\r\\033]0;EVIL\\a\\n  ::error::EVIL ##[error]EVIL\\n\\342\\200\\256' >&2; exit 1",
    );
    edit(sandbox, "svc/plimsoll.yaml", "2.0.1", "3.0.0");
    commit_without_hooks(sandbox);
}

fn commit_without_hooks(sandbox: &Sandbox) {
    sandbox.git(&["add", "--all"]);
    sandbox.git(&["commit", "--quiet", "--no-verify", "--message=evil"]);
}

fn branch(sandbox: &Sandbox) {
    sandbox.git(&["branch", "x$(id)'\u{202e}EVIL##"]);
    edit(sandbox, "svc/plimsoll.yaml", "2.0.1", "3.0.0");
    commit(sandbox);
}

fn remote(sandbox: &Sandbox) {
    sandbox.git(&["remote", "add", "origin", "https://a.example/EVIL\u{202e}::x##[error]<b>@org"]);
    sandbox.write("Dockerfile", &format!("FROM a\nEXPOSE 80\u{202e}\nLABEL {LINE}\n"));
    sandbox.write(&format!("{}.csproj", FILE.trim_end_matches(".yaml")), "");
}

/// A repository with a service in `svc`, as it comes out of `plimsoll new`.
pub fn service() -> Sandbox {
    let sandbox = Sandbox::repository();
    let answers = ["name=cart", "image=registry.example.com/shop/cart:2.0.1", "ports.0.port=8080", "tier=3"];
    let mut command = sandbox.command(PLIMSOLL);
    command.args(["new", "svc"]);
    for answer in answers {
        command.args(["--set", answer]);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    sandbox
}
