//! `plimsoll merge` on three files, and as git's merge driver.

use std::fs;

use crate::support::golden;
use crate::support::sandbox::{PLIMSOLL, Sandbox};

const BASE: &str = "apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: app
          image: registry.example.com/web:1.0.0
";

fn three(sandbox: &Sandbox, ours: &str, theirs: &str) {
    for (name, text) in [("base.yaml", BASE), ("ours.yaml", ours), ("theirs.yaml", theirs)] {
        sandbox.write(name, text);
    }
}

fn conflicting() -> (String, String) {
    (BASE.replace("1.0.0", "1.0.1 # hotfix"), BASE.replace("1.0.0", "1.1.0").replace("replicas: 2", "replicas: 3"))
}

const THREE: [&str; 4] = ["merge", "base.yaml", "ours.yaml", "theirs.yaml"];

#[test]
fn every_golden_case_is_merged_alike_on_the_command_line() {
    let sandbox = Sandbox::new();
    let file = |case: &std::path::Path, name: &str| fs::read_to_string(case.join(name));
    for case in golden::cases("merge").iter().filter(|case| case.join("ours.yaml").exists()) {
        for side in ["base.yaml", "ours.yaml", "theirs.yaml"] {
            sandbox.write(side, &file(case, side).unwrap());
        }
        let run = sandbox.run(&THREE);
        let name = case.display();
        if let Ok(refused) = file(case, "refused.txt") {
            assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{name}");
            assert!(refused.lines().all(|line| run.stderr.contains(line)), "{name}\n{}", run.stderr);
        } else if let Ok(conflicts) = file(case, "conflicts.txt") {
            assert_eq!((run.code, run.stdout.as_str()), (3, ""), "{name}");
            let mut places = conflicts.lines().filter(|line| !line.starts_with(' '));
            assert!(places.all(|line| run.stderr.contains(&format!("ours.yaml:{line}\n"))), "{name}\n{}", run.stderr);
        } else {
            assert_eq!((run.code, run.stdout), (0, file(case, "merged.yaml").unwrap()), "{name}\n{}", run.stderr);
        }
    }
}

#[test]
fn conflicts_are_listed_and_nothing_is_written() {
    let sandbox = Sandbox::new();
    let (ours, theirs) = conflicting();
    three(&sandbox, &ours, &theirs);
    let before = sandbox.files();
    let run = sandbox.run(&[&THREE[..], &["-o", "ours.yaml"]].concat()).exits(3);
    assert_eq!(run.stdout, "");
    assert_eq!(
        run.stderr,
        "error: 1 conflict in ours.yaml; nothing was written
  ours.yaml:11:18: Deployment/web.spec.template.spec.containers[name=app].image: both changed it
      base    registry.example.com/web:1.0.0
      ours    registry.example.com/web:1.0.1
      theirs  registry.example.com/web:1.1.0

hint: `--resolve 'Deployment/web.spec.template.spec.containers[name=app].image=theirs'` takes theirs there, `=ours` keeps what \
stands there; --ours or --theirs settles them all
"
    );
    assert_eq!(sandbox.files(), before);
}

#[test]
fn conflicts_are_settled_by_flags_and_the_result_is_written_in_place() {
    let (ours, theirs) = conflicting();
    for (flags, image) in [
        (&["--resolve", "Deployment/web.spec.template.spec.containers[name=app].image=theirs"][..], "1.1.0 # hotfix"),
        (&["--resolve", "*.spec.template.spec.containers[*].im*=ours"], "1.0.1 # hotfix"),
        (&["--theirs"], "1.1.0 # hotfix"),
        (&["--ours"], "1.0.1 # hotfix"),
        (&["--theirs", "--resolve", "Deployment.spec.template=ours"], "1.0.1 # hotfix"),
    ] {
        let sandbox = Sandbox::new();
        three(&sandbox, &ours, &theirs);
        let run = sandbox.run(&[&THREE[..], &["-o", "ours.yaml"], flags].concat()).exits(0);
        assert_eq!(run.stdout, "", "{flags:?}");
        assert!(run.stderr.contains("as was chosen"), "{}", run.stderr);
        assert_eq!(sandbox.read("ours.yaml"), BASE.replace("1.0.0", image).replace("replicas: 2", "replicas: 3"), "{flags:?}");
    }
}

#[test]
fn all_of_it_as_json() {
    let sandbox = Sandbox::new();
    let (ours, theirs) = conflicting();
    three(&sandbox, &ours, &theirs);
    let json = |flags: &[&str], code: i32| -> serde_json::Value {
        serde_json::from_str(&sandbox.run(&[&THREE[..], &["--output", "json"], flags].concat()).exits(code).stdout).unwrap()
    };
    let conflicts = json(&[], 3);
    assert_eq!((&conflicts["conflicts"][0]["line"], &conflicts["text"]), (&11.into(), &serde_json::Value::Null));
    let merged = json(&["--ours"], 0);
    assert_eq!(merged["text"], ours.replace("replicas: 2", "replicas: 3"));
    assert_eq!(merged["changes"][0]["field"], "spec.replicas");
}

#[test]
fn what_cannot_be_read_or_merged_is_named_for_all_files_at_once() {
    let sandbox = Sandbox::new();
    three(&sandbox, "a: 1\nb: [\n", "<<<<<<< ours\n");
    let run = sandbox.run(&THREE).exits(2);
    assert!(run.stderr.contains("ours.yaml:2:4: is not YAML"), "{}", run.stderr);
    assert!(run.stderr.contains("theirs.yaml:1:1: has a conflict marker"), "{}", run.stderr);
    assert!(sandbox.run(&["merge", "base.yaml", "none.yaml", "theirs.yaml"]).exits(2).stderr.contains("cannot read none.yaml"));
    let run = sandbox.run(&[&THREE[..], &["--resolve", "replicas=ours"]].concat()).exits(2);
    assert!(run.stderr.contains("hint: write for example --resolve"), "{}", run.stderr);
}

/// A repository in which two branches have changed a file, and git merges it by `plimsoll merge`.
fn diverged(ours: &str, theirs: &str) -> Sandbox {
    let sandbox = with_driver(" --marker-size %L");
    sandbox.git(&["switch", "--quiet", "--create=theirs"]);
    commit(&sandbox, theirs);
    sandbox.git(&["switch", "--quiet", "main"]);
    commit(&sandbox, ours);
    sandbox
}

/// A repository with BASE in it, which git merges by `plimsoll merge`.
fn with_driver(flags: &str) -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.git(&["config", "merge.plimsoll.driver", &format!("{PLIMSOLL} merge %O %A %B -o %A --name %P{flags}")]);
    sandbox.write(".gitattributes", "k8s/*.yaml merge=plimsoll\n");
    commit(&sandbox, BASE);
    sandbox
}

fn commit(sandbox: &Sandbox, text: &str) {
    sandbox.write("k8s/web app.yaml", text);
    sandbox.git(&["add", "--all"]);
    sandbox.git(&["commit", "--quiet", "--allow-empty", "--message=edit"]);
}

#[test]
fn bases_that_git_merges_decide_nothing() {
    let (one, other) = (BASE.replace("1.0.0", "1.0.1"), BASE.replace("1.0.0", "1.1.0"));
    let refused = other.replace("spec:\n  replicas", "spec:\n\treplicas");
    // With every driver line that was ever documented, and where a base cannot be merged at all.
    for (flags, ours, theirs, last) in [
        ("", &one, &other, other.replace("replicas: 2", "replicas: 4")),
        (" --marker-size %L", &one, &other, other.replace("replicas: 2", "replicas: 4")),
        (" --marker-size %L", &one, &refused, other.clone()),
    ] {
        let sandbox = with_driver(flags);
        sandbox.git(&["switch", "--quiet", "--create=theirs"]);
        commit(&sandbox, theirs);
        sandbox.git(&["switch", "--quiet", "main"]);
        commit(&sandbox, ours);
        // Each branch merges the other one, and keeps what it has.
        let tips = ["main", "theirs"].map(|branch| sandbox.git(&["rev-parse", branch]).trim().to_owned());
        for (branch, with, keeps) in [("main", &tips[1], ours), ("theirs", &tips[0], theirs)] {
            sandbox.git(&["switch", "--quiet", branch]);
            assert_eq!(
                sandbox.command("git").args(["merge", "--quiet", "--no-edit", with]).output().unwrap().status.code(),
                Some(1)
            );
            commit(&sandbox, keeps);
        }
        commit(&sandbox, &last);
        for branch in ["main", "theirs"] {
            sandbox.git(&["switch", "--quiet", branch]);
            let other = if branch == "main" { "theirs" } else { "main" };
            assert_eq!(sandbox.git(&["merge-base", "--all", "main", "theirs"]).lines().count(), 2);
            let output = sandbox.command("git").args(["merge", "--no-edit", other]).output().unwrap();
            assert_eq!(output.status.code(), Some(1), "{flags} {branch}");
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(said.contains(": both changed it"), "{said}");
            let left = sandbox.read("k8s/web app.yaml");
            assert_eq!(left.starts_with("# plimsoll merge left open: Deployment/web.spec.template"), flags.is_empty(), "{left}");
            if flags.is_empty() {
                // What has been left open is not taken for merged.
                let run = sandbox.run(&["merge", "k8s/web app.yaml", "k8s/web app.yaml", "k8s/web app.yaml"]).exits(2);
                assert!(run.stderr.contains("has conflicts that `plimsoll merge` has left open"), "{}", run.stderr);
            }
            sandbox.git(&["merge", "--abort"]);
        }
    }
}

#[test]
fn ones_own_comments_survive_a_rebase() {
    let sandbox = with_driver(" --marker-size %L");
    sandbox.git(&["switch", "--quiet", "--create=theirs"]);
    let why = BASE.replace("replicas: 2", "replicas: 2 # two zones");
    commit(&sandbox, &why);
    commit(&sandbox, &why.replace("      containers:", "      # one container, on purpose\n      containers:"));
    sandbox.git(&["switch", "--quiet", "main"]);
    commit(&sandbox, &BASE.replace("1.0.0", "1.1.0"));
    sandbox.git(&["switch", "--quiet", "theirs"]);
    sandbox.git(&["rebase", "--quiet", "main"]);
    let expected =
        why.replace("1.0.0", "1.1.0").replace("      containers:", "      # one container, on purpose\n      containers:");
    assert_eq!(sandbox.read("k8s/web app.yaml"), expected);
}

#[test]
fn git_merges_by_it_what_lines_cannot() {
    // The lines touch, so git alone sees a conflict.
    let ours = BASE.replace("  name: web\n", "  name: web\n  labels: {team: shop} # asked by finance\n");
    let theirs = BASE.replace("spec:\n  replicas: 2", "spec:\n  revisionHistoryLimit: 3\n  replicas: 4");
    let sandbox = diverged(&ours, &theirs);
    sandbox.git(&["merge", "--quiet", "--no-edit", "theirs"]);
    let merged = sandbox.read("k8s/web app.yaml");
    assert!(merged.contains("labels: {team: shop} # asked by finance\nspec:\n"), "{merged}");
    assert!(merged.contains("  revisionHistoryLimit: 3\n") && merged.contains("replicas: 4\n"), "{merged}");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn git_leaves_ours_where_it_has_conflicts_and_the_hint_settles_them() {
    let (ours, theirs) = conflicting();
    let sandbox = diverged(&ours, &theirs);
    let output = sandbox.command("git").args(["merge", "--no-edit", "theirs"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("k8s/web app.yaml:11:18: Deployment/web.spec.template.spec.containers[name=app].image: both changed"),
        "{said}"
    );
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "UU \"k8s/web app.yaml\"\n");
    assert_eq!(sandbox.read("k8s/web app.yaml"), ours);

    let hint = said.split("hint: `").nth(1).unwrap().split('`').next().unwrap();
    let command = hint.replacen("plimsoll", PLIMSOLL, 1);
    let settled = sandbox.command("bash").args(["-c", &command]).output().unwrap();
    assert!(settled.status.success(), "{command}\n{}", String::from_utf8_lossy(&settled.stderr));
    let expected = ours.replace("1.0.1", "1.1.0").replace("replicas: 2", "replicas: 3");
    assert_eq!(sandbox.read("k8s/web app.yaml"), expected);
    sandbox.git(&["add", "--all"]);
    sandbox.git(&["commit", "--quiet", "--no-edit"]);
}
