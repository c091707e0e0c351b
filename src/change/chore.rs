//! Something to be done in the cluster beside applying the files.

use schemars::JsonSchema;
use serde::Serialize;

/// Something to be done in the cluster beside applying the files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Chore {
    /// Why.
    #[serde(flatten)]
    pub why: ChoreReason,
    /// The objects, as the manifests had them.
    pub objects: Vec<String>,
    /// What to do, in this order.
    pub steps: Vec<ChoreStep>,
}

/// Why something has to be done in the cluster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "why")]
pub enum ChoreReason {
    /// The number of replicas is left to an autoscaler, and falls to 1 unless it is handed over before the
    /// files are applied.
    ReplicasHandedOver {
        /// The number until now, as it stood in the file.
        replicas: String,
    },
    /// An autoscaler is rendered no longer, and goes on scaling until it is deleted.
    AutoscalerDropped,
    /// The API server refuses to change fields.
    Immutable {
        /// The fields.
        fields: Vec<String>,
    },
    /// The workload goes to another namespace, and its Pods refer to objects that no file brings there.
    LeftBehind {
        /// The workload.
        workload: String,
        /// Its namespace until now; nothing where no file says it.
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<String>,
        /// Its namespace from now on.
        #[serde(skip_serializing_if = "Option::is_none")]
        to: Option<String>,
    },
    /// Objects get another name or namespace, and the old ones stay.
    Renamed {
        /// Their new names, or the namespace.
        to: Vec<String>,
    },
    /// Objects are rendered no longer, and stay.
    Dropped,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ChoreStep {
    /// When, or what to do there; nothing where the command says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The command.
    pub command: String,
}

impl ChoreStep {
    /// What the command says by itself.
    #[must_use]
    pub fn new(command: String) -> Self {
        Self { note: None, command }
    }

    /// A command, with when it is run.
    #[must_use]
    pub fn noted(note: &str, command: String) -> Self {
        Self { note: Some(note.to_owned()), command }
    }
}
