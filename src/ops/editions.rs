//! The editions that services are made with, each read once.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::OpError;
use super::edition_name::{EditionName, Pins};
use super::lock_file::standing_lock;
use super::service_file::standing_answers;
use crate::change::{Edition, Lock};
use crate::checklist::Changes;
use crate::service::{Answers, Tier};
use crate::yaml::{Route, Source};

/// The editions that have been asked for, each read once. Services may ask from several threads.
#[derive(Debug, Default)]
pub struct Editions {
    made: Mutex<BTreeMap<EditionName, Arc<Edition>>>,
    /// What changes between two checklists, by their digests and the tier.
    changes: Mutex<BTreeMap<(String, String, u8), Arc<Changes>>>,
}

impl Editions {
    /// That of a service in `dir` of which these are the answers: the newest, but for what they name.
    ///
    /// # Errors
    /// What the answers name is not there or not in order.
    pub fn of_answers(&self, answers: &Answers, dir: &Path) -> Result<Arc<Edition>, OpError> {
        self.made(&EditionName::of(None, &Pins::of(answers), answers, dir)?, answers)
    }

    /// That which a flag names, else as the service file in `dir` says, whatever its lock holds.
    ///
    /// # Errors
    /// The service file is no YAML, or what is named is not there or not in order.
    pub fn of_service_file(&self, flag: Option<&str>, dir: &Path) -> Result<Arc<Edition>, OpError> {
        let answers = standing_answers(dir)?;
        self.made(&EditionName::of(flag, &Pins::of(&answers), &answers, dir)?, &answers)
    }

    /// That which a flag names, else that with which the lock in `dir` was written, else as the service file
    /// there says; `answers` are those of the service file. With whether the service file names another one than
    /// the lock, to which an update moves.
    ///
    /// # Errors
    /// What is named does not ship, or is not there or not in order, or the lock cannot be used.
    pub fn of_folder(&self, flag: Option<&str>, answers: &Answers, dir: &Path) -> Result<(Arc<Edition>, bool), OpError> {
        let pins = Pins::of(answers);
        let named = EditionName::of(flag, &pins, answers, dir)?;
        match standing_lock(dir)?.filter(|_| flag.is_none()) {
            Some(lock) => Ok((self.made(&EditionName::of_lock(&lock, &pins, dir)?, answers)?, !pins.agree(&lock))),
            None => Ok((self.made(&named, answers)?, false)),
        }
    }

    /// That with which a lock was written; `answers` are those of the service file beside it.
    ///
    /// # Errors
    /// It does not ship any more, or an organisation's own checklist is not in order.
    pub fn of_lock(&self, lock: &Lock, answers: &Answers, dir: &Path) -> Result<Arc<Edition>, OpError> {
        self.made(&EditionName::of_lock(lock, &Pins::of(answers), dir)?, answers)
    }

    /// That with which a lock was written, unless answers name another one; and the checklist of a newer one, if
    /// there is any.
    ///
    /// # Errors
    /// As for [`of_lock`](Self::of_lock) and [`of_answers`](Self::of_answers).
    pub fn held(&self, lock: &Lock, answers: &Answers, dir: &Path) -> Result<(Arc<Edition>, Option<String>), OpError> {
        let pins = Pins::of(answers);
        let open = EditionName::of(None, &pins, answers, dir);
        if !pins.agree(lock) {
            return Ok((self.made(&open?, answers)?, None));
        }
        let edition = self.made(&EditionName::of_lock(lock, &pins, dir)?, answers)?;
        // What the service file leaves open may have become one that cannot be had; an update to it tells that.
        let open = open.and_then(|open| self.made(&open, answers)).ok();
        let newest = pins.newest().or_else(|| open.map(|open| open.checklist.described()));
        let newer = newest.filter(|newest| *newest != edition.checklist.described());
        Ok((edition, newer))
    }

    /// That which a flag names, else the newest.
    ///
    /// # Errors
    /// What is named is not there or not in order.
    pub fn of_flag(&self, flag: Option<&str>) -> Result<Arc<Edition>, OpError> {
        let answers = Answers::default();
        self.made(&EditionName::of(flag, &Pins::default(), &answers, Path::new(""))?, &answers)
    }

    /// That which a person names outside a service file; `given` is how, such as `--checklist acme.yaml`.
    ///
    /// # Errors
    /// It is not there or not in order.
    pub fn by_name(&self, name: &str, given: &str) -> Result<Arc<Edition>, OpError> {
        self.of_flag(Some(name)).map_err(|error| match error {
            OpError::Faults(mut faults) => {
                for fault in faults.iter_mut().filter(|fault| !matches!(fault.source, Some(Source::File(..)))) {
                    fault.route = Route::root();
                    fault.source = Some(Source::Given(given.to_owned()));
                }
                OpError::Faults(faults)
            }
            error => error,
        })
    }

    /// That which a flag names, or that of the folder one is in; the newest where that says nothing.
    ///
    /// # Errors
    /// What is named is not there or not in order, or the lock cannot be used.
    pub fn here(&self, flag: Option<&str>) -> Result<Arc<Edition>, OpError> {
        // A service file that cannot be read names nothing.
        let answers = standing_answers(Path::new("")).unwrap_or_default();
        self.of_folder(flag, &answers, Path::new("")).map(|(edition, _)| edition)
    }

    /// What changes from one checklist to another at a tier.
    pub(super) fn changes(&self, from: &Edition, to: &Edition, tier: Tier) -> Arc<Changes> {
        let key = (from.checklist_digest().to_owned(), to.checklist_digest().to_owned(), tier.0);
        let mut known = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let changes = known.entry(key).or_insert_with(|| Arc::new(Changes::between(&from.checklist, &to.checklist, &[tier])));
        Arc::clone(changes)
    }

    fn made(&self, name: &EditionName, answers: &Answers) -> Result<Arc<Edition>, OpError> {
        let key = name.canonical();
        // Held while an edition is read, so that none is read twice; nothing in there waits for another thread.
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(edition) = made.get(&key) {
            return Ok(Arc::clone(edition));
        }
        let edition = Arc::new(name.load(answers)?);
        made.insert(key, Arc::clone(&edition));
        Ok(edition)
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
        let editions = Editions::default();
        let of = |service: usize, checklist: &str| {
            let folder = dir.path().join(format!("s{service}"));
            std::fs::create_dir_all(&folder).unwrap();
            let mut answers = Answers::default();
            answers.set(&format!("checklist={checklist}")).unwrap();
            editions.of_answers(&answers, &folder).unwrap()
        };
        let names = ["production@2026.11", "../acme.yaml", "../s0/../acme.yaml"];
        let got: Vec<Arc<Edition>> = (0..60).into_par_iter().map(|service| of(service, names[service % 3])).collect();
        assert_eq!(editions.made.lock().unwrap().len(), 2);
        for (service, edition) in got.iter().enumerate() {
            assert!(Arc::ptr_eq(edition, &got[(service % 3).min(1)]), "{service}");
        }
        assert_eq!((got[0].checklist_id(), got[1].checklist_id()), ("production@2026.11".to_owned(), "acme@1".to_owned()));
    }

    #[test]
    fn each_service_hears_of_the_fault_at_its_own_place() {
        let editions = Editions::default();
        for name in ["a/plimsoll.yaml", "b/plimsoll.yaml"] {
            let mut answers = Answers::default();
            answers.add_file(name, "checklist: ./gone.yaml\n").unwrap();
            let Err(OpError::Faults(faults)) = editions.of_answers(&answers, Path::new("nowhere")) else { panic!("{name}") };
            assert!(faults[0].to_string().starts_with(&format!("{name}:1:1: checklist: cannot read")), "{}", faults[0]);
        }
    }
}
