//! What an API server would say of an object.

use std::fmt;

use crate::yaml::{Node, Path, Place, Route};

/// What an API server does about a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reaction {
    /// It refuses the object, as it does for `kubectl apply` with its strict validation of fields.
    Refused,
    /// It takes the object without the field, and says nothing.
    Dropped,
    /// It takes the object, and warns the sender.
    Warned,
}

/// One thing that an API server would say of an object, or do with it without a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiFault {
    /// What the server does.
    pub reaction: Reaction,
    /// Where the field stands; of one that is missing, what it would stand in.
    pub place: Place,
    /// The field, from the root of the object.
    pub route: Route,
    /// Whether the field is missing.
    pub missing: bool,
    /// What is wrong: half a sentence whose subject is the field, such as `must be a list, and is a string`.
    pub message: String,
}

impl ApiFault {
    /// A fault of a field that stands in the object; its place is that of its key, or of itself in a list.
    #[must_use]
    pub fn new(reaction: Reaction, place: Place, path: &Path<'_>, message: impl Into<String>) -> Self {
        Self { reaction, place, route: path.route(), missing: false, message: message.into() }
    }

    /// The fault of a field that is not there; `around` is what it would stand in.
    #[must_use]
    pub fn missing(reaction: Reaction, around: &Node, path: &Path<'_>, message: impl Into<String>) -> Self {
        Self { missing: true, ..Self::new(reaction, around.place, path, message) }
    }

    /// A fault of the field at a route, whose place is looked up from the root of the object.
    #[must_use]
    pub fn at(reaction: Reaction, root: &Node, route: Route, message: impl Into<String>) -> Self {
        let (place, found) = root.locate(&route);
        Self { reaction, place, route, missing: !found, message: message.into() }
    }
}

impl fmt::Display for ApiFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, route, message, .. } = self;
        write!(f, "{}:{}: {route}: {message}", place.line, place.column)
    }
}
