//! Our verdicts on the fixtures that peers test themselves with. None of them is kept here: they are
//! read where Go keeps its modules.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use plimsoll::check::Finding;
use plimsoll::notation::{KubeVersion, NEWEST, OLDEST};

use crate::peers;
use crate::support::judge;
use crate::tools::{self, Tools, Trouble};

/// Checks of a peer, and the items of ours that ask the same, each with words that its message or
/// field must hold where only some of its findings are about that.
type Counterpart = (&'static [&'static str], &'static [(&'static str, &'static str)]);

/// Not among them is container-image-pull-policy, which asks for the opposite of our item.
const KUBE_SCORE: &[Counterpart] = &[
    (&["container-ephemeral-storage-request-and-limit"], &[("ephemeral-storage-bounded", "")]),
    (&["container-image-tag"], &[("image-pinned", "")]),
    (
        &["container-resources", "container-memory-requests-equal-limits"],
        &[("requests-set", ""), ("memory-limit-equals-request", "")],
    ),
    (&["container-seccomp-profile"], &[("seccomp", "")]),
    (&["container-security-context-privileged"], &[("no-privilege-escalation", "privileged")]),
    (&["container-security-context-readonlyrootfilesystem"], &[("read-only-root", "")]),
    (&["container-security-context-user-group-id"], &[("non-root", "")]),
    (&["deployment-has-host-podantiaffinity"], &[("host-spread", "")]),
    (&["deployment-has-poddisruptionbudget"], &[("pdb-present", "")]),
    (&["deployment-replicas"], &[("min-replicas", "")]),
    (&["deployment-strategy"], &[("rolling-update-safe", "all stop before")]),
    (&["deployment-targeted-by-hpa-does-not-have-replicas-configured"], &[("hpa-owns-replicas", "")]),
    (&["horizontalpodautoscaler-replicas"], &[("hpa-bounds", "")]),
    (&["label-values"], &[("labels-valid", "labels")]),
    (&["pod-networkpolicy"], &[("network-policy", "no NetworkPolicy")]),
    (&["pod-probes"], &[("readiness-probe", "")]),
    (&["pod-probes-identical"], &[("liveness-justified", "")]),
    (&["poddisruptionbudget-has-policy"], &[("pdb-allows-drain", "allows no eviction")]),
    (&["service-type"], &[("exposure-explicit", "")]),
    (&["stable-version"], &[("stable-api-versions", "")]),
    (&["statefulset-has-poddisruptionbudget"], &[("pdb-present", "")]),
];

/// The items that are the restricted Pod Security Standard together.
const RESTRICTED: &[(&str, &str)] = &[
    ("drop-capabilities", ""),
    ("no-host-access", ""),
    ("no-privilege-escalation", ""),
    ("non-root", ""),
    ("pod-security", ""),
    ("seccomp", ""),
];

/// The checks of the Pod Security Standards, by what their fixtures are called, and the items that say what they find.
const POD_SECURITY: &[Counterpart] = &[
    (&["allowprivilegeescalation"], &[("no-privilege-escalation", "")]),
    (&["apparmorprofile"], &[("pod-security", "appArmorProfile"), ("pod-security", "annotations")]),
    (&["base", "base_linux", "base_windows"], RESTRICTED),
    (&["capabilities_baseline", "capabilities_restricted"], &[("drop-capabilities", "")]),
    (&["hostnamespaces"], &[("no-host-access", "spec.host")]),
    (&["hostpathvolumes"], &[("no-host-access", "volumes")]),
    (&["hostports"], &[("no-host-access", "hostPort")]),
    (&["hostprobesandhostlifecycle"], &[("pod-security", ".host")]),
    (&["privileged"], &[("no-privilege-escalation", "")]),
    (&["procmount", "procmount_restricted"], &[("pod-security", "procMount")]),
    (&["restrictedvolumes"], &[("no-host-access", "volumes"), ("pod-security", "volumes")]),
    (&["runasnonroot"], &[("non-root", ""), ("pod-security", "runAsNonRoot")]),
    (&["runasuser"], &[("non-root", "runAsUser"), ("pod-security", "runAsUser")]),
    (&["seccompprofile_baseline", "seccompprofile_restricted"], &[("seccomp", ""), ("pod-security", "seccompProfile")]),
    (&["selinuxoptions"], &[("pod-security", "seLinuxOptions")]),
    (&["sysctls"], &[("pod-security", "sysctls")]),
    (&["windowshostprocess"], &[("no-host-access", "hostProcess")]),
];

/// Disagreements: the check, whether we are the one that fails, how many, and why.
type Explained = (&'static str, bool, usize, Why);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Why {
    /// We are right: the reason.
    Ours(&'static str),
    /// Each asks for something else: the difference.
    Defined(&'static str),
}

const DEFAULTED: Why = Why::Ours("Kubernetes takes the limit for a request that is not given");
const NO_CONTAINERS: Why = Why::Ours("the fixture has no containers, which no API server takes");

const ON_KUBE_SCORE: &[Explained] = &[
    ("container-ephemeral-storage-request-and-limit", false, 3, DEFAULTED),
    ("container-ephemeral-storage-request-and-limit", false, 2, NO_CONTAINERS),
    ("container-resources", false, 10, DEFAULTED),
    ("container-resources", false, 2, NO_CONTAINERS),
    ("container-seccomp-profile", true, 2, Why::Ours("Kubernetes 1.27 dropped the annotation for the profile")),
    ("container-seccomp-profile", false, 2, NO_CONTAINERS),
    (
        "container-security-context-user-group-id",
        true,
        10,
        Why::Defined("kube-score asks for ids above 10000, we for runAsNonRoot, which the kubelet enforces"),
    ),
    (
        "deployment-has-host-podantiaffinity",
        true,
        3,
        Why::Defined("kube-score asks for podAntiAffinity, we for topologySpreadConstraints, which let Pods share nodes at need"),
    ),
    ("deployment-has-host-podantiaffinity", false, 2, NO_CONTAINERS),
    ("deployment-has-poddisruptionbudget", false, 2, NO_CONTAINERS),
    ("pod-networkpolicy", false, 14, Why::Defined("we ask for a policy of Pods that keep running, kube-score of Jobs too")),
    ("pod-networkpolicy", false, 1, Why::Defined("we ask what reaches the Pods, kube-score what they reach too")),
    ("pod-probes", true, 5, Why::Defined("we ask too that the container declares the port that is probed")),
    ("pod-probes-identical", true, 13, Why::Defined("we ask for the reason of every liveness probe")),
    (
        "poddisruptionbudget-has-policy",
        true,
        5,
        Why::Ours("a budget that lets no Pod go has a bound too, and blocks every drain of a node"),
    ),
];

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
        let ours = findings(&file);
        for (checks, items) in KUBE_SCORE {
            let given: Vec<bool> = checks.iter().filter_map(|check| theirs.get(check).copied()).collect();
            if !given.is_empty() {
                verdicts.push((checks[0], name(&file), given.contains(&true), fails(&ours, items)));
            }
        }
    }
    summed_up(&verdicts, ON_KUBE_SCORE)
}

/// Compares with what the fixtures of the Pod Security Standards are meant to be, in every version that manifests can
/// be rendered for: none that passes has a finding, and in each that fails we find what its check does.
pub fn of_pod_security(tools: &Tools) -> Result<String, Trouble> {
    let module = tools::NEWEST.version.replacen("v1.", "v0.", 1);
    let root = tools.module("k8s.io/pod-security-admission", &module)?.join("test/testdata");
    let mut verdicts = Vec::new();
    for minor in OLDEST.minor..=NEWEST.minor {
        // What passes at the lower level need not be what we ask for.
        for (level, verdict) in [("baseline", "fail"), ("restricted", "pass"), ("restricted", "fail")] {
            for file in yaml_files(&root.join(format!("{level}/v1.{minor}/{verdict}"))) {
                let about = name(&file);
                let about = about.trim_end_matches(|c: char| c.is_ascii_digit());
                let row = POD_SECURITY.iter().find(|(checks, _)| checks.contains(&about));
                let (checks, items) = row.ok_or_else(|| format!("no item has what {} is about", file.display()))?;
                let items = if verdict == "fail" { items } else { RESTRICTED };
                let text = fs::read_to_string(&file).unwrap();
                let found = judge::check_texts_for(judge::rules(), 2, KubeVersion { minor }, &[("fixture.yaml", &text)]).findings;
                let name = format!("{level}/v1.{minor}/{verdict}/{}", name(&file));
                verdicts.push((checks[0], name, verdict == "fail", fails(&found, items)));
            }
        }
    }
    let told = summed_up(&verdicts, &[])?;
    Ok(format!("{told} and {} versions, {OLDEST} to {NEWEST}", NEWEST.minor - OLDEST.minor + 1))
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

fn findings(file: &Path) -> Vec<Finding> {
    let text = fs::read_to_string(file).unwrap();
    judge::check_texts(judge::rules(), 2, &[("fixture.yaml", &text)]).findings
}

fn fails(findings: &[Finding], items: &[(&str, &str)]) -> bool {
    let about = |finding: &Finding, words: &str| finding.message.contains(words) || finding.field.contains(words);
    items.iter().any(|(item, words)| findings.iter().any(|finding| finding.item == *item && about(finding, words)))
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
    if !faults.is_empty() {
        return Err(Trouble::Faults(faults));
    }
    let (mut ours_right, mut defined) = (0, 0);
    for (check, _, count, why) in explained {
        let (sum, words, reason) = match why {
            Why::Ours(reason) => (&mut ours_right, "ours right", reason),
            Why::Defined(reason) => (&mut defined, "defined differently", reason),
        };
        *sum += count;
        println!("  {check}: {count} {words}: {reason}");
    }
    let equal = verdicts.len() - ours_right - defined;
    let mut text = format!("{equal} of {} verdicts equal in {} checks", verdicts.len(), checks.len());
    if equal < verdicts.len() {
        text = format!("{text}; in {ours_right} ours is right, {defined} are defined differently");
    }
    Ok(text)
}
