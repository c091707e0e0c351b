//! Conflicts: loud, transactional, settled once.

use super::{CART, SCALE, cart, commit, edit, log, state};
use crate::support::sandbox::Sandbox;
use crate::support::terminal::{CTRL_C, DOWN, ENTER, ESCAPE, Terminal};

/// A service whose minReplicas and maxReplicas were edited by hand and in the service file.
fn torn() -> Sandbox {
    let sandbox = cart();
    edit(&sandbox, "k8s/hpa.yaml", "minReplicas: 2", "minReplicas: 3");
    edit(&sandbox, "k8s/hpa.yaml", "maxReplicas: 4", "maxReplicas: 8");
    sandbox.write("plimsoll.yaml", &format!("{CART}{SCALE}"));
    commit(&sandbox);
    sandbox
}

fn replicas(sandbox: &Sandbox) -> Vec<String> {
    let hpa = sandbox.read("k8s/hpa.yaml");
    hpa.lines().filter(|line| line.contains("Replicas: ")).map(|line| line.trim().to_owned()).collect()
}

#[test]
fn a_conflict_is_told_with_its_values_and_nothing_is_written() {
    let sandbox = torn();
    let before = state(&sandbox);
    let cases = [
        (&["update"][..], ""),
        (&["update", "--check"], ""),
        (&["update", "--resolve", "Deployment.spec=ours"], " --resolve Deployment.spec=ours"),
        (&["update", "--to", "2026.11"], " --to 2026.11"),
    ];
    for (args, given) in cases {
        let run = sandbox.run(args).exits(3);
        let hint = format!("hint: `plimsoll update{given} --resolve ");
        let idle = "warning: --resolve Deployment.spec=ours fits no conflict\n";
        assert_eq!(run.stderr.starts_with(idle), given.contains("Deployment"), "{}", run.stderr);
        assert_eq!(
            run.stderr.replace(&hint, "hint: `plimsoll update --resolve ").trim_start_matches(idle),
            "error: 2 conflicts in cart; nothing of it was changed\n  \
             k8s/hpa.yaml:24:16: HorizontalPodAutoscaler/cart.spec.minReplicas: both changed it (plimsoll.yaml; hpa-bounds, min-replicas)\n      \
             base    2\n      ours    3\n      theirs  4\n  \
             k8s/hpa.yaml:25:16: HorizontalPodAutoscaler/cart.spec.maxReplicas: both changed it (plimsoll.yaml; hpa-bounds)\n      \
             base    4\n      ours    8\n      theirs  10\n\n\
             hint: `plimsoll update --resolve HorizontalPodAutoscaler/cart.spec.minReplicas=ours` keeps what is on disk, `=theirs` takes the new \
             render; --ours or --theirs settles them all\n"
        );
    }
    assert_eq!(state(&sandbox), before);
    let run = sandbox.run(&["update", "--output", "json"]).exits(3);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let conflict = &json["services"][0]["conflicts"][0];
    assert_eq!(conflict["file"], "k8s/hpa.yaml");
    assert_eq!(conflict["object"]["kind"], "HorizontalPodAutoscaler");
    assert_eq!(conflict["field"], "spec.minReplicas");
    assert_eq!(
        (&conflict["line"], &conflict["base"], &conflict["ours"], &conflict["theirs"]),
        (&24.into(), &2.into(), &3.into(), &4.into())
    );
    assert_eq!(conflict["items"], serde_json::json!(["hpa-bounds", "min-replicas"]));
    assert_eq!(json["services"][0]["written"], false);
    assert_eq!(state(&sandbox), before);
}

#[test]
fn conflicts_are_settled_by_field_by_pattern_and_all() {
    let cases: [(&[&str], [&str; 2]); 5] = [
        (&["--ours"], ["minReplicas: 3", "maxReplicas: 8"]),
        (&["--theirs"], ["minReplicas: 4", "maxReplicas: 10"]),
        (&["--resolve", "HorizontalPodAutoscaler.spec.*Replicas=ours"], ["minReplicas: 3", "maxReplicas: 8"]),
        (&["--resolve", "*.spec.minReplicas=theirs", "--ours"], ["minReplicas: 4", "maxReplicas: 8"]),
        (
            &["--resolve", "HorizontalPodAutoscaler/cart.spec.minReplicas=ours", "--resolve", "*.spec=theirs"],
            ["minReplicas: 3", "maxReplicas: 10"],
        ),
    ];
    for (args, expected) in cases {
        let sandbox = torn();
        let run = sandbox.run(&[&["update"], args].concat()).exits(0);
        assert_eq!(replicas(&sandbox), expected, "{args:?}");
        assert!(run.stdout.contains("as was chosen"), "{}", run.stdout);
        assert!(!run.stderr.contains("fits no conflict"), "{args:?}: {}", run.stderr);
        let kept = expected.iter().filter(|edit| ["minReplicas: 3", "maxReplicas: 8"].contains(edit)).count();
        let told = ["by hand", "1 edit by hand is kept", "2 edits by hand are kept"][kept];
        assert_eq!(run.stdout.contains(told), kept > 0, "{args:?}: {}", run.stdout);
        assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    }
}

#[test]
fn an_answer_is_remembered_until_theirs_changes_again() {
    let sandbox = torn();
    sandbox.run(&["update", "--ours"]).exits(0);
    let before = state(&sandbox);
    sandbox.run(&["update"]).exits(0);
    sandbox.run(&["update", "--check"]).exits(0);
    assert_eq!(state(&sandbox), before);
    let message = sandbox.git(&["log", "-1", "--format=%b"]).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(message.contains("minReplicas stays as it is on disk, as was chosen"), "{message}");
    sandbox.write("plimsoll.yaml", &format!("{CART}{SCALE}labels: {{ squad: shop }}\n"));
    sandbox.run(&["update"]).exits(0);
    assert_eq!(replicas(&sandbox), ["minReplicas: 3", "maxReplicas: 8"]);
    sandbox.write("plimsoll.yaml", &format!("{CART}{}", SCALE.replace("min: 4", "min: 5")));
    assert!(sandbox.run(&["update"]).exits(3).stderr.contains("1 conflict in cart"));
}

#[test]
fn what_settles_nothing_is_refused_before_anything_is_read() {
    let sandbox = torn();
    for (resolve, wrong) in [
        ("Deployment.spec", "has no `=ours` or `=theirs`"),
        ("Deployment.spec=mine", "ends with `mine`"),
        ("spec.replicas=ours", "begins with `spec`, which is no kind of an object"),
        ("Deployment..spec=ours", "has an empty part"),
    ] {
        let run = sandbox.run(&["update", "--resolve", resolve]).exits(2);
        assert!(run.stderr.contains(wrong) && run.stderr.contains("hint: "), "{}", run.stderr);
    }
    assert!(sandbox.run(&["update", "--ours", "--theirs"]).exits(2).stderr.contains("cannot be used with"));
}

#[test]
fn on_a_terminal_each_conflict_is_asked() {
    let sandbox = torn();
    let mut terminal = Terminal::start_with(&sandbox, &["update"], 80, &[]);
    terminal.expect("minReplicas: both changed it").expect("base 2 ours 3 theirs 4").expect("Conflict 1 of 2 in cart");
    terminal.expect("Which one?").press(ENTER);
    terminal.expect("spec.minReplicas · ours").expect("base 4 ours 8 theirs 10").expect("Conflict 2 of 2");
    terminal.expect("Which one?").press(DOWN).expect("❯ theirs").press(ENTER);
    terminal.expect("spec.maxReplicas · theirs").expect("Committed").exits(0);
    assert_eq!(replicas(&sandbox), ["minReplicas: 3", "maxReplicas: 10"]);
    assert_eq!(log(&sandbox)[0], "Update cart");
}

#[test]
fn a_person_who_leaves_changes_nothing() {
    for (key, said, code) in [(ESCAPE, "2 conflicts in cart", 3), (CTRL_C, "Cancelled. Nothing was changed.", 130)] {
        let sandbox = torn();
        let before = state(&sandbox);
        let mut terminal = Terminal::start(&sandbox, &["update"]);
        terminal.expect("Which one?").press(ENTER).expect("Conflict 2 of 2").expect("Which one?").press(key);
        terminal.expect(said).exits(code);
        assert!(terminal.shows_cursor());
        assert_eq!(state(&sandbox), before);
    }
}

#[test]
fn nothing_is_asked_where_nothing_would_be_written() {
    let sandbox = torn();
    for args in [&["update", "--check"][..], &["update", "--diff"], &["update", "--output", "json"]] {
        let mut terminal = Terminal::start(&sandbox, args);
        terminal.exits(3);
        assert!(!terminal.said().contains("Which one?"), "{}", terminal.screen());
    }
}
