//! `plimsoll blueprint`.

use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};

use super::error::CliError;
use super::ui::{self, Line, TextLines};
use super::{CommandResult, OutputForm};
use crate::blueprint::Blueprint;
use crate::blueprint::source::{SHIPPED, ShippedBlueprint};
use crate::ops::OpError;
use crate::yaml::Source;

/// List the blueprints that ship, or show one
///
/// A service file pins one by `blueprint: NAME@VERSION`; without a version, the newest renders.
#[derive(Debug, Args)]
pub struct BlueprintArgs {
    #[command(subcommand)]
    command: BlueprintCommand,
}

#[derive(Debug, Subcommand)]
enum BlueprintCommand {
    /// Every version with what it renders, from the oldest to the newest
    List {
        /// How the result is written
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        output: OutputForm,
    },
    /// The objects that a blueprint renders, and its files
    Show {
        /// The blueprint: a name for its newest version, or NAME@VERSION
        name: String,
        /// How the result is written
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        output: OutputForm,
    },
}

impl BlueprintArgs {
    /// Runs the command.
    pub fn run(&self) -> CommandResult {
        match &self.command {
            BlueprintCommand::List { output } => list(*output),
            BlueprintCommand::Show { name, output } => {
                let shipped = ShippedBlueprint::named(name).map_err(|mut fault| {
                    fault.source = Some(Source::Given(format!("plimsoll blueprint show {name}")));
                    OpError::Faults(vec![fault])
                })?;
                let blueprint = shipped.load().map_err(OpError::from)?;
                match output {
                    OutputForm::Text => ui::out(&text(shipped, &blueprint)),
                    OutputForm::Json => ui::json(&json(shipped, &blueprint)),
                }
                Ok(())
            }
        }
    }

    /// How errors are written.
    pub fn output(&self) -> OutputForm {
        match &self.command {
            BlueprintCommand::List { output } | BlueprintCommand::Show { output, .. } => *output,
        }
    }
}

fn list(output: OutputForm) -> CommandResult {
    let described = |shipped: &'static ShippedBlueprint| Ok((shipped, shipped.load().map_err(OpError::from)?));
    let blueprints: Vec<(&ShippedBlueprint, Blueprint)> = SHIPPED.iter().map(described).collect::<Result<_, CliError>>()?;
    match output {
        OutputForm::Text => {
            let mut text = TextLines::default();
            for (shipped, blueprint) in &blueprints {
                let files: Vec<&str> = blueprint.objects.iter().map(|object| object.file.as_str()).collect();
                text.line(ui::bold(shipped.id) + format!("  {}", blueprint.title.en));
                let files = files.into_iter().map(Line::from);
                text += ui::filled(files, ui::columns().saturating_sub(2), "", "  ").behind(&"  ".into(), "");
            }
            ui::out(&text);
        }
        OutputForm::Json => {
            let all: Vec<Json> = blueprints.iter().map(|(shipped, blueprint)| json(shipped, blueprint)).collect();
            ui::json(&Json::Array(all));
        }
    }
    Ok(())
}

fn text(shipped: &ShippedBlueprint, blueprint: &Blueprint) -> TextLines {
    let mut text = TextLines::from(ui::bold(shipped.id) + format!(" · {}", blueprint.title.en));
    text.line(ui::dim(&blueprint.title.ko));
    text.line(shipped.digest);
    text.gap();
    text.line(ui::bold("Workload") + format!("  {}", blueprint.workload));
    words(&mut text, "Needs", blueprint.needs.iter());
    words(&mut text, "Takes", blueprint.takes.iter());
    words(&mut text, "Options", blueprint.options.keys());
    text.gap();
    text.line(ui::bold("Objects"));
    let paths = blueprint.objects.iter().map(|object| object.path().len()).max().unwrap_or_default();
    let templates = blueprint.objects.iter().map(|object| object.template.len()).max().unwrap_or_default();
    for object in &blueprint.objects {
        let when = object.when.as_ref().map_or_else(|| "always".to_owned(), |key| format!("where there is {key}"));
        text.line(format!("  {:paths$}  {:templates$}  {when}", object.path(), object.template));
    }
    text.gap();
    text.line(ui::bold("Files"));
    for file in shipped.files() {
        text.line(format!("  {file}"));
    }
    text
}

/// A list of words under a title; nothing where there is none.
fn words<'a>(text: &mut TextLines, title: &str, words: impl ExactSizeIterator<Item = &'a String>) {
    if words.len() > 0 {
        text.gap();
        text.line(ui::bold(title));
        let words = words.map(|word| Line::from(word.as_str()));
        *text += ui::filled(words, ui::columns().saturating_sub(2), "", "  ").behind(&"  ".into(), "");
    }
}

fn json(shipped: &ShippedBlueprint, blueprint: &Blueprint) -> Json {
    let files: Vec<&str> = shipped.files().collect();
    json!({"blueprint": shipped.id, "digest": shipped.digest, "files": files, "description": blueprint})
}
