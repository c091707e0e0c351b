//! What an adoption comes to.

use super::arrange::Filled;
use super::keeps::Kept;
use super::merge::KeptEdit;
use super::risky::Risky;
use crate::adopt::Proposal;
use crate::change::{Update, hide_in_change};
use crate::check::Report;
use crate::service::Waiver;

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

impl Adoption {
    /// Takes secrets out of all values that are told; the files keep them.
    pub fn hide_secrets(&mut self) {
        self.update.hide_secrets();
        let secrets = &self.update.secrets;
        for edit in &mut self.edits {
            hide_in_change(secrets, &mut edit.change);
        }
        for field in self.risks.iter_mut().flat_map(|risky| &mut risky.fields) {
            for value in [&mut field.before, &mut field.after].into_iter().flatten() {
                *value = secrets.masked_at(Some(&field.object), &field.field, value);
            }
        }
    }
}
