//! `plimsoll check`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::checklist_flag::{ChecklistFlag, held_back};
use super::error::CliError;
use super::exit::Exit;
use super::report::{self, ReportFormat};
use super::tier_flag::tiers;
use super::{OutputForm, ui};
use crate::check::{AttestedState, Report};
use crate::checklist::Severity;
use crate::notation::KubeVersion;
use crate::ops::{self, CheckRequest, Checked, OpError};
use crate::service::Tier;
use crate::workspace::read_standard_input;

/// Hold manifests against the checklist
///
/// In the folder of a service, or given one, the service's manifests are checked by its own tier and
/// waivers, and what people state of it is listed. Anything else is checked as it stands: files,
/// folders, patterns, `-` for standard input; YAML or JSON, also what Helm, kustomize and
/// `kubectl get -o yaml` print. All of it is taken together, so that a budget in one file counts for
/// a Deployment in another.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct CheckArgs {
    /// Files, folders, patterns, or `-` for standard input
    paths: Vec<PathBuf>,
    /// Build the kustomizations in these folders with `kubectl kustomize` or `kustomize build`, and check what comes out
    #[arg(long)]
    kustomize: bool,
    /// The tier to judge by; a service's own if not given, else 2
    #[arg(long, value_parser = tiers())]
    tier: Option<u8>,
    /// A file with waivers, for manifests that have no service file
    #[arg(long, value_name = "FILE")]
    waivers: Option<PathBuf>,
    /// The Kubernetes version of the oldest cluster, such as 1.33
    #[arg(long, value_name = "VERSION")]
    kubernetes: Option<KubeVersion>,
    #[command(flatten)]
    checklist: ChecklistFlag,
    /// How the report is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
    /// The least severity that makes the exit code 1
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
    /// What must be in order besides
    #[arg(long, value_name = "GATE")]
    gate: Option<Gate>,
    /// Judge as of this day, such as 2026-11-20; today if not given
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FailOn {
    /// Errors alone
    Error,
    /// Warnings too
    Warning,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Gate {
    /// Every statement that the tier asks for as an error or warning is made and not past its day
    GoLive,
}

const EXAMPLES: &str = "\
Examples:
  plimsoll check
  plimsoll check services/checkout --format sarif > plimsoll.sarif
  plimsoll check k8s/ --tier 1 --fail-on warning
  helm template . | plimsoll check -
  plimsoll check --kustomize overlays/production
  kubectl get deploy,svc,pdb,hpa -o yaml | plimsoll check - --kubernetes 1.33

Exit codes: 0 clean, 1 findings, 2 something could not be read or judged, or there was nothing to check.";

impl CheckArgs {
    /// Runs the command.
    pub fn run(&self) -> Result<Exit, CliError> {
        let from_input = |path: &&PathBuf| path.as_path() == Path::new("-");
        let input =
            self.paths.iter().any(|path| from_input(&path)).then(read_standard_input).transpose().map_err(OpError::from)?;
        let request = CheckRequest {
            paths: self.paths.iter().filter(|path| !from_input(path)).cloned().collect(),
            kustomize: self.kustomize,
            input,
            tier: self.tier.map(Tier),
            checklist: self.checklist.name().map(str::to_owned),
            waivers: self.waivers.clone(),
            kubernetes: self.kubernetes,
            today: self.today.unwrap_or_else(super::clock::today),
        };
        let Checked { checklist, report, held_back: dir } = ops::check(&request)?;
        match self.format {
            ReportFormat::Text => ui::out(&report::text(&report, &checklist)),
            #[expect(clippy::disallowed_methods, reason = "data: each notation has escapes of its own")]
            format => ui::data(&report::write(format, &report, &checklist)),
        }
        if let Some(dir) = dir {
            ui::err(&held_back(&dir));
        }
        Ok(self.exit(&report))
    }

    /// How errors are written: as JSON where the report is.
    pub fn output(&self) -> OutputForm {
        if matches!(self.format, ReportFormat::Json) { OutputForm::Json } else { OutputForm::Text }
    }

    fn exit(&self, report: &Report) -> Exit {
        let least = match self.fail_on {
            FailOn::Error => Severity::Error,
            FailOn::Warning => Severity::Warning,
        };
        let gate_is_shut = matches!(self.gate, Some(Gate::GoLive))
            && report
                .attestations
                .iter()
                .any(|stated| stated.state != AttestedState::Stated && stated.severity >= Severity::Warning);
        if report.is_incomplete() {
            Exit::NotInOrder
        } else if gate_is_shut || report.findings.iter().any(|finding| finding.severity >= least) {
            Exit::Findings
        } else {
            Exit::Done
        }
    }
}
