//! A default of Kubernetes, and what it says that an object states it.

/// What it says that a field stands in an object with the value that Kubernetes goes by anyway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stated {
    /// Nobody asked for it: the API server writes it into every object, and people copy it from there.
    Nobody,
    /// The API server wrote it, where the object comes from a cluster; elsewhere somebody asked for it.
    Server,
    /// Somebody asked for it, though the API server takes the object for the same without it.
    People,
    /// Somebody asked for it: to the API server the object is another one without it.
    Differs,
}

/// A row: the field, its default as JSON, and what it says that an object states it.
pub(super) type DefaultRow = (&'static str, &'static str, Stated);
