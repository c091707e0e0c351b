//! The checklists that ship with Plimsoll: every version that was released.

use super::Checklist;
use crate::formats::find_release;
use crate::yaml::{Fault, Route, not_shipped};

/// The name of the checklist that holds where none is named.
pub const PRODUCTION: &str = "production";

/// A checklist that ships with Plimsoll. It is not parsed before it is asked for.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shipped {
    /// Its name and version.
    pub id: &'static str,
    /// The digest of its file, as locks hold it.
    pub digest: &'static str,
    /// The file as JSON, which the build makes of it.
    json: &'static str,
}

macro_rules! shipped {
    ($($id:literal),+ $(,)?) => {
        &[$(Shipped {
            id: $id,
            digest: include_str!(concat!(env!("OUT_DIR"), "/", $id, ".digest")),
            json: include_str!(concat!(env!("OUT_DIR"), "/", $id, ".json")),
        }),+]
    };
}

/// The shipped checklists, from the oldest to the newest. A test holds the list against the folder.
pub const SHIPPED: &[Shipped] = shipped!["production@2026.11", "production@2026.12"];

impl Shipped {
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
        serde_json::from_str(self.json)
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests make the files that are read")]
mod tests {
    use super::*;
    use crate::formats::sha256;
    use crate::service::Tier;

    #[test]
    fn shipped_checklists_are_in_order() {
        for shipped in SHIPPED {
            let path = format!("{}/blueprints/checklist/{}.yaml", env!("CARGO_MANIFEST_DIR"), shipped.id);
            let text = std::fs::read_to_string(&path).unwrap();
            let checklist = Checklist::load(shipped.id, &text).unwrap_or_else(|faults| panic!("{faults:#?}"));
            assert_eq!(shipped.load().unwrap(), checklist);
            assert_eq!(checklist.id(), shipped.id);
            assert_eq!(shipped.digest, format!("sha256:{}", sha256(&[&text])));
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
        assert_eq!(Shipped::named(PRODUCTION), Ok(newest));
        assert_eq!(Shipped::named("production@2026.11").unwrap().id, "production@2026.11");
        let hint = |name: &str| Shipped::named(name).unwrap_err().hint.unwrap();
        assert!(hint("produktion@2026.11").starts_with("did you mean `production@2026.11`? shipped: production@2026.11"));
        assert!(hint("production@2025.1").starts_with("shipped: production@2026.11"));
    }
}
