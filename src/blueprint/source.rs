//! The blueprints that ship with Plimsoll: every version that was released.

use super::{Blueprint, BlueprintError};
use crate::formats::find_release;
use crate::yaml::{Fault, Route, not_shipped};

/// The name of the blueprint that renders where none is named.
pub const WEB_SERVICE: &str = "web-service";

/// The file that says what a blueprint is.
const MAIN_FILE: &str = "blueprint.yaml";

/// The templates of a blueprint, by name.
pub type Templates = &'static [(&'static str, &'static str)];

/// A blueprint that ships with Plimsoll.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shipped {
    /// Its name and version.
    pub id: &'static str,
    /// The digest of all its files, as locks hold it.
    pub digest: &'static str,
    /// Its templates, with the parts that it shares with others.
    pub templates: Templates,
    /// Its version, as a field of a JSON object.
    head: &'static str,
    /// The other fields of `blueprint.yaml`, as those of a JSON object.
    description: &'static str,
}

/// What the blueprints are made of, each content once: the build makes it of `blueprints/`.
const CONTENTS: &[&str] = include!(concat!(env!("OUT_DIR"), "/blueprint-contents.rs"));

/// The shipped blueprints, each from the oldest to the newest.
pub const SHIPPED: &[Shipped] = include!(concat!(env!("OUT_DIR"), "/blueprints.rs"));

impl Shipped {
    /// The blueprint of that name and version, or the newest of that name.
    ///
    /// # Errors
    /// There is none: the fault has the way out, and neither field nor source.
    pub fn named(name: &str) -> Result<&'static Self, Fault> {
        let ids: Vec<&str> = SHIPPED.iter().map(|shipped| shipped.id).collect();
        let found = find_release(&ids, name).and_then(|position| SHIPPED.get(position));
        found.ok_or_else(|| not_shipped(Route::root(), "blueprint", name, &ids))
    }

    /// What its `blueprint.yaml` says.
    ///
    /// # Errors
    /// It is no description of a blueprint, which a test rules out.
    pub fn load(&self) -> Result<Blueprint, BlueprintError> {
        Ok(serde_json::from_str(&format!("{{{},{}}}", self.head, self.description))?)
    }

    /// The names of its files.
    pub fn files(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(MAIN_FILE).chain(self.templates.iter().map(|(name, _)| *name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_blueprints_are_in_order() {
        for shipped in SHIPPED {
            let blueprint = shipped.load().unwrap();
            assert_eq!(shipped.id, format!("{}@{}", blueprint.name, blueprint.version));
        }
    }

    #[test]
    fn a_blueprint_is_found_by_name_and_by_version() {
        assert_eq!(Shipped::named(WEB_SERVICE).unwrap().id, SHIPPED.last().unwrap().id);
        assert_eq!(Shipped::named("web-service@1.0.0").unwrap().id, "web-service@1.0.0");
        let hint = Shipped::named("web-servise").unwrap_err().hint.unwrap();
        assert!(hint.starts_with("did you mean `web-service`? shipped: web-service@1.0.0"), "{hint}");
    }
}
