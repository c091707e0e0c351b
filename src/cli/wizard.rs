//! The wizard: asks the questions one by one, each answer checked as it is typed. It writes nothing.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};
use dialoguer::{Confirm, Input, Select};

use super::error::CliError;
use super::{plan_text, ui};
use crate::ops::{self, OpError, Prepared, Toolbox};
use crate::service::{Answers, QUESTIONS, Question};
use crate::workspace::{Found, detect};
use crate::yaml::Route;

/// What a person types to go back a step.
const BACK: &str = "<";

/// Answers every open question with its default, as far as there is one.
pub fn take_defaults(dir: &Path, answers: &mut Answers) {
    let told = detect(dir);
    for question in QUESTIONS.iter().filter(|question| is_open(question, answers)).collect::<Vec<_>>() {
        if let Some((answer, _)) = default_of(question, &told) {
            // Defaults are our own words; what is wrong with one is told when the service is loaded.
            let _ = answers.answer(question.field, &answer);
        }
    }
    take_repository(&told, answers);
}

fn take_repository(told: &[Found], answers: &mut Answers) {
    let found = told.iter().find(|found| found.field == "repository");
    if let Some(found) = found.filter(|_| !answers.has(&route("repository"))) {
        let _ = answers.answer("repository", &found.answer);
    }
}

/// Asks what is open; `None` when the person says no at the end.
///
/// `equivalent` gives the command that does the same without questions; `target` is what a yes at
/// the end does, and without it none is asked for.
///
/// # Errors
/// The person left, or the answers cannot be made into a service.
pub fn run(
    toolbox: &Toolbox,
    dir: &Path,
    given: Answers,
    equivalent: &dyn Fn(&Answers) -> String,
    target: Option<&str>,
) -> Result<Option<Prepared>, CliError> {
    // With a handler in place Ctrl-C comes back from the prompt as an error instead of ending us.
    let seen = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGINT, seen).map_err(|error| CliError::Terminal(error.to_string()))?;
    let mut wizard = Wizard::new(toolbox, dir, given);
    // What is in the way is told before the first question.
    if let Err(error @ (OpError::AlreadyThere(_) | OpError::Exists(_))) = ops::prepare(toolbox, dir, &wizard.answers) {
        return Err(error.into());
    }
    ui::err("Enter takes the default. Type < (or press Esc in a list) to go back. Ctrl-C leaves without a trace.\n\n");
    loop {
        wizard.ask_all()?;
        let mut answers = wizard.answers.clone();
        take_repository(&wizard.told, &mut answers);
        let prepared = ops::prepare(toolbox, dir, &answers)?;
        ui::err(&format!("\n{}\n{}\n", plan_text::text(toolbox, &prepared), plan_text::files(&prepared)));
        ui::err(&format!("The same without questions:\n  {}\n\n", equivalent(&answers)));
        let Some(target) = target else { return Ok(Some(prepared)) };
        let prompt = format!("{} files: {target}?", prepared.files.len());
        let confirm = Confirm::with_theme(wizard.theme.as_ref()).with_prompt(prompt).default(true);
        match confirm.interact_opt().map_err(left)? {
            Some(true) => return Ok(Some(prepared)),
            Some(false) => return Ok(None),
            None => wizard.back(),
        }
    }
}

struct Wizard<'a> {
    toolbox: &'a Toolbox,
    theme: Box<dyn Theme>,
    told: Vec<Found>,
    answers: Answers,
    /// The questions that were answered here, in their order.
    asked: Vec<&'static Question>,
    /// What was answered before going back.
    before: BTreeMap<&'static str, String>,
}

/// What came of a question.
enum Reply {
    Answer(String),
    Nothing,
    Back,
}

impl<'a> Wizard<'a> {
    fn new(toolbox: &'a Toolbox, dir: &Path, answers: Answers) -> Self {
        let theme: Box<dyn Theme> =
            if console::colors_enabled_stderr() { Box::new(ColorfulTheme::default()) } else { Box::new(SimpleTheme) };
        Self { toolbox, theme, told: detect(dir), answers, asked: Vec::new(), before: BTreeMap::new() }
    }

    /// Asks all questions that are open, with steps back.
    fn ask_all(&mut self) -> Result<(), CliError> {
        while let Some(question) = self.next() {
            match self.ask(question)? {
                Reply::Back => self.back(),
                Reply::Answer(text) => {
                    self.before.insert(question.field, text.clone());
                    self.asked.push(question);
                    self.answers.answer(question.field, &text).map_err(|fault| OpError::Faults(vec![fault]))?;
                }
                Reply::Nothing => {
                    self.before.remove(question.field);
                    self.asked.push(question);
                }
            }
        }
        Ok(())
    }

    fn next(&self) -> Option<&'static Question> {
        let asked = |question: &Question| self.asked.iter().any(|asked| asked.field == question.field);
        QUESTIONS.iter().find(|question| !asked(question) && is_open(question, &self.answers))
    }

    fn back(&mut self) {
        if let Some(last) = self.asked.pop() {
            self.answers.forget(last.field);
        }
    }

    fn ask(&self, question: &'static Question) -> Result<Reply, CliError> {
        let default = match self.before.get(question.field) {
            Some(answer) => Some((answer.clone(), "your answer before".to_owned())),
            None => default_of(question, &self.told),
        };
        let from = default.as_ref().map(|(_, from)| format!(" (default from {from})")).unwrap_or_default();
        ui::err(&format!("{}\n", ui::dim(&format!("{}{from}", question.help))));
        let default = default.map(|(answer, _)| answer);
        if question.choices.is_empty() { self.ask_text(question, default) } else { self.ask_choice(question, default.as_deref()) }
    }

    fn ask_text(&self, question: &Question, default: Option<String>) -> Result<Reply, CliError> {
        let check = |text: &String| if text == BACK { Ok(()) } else { self.check(question, text) };
        let mut input = Input::<String>::with_theme(self.theme.as_ref()).with_prompt(question.prompt).validate_with(check);
        input = match default {
            Some(default) => input.default(default),
            None => input.allow_empty(question.optional),
        };
        let text = input.interact_text().map_err(left)?;
        Ok(match text.as_str() {
            BACK => Reply::Back,
            "" => Reply::Nothing,
            _ => Reply::Answer(text),
        })
    }

    fn ask_choice(&self, question: &Question, default: Option<&str>) -> Result<Reply, CliError> {
        let shown = question.choices.iter().map(|(word, about)| match self.about(question, word, about) {
            about if about.is_empty() => (*word).to_owned(),
            about => format!("{word:<7} {about}"),
        });
        let chosen = question.choices.iter().position(|(word, _)| Some(*word) == default).unwrap_or_default();
        let select = Select::with_theme(self.theme.as_ref()).with_prompt(question.prompt).items(shown).default(chosen);
        let reply = select.interact_opt().map_err(left)?.and_then(|index| question.choices.get(index));
        Ok(reply.map_or(Reply::Back, |(word, _)| Reply::Answer((*word).to_owned())))
    }

    /// What a choice means; the amounts of a size stand in the blueprint.
    fn about(&self, question: &Question, word: &str, about: &str) -> String {
        let size = self.toolbox.renderer.blueprint().defaults.sizes.get(word).filter(|_| question.field == "size");
        size.map_or(about.to_owned(), |size| format!("{} cpu, {} memory", size.cpu, size.memory))
    }

    /// What is wrong with an answer, the checklist's word included.
    fn check(&self, question: &Question, text: &str) -> Result<(), String> {
        let mut answers = self.answers.clone();
        if !text.is_empty() {
            answers.answer(question.field, text).map_err(|fault| fault.message)?;
        }
        let field = route(question.field);
        let faults = self.toolbox.plan(&answers).err().unwrap_or_default();
        match faults.into_iter().find(|fault| field.contains(&fault.route)) {
            Some(fault) => Err(fault.hint.map_or(fault.message.clone(), |hint| format!("{}; {hint}", fault.message))),
            None => Ok(()),
        }
    }
}

/// Whether a question belongs to the tier and is not answered yet.
fn is_open(question: &Question, answers: &Answers) -> bool {
    let tier = answers.merged().0.get("tier").map_or(2, |tier| match tier.value {
        crate::yaml::Value::Int(tier) => tier,
        _ => 2,
    });
    question.tiers.iter().any(|asked| i64::from(*asked) == tier)
        && !answers.has(&route(question.field))
        // Exact amounts answer the question of the size.
        && !(question.field == "size" && answers.has(&route("resources")))
}

/// The answer that stands ready, and where it comes from.
fn default_of(question: &Question, told: &[Found]) -> Option<(String, String)> {
    let found = told.iter().find(|found| found.field == question.field);
    match found {
        Some(found) => Some((found.answer.clone(), found.from.clone())),
        None => question.default.map(|answer| (answer.to_owned(), "the blueprint".to_owned())),
    }
}

fn route(field: &str) -> Route {
    Route::parse(field).unwrap_or_default()
}

fn left(error: dialoguer::Error) -> CliError {
    // A list hides the cursor and does not show it again when it is left this way.
    let _ = console::Term::stderr().show_cursor();
    let dialoguer::Error::IO(error) = error;
    if error.kind() == io::ErrorKind::Interrupted { CliError::Cancelled } else { CliError::Terminal(error.to_string()) }
}
