//! Where the Pods run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A platform on which clusters run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Platform {
    /// Google Kubernetes Engine.
    Gke,
    /// Amazon Elastic Kubernetes Service.
    Eks,
    /// Azure Kubernetes Service.
    Aks,
}

impl Platform {
    /// The word in the service file and in a blueprint's table of platforms.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Gke => "gke",
            Self::Eks => "eks",
            Self::Aks => "aks",
        }
    }
}
