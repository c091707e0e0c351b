//! Which edition a service is made with, before it is read: by a flag, the service file or the lock.

use std::path::Path;

use super::OpError;
use super::checklist_name::{ChecklistName, is_path};
use crate::blueprint::source::{ShippedBlueprint, WEB_SERVICE};
use crate::change::{Edition, LOCK_FILE, Lock, Locked};
use crate::checklist::{self, PRODUCTION};
use crate::notation::release_name;
use crate::service::{self, Answers};
use crate::yaml::{Fault, Node, Route, Source};

/// The field of the service file that names the checklist.
const CHECKLIST: &str = "checklist";

/// The field of the service file that names the blueprint.
const BLUEPRINT: &str = "blueprint";

/// A checklist and a blueprint by name. Neither has been read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EditionName {
    checklist: ChecklistName,
    blueprint: BlueprintName,
}

/// Which blueprint.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum BlueprintName {
    /// One of those that go with the checklist: that of this name, or the usual one.
    Of(Option<String>),
    /// This one, with which a lock was written.
    Locked(&'static ShippedBlueprint),
}

/// What answers say of the edition. What is no string is refused with the other faults of the service file.
#[derive(Default)]
pub struct Pins {
    checklist: Option<String>,
    blueprint: Option<String>,
}

impl Pins {
    /// Those of answers.
    pub fn of(answers: &Answers) -> Self {
        let answer = |field: &str| answers.at_top(field).and_then(Node::as_str).map(str::to_owned);
        Self { checklist: answer(CHECKLIST), blueprint: answer(BLUEPRINT) }
    }

    /// The name of the blueprint, whichever version.
    pub fn blueprint_name(&self) -> &str {
        self.blueprint.as_deref().map_or(WEB_SERVICE, release_name)
    }

    /// The newest version of the shipped checklist of which they pin one.
    pub fn newest(&self) -> Option<String> {
        let (name, _) = self.checklist.as_deref().filter(|name| !is_path(name))?.split_once('@')?;
        checklist::ShippedChecklist::named(name).ok().map(|newest| newest.id.to_owned())
    }

    /// Whether they name nothing but what a lock was written with, as far as they name anything.
    pub fn agree(&self, lock: &Lock) -> bool {
        let is = |name: &str, locked: &Locked| if name.contains('@') { name == locked.id() } else { name == locked.name };
        let checklist = match &self.checklist {
            Some(name) if is_path(name) => is_own(&lock.checklist),
            name => is(name.as_deref().unwrap_or(PRODUCTION), &lock.checklist),
        };
        checklist && is(self.blueprint.as_deref().unwrap_or(WEB_SERVICE), &lock.blueprint)
    }
}

impl EditionName {
    /// The checklist that a flag names, else the one that answers name, seen from the folder of their service
    /// file, else the newest; with the blueprint that the answers name of those that go with it.
    ///
    /// # Errors
    /// What does not ship, and everything that is wrong with the answers beside.
    pub fn of(flag: Option<&str>, pins: &Pins, answers: &Answers, dir: &Path) -> Result<Self, OpError> {
        let checklist = match flag {
            Some(name) => ChecklistName::typed(name).map_err(|mut fault| {
                fault.source = Some(Source::Given(format!("--checklist {name}")));
                fault
            }),
            None => {
                ChecklistName::seen(pins.checklist.as_deref().unwrap_or(PRODUCTION), dir).map_err(|fault| at(CHECKLIST, fault))
            }
        };
        let blueprint = pins.blueprint.as_deref().map(ShippedBlueprint::named).transpose().map_err(|fault| at(BLUEPRINT, fault));
        match (checklist, blueprint) {
            (Ok(checklist), Ok(_)) => Ok(Self { checklist, blueprint: BlueprintName::Of(pins.blueprint.clone()) }),
            (checklist, blueprint) => {
                let faults = checklist.err().into_iter().chain(blueprint.err()).collect();
                Err(with_the_rest(faults, answers))
            }
        }
    }

    /// What a lock was written with. An organisation's own checklist is read from the file that the answers
    /// name, over the version that it extended then.
    ///
    /// # Errors
    /// It does not ship any more.
    pub fn of_lock(lock: &Lock, pins: &Pins, dir: &Path) -> Result<Self, OpError> {
        let gone = |fault: Fault, locked: &Locked| {
            let mut fault =
                Fault { message: format!("was {} when the manifests were rendered; {}", locked.id(), fault.message), ..fault };
            fault.source = Some(Source::Given(dir.join(LOCK_FILE).display().to_string()));
            fault.hint("`plimsoll update` moves the service to what ships")
        };
        let own = pins.checklist.as_deref().filter(|name| is_path(name) && is_own(&lock.checklist));
        let checklist = match own {
            Some(name) => ChecklistName::seen(name, dir).map(|seen| seen.over(lock.checklist.extends.clone())),
            None => checklist::ShippedChecklist::named(&lock.checklist.id()).map(ChecklistName::Shipped),
        };
        let checklist = checklist.map_err(|fault| gone(at(CHECKLIST, fault), &lock.checklist));
        let blueprint =
            ShippedBlueprint::named(&lock.blueprint.id()).map_err(|fault| gone(at(BLUEPRINT, fault), &lock.blueprint));
        match (checklist, blueprint) {
            (Ok(checklist), Ok(blueprint)) => Ok(Self { checklist, blueprint: BlueprintName::Locked(blueprint) }),
            (checklist, blueprint) => Err(OpError::Faults(checklist.err().into_iter().chain(blueprint.err()).collect())),
        }
    }

    /// The same as it is for every folder that names it.
    pub fn canonical(&self) -> Self {
        Self { checklist: self.checklist.canonical(), blueprint: self.blueprint.clone() }
    }

    /// Reads it.
    ///
    /// # Errors
    /// The checklist is not there or not in order, or the blueprint does not go with it; and everything that is
    /// wrong with the answers beside.
    pub fn load(&self, answers: &Answers) -> Result<Edition, OpError> {
        let loaded = self.checklist.load().map_err(|faults| {
            let placed = |fault: Fault| if fault.source.is_none() { at(CHECKLIST, fault) } else { fault };
            with_the_rest(faults.into_iter().map(placed).collect(), answers)
        })?;
        let blueprint = match &self.blueprint {
            BlueprintName::Of(name) => Edition::blueprint_of(&loaded.checklist, name.as_deref())
                .map_err(|fault| with_the_rest(vec![at(BLUEPRINT, fault)], answers))?,
            BlueprintName::Locked(blueprint) => blueprint,
        };
        let edition = Edition::new(loaded.checklist, loaded.digest, blueprint)?;
        Ok(match loaded.rules {
            Some(rules) => edition.own(loaded.file, rules),
            None => edition,
        })
    }
}

/// Whether a lock was written with an organisation's own checklist.
fn is_own(checklist: &Locked) -> bool {
    checklist::SHIPPED.iter().all(|shipped| release_name(shipped.id) != checklist.name)
}

/// A fault of a field of the service file.
fn at(field: &str, mut fault: Fault) -> Fault {
    fault.route = Route::root().key(field);
    fault
}

/// Faults of a name with their places, and all others of the answers.
fn with_the_rest(mut faults: Vec<Fault>, answers: &Answers) -> OpError {
    for fault in &mut faults {
        answers.locate(fault);
    }
    if !answers.is_empty() {
        // The version that goes with the checklist is not known; the newest misses the same.
        let blueprint = ShippedBlueprint::named(Pins::of(answers).blueprint_name()).ok().and_then(|shipped| shipped.load().ok());
        let intake = blueprint.as_ref().map(|blueprint| blueprint.contract().intake);
        faults.extend(service::load(answers, intake.as_ref()).faults);
    }
    OpError::Faults(faults)
}
