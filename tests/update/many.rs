//! Several services in one run.

use super::{CART, SCALE, add, commit, edit, log, state};
use crate::support::sandbox::Sandbox;
use crate::support::terminal::Terminal;

/// A repository with services of these names below `services`, each with an update pending.
fn shop(names: &[&str]) -> Sandbox {
    let sandbox = Sandbox::repository();
    for name in names {
        add(&sandbox, &format!("services/{name}"), &CART.replace("cart", name));
    }
    for name in names {
        sandbox.write(&format!("services/{name}/plimsoll.yaml"), &format!("{}{SCALE}", CART.replace("cart", name)));
    }
    sandbox
}

fn has_scaled(sandbox: &Sandbox, name: &str) -> bool {
    sandbox.read(&format!("services/{name}/k8s/hpa.yaml")).contains("minReplicas: 4")
}

#[test]
fn all_below_a_folder_go_into_one_commit_in_a_stable_order() {
    let sandbox = shop(&["c", "a", "b"]);
    let run = sandbox.run(&["update", "--all"]).exits(0);
    let order: Vec<&str> = run.stdout.lines().filter(|line| !line.starts_with(' ') && line.contains(": 2 changes")).collect();
    assert_eq!(order.len(), 3, "{}", run.stdout);
    assert!(order.is_sorted(), "{order:?}");
    assert!(run.stdout.ends_with("on main: a, b, c\n"), "{}", run.stdout);
    assert_eq!(log(&sandbox)[0], "Update 3 services");
    assert_eq!(sandbox.git(&["show", "--format=", "--name-only"]).lines().count(), 9);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn each_service_can_have_a_commit_of_its_own() {
    let sandbox = shop(&["a", "b"]);
    sandbox.run(&["update", "services/b", "services/a", "services/b/", "--commit-per-service", "--branch", "more"]).exits(0);
    assert_eq!(log(&sandbox)[..2], ["Update a", "Update b"]);
    assert_eq!(sandbox.git(&["symbolic-ref", "--short", "HEAD"]), "more\n");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn one_that_fails_never_stops_the_rest() {
    let sandbox = shop(&["a", "broken", "dirty", "tabs", "torn", "z"]);
    edit(&sandbox, "services/broken/plimsoll.yaml", "ports:", "prots:");
    edit(&sandbox, "services/torn/k8s/hpa.yaml", "minReplicas: 2", "minReplicas: 3");
    edit(&sandbox, "services/tabs/k8s/hpa.yaml", "spec:\n", "spec:\n\tx: 1\n");
    commit(&sandbox);
    edit(&sandbox, "services/dirty/k8s/hpa.yaml", "spec:\n", "# mine\nspec:\n");
    edit(&sandbox, "services/z/k8s/pdb.yaml", "spec:\n", "# mine, too\nspec:\n");
    let args = ["broken", "z", "dirty", "none", "tabs", "torn", "a"].map(|name| format!("services/{name}"));
    let args: Vec<&str> = std::iter::once("update").chain(args.iter().map(String::as_str)).collect();
    let run = sandbox.run(&args).exits(2);
    assert!(has_scaled(&sandbox, "a") && has_scaled(&sandbox, "z"));
    assert!(!["dirty", "tabs", "torn"].iter().any(|name| has_scaled(&sandbox, name)));
    let places = [
        "services/broken: error: 2 faults",
        "services/broken/plimsoll.yaml:1:1: ports: is missing",
        "services/dirty: error: ",
        "uncommitted edits in services/dirty/k8s/hpa.yaml (modified)",
        "pass `--allow-dirty`",
        "services/none: error: services/none/plimsoll.yaml does not exist",
        "services/tabs: error: ",
        "services/tabs/k8s/hpa.yaml:",
        "1 conflict in torn",
        "services/torn/k8s/hpa.yaml:24:16: ",
        "`plimsoll update services/torn --resolve ",
    ];
    let mut rest = run.stderr.as_str();
    for place in places {
        let at = rest.find(place).unwrap_or_else(|| panic!("no `{place}` in\n{rest}\nof\n{}", run.stderr));
        rest = &rest[at..];
    }
    // What others have edited is neither written nor committed.
    let left = " M services/dirty/k8s/hpa.yaml\n M services/z/k8s/pdb.yaml\n";
    assert_eq!(sandbox.git(&["status", "--porcelain"]), left);
    sandbox.run(&["update", "services/dirty", "--allow-dirty"]).exits(0);
    assert!(sandbox.read("services/dirty/k8s/hpa.yaml").contains("# mine\n") && has_scaled(&sandbox, "dirty"));
}

#[test]
fn services_of_several_repositories_are_committed_in_each() {
    let sandbox = Sandbox::new();
    let here = sandbox.dir();
    for (repository, name) in [("one", "a"), ("two", "b"), ("one", "c")] {
        if !here.join(repository).exists() {
            sandbox.git(&["init", "--quiet", "--initial-branch=main", repository]);
        }
        add(&sandbox, &format!("{repository}/{name}"), &CART.replace("cart", name));
        sandbox.write(&format!("{repository}/{name}/plimsoll.yaml"), &format!("{}{SCALE}", CART.replace("cart", name)));
    }
    sandbox.write("three/plimsoll.yaml", CART);
    sandbox.run(&["new", "three", "--no-commit"]).exits(0);
    sandbox.write("three/plimsoll.yaml", &format!("{CART}{SCALE}"));
    let run = sandbox.run(&["update", "one/a", "two/b", "three", "one/c"]).exits(2);
    assert!(run.stderr.contains("three: error: ") && run.stderr.contains("three is not in a git repository"), "{}", run.stderr);
    assert!(run.stderr.contains("`--no-commit`") && !run.stderr.contains("--init"), "{}", run.stderr);
    let subject = |repository: &str| sandbox.git(&["-C", repository, "log", "-1", "--format=%s"]);
    assert_eq!((subject("one"), subject("two")), ("Update 2 services\n".to_owned(), "Update b\n".to_owned()));
    let run = sandbox.run(&["update", "three", "--no-commit"]).exits(0);
    assert!(run.stdout.ends_with("Wrote cart in three, not committed\n"), "{}", run.stdout);
    assert!(sandbox.read("three/k8s/hpa.yaml").contains("minReplicas: 4"));
    assert!(!here.join("three/.plimsoll").exists());
}

#[test]
fn a_folder_may_be_named_from_below_and_through_a_link() {
    let sandbox = shop(&["a"]);
    let below = |args: &[&str]| {
        let mut command = sandbox.command(crate::support::sandbox::PLIMSOLL);
        command.current_dir(sandbox.dir().join("services/a/k8s")).args(args).output().unwrap()
    };
    assert!(below(&["update", ".."]).status.success());
    assert!(has_scaled(&sandbox, "a"));
    sandbox.write("services/a/plimsoll.yaml", &CART.replace("cart", "a"));
    std::os::unix::fs::symlink("services/a", sandbox.dir().join("link")).unwrap();
    sandbox.run(&["update", "link", "services/a"]).exits(0);
    assert!(!has_scaled(&sandbox, "a"));
    assert_eq!(log(&sandbox)[..2], ["Update a", "Update a"]);
}

#[test]
fn where_the_commit_is_refused_nothing_is_written() {
    let sandbox = shop(&["a", "b"]);
    sandbox.write(".git/hooks/pre-commit", "#!/bin/sh\necho no shipping on Fridays\nexit 1\n");
    sandbox.command("chmod").args(["+x", ".git/hooks/pre-commit"]).status().unwrap();
    let before = sandbox.files();
    let run = sandbox.run(&["update", "--all"]).exits(2);
    assert!(run.stderr.contains("no shipping on Fridays"), "{}", run.stderr);
    assert!(run.stderr.contains("services/b would have been written with it"), "{}", run.stderr);
    assert_eq!(sandbox.files(), before);
}

#[test]
fn a_fault_of_the_repository_is_told_once() {
    let sandbox = shop(&["a", "b"]);
    sandbox.git(&["checkout", "--quiet", "--detach"]);
    let run = sandbox.run(&["update", "--all"]).exits(2);
    assert_eq!(run.stderr.matches("--branch NAME").count(), 1, "{}", run.stderr);
    assert!(!has_scaled(&sandbox, "a"));
    sandbox.run(&["update", "--all", "--branch", "more"]).exits(0);
}

#[test]
fn a_folder_without_services_is_an_error() {
    let sandbox = Sandbox::repository();
    sandbox.write("docs/a.md", "");
    let run = sandbox.run(&["update", "--all", "docs"]).exits(2);
    assert!(run.stderr.starts_with("error: there is no service in docs; nothing was changed"), "{}", run.stderr);
}

#[test]
fn a_terminal_shows_how_far_it_is_and_lines_that_fit() {
    let sandbox = shop(&["a", "b"]);
    let mut terminal = Terminal::start_with(&sandbox, &["update", "--all"], 80, &[]);
    terminal.expect("of 2 services").expect("Committed").exits(0);
    assert!(!terminal.screen().contains("of 2 services"), "{}", terminal.screen());
    assert!(
        terminal.plain().lines().filter(|line| !line.contains("of 2 services")).all(|line| line.chars().count() <= 80),
        "{}",
        terminal.plain()
    );
    let before = state(&sandbox);
    sandbox.run(&["update", "--all", "--check"]).exits(0);
    assert_eq!(state(&sandbox), before);
}
