//! The wizard: asks the questions one by one, each answer checked as it is typed. It writes nothing.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::CliError;
use super::plan_text;
use super::prompt::{PromptText, Screen};
use super::ui::{self, Line, TextLines};
use crate::change::Edition;
use crate::ops::{self, OpError, Prepared};
use crate::service::{Answers, Question};
use crate::workspace::{Detected, detect};
use crate::yaml::{Fault, Route, Value};

/// What a person types to go back a step.
const BACK: &str = "<";

/// What a person types to leave out what stands ready as the default.
const NOTHING: &str = "-";

const KEYS: &str = "Enter takes the default, < goes back (Esc in a list), Ctrl-C leaves without a trace.";

/// Answers every open question with its default, as far as there is one.
pub fn take_defaults(questions: &[Question], dir: &Path, answers: &mut Answers) {
    let told = detect(dir);
    for question in questions {
        if let Some((answer, _)) = default_of(question, &told).filter(|_| is_open(question, answers)) {
            // Defaults are our own words; what is wrong with one is told when the service is loaded.
            let _ = answers.answer(&question.field, &answer);
        }
    }
    take_repository(&told, answers);
}

fn take_repository(told: &[Detected], answers: &mut Answers) {
    let found = told.iter().find(|found| found.field == "repository");
    if let Some(found) = found.filter(|_| !answers.has(&route("repository"))) {
        let _ = answers.answer("repository", &found.answer);
    }
}

/// Asks what is open; `None` when the person says no at the end.
///
/// `which` asks for the blueprint, where there is a choice. `make` gives what renders a service of which something has been answered: it is called as soon as the
/// blueprint is known, and again where another one is chosen. `equivalent` gives the command that does the
/// same without questions, word by word; `target` is what is asked at the end, and without it nothing is.
///
/// # Errors
/// The person left, or the answers cannot be made into a service.
pub fn run(
    which: Option<Question>,
    make: &Make<'_>,
    dir: &Path,
    given: Answers,
    equivalent: &dyn Fn(&Answers) -> Vec<String>,
    target: Option<&str>,
) -> Result<Option<(Arc<Edition>, Prepared)>, CliError> {
    let mut wizard = Wizard::new(which, make, dir, given)?;
    ui::err(&ui::filled(Line::from(KEYS).words(), ui::columns(), "", ""));
    loop {
        let edition = wizard.ask_all()?;
        let mut answers = wizard.answers.clone();
        take_repository(&wizard.told, &mut answers);
        let prepared = ops::prepare(&edition, dir, &answers)?;
        if target.is_some() {
            let parts = [plan_text::summary(&edition, &prepared), plan_text::files(&prepared)];
            wizard.screen.say(&TextLines::with_gaps(parts).after_gap());
        }
        let words = equivalent(&answers).into_iter().map(Line::from);
        let command = ui::filled(words, ui::columns().saturating_sub(4), " \\", "    ").behind(&"  ".into(), "");
        let mut same = TextLines::from(ui::bold("The same without questions")).after_gap();
        same += command;
        same.gap();
        wizard.screen.say(&same);
        let Some(target) = target else { return Ok(Some((edition, prepared))) };
        let answer = wizard.screen.confirm(target)?;
        wizard.check_left()?;
        match answer {
            Some(true) => return Ok(Some((edition, prepared))),
            Some(false) => return Ok(None),
            None if wizard.asked.is_empty() => return Ok(None),
            None => wizard.back()?,
        }
    }
}

/// What renders a service of which these are the answers so far.
type Make<'a> = dyn Fn(&Answers) -> Result<Arc<Edition>, CliError> + 'a;

struct Wizard<'a> {
    make: &'a Make<'a>,
    /// Which blueprint it shall be, where that has to be asked.
    which: Option<Question>,
    /// What renders, once that is known.
    edition: Option<Arc<Edition>>,
    screen: Screen,
    /// Whether Ctrl-C was pressed.
    interrupted: Arc<AtomicBool>,
    told: Vec<Detected>,
    /// What was answered before the first question.
    given: Answers,
    answers: Answers,
    /// The questions that were answered here, in their order.
    asked: Vec<Question>,
    /// What was answered before going back.
    before: BTreeMap<String, String>,
}

/// What came of a question.
enum Reply {
    Answer(String),
    Nothing,
    Back,
}

impl<'a> Wizard<'a> {
    fn new(which: Option<Question>, make: &'a Make<'a>, dir: &Path, given: Answers) -> Result<Self, CliError> {
        // With a handler in place Ctrl-C comes back from the prompt as an error instead of ending us.
        let interrupted = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::clone(&interrupted))
            .map_err(|error| CliError::Terminal(error.to_string()))?;
        let which = which.filter(|question| is_open(question, &given));
        let mut wizard = Self {
            make,
            which,
            edition: None,
            screen: Screen::new(),
            interrupted,
            told: detect(dir),
            answers: given.clone(),
            given,
            asked: Vec::new(),
            before: BTreeMap::new(),
        };
        if wizard.which.is_none() {
            wizard.choose()?;
        }
        Ok(wizard)
    }

    /// Takes the blueprint that was answered. What is wrong in answers that were given is told before the next
    /// question.
    fn choose(&mut self) -> Result<(), CliError> {
        let edition = (self.make)(&self.answers)?;
        let mut faults = edition.plan(&self.answers).err().unwrap_or_default();
        faults.retain(|fault| self.was_given(fault));
        if !faults.is_empty() {
            return Err(OpError::Faults(faults).into());
        }
        self.edition = Some(edition);
        Ok(())
    }

    /// A Ctrl-C between two prompts reaches neither of them.
    fn check_left(&self) -> Result<(), CliError> {
        if self.interrupted.load(Ordering::Relaxed) { Err(CliError::Cancelled) } else { Ok(()) }
    }

    /// Asks all questions that are open, with steps back; what renders is known then.
    fn ask_all(&mut self) -> Result<Arc<Edition>, CliError> {
        loop {
            let question = match (&self.edition, &self.which) {
                (None, Some(which)) => which.clone(),
                (None, None) => {
                    self.choose()?;
                    continue;
                }
                (Some(edition), _) => match self.next(edition) {
                    Some(question) => question,
                    None => return Ok(Arc::clone(edition)),
                },
            };
            match self.ask(&question)? {
                Reply::Back => self.back()?,
                Reply::Answer(text) => {
                    self.answers.answer(&question.field, &text).map_err(|fault| OpError::Faults(vec![fault]))?;
                    self.before.insert(question.field.clone(), text);
                    self.asked.push(question);
                    if self.edition.is_none() {
                        self.choose()?;
                    }
                }
                Reply::Nothing => {
                    self.before.remove(&question.field);
                    self.asked.push(question);
                }
            }
        }
    }

    fn next(&self, edition: &Edition) -> Option<Question> {
        let asked = |question: &Question| self.asked.iter().any(|asked| asked.field == question.field);
        edition.renderer.blueprint().questions().into_iter().find(|question| !asked(question) && is_open(question, &self.answers))
    }

    fn back(&mut self) -> Result<(), CliError> {
        let Some(last) = self.asked.pop() else { return Ok(()) };
        self.answers.forget(&last.field);
        if self.which.as_ref().is_some_and(|which| which.field == last.field) {
            self.edition = None;
        }
        self.screen.take_back()
    }

    /// Asks until the answer is in order.
    fn ask(&mut self, question: &Question) -> Result<Reply, CliError> {
        let default = match self.before.get(&question.field) {
            Some(answer) => Some((answer.clone(), "your last answer".to_owned())),
            None => default_of(question, &self.told),
        };
        let (default, from) = default.unzip();
        let mut asked = PromptText { prompt: &question.prompt, help: self.help(question, from), wrong: None, default };
        loop {
            let (reply, shown) =
                if question.choices.is_empty() { self.ask_text(question, &asked)? } else { self.ask_choice(question, &asked)? };
            self.check_left()?;
            let checked = match &reply {
                Reply::Answer(text) => self.check(question, text),
                Reply::Nothing => self.check(question, ""),
                Reply::Back => return Ok(reply),
            };
            match checked {
                Ok(()) => {
                    self.screen.keep(&question.prompt, &shown);
                    return Ok(reply);
                }
                Err(wrong) => asked.wrong = Some(wrong),
            }
        }
    }

    fn help(&self, question: &Question, from: Option<String>) -> String {
        let may_be_left_out = question.optional && self.check(question, "").is_ok();
        let more = match from {
            Some(from) if may_be_left_out => format!(" Default from {from}; {NOTHING} leaves it out."),
            Some(from) => format!(" Default from {from}."),
            None if may_be_left_out => " Enter leaves it out.".to_owned(),
            None => String::new(),
        };
        format!("{}.{more}", question.help)
    }

    fn ask_text(&self, question: &Question, asked: &PromptText<'_>) -> Result<(Reply, String), CliError> {
        let text = self.screen.text(asked)?;
        Ok(match text.trim() {
            BACK => (Reply::Back, String::new()),
            "" => (Reply::Nothing, "(none)".to_owned()),
            NOTHING if question.optional => (Reply::Nothing, "(none)".to_owned()),
            text => (Reply::Answer(text.to_owned()), text.to_owned()),
        })
    }

    fn ask_choice(&self, question: &Question, asked: &PromptText<'_>) -> Result<(Reply, String), CliError> {
        let choices: Vec<(&str, String)> =
            question.choices.iter().map(|(word, about)| (word.as_str(), self.about(question, word, about))).collect();
        let width = choices.iter().map(|(word, _)| word.len()).max().unwrap_or_default();
        let items: Vec<String> = choices.iter().map(|(word, about)| format!("{word:width$}  {about}")).collect();
        let chosen = choices.iter().position(|(word, _)| Some(*word) == asked.default.as_deref()).unwrap_or_default();
        let index = self.screen.choice(asked, &items, chosen)?;
        Ok(match index.and_then(|index| choices.into_iter().nth(index)) {
            Some((word, about)) => (Reply::Answer(word.to_owned()), format!("{word} ({about})")),
            None => (Reply::Back, String::new()),
        })
    }

    /// What a choice means; the amounts of a size stand in the blueprint.
    fn about(&self, question: &Question, word: &str, about: &str) -> String {
        let sizes = self.edition.as_ref().map(|edition| &edition.renderer.blueprint().defaults.resources.sizes);
        let size = sizes.and_then(|sizes| sizes.get(word)).filter(|_| question.field == "size");
        size.map_or(about.to_owned(), |size| format!("{} cpu, {} memory", size.cpu, size.memory))
    }

    /// What is wrong with an answer, the checklist's word included; an empty one leaves the field out.
    fn check(&self, question: &Question, text: &str) -> Result<(), String> {
        let Some(edition) = &self.edition else { return Ok(()) };
        let mut answers = self.answers.clone();
        if !text.is_empty() {
            answers.answer(&question.field, text).map_err(|fault| fault.message)?;
        }
        let field = route(&question.field);
        for fault in edition.plan(&answers).err().unwrap_or_default() {
            // No later question could mend what the answer makes of those that were given.
            let message = if field.contains(&fault.route) {
                fault.message
            } else if self.was_given(&fault) {
                fault.to_string()
            } else {
                continue;
            };
            return Err(fault.hint.map_or(message.clone(), |hint| format!("{message}; {hint}")));
        }
        Ok(())
    }

    /// Whether a fault lies in what was answered before the first question.
    fn was_given(&self, fault: &Fault) -> bool {
        let mut fault = Fault { source: None, ..fault.clone() };
        self.given.locate(&mut fault);
        fault.source.is_some()
    }
}

/// Whether a question belongs to the tier and is not answered yet.
fn is_open(question: &Question, answers: &Answers) -> bool {
    let tier = answers.at_top("tier").map_or(2, |tier| match tier.value {
        Value::Int(tier) => tier,
        _ => 2,
    });
    question.tiers.iter().any(|asked| i64::from(*asked) == tier)
        && !answers.has(&route(&question.field))
        // Exact amounts answer the question of the size.
        && !(question.field == "size" && answers.has(&route("resources")))
}

/// The answer that stands ready, and where it comes from.
fn default_of(question: &Question, told: &[Detected]) -> Option<(String, String)> {
    let found = told.iter().find(|found| found.field == question.field);
    match found {
        Some(found) => Some((found.answer.clone(), found.from.clone())),
        None => question.default.clone().map(|answer| (answer, "the blueprint".to_owned())),
    }
}

fn route(field: &str) -> Route {
    Route::parse(field).unwrap_or_default()
}
