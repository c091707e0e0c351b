//! `plimsoll schema`.

use clap::{Args, ValueEnum};

use super::ui;
use crate::plan::schema;

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
    /// What the templates of a blueprint may use
    Plan,
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
        let plan;
        ui::data(match self.kind {
            Kind::Service => include_str!("../../schemas/service.schema.json"),
            Kind::Checklist => include_str!("../../schemas/checklist.schema.json"),
            Kind::OwnChecklist => include_str!("../../schemas/own-checklist.schema.json"),
            Kind::Blueprint => include_str!("../../schemas/blueprint.schema.json"),
            Kind::Plan => {
                plan = format!("{:#}\n", schema());
                &plan
            }
            Kind::Lock => include_str!("../../schemas/lock.schema.json"),
            Kind::Report => include_str!("../../schemas/report.schema.json"),
            Kind::Update => include_str!("../../schemas/update.schema.json"),
        });
    }
}
