//! The blueprints that ship with Plimsoll: every version that was released, and the working copies.

use super::{Blueprint, BlueprintError};
use crate::notation::{find_release, release_name};
use crate::service::Question;
use crate::yaml::{Fault, Route, not_shipped};

/// The name of the blueprint that renders where none is named.
pub const WEB_SERVICE: &str = "web-service";

/// The file that says what a blueprint is.
const MAIN_FILE: &str = "blueprint.yaml";

/// The templates of a blueprint, by name.
pub type Templates = &'static [(&'static str, &'static str)];

/// A blueprint that ships with Plimsoll.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ShippedBlueprint {
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
pub const SHIPPED: &[ShippedBlueprint] = include!(concat!(env!("OUT_DIR"), "/blueprints.rs"));

impl ShippedBlueprint {
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

/// The blueprints of which the newest version takes the field at a route, by name.
#[must_use]
pub fn takers(route: &Route) -> Vec<String> {
    let newest = names().into_iter().filter_map(|name| ShippedBlueprint::named(name).ok()?.load().ok());
    newest.filter(|blueprint| blueprint.contract().intake.takes(route)).map(|blueprint| blueprint.name).collect()
}

/// The names of the blueprints that ship, each once.
#[must_use]
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = SHIPPED.iter().map(|shipped| release_name(shipped.id)).collect();
    names.dedup();
    names
}

/// The question which of some blueprints it shall be, each with what it renders; none where there is no choice.
#[must_use]
pub fn question(mut choices: Vec<(String, String)>) -> Option<Question> {
    // The first is taken where a list is answered with Enter.
    choices.sort_by_key(|(name, _)| name != WEB_SERVICE);
    (choices.len() > 1).then(|| Question {
        field: "blueprint".to_owned(),
        prompt: "What does it run as?".to_owned(),
        help: "Decides which objects are written, and what else is asked".to_owned(),
        choices,
        default: None,
        optional: false,
        tiers: Question::ALL,
    })
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
    fn the_wizard_asks_for_the_blueprint_where_there_is_a_choice() {
        let choice = |name: &str| (name.to_owned(), format!("a {name}"));
        assert_eq!(question(vec![choice(WEB_SERVICE)]), None);
        let question = question(vec![choice("batch"), choice(WEB_SERVICE), choice("worker")]).unwrap();
        assert_eq!(question.choices, [choice(WEB_SERVICE), choice("batch"), choice("worker")]);
    }

    #[test]
    fn a_blueprint_is_found_by_name_and_by_version() {
        let newest = SHIPPED.iter().rfind(|shipped| release_name(shipped.id) == WEB_SERVICE).unwrap();
        assert_eq!(ShippedBlueprint::named(WEB_SERVICE).unwrap().id, newest.id);
        assert_eq!(ShippedBlueprint::named("web-service@1.0.0").unwrap().id, "web-service@1.0.0");
        let hint = ShippedBlueprint::named("web-servise").unwrap_err().hint.unwrap();
        assert!(hint.starts_with("did you mean `web-service`? shipped: web-service@1.0.0"), "{hint}");
    }
}
