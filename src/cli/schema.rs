//! `plimsoll schema`.

use clap::{Args, ValueEnum};

use super::{report, ui, update_report};
use crate::{blueprint, checklist, service, workspace};

/// Write the JSON Schema of a kind of file to standard output
///
/// Editors that speak the YAML language server check plimsoll.yaml as you type when its first line is
/// `# yaml-language-server: $schema=PATH`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// The kind of file
    kind: Kind,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// plimsoll.yaml
    Service,
    /// A checklist
    Checklist,
    /// A checklist of your own
    OwnChecklist,
    /// blueprint.yaml
    Blueprint,
    /// plimsoll.lock
    Lock,
    /// What `plimsoll check --format json` writes
    Report,
    /// What `plimsoll update --output json` writes
    Update,
}

impl SchemaArgs {
    /// Runs the command.
    pub fn run(&self) {
        let schema = match self.kind {
            Kind::Service => service::schema().clone(),
            Kind::Checklist => checklist::schema().clone(),
            Kind::OwnChecklist => checklist::own_schema().clone(),
            Kind::Blueprint => blueprint::schema().clone(),
            Kind::Lock => workspace::lock_schema(),
            Kind::Report => report::schema(),
            Kind::Update => update_report::schema(),
        };
        ui::out(&format!("{schema:#}\n"));
    }
}
