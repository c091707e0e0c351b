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
    kind: SchemaKind,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SchemaKind {
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
        #[expect(clippy::disallowed_methods, reason = "data: schemas, which are ours")]
        ui::data(match self.kind {
            SchemaKind::Service => include_str!("../../schemas/service.schema.json"),
            SchemaKind::Checklist => include_str!("../../schemas/checklist.schema.json"),
            SchemaKind::OwnChecklist => include_str!("../../schemas/own-checklist.schema.json"),
            SchemaKind::Blueprint => include_str!("../../schemas/blueprint.schema.json"),
            SchemaKind::Plan => {
                plan = format!("{:#}\n", schema());
                &plan
            }
            SchemaKind::Lock => include_str!("../../schemas/lock.schema.json"),
            SchemaKind::Report => include_str!("../../schemas/report.schema.json"),
            SchemaKind::Update => include_str!("../../schemas/update.schema.json"),
        });
    }
}
