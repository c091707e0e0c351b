//! `plimsoll completions` and `plimsoll man`: what a shell needs to know of the commands.

use clap::{Args, CommandFactory as _};

use super::{Cli, CommandResult, ui};

/// Write completions for a shell to standard output
///
/// For bash: plimsoll completions bash > ~/.local/share/bash-completion/completions/plimsoll
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    shell: clap_complete::Shell,
}

impl CompletionsArgs {
    /// Runs the command.
    pub fn run(&self) {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "plimsoll", &mut script);
        #[expect(clippy::disallowed_methods, reason = "data: a script, which is ours")]
        ui::data(&String::from_utf8_lossy(&script));
    }
}

/// Write the manual page to standard output
///
/// To read it at once: plimsoll man | man -l -
#[derive(Debug, Args)]
pub struct ManArgs {
    /// A command, for its own page
    command: Option<String>,
}

impl ManArgs {
    /// Runs the command.
    pub fn run(&self) -> CommandResult {
        let mut root = Cli::command();
        root.build();
        let page = match &self.command {
            None => root,
            Some(name) => {
                let found = root.find_subcommand(name).cloned();
                found.ok_or_else(|| super::error::CliError::NoSuchCommand(name.clone()))?
            }
        };
        let mut roff = Vec::new();
        // Writing to memory cannot fail.
        let _ = clap_mangen::Man::new(page).render(&mut roff);
        #[expect(clippy::disallowed_methods, reason = "data: a page, which is ours")]
        ui::data(&String::from_utf8_lossy(&roff));
        Ok(())
    }
}
