//! Layer 0: YAML as text with places.
//!
//! Everything that Plimsoll reads goes through [`load`]: one reader, which resolves scalars as
//! Kubernetes' own decoder does, keeps line and column of every node, and holds them to the limits
//! of size, depth and alias expansion. [`shape`] holds a tree against a JSON Schema and lists every [`Fault`] at once;
//! [`mod@write`] puts values back into text that every YAML reader understands the same way.

mod alike;
mod document;
pub mod edit;
mod fault;
mod load;
mod loader;
mod node;
mod resolve;
mod route;
mod scan;
pub mod shape;
mod tag;
mod within;
pub mod write;

pub use alike::read_differently;
pub use document::{Document, Spent, YamlText};
pub use fault::{Fault, RENDER_FIRST, Source, not_shipped, suggest};
pub use load::{load, load_each, load_keys, load_one, odd_tag, read};
pub use node::{Entry, Node, Place, Span, Style, Tie, Value, Writing};
pub use resolve::resolve_plain;
pub use route::{Path, Route, RouteStep};
pub use scan::colon_behind;
pub use within::place_within;
