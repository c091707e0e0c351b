//! The mesh that injects its proxy.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A service mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mesh {
    /// Istio.
    Istio,
    /// Linkerd.
    Linkerd,
}
