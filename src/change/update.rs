//! What becomes of one service, in all that is told of it.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;

use super::changeset::{Changeset, OutFile};
use super::chore::Chore;
use super::kustomize::Listing;
use super::shown::{hide_in_change, hide_in_comment, hide_in_conflict};
use crate::check::Lost;
use crate::checklist::Changes;
use crate::manifest::{Effect, Secrets};
use crate::merge::{Conflict, FieldChange, Note};
use crate::service::Tier;

/// What was rendered with: then and now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FromTo {
    /// At the last update.
    pub from: String,
    /// Today.
    pub to: String,
}

impl FromTo {
    /// Whether it is another one now.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.from != self.to
    }
}

/// Why an update changes anything.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "cause")]
pub enum UpdateCause {
    /// Another version of the checklist, or another checklist.
    Checklist {
        /// From which to which.
        #[serde(flatten)]
        change: FromTo,
        /// What changes between them at the service's tier, where both ship.
        #[serde(skip_serializing_if = "Option::is_none")]
        changes: Option<Changes>,
    },
    /// An organisation's own checklist was edited and has the same version.
    ChecklistEdited {
        /// The checklist.
        checklist: String,
    },
    /// Another version of the blueprint.
    Blueprint(FromTo),
    /// The service file was edited.
    ServiceFile,
    /// Plimsoll did not write the manifests until now.
    Adopted,
    /// The lock was lost, and is made again.
    LockLost,
}

/// A field that changes, with who asks for it and what it does.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ExplainedChange {
    /// The change.
    #[serde(flatten)]
    pub change: FieldChange,
    /// The items that ask for what the field holds.
    pub items: Vec<String>,
    /// Whether the service file was edited so that it changes.
    pub service_file: bool,
    /// What it does to a service that runs.
    pub effect: Effect,
    /// What Kubernetes goes by from then on, where the field goes and has a default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<serde_json::Value>,
}

/// A conflict with the items that ask for theirs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ExplainedConflict {
    /// The conflict.
    #[serde(flatten)]
    pub conflict: Conflict,
    /// The items that ask for what theirs has.
    pub items: Vec<String>,
    /// Whether the service file was edited so that theirs changes.
    pub service_file: bool,
}

/// An object that ours has removed, and that items need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Missing {
    /// The object, such as `PodDisruptionBudget/cart`.
    pub object: String,
    /// The items that are not kept without it.
    pub items: Vec<String>,
}

/// What an update means for everything around the manifests that it writes.
#[derive(Clone, Debug, Default)]
pub struct Aftermath {
    /// Kustomizations in which files are listed that come, and no longer those that go.
    pub kustomizations: Vec<Listing>,
    /// What points at something that is no longer there.
    pub lost: Vec<Lost>,
    /// What has to be done in the cluster beside applying the files.
    pub chores: Vec<Chore>,
}

/// What becomes of one service. Nothing has been written.
#[derive(Debug)]
pub struct Update {
    /// The service's folder.
    pub dir: PathBuf,
    /// The service.
    pub service: String,
    /// Its tier.
    pub tier: Tier,
    /// The checklist, by name and version.
    pub checklist: FromTo,
    /// The blueprint, by name and version.
    pub blueprint: FromTo,
    /// The checklist of an edition that is newer than that of the lock, where the update leaves that one be.
    pub newer: Option<String>,
    /// Why anything changes.
    pub causes: Vec<UpdateCause>,
    /// What changes in the manifests.
    pub changes: Vec<ExplainedChange>,
    /// What both sides changed; while there are any, nothing is written.
    pub conflicts: Vec<ExplainedConflict>,
    /// What people have edited since the last render.
    pub hand_edits: Vec<FieldChange>,
    /// Objects that people have removed.
    pub missing: Vec<Missing>,
    /// What a person should know beside that.
    pub notes: Vec<Note>,
    /// Comments that go with what is removed, each with its file.
    pub dropped_comments: Vec<(String, String)>,
    /// What it means for everything around the manifests.
    pub aftermath: Aftermath,
    /// The manifests, the service file and kustomizations, where they change.
    pub files: Vec<OutFile>,
    /// The lock, where it changes.
    pub lock: Option<OutFile>,
    /// Files of the last render that are not on disk, by their paths below the folder.
    pub missing_files: Vec<String>,
    /// Manifests that are as they shall be already, by paths below the folder: they have to be committed, for
    /// the lock takes them so.
    pub relied_on: Vec<String>,
    /// The files that it was worked out from, by paths below the folder, as they were read.
    pub read: Vec<(String, String)>,
    /// What the service is asked.
    pub checklist_described: String,
    /// What is secret in all of it.
    pub secrets: Secrets,
}

impl Update {
    /// Whether anything would be written.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        !self.files.is_empty() || self.lock.is_some()
    }

    /// What is written.
    #[must_use]
    pub fn changeset(&self) -> Changeset<'_> {
        Changeset {
            files: self.files.iter().chain(&self.lock).collect(),
            inputs: vec![crate::service::FILE],
            relied_on: self.relied_on.iter().map(String::as_str).collect(),
            missing: self.missing_files.iter().map(String::as_str).collect(),
            read: {
                let is_there = self.read.iter().map(|(path, text)| (path.as_str(), Some(text.as_str())));
                is_there.chain(self.missing_files.iter().map(|path| (path.as_str(), None))).collect()
            },
        }
    }

    /// Takes secrets out of everything that is told of the files; they themselves stay as they are.
    pub fn hide_secrets(&mut self) {
        let changes = self.changes.iter_mut().map(|explained| &mut explained.change).chain(&mut self.hand_edits);
        changes.for_each(|change| hide_in_change(&self.secrets, change));
        for (file, comment) in &mut self.dropped_comments {
            let before = self.files.iter().find(|known| known.path == *file).and_then(|file| file.before.as_deref());
            hide_in_comment(&self.secrets, before, comment);
        }
        self.conflicts.iter_mut().for_each(|asked| hide_in_conflict(&self.secrets, &mut asked.conflict));
    }

    /// The strongest effect on what runs.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.changes.iter().map(|explained| explained.effect).max().unwrap_or(Effect::NoRestart)
    }
}
