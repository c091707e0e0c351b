//! Every input with hostile text, in every output: nothing of it acts where it is shown.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::harmless::{Sink, fault};
use super::inputs::{INPUTS, Kind, LINE, MARK, service};
use crate::support::sandbox::{PLIMSOLL, Sandbox};

/// A run, what it reads, and where its standard output is shown. Standard error is always shown to people.
struct Output {
    reads: &'static [Kind],
    sink: Sink,
    args: &'static [&'static str],
    /// Whether it writes `body.md`, too.
    body: bool,
}

const fn row(reads: &'static [Kind], sink: Sink, args: &'static [&'static str]) -> Output {
    Output { reads, sink, args, body: false }
}

const CHECK: &[Kind] = &[Kind::Service, Kind::Checklist, Kind::Manifest, Kind::Waivers];
const UPDATE: &[Kind] = &[Kind::Service, Kind::Checklist, Kind::Manifest, Kind::Lock, Kind::Git];
const CHECKLIST: &[Kind] = &[Kind::Checklist];
const MANIFEST: &[Kind] = &[Kind::Manifest];

/// Every output. A new format, or a new command, is a row.
const OUTPUTS: &[Output] = &[
    row(CHECK, Sink::People, &["check", "svc", "--waivers", "waivers.yaml", "--today", "2026-11-20"]),
    row(CHECK, Sink::Json, &["check", "svc", "--waivers", "waivers.yaml", "--today", "2026-11-20", "--format", "json"]),
    row(CHECK, Sink::Json, &["check", "svc", "--waivers", "waivers.yaml", "--today", "2026-11-20", "--format", "sarif"]),
    row(CHECK, Sink::Xml, &["check", "svc", "--waivers", "waivers.yaml", "--today", "2026-11-20", "--format", "junit"]),
    row(CHECK, Sink::Annotations, &["check", "svc", "--waivers", "waivers.yaml", "--today", "2026-11-20", "--format", "github"]),
    row(CHECK, Sink::Markdown, &["check", "svc", "--waivers", "waivers.yaml", "--today", "2026-11-20", "--format", "markdown"]),
    row(MANIFEST, Sink::People, &["check", "."]),
    row(UPDATE, Sink::People, &["update", "svc", "--diff", "--to", "2026.11"]),
    row(UPDATE, Sink::Json, &["update", "svc", "--check", "--output", "json"]),
    Output { reads: UPDATE, sink: Sink::People, args: &["update", "svc", "--check", "--body", "body.md"], body: true },
    row(&[Kind::Git], Sink::People, &["update", "svc", "--branch", "x$(id)'\u{202e}EVIL##"]),
    row(UPDATE, Sink::People, &["update", "svc"]),
    row(&[Kind::Values], Sink::People, &["new", "new", "--values", "values.yaml", "--dry-run"]),
    row(&[Kind::Values], Sink::Json, &["new", "new", "--values", "values.yaml", "--dry-run", "--output", "json"]),
    row(&[Kind::Folder], Sink::People, NEW),
    row(MANIFEST, Sink::People, &["adopt", "svc/k8s", "--dry-run"]),
    row(MANIFEST, Sink::Json, &["adopt", "svc/k8s", "--dry-run", "--output", "json"]),
    row(CHECKLIST, Sink::People, &["checklist", "--checklist", "acme.yaml"]),
    row(CHECKLIST, Sink::Json, &["checklist", "--checklist", "acme.yaml", "--format", "json"]),
    row(CHECKLIST, Sink::Markdown, &["checklist", "--checklist", "acme.yaml", "--format", "markdown"]),
    row(CHECKLIST, Sink::People, &["checklist", "test", "acme.yaml"]),
    row(CHECKLIST, Sink::People, &["checklist", "diff", "production@2026.12", "acme.yaml"]),
    row(CHECKLIST, Sink::Json, &["checklist", "diff", "production@2026.12", "acme.yaml", "--output", "json"]),
    row(CHECKLIST, Sink::People, &["explain", "acme-evil", "--checklist", "acme.yaml"]),
    row(MANIFEST, Sink::People, &["merge", "base.yaml", "svc/k8s/deployment.yaml", "theirs.yaml", "-o", "merged.yaml"]),
    row(MANIFEST, Sink::Json, &["merge", "base.yaml", "svc/k8s/deployment.yaml", "theirs.yaml", "--output", "json"]),
];

const NEW: &[&str] = &["new", ".", "--defaults", "--set", "image=a/b:1.0.0", "--set", "ports.0.port=80", "--dry-run"];

/// Runs that print data as it is, and only their messages for people.
const DATA: &[(&[Kind], &[&str])] = &[
    (&[Kind::Service], &["render", "svc"]),
    (MANIFEST, &["merge", "base.yaml", "svc/k8s/deployment.yaml", "theirs.yaml"]),
    (CHECKLIST, &["checklist", "export", "--as", "admission-policy", "--checklist", "acme.yaml"]),
];

/// Runs a command with colours forced, and gives what it printed.
fn run(sandbox: &Sandbox, args: &[&str]) -> (String, String) {
    let output = sandbox.command(PLIMSOLL).args(args).env("CLICOLOR_FORCE", "1").output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    assert_ne!(output.status.code(), Some(101), "{args:?} {}", String::from_utf8_lossy(&output.stderr));
    (text(output.stdout), text(output.stderr))
}

/// What is wrong with what a command printed of an input, and whether anything of the input was in it.
fn judge(sandbox: &Sandbox, output: &Output) -> (Option<String>, bool) {
    let (stdout, stderr) = run(sandbox, output.args);
    // A command that fails says why in the notation of its report, or not at all.
    let mut faults = vec![fault(Sink::People, &stderr).map(|fault| format!("stderr: {fault}"))];
    if !stdout.is_empty() {
        faults.push(fault(output.sink, &stdout).map(|fault| format!("stdout: {fault}")));
    }
    let mut is_told = stdout.contains(MARK) || stderr.contains(MARK);
    if output.body && sandbox.dir().join("body.md").exists() {
        let body = sandbox.read("body.md");
        faults.push(fault(Sink::Markdown, &body).map(|fault| format!("body: {fault}")));
        is_told |= body.contains(MARK);
    }
    (faults.into_iter().flatten().next(), is_told)
}

#[test]
fn nothing_of_an_input_acts_where_it_is_shown() {
    let plain = service();
    plain.write("values.yaml", "name: b\nimage: a/b:1.0.0\nports: [{ port: 80 }]\n");
    plain.write("waivers.yaml", "waivers: []\n");
    plain.write("base.yaml", &plain.read("svc/k8s/deployment.yaml"));
    plain.write("theirs.yaml", &plain.read("svc/k8s/deployment.yaml").replace("2.0.1", "3.0.0"));
    plain.git(&["add", "--all"]);
    plain.git(&["commit", "--quiet", "--message=others"]);
    let judged: Vec<(usize, usize, Option<String>, bool)> = INPUTS
        .par_iter()
        .enumerate()
        .flat_map_iter(|(number, input)| {
            let sandbox = plain.copy();
            (input.make)(&sandbox);
            let judged: Vec<_> = OUTPUTS
                .iter()
                .enumerate()
                .filter(|(_, row)| row.reads.contains(&input.kind))
                .map(|(output, row)| {
                    let (fault, is_told) = judge(&sandbox, row);
                    (number, output, fault, is_told)
                })
                .collect();
            for (_, args) in DATA.iter().filter(|(reads, _)| reads.contains(&input.kind)) {
                let (_, stderr) = run(&sandbox, args);
                assert_eq!(fault(Sink::People, &stderr), None, "{}: {args:?}", input.name);
            }
            judged
        })
        .collect();
    let mut faults = Vec::new();
    let (mut inputs, mut outputs): (BTreeMap<usize, bool>, BTreeMap<usize, bool>) = Default::default();
    for (input, output, fault, is_told) in judged {
        *inputs.entry(input).or_default() |= is_told;
        *outputs.entry(output).or_default() |= is_told;
        faults.extend(fault.map(|fault| format!("{} in {:?}: {fault}", INPUTS[input].name, OUTPUTS[output].args)));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    // What is told nowhere proves nothing.
    let silent: Vec<_> = inputs.iter().filter(|(_, told)| !**told).map(|(input, _)| INPUTS[*input].name).collect();
    assert!(silent.is_empty(), "told nowhere: {silent:?}");
    let silent: Vec<_> = outputs.iter().filter(|(_, told)| !**told).map(|(output, _)| OUTPUTS[*output].args).collect();
    assert!(silent.is_empty(), "tells nothing: {silent:?}");
}

/// What is refused at once is told of in its fault alone.
#[test]
fn what_has_hostile_words_alone_is_accepted() {
    for (name, args) in [
        ("own checklist, its words", &["checklist", "--checklist", "acme.yaml"][..]),
        ("own checklist, its words", &["checklist", "test", "acme.yaml"]),
        ("own checklist, its words", &["update", "svc"]),
        ("service file, free texts", &["update", "svc"]),
        ("service file, what others own and what is waived", &["update", "svc"]),
        ("manifest, keys and values", &["update", "svc"]),
        ("manifest, comments that go", &["update", "svc"]),
        ("waivers file", &["check", "svc/k8s", "--waivers", "waivers.yaml", "--fail-on", "error"]),
    ] {
        let sandbox = service();
        (INPUTS.iter().find(|input| input.name == name).unwrap().make)(&sandbox);
        let output = sandbox.command(PLIMSOLL).args(args).output().unwrap();
        let (code, stderr) = (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned());
        assert!(code != Some(2), "{name}: {args:?}\n{stderr}");
    }
}

#[test]
fn arguments_are_repeated_harmless() {
    let sandbox = Sandbox::new();
    let hostile = format!("{LINE}\n::set-output name=x::y\u{1b}]0;{MARK}\u{7}");
    let arguments: &[&[&str]] = &[
        &[&hostile],
        &["check", &hostile],
        &["check", "--tier", &hostile],
        &["check", &format!("--{hostile}")],
        &["check", "--today", &hostile],
        &["explain", &hostile],
        &["new", "--set", &hostile],
        &["new", "--set", &format!("name={hostile}"), "--no-commit"],
        &["new", "svc", "--checklist", &hostile],
        &["update", "--resolve", &hostile],
        &["update", &hostile, "--to", &hostile],
        &["merge", &hostile, &hostile, &hostile],
        &["schema", &hostile],
        &["blueprint", "show", &hostile],
        &["man", &hostile],
        &["completions", &hostile],
    ];
    for args in arguments {
        let (stdout, stderr) = run(&sandbox, args);
        assert_eq!((fault(Sink::People, &stderr), stdout.as_str()), (None, ""), "{args:?}");
        assert!(stderr.contains(MARK), "{args:?}: {stderr}");
    }
}

/// What is set in a service file reaches the message of its commit, and does nothing there.
#[test]
fn a_commit_message_calls_nobody() {
    let sandbox = service();
    let text = sandbox.read("svc/plimsoll.yaml");
    let values =
        ["@org/team", "Fixes #12", "closes a/b#3 and a/b!4", "[skip ci]", "GH-5", "***NO_CI***", "::error::x ##[error]y"];
    let env: String =
        (1..).zip(values).map(|(number, value)| format!("  - {{ name: A{number}, value: \"{value}\" }}\n")).collect();
    sandbox.write("svc/plimsoll.yaml", &format!("{text}env:\n{env}"));
    sandbox.run(&["update", "svc", "--body", "body.md"]).exits(0);
    let message = sandbox.git(&["log", "-1", "--format=%B"]);
    assert_eq!(fault(Sink::Message, &message), None, "{message}");
    assert!(message.contains("team") && message.contains("closes"), "{message}");
    // A body that is squashed into a commit is read as it stands.
    let body = sandbox.read("body.md");
    assert_eq!((fault(Sink::Markdown, &body), fault(Sink::Message, &body)), (None, None), "{body}");
}

#[test]
fn a_commit_message_has_no_line_of_others() {
    let sandbox = service();
    let input = INPUTS.iter().find(|input| input.name == "conflict on both sides").unwrap();
    (input.make)(&sandbox);
    let (_, stderr) = run(&sandbox, &["update", "svc", "--theirs"]);
    let message = sandbox.git(&["log", "-1", "--format=%B"]);
    assert!(message.contains("Plimsoll-Checklist: ") && message.contains(MARK), "{message}{stderr}");
    assert_eq!(fault(Sink::Message, &message), None, "{message}");
    let trailers = sandbox.git(&["log", "-1", "--format=%(trailers:only)"]);
    assert_eq!(trailers.lines().filter(|line| !line.is_empty()).count(), 2, "{trailers}");
}
