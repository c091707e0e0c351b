//! What stands in a folder, and the service file that it asks for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

use super::risky::Accepted;
use crate::adopt::{self, AdoptedObject, AdoptedText, DraftJudge, Family, ObjectField, Proposal};
use crate::change::{ChangeError, Edition};
use crate::service::Answers;
use crate::yaml::{Fault, Source};

/// What is to be adopted, and with which answers.
#[derive(Clone, Debug)]
pub struct AdoptRequest {
    /// The folder of the service.
    pub dir: PathBuf,
    /// The Deployment, where there are several.
    pub workload: Option<String>,
    /// What a person answered; it stands over what the manifests say.
    pub given: Answers,
    /// Which changes that may break the service are taken.
    pub accepted: Accepted,
    /// The day on which things are judged.
    pub today: Date,
}

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
    /// The manifests of a folder, by their paths below it.
    ///
    /// # Errors
    /// A text that cannot be read.
    pub fn of(request: &'r AdoptRequest, edition: &'r Edition, found: Vec<(String, String)>) -> Result<Self, ChangeError> {
        // Values, lists of packages and the like are nobody's manifests.
        let is_manifest = |(_, text): &(String, String)| text.contains("apiVersion") && text.contains("kind");
        let (texts, others): (Vec<_>, Vec<_>) = found.into_iter().partition(is_manifest);
        let named = |(path, text): &(String, String)| AdoptedText { name: shown(&request.dir, path), text: text.clone() };
        let named: Vec<AdoptedText> = texts.iter().map(named).collect();
        let objects = adopt::read(&named).map_err(ChangeError::Faults)?;
        let strange = others.into_iter().map(|(path, _)| path).collect();
        Ok(Self { request, edition, texts, strange, objects })
    }

    pub(super) fn family(&self) -> Result<Family<'_>, ChangeError> {
        let rendered = &self.edition.renderer.blueprint().workload;
        Family::find(&self.objects, rendered, self.request.workload.as_deref()).map_err(ChangeError::Faults)
    }

    pub(super) fn container<'o>(&self, family: &Family<'o>) -> Result<ObjectField<'o>, ChangeError> {
        family
            .container(&self.edition.renderer.blueprint().defaults.image.container)
            .map_err(|fault| ChangeError::Faults(vec![fault]))
    }

    /// The service file that the manifests ask for.
    ///
    /// # Errors
    /// There is no workload of the kind that the blueprint renders, or several of which none is named.
    pub fn propose(&self) -> Result<Proposal, ChangeError> {
        let contract = self.edition.renderer.blueprint().contract();
        let judge = DraftJudge { given: &self.request.given, checklist: &self.edition.checklist, contract };
        adopt::propose(&self.family()?, judge).map_err(ChangeError::Faults)
    }
}

/// A path as people name it.
pub fn shown(dir: &Path, path: &str) -> Arc<str> {
    let path: PathBuf = dir.join(path);
    path.strip_prefix(".").unwrap_or(&path).display().to_string().into()
}

/// A fault of a file of the folder as a whole.
#[must_use]
pub fn fault_of(dir: &Path, path: &str, message: String) -> Fault {
    let mut fault = Fault::new(crate::yaml::Route::root(), message);
    fault.source = Some(Source::File(shown(dir, path), crate::yaml::Place { line: 1, column: 1 }));
    fault
}
