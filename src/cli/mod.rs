//! Layer 7: everything that a person sees.
//!
//! Each command has a file with its arguments and a function that calls the operation. `ui` is the
//! only file that prints, `error` the only one that turns errors into text.
//!
//! Text of others is made harmless in one place for each sink: in `lines` for terminals and logs, in
//! `markdown` for pull requests, in `notation` for JSON, XML and annotations.

mod adopt;
mod adopt_risks;
mod adopt_text;
mod blueprint;
mod check;
mod checklist;
mod checklist_diff;
mod checklist_flag;
mod checklist_test;
mod clock;
mod commit_flags;
mod conflict;
mod diff;
mod error;
mod escapes;
mod exit;
mod explain;
mod export;
mod item_words;
mod lines;
mod markdown;
mod merge;
mod new;
mod notices;
mod plan_text;
mod prompt;
mod render;
pub mod report;
mod schema;
mod shell;
mod tier_flag;
mod ui;
mod update;
mod update_markdown;
pub mod update_report;
mod update_text;
mod wizard;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use error::CliError;
use exit::Exit;
use ui::TextLines;

use crate::notation::inert;

/// One production checklist renders, checks and carries forward services on Kubernetes
///
/// Plimsoll asks a few questions about a service, writes manifests that are fit for production, and
/// commits them to git.
#[derive(Debug, Parser)]
#[command(name = "plimsoll", version, max_term_width = 100, after_help = AFTER_HELP)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Exit codes:
  0    done, or clean
  1    findings, or an update is pending under --check
  2    the input or the repository is not in order; nothing was changed; or output was lost
  3    conflicts between edits by hand and an update; nothing was changed
  101  a bug in Plimsoll
  130  left with Ctrl-C; nothing was changed

Start with `plimsoll new` in the folder of a service.";

#[derive(Debug, Subcommand)]
enum Command {
    New(new::NewArgs),
    Render(render::RenderArgs),
    Update(update::UpdateArgs),
    Adopt(adopt::AdoptArgs),
    Merge(merge::MergeArgs),
    Check(check::CheckArgs),
    Explain(explain::ExplainArgs),
    Checklist(checklist::ChecklistArgs),
    Blueprint(blueprint::BlueprintArgs),
    Schema(schema::SchemaArgs),
    Completions(shell::CompletionsArgs),
    Man(shell::ManArgs),
}

/// How results are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum OutputForm {
    /// For people.
    #[default]
    Text,
    /// One JSON object on standard output, for programs; errors too.
    Json,
}

/// Runs Plimsoll with the given arguments.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        let mut text = TextLines::from(format!("error: a bug in Plimsoll: {panic}"));
        text.gap();
        text.line("hint: please report it with the command that you ran");
        ui::err(&text);
        Exit::Bug.leave();
    }));
    let args: Vec<OsString> = args.into_iter().collect();
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        // Help and version are what was asked for.
        Err(help) if !help.use_stderr() => {
            #[expect(clippy::disallowed_methods, reason = "help, which is ours")]
            ui::help(&help.render().ansi().to_string());
            return ended(Exit::Done).code();
        }
        Err(error) => {
            misused(&error, &args);
            return Exit::NotInOrder.code();
        }
    };
    let (output, outcome) = match &cli.command {
        Command::New(args) => (args.output, args.run().map(done)),
        Command::Render(args) => (OutputForm::Text, args.run().map(done)),
        Command::Update(args) => (args.output, args.run()),
        Command::Adopt(args) => (args.output, args.run()),
        Command::Merge(args) => (args.output, args.run()),
        Command::Check(args) => (args.output(), args.run()),
        Command::Explain(args) => (args.output, args.run().map(done)),
        Command::Checklist(args) => (args.output(), args.run()),
        Command::Blueprint(args) => (args.output(), args.run().map(done)),
        Command::Schema(args) => {
            args.run();
            (OutputForm::Text, Ok(Exit::Done))
        }
        Command::Completions(args) => {
            args.run();
            (OutputForm::Text, Ok(Exit::Done))
        }
        Command::Man(args) => (OutputForm::Text, args.run().map(done)),
    };
    match outcome {
        Ok(exit) => ended(exit),
        Err(error @ CliError::Unheard(_)) => error.report(OutputForm::Text),
        Err(error) => ended(error.report(output)),
    }
    .code()
}

/// How a run ended, now that all has been written. Where that was lost, only people can be told.
fn ended(exit: Exit) -> Exit {
    match ui::lost() {
        Some(what) if exit != Exit::Bug => CliError::Lost(what).report(OutputForm::Text),
        _ => exit,
    }
}

/// Says what is wrong with the arguments. They may come from anywhere, as in a script that passes on what
/// it was given, and the parser repeats them as they are: so it reads them once more, made harmless.
fn misused(error: &clap::Error, args: &[OsString]) {
    let harmless = args.iter().map(|arg| inert(&arg.to_string_lossy()).into_owned());
    if let Some(again) = Cli::try_parse_from(harmless).err().filter(clap::Error::use_stderr) {
        #[expect(clippy::disallowed_methods, reason = "the parser styles what was made harmless above")]
        return ui::styled_elsewhere(&again.render().ansi().to_string());
    }
    let mut text = TextLines::default();
    error.render().to_string().lines().for_each(|line| text.line(line));
    ui::err(&text);
}

/// How a command ends that does what it is asked for or fails.
fn done((): ()) -> Exit {
    Exit::Done
}

/// What a command comes to.
type CommandResult = Result<(), CliError>;

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
