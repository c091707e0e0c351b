//! `plimsoll adopt`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::checklist_flag::ChecklistFlag;
use super::commit_flags::CommitFlags;
use super::error::CliError;
use super::exit::Exit;
use super::new::read;
use super::notices::Notices;
use super::prompt::{PromptText, Screen};
use super::tier_flag::tiers;
use super::ui::{self, TextLines};
use super::{OutputForm, adopt_text, clock, update_report, update_text};
use crate::adopt::Proposal;
use crate::change::Edition;
use crate::change::adoption::{Accepted, AdoptRequest, Adoption, Risky};
use crate::ops::update::{Attendants, ConflictsSettled, Updated};
use crate::ops::{self, CommitChoice, Editions, OpError, Tries};
use crate::service::{self, Answers};
use crate::yaml::Fault;

/// Take over manifests that Plimsoll did not write
///
/// Reads the Deployment in the folder with what belongs to it, proposes the service file that says the
/// same, and shows field by field what would change and which items ask for it. What the service file
/// cannot say stays as people wrote it; the render takes the place of theirs only where the checklist
/// finds fault with what they have.
///
/// What may break the service that runs is shown in a section of its own, each with what to try first,
/// and is not taken without --accept-risky or a yes of its own; those fields stay as they are, and
/// plimsoll.yaml names them under owned-elsewhere. A Deployment that must not have a second Pod keeps its
/// number of Pods and its strategy.
///
/// Where plimsoll.yaml stands and plimsoll.lock is lost, only the lock is made again: what plimsoll.yaml
/// renders to is its base, and what stands otherwise in k8s/ counts as edited by hand.
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
    #[arg(long, value_name = "N", value_parser = tiers())]
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
    /// Take also what may break the service that runs
    #[arg(long)]
    accept_risky: bool,
    /// Write without asking
    #[arg(long, conflicts_with = "dry_run")]
    yes: bool,
    #[command(flatten)]
    commit: CommitFlags,
    #[command(flatten)]
    checklist: ChecklistFlag,
    /// How the result is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub output: OutputForm,
}

const EXAMPLES: &str = "\
Examples:
  plimsoll adopt --dry-run
  plimsoll adopt services/checkout --tier 1 --set owner.team=payments --set owner.contact=#payments
  plimsoll adopt deploy --workload checkout --yes --branch adopt-checkout
  plimsoll adopt services/checkout --accept-risky --dry-run";

impl AdoptArgs {
    /// Runs the command.
    pub fn run(&self) -> Result<Exit, CliError> {
        let notices = Notices::default();
        if !self.dry_run {
            ops::recover(&self.dir, &|notice| notices.take(notice))?;
        }
        if ops::adopt::is_lost(&self.dir) {
            return self.make_lock(&notices);
        }
        let mut request = AdoptRequest {
            dir: self.dir.clone(),
            workload: self.workload.clone(),
            given: self.answers()?,
            accepted: Accepted::None,
            today: clock::today(),
        };
        let edition = Editions::default().of_answers(&request.given, &self.dir)?;
        let asks = ui::can_ask() && self.output == OutputForm::Text && !self.yes && !self.dry_run;
        if asks {
            ask_missing(&mut request, &edition)?;
        }
        let mut tries = Tries::default();
        loop {
            let Some(adoption) = self.agreed(&mut request, &edition, asks)? else { return Ok(Exit::Done) };
            if self.dry_run {
                return Ok(self.finish(adoption, None, &notices));
            }
            let updated =
                attended(&notices, |attendants| ops::adopt::write(&request, &edition, &adoption, self.choice(), attendants))?;
            if !updated.outcome.as_ref().is_err_and(|error| tries.again(error, &|notice| notices.take(notice))) {
                return Ok(self.finish(adoption, Some(updated), &notices));
            }
        }
    }

    /// Plans the folder and shows that; nothing if it is not to be written.
    fn agreed(&self, request: &mut AdoptRequest, edition: &Edition, asks: bool) -> Result<Option<Adoption>, CliError> {
        request.accepted = if self.accept_risky { Accepted::All } else { Accepted::None };
        let mut adoption = ops::adopt::work_out(request, edition)?;
        if self.output == OutputForm::Text {
            ui::out(&adopt_text::text(&adoption));
        }
        if self.dry_run {
            return Ok(Some(adoption));
        }
        if asks && let Accepted::These(ids) = ask_risks(&adoption)? {
            request.accepted = Accepted::These(ids);
            adoption = ops::adopt::work_out(request, edition)?;
            ui::out(&adopt_text::text(&adoption).after_gap());
        }
        Ok(self.agrees(asks)?.then_some(adoption))
    }

    /// Whether what was shown shall be written.
    fn agrees(&self, asks: bool) -> Result<bool, CliError> {
        if ui::lost().is_some() {
            return Err(CliError::left());
        }
        if self.yes {
            return Ok(true);
        }
        if !asks {
            return Err(CliError::NotAgreed);
        }
        let prompt =
            if self.commit.no_commit { "Write these files, without a commit?" } else { "Write these files and commit them?" };
        let agreed = Screen::new().confirm_with_enter(prompt, true)? == Some(true);
        if !agreed {
            ui::err(&"Nothing was changed.".into());
        }
        Ok(agreed)
    }

    /// Makes the lock again where only that is lost.
    fn make_lock(&self, notices: &Notices) -> Result<Exit, CliError> {
        let file = self.dir.join(service::FILE);
        if !self.answers()?.is_empty() || self.workload.is_some() {
            return Err(OpError::TwoServiceFiles(file).into());
        }
        let asks = ui::can_ask() && self.output == OutputForm::Text;
        let mut tries = Tries::default();
        let updated = loop {
            let update = ops::adopt::relock(&self.dir)?;
            if self.output == OutputForm::Text {
                ui::out(&update_text::plan(&update, false, true));
            }
            if self.dry_run {
                match self.output {
                    OutputForm::Text => ui::out(&TextLines::from("Nothing was written.").after_gap()),
                    OutputForm::Json => report_lock(Updated::worked_out(self.dir.clone(), update), notices),
                }
                return Ok(Exit::Done);
            }
            if !self.agrees(asks)? {
                return Ok(Exit::Done);
            }
            let updated = attended(notices, |attendants| ops::adopt::write_lock(&self.dir, &update, self.choice(), attendants))?;
            if !updated.outcome.as_ref().is_err_and(|error| tries.again(error, &|notice| notices.take(notice))) {
                break updated;
            }
        };
        update_text::tell_done(std::slice::from_ref(&updated), self.output);
        let failed = updated.outcome.is_err();
        match self.output {
            OutputForm::Json => report_lock(updated, notices),
            OutputForm::Text => {
                if let Err(error) = updated.outcome {
                    ui::err(&CliError::from(error).in_service(&updated.dir));
                }
            }
        }
        Ok(if failed { Exit::NotInOrder } else { Exit::Done })
    }

    fn choice(&self) -> CommitChoice {
        self.commit.choice(false)
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
        if let Some(updated) = &updated {
            update_text::tell_done(std::slice::from_ref(updated), self.output);
        }
        let failed = updated.as_ref().is_some_and(|updated| updated.outcome.is_err());
        match (self.output, updated) {
            (OutputForm::Json, updated) => {
                let mut report = adopt_text::json(&adoption);
                let (dir, update) = (self.dir.clone(), adoption.update);
                let updated = updated.unwrap_or(Updated::worked_out(dir, update));
                report["update"] = update_report::service(updated);
                report["recovered"] = notices.json();
                ui::json(&report);
            }
            (OutputForm::Text, None) => {
                let mut text = adopt_text::diff(&adoption);
                text.gap();
                text.line("Nothing was written.");
                ui::out(&text);
            }
            (OutputForm::Text, Some(updated)) => {
                if let Err(error) = updated.outcome {
                    ui::err(&CliError::from(error).in_service(&updated.dir));
                }
            }
        }
        if failed { Exit::NotInOrder } else { Exit::Done }
    }
}

/// Runs something of which nobody is asked, and keeps what is told.
fn attended<T>(notices: &Notices, run: impl FnOnce(&Attendants<'_>) -> T) -> T {
    let tell = |notice: &_| notices.take(notice);
    run(&Attendants { progress: &|_, _| {}, settle: &|_| ConflictsSettled::Not, announce: &|_| true, tell: &tell })
}

fn report_lock(updated: Updated, notices: &Notices) {
    let report = json!({"update": update_report::service(updated), "recovered": notices.json()});
    ui::json(&report);
}

/// Asks for each risk whether it is taken.
fn ask_risks(adoption: &Adoption) -> Result<Accepted, CliError> {
    let (mut screen, mut taken) = (Screen::new(), Vec::new());
    let held: Vec<&Risky> = adoption.risks.iter().filter(|risky| risky.is_held()).collect();
    let any = format!("Take any of the {} changes now that may break the service?", held.len());
    if !held.is_empty() && screen.confirm_with_enter(&any, false)? == Some(true) {
        for risky in held {
            if screen.confirm_with_enter(&format!("Take {}?", risky.risk.what), false)? == Some(true) {
                taken.push(risky.risk.id.to_owned());
            }
        }
    }
    Ok(if taken.is_empty() { Accepted::None } else { Accepted::These(taken) })
}

/// Asks for what the manifests do not tell, until nothing is missing or an answer is left empty.
fn ask_missing(request: &mut AdoptRequest, edition: &Edition) -> Result<(), CliError> {
    let mut screen = Screen::new();
    loop {
        let missing = {
            let Proposal { missing, .. } = ops::adopt::propose(request, edition)?;
            missing
        };
        let Some(fault) = missing.first() else { return Ok(()) };
        let field = match fault.route.to_string() {
            ports if ports == "ports" => "ports.0.port".to_owned(),
            field => field,
        };
        let help = [Some(fault.to_string()), fault.hint.clone()].into_iter().flatten().collect::<Vec<_>>().join("; ");
        let answer = screen.text(&PromptText { prompt: &field, help, wrong: None, default: None })?;
        if field.is_empty() || answer.is_empty() {
            return Ok(());
        }
        request.given.answer(&field, &answer).map_err(|fault| OpError::Faults(vec![fault]))?;
        screen.keep(&field, &answer);
    }
}
