//! What somebody commits or edits between what was read and what is written is worked on, and not over.

use std::cell::{Cell, RefCell};

use plimsoll::ops::update::{Attendants, ConflictsSettled, UpdateChoice, UpdateRequest, Updated, run};
use plimsoll::ops::{CommitChoice, Editions, OpError, Tries, prepare, write};
use plimsoll::service::Answers;

use super::git_sandbox::Sandbox;

const CART: &str = "name: cart\ntier: 3\nimage: registry.example.com/shop/cart:1.0.0\nports:\n  - port: 8080\n";

fn commits() -> CommitChoice {
    CommitChoice { commit: true, ..CommitChoice::default() }
}

/// A service whose next update changes its autoscaler.
fn cart() -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.write("plimsoll.yaml", CART);
    let edition = Editions::default().of_service_file(None, &sandbox.root).unwrap();
    let prepared = prepare(&edition, &sandbox.root, &Answers::default()).unwrap();
    write(&edition, &prepared, &commits(), &|_| {}).unwrap();
    sandbox.commit_file("plimsoll.yaml", &format!("{CART}scale: {{ max: 12 }}\n"));
    sandbox
}

/// Updates while somebody does something each time that is told what will be written; with what was noticed.
fn updated(sandbox: &Sandbox, meanwhile: impl Fn(usize), commit: CommitChoice) -> (Updated, usize, Vec<String>) {
    let (announced, notices) = (Cell::new(0), RefCell::new(Vec::new()));
    let request = UpdateRequest {
        dirs: vec![sandbox.root.clone()],
        choice: UpdateChoice::default(),
        commit,
        commit_per_service: false,
        dry_run: false,
    };
    let attendants = Attendants {
        progress: &|_, _| {},
        settle: &|_| ConflictsSettled::Not,
        announce: &|_| {
            meanwhile(announced.get());
            announced.set(announced.get() + 1);
            true
        },
        tell: &|notice| notices.borrow_mut().push(notice.to_string()),
    };
    let mut services = run(&request, &Editions::default(), &attendants).unwrap();
    (services.remove(0), announced.get(), notices.into_inner())
}

#[test]
fn what_somebody_commits_meanwhile_is_worked_on() {
    let sandbox = cart();
    let theirs = |turn: usize| {
        if turn == 0 {
            sandbox.commit_file("k8s/hpa.yaml", &format!("# theirs\n{}", sandbox.read("k8s/hpa.yaml")));
        }
    };
    let (updated, announced, notices) = updated(&sandbox, theirs, commits());
    assert!(updated.written, "{:?}", updated.outcome);
    assert_eq!((announced, notices.len()), (2, 1), "{notices:?}");
    assert!(notices[0].ends_with("hpa.yaml was changed while plimsoll was running: beginning again"), "{notices:?}");
    let text = sandbox.git(["show", "HEAD:k8s/hpa.yaml"]);
    assert!(text.starts_with("# theirs\n") && text.contains("maxReplicas: 12"), "{text}");
    assert_eq!(sandbox.git(["log", "-1", "--format=%s", "HEAD^"]), "more");
    assert_eq!(sandbox.git(["status", "--porcelain"]), "");
}

#[test]
fn answers_that_change_meanwhile_are_those_that_are_rendered() {
    for commit in [commits(), CommitChoice::default()] {
        let sandbox = cart();
        let theirs = |turn: usize| {
            if turn == 0 {
                sandbox.commit_file("plimsoll.yaml", &format!("{CART}scale: {{ max: 15 }}\n"));
            }
        };
        let (updated, announced, _) = updated(&sandbox, theirs, commit);
        assert!(updated.written && announced == 2, "{:?}", updated.outcome);
        assert!(sandbox.read("k8s/hpa.yaml").contains("maxReplicas: 15"));
    }
}

#[test]
fn who_is_overtaken_again_and_again_gives_up_and_has_changed_nothing() {
    let sandbox = cart();
    let theirs = |turn: usize| sandbox.commit_file("plimsoll.yaml", &format!("{CART}scale: {{ max: {} }}\n", 20 + turn));
    let (updated, announced, notices) = updated(&sandbox, theirs, commits());
    assert!(matches!(updated.outcome, Err(OpError::Workspace(_))) && !updated.written, "{:?}", updated.outcome);
    assert_eq!(announced, notices.len() + 1);
    assert_eq!(sandbox.git(["log", "-1", "--format=%s"]), "more");
    assert_eq!(sandbox.git(["status", "--porcelain"]), "");
}

#[test]
fn a_new_service_is_that_of_the_file_that_it_is_committed_with() {
    let sandbox = Sandbox::empty();
    sandbox.write("plimsoll.yaml", CART);
    let edition = Editions::default().of_service_file(None, &sandbox.root).unwrap();
    let prepared = prepare(&edition, &sandbox.root, &Answers::default()).unwrap();
    sandbox.write("plimsoll.yaml", &CART.replace("1.0.0", "2.0.0"));
    let error = write(&edition, &prepared, &commits(), &|_| {}).unwrap_err();
    assert!(Tries::default().again(&error, &|_| {}), "{error:?}");
    assert!(!sandbox.path("k8s").exists());
}
