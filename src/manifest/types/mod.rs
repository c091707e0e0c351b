//! Objects held against their types, as Kubernetes' decoder does it.

mod decode;
mod formats;
mod nearest;
mod table;

pub use decode::{Decoded, decode};
