//! What runs in the container.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What runs in the container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Runtime {
    /// A Java virtual machine.
    Jvm,
    /// A Go program.
    Go,
    /// Node.js.
    Node,
    /// Python behind a process-per-worker server.
    Python,
    /// Ruby behind a process-per-worker server.
    Ruby,
    /// The .NET runtime.
    Dotnet,
    /// A Rust program.
    Rust,
    /// Anything that needs no telling.
    #[default]
    Native,
}
