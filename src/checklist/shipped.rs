//! The checklists that ship with Plimsoll: every version that was released, and the working copy.

use super::Checklist;
use crate::notation::find_release;
use crate::yaml::{Fault, Route, not_shipped};

/// The name of the checklist that holds where none is named.
pub const PRODUCTION: &str = "production";

/// A checklist that ships with Plimsoll. It is not parsed before it is asked for.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ShippedChecklist {
    /// Its name and version.
    pub id: &'static str,
    /// The digest of its text, as locks hold it.
    pub digest: &'static str,
    /// Its version and its blueprints, as fields of a JSON object.
    head: &'static str,
    /// Its other fields and its items, by their places in [`CONTENTS`].
    contents: &'static [u16],
}

/// What the checklists are made of, each content once: the build makes it of `blueprints/`.
const CONTENTS: &[&str] = include!(concat!(env!("OUT_DIR"), "/checklist-contents.rs"));

/// The shipped checklists, from the oldest to the newest.
pub const SHIPPED: &[ShippedChecklist] = include!(concat!(env!("OUT_DIR"), "/checklists.rs"));

impl ShippedChecklist {
    /// The checklist of that name and version, or the newest of that name.
    ///
    /// # Errors
    /// There is none: the fault has the way out, and neither field nor source.
    pub fn named(name: &str) -> Result<&'static Self, Fault> {
        let ids: Vec<&str> = SHIPPED.iter().map(|shipped| shipped.id).collect();
        let found = find_release(&ids, name).and_then(|position| SHIPPED.get(position));
        found.ok_or_else(|| not_shipped(Route::root(), "checklist", name, &ids))
    }

    /// The checklist itself.
    ///
    /// # Errors
    /// The shipped file does not have the shape of a checklist, which a test rules out.
    pub fn load(&self) -> Result<Checklist, serde_json::Error> {
        let mut contents = self.contents.iter().filter_map(|position| CONTENTS.get(usize::from(*position)).copied());
        let (head, fields) = (self.head, contents.next().unwrap_or_default());
        let items = contents.collect::<Vec<_>>().join(",");
        serde_json::from_str(&format!("{{{head},{fields},\"items\":[{items}]}}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::Tier;

    #[test]
    fn shipped_checklists_are_in_order() {
        for shipped in SHIPPED {
            let checklist = shipped.load().unwrap();
            assert_eq!(checklist.id(), shipped.id);
            assert_eq!(checklist.param("min-replicas", "replicas", Tier(1)), Some(&serde_json::Value::from(3)));
            for item in &checklist.items {
                assert!(!item.title.en.ends_with('.') && !item.why.is_empty() && item.asks.ends_with('.'), "{}", item.id);
                assert!(item.title.ko.chars().any(|c| ('가'..='힣').contains(&c)), "{}: no Korean title", item.id);
            }
        }
    }

    #[test]
    fn a_checklist_is_found_by_name_and_by_version() {
        let newest = SHIPPED.last().unwrap();
        assert_eq!(ShippedChecklist::named(PRODUCTION), Ok(newest));
        assert_eq!(ShippedChecklist::named("production@2026.11").unwrap().id, "production@2026.11");
        let hint = |name: &str| ShippedChecklist::named(name).unwrap_err().hint.unwrap();
        assert!(hint("produktion@2026.11").starts_with("did you mean `production@2026.11`? shipped: production@2026.11"));
        assert!(hint("production@2025.1").starts_with("shipped: production@2026.11"));
    }
}
