//! A signal to end that comes while a run commits: what was begun is undone or finished before the run ends.

use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::support::fleet::NEW;
use crate::support::sandbox::{PLIMSOLL, Sandbox};

/// Sends a signal to a run while its hook waits; to its whole group, as a terminal does, or to it alone.
fn interrupted(signal: &str, group: bool) -> (Sandbox, std::process::ExitStatus) {
    let sandbox = Sandbox::repository();
    sandbox.run(&[NEW, &["svc"]].concat()).exits(0);
    let service = sandbox.read("svc/plimsoll.yaml");
    sandbox.write("svc/plimsoll.yaml", &format!("{service}scale: {{ max: 12 }}\n"));
    sandbox.git(&["commit", "--quiet", "--all", "--message=more"]);
    sandbox.hook("pre-commit", "touch .git/waiting; while [ ! -e .git/go ]; do sleep 0.02; done");
    let mut command = sandbox.command(PLIMSOLL);
    command.args(["update", "svc"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    let mut child = command.spawn().unwrap();
    while !sandbox.dir().join(".git/waiting").exists() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before its commit");
        thread::sleep(Duration::from_millis(5));
    }
    let target = if group { format!("-{}", child.id()) } else { child.id().to_string() };
    assert!(Command::new("kill").args(["-s", signal, "--", &target]).status().unwrap().success());
    if !group {
        sandbox.write(".git/go", "");
    }
    let status = child.wait().unwrap();
    (sandbox, status)
}

fn is_at_rest(sandbox: &Sandbox) {
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    for left in ["index.lock", "plimsoll/journal", "HEAD.lock"] {
        assert!(!sandbox.dir().join(".git").join(left).exists(), "{left}");
    }
}

#[test]
fn ctrl_c_puts_everything_back() {
    for (signal, number) in [("INT", 2), ("HUP", 1), ("TERM", 15)] {
        let (sandbox, status) = interrupted(signal, true);
        assert_eq!(status.signal(), Some(number), "{signal}");
        is_at_rest(&sandbox);
        assert_eq!(sandbox.git(&["log", "-1", "--format=%s"]), "more\n", "{signal}");
        sandbox.run(&["update", "svc", "--check"]).exits(1);
    }
}

#[test]
fn a_commit_that_goes_on_is_finished_before_the_run_ends() {
    let (sandbox, status) = interrupted("TERM", false);
    assert_eq!(status.signal(), Some(15));
    is_at_rest(&sandbox);
    sandbox.run(&["update", "svc", "--check"]).exits(0);
}
