//! Layer 2: what a cluster will get.
//!
//! A [`Manifest`] is the text of one object in one file. [`verdicts()`] says what an API server would say
//! of it, and [`Workload`] says what each kind that makes Pods keeps where.

mod api_fault;
mod complaints;
mod defaults;
mod effect;
mod fields;
mod masked_text;
mod misnamed;
mod patterns;
mod secret_words;
mod secrets;
mod stated;
mod types;
mod validation;
mod verdicts;
mod warnings;
mod workload;

pub use api_fault::{ApiFault, Reaction};
pub use defaults::{Default, default_of};
pub use effect::{Effect, effect, effect_of_values};
pub use masked_text::{SHORTEST, may_hold_a_secret};
pub use misnamed::{Misnamed, api_version_for, is_misspelling, is_nearly_a_kind, misnamed};
pub use secrets::{MASK, Secrets};
pub use stated::Stated;
pub use types::{Decoded, decode};
pub use verdicts::{identify, read, verdicts};
pub use workload::{CLAIM_TEMPLATES, SCALED, WORKLOADS, Workload};

use serde::Serialize;

use crate::notation::{ObjectKey, group_of, known_kind};
use crate::yaml::Node;

/// What identifies an object in a cluster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectId {
    /// Group and version, such as `apps/v1`.
    pub api_version: String,
    /// The kind, such as `Deployment`.
    pub kind: String,
    /// The namespace, where the object names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
}

impl ObjectId {
    /// That of the object that a node is; what it does not say is empty.
    #[must_use]
    pub fn of(object: &Node) -> Self {
        let word = |node: &Node, key: &str| node.get(key).and_then(Node::as_str).map(str::to_owned);
        let metadata = |key: &str| object.get("metadata").and_then(|metadata| word(metadata, key));
        Self {
            api_version: word(object, "apiVersion").unwrap_or_default(),
            kind: word(object, "kind").unwrap_or_default(),
            namespace: metadata("namespace"),
            name: metadata("name").unwrap_or_default(),
        }
    }

    /// The kind as rules and tables name it; nothing where the object is another's of the same name.
    #[must_use]
    pub fn known_kind(&self) -> Option<&str> {
        known_kind(group_of(&self.api_version), &self.kind)
    }

    /// The kind, with its API group where that is not one of Kubernetes.
    #[must_use]
    pub fn full_kind(&self) -> String {
        let group = group_of(&self.api_version);
        if self.key().is_built_in() { self.kind.clone() } else { format!("{} of {group}", self.kind) }
    }

    /// The same object, whatever the version of its API.
    #[must_use]
    pub fn key(&self) -> ObjectKey {
        let group = group_of(&self.api_version).to_owned();
        ObjectKey { group, kind: self.kind.clone(), namespace: self.namespace.clone(), name: self.name.clone() }
    }
}

/// One object in one file.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// The path below the service's folder, with `/`.
    pub path: String,
    /// The text of the file.
    pub text: String,
    /// The object in it.
    pub id: ObjectId,
}
