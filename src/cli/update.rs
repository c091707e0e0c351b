//! `plimsoll update`.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use clap::Args;

use super::error::CliError;
use super::exit::Exit;
use super::notices::Notices;
use super::prompt::{Asked as Question, Screen};
use super::{Output, diff, ui, update_report, update_text};
use crate::formats::FieldPattern;
use crate::merge::{Resolve, Side};
use crate::ops::update::{self, Attendants, Update, UpdateChoice, UpdateRequest, Updated, find_services};
use crate::ops::{CommitChoice, OpError, Toolboxes};

/// Render services again, keep what people have edited, and commit
///
/// Renders with today's service file, checklist and blueprint, and merges what has changed since the
/// last render into the files on disk, field by field. Comments, order and layout of everything else
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
    /// Pin the services to this version of their checklist, such as 2026.12
    #[arg(long, value_name = "VERSION")]
    to: Option<String>,
    /// Write nothing; exit with 1 if an update would change anything
    #[arg(long)]
    check: bool,
    /// Write nothing; show what would change in each file
    #[arg(long)]
    diff: bool,
    /// Settle conflicts: keep ours or take theirs, such as Deployment.spec.*=ours
    #[arg(long, value_name = "FIELD=SIDE")]
    resolve: Vec<String>,
    /// Settle all other conflicts by keeping what is on disk
    #[arg(long, conflicts_with = "theirs")]
    ours: bool,
    /// Settle all other conflicts by taking the new render
    #[arg(long)]
    theirs: bool,
    /// Write the files without a commit
    #[arg(long, conflicts_with_all = ["branch", "commit_per_service"])]
    no_commit: bool,
    /// Make a commit for each service
    #[arg(long)]
    commit_per_service: bool,
    /// Start this branch at HEAD and commit to it
    #[arg(long, value_name = "NAME")]
    branch: Option<String>,
    /// Write files although git holds uncommitted edits at their paths
    #[arg(long)]
    allow_dirty: bool,
    /// Write what changes, and why, as Markdown for a pull request
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    /// How the result is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub output: Output,
}

const EXAMPLES: &str = "\
Examples:
  plimsoll update
  plimsoll update --to 2026.12 --branch checklist-2026.12 --body pull-request.md
  plimsoll update --all --check
  plimsoll update services/* --resolve 'Deployment.spec.template.spec.containers[*].image=ours'

Exit codes: 0 done, or up to date; 1 with --check, an update is pending; 2 something is not in
order; 3 conflicts. A service that is not in order or has conflicts is left as it is; the others are
updated.";

impl UpdateArgs {
    /// Runs the command.
    pub fn run(&self) -> Result<Exit, CliError> {
        let request = self.request()?;
        if request.dirs.is_empty() {
            return Err(CliError::NoServices(self.dirs.clone()));
        }
        let (notices, screen) = (Notices::default(), RefCell::new(Screen::new()));
        let shows_progress = request.dirs.len() > 1 && std::io::stderr().is_terminal();
        let asks = ui::can_ask() && !request.dry_run && self.output == Output::Text;
        let attendants = Attendants {
            progress: &|done, all| {
                if shows_progress {
                    ui::progress(&format!("{done} of {all} services"), done == all);
                }
            },
            settle: &|update| if asks { settle(&screen, update) } else { None },
            announce: &|services| {
                if self.output == Output::Text {
                    ui::out(&update_text::plans(services, request.dry_run));
                    if self.diff {
                        ui::out(&diffs(services));
                    }
                }
            },
            tell: &|notice| notices.take(notice),
        };
        let services = update::run(&request, &Toolboxes::default(), &attendants)?;
        self.report(services, &notices)
    }

    fn request(&self) -> Result<UpdateRequest, CliError> {
        let dirs = if self.all { find_services(&self.dirs)? } else { self.dirs.clone() };
        let otherwise = match (self.ours, self.theirs) {
            (true, _) => Some(Side::Ours),
            (_, true) => Some(Side::Theirs),
            _ => None,
        };
        let resolve = self.resolve.iter().map(|text| resolve(text)).collect::<Result<_, _>>()?;
        let choice = UpdateChoice { to: self.to.clone(), resolve, otherwise };
        let commit =
            CommitChoice { commit: !self.no_commit, init: false, branch: self.branch.clone(), allow_dirty: self.allow_dirty };
        let dry_run = self.check || self.diff;
        Ok(UpdateRequest { dirs, choice, commit, commit_per_service: self.commit_per_service, dry_run })
    }

    fn report(&self, services: Vec<Updated>, notices: &Notices) -> Result<Exit, CliError> {
        if let Some(path) = &self.body {
            let written = std::fs::write(path, update_report::markdown(&services));
            written.map_err(|source| CliError::Unwritable { path: path.clone(), source })?;
        }
        let exit = self.exit(&services);
        if self.output == Output::Json {
            ui::out(&format!("{:#}\n", update_report::json(services, &notices.json())));
            return Ok(exit);
        }
        ui::out(&update_text::done(&services));
        for updated in services {
            match updated.outcome {
                Ok(update) if !update.conflicts.is_empty() => ui::err(&conflicts(&update)),
                Ok(_) => {}
                Err(error) => ui::err(&format!("{}\n", CliError::from(error).in_service(&updated.dir))),
            }
        }
        Ok(exit)
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
    let faulty = |what: String| CliError::Resolve { text: text.to_owned(), what };
    let (field, side) = text.rsplit_once('=').ok_or_else(|| faulty("has no `=ours` or `=theirs`".to_owned()))?;
    let side = match side {
        "ours" => Side::Ours,
        "theirs" => Side::Theirs,
        other => return Err(faulty(format!("ends with `{other}`, which is neither ours nor theirs"))),
    };
    let pattern = FieldPattern::parse(field).map_err(faulty)?;
    Ok(Resolve { pattern, side })
}

/// Asks about each conflict of a service; `None` when the person leaves them as they are.
fn settle(screen: &RefCell<Screen>, update: &Update) -> Option<Vec<Resolve>> {
    let mut settled = Vec::new();
    for asked in &update.conflicts {
        let conflict = &asked.conflict;
        let pattern = FieldPattern::parse(&conflict.name()).ok()?;
        let question =
            Question { prompt: "Which one?", help: update_text::conflict(&update.dir, asked), wrong: None, default: None };
        let sides = ["ours: what is on disk", "theirs: what the blueprint renders", "neither: write nothing"].map(str::to_owned);
        let side = match screen.borrow().choice(&question, &sides, 0) {
            Ok(Some(0)) => Side::Ours,
            Ok(Some(1)) => Side::Theirs,
            _ => return None,
        };
        settled.push(Resolve { pattern, side });
    }
    Some(settled)
}

fn diffs(services: &[Updated]) -> String {
    let mut text = String::new();
    for update in services.iter().filter_map(|updated| updated.outcome.as_ref().ok()) {
        for file in &update.files {
            let path = update.dir.join(&file.path);
            let path = path.strip_prefix(".").unwrap_or(&path).display().to_string();
            text += &diff::unified(&path, file.before.as_deref(), file.after.as_deref());
        }
    }
    text
}

fn conflicts(update: &Update) -> String {
    let count = update.conflicts.len();
    let noun = if count == 1 { "conflict" } else { "conflicts" };
    let mut text = format!("{} {count} {noun} in {}; nothing was changed\n", ui::red("error:"), update.service);
    for asked in &update.conflicts {
        text.push_str("  ");
        text += &update_text::conflict(&update.dir, asked);
    }
    let first = update.conflicts.first().map(|asked| asked.conflict.name()).unwrap_or_default();
    let dir = if update.dir == Path::new(".") { String::new() } else { format!(" {}", update.dir.display()) };
    let hint = format!(
        "`plimsoll update{dir} --resolve '{first}=ours'` keeps what is on disk, `=theirs` takes the new render; --ours or --theirs \
         settles them all"
    );
    _ = writeln!(text, "\n{} {hint}", ui::cyan("hint:"));
    text
}
