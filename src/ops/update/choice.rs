//! What is asked of an update.

use crate::merge::{Resolve, Side};

/// Which edition an update goes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Goal {
    /// As the service file says; the newest where it leaves that open.
    #[default]
    Open,
    /// That of the lock, unless the service file names another one.
    Held,
    /// The newest, to which a pin of the service file moves.
    Latest,
    /// This version of the checklist, to which the service file is pinned.
    Version(String),
}

/// What an update shall do where the texts do not tell.
#[derive(Clone, Debug, Default)]
pub struct UpdateChoice {
    /// Which edition the service goes to.
    pub goal: Goal,
    /// How single conflicts are settled; the first that fits decides.
    pub resolve: Vec<Resolve>,
    /// How all other conflicts are settled.
    pub otherwise: Option<Side>,
}
