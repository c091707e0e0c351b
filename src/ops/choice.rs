//! What a service is made with: which checklist and which blueprint, before either is read.

use std::path::Path;

use super::chosen_checklist::ChecklistName;
use super::{ChosenChecklist, OpError, Toolbox};
use crate::blueprint::source::{SHIPPED, Shipped, WEB_SERVICE};
use crate::checklist::{self, Checklist, PRODUCTION};
use crate::formats::release_name;
use crate::service::{self, Answers};
use crate::workspace::{Lock, Locked};
use crate::yaml::{Fault, Node, Route, Source};

/// The field of the service file that names the checklist.
const CHECKLIST: &str = "checklist";

/// The field of the service file that names the blueprint.
const BLUEPRINT: &str = "blueprint";

/// A checklist and a blueprint by name. Neither has been read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Choice {
    checklist: ChecklistName,
    blueprint: &'static Shipped,
}

impl Choice {
    /// The checklist that a flag names, else the one that answers name, seen from the folder of their
    /// service file, else the newest; and the blueprint that the answers name, else the newest.
    ///
    /// # Errors
    /// What does not ship, and everything that is wrong with the answers beside.
    pub fn of(flag: Option<&str>, answers: &Answers, dir: &Path) -> Result<Self, OpError> {
        let (tree, _) = answers.merged();
        // What is no string is refused with the other faults of the service file.
        let answer = |field: &str| tree.find(&Route::root().key(field)).and_then(Node::as_str).map(str::to_owned);
        let checklist = match flag {
            Some(name) => ChecklistName::typed(name).map_err(|mut fault| {
                fault.source = Some(Source::Given(format!("--checklist {name}")));
                fault
            }),
            None => {
                ChecklistName::seen(answer(CHECKLIST).as_deref().unwrap_or(PRODUCTION), dir).map_err(|fault| at(CHECKLIST, fault))
            }
        };
        let blueprint = Shipped::named(answer(BLUEPRINT).as_deref().unwrap_or(WEB_SERVICE)).map_err(|fault| at(BLUEPRINT, fault));
        match (checklist, blueprint) {
            (Ok(checklist), Ok(blueprint)) => Ok(Self { checklist, blueprint }),
            (checklist, blueprint) => {
                let faults = checklist.err().into_iter().chain(blueprint.err()).collect();
                Err(with_the_rest(faults, answers))
            }
        }
    }

    /// What a lock was written with, if it ships.
    pub(super) fn of_lock(lock: &Lock) -> Option<Self> {
        let id = |locked: &Locked| format!("{}@{}", locked.name, locked.version);
        let checklist = checklist::Shipped::named(&id(&lock.checklist)).ok()?;
        let blueprint = Shipped::named(&id(&lock.blueprint)).ok()?;
        Some(Self { checklist: ChecklistName::Shipped(checklist), blueprint })
    }

    /// The same choice as it is for every folder that makes it.
    pub(super) fn canonical(&self) -> Self {
        let mut choice = self.clone();
        if let Some(place) = choice.checklist.place() {
            choice.checklist = ChecklistName::Typed(place);
        }
        choice
    }

    /// Reads the checklist.
    ///
    /// # Errors
    /// The checklist is not there or not in order, and everything that is wrong with the answers beside.
    pub fn checklist(&self, answers: &Answers) -> Result<ChosenChecklist, OpError> {
        self.checklist.load().map_err(|faults| {
            let placed = |fault: Fault| if fault.source.is_none() { at(CHECKLIST, fault) } else { fault };
            with_the_rest(faults.into_iter().map(placed).collect(), answers)
        })
    }

    /// Reads both.
    ///
    /// # Errors
    /// The checklist is not there or not in order, or asks for what the blueprint does not render; and
    /// everything that is wrong with the answers beside.
    pub fn toolbox(&self, answers: &Answers) -> Result<Toolbox, OpError> {
        let chosen = self.checklist(answers)?;
        if let Some(needed) = self.needed_for(&chosen.checklist) {
            return Err(with_the_rest(vec![self.unfit(&chosen.checklist, &needed)], answers));
        }
        Toolbox::with(chosen, self.blueprint)
    }

    /// The first version of the blueprint that renders a checklist, where the chosen one is older.
    fn needed_for(&self, checklist: &Checklist) -> Option<String> {
        let name = release_name(self.blueprint.id);
        let needed = format!("{name}@{}", checklist.blueprints.get(name)?);
        let position = |id: &str| SHIPPED.iter().position(|shipped| shipped.id == id);
        (position(self.blueprint.id) < position(&needed)).then_some(needed)
    }

    /// The fault that the chosen blueprint does not render all that the checklist asks for.
    fn unfit(&self, checklist: &Checklist, needed: &str) -> Fault {
        let message = format!("{} does not render all that {} asks for", self.blueprint.id, checklist.described());
        let renders = |shipped: &&checklist::Shipped| shipped.load().is_ok_and(|older| self.needed_for(&older).is_none());
        let older = checklist::SHIPPED.iter().rev().find(renders).map(|shipped| match &checklist.extends {
            Some(_) => format!(", or let {} extend {}", checklist.name, shipped.id),
            None => format!(", or `checklist: {}`", shipped.id),
        });
        let hint = format!("write `blueprint: {needed}`{}", older.unwrap_or_default());
        at(BLUEPRINT, Fault::new(Route::root(), message)).hint(hint)
    }
}

/// A fault of a field of the service file.
fn at(field: &str, mut fault: Fault) -> Fault {
    fault.route = Route::root().key(field);
    fault
}

/// Faults of a choice with their places, and all others of the answers.
fn with_the_rest(mut faults: Vec<Fault>, answers: &Answers) -> OpError {
    for fault in &mut faults {
        answers.locate(fault);
    }
    if !answers.is_empty() {
        faults.extend(service::load(answers, None).faults);
    }
    OpError::Faults(faults)
}
