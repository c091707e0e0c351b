//! What an update does, for programs.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::error::CliError;
use crate::change::kustomize::Listing;
use crate::change::{Chore, ExplainedChange, ExplainedConflict, FromTo, Missing, OutFile, Update, UpdateCause};
use crate::check::Lost;
use crate::manifest::Effect;
use crate::merge::{ChangeKind, FieldChange, Note};
use crate::ops::update::Updated;
use crate::service::Tier;

/// What an update does, or has done.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Update")]
struct UpdateDocument<'a> {
    /// The services in the order in which they were asked for.
    services: Vec<ServiceReport>,
    /// Runs that were killed and have been put right.
    recovered: &'a Json,
}

/// What becomes of a service.
#[derive(Serialize, JsonSchema)]
struct ServiceReport {
    /// Its folder.
    dir: String,
    /// Whether its files were written.
    written: bool,
    /// The commit that has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<Made>,
    /// Why it cannot be updated; all else is absent then.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Json>,
    #[serde(flatten)]
    update: Option<UpdateReport>,
}

/// A commit.
#[derive(Serialize, JsonSchema)]
struct Made {
    /// Its id.
    id: String,
    /// The branch that it is on.
    branch: String,
}

/// An update as it was worked out.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct UpdateReport {
    /// The service.
    service: String,
    /// Its tier.
    tier: Tier,
    /// The checklist at the last update and today.
    checklist: FromTo,
    /// The blueprint at the last update and today.
    blueprint: FromTo,
    /// The checklist of a newer edition than that of the lock, where the run leaves that one be.
    #[serde(skip_serializing_if = "Option::is_none")]
    newer: Option<String>,
    /// Whether anything changes.
    pending: bool,
    /// Why anything changes.
    causes: Vec<UpdateCause>,
    /// The strongest effect of all changes.
    effect: Effect,
    /// What changes in the manifests.
    changes: Vec<ExplainedChange>,
    /// What both sides have changed; while there is any, nothing is written.
    conflicts: Vec<ExplainedConflict>,
    /// What people have edited since the last render.
    hand_edits: Vec<FieldChange>,
    /// Objects that people have removed.
    missing: Vec<Missing>,
    /// What a person should know beside that.
    notes: Vec<Note>,
    /// Comments that go with what they stood beside.
    dropped_comments: Vec<DroppedComment>,
    /// Kustomizations in which files are listed that come, and no longer those that go.
    kustomizations: Vec<Listing>,
    /// What points at something that is no longer there.
    lost: Vec<Lost>,
    /// What has to be done in the cluster beside applying the files.
    chores: Vec<Chore>,
    /// The files that change: service file, manifests, kustomizations and lock.
    files: Vec<FileReport>,
}

/// A comment that goes.
#[derive(Serialize, JsonSchema)]
struct DroppedComment {
    /// The file that it stood in.
    file: String,
    /// The comment.
    comment: String,
}

/// A file that changes.
#[derive(Serialize, JsonSchema)]
struct FileReport {
    /// The path below the service's folder.
    path: String,
    /// How it changes.
    kind: ChangeKind,
    /// Its text before, without what is secret in it; nothing for a file that comes.
    before: Option<String>,
    /// Its text after, without what is secret in it; nothing for a file that goes.
    after: Option<String>,
}

/// All of it as JSON.
pub fn json(services: Vec<Updated>, recovered: &Json) -> Json {
    let document = UpdateDocument { services: services.into_iter().map(ServiceReport::of).collect(), recovered };
    // Maps with other keys than strings cannot be written, and there are none.
    serde_json::to_value(&document).unwrap_or_else(|error| json!({"error": {"message": error.to_string()}}))
}

/// One service as JSON.
#[must_use]
pub fn service(updated: Updated) -> Json {
    // Maps with other keys than strings cannot be written, and there are none.
    serde_json::to_value(ServiceReport::of(updated)).unwrap_or_else(|error| json!({"error": {"message": error.to_string()}}))
}

/// The JSON Schema of the JSON report, made from the type: what the shipped file has to be.
#[must_use]
pub fn schema_of_type() -> Json {
    schemars::generate::SchemaSettings::default()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<UpdateDocument<'_>>()
        .to_value()
}

impl ServiceReport {
    fn of(updated: Updated) -> Self {
        let (error, update) = match updated.outcome {
            Ok(update) => (None, Some(UpdateReport::of(update))),
            Err(error) => (Some(CliError::from(error).json()), None),
        };
        Self {
            dir: updated.dir.display().to_string(),
            written: updated.written,
            commit: updated.commit.map(|commit| Made { id: commit.id, branch: commit.branch }),
            error,
            update,
        }
    }
}

impl UpdateReport {
    fn of(update: Update) -> Self {
        Self {
            files: update.files.iter().chain(&update.lock).map(|file| FileReport::of(file.shown(&update.secrets))).collect(),
            pending: update.is_pending(),
            effect: update.effect(),
            service: update.service,
            tier: update.tier,
            checklist: update.checklist,
            blueprint: update.blueprint,
            newer: update.newer,
            causes: update.causes,
            changes: update.changes,
            conflicts: update.conflicts,
            hand_edits: update.hand_edits,
            missing: update.missing,
            notes: update.notes,
            dropped_comments: update
                .dropped_comments
                .into_iter()
                .map(|(file, comment)| DroppedComment { file, comment })
                .collect(),
            kustomizations: update.aftermath.kustomizations,
            lost: update.aftermath.lost,
            chores: update.aftermath.chores,
        }
    }
}

impl FileReport {
    fn of(changed: OutFile) -> Self {
        let kind = match (&changed.before, &changed.text) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Removed,
            _ => ChangeKind::Changed,
        };
        Self { path: changed.path, kind, before: changed.before, after: changed.text }
    }
}
