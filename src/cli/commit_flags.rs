//! The flags that say what becomes of the files in git, the same on every command that writes.

use clap::Args;

use crate::notation::shell_word;
use crate::ops::CommitChoice;

#[derive(Clone, Debug, Args)]
pub struct CommitFlags {
    /// Write the files without a commit
    #[arg(long, conflicts_with = "branch")]
    pub no_commit: bool,
    /// Start this branch at HEAD and commit to it
    #[arg(long, value_name = "NAME")]
    pub branch: Option<String>,
    /// Write files although git holds uncommitted edits at their paths
    #[arg(long)]
    allow_dirty: bool,
}

impl CommitFlags {
    /// What they ask for; `init` is whether a repository shall be made.
    pub fn choice(&self, init: bool) -> CommitChoice {
        CommitChoice { commit: !self.no_commit, init, branch: self.branch.clone(), allow_dirty: self.allow_dirty }
    }

    /// They themselves, as words of a command.
    pub fn words(&self) -> Vec<String> {
        let flags = [(self.no_commit, "--no-commit"), (self.allow_dirty, "--allow-dirty")];
        let given = flags.into_iter().filter(|(given, _)| *given).map(|(_, flag)| flag.to_owned());
        given.chain(self.branch.iter().map(|branch| format!("--branch {}", shell_word(branch)))).collect()
    }
}
