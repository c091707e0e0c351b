//! Our verdicts on the fixtures that peers test themselves with. None of them is kept here: they are
//! read where Go keeps its modules.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::peers;
use crate::support::judge;
use crate::tools::{self, Tools, Trouble};

/// The checks of kube-score that ask what items of ours ask.
const KUBE_SCORE: &[(&str, &[&str])] = &[
    ("container-ephemeral-storage-request-and-limit", &["ephemeral-storage-bounded"]),
    ("container-image-pull-policy", &["pull-policy"]),
    ("container-image-tag", &["image-pinned"]),
    ("container-memory-requests-equal-limits", &["memory-limit-equals-request"]),
    ("container-resources", &["requests-set", "memory-limit-equals-request"]),
    ("container-seccomp-profile", &["seccomp"]),
    ("container-security-context-privileged", &["no-privilege-escalation"]),
    ("container-security-context-readonlyrootfilesystem", &["read-only-root"]),
    ("container-security-context-user-group-id", &["non-root"]),
    ("deployment-has-host-podantiaffinity", &["host-spread"]),
    ("deployment-has-poddisruptionbudget", &["pdb-present"]),
    ("deployment-replicas", &["min-replicas"]),
    ("deployment-strategy", &["rolling-update-safe"]),
    ("deployment-targeted-by-hpa-does-not-have-replicas-configured", &["hpa-owns-replicas"]),
    ("horizontalpodautoscaler-replicas", &["hpa-bounds"]),
    ("label-values", &["labels-valid"]),
    ("pod-networkpolicy", &["network-policy"]),
    ("pod-probes", &["readiness-probe"]),
    ("pod-probes-identical", &["liveness-justified"]),
    ("poddisruptionbudget-has-policy", &["pdb-allows-drain"]),
    ("service-type", &["exposure-explicit"]),
    ("stable-version", &["stable-api-versions"]),
    ("statefulset-has-poddisruptionbudget", &["pdb-present"]),
];

/// The checks of the Pod Security Standards, by what their fixtures are called, and our items.
const POD_SECURITY: &[(&str, &[&str])] = &[
    ("allowprivilegeescalation", &["no-privilege-escalation"]),
    ("capabilities_baseline", &["drop-capabilities"]),
    ("capabilities_restricted", &["drop-capabilities"]),
    ("hostnamespaces", &["no-host-access"]),
    ("hostpathvolumes", &["no-host-access"]),
    ("hostports", &["no-host-access"]),
    ("privileged", &["no-privilege-escalation"]),
    ("runasnonroot", &["non-root"]),
    ("runasuser", &["non-root"]),
    ("seccompprofile_baseline", &["seccomp"]),
    ("seccompprofile_restricted", &["seccomp"]),
];

/// Disagreements: the check, whether we are the one that fails, how many, and why.
type Explained = (&'static str, bool, usize, &'static str);

const ON_KUBE_SCORE: &[Explained] = &[];
const ON_POD_SECURITY: &[Explained] = &[];

/// Verdicts on files: the check, the file, theirs, ours.
type Verdict = (&'static str, String, bool, bool);

/// Compares with kube-score on each of its fixtures.
pub fn of_kube_score(tools: &Tools) -> Result<String, Trouble> {
    let program = peers::kube_score(tools)?;
    let files = yaml_files(&peers::sources(tools)?.join("score/testdata"));
    let mut verdicts = Vec::new();
    for file in files {
        let flags = ["--all-default-optional", "--ignore-container-cpu-limit", "--disable-ignore-checks-annotations"];
        let Some(scored) = peers::score(&program, std::slice::from_ref(&file), &flags) else { continue };
        let mut theirs: BTreeMap<&str, bool> = BTreeMap::new();
        for score in scored.iter().flat_map(|object| object.checks.iter().flatten()) {
            if let Some(fails) = score.fails() {
                *theirs.entry(score.id()).or_default() |= fails;
            }
        }
        let ours = failed_items(&file);
        for (check, items) in KUBE_SCORE {
            if let Some(fails) = theirs.get(check) {
                verdicts.push((*check, name(&file), *fails, items.iter().any(|item| ours.contains(*item))));
            }
        }
    }
    summed_up(&verdicts, ON_KUBE_SCORE)
}

/// Compares with what the fixtures of the Pod Security Standards are meant to be.
pub fn of_pod_security(tools: &Tools) -> Result<String, Trouble> {
    let release = tools::NEWEST.version;
    let version = release.replacen("v1.", "v0.", 1);
    let minor = release.rsplit_once('.').unwrap_or_default().0;
    let root = tools.module("k8s.io/pod-security-admission", &version)?.join("test/testdata");
    let mut verdicts = Vec::new();
    for (level, verdict) in [("baseline", "pass"), ("baseline", "fail"), ("restricted", "pass"), ("restricted", "fail")] {
        for file in yaml_files(&root.join(level).join(minor).join(verdict)) {
            let about = name(&file);
            let about = about.trim_end_matches(|c: char| c.is_ascii_digit());
            let Some((check, items)) = POD_SECURITY.iter().find(|(check, _)| *check == about) else { continue };
            let ours = failed_items(&file);
            let fails = items.iter().any(|item| ours.contains(*item));
            verdicts.push((*check, format!("{level}/{verdict}/{}", name(&file)), verdict == "fail", fails));
        }
    }
    summed_up(&verdicts, ON_POD_SECURITY)
}

fn name(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect();
    files.sort();
    files
}

fn failed_items(file: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(file).unwrap();
    let report = judge::check_texts(judge::rules(), 2, &[("fixture.yaml", &text)]);
    report.findings.into_iter().map(|finding| finding.item).collect()
}

/// Prints the agreement by check and holds every disagreement against its explanation.
fn summed_up(verdicts: &[Verdict], explained: &[Explained]) -> Result<String, Trouble> {
    let mut faults = Vec::new();
    if verdicts.is_empty() {
        return Err("there are no fixtures".to_owned().into());
    }
    let checks: BTreeSet<&str> = verdicts.iter().map(|(check, ..)| *check).collect();
    for check in &checks {
        let of_check: Vec<&Verdict> = verdicts.iter().filter(|(of, ..)| of == check).collect();
        let equal = of_check.iter().filter(|(_, _, theirs, ours)| theirs == ours).count();
        println!("  {check}: {equal} of {} equal", of_check.len());
        for only_ours in [true, false] {
            let differ: Vec<&str> = of_check
                .iter()
                .filter(|(_, _, theirs, ours)| theirs != ours && *ours == only_ours)
                .map(|(_, file, ..)| file.as_str())
                .collect();
            let rows = explained.iter().filter(|(of, ours, ..)| of == check && *ours == only_ours);
            let count: usize = rows.map(|(_, _, count, _)| count).sum();
            if count != differ.len() {
                let who = if only_ours { "we fail" } else { "they fail" };
                faults.push(format!("{check}: {who} {} and {count} are explained: {}", differ.len(), differ.join(" ")));
            }
        }
    }
    let equal = verdicts.iter().filter(|(_, _, theirs, ours)| theirs == ours).count();
    let others = verdicts.len() - equal;
    if faults.is_empty() {
        Ok(format!("{equal} of {} verdicts equal in {} checks, {others} explained", verdicts.len(), checks.len()))
    } else {
        Err(Trouble::Faults(faults))
    }
}
