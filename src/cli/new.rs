//! `plimsoll new`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::checklist_flag::ChecklistFlag;
use super::commit_flags::CommitFlags;
use super::error::CliError;
use super::notices::Notices;
use super::ui::{self, TextLines};
use super::{CommandResult, OutputForm, plan_text, wizard};
use crate::change::Edition;
use crate::change::kustomize::Relisted;
use crate::notation::{shell_path, shell_word};
use crate::ops::{self, CommitChoice, Editions, OpError, Prepared, Tries, Written};
use crate::service::{self, Answers};
use crate::workspace::{Input, read_standard_input, stands};

/// Start a service: ask, render its manifests, and commit them
///
/// On a terminal, what is not given by --set is asked; each question shows its default and where
/// that comes from. Off a terminal, or with --values or --defaults, nothing is asked: answers that
/// are missing are listed all at once.
///
/// Writes plimsoll.yaml (what was asked for), k8s/*.yaml (the manifests) and plimsoll.lock (what was
/// rendered), and commits just these. A plimsoll.yaml that stands in the folder is taken for the
/// answers. No other file is ever overwritten.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct NewArgs {
    /// The folder of the service; made if it does not exist
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Take the answers from a file in the shape of plimsoll.yaml; `-` for standard input
    #[arg(long, value_name = "FILE")]
    values: Option<PathBuf>,
    /// Answer one field, such as scale.max=12 or ports.0.port=8080; stands over --values
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Take every default without asking, those read from the folder included
    #[arg(long)]
    defaults: bool,
    /// Show the plan and the files as a diff, and write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    commit: CommitFlags,
    /// Make a git repository in the folder if it is in none
    #[arg(long, conflicts_with = "no_commit")]
    init: bool,
    /// Which comments the manifests carry
    #[arg(long, value_name = "WHICH")]
    comments: Option<CommentsChoice>,
    #[command(flatten)]
    checklist: ChecklistFlag,
    /// How the result is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub output: OutputForm,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum CommentsChoice {
    /// One over each block, naming the checklist item behind it
    Items,
    /// None at all
    None,
}

const EXAMPLES: &str = "\
Examples:
  plimsoll new
  plimsoll new services/checkout --set name=checkout --set tier=1
  plimsoll new --values answers.yaml --set image=registry.example.com/shop/checkout:1.4.2
  plimsoll new --defaults --set image=registry.example.com/shop/checkout:1.4.2 --dry-run";

impl NewArgs {
    /// Runs the command.
    pub fn run(&self) -> CommandResult {
        let answers = self.answers()?;
        let notices = Notices::default();
        if !self.dry_run {
            ops::recover(&self.dir, &|notice| notices.take(notice))?;
        }
        let mut tries = Tries::default();
        loop {
            match self.once(answers.clone(), &notices) {
                Err(CliError::Op(error)) if tries.again(&error, &|notice| notices.take(notice)) => {}
                outcome => return outcome,
            }
        }
    }

    fn once(&self, mut answers: Answers, notices: &Notices) -> CommandResult {
        let stands = stands(&self.dir.join(service::FILE));
        // The service file names the checklist, so that later runs find it without the flag.
        if let Some(name) = self.checklist.name().filter(|_| !stands) {
            let named = ops::seen_from(name, &self.dir);
            answers.set(&format!("checklist={named}")).map_err(|fault| OpError::Faults(vec![fault]))?;
        }
        if ui::can_ask() && !self.defaults && self.values.is_none() && !stands {
            return self.ask(answers, notices);
        }
        let edition = if stands {
            Editions::default().of_service_file(self.checklist.name(), &self.dir)?
        } else {
            Editions::default().of_answers(&answers, &self.dir)?
        };
        if self.defaults && !stands {
            wizard::take_defaults(&edition.renderer.blueprint().questions(), &self.dir, &mut answers);
        }
        let prepared = ops::prepare(&edition, &self.dir, &answers)?;
        self.finish(&edition, &prepared, notices)
    }

    fn ask(&self, given: Answers, notices: &Notices) -> CommandResult {
        let editions = Editions::default();
        let which = editions.of_answers(&given, &self.dir)?.which_blueprint().map_err(OpError::from)?;
        let make = |answers: &Answers| {
            let edition = editions.of_answers(answers, &self.dir)?;
            // What is in the way is told as soon as it is known.
            ops::check_folder(&edition, &self.dir)?;
            if !self.dry_run {
                ops::check_repository(&edition, &self.dir, &self.choice())?;
            }
            Ok(edition)
        };
        let equivalent = |answers: &Answers| self.equivalent(answers);
        let target = match &self.commit.branch {
            _ if self.dry_run => None,
            _ if self.commit.no_commit => Some("Write these files, without a commit?".to_owned()),
            Some(branch) => Some(format!("Write these files and commit them on {branch}?")),
            None => Some("Write these files and commit them?".to_owned()),
        };
        if let Some((edition, prepared)) = wizard::run(which, &make, &self.dir, given, &equivalent, target.as_deref())? {
            return self.finish(&edition, &prepared, notices);
        }
        ui::err(&"Nothing was changed.".into());
        Ok(())
    }

    fn choice(&self) -> CommitChoice {
        self.commit.choice(self.init)
    }

    fn answers(&self) -> Result<Answers, CliError> {
        let mut answers = Answers::default();
        if let Some(path) = &self.values {
            let (name, text) = read(path)?;
            answers.add_file(&name, &text).map_err(OpError::Faults)?;
        }
        let faults: Vec<_> = self.set.iter().filter_map(|assignment| answers.set(assignment).err()).collect();
        if !faults.is_empty() {
            return Err(OpError::Faults(faults).into());
        }
        if let Some(comments) = self.comments {
            let word = comments.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
            answers.set(&format!("comments={word}")).map_err(|fault| OpError::Faults(vec![fault]))?;
        }
        Ok(answers)
    }

    fn finish(&self, edition: &Edition, prepared: &Prepared, notices: &Notices) -> CommandResult {
        if self.dry_run {
            match self.output {
                OutputForm::Text => {
                    let listed: Vec<Relisted> = ops::relisted(prepared);
                    let mut told = TextLines::default();
                    for one in &listed {
                        told.line(one.listing.words());
                    }
                    told.line("Nothing was written.");
                    ui::out(&TextLines::with_gaps([
                        plan_text::text(edition, prepared),
                        plan_text::diff(edition, prepared, &listed),
                        told,
                    ]));
                }
                OutputForm::Json => self.report(edition, prepared, None, notices),
            }
            return Ok(());
        }
        let written = ops::write(edition, prepared, &self.choice(), &|notice| notices.take(notice))?;
        self.report(edition, prepared, Some(&written), notices);
        Ok(())
    }

    fn report(&self, edition: &Edition, prepared: &Prepared, written: Option<&Written>, notices: &Notices) {
        let commit = written.and_then(|written| written.commit.as_ref());
        let count = prepared.files.len();
        let place = prepared.dir.display();
        let done: TextLines = ui::green(match commit {
            Some(commit) => format!("Committed {} on {}: {count} files in {place}", &commit.id[..10], commit.branch),
            None => format!("Wrote {count} files in {place}, not committed"),
        })
        .into();
        if written.is_some() {
            ui::remember_done(&done);
        }
        if self.output == OutputForm::Json {
            let mut report = plan_text::json(edition, prepared);
            report["written"] = written.is_some().into();
            report["kustomizations"] = match written {
                Some(written) => json!(written.kustomizations),
                None => ops::relisted(prepared).into_iter().map(|one| json!(one.listing)).collect(),
            };
            report["commit"] = json!(commit.map(|commit| json!({"id": commit.id, "branch": commit.branch})));
            report["recovered"] = notices.json();
            ui::json(&report);
            return;
        }
        ui::out(&done);
        for listing in written.iter().flat_map(|written| &written.kustomizations) {
            ui::out(&plan_text::listing(listing).into());
        }
        let next = "Next: read k8s/, push, and apply it with `kubectl apply -f k8s/` or by your GitOps tool.";
        ui::err(&ui::dim(next).into());
    }

    /// The command that does the same without questions, an option and its value as one word.
    fn equivalent(&self, answers: &Answers) -> Vec<String> {
        let mut words = vec!["plimsoll new".to_owned()];
        if self.dir != Path::new(".") {
            words.push(shell_path(&self.dir.to_string_lossy()));
        }
        // On a terminal, what was left out would be asked again.
        words.push("--defaults".to_owned());
        words.extend(answers.assignments().map(|assignment| format!("--set {}", shell_word(&assignment))));
        let flags = [(self.init, "--init"), (self.dry_run, "--dry-run")];
        words.extend(flags.iter().filter(|(given, _)| *given).map(|(_, flag)| (*flag).to_owned()));
        words.extend(self.commit.words());
        words
    }
}

/// Reads a file, or standard input for `-`, with what it is called.
pub fn read(path: &Path) -> Result<(String, String), CliError> {
    let read = if path == Path::new("-") {
        read_standard_input().map(|text| ("standard input".to_owned(), text))
    } else {
        Input::typed(path).read().map(|text| (path.display().to_string(), text))
    };
    Ok(read.map_err(OpError::from)?)
}
