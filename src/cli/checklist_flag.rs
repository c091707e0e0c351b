//! The flag that names the checklist, the same on every command.

use clap::Args;

#[derive(Clone, Debug, Default, Args)]
pub struct ChecklistFlag {
    /// The checklist: a file of your own, or a shipped one such as production@2026.11; stands over
    /// that of plimsoll.yaml
    #[arg(long, value_name = "FILE")]
    checklist: Option<String>,
}

impl ChecklistFlag {
    /// The checklist by file or name, where one is given.
    pub fn name(&self) -> Option<&str> {
        self.checklist.as_deref()
    }
}
