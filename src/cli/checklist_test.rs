//! `plimsoll checklist test`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::OutputForm;
use super::error::CliError;
use super::exit::Exit;
use super::ui::{self, TextLines};
use crate::check::{CaseOutcome, CasesRun};
use crate::notation::counted;
use crate::ops;

/// Run the passing and failing cases of a checklist of your own
///
/// Reads the file, compiles its rules, and holds the manifests of each case against its item.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 every case holds, 1 one does not, 2 the file is not in order.")]
pub struct TestArgs {
    /// The checklist
    file: PathBuf,
    /// How the result is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub output: OutputForm,
}

impl TestArgs {
    /// Runs the command.
    pub fn run(&self) -> Result<Exit, CliError> {
        let run = ops::run_cases(&self.file)?;
        match self.output {
            OutputForm::Text => ui::out(&text(&run)),
            OutputForm::Json => ui::json(&json!(run)),
        }
        Ok(if run.cases.iter().all(|case| case.wrong.is_none()) { Exit::Done } else { Exit::Findings })
    }
}

fn text(run: &CasesRun) -> TextLines {
    let mut text = TextLines::default();
    for CaseOutcome { item, name, place, wrong, .. } in &run.cases {
        match wrong {
            None => text.line(ui::green("holds") + format!("  {item}: {name}")),
            Some(wrong) => {
                text.line(ui::red("fails") + format!("  {item}: {name}"));
                text.line(format!("       {place}: {wrong}"));
            }
        }
    }
    for item in &run.without {
        text.line(ui::yellow("none") + format!("   {item} has no cases"));
    }
    let failing = run.cases.iter().filter(|case| case.wrong.is_some()).count();
    let verdict = match failing {
        0 => "all hold".to_owned(),
        1 => "1 does not hold".to_owned(),
        more => format!("{more} do not hold"),
    };
    let verdict = if run.cases.is_empty() { "nothing to run" } else { &verdict };
    text.line(format!("{}: {}, {verdict}", run.checklist, counted(run.cases.len(), "case")));
    text
}
