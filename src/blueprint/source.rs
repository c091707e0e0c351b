//! The blueprints that ship with Plimsoll: every version that was released.

use super::{Blueprint, BlueprintError};
use crate::formats::{find_release, sha256};
use crate::yaml::{Fault, Route, not_shipped};

/// The name of the blueprint that renders where none is named.
pub const WEB_SERVICE: &str = "web-service";

/// The files of a blueprint, by name: `blueprint.yaml` and its templates.
pub type Files = &'static [(&'static str, &'static str)];

/// A blueprint that ships with Plimsoll.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shipped {
    /// Its name and version, which are the name of its folder too.
    pub id: &'static str,
    /// Its files.
    pub files: Files,
    /// `blueprint.yaml` as JSON, which the build makes of it.
    description: &'static str,
}

macro_rules! shipped {
    ($id:literal: $($file:literal),+ $(,)?) => {
        Shipped {
            id: $id,
            files: &[$(($file, include_str!(concat!("../../blueprints/", $id, "/", $file)))),+],
            description: include_str!(concat!(env!("OUT_DIR"), "/", $id, ".json")),
        }
    };
}

/// The shipped blueprints, each from the oldest to the newest. A test holds each against its folder.
pub const SHIPPED: &[Shipped] = &[
    shipped!("web-service@1.0.0":
        "blueprint.yaml", "configmap-env.yaml.j2", "configmap-files.yaml.j2", "deployment.yaml.j2", "hpa.yaml.j2",
        "metadata.j2", "networkpolicy.yaml.j2", "own-annotations.j2", "pdb.yaml.j2", "probe.j2", "service.yaml.j2",
        "serviceaccount.yaml.j2",
    ),
    shipped!("web-service@1.1.0":
        "blueprint.yaml", "configmap-env.yaml.j2", "configmap-files.yaml.j2", "deployment.yaml.j2", "hpa.yaml.j2",
        "metadata.j2", "networkpolicy.yaml.j2", "own-annotations.j2", "pdb.yaml.j2", "probe.j2", "service.yaml.j2",
        "serviceaccount.yaml.j2",
    ),
];

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
        Ok(serde_json::from_str(self.description)?)
    }

    /// The digest of all its files, as locks hold it.
    #[must_use]
    pub fn digest(&self) -> String {
        let texts: Vec<&str> = self.files.iter().flat_map(|(name, text)| [*name, *text]).collect();
        format!("sha256:{}", sha256(&texts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_blueprints_are_in_order() {
        for shipped in SHIPPED {
            let text = shipped.files.iter().find(|(file, _)| *file == "blueprint.yaml").unwrap().1;
            let checked = Blueprint::load(shipped.id, text).unwrap_or_else(|faults| panic!("{faults:#?}"));
            assert_eq!(shipped.id, format!("{}@{}", checked.name, checked.version));
            assert_eq!(shipped.load().unwrap(), checked);
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
