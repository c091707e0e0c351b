//! `plimsoll update`.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;

use super::commit_flags::CommitFlags;
use super::error::CliError;
use super::exit::Exit;
use super::notices::Notices;
use super::prompt::{PromptText as Question, Screen};
use super::ui::{self, Line, TextLines};
use super::{OutputForm, diff, update_markdown, update_report, update_text};
use crate::change::Update;
use crate::merge::{Note, Resolve, Side};
use crate::notation::{FieldPattern, shell_path, shell_word};
use crate::ops::update::{self, Attendants, ConflictsSettled, Goal, UpdateChoice, UpdateRequest, Updated, find_services};
use crate::ops::{Editions, OpError};
use crate::workspace::{check_writable, write_file};

/// Render services again, keep what people have edited, and commit
///
/// Renders with today's service file and the newest checklist with its blueprint, or those that the service
/// file pins, and merges what has changed since the last render into the files on disk, field by field. Comments, order and layout of everything else
/// stay byte for byte. Where a field was changed on both sides, all such conflicts are listed, and
/// nothing is written.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct UpdateArgs {
    /// The folders of services
    #[arg(default_value = ".")]
    dirs: Vec<PathBuf>,
    /// Update every service below the folders
    #[arg(long)]
    all: bool,
    /// Pin the services to this version of their checklist, such as 2026.12; `latest` moves pins to the newest
    #[arg(long, value_name = "VERSION")]
    to: Option<String>,
    /// Write nothing; exit with 1 if the files do not agree with the edition in plimsoll.lock, or that of `--to`
    #[arg(long)]
    check: bool,
    /// Write nothing; show what would change in each file
    #[arg(long)]
    diff: bool,
    /// Settle conflicts: keep ours or take theirs, such as Deployment.spec.*=ours
    #[arg(long, value_name = "FIELD=SIDE")]
    resolve: Vec<String>,
    /// Take the new render in a field, whatever stands there, and out of owned-elsewhere
    #[arg(long, value_name = "FIELD")]
    take: Vec<String>,
    /// Settle all other conflicts by keeping what is on disk
    #[arg(long, conflicts_with = "theirs")]
    ours: bool,
    /// Settle all other conflicts by taking the new render
    #[arg(long)]
    theirs: bool,
    #[command(flatten)]
    commit: CommitFlags,
    /// Make a commit for each service
    #[arg(long, conflicts_with = "no_commit")]
    commit_per_service: bool,
    /// Write what changes, and why, as Markdown for a pull request
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    /// How the result is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub output: OutputForm,
}

const EXAMPLES: &str = "\
Examples:
  plimsoll update
  plimsoll update --to 2026.12 --branch checklist-2026.12 --body pull-request.md
  plimsoll update --all --check
  plimsoll update --all --check --to latest
  plimsoll update services/cart --take 'Deployment.spec.template.spec.securityContext.runAsUser'
  plimsoll update services/* --resolve 'Deployment.spec.template.spec.containers[*].image=ours'

Exit codes:
  0  done, or up to date
  1  with --check: the files do not agree with the edition in plimsoll.lock, or with that of --to
  2  something is not in order
  3  conflicts between edits by hand and the new render
A service that is not in order or has conflicts is left as it is; the others are updated.";

impl UpdateArgs {
    /// Runs the command.
    pub fn run(&self) -> Result<Exit, CliError> {
        let request = self.request()?;
        if request.dirs.is_empty() {
            return Err(CliError::NoServices(self.dirs.clone()));
        }
        self.check_body()?;
        let notices = Notices::default();
        let asker = Asker { screen: RefCell::new(Screen::new()), interrupted: OnceCell::new() };
        let shows_progress = request.dirs.len() > 1 && ui::is_watched();
        let asks = ui::can_ask() && !request.dry_run && self.output == OutputForm::Text;
        let attendants = Attendants {
            progress: &|done, all| {
                if shows_progress {
                    ui::progress(&format!("{done} of {all} services").into(), done == all);
                }
            },
            settle: &|update| if asks { asker.settle(update) } else { ConflictsSettled::Not },
            announce: &|services| {
                if self.output == OutputForm::Text {
                    ui::out(&update_text::plans(services, request.dry_run));
                    if self.diff {
                        ui::out(&diffs(services));
                    }
                }
                ui::lost().is_none()
            },
            tell: &|notice| notices.take(notice),
        };
        match update::run(&request, &Editions::default(), &attendants) {
            Ok(services) => Ok(self.report(services, &notices)),
            Err(OpError::Left) => Err(CliError::left()),
            Err(error) => Err(error.into()),
        }
    }

    fn request(&self) -> Result<UpdateRequest, CliError> {
        let dirs = if self.all { find_services(&self.dirs)? } else { self.dirs.clone() };
        let otherwise = match (self.ours, self.theirs) {
            (true, _) => Some(Side::Ours),
            (_, true) => Some(Side::Theirs),
            _ => None,
        };
        let resolve = self.resolve.iter().map(|text| resolve(text)).collect::<Result<_, _>>()?;
        let goal = match self.to.as_deref() {
            Some("latest") => Goal::Latest,
            Some(version) => Goal::Version(version.to_owned()),
            None if self.check => Goal::Held,
            None => Goal::Open,
        };
        let take = self.take.iter().map(|text| field("--take", text, text)).collect::<Result<_, _>>()?;
        let choice = UpdateChoice { goal, resolve, otherwise, take };
        let dry_run = self.is_dry_run();
        Ok(UpdateRequest {
            dirs,
            choice,
            commit: self.commit.choice(false),
            commit_per_service: self.commit_per_service,
            dry_run,
        })
    }

    fn is_dry_run(&self) -> bool {
        self.check || self.diff
    }

    /// Checks that the text for a pull request can be written, before anything else is.
    fn check_body(&self) -> Result<(), CliError> {
        let Some(path) = &self.body else { return Ok(()) };
        check_writable(path).map_err(CliError::Unwritable)
    }

    fn report(&self, services: Vec<Updated>, notices: &Notices) -> Exit {
        if !self.is_dry_run() {
            update_text::tell_done(&services, self.output);
        }
        if let Some(path) = &self.body
            && let Err(error) = write_file(path, update_markdown::body(&services).as_bytes())
        {
            ui::lose(error);
        }
        let exit = self.exit(&services);
        ui::err(&self.idle(&services));
        if self.output == OutputForm::Json {
            ui::json(&update_report::json(services, &notices.json()));
            return exit;
        }
        let newer = self.newer(&services);
        ui::err(&update_text::faults(services, &self.choice()));
        if exit == Exit::Findings {
            ui::err(&self.way_on());
        }
        if exit == Exit::Done {
            ui::err(&newer);
        }
        exit
    }

    /// Those of the given fields in which nothing was settled, which may be slips of the pen.
    fn idle(&self, services: &[Updated]) -> TextLines {
        let updates = || services.iter().filter_map(|updated| updated.outcome.as_ref().ok());
        let settles = |update: &Update, pattern: &FieldPattern| {
            update.notes.iter().any(|note| match note {
                Note::Settled { object: Some(object), at, .. } => pattern.covers(object, at),
                _ => false,
            })
        };
        let changes = |update: &Update, pattern: &FieldPattern| {
            update.changes.iter().any(|explained| {
                explained.change.object.as_ref().is_some_and(|object| pattern.touches(object, &explained.change.field))
            })
        };
        let is_idle = |does: &dyn Fn(&Update, &FieldPattern) -> bool, pattern: &FieldPattern| {
            updates().next().is_some() && !updates().any(|update| does(update, pattern))
        };
        let resolve = self.resolve.iter().filter_map(|text| Some((text, resolve(text).ok()?.pattern)));
        let resolve =
            resolve.filter(|(_, pattern)| is_idle(&settles, pattern)).map(|(text, _)| ("--resolve", text, "fits no conflict"));
        let take = self.take.iter().filter_map(|text| Some((text, FieldPattern::parse(text).ok()?)));
        let take = take
            .filter(|(_, pattern)| is_idle(&|update, pattern| settles(update, pattern) || changes(update, pattern), pattern))
            .map(|(text, _)| ("--take", text, "changes nothing"));
        let mut text = TextLines::default();
        for (option, given, why) in resolve.chain(take) {
            text.line(ui::yellow("warning:") + format!(" {option} {} {why}", shell_word(given)));
        }
        text
    }

    /// The command that does what `--check` has found to be pending.
    fn way_on(&self) -> TextLines {
        (ui::cyan("hint:") + format!(" an update is pending: `{}{}` makes it", self.again(), self.choice())).into()
    }

    /// That there is a newer edition than those of the locks.
    fn newer(&self, services: &[Updated]) -> TextLines {
        let newer = services.iter().filter_map(|updated| updated.outcome.as_ref().ok()?.newer.as_deref());
        let names: BTreeSet<&str> = newer.clone().collect();
        if names.is_empty() {
            return TextLines::default();
        }
        let verb = if names.len() == 1 { "is" } else { "are" };
        let names = names.into_iter().collect::<Vec<_>>().join(", ");
        let who = match newer.count() {
            1 if services.len() == 1 => String::new(),
            1 => " than what 1 service has".to_owned(),
            count => format!(" than what {count} services have"),
        };
        (ui::cyan("hint:") + format!(" {names} {verb} newer{who}: `{} --to latest` moves to it", self.again())).into()
    }

    /// The command with its folders.
    fn again(&self) -> String {
        let mut words = vec!["plimsoll update".to_owned()];
        let dirs = self.dirs.iter().filter(|dir| dir.as_os_str() != ".");
        words.extend(dirs.map(|dir| shell_path(&dir.to_string_lossy())));
        words.extend(self.all.then(|| "--all".to_owned()));
        words.join(" ")
    }

    /// What was chosen, as a repeated command needs it again.
    fn choice(&self) -> String {
        let to = self.to.iter().map(|to| format!(" --to {}", shell_word(to)));
        let resolve = self.resolve.iter().map(|resolve| format!(" --resolve {}", shell_word(resolve)));
        let take = self.take.iter().map(|take| format!(" --take {}", shell_word(take)));
        let otherwise = [self.ours.then_some(" --ours"), self.theirs.then_some(" --theirs")];
        to.chain(resolve).chain(take).chain(otherwise.into_iter().flatten().map(str::to_owned)).collect()
    }

    fn exit(&self, services: &[Updated]) -> Exit {
        let any = |of: fn(&Updated) -> bool| services.iter().any(of);
        if any(|updated| matches!(updated.outcome, Err(OpError::Bug(_)))) {
            Exit::Bug
        } else if any(|updated| updated.outcome.is_err()) {
            Exit::NotInOrder
        } else if any(|updated| updated.outcome.as_ref().is_ok_and(|update| !update.conflicts.is_empty())) {
            Exit::Conflict
        } else if self.check && any(|updated| updated.outcome.as_ref().is_ok_and(Update::is_pending)) {
            Exit::Findings
        } else {
            Exit::Done
        }
    }
}

/// Reads `FIELD=ours` or `FIELD=theirs`; the field itself may hold `=`.
pub fn resolve(text: &str) -> Result<Resolve, CliError> {
    let faulty = |what: String| CliError::Field { option: "--resolve", text: text.to_owned(), what };
    let (field, side) = text.rsplit_once('=').ok_or_else(|| faulty("has no `=ours` or `=theirs`".to_owned()))?;
    let side = match side {
        "ours" => Side::Ours,
        "theirs" => Side::Theirs,
        other => return Err(faulty(format!("ends with `{other}`, which is neither ours nor theirs"))),
    };
    Ok(Resolve { pattern: self::field("--resolve", text, field)?, side })
}

/// Reads the field that an option names.
fn field(option: &'static str, text: &str, field: &str) -> Result<FieldPattern, CliError> {
    FieldPattern::parse(field).map_err(|what| CliError::Field { option, text: text.to_owned(), what })
}

/// Asks a person about conflicts.
struct Asker {
    screen: RefCell<Screen>,
    /// Ctrl-C ends the run at once until the first question is asked, and is an answer from then on.
    interrupted: OnceCell<Arc<AtomicBool>>,
}

impl Asker {
    /// Asks about each conflict of a service.
    fn settle(&self, update: &Update) -> ConflictsSettled {
        let interrupted = self.interrupted.get_or_init(|| {
            let interrupted = Arc::new(AtomicBool::new(false));
            // Without it Ctrl-C ends the process, and nothing has been written either.
            let _ = signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::clone(&interrupted));
            interrupted
        });
        let mut resolve = Vec::new();
        let mut screen = self.screen.borrow_mut();
        let count = update.conflicts.len();
        for (number, asked) in (1..).zip(&update.conflicts) {
            let name = asked.conflict.name();
            let Ok(pattern) = FieldPattern::parse(&name) else { return ConflictsSettled::Not };
            screen.say(&update_text::conflict(update, asked).after_gap());
            let help = format!("Conflict {number} of {count} in {}. Esc leaves the service as it is.", update.service);
            let question = Question { prompt: "Which one?", help, wrong: None, default: None };
            let mut answers = vec![
                (Some(Side::Ours), "ours: what is on disk"),
                (Some(Side::Theirs), "theirs: the new render"),
                (None, "neither: nothing is written"),
            ];
            // The new render cannot be written there.
            answers.retain(|(side, _)| !asked.conflict.reason.by_hand() || *side != Some(Side::Theirs));
            let words: Vec<String> = answers.iter().map(|(_, words)| (*words).to_owned()).collect();
            let answer = screen.choice(&question, &words, 0);
            let side = match answer {
                _ if interrupted.load(Ordering::Relaxed) => return ConflictsSettled::Left,
                Ok(chosen) => chosen.and_then(|at| answers.get(at)?.0),
                Err(_) => return ConflictsSettled::Left,
            };
            let Some(side) = side else { return ConflictsSettled::Not };
            screen.keep(&name, if side == Side::Ours { "ours" } else { "theirs" });
            resolve.push(Resolve { pattern, side });
        }
        ConflictsSettled::By(resolve)
    }
}

fn diffs(services: &[Updated]) -> TextLines {
    let mut text = TextLines::from(Line::default());
    for update in services.iter().filter_map(|updated| updated.outcome.as_ref().ok()) {
        for file in update.files.iter().map(|file| file.shown(&update.secrets)) {
            let path = update.dir.join(&file.path).display().to_string();
            text += diff::unified(&path, file.before.as_deref(), file.text.as_deref());
        }
    }
    text
}
