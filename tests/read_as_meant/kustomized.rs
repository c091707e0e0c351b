//! `check --kustomize`: built by the user's own program, once nothing speaks against it.

use std::process::Stdio;

use super::{DEPLOYMENT, SERVICE};
use crate::support::sandbox::{PLIMSOLL, Run, Sandbox};

/// A program in place of `kustomize`, of a shell's own words alone: it writes how it was called, and a Deployment.
fn fake() -> String {
    format!("#!/bin/sh\necho \"# $1 ${{2##*/}}\"\necho '{}'\n", DEPLOYMENT.replace('\'', "\""))
}

fn with_fake(sandbox: &Sandbox, name: &str, script: &str) {
    let path = sandbox.dir().parent().unwrap().join("home").join(name);
    std::fs::write(&path, script).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
}

/// Runs a check with nothing but the fake on the path.
fn run(sandbox: &Sandbox, args: &[&str]) -> Run {
    let home = sandbox.dir().parent().unwrap().join("home");
    let mut command = sandbox.command(PLIMSOLL);
    let output = command.args(["check", "--kustomize"]).args(args).env("PATH", home).stdin(Stdio::null()).output().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn layout() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("base/kustomization.yaml", "resources: [service.yaml]\n");
    sandbox.write("base/service.yaml", SERVICE);
    sandbox.write("prod/kustomization.yaml", "resources: [../base]\n");
    sandbox
}

#[cfg(unix)]
#[test]
fn what_is_built_is_judged_and_named() {
    for (program, word) in [("kubectl", "kustomize"), ("kustomize", "build")] {
        let sandbox = layout();
        with_fake(&sandbox, program, &fake());
        let found = run(&sandbox, &["prod"]).exits(1);
        assert!(found.stdout.contains("--> prod (as kustomize builds it):9:"), "{word}: {}", found.stdout);
        assert!(found.stdout.contains("image-pinned"), "{}", found.stdout);
    }
}

#[cfg(unix)]
#[test]
fn a_build_that_fails_says_why() {
    let sandbox = layout();
    let none = run(&sandbox, &["prod"]).exits(2);
    assert!(none.stderr.contains("neither `kubectl` nor `kustomize` is found on PATH"), "{}", none.stderr);
    assert!(none.stderr.contains("kustomize build FOLDER | plimsoll check -"), "{}", none.stderr);
    with_fake(&sandbox, "kubectl", "#!/bin/sh\necho 'Error: \u{1b}[31mno such base' >&2\nexit 1\n");
    let failed = run(&sandbox, &["prod"]).exits(2);
    assert!(
        failed.stderr.contains("`kubectl kustomize prod` fails: Error:") && !failed.stderr.contains('\u{1b}'),
        "{}",
        failed.stderr
    );
    with_fake(&sandbox, "kubectl", &format!("#!/bin/sh\nwhile :; do echo '{}'; done\n", "a".repeat(60_000)));
    assert!(run(&sandbox, &["prod"]).exits(2).stderr.contains("writes more than 32 MiB"));
    with_fake(&sandbox, "kubectl", "#!/bin/sh\nexit 0\n");
    assert!(run(&sandbox, &["prod"]).exits(2).stdout.contains("nothing was checked"));
    // A program that lies in the repository is anybody's.
    let sandbox = layout();
    sandbox.write("bin/kubectl", "#!/bin/sh\n: > ran\n");
    std::fs::set_permissions(sandbox.dir().join("bin/kubectl"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let mut command = sandbox.command(PLIMSOLL);
    let path = format!("{}:bin", sandbox.dir().join("bin").display());
    command.args(["check", "--kustomize", "prod"]).env("PATH", path);
    assert_eq!(command.output().unwrap().status.code(), Some(2));
    assert!(!sandbox.dir().join("ran").exists());
}

#[cfg(unix)]
#[test]
fn what_leads_elsewhere_or_runs_a_program_is_refused_before_anything_runs() {
    let inner = "resources: [more.yaml]\n";
    let function = "apiVersion: example.com/v1\nkind: Tool\nmetadata:\n  name: t\n  annotations:\n    config.kubernetes.io/function: \
                    |\n      exec: {path: ./x}\n";
    let sandbox = layout();
    for (kustomization, why) in [
        ("resources: ['https://example.com/a.yaml']", "nothing is fetched"),
        ("resources: ['github.com/acme/base?ref=main']", "nothing is fetched"),
        ("resources: ['git@example.com:acme/base']", "nothing is fetched"),
        ("resources: ['git::https://example.com/acme/base']", "nothing is fetched"),
        ("bases: ['example.com:acme/base.git']", "nothing is fetched"),
        ("components: ['ssh://git@example.com/acme/base']", "nothing is fetched"),
        ("crds: ['http://example.com/crd.json']", "nothing is fetched"),
        ("openapi: {path: 'https://example.com/schema.json'}", "nothing is fetched"),
        ("configurations: ['https://example.com/c.yaml']", "nothing is fetched"),
        ("patches: [{path: 'https://example.com/p.yaml'}]", "nothing is fetched"),
        ("patchesStrategicMerge: ['https://example.com/p.yaml']", "nothing is fetched"),
        ("replacements: [{path: 'https://example.com/r.yaml'}]", "nothing is fetched"),
        ("configMapGenerator: [{name: a, files: ['k=https://example.com/f']}]", "nothing is fetched"),
        ("generators: ['https://example.com/g.yaml']", "nothing is fetched"),
        ("resources: [../../../outside]", "must not be read"),
        ("resources: [/etc/passwd]", "no path in this repository"),
        ("resources: [link]", "must not be read"),
        ("resources: [nowhere]", "names what is not there"),
        ("helmCharts: [{name: a, repo: 'https://example.com'}]", "charts with Helm"),
        ("helmChartInflationGenerator: [{chartName: a}]", "charts with Helm"),
        ("transformers: [function.yaml]", "runs a program"),
        ("generators: ['{apiVersion: builtin, kind: HelmChartInflationGenerator, metadata: {name: a}}']", "charts with Helm"),
        ("validators: ['{apiVersion: example.com/v1, kind: Tool, metadata: {name: a}}']", "runs a program"),
        (
            "transformers: ['{apiVersion: builtin, kind: PatchTransformer, metadata: {name: a}, path: \"https://example.com/p\"}']",
            "nothing is fetched",
        ),
        ("helmcharts: [{name: a}]", "not known here"),
        ("Resources: ['https://example.com/a']", "not known here"),
        ("patches: [{Path: 'https://example.com/a'}]", "not known here"),
        ("resources: [service.yaml]\nresources: [service.yaml]", "stands twice"),
    ] {
        // In the folder itself, and in one that it leads to.
        for folder in ["prod", "base"] {
            sandbox.write("base/kustomization.yaml", "resources: [service.yaml]\n");
            sandbox.write("prod/kustomization.yaml", "resources: [../base]\n");
            let path = sandbox.dir().join(folder);
            sandbox.write("prod/service.yaml", SERVICE);
            sandbox.write("prod/mid/kustomization.yaml", inner);
            sandbox.write(&format!("{folder}/function.yaml"), function);
            _ = std::os::unix::fs::symlink("/etc", path.join("link"));
            sandbox.write(&format!("{folder}/kustomization.yaml"), &format!("{kustomization}\n"));
            with_fake(&sandbox, "kubectl", "#!/bin/sh\n: > \"$HOME/ran\"\n");
            let run = run(&sandbox, &["prod"]).exits(2);
            assert!(run.stderr.contains(why), "{folder}: {kustomization}: {}", run.stderr);
            assert!(run.stderr.contains(&format!("{folder}/kustomization.yaml:")), "{}", run.stderr);
            assert!(!sandbox.dir().parent().unwrap().join("home/ran").exists(), "{kustomization}");
        }
    }
}

#[cfg(unix)]
#[test]
fn what_is_the_repositorys_own_is_built() {
    let sandbox = layout();
    sandbox.write(
        "prod/kustomization.yaml",
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [../base, service.yaml]\ncomponents: \
         [../extra]\npatches: [{path: p.yaml}, {patch: '[]', target: {kind: Service}}]\npatchesStrategicMerge:\n- |\n  apiVersion: v1\n  kind: \
         Service\n  metadata: {name: cart}\nconfigMapGenerator: [{name: a, files: [k=p.yaml], literals: ['url=https://example.com']}]\ntransformers:\n- \
         |\n  apiVersion: builtin\n  kind: NamespaceTransformer\n  metadata: {name: n, namespace: shop}\nopenapi: {version: v1.20.4}\nnamePrefix: \
         a-\nimages: [{name: app, newName: registry.example.com/app}]\n",
    );
    sandbox.write("prod/service.yaml", SERVICE);
    sandbox.write("prod/p.yaml", SERVICE);
    // A circle is kustomize's own to refuse.
    sandbox.write(
        "extra/kustomization.yaml",
        "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\nresources: [../prod]\n",
    );
    with_fake(&sandbox, "kubectl", &fake());
    run(&sandbox, &["prod"]).exits(1);
    let none = run(&sandbox, &["."]).exits(2);
    assert!(none.stderr.contains("holds no kustomization"), "{}", none.stderr);
}
