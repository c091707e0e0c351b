//! `plimsoll render`.

use std::path::PathBuf;

use clap::Args;

use super::checklist_flag::{ChecklistFlag, held_back};
use super::{CommandResult, ui};
use crate::ops;

/// Write the manifests of a service to standard output, and nothing to disk
///
/// Reads plimsoll.yaml in the folder. The objects come as one YAML stream, so that
/// `plimsoll render | kubectl diff -f -` works.
#[derive(Debug, Args)]
pub struct RenderArgs {
    /// The folder of the service
    #[arg(default_value = ".")]
    dir: PathBuf,
    #[command(flatten)]
    checklist: ChecklistFlag,
}

impl RenderArgs {
    /// Runs the command.
    pub fn run(&self) -> CommandResult {
        let (manifests, is_held_back) = ops::render(self.checklist.name(), &self.dir)?;
        let texts: Vec<String> = manifests.into_iter().map(|manifest| manifest.text).collect();
        #[expect(clippy::disallowed_methods, reason = "data: manifests as they are")]
        ui::data(&texts.join("---\n"));
        if is_held_back {
            ui::err(&held_back(&self.dir));
        }
        Ok(())
    }
}
