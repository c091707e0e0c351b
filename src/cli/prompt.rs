//! One question on the screen: help above it while it is asked, a single line once it is answered.

use std::io;

use console::{Term, measure_text_width};
use dialoguer::theme::{ColorfulTheme, Theme as _};
use dialoguer::{Confirm, Input, Select};

use super::error::CliError;
use super::ui::{self, Line, TextLines};
use crate::notation::inert;

/// What is shown of a question.
pub struct PromptText<'a> {
    /// What is asked.
    pub prompt: &'a str,
    /// What stands above it.
    pub help: String,
    /// What was wrong with the answer just given.
    pub wrong: Option<String>,
    /// The answer that Enter takes.
    pub default: Option<String>,
}

/// The terminal that is asked.
pub struct Screen {
    term: Term,
    // Without colours its marks are plain characters.
    theme: ColorfulTheme,
    /// The rows of each answer that is kept right above the cursor.
    kept: Vec<usize>,
}

impl Screen {
    /// The terminal of messages.
    pub fn new() -> Self {
        Self { term: Term::stderr(), theme: ColorfulTheme::default(), kept: Vec::new() }
    }

    /// Asks for a text, which may be empty.
    ///
    /// # Errors
    /// The person left.
    pub fn text(&self, asked: &PromptText<'_>) -> Result<String, CliError> {
        let above = self.lead(asked);
        let (prompt, default) = (inert(asked.prompt), asked.default.as_deref().map(inert));
        let mut input = Input::<String>::with_theme(&self.theme).with_prompt(prompt.as_ref()).allow_empty(true).report(false);
        if let Some(default) = &default {
            input = input.default(default.clone().into_owned());
        }
        let text = input.interact_text_on(&self.term).map_err(left)?;
        let is_default = default.is_some_and(|default| default == text);
        let typed = if is_default { "" } else { &text };
        self.wipe(above + self.rows(&self.formatted(asked, typed)) - 1)?;
        Ok(asked.default.clone().filter(|_| is_default).unwrap_or(text))
    }

    /// Asks to choose; `None` to go back.
    ///
    /// # Errors
    /// The person left.
    pub fn choice(&self, asked: &PromptText<'_>, items: &[String], chosen: usize) -> Result<Option<usize>, CliError> {
        let above = self.lead(asked);
        let items = items.iter().map(|item| inert(item));
        let select = Select::with_theme(&self.theme).with_prompt(inert(asked.prompt)).items(items).default(chosen).report(false);
        let index = select.interact_on_opt(&self.term).map_err(left)?;
        self.wipe(above)?;
        Ok(index)
    }

    /// Asks for a yes or a no; `None` to go back.
    ///
    /// # Errors
    /// The person left.
    pub fn confirm(&mut self, prompt: &str) -> Result<Option<bool>, CliError> {
        self.yes_or_no(prompt, true, false)
    }

    /// Asks for a yes or a no that Enter ends, where several questions follow each other: what is typed too much
    /// answers none of them. `default` is what Enter alone means; `None` to go back.
    ///
    /// # Errors
    /// The person left.
    pub fn confirm_with_enter(&mut self, prompt: &str, default: bool) -> Result<Option<bool>, CliError> {
        self.yes_or_no(prompt, default, true)
    }

    fn yes_or_no(&mut self, prompt: &str, default: bool, enter: bool) -> Result<Option<bool>, CliError> {
        let confirm =
            Confirm::with_theme(&self.theme).with_prompt(inert(prompt)).default(default).wait_for_newline(enter).report(false);
        let answer = confirm.interact_on_opt(&self.term).map_err(left)?;
        if let Some(yes) = answer {
            self.keep(prompt, if yes { "yes" } else { "no" });
        }
        Ok(answer)
    }

    /// Keeps a question with its answer on the screen.
    pub fn keep(&mut self, prompt: &str, answer: &str) {
        let mut line = String::new();
        // Writing to memory cannot fail.
        let _ = self.theme.format_input_prompt_selection(&mut line, &inert(prompt), &inert(answer));
        #[expect(clippy::disallowed_methods, reason = "the theme styles what was made harmless above")]
        ui::styled_elsewhere(&format!("{line}\n"));
        self.kept.push(self.rows(&line));
    }

    /// Takes the last answer off the screen, unless something was written after it.
    ///
    /// # Errors
    /// The terminal has gone.
    pub fn take_back(&mut self) -> Result<(), CliError> {
        self.kept.pop().map_or(Ok(()), |rows| self.wipe(rows))
    }

    /// Writes something else below the answers.
    pub fn say(&mut self, text: &TextLines) {
        self.kept.clear();
        ui::err(text);
    }

    /// Writes what stands above a question, and says how many rows it takes.
    fn lead(&self, asked: &PromptText<'_>) -> usize {
        let mut text = TextLines::from(Line::default());
        text += ui::filled(ui::dim(&asked.help).words(), ui::columns(), "", "");
        if let Some(wrong) = &asked.wrong {
            // As the theme marks it.
            text += ui::filled((ui::red("✘") + " " + ui::red(wrong)).words(), ui::columns(), "", "  ");
        }
        ui::err(&text);
        text.lines().map(|line| line.width().div_ceil(self.columns()).max(1)).sum()
    }

    /// The line that a person has typed, as it stands on the screen.
    fn formatted(&self, asked: &PromptText<'_>, typed: &str) -> String {
        let mut line = String::new();
        let default = asked.default.as_deref().map(inert);
        let _ = self.theme.format_input_prompt(&mut line, &inert(asked.prompt), default.as_deref());
        line + typed
    }

    /// How many rows a line takes.
    fn rows(&self, line: &str) -> usize {
        measure_text_width(line).div_ceil(self.columns()).max(1)
    }

    fn columns(&self) -> usize {
        usize::from(self.term.size().1).max(1)
    }

    /// Clears rows above the cursor, so that only the answer is kept.
    fn wipe(&self, rows: usize) -> Result<(), CliError> {
        self.term.clear_last_lines(rows).map_err(|error| CliError::Terminal(error.to_string()))
    }
}

fn left(error: dialoguer::Error) -> CliError {
    // A list hides the cursor and does not show it again when it is left this way.
    let _ = Term::stderr().show_cursor();
    let dialoguer::Error::IO(error) = error;
    if error.kind() == io::ErrorKind::Interrupted { CliError::Cancelled } else { CliError::Terminal(error.to_string()) }
}
