//! One toolbox for all services that are made with the same checklist and blueprint.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::toolbox::standing_answers;
use super::{Choice, OpError, Toolbox};
use crate::checklist::Changes;
use crate::service::{Answers, Tier};
use crate::workspace::Lock;

/// The toolboxes that have been asked for, each made once. Services may ask from several threads.
#[derive(Debug, Default)]
pub struct Toolboxes {
    made: Mutex<BTreeMap<Choice, Arc<Toolbox>>>,
    /// What changes between two checklists, by their digests and the tier.
    changes: Mutex<BTreeMap<(String, String, u8), Arc<Changes>>>,
}

impl Toolboxes {
    /// What renders the service that stands in `dir`, as [`Toolbox::of_folder`].
    ///
    /// # Errors
    /// The service file is no YAML, or what it names is not there or not in order.
    pub fn of_folder(&self, flag: Option<&str>, dir: &Path) -> Result<Arc<Toolbox>, OpError> {
        self.choose(flag, &standing_answers(dir)?, dir)
    }

    /// What renders a service in `dir` of which these are the answers, as [`Toolbox::of_answers`].
    ///
    /// # Errors
    /// What the answers name is not there or not in order.
    pub fn of_answers(&self, answers: &Answers, dir: &Path) -> Result<Arc<Toolbox>, OpError> {
        self.choose(None, answers, dir)
    }

    /// What rendered what a lock holds, if it still ships as it was then.
    pub(super) fn of_lock(&self, lock: &Lock) -> Option<Arc<Toolbox>> {
        let choice = Choice::of_lock(lock)?;
        let toolbox = self.made(&choice, &Answers::default()).ok()?;
        toolbox.wrote(lock).then_some(toolbox)
    }

    /// What changes from one checklist to another at a tier.
    pub(super) fn changes(&self, from: &Toolbox, to: &Toolbox, tier: Tier) -> Arc<Changes> {
        let key = (from.checklist_digest().to_owned(), to.checklist_digest().to_owned(), tier.0);
        let mut known = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let changes = known.entry(key).or_insert_with(|| Arc::new(Changes::between(&from.checklist, &to.checklist, &[tier])));
        Arc::clone(changes)
    }

    fn choose(&self, flag: Option<&str>, answers: &Answers, dir: &Path) -> Result<Arc<Toolbox>, OpError> {
        self.made(&Choice::of(flag, answers, dir)?, answers)
    }

    fn made(&self, choice: &Choice, answers: &Answers) -> Result<Arc<Toolbox>, OpError> {
        let key = choice.canonical();
        // Held while a toolbox is made, so that none is made twice; nothing in there waits for another thread.
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(toolbox) = made.get(&key) {
            return Ok(Arc::clone(toolbox));
        }
        let toolbox = Arc::new(choice.toolbox(answers)?);
        made.insert(key, Arc::clone(&toolbox));
        Ok(toolbox)
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests make the files that are read")]
mod tests {
    use rayon::prelude::*;

    use super::*;

    #[test]
    fn services_share_what_they_are_made_with() {
        let dir = tempfile::tempdir().unwrap();
        let own = "schema: 1\nname: acme\nversion: '1'\nextends: production\n";
        std::fs::write(dir.path().join("acme.yaml"), own).unwrap();
        // A name may lead up within a work tree.
        std::fs::create_dir(dir.path().join(".git")).unwrap();
        let toolboxes = Toolboxes::default();
        let of = |service: usize, checklist: &str| {
            let folder = dir.path().join(format!("s{service}"));
            std::fs::create_dir_all(&folder).unwrap();
            let mut answers = Answers::default();
            answers.set(&format!("checklist={checklist}")).unwrap();
            toolboxes.of_answers(&answers, &folder).unwrap()
        };
        let names = ["production@2026.11", "../acme.yaml", "../s0/../acme.yaml"];
        let got: Vec<Arc<Toolbox>> = (0..60).into_par_iter().map(|service| of(service, names[service % 3])).collect();
        assert_eq!(toolboxes.made.lock().unwrap().len(), 2);
        for (service, toolbox) in got.iter().enumerate() {
            assert!(Arc::ptr_eq(toolbox, &got[(service % 3).min(1)]), "{service}");
        }
        assert_eq!((got[0].checklist_id(), got[1].checklist_id()), ("production@2026.11".to_owned(), "acme@1".to_owned()));
    }

    #[test]
    fn each_service_hears_of_the_fault_at_its_own_place() {
        let toolboxes = Toolboxes::default();
        for name in ["a/plimsoll.yaml", "b/plimsoll.yaml"] {
            let mut answers = Answers::default();
            answers.add_file(name, "checklist: ./gone.yaml\n").unwrap();
            let Err(OpError::Faults(faults)) = toolboxes.of_answers(&answers, Path::new("nowhere")) else { panic!("{name}") };
            assert!(faults[0].to_string().starts_with(&format!("{name}:1:1: checklist: cannot read")), "{}", faults[0]);
        }
    }
}
