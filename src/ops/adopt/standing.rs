//! What stands in a folder, and the service file that it asks for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::AdoptRequest;
use crate::adopt::{self, AdoptedObject, AdoptedText, DraftJudge, Family, ObjectField, Proposal};
use crate::blueprint::MANIFESTS;
use crate::change::{Edition, LOCK_FILE};
use crate::ops::OpError;
use crate::service;
use crate::workspace::{Bounds, read_manifests};
use crate::yaml::{Fault, Source};

/// The manifests of a folder.
#[derive(Debug)]
pub struct Standing<'r> {
    pub(super) request: &'r AdoptRequest,
    pub(super) edition: &'r Edition,
    /// The texts with their paths below the folder.
    pub(super) texts: Vec<(String, String)>,
    /// The paths of files that hold no objects.
    pub(super) strange: Vec<String>,
    pub(super) objects: Vec<AdoptedObject>,
}

impl<'r> Standing<'r> {
    /// Reads the manifests of a folder: those in `k8s/`, or all below the folder where there is none.
    ///
    /// # Errors
    /// Plimsoll wrote there before, a file that cannot be read, or a checklist that is not in order.
    pub fn read(request: &'r AdoptRequest, edition: &'r Edition) -> Result<Self, OpError> {
        let dir = &request.dir;
        if !dir.is_dir() {
            return Err(OpError::NotAFolder(dir.clone()));
        }
        if dir.join(LOCK_FILE).exists() {
            return Err(OpError::AlreadyThere(dir.clone()));
        }
        if dir.join(service::FILE).exists() {
            let message = format!("stands already, and there is no {MANIFESTS}/ beside it");
            let hint = "`plimsoll new` renders from it; to take over manifests, move it away and give it as `--values`";
            return Err(OpError::Faults(vec![fault_of(dir, service::FILE, message).hint(hint)]));
        }
        let folder = if dir.join(MANIFESTS).is_dir() { MANIFESTS } else { "." };
        let found = read_manifests(&mut Bounds::of_folder(dir)?, &[folder]).map_err(OpError::Workspace)?;
        // Values, lists of packages and the like are nobody's manifests.
        let is_manifest = |(_, text): &(String, String)| text.contains("apiVersion") && text.contains("kind");
        let (texts, others): (Vec<_>, Vec<_>) = found.into_iter().partition(is_manifest);
        let strange = others.into_iter().map(|(path, _)| path).collect();
        Ok(Self { strange, ..Self::of(request, edition, texts)? })
    }

    /// The same of texts that have been read, by their paths below the folder.
    ///
    /// # Errors
    /// A text that cannot be read.
    pub fn of(request: &'r AdoptRequest, edition: &'r Edition, texts: Vec<(String, String)>) -> Result<Self, OpError> {
        let named = |(path, text): &(String, String)| AdoptedText { name: shown(&request.dir, path), text: text.clone() };
        let named: Vec<AdoptedText> = texts.iter().map(named).collect();
        let objects = adopt::read(&named).map_err(OpError::Faults)?;
        Ok(Self { request, edition, texts, strange: Vec::new(), objects })
    }

    pub(super) fn family(&self) -> Result<Family<'_>, OpError> {
        let rendered = &self.edition.renderer.blueprint().workload;
        Family::find(&self.objects, rendered, self.request.workload.as_deref()).map_err(OpError::Faults)
    }

    pub(super) fn container<'o>(&self, family: &Family<'o>) -> Result<ObjectField<'o>, OpError> {
        family
            .container(&self.edition.renderer.blueprint().defaults.image.container)
            .map_err(|fault| OpError::Faults(vec![fault]))
    }

    /// The service file that the manifests ask for.
    ///
    /// # Errors
    /// There is no workload of the kind that the blueprint renders, or several of which none is named.
    pub fn propose(&self) -> Result<Proposal, OpError> {
        let contract = self.edition.renderer.blueprint().contract();
        let judge = DraftJudge { given: &self.request.given, checklist: &self.edition.checklist, contract };
        adopt::propose(&self.family()?, judge).map_err(OpError::Faults)
    }
}

/// A path as people name it.
pub(super) fn shown(dir: &Path, path: &str) -> Arc<str> {
    let path: PathBuf = dir.join(path);
    path.strip_prefix(".").unwrap_or(&path).display().to_string().into()
}

/// A fault of a file of the folder as a whole.
pub(super) fn fault_of(dir: &Path, path: &str, message: String) -> Fault {
    let mut fault = Fault::new(crate::yaml::Route::root(), message);
    fault.source = Some(Source::File(shown(dir, path), crate::yaml::Place { line: 1, column: 1 }));
    fault
}
