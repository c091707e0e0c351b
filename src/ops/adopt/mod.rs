//! `adopt`: manifests that Plimsoll did not write become those of a service.
//!
//! [`Standing::read`] reads a folder, [`Standing::propose`] works out the service file, and
//! [`Standing::plan`] what becomes of the folder; nothing is changed until [`write()`]. Where a lock is
//! lost, [`relock()`] works out a new one.

mod arrange;
mod fields;
mod keeps;
mod merge;
mod plan;
mod relock;
mod risky;
mod sides;
mod standing;

use jiff::civil::Date;

use super::update::{self, Attendants, UpdateChoice, UpdateRequest, Updated};
use super::{CommitChoice, OpError};
use crate::adopt::Proposal;
use crate::change::{Edition, Update};
use crate::check::Report;
use crate::merge::FieldChange;
use crate::service::{Answers, Waiver};
use crate::workspace::Repo;

pub use arrange::Filled;
pub use keeps::{KeepReason, Kept, Single};
pub use relock::{is_lost, relock, write_lock};
pub use risky::{Accepted, Risky, RiskyField};
pub use standing::Standing;

/// What is to be adopted, and with which answers.
#[derive(Clone, Debug)]
pub struct AdoptRequest {
    /// The folder of the service.
    pub dir: std::path::PathBuf,
    /// The Deployment, where there are several.
    pub workload: Option<String>,
    /// What a person answered; it stands over what the manifests say.
    pub given: Answers,
    /// Which changes that may break the service are taken.
    pub accepted: Accepted,
    /// The day on which things are judged.
    pub today: Date,
}

/// What becomes of a folder whose manifests are adopted. Nothing has been written.
#[derive(Debug)]
pub struct Adoption {
    /// The service file, and what it was read from.
    pub proposal: Proposal,
    /// What changes, and all files.
    pub update: Update,
    /// What the service file cannot say and stays as people wrote it, each with the place where it
    /// stands now.
    pub edits: Vec<KeptEdit>,
    /// Objects that do not belong to the service, or that it says nothing of, as Kind/name.
    pub untouched: Vec<String>,
    /// Files that go elsewhere as they are: from, to.
    pub moved: Vec<(String, String)>,
    /// Objects that go out of a file of several: the object, the file, and where it goes.
    pub apart: Vec<[String; 3]>,
    /// What the API server had filled in, and is left out.
    pub filled: Vec<Filled>,
    /// What stays for the sake of the service that runs, whatever is asked.
    pub kept: Vec<Kept>,
    /// What may break the service: taken, or held back.
    pub risks: Vec<Risky>,
    /// Waivers for what is held back; they are written nowhere.
    pub waivers: Vec<Waiver>,
    /// What the checklist finds in the result.
    pub report: Report,
}

/// Something that stays as people wrote it.
#[derive(Clone, Debug)]
pub struct KeptEdit {
    /// How it differs from what is rendered: before is rendered, after is theirs.
    pub change: FieldChange,
    /// Where it stands, as <file:line:column>; the file alone for what is missing.
    pub place: String,
}

/// Adopts a folder: plans it under the lock of its repository, and writes what was announced.
///
/// # Errors
/// Everything that is in the way; or the folder has changed since it was announced.
pub fn write(
    request: &AdoptRequest,
    edition: &Edition,
    announced: &Adoption,
    commit: CommitChoice,
    attendants: &Attendants<'_>,
) -> Result<Updated, OpError> {
    let plan = |_: &std::path::Path, _: &UpdateChoice| {
        let standing = Standing::read(request, edition)?;
        let adoption = standing.plan(standing.propose()?)?;
        if adoption.update.files == announced.update.files {
            Ok(adoption.update)
        } else {
            Err(OpError::ChangedMeanwhile(request.dir.clone()))
        }
    };
    write_planned(&request.dir, &plan, commit, attendants)
}

/// Plans a folder under the lock of its repository, and writes it.
fn write_planned(
    dir: &std::path::Path,
    plan: update::PlanOne<'_>,
    commit: CommitChoice,
    attendants: &Attendants<'_>,
) -> Result<Updated, OpError> {
    if commit.commit {
        Repo::discover(dir)?;
    }
    let request = UpdateRequest {
        dirs: vec![dir.to_owned()],
        choice: UpdateChoice::default(),
        commit,
        commit_per_service: false,
        dry_run: false,
    };
    let mut updated = update::run_with(&request, plan, attendants)?;
    updated.pop().ok_or_else(|| OpError::Bug("nothing came of the folder".to_owned()))
}
