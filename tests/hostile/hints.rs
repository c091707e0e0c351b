//! Commands in hints are made to be pasted: whatever the names in them, a shell runs nothing else.

use std::process::Command;

use super::inputs::service;
use crate::support::sandbox::{PLIMSOLL, Sandbox};

/// A name that runs a command where it is not quoted, and leaves a file behind.
const NAME: &str = "a$(: >PWNED);: >PWNED;'\"$(: >PWNED)\\";

/// Programs that hints name.
const PROGRAMS: &[&str] = &["plimsoll", "kubectl", "git", "mv", "rm", "chmod"];

/// A way to get a hint: what is made in a repository with a service, and what is run.
struct Case {
    make: fn(&Sandbox),
    args: &'static [&'static str],
    /// What the hint begins with.
    command: &'static str,
}

const CASES: &[Case] = &[
    Case {
        make: |it| {
            it.git(&["mv", "svc/k8s/deployment.yaml", &format!("svc/k8s/{}.yaml", NAME.replace('\\', ""))]);
            let service = it.read("svc/plimsoll.yaml");
            it.write("svc/plimsoll.yaml", &format!("{service}environment: staging\n"));
        },
        args: &["update", "svc", "--check"],
        command: "kubectl delete",
    },
    Case {
        make: |it| {
            it.git(&["branch", "x';$(>PWNED)"]);
            it.git(&["commit", "--quiet", "--allow-empty", "--message=other"]);
        },
        args: &[
            "new",
            "other",
            "--set",
            "name=a",
            "--set",
            "image=a/b:1.0.0",
            "--set",
            "ports.0.port=80",
            "--branch",
            "x';$(>PWNED)",
        ],
        command: "git switch",
    },
    Case {
        make: |it| std::fs::rename(it.dir().join("svc"), it.dir().join(NAME)).unwrap(),
        args: &["update", NAME, "--check", "--to", "2026.11"],
        command: "plimsoll update",
    },
    Case {
        make: |it| {
            let label = |value: &str| {
                let text = it.read("svc/k8s/deployment.yaml");
                let key = NAME.replace('\\', "\\\\").replace('"', "\\\"");
                it.write(
                    "svc/k8s/deployment.yaml",
                    &text.replacen("2.0.1", value, 1).replacen("labels:", &format!("labels:\n    \"{key}\": x"), 1),
                );
            };
            label("2.0.2");
            let service = it.read("svc/plimsoll.yaml");
            it.write("svc/plimsoll.yaml", &service.replace("2.0.1", "3.0.0"));
        },
        args: &["update", "svc", "--check", "--resolve", "Deployment.a$(: >PWNED)';: >PWNED;=ours"],
        command: "plimsoll update",
    },
    Case { make: |it| it.write(&format!("{NAME}/plimsoll.lock"), "lock: 1\n"), args: &["update", NAME], command: "git checkout" },
    Case {
        make: |it| {
            std::fs::rename(it.dir().join("svc"), it.dir().join(NAME)).unwrap();
            it.write(&format!("{NAME}/plimsoll.lock"), "lock: 0\n");
        },
        args: &["update", NAME],
        command: "git checkout HEAD -- ",
    },
    Case {
        make: |it| {
            for (file, name) in [("a", "a"), ("b", "b$(: >PWNED);: >PWNED;'")] {
                let object = format!("apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: \"{name}\" }}\n");
                it.write(&format!("two/{file}.yaml"), &object);
            }
        },
        args: &["adopt", "two", "--dry-run"],
        command: "--workload",
    },
    Case {
        make: |it| {
            for (name, value) in [("base", "a"), ("ours", "b"), ("theirs", "c")] {
                it.write(
                    name,
                    &format!("kind: A\napiVersion: v1\nmetadata: {{ name: a }}\n\"$(: >PWNED)';: >PWNED;\": {value}\n"),
                );
            }
        },
        args: &["merge", "base", "ours", "theirs", "--name", NAME],
        command: "plimsoll merge",
    },
];

/// The commands in a text that begin so: each to the end of its quotes, as hints have them.
fn commands(text: &str, begins: &str) -> Vec<String> {
    let starts = text.match_indices(begins).map(|(at, _)| &text[at..]);
    starts
        .map(|rest| rest.split(['`', '\n']).next().unwrap_or_default().split(", or ").next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn a_command_that_is_pasted_runs_nothing_else() {
    for Case { make, args, command } in CASES {
        let sandbox = service();
        make(&sandbox);
        let output = sandbox.command(PLIMSOLL).args(*args).output().unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        let found = commands(&text, command);
        assert!(!found.is_empty(), "{args:?} hints at no `{command}`:\n{text}");
        for line in found {
            // Substitutions of processes are bash's own, and stand in the hint of a merge driver.
            let stubs: String = PROGRAMS.iter().map(|program| format!("{program}() {{ :; }}; ")).collect();
            let line = if line.starts_with("--") { format!("plimsoll {line}") } else { line };
            let shell = Command::new("bash").arg("-c").arg(format!("{stubs}{line}")).current_dir(sandbox.dir()).output().unwrap();
            let said = String::from_utf8_lossy(&shell.stderr).into_owned();
            assert!(shell.status.success() && said.is_empty(), "{line}: {said}");
            assert!(!sandbox.dir().join("PWNED").exists(), "{line} runs a command");
        }
    }
}
