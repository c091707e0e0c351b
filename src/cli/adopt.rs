//! `plimsoll adopt`.

use std::path::PathBuf;

use clap::Args;

use super::checklist_flag::ChecklistFlag;
use super::error::CliError;
use super::exit::Exit;
use super::new::read;
use super::notices::Notices;
use super::prompt::{Asked, Screen};
use super::ui;
use super::{Output, adopt_text, clock, update_report, update_text};
use crate::adopt::Proposal;
use crate::ops::adopt::{AdoptRequest, Adoption, Standing};
use crate::ops::update::{Attendants, Settled, Updated};
use crate::ops::{self, CommitChoice, OpError, Toolbox};
use crate::service::Answers;
use crate::yaml::Fault;

/// Take over manifests that Plimsoll did not write
///
/// Reads the Deployment in the folder with what belongs to it, proposes the service file that says the
/// same, and shows field by field what would change and which items ask for it. What the service file
/// cannot say stays as people wrote it; the render takes the place of theirs only where the checklist
/// finds fault with what they have.
///
/// Manifests are read from k8s/ in the folder, or from the folder itself where there is no k8s/; those
/// of the service are then moved there.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct AdoptArgs {
    /// The folder of the service
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// The Deployment, where the folder holds several; NAMESPACE/NAME where two have the same name
    #[arg(long, value_name = "NAME")]
    workload: Option<String>,
    /// How critical the service is; that of the label, or 2, if not given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=3))]
    tier: Option<u8>,
    /// Take answers from a file in the shape of plimsoll.yaml; they stand over what the manifests say
    #[arg(long, value_name = "FILE")]
    values: Option<PathBuf>,
    /// Answer one field, such as owner.team=shop; stands over --values
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Show what would change, with the files as a diff, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write without asking
    #[arg(long, conflicts_with = "dry_run")]
    yes: bool,
    /// Write the files without a commit
    #[arg(long, conflicts_with = "branch")]
    no_commit: bool,
    /// Start this branch at HEAD and commit to it
    #[arg(long, value_name = "NAME")]
    branch: Option<String>,
    /// Write files although git holds uncommitted edits at their paths
    #[arg(long)]
    allow_dirty: bool,
    #[command(flatten)]
    checklist: ChecklistFlag,
    /// How the result is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub output: Output,
}

const EXAMPLES: &str = "\
Examples:
  plimsoll adopt --dry-run
  plimsoll adopt services/checkout --tier 1 --set owner.team=payments --set owner.contact=#payments
  plimsoll adopt deploy --workload checkout --yes --branch adopt-checkout";

impl AdoptArgs {
    /// Runs the command.
    pub fn run(&self) -> Result<Exit, CliError> {
        let notices = Notices::default();
        if !self.dry_run {
            ops::recover(&self.dir, &|notice| notices.take(notice))?;
        }
        let mut request = AdoptRequest {
            dir: self.dir.clone(),
            workload: self.workload.clone(),
            given: self.answers()?,
            today: clock::today(),
        };
        let toolbox = Toolbox::of_answers(&request.given, &self.dir)?;
        let asks = ui::can_ask() && self.output == Output::Text && !self.yes && !self.dry_run;
        if asks {
            ask_missing(&mut request, &toolbox)?;
        }
        let standing = Standing::read(&request, &toolbox)?;
        let adoption = standing.plan(standing.propose()?)?;
        if self.output == Output::Text {
            ui::out(&adopt_text::text(&adoption));
        }
        if self.dry_run {
            return Ok(self.finish(adoption, None, &notices));
        }
        if !self.yes {
            if !asks {
                return Err(CliError::NotAgreed);
            }
            let prompt =
                if self.no_commit { "Write these files, without a commit?" } else { "Write these files and commit them?" };
            if Screen::new().confirm(prompt)? != Some(true) {
                ui::err(&"Nothing was changed.".into());
                return Ok(Exit::Done);
            }
        }
        let attendants = Attendants {
            progress: &|_, _| {},
            settle: &|_| Settled::Not,
            announce: &|_| {},
            tell: &|notice| notices.take(notice),
        };
        let updated = ops::adopt::write(&request, &toolbox, &adoption, self.choice(), &attendants)?;
        Ok(self.finish(adoption, Some(updated), &notices))
    }

    fn choice(&self) -> CommitChoice {
        CommitChoice { commit: !self.no_commit, init: false, branch: self.branch.clone(), allow_dirty: self.allow_dirty }
    }

    fn answers(&self) -> Result<Answers, CliError> {
        let mut answers = Answers::default();
        if let Some(path) = &self.values {
            let (name, text) = read(path)?;
            answers.add_file(&name, &text).map_err(OpError::Faults)?;
        }
        let tier = self.tier.map(|tier| format!("tier={tier}"));
        let checklist = self.checklist.name().map(|name| format!("checklist={}", ops::seen_from(name, &self.dir)));
        let all = tier.iter().chain(&checklist).chain(&self.set);
        let faults: Vec<Fault> = all.filter_map(|assignment| answers.set(assignment).err()).collect();
        if faults.is_empty() { Ok(answers) } else { Err(OpError::Faults(faults).into()) }
    }

    fn finish(&self, adoption: Adoption, updated: Option<Updated>, notices: &Notices) -> Exit {
        let failed = updated.as_ref().is_some_and(|updated| updated.outcome.is_err());
        match (self.output, updated) {
            (Output::Json, updated) => {
                let mut report = adopt_text::json(&adoption);
                let (dir, update) = (self.dir.clone(), adoption.update);
                let updated = updated.unwrap_or(Updated { dir, outcome: Ok(update), written: false, commit: None });
                report["update"] = update_report::service(updated);
                report["recovered"] = notices.json();
                ui::json(&report);
            }
            (Output::Text, None) => {
                let mut text = adopt_text::diff(&adoption);
                text.gap();
                text.line("Nothing was written.");
                ui::out(&text);
            }
            (Output::Text, Some(updated)) => {
                ui::out(&update_text::done(std::slice::from_ref(&updated)));
                if let Err(error) = updated.outcome {
                    ui::err(&CliError::from(error).in_service(&updated.dir));
                }
            }
        }
        if failed { Exit::NotInOrder } else { Exit::Done }
    }
}

/// Asks for what the manifests do not tell, until nothing is missing or an answer is left empty.
fn ask_missing(request: &mut AdoptRequest, toolbox: &Toolbox) -> Result<(), CliError> {
    let mut screen = Screen::new();
    loop {
        let missing = {
            let standing = Standing::read(request, toolbox)?;
            let Proposal { missing, .. } = standing.propose()?;
            missing
        };
        let Some(fault) = missing.first() else { return Ok(()) };
        let field = match fault.route.to_string() {
            ports if ports == "ports" => "ports.0.port".to_owned(),
            field => field,
        };
        let help = [Some(fault.to_string()), fault.hint.clone()].into_iter().flatten().collect::<Vec<_>>().join("; ");
        let answer = screen.text(&Asked { prompt: &field, help, wrong: None, default: None })?;
        if field.is_empty() || answer.is_empty() {
            return Ok(());
        }
        request.given.answer(&field, &answer).map_err(|fault| OpError::Faults(vec![fault]))?;
        screen.keep(&field, &answer);
    }
}
