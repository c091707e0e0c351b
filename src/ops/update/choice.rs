//! What is asked of an update.

use std::path::PathBuf;

use super::updated::Updated;
use crate::change::Update;
use crate::merge::{Resolve, Side};
use crate::notation::FieldPattern;
use crate::ops::CommitChoice;
use crate::workspace::Tell;

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
    /// The fields that become as the render has them, whatever stands there and whoever owned them.
    pub take: Vec<FieldPattern>,
}

/// What is to be updated, and how.
#[derive(Clone, Debug)]
pub struct UpdateRequest {
    /// The folders of the services.
    pub dirs: Vec<PathBuf>,
    /// What to do where the texts do not tell.
    pub choice: UpdateChoice,
    /// What shall become of the files in git.
    pub commit: CommitChoice,
    /// Whether each service gets a commit of its own.
    pub commit_per_service: bool,
    /// Whether nothing is written.
    pub dry_run: bool,
}

/// Who is asked and told while updates run.
pub struct Attendants<'a> {
    /// Hears how many services have been worked out, and of how many.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
    /// Settles the conflicts of a service.
    pub settle: &'a dyn Fn(&Update) -> ConflictsSettled,
    /// Hears what will be written, before it is; says whether it may be.
    pub announce: &'a dyn Fn(&[Updated]) -> bool,
    /// Hears of other runs and killed ones.
    pub tell: Tell<'a>,
}

/// What becomes of the conflicts of a service.
pub enum ConflictsSettled {
    /// They are settled so.
    By(Vec<Resolve>),
    /// They stay, and nothing of the service is written.
    Not,
    /// The person has left: nothing at all is written.
    Left,
}
