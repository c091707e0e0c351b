//! What becomes of one service.

use std::path::Path;
use std::sync::Arc;

use super::standing::{read_ours, refuse_all_gone};
use super::{Goal, UpdateChoice, surroundings};
use crate::change::{self, LOCK_FILE, ServiceSides, Settlement, Update, pinned, pinned_to_latest, taken};
use crate::ops::lock_file::read_lock;
use crate::ops::{Editions, OpError};
use crate::service::{self, Answers};
use crate::workspace::Bounds;

/// Works out what becomes of the service in a folder. Changes nothing.
///
/// # Errors
/// There is no service that Plimsoll wrote, everything that is wrong with its service file or lock,
/// or every file that cannot be merged.
pub fn work_out(editions: &Editions, dir: &Path, choice: &UpdateChoice) -> Result<Update, OpError> {
    let dir = dir.strip_prefix(".").unwrap_or(dir);
    let path = dir.join(service::FILE);
    let mut folder = Bounds::of_folder(dir)?;
    let standing = folder.read(service::FILE)?.ok_or_else(|| OpError::NoServiceFile(path.clone()))?;
    let name = path.to_string_lossy();
    let service_text = match &choice.goal {
        Goal::Version(to) => pinned(&name, &standing, to).map_err(OpError::Faults)?,
        Goal::Latest => pinned_to_latest(&name, &standing).map_err(OpError::Faults)?,
        Goal::Open | Goal::Held => standing.clone(),
    };
    let service_text = taken(&name, &service_text, &choice.take).map_err(OpError::Faults)?;
    let (old, lock_text) = read_lock(&mut folder)?;
    let mut answers = Answers::default();
    answers.add_file(&name, &service_text).map_err(OpError::Faults)?;
    let (edition, newer) = match &choice.goal {
        Goal::Held => editions.held(&old, &answers, dir)?,
        _ => (editions.of_answers(&answers, dir)?, None),
    };
    let (service, plan) = edition.plan(&answers).map_err(OpError::Faults)?;
    let last = |path: &str| old.files.iter().find(|file| file.path == path).map(|file| file.base.as_str());
    let manifests = edition.renderer.render_again(&plan, last)?;
    let ours = read_ours(&mut folder, &old)?;
    refuse_all_gone(dir, &old, &ours)?;
    let before = if edition.wrote(&old) {
        Some(Arc::clone(&edition))
    } else {
        editions.of_lock(&old, &answers, dir).ok().filter(|before| before.wrote(&old))
    };
    let mut read = ours.clone();
    read.extend([(service::FILE.to_owned(), standing.clone()), (LOCK_FILE.to_owned(), lock_text.clone())]);
    let sides = ServiceSides {
        dir,
        standing,
        service_text,
        old: (&old, lock_text),
        ours: &ours,
        service: &service,
        plan: &plan,
        edition: &edition,
        manifests: &manifests,
        changes: before.as_ref().map(|before| editions.changes(before, &edition, service.tier())),
        before,
        settled: Settlement { resolve: &choice.resolve, otherwise: choice.otherwise, take: &choice.take },
    };
    let mut update = change::work_out(sides)?;
    (update.newer, update.read) = (newer, read);
    let rendered: Vec<&str> = old.files.iter().map(|file| file.path.as_str()).collect();
    change::complete(&mut update, &ours, &rendered, surroundings);
    update.hide_secrets();
    Ok(update)
}
