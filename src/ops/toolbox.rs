//! What services are made with: a checklist and a blueprint, read once for any number of them.

use std::path::Path;
use std::sync::OnceLock;

use super::prepare::standing_service_file;
use super::update::FieldItems;
use super::{Choice, ChosenChecklist, OpError};
use crate::blueprint::{Renderer, source};
use crate::check::Rules;
use crate::checklist::Checklist;
use crate::plan::{self, Plan};
use crate::service::{self, Answers, Service};
use crate::workspace::{Lock, Locked};
use crate::yaml::Fault;

/// A checklist and a blueprint, loaded once for any number of services.
#[derive(Debug)]
pub struct Toolbox {
    /// What is asked.
    pub checklist: Checklist,
    /// What renders.
    pub renderer: Renderer,
    blueprint_digest: String,
    checklist_digest: String,
    field_items: OnceLock<FieldItems>,
    rules: OnceLock<Rules>,
}

impl Toolbox {
    /// The newest checklist and blueprint that ship with Plimsoll.
    ///
    /// # Errors
    /// One of them is faulty, which is a bug.
    pub fn shipped() -> Result<Self, OpError> {
        let answers = Answers::default();
        Choice::of(None, &answers, Path::new(""))?.toolbox(&answers)
    }

    /// A checklist and a blueprint.
    ///
    /// # Errors
    /// The blueprint is faulty, which is a bug.
    pub(super) fn with(chosen: ChosenChecklist, blueprint: &source::Shipped) -> Result<Self, OpError> {
        Ok(Self {
            checklist: chosen.checklist,
            checklist_digest: chosen.digest,
            renderer: Renderer::new(blueprint.load()?, blueprint.templates),
            blueprint_digest: blueprint.digest.to_owned(),
            field_items: OnceLock::new(),
            rules: OnceLock::new(),
        })
    }

    /// What renders the service that stands in `dir`: with the checklist of the flag, where one is
    /// given, else with that of the service file.
    ///
    /// # Errors
    /// The service file is no YAML, or what it names is not there or not in order.
    pub fn of_folder(flag: Option<&str>, dir: &Path) -> Result<Self, OpError> {
        let answers = standing_answers(dir)?;
        Choice::of(flag, &answers, dir)?.toolbox(&answers)
    }

    /// What renders a service in `dir` of which these are the answers.
    ///
    /// # Errors
    /// What the answers name is not there or not in order.
    pub fn of_answers(answers: &Answers, dir: &Path) -> Result<Self, OpError> {
        Choice::of(None, answers, dir)?.toolbox(answers)
    }

    /// The checklist by name and version.
    #[must_use]
    pub fn checklist_id(&self) -> String {
        self.checklist.id()
    }

    /// The blueprint by name and version.
    #[must_use]
    pub fn blueprint_id(&self) -> String {
        let blueprint = self.renderer.blueprint();
        format!("{}@{}", blueprint.name, blueprint.version)
    }

    /// The digest of all that the checklist was read from, as locks hold it.
    #[must_use]
    pub fn checklist_digest(&self) -> &str {
        &self.checklist_digest
    }

    /// The digest of all files of the blueprint, as locks hold it.
    #[must_use]
    pub fn blueprint_digest(&self) -> &str {
        &self.blueprint_digest
    }

    /// Which items of the checklist name which fields.
    pub(super) fn field_items(&self) -> &FieldItems {
        self.field_items.get_or_init(|| FieldItems::of(&self.checklist))
    }

    /// The rules of the checklist, compiled when they are first needed.
    ///
    /// # Errors
    /// One of them cannot be compiled.
    pub(super) fn rules(&self) -> Result<&Rules, OpError> {
        if let Some(rules) = self.rules.get() {
            return Ok(rules);
        }
        let rules = Rules::compile(self.checklist.clone()).map_err(OpError::Faults)?;
        Ok(self.rules.get_or_init(|| rules))
    }

    /// Blueprint and checklist as locks hold them.
    #[must_use]
    pub fn locked(&self) -> (Locked, Locked) {
        let locked = |name: &str, version: &str, digest| Locked { name: name.to_owned(), version: version.to_owned(), digest };
        let (blueprint, checklist) = (self.renderer.blueprint(), &self.checklist);
        let own = checklist.extends.is_some().then(|| self.checklist_digest.clone());
        (locked(&blueprint.name, &blueprint.version, None), locked(&checklist.name, &checklist.version, own))
    }

    /// Whether this is what a lock was written with.
    #[must_use]
    pub(super) fn wrote(&self, lock: &Lock) -> bool {
        let (blueprint, checklist) = self.locked();
        let digest_is = |locked: &Locked, digest: &str| locked.digest.as_ref().is_none_or(|known| known == digest);
        lock.blueprint.is(&blueprint)
            && lock.checklist.is(&checklist)
            && digest_is(&lock.blueprint, &self.blueprint_digest)
            && digest_is(&lock.checklist, &self.checklist_digest)
    }

    /// The files that a service would get, for comparison alone; none where the checklist refuses what it asks
    /// for.
    pub(super) fn texts(&self, service: &Service) -> Option<Vec<(String, String)>> {
        let plan = plan::make(service, &self.checklist, self.renderer.blueprint().contract()).ok()?;
        self.renderer.texts(&plan).ok()
    }

    /// Loads a service and decides its values.
    ///
    /// # Errors
    /// Everything that is wrong with the answers, what the checklist refuses included.
    pub fn plan(&self, answers: &Answers) -> Result<(Service, Plan), Vec<Fault>> {
        plan::of_answers(answers, &self.checklist, self.renderer.blueprint().contract())
    }
}

/// The answers that stand in the service file of a folder; none where there is none.
pub(super) fn standing_answers(dir: &Path) -> Result<Answers, OpError> {
    let mut answers = Answers::default();
    if let Some(text) = standing_service_file(dir)? {
        answers.add_file(&dir.join(service::FILE).to_string_lossy(), &text).map_err(OpError::Faults)?;
    }
    Ok(answers)
}
