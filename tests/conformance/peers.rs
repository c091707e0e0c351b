//! What kube-score finds in what we render.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use plimsoll::notation;
use serde::Deserialize;

use crate::support::golden;
use crate::tools::{Tools, Trouble};

const KUBE_SCORE: (&str, &str) = ("github.com/zegl/kube-score/cmd/kube-score", "v1.20.0");

/// Grades of kube-score up to this one are warnings and what is worse.
const WARNING: u8 = 5;

/// Findings that we hold to be wrong: the check, its words, and why.
const HELD_WRONG: &[(&str, &str, &str)] = &[
    (
        "container-image-pull-policy",
        "not set to Always",
        "a fixed tag or a digest does not change, and Pods shall start while the registry is down; asked in \
         kube-score's closed issue 48",
    ),
    (
        "container-resources",
        "CPU limit is not set",
        "a CPU limit throttles while the node idles; kube-score has --ignore-container-cpu-limit, from its closed issue 30",
    ),
    (
        "container-security-context-user-group-id",
        "low ",
        "one golden service asks for a user below 10000, as an image may need; that it is not root is what counts",
    ),
    (
        "deployment-has-host-podantiaffinity",
        "does not have a host podAntiAffinity",
        "the Pods are spread over nodes by topologySpreadConstraints; kube-score's open issue 613",
    ),
    (
        "pod-networkpolicy",
        "matching egress",
        "what a service may call is decided for the cluster; a policy made of guesses would cut off what it needs",
    ),
    (
        "pod-probes-identical",
        "same readiness and liveness",
        "the liveness probe fails later than the readiness probe, by its failureThreshold; kube-score's closed issue 339",
    ),
];

/// What came of it.
#[derive(Debug)]
pub struct Judged {
    /// Services judged.
    pub services: usize,
    /// Verdicts given.
    pub checks: usize,
    /// Rows of the table of wrong findings that were met.
    pub held_wrong: usize,
}

impl Judged {
    /// The result, with the rows of a table of wrong findings that were met; a row that was not is a fault.
    pub fn closed(
        mut self,
        held_wrong: &[(&str, &str, &str)],
        met: &BTreeSet<usize>,
        mut faults: Vec<String>,
    ) -> Result<Self, Trouble> {
        let unmet = held_wrong.iter().enumerate().filter(|(row, _)| !met.contains(row));
        faults.extend(unmet.map(|(_, (check, ..))| format!("{check} is listed as wrong and not found any more")));
        self.held_wrong = met.len();
        if faults.is_empty() { Ok(self) } else { Err(Trouble::Faults(faults)) }
    }

    /// In one line, with what a peer found beside what we hold to be wrong.
    pub fn told(&self, found: &str) -> String {
        let Self { services, checks, held_wrong } = self;
        format!("{checks} verdicts on {services} services; {found} but {held_wrong} kinds of finding that we hold to be wrong")
    }
}

/// An object with its verdicts.
#[derive(Debug, Deserialize)]
pub struct Scored {
    /// As kube-score calls it.
    pub object_name: String,
    /// The verdicts.
    pub checks: Option<Vec<Score>>,
}

/// One verdict of kube-score.
#[derive(Debug, Deserialize)]
pub struct Score {
    check: About,
    grade: u8,
    skipped: bool,
    comments: Option<Vec<Comment>>,
}

#[derive(Debug, Deserialize)]
struct About {
    id: String,
}

#[derive(Debug, Deserialize)]
struct Comment {
    path: String,
    summary: String,
}

impl Score {
    /// The check.
    pub fn id(&self) -> &str {
        &self.check.id
    }

    /// Whether it fails; nothing where the check does not apply.
    pub fn fails(&self) -> Option<bool> {
        (!self.skipped).then_some(self.grade <= WARNING)
    }
}

/// The program, ready to run.
pub fn kube_score(tools: &Tools) -> Result<PathBuf, Trouble> {
    tools.install(KUBE_SCORE.0, KUBE_SCORE.1)
}

/// The folder of its sources.
pub fn sources(tools: &Tools) -> Result<PathBuf, Trouble> {
    tools.module("github.com/zegl/kube-score", KUBE_SCORE.1)
}

/// Has files judged together. Nothing where kube-score cannot read them.
pub fn score(program: &Path, files: &[PathBuf], flags: &[&str]) -> Option<Vec<Scored>> {
    let version = format!("v{}", notation::NEWEST);
    let output = Command::new(program)
        .args(["score", "--output-format", "json", "--kubernetes-version", &version])
        .args(flags)
        .args(files)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).ok()
}

/// Has all golden services judged.
pub fn judge(tools: &Tools) -> Result<Judged, Trouble> {
    let program = kube_score(tools)?;
    let (mut judged, mut faults, mut met) = (Judged { services: 0, checks: 0, held_wrong: 0 }, Vec::new(), BTreeSet::new());
    for case in golden::cases("render") {
        let mut files: Vec<PathBuf> = std::fs::read_dir(case.join("k8s")).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let scored = score(&program, &files, &[]).ok_or_else(|| format!("kube-score does not read {}", case.display()))?;
        judged.services += 1;
        for object in &scored {
            for score in object.checks.iter().flatten() {
                judged.checks += 1;
                if score.fails() != Some(true) {
                    continue;
                }
                for comment in score.comments.iter().flatten() {
                    match HELD_WRONG.iter().position(|(check, words, _)| *check == score.id() && comment.summary.contains(words))
                    {
                        Some(row) => drop(met.insert(row)),
                        None => faults.push(format!(
                            "{}: {}: {} {}: {}",
                            case.file_name().unwrap_or_default().to_string_lossy(),
                            object.object_name,
                            score.id(),
                            comment.path,
                            comment.summary
                        )),
                    }
                }
            }
        }
    }
    judged.closed(HELD_WRONG, &met, faults)
}
