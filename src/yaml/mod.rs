//! Layer 0: YAML as text with places.
//!
//! Everything that Plimsoll reads goes through [`load`]: one reader, which resolves scalars as
//! Kubernetes' own decoder does, keeps line and column of every node, and bounds size, depth and
//! alias expansion. [`shape`] holds a tree against a JSON Schema and lists every [`Fault`] at once;
//! [`mod@write`] puts values back into text that every YAML reader understands the same way.

mod fault;
mod load;
mod node;
mod resolve;
mod route;
pub mod shape;
mod within;
pub mod write;

pub use fault::{Fault, Source, not_shipped, suggest};
pub use load::{Document, load, load_each, load_one};
pub use node::{Entry, Node, Place, Value};
pub use resolve::resolve_plain;
pub use route::{Path, Route, Step};
pub use within::place_within;
