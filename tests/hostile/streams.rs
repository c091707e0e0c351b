//! Where output goes: what cannot be written is an error, and a file that is named stays what it is.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, symlink};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::inputs::service;
use crate::support::sandbox::{PLIMSOLL, Sandbox};

/// Every command that writes data.
const DATA: &[&[&str]] = &[
    &["render", "svc"],
    &["check", "svc"],
    &["check", "svc", "--format", "json"],
    &["check", "svc", "--format", "sarif"],
    &["check", "svc", "--format", "junit"],
    &["check", "svc", "--format", "github"],
    &["check", "svc", "--format", "markdown"],
    &["merge", "svc/k8s/hpa.yaml", "svc/k8s/hpa.yaml", "svc/k8s/hpa.yaml"],
    &["merge", "svc/k8s/hpa.yaml", "svc/k8s/hpa.yaml", "svc/k8s/hpa.yaml", "--output", "json"],
    &["schema", "service"],
    &["man"],
    &["completions", "bash"],
    &["update", "svc", "--check"],
    &["update", "svc", "--check", "--output", "json"],
    &["checklist"],
    &["checklist", "--format", "json"],
    &["checklist", "export", "--as", "admission-policy"],
    &["checklist", "diff", "production@2026.11", "production"],
    &["explain"],
    &["explain", "min-replicas"],
    &["blueprint", "list"],
    &["new", "other", "--set", "name=a", "--set", "image=a/b:1.0.0", "--set", "ports.0.port=80", "--dry-run"],
    &["--help"],
    &["check", "--help"],
    &["--version"],
];

#[cfg(target_os = "linux")]
#[test]
fn data_that_cannot_be_written_is_an_error() {
    let sandbox = service();
    for args in DATA {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = sandbox.command(PLIMSOLL).args(*args).stdout(full).stderr(Stdio::piped()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains("cannot write to standard output: No space left"), "{args:?}: {said}");
        // A handle that cannot be written to at all says so, too.
        let unwritable = fs::File::open("/dev/null").unwrap();
        let output = sandbox.command(PLIMSOLL).args(*args).stdout(unwritable).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn a_reader_that_goes_away_wanted_no_more() {
    let sandbox = service();
    for args in DATA {
        let mut command = sandbox.command(PLIMSOLL);
        let mut child = command.args(*args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The merge whose result a test looks for, and that result.
fn merged(sandbox: &Sandbox, into: &str) -> Command {
    let text = sandbox.read("svc/k8s/hpa.yaml");
    sandbox.write("theirs.yaml", &text.replace("maxReplicas: ", "maxReplicas: 1"));
    let mut command = sandbox.command(PLIMSOLL);
    command.args(["merge", "svc/k8s/hpa.yaml", "svc/k8s/hpa.yaml", "theirs.yaml", "-o", into]);
    command
}

fn made(sandbox: &Sandbox, program: &str, args: &[&str]) -> PathBuf {
    assert!(sandbox.command(program).args(args).status().unwrap().success());
    sandbox.dir().join(args[0])
}

#[test]
fn a_pipe_is_written_to_and_stays_one() {
    let sandbox = service();
    let pipe = made(&sandbox, "mkfifo", &["pipe"]);
    for reader_first in [true, false] {
        let open = pipe.clone();
        let read = move || {
            let mut text = String::new();
            fs::File::open(open).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        let reader = reader_first.then(|| std::thread::spawn(read.clone()));
        let mut child = merged(&sandbox, "pipe").spawn().unwrap();
        let text = reader.unwrap_or_else(|| std::thread::spawn(read)).join().unwrap();
        assert!(child.wait().unwrap().success());
        assert_eq!(text, sandbox.read("theirs.yaml"));
    }
    // Nobody reads: an error, and no waiting for ever.
    let output = merged(&sandbox, "pipe").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nobody reads it"));
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
    let update = ["update", "svc", "--check", "--body", "pipe"];
    let child = sandbox.command(PLIMSOLL).args(update).stdout(Stdio::null()).spawn().unwrap();
    assert_eq!(fs::read_to_string(&pipe).unwrap(), "Nothing changes.\n");
    assert!(child.wait_with_output().unwrap().status.success());
}

#[cfg(target_os = "linux")]
#[test]
fn devices_stay_devices() {
    let sandbox = service();
    let (null, full) = (fs::metadata("/dev/null").unwrap().rdev(), fs::metadata("/dev/full").unwrap().rdev());
    // A link of the repository that leads out of it is a stranger's.
    symlink("/dev/null", sandbox.dir().join("null")).unwrap();
    for (into, code) in [("/dev/null", 0), ("null", 2), ("/dev/full", 2)] {
        assert_eq!(merged(&sandbox, into).output().unwrap().status.code(), Some(code), "{into}");
        let body = ["update", "svc", "--check", "--body", into];
        assert_eq!(sandbox.command(PLIMSOLL).args(body).output().unwrap().status.code(), Some(code), "{into}");
    }
    let [null_now, full_now] = ["/dev/null", "/dev/full"].map(|path| fs::metadata(path).unwrap());
    assert!(null_now.file_type().is_char_device() && full_now.file_type().is_char_device());
    assert_eq!((null_now.rdev(), full_now.rdev()), (null, full));
    assert!(sandbox.dir().join("null").is_symlink());
}

#[cfg(target_os = "linux")]
#[test]
fn standard_output_by_its_name_is_standard_output() {
    let sandbox = service();
    let output = merged(&sandbox, "/dev/stdout").output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), sandbox.read("theirs.yaml"));
    sandbox.write("log", "before\n");
    let log = fs::OpenOptions::new().append(true).open(sandbox.dir().join("log")).unwrap();
    assert!(merged(&sandbox, "/dev/stdout").stdout(log).status().unwrap().success());
    assert_eq!(sandbox.read("log"), format!("before\n{}", sandbox.read("theirs.yaml")));
}

#[test]
fn links_are_followed_and_stay_links() {
    let sandbox = service();
    let at = |name: &str| sandbox.dir().join(name);
    sandbox.write("file", "old");
    symlink("file", at("soft")).unwrap();
    fs::hard_link(at("file"), at("hard")).unwrap();
    symlink("gone", at("dangling")).unwrap();
    assert!(merged(&sandbox, "soft").status().unwrap().success());
    assert!(at("soft").is_symlink());
    assert_eq!([sandbox.read("file"), sandbox.read("hard")], [sandbox.read("theirs.yaml"), sandbox.read("theirs.yaml")]);
    for args in [&["update", "svc", "--check", "--body", "dangling"][..], &["update", "svc", "--check", "--body", "svc"]] {
        assert_eq!(sandbox.command(PLIMSOLL).args(args).output().unwrap().status.code(), Some(2), "{args:?}");
    }
    assert_eq!(merged(&sandbox, "dangling").output().unwrap().status.code(), Some(2));
    assert!(at("dangling").is_symlink() && !at("gone").exists());
}

#[test]
fn data_is_written_byte_for_byte() {
    let sandbox = Sandbox::new();
    let text = "kind: A\napiVersion: v1\nmetadata: { name: a }\na: \"\u{202e}\u{85} ##[error]\"\nb: |\n  ::set-output name=x::y\n  \u{1f6a2}\r\n";
    sandbox.write("a.yaml", text);
    for (args, colours) in [(&["merge", "a.yaml", "a.yaml", "a.yaml"][..], "0"), (&["merge", "a.yaml", "a.yaml", "a.yaml"], "1")]
    {
        let output = sandbox.command(PLIMSOLL).args(args).env("CLICOLOR_FORCE", colours).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), text, "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// Runs a command whose standard output takes nothing, and gives what it said elsewhere.
#[cfg(target_os = "linux")]
fn unheard(sandbox: &Sandbox, args: &[&str]) -> String {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = sandbox.command(PLIMSOLL).args(args).stdout(full).stderr(Stdio::piped()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
    assert!(said.contains("cannot write to standard output: No space left"), "{args:?}: {said}");
    said
}

#[cfg(target_os = "linux")]
#[test]
fn what_was_done_is_told_where_its_report_is_lost() {
    let new = ["new", "other", "--set", "name=a", "--set", "image=a/b:1.0.0", "--set", "ports.0.port=80"];
    let done = [
        &[&new[..], &["--output", "text"]].concat()[..],
        &[&new[..], &["--output", "json"]].concat(),
        &["update", "svc", "--output", "json"],
        &["adopt", "hand", "--yes", "--output", "json"],
    ];
    let shown_first = [&["update", "svc"][..], &["adopt", "hand", "--yes"]];
    for (args, is_done) in done.into_iter().map(|args| (args, true)).chain(shown_first.into_iter().map(|args| (args, false))) {
        let sandbox = service();
        let text = sandbox.read("svc/plimsoll.yaml");
        sandbox.write("svc/plimsoll.yaml", &format!("{text}scale: {{ max: 12 }}\n"));
        sandbox.write("hand/k8s/deployment.yaml", &sandbox.read("svc/k8s/deployment.yaml").replace("cart", "hand"));
        sandbox.git(&["add", "--all"]);
        sandbox.git(&["commit", "--quiet", "--message=more"]);
        let before = sandbox.files();
        let said = unheard(&sandbox, args);
        let commit = sandbox.git(&["rev-parse", "HEAD"]);
        if is_done {
            assert!(said.contains(&format!("  Committed {} on main: ", &commit[..10])), "{args:?}: {said}");
        } else {
            // What cannot be shown before it is written is not written.
            assert!(said.contains("nothing was changed") && sandbox.files() == before, "{args:?}: {said}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_body_that_is_lost_keeps_no_report_back() {
    let sandbox = service();
    let text = sandbox.read("svc/plimsoll.yaml");
    sandbox.write("svc/plimsoll.yaml", &format!("{text}scale: {{ max: 12 }}\n"));
    let run = sandbox.run(&["update", "svc", "--body", "/dev/full", "--output", "json"]).exits(2);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["services"][0]["written"], true);
    assert!(run.stderr.contains("/dev/full") && run.stderr.contains("  Committed "), "{}", run.stderr);
}
