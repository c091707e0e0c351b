//! `adopt`: manifests that Plimsoll did not write become those of a service.
//!
//! [`propose`] works out the service file, and [`work_out`] what becomes of the folder; nothing is changed until
//! [`write()`]. Where a lock is lost, [`relock()`] works out a new one.

mod relock;

use std::path::Path;

use super::update::{self, Attendants, UpdateChoice, Updated};
use super::{CommitChoice, OpError};
use crate::adopt::Proposal;
use crate::blueprint::MANIFESTS;
use crate::change::adoption::{AdoptRequest, Adoption, Standing, fault_of};
use crate::change::{Edition, LOCK_FILE};
use crate::service;
use crate::workspace::{Bounds, is_folder, read_manifests, stands};

pub use relock::{is_lost, relock, write_lock};

/// Reads the manifests of a folder: those in `k8s/`, or all below the folder where there is none.
fn read<'r>(request: &'r AdoptRequest, edition: &'r Edition) -> Result<Standing<'r>, OpError> {
    let dir = &request.dir;
    if !is_folder(dir) {
        return Err(OpError::NotAFolder(dir.clone()));
    }
    if stands(&dir.join(LOCK_FILE)) {
        return Err(OpError::AlreadyThere(dir.clone()));
    }
    if stands(&dir.join(service::FILE)) {
        let message = format!("stands already, and there is no {MANIFESTS}/ beside it");
        let hint = "`plimsoll new` renders from it; to take over manifests, move it away and give it as `--values`";
        return Err(OpError::Faults(vec![fault_of(dir, service::FILE, message).hint(hint)]));
    }
    let folder = if is_folder(&dir.join(MANIFESTS)) { MANIFESTS } else { "." };
    let found = read_manifests(&mut Bounds::of_folder(dir)?, &[folder]).map_err(OpError::Workspace)?;
    Ok(Standing::of(request, edition, found)?)
}

/// The service file that the manifests of a folder ask for.
///
/// # Errors
/// What [`work_out`] refuses to read, or there is no workload of the kind that the blueprint renders, or several
/// of which none is named.
pub fn propose(request: &AdoptRequest, edition: &Edition) -> Result<Proposal, OpError> {
    Ok(read(request, edition)?.propose()?)
}

/// What becomes of a folder whose manifests are adopted. Changes nothing.
///
/// # Errors
/// Plimsoll wrote there before, a file that cannot be read, answers that are missing, files that stand where ours
/// go, or files that cannot be merged.
pub fn work_out(request: &AdoptRequest, edition: &Edition) -> Result<Adoption, OpError> {
    let standing = read(request, edition)?;
    Ok(standing.work_out(standing.propose()?, update::surroundings)?)
}

/// Adopts a folder: works it out under the lock of its repository, and writes what was announced.
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
    let again = |_: &Path, _: &UpdateChoice| {
        let adoption = work_out(request, edition)?;
        if adoption.update.files == announced.update.files {
            Ok(adoption.update)
        } else {
            Err(OpError::ChangedMeanwhile(request.dir.clone()))
        }
    };
    update::run_one(&request.dir, &again, commit, attendants)
}
