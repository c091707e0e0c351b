//! Where a verdict points.

use crate::yaml::{Place, Route};

/// A place that a verdict points at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The object, by the number its [`Tree`](super::Tree) was made with.
    pub object: usize,
    /// The field.
    pub route: Route,
    /// Where the field stands, or what is around it where it is missing.
    pub place: Place,
    /// Whether the field is not there.
    pub missing: bool,
}
