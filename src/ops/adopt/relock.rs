//! A lock that was lost: made again from the service file, with what people have edited kept.

use std::path::Path;

use crate::blueprint::MANIFESTS;
use crate::change::{LOCK_FILE, Relock, Update};
use crate::checklist;
use crate::ops::service_file::standing_service_file;
use crate::ops::update::{self, Attendants, UpdateChoice, Updated, read_ours};
use crate::ops::{CommitChoice, Editions, OpError};
use crate::service::{self, Answers};
use crate::workspace::{Bounds, is_folder, stands};
use crate::yaml::Node;

/// Whether a folder has a service file and manifests, and no lock.
#[must_use]
pub fn is_lost(dir: &Path) -> bool {
    stands(&dir.join(service::FILE)) && is_folder(&dir.join(MANIFESTS)) && !stands(&dir.join(LOCK_FILE))
}

/// Works out the lock of the service in a folder: what its service file renders to is the base, and
/// whatever stands otherwise in the manifests was edited by hand. Of the versions that the service file
/// leaves open, those are taken whose render is nearest to the manifests, so that the next update brings
/// what has changed since. Nothing but the lock is written.
///
/// # Errors
/// There is no service file, everything that is wrong with it, or nothing of the service stands there.
pub fn relock(dir: &Path) -> Result<Update, OpError> {
    let path = dir.join(service::FILE);
    let text = standing_service_file(dir)?.ok_or_else(|| OpError::NoServiceFile(path.clone()))?;
    let mut answers = Answers::default();
    answers.add_file(&path.to_string_lossy(), &text).map_err(OpError::Faults)?;
    let relock = nearest(dir, &answers)?;
    let ours = read_ours(&mut Bounds::of_folder(dir)?, &relock.lock)?;
    let mut update = relock.update(dir, &ours)?;
    update.read = ours;
    update.read.push((service::FILE.to_owned(), text));
    Ok(update)
}

/// Writes the lock that was announced.
///
/// # Errors
/// Everything that is in the way; or the folder has changed since it was announced.
pub fn write_lock(dir: &Path, announced: &Update, commit: CommitChoice, attendants: &Attendants<'_>) -> Result<Updated, OpError> {
    let again = |_: &Path, _: &UpdateChoice| {
        if !is_lost(dir) {
            return Err(OpError::ChangedMeanwhile(dir.to_owned()));
        }
        let update = relock(dir)?;
        if update.lock == announced.lock { Ok(update) } else { Err(OpError::ChangedMeanwhile(dir.to_owned())) }
    };
    update::run_one(dir, &again, commit, attendants)
}

/// The render that is nearest to the manifests; of several, that by the newest checklist.
fn nearest(dir: &Path, answers: &Answers) -> Result<Relock, OpError> {
    let written = answers.at_top("checklist").and_then(Node::as_str);
    let checklists: Vec<Option<&str>> = if written.is_none_or(|name| name == checklist::PRODUCTION) {
        checklist::SHIPPED.iter().rev().map(|shipped| Some(shipped.id)).collect()
    } else {
        vec![None]
    };
    let editions = Editions::default();
    let mut best: Option<(Relock, usize)> = None;
    let mut first: Option<OpError> = None;
    for checklist in checklists {
        match candidate(&editions, dir, answers, checklist) {
            Ok(found) if best.as_ref().is_none_or(|best| found.1 < best.1) => best = Some(found),
            Ok(_) => {}
            Err(error) => {
                first.get_or_insert(error);
            }
        }
    }
    best.map(|(relock, _)| relock).ok_or_else(|| first.unwrap_or_else(|| OpError::NoServiceFile(dir.join(service::FILE))))
}

/// A render by one checklist, and how much of the manifests differs from it.
fn candidate(editions: &Editions, dir: &Path, answers: &Answers, checklist: Option<&str>) -> Result<(Relock, usize), OpError> {
    let mut answers = answers.clone();
    if let Some(id) = checklist {
        answers.set(&format!("checklist={id}")).map_err(|fault| OpError::Faults(vec![fault]))?;
    }
    let relock = Relock::of(editions.of_answers(&answers, dir)?, &answers)?;
    let ours = read_ours(&mut Bounds::of_folder(dir)?, &relock.lock)?;
    let distance = relock.distance(&ours)?;
    Ok((relock, distance))
}
