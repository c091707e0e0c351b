//! What services are made and judged by.

use std::path::PathBuf;
use std::sync::OnceLock;

use super::{FieldItems, Lock, Locked, LockedFile};
use crate::blueprint::source::{self, ShippedBlueprint, WEB_SERVICE};
use crate::blueprint::{BlueprintError, Renderer};
use crate::check::Rules;
use crate::checklist::{self, Checklist, PRODUCTION};
use crate::manifest::Manifest;
use crate::notation::release_name;
use crate::plan::{self, Plan};
use crate::service::{Answers, Question, Service};
use crate::yaml::{Fault, Route};

/// A version of the checklist with its rules, and one of the blueprints that go with it; read once for any
/// number of services.
#[derive(Debug)]
pub struct Edition {
    /// What is asked.
    pub checklist: Checklist,
    /// What renders.
    pub renderer: Renderer,
    /// The file of the checklist, where it is an organisation's own.
    pub file: Option<PathBuf>,
    checklist_digest: String,
    field_items: OnceLock<FieldItems>,
    rules: OnceLock<Rules>,
}

impl Edition {
    /// An edition; `digest` is of all that the checklist was read from.
    ///
    /// # Errors
    /// The blueprint is faulty, which is a bug.
    pub fn new(checklist: Checklist, digest: String, blueprint: &ShippedBlueprint) -> Result<Self, BlueprintError> {
        Ok(Self {
            checklist,
            renderer: Renderer::new(blueprint.load()?, blueprint.templates),
            file: None,
            checklist_digest: digest,
            field_items: OnceLock::new(),
            rules: OnceLock::new(),
        })
    }

    /// The same of a checklist that was read from a file of an organisation, with its rules.
    #[must_use]
    pub fn own(mut self, file: Option<PathBuf>, rules: Rules) -> Self {
        self.file = file;
        self.rules = OnceLock::from(rules);
        self
    }

    /// The newest that ships.
    ///
    /// # Errors
    /// What ships is faulty, which is a bug.
    pub fn newest() -> Result<Self, BlueprintError> {
        use serde::de::Error as _;
        let fault = |fault: Fault| BlueprintError::from(serde_json::Error::custom(fault));
        let shipped = checklist::ShippedChecklist::named(PRODUCTION).map_err(fault)?;
        let checklist = shipped.load()?;
        let blueprint = Self::blueprint_of(&checklist, None).map_err(fault)?;
        Self::new(checklist, shipped.digest.to_owned(), blueprint)
    }

    /// The blueprint of a name among those that go with a checklist; the usual one where none is asked for.
    ///
    /// # Errors
    /// It does not ship, or does not go with the checklist; the fault has neither field nor source.
    pub fn blueprint_of(checklist: &Checklist, asked: Option<&str>) -> Result<&'static ShippedBlueprint, Fault> {
        let asked = asked.unwrap_or(WEB_SERVICE);
        let name = release_name(asked);
        let named = ShippedBlueprint::named(asked)?;
        let Some(version) = checklist.blueprints.get(name) else {
            let known: Vec<&str> = checklist.blueprints.keys().map(String::as_str).collect();
            let message = format!("{asked} does not go with {}", checklist.described());
            return Err(Fault::new(Route::root(), message).hint(format!("it has {}", known.join(", "))));
        };
        let id = format!("{name}@{version}");
        let fitting = if asked == name { ShippedBlueprint::named(&id)? } else { named };
        if fitting.id == id {
            return Ok(fitting);
        }
        let has = |shipped: &&checklist::ShippedChecklist| {
            shipped
                .load()
                .is_ok_and(|other| other.blueprints.get(name).is_some_and(|version| asked.ends_with(&format!("@{version}"))))
        };
        let other = checklist::SHIPPED.iter().rev().find(has).map(|shipped| match &checklist.extends {
            Some(_) => format!(", or let {} extend {}", checklist.name, shipped.id),
            None => format!(", or `checklist: {}`", shipped.id),
        });
        let message = format!("{asked} does not go with {}, which has {id}", checklist.described());
        Err(Fault::new(Route::root(), message).hint(format!("write `blueprint: {name}`{}", other.unwrap_or_default())))
    }

    /// The question which of the blueprints that go with the checklist it shall be; none where there is one alone.
    ///
    /// # Errors
    /// One of them is faulty, which is a bug.
    pub fn which_blueprint(&self) -> Result<Option<Question>, BlueprintError> {
        let ids = self.checklist.blueprints.iter().map(|(name, version)| (name, format!("{name}@{version}")));
        let shipped = ids.filter_map(|(name, id)| Some((name.clone(), ShippedBlueprint::named(&id).ok()?)));
        let choices =
            shipped.map(|(name, shipped)| Ok((name, shipped.load()?.title.en))).collect::<Result<_, BlueprintError>>()?;
        Ok(source::question(choices))
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

    /// The digest of all that the checklist was read from.
    #[must_use]
    pub fn checklist_digest(&self) -> &str {
        &self.checklist_digest
    }

    /// Which items of the checklist name which fields.
    #[must_use]
    pub fn field_items(&self) -> &FieldItems {
        self.field_items.get_or_init(|| FieldItems::of(&self.checklist))
    }

    /// The rules of the checklist, compiled when they are first needed.
    ///
    /// # Errors
    /// One of them cannot be compiled.
    pub fn rules(&self) -> Result<&Rules, Vec<Fault>> {
        if let Some(rules) = self.rules.get() {
            return Ok(rules);
        }
        let rules = Rules::compile(self.checklist.clone())?;
        Ok(self.rules.get_or_init(|| rules))
    }

    /// Blueprint and checklist as locks hold them.
    #[must_use]
    pub fn locked(&self) -> (Locked, Locked) {
        let (blueprint, checklist) = (self.renderer.blueprint(), &self.checklist);
        let digest = checklist.extends.is_some().then(|| self.checklist_digest.clone());
        let extends = checklist.extends.clone();
        let own = Locked { name: checklist.name.clone(), version: checklist.version.clone(), extends, digest };
        (Locked::shipped(&blueprint.name, &blueprint.version), own)
    }

    /// The lock of what is rendered.
    #[must_use]
    pub fn lock(&self, manifests: &[Manifest]) -> Lock {
        let (blueprint, checklist) = self.locked();
        Lock::new(blueprint, checklist, manifests.iter().map(|it| LockedFile::new(&it.path, &it.text)).collect())
    }

    /// Whether this is what a lock was written with.
    #[must_use]
    pub fn wrote(&self, lock: &Lock) -> bool {
        let (blueprint, checklist) = self.locked();
        let is_unchanged = lock.checklist.digest.as_ref().is_none_or(|known| *known == self.checklist_digest);
        lock.blueprint.is(&blueprint) && lock.checklist.is(&checklist) && is_unchanged
    }

    /// The files that a service would get, for comparison alone; none where the checklist refuses what it asks
    /// for.
    #[must_use]
    pub fn texts(&self, service: &Service) -> Option<Vec<(String, String)>> {
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
