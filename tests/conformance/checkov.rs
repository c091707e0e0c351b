//! What checkov finds in what we render.

use std::collections::BTreeSet;
use std::process::Command;

use serde::Deserialize;

use crate::peers::Judged;
use crate::support::golden;
use crate::tools::{self, Tools, Trouble};

const VERSION: &str = "3.3.30";

/// Findings that we hold to be wrong: the check, the one golden service that it is about where it is not
/// about all, and why.
const HELD_WRONG: &[(&str, &str, &str)] = &[
    ("CKV_K8S_8", "", "a liveness probe without a reason restarts Pods that wait for something; readiness takes them out of use"),
    ("CKV_K8S_11", "", "a CPU limit throttles while the node idles; checkov's open issue 7226"),
    (
        "CKV_K8S_15",
        "",
        "a fixed tag does not change, and Pods shall start while the registry is down; digests pass since checkov's issue 4776",
    ),
    ("CKV_K8S_21", "", "a manifest without a namespace goes where it is applied; checkov's issue 3910, closed for Helm alone"),
    (
        "CKV_K8S_25",
        "port-80-drains-itself",
        "a process without rights takes port 80 with NET_BIND_SERVICE alone, as restricted allows",
    ),
    (
        "CKV_K8S_35",
        "tier-1-jvm-load-tested",
        "what was answered asks for the variable; which way a program reads secrets is its own",
    ),
    ("CKV_K8S_38", "workload-identity-api-access", "the service calls the API of Kubernetes, and was asked whether it does"),
    ("CKV_K8S_40", "port-80-drains-itself", "the image asks for a user below 10000; that it is not root is what counts"),
    ("CKV_K8S_43", "", "a digest is asked of tier 1; a tag that does not move names the release for people"),
];

#[derive(Deserialize)]
struct Report {
    results: Results,
    summary: Summary,
}

#[derive(Deserialize)]
struct Results {
    failed_checks: Vec<Failed>,
}

#[derive(Deserialize)]
struct Summary {
    passed: usize,
    failed: usize,
    parsing_errors: usize,
}

#[derive(Deserialize)]
struct Failed {
    check_id: String,
    check_name: String,
    /// Below the folder that is judged, with a slash before it.
    file_path: String,
    resource: String,
}

/// Has all golden services judged.
pub fn judge(tools: &Tools) -> Result<Judged, Trouble> {
    let program = tools.python_program("checkov", VERSION)?;
    let services = golden::cases("render");
    let folder = services[0].parent().unwrap();
    let options = ["--framework", "kubernetes", "--compact", "--quiet", "--skip-download", "--soft-fail", "-o", "json", "-d"];
    let output = tools::run(Command::new(program).args(options).arg(folder))?;
    let report: Report = serde_json::from_str(&output).map_err(|error| format!("checkov: {error}"))?;
    let (mut faults, mut met) = (Vec::new(), BTreeSet::new());
    if report.summary.parsing_errors > 0 {
        faults.push(format!("checkov does not read {} files", report.summary.parsing_errors));
    }
    for failed in &report.results.failed_checks {
        let service = failed.file_path.trim_start_matches('/').split('/').next().unwrap_or_default();
        let is_it = |(check, of, _): &(&str, &str, &str)| *check == failed.check_id && (of.is_empty() || *of == service);
        match HELD_WRONG.iter().position(is_it) {
            Some(row) => _ = met.insert(row),
            None => faults.push(format!("{service}: {}: {} {}", failed.resource, failed.check_id, failed.check_name)),
        }
    }
    let checks = report.summary.passed + report.summary.failed;
    Judged { services: services.len(), checks, held_wrong: 0 }.closed(HELD_WRONG, &met, faults)
}
