//! `plimsoll new` off a terminal: answers, files, commits and refusals.

use std::fs;

use serde_json::Value as Json;

use crate::support::sandbox::Sandbox;

const MINIMAL: &[&str] = &["--set", "name=checkout", "--set", "image=reg:5000/shop/checkout:1.4.2", "--set", "ports.0.port=8080"];

fn new(more: &[&str]) -> Vec<&'static str> {
    let mut args = vec!["new"];
    args.extend(MINIMAL);
    args.extend(more.iter().map(|word| Box::leak((*word).to_owned().into_boxed_str()) as &str));
    args
}

#[test]
fn answers_become_a_commit_with_just_our_files() {
    let sandbox = Sandbox::repository();
    sandbox.write("others.txt", "work of others\n");
    sandbox.git(&["add", "others.txt"]);
    let run = sandbox.run(&new(&[])).exits(0);
    assert!(run.stdout.contains("on main: 8 files"), "{}", run.stdout);
    assert_eq!(sandbox.git(&["status", "--short"]), "A  others.txt\n");
    let shown = sandbox.git(&["show", "--stat", "--format=%an %ae%n%B"]);
    for expected in [
        "Tester tester@example.com",
        "Add checkout as a service of tier 2",
        "zone-spread",
        "Plimsoll-Blueprint: web-service@1.1.0",
        "Plimsoll-Checklist: production@2026.12",
        "k8s/deployment.yaml ",
        "plimsoll.lock ",
        "8 files changed",
    ] {
        assert!(shown.contains(expected), "{expected} not in {shown}");
    }
    assert_eq!(sandbox.git(&["interpret-trailers", "--parse", "--no-divider"]).len(), 0);
    sandbox.git(&["fsck", "--strict"]);
}

#[test]
fn missing_answers_are_listed_all_at_once() {
    let sandbox = Sandbox::repository();
    let before = sandbox.files();
    let run = sandbox.run(&["new"]).exits(2);
    for field in ["name: is missing", "image: is missing", "ports: is missing", "nothing was changed", "--set KEY=VALUE"] {
        assert!(run.stderr.contains(field), "{field} not in {}", run.stderr);
    }
    assert_eq!(run.stdout, "");
    assert_eq!(sandbox.files(), before);
}

#[test]
fn what_a_service_file_lacks_is_told_by_whoever_reads_it() {
    let sandbox = Sandbox::repository();
    let answers = ["--set", "name=shop", "--set", "image=r.example.com/a/b:1.0", "--set", "ports.0.port=8080"];
    sandbox.run(&[&["new", "svc", "--defaults"][..], &answers].concat()).exits(0);
    let whole = sandbox.read("svc/plimsoll.yaml");
    let without_image: String =
        whole.lines().filter(|line| !line.starts_with("image:")).map(|line| format!("{line}\n")).collect();
    for (text, expected) in [
        (without_image, "svc/plimsoll.yaml:2:1: image: is missing"),
        (format!("{whole}prots: []\n"), "prots: is not a known field"),
    ] {
        sandbox.write("svc/plimsoll.yaml", &text);
        for command in [
            &["check", "svc"][..],
            &["check", "svc", "--checklist", "production"],
            &["render", "svc"],
            &["update", "svc", "--check"],
        ] {
            let run = sandbox.run(command).exits(2);
            assert!(run.stderr.contains(expected), "{command:?}: {expected} not in {}", run.stderr);
        }
        // Whatever is wrong beside it.
        sandbox.write("svc/plimsoll.yaml", &format!("{text}checklist: produktion\n"));
        let run = sandbox.run(&["update", "svc", "--check"]).exits(2);
        assert!(run.stderr.contains(expected) && run.stderr.contains("`produktion` does not ship"), "{}", run.stderr);
    }
}

#[test]
fn defaults_are_read_from_the_folder() {
    let sandbox = Sandbox::repository();
    sandbox.git(&["remote", "add", "origin", "https://me:secret@git.example.com/shop/checkout-api.git"]);
    sandbox.write("Dockerfile", "FROM scratch\nEXPOSE 9000\n");
    sandbox.write("go.mod", "module x\n");
    sandbox.git(&["add", "--all"]);
    sandbox.run(&["new", "--defaults", "--set", "image=a/b:1"]).exits(0);
    let service = sandbox.read("plimsoll.yaml");
    for line in [
        "name: checkout-api\n",
        "runtime: go\n",
        "  - port: 9000\n",
        "repository: https://git.example.com/shop/checkout-api.git\n",
    ] {
        assert!(service.contains(line), "{line} not in {service}");
    }
    assert!(!service.contains("secret"));
}

#[test]
fn values_come_from_a_file_or_standard_input_and_set_stands_over_them() {
    let values = "# our shop\nname: checkout\nimage: a/b:1\nports:\n  - port: 8080\nscale:\n  max: 8\n";
    let sandbox = Sandbox::repository();
    sandbox.write("values.yaml", values);
    sandbox.run(&["new", "one", "--values", "values.yaml"]).exits(0);
    assert_eq!(sandbox.read("one/plimsoll.yaml"), values, "a values file alone is kept as it is");
    sandbox.run_with_input(&["new", "two", "--values", "-"], values).exits(0);
    assert_eq!(sandbox.read("one/k8s/hpa.yaml"), sandbox.read("two/k8s/hpa.yaml"));
    sandbox.run(&["new", "three", "--values", "values.yaml", "--set", "scale.max=12"]).exits(0);
    assert!(sandbox.read("three/k8s/hpa.yaml").contains("maxReplicas: 12"));
    assert!(sandbox.read("three/plimsoll.yaml").contains("  max: 12\n"));
}

#[test]
fn a_service_file_that_stands_is_taken_and_kept() {
    let text = "# written by hand\nname: checkout\nimage:   a/b:1   # pinned\nports: [{port: 8080}]\n";
    let sandbox = Sandbox::repository();
    sandbox.write("svc/plimsoll.yaml", text);
    sandbox.run(&["new", "svc"]).exits(0);
    assert_eq!(sandbox.read("svc/plimsoll.yaml"), text);
    assert_eq!(sandbox.git(&["status", "--short"]), "", "the service file is part of the commit");
    assert!(sandbox.run(&["new", "svc"]).exits(2).stderr.contains("wrote before"));

    sandbox.write("other/plimsoll.yaml", text);
    assert!(sandbox.run(&["new", "other", "--set", "tier=3"]).exits(2).stderr.contains("exists already"));
}

#[test]
fn faults_name_file_line_and_column() {
    let sandbox = Sandbox::repository();
    sandbox.write("v.yaml", "name: checkout\nimage: a/b\nports:\n  - port: 8080\n    nmae: web\ntier: 1\nscale: {max: 4}\n");
    let run = sandbox.run(&["new", "--values", "v.yaml"]).exits(2);
    for expected in [
        "v.yaml:5:5: ports[0].nmae: is not a known field",
        "did you mean `name`?",
        "v.yaml:2:1: image: has neither a tag nor a digest (image-pinned)",
        "v.yaml:7:9: scale.max: 4 leaves no room to scale: 2 times the 3 Pods that always run is 6 (hpa-bounds)",
        "owner.team: is missing",
    ] {
        assert!(run.stderr.contains(expected), "{expected} not in {}", run.stderr);
    }
    let run = sandbox.run(&["new", "--values", "v.yaml", "--output", "json"]).exits(2);
    let json: Json = serde_json::from_str(&run.stdout).unwrap();
    let faults = json["error"]["faults"].as_array().unwrap();
    let fault = faults.iter().find(|fault| fault["item"] == "hpa-bounds").unwrap();
    assert_eq!((&fault["file"], &fault["line"], &fault["field"]), (&"v.yaml".into(), &7.into(), &"scale.max".into()));
}

#[test]
fn a_waiver_lets_a_forbidden_answer_through() {
    let sandbox = Sandbox::repository();
    let waiver = "waivers=[{item: hpa-bounds, reason: one licence, owner: shop, expires: 2027-01-01}]";
    sandbox.run(&new(&["--set", "scale.max=3", "--set", waiver])).exits(0);
    assert!(sandbox.read("k8s/hpa.yaml").contains("maxReplicas: 3"));
    let unknown = "waivers=[{item: hpa-bound, reason: x, owner: shop, expires: 2027-01-01}]";
    let run = sandbox.run(&["new", "b", "--set", unknown]).exits(2);
    assert!(run.stderr.contains("did you mean `hpa-bounds`?"), "{}", run.stderr);
}

#[test]
fn dry_run_shows_all_and_writes_nothing() {
    let sandbox = Sandbox::repository();
    let before = sandbox.files();
    let run = sandbox.run(&new(&["--dry-run"])).exits(0);
    for expected in ["replicas.min", "tier 2: min-replicas.replicas", "a zone is lost", "+++ b/k8s/hpa.yaml", "+  minReplicas: 2"]
    {
        assert!(run.stdout.contains(expected), "{expected} not in {}", run.stdout);
    }
    let run = sandbox.run(&new(&["--dry-run", "--output", "json"])).exits(0);
    let json: Json = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&json["written"], &json["commit"], &json["tier"]), (&false.into(), &Json::Null, &2.into()));
    assert_eq!(json["files"].as_array().unwrap().len(), 8);
    assert_eq!(sandbox.files(), before);
    assert_eq!(sandbox.git(&["status", "--short"]), "");
}

#[test]
fn without_a_commit_only_files_are_written() {
    let sandbox = Sandbox::new();
    let run = sandbox.run(&new(&["--no-commit"])).exits(0);
    assert!(run.stdout.contains("not committed"));
    assert!(sandbox.dir().join("k8s/pdb.yaml").exists() && !sandbox.dir().join(".git").exists());
}

#[test]
fn init_makes_a_repository_and_takes_it_back_on_failure() {
    let sandbox = Sandbox::new();
    assert!(sandbox.run(&new(&[])).exits(2).stderr.contains("--init"));
    assert_eq!(sandbox.files(), []);

    let mut command = sandbox.command(crate::support::sandbox::PLIMSOLL);
    command.args(new(&["--init"])).env_remove("GIT_AUTHOR_EMAIL").env_remove("GIT_COMMITTER_EMAIL");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("user.email"));
    assert!(!sandbox.dir().join(".git").exists() && sandbox.files().is_empty());

    let args = ["new", "deep/er", "--init", "--set", "name=a", "--set", "image=b:1", "--set", "ports.0.port=80"];
    let run = sandbox.run(&args).exits(0);
    assert!(run.stdout.contains("Committed"));
    assert!(sandbox.dir().join("deep/er/.git").exists());
}

#[test]
fn no_file_of_others_is_ever_overwritten() {
    let sandbox = Sandbox::repository();
    sandbox.write("k8s/service.yaml", "mine\n");
    sandbox.write("k8s/hpa.yaml", "mine too\n");
    let before = sandbox.files();
    let run = sandbox.run(&new(&["--allow-dirty"])).exits(2);
    assert!(run.stderr.contains("k8s/service.yaml") && run.stderr.contains("k8s/hpa.yaml"), "{}", run.stderr);
    assert_eq!(sandbox.files(), before);
}

#[test]
fn a_committed_file_whose_removal_is_not_committed_is_not_swept_in() {
    let sandbox = Sandbox::repository();
    sandbox.write("k8s/hpa.yaml", "old\n");
    sandbox.git(&["add", "--all"]);
    sandbox.git(&["commit", "--quiet", "--message=old"]);
    fs::remove_file(sandbox.dir().join("k8s/hpa.yaml")).unwrap();
    let run = sandbox.run(&new(&[])).exits(2);
    assert!(run.stderr.contains("k8s/hpa.yaml") && run.stderr.contains("--allow-dirty"), "{}", run.stderr);
    assert_eq!(sandbox.git(&["status", "--short"]), " D k8s/hpa.yaml\n");
    sandbox.run(&new(&["--allow-dirty"])).exits(0);
}

#[test]
fn a_branch_is_started_and_committed_to() {
    let sandbox = Sandbox::repository();
    let run = sandbox.run(&new(&["--branch", "add-checkout"])).exits(0);
    assert!(run.stdout.contains("on add-checkout"), "{}", run.stdout);
    assert_eq!(sandbox.git(&["rev-parse", "--abbrev-ref", "HEAD"]), "add-checkout\n");
    assert_eq!(sandbox.git(&["rev-list", "--count", "main"]), "1\n");
}

#[test]
fn comments_can_be_left_out() {
    let sandbox = Sandbox::repository();
    sandbox.run(&new(&["--comments", "none"])).exits(0);
    for (name, bytes) in sandbox.files().into_iter().filter(|(name, _)| name.starts_with("k8s/")) {
        assert!(!String::from_utf8(bytes).unwrap().contains('#'), "{name}");
    }
    assert!(sandbox.read("plimsoll.yaml").contains("comments: none"));
}

#[test]
fn same_answers_same_bytes_wherever_and_whenever() {
    let reference = Sandbox::repository();
    reference.run(&new(&[])).exits(0);
    for (variable, value) in [
        ("LC_ALL", "ko_KR.UTF-8"),
        ("LANG", "tr_TR.UTF-8"),
        ("TZ", "Asia/Seoul"),
        ("TZ", "America/Los_Angeles"),
        ("COLUMNS", "20"),
    ] {
        let sandbox = Sandbox::repository();
        let mut command = sandbox.command(crate::support::sandbox::PLIMSOLL);
        assert!(command.args(new(&[])).env(variable, value).output().unwrap().status.success());
        assert_eq!(sandbox.files(), reference.files(), "{variable}={value}");
        assert_eq!(sandbox.git(&["rev-parse", "HEAD"]), reference.git(&["rev-parse", "HEAD"]), "the very commit");
    }
}

#[test]
fn render_writes_one_stream_and_nothing_to_disk() {
    let sandbox = Sandbox::repository();
    sandbox.run(&new(&[])).exits(0);
    let before = sandbox.files();
    let run = sandbox.run(&["render"]).exits(0);
    let documents = plimsoll::yaml::load("stdout", &run.stdout).unwrap();
    let kinds: Vec<_> =
        documents.iter().map(|document| document.root.get("kind").unwrap().as_str().unwrap().to_owned()).collect();
    assert_eq!(
        kinds,
        ["Deployment", "Service", "PodDisruptionBudget", "HorizontalPodAutoscaler", "ServiceAccount", "NetworkPolicy"]
    );
    assert_eq!(sandbox.files(), before);
    assert!(sandbox.run(&["render", "nowhere"]).exits(2).stderr.contains("plimsoll new"));
}
