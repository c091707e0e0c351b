//! The flag that names the checklist, the same on every command.

use std::path::Path;

use clap::Args;

use super::lines::TextLines;
use super::ui;
use crate::change::LOCK_FILE;
use crate::notation::shell_path;
use crate::service;

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

/// That a service file names another edition than the lock beside it, by which the command went.
pub fn held_back(dir: &Path) -> TextLines {
    let place = Some(dir).filter(|dir| *dir != Path::new("") && *dir != Path::new("."));
    let again = place.map(|dir| format!(" {}", shell_path(&dir.to_string_lossy()))).unwrap_or_default();
    let names = format!(" {} names another checklist or blueprint than {LOCK_FILE}, which decides here", service::FILE);
    (ui::cyan("hint:") + format!("{names}: `plimsoll update{again}` moves to it")).into()
}
