//! The blueprints that ship with Plimsoll.

use super::{Blueprint, BlueprintError};
use crate::formats::sha256;

/// The files of a blueprint, by name: `blueprint.yaml` and its templates.
pub type Files = &'static [(&'static str, &'static str)];

/// A blueprint that ships with Plimsoll.
#[derive(Debug)]
pub struct Shipped {
    /// Its name.
    pub name: &'static str,
    /// Its files.
    pub files: Files,
    /// `blueprint.yaml` as JSON, which the build makes of it.
    description: &'static str,
}

macro_rules! files {
    ($folder:literal: $($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../blueprints/", $folder, "/", $name)))),+]
    };
}

/// The shipped blueprints. A test holds each list against its folder.
pub const SHIPPED: &[Shipped] = &[Shipped {
    name: "web-service",
    files: files!("web-service":
        "blueprint.yaml", "configmap-env.yaml.j2", "configmap-files.yaml.j2", "deployment.yaml.j2", "hpa.yaml.j2",
        "metadata.j2", "networkpolicy.yaml.j2", "own-annotations.j2", "pdb.yaml.j2", "probe.j2", "service.yaml.j2",
        "serviceaccount.yaml.j2",
    ),
    description: include_str!(concat!(env!("OUT_DIR"), "/web-service.json")),
}];

/// The blueprint of that name, with its files.
///
/// # Errors
/// There is none of that name, or it is faulty.
pub fn shipped(name: &str) -> Result<(Blueprint, Files), BlueprintError> {
    let found = SHIPPED.iter().find(|shipped| shipped.name == name);
    let shipped = found.ok_or_else(|| BlueprintError::Unknown(name.to_owned()))?;
    Ok((serde_json::from_str(shipped.description)?, shipped.files))
}

/// A digest of all files of a blueprint.
#[must_use]
pub fn digest(files: Files) -> String {
    let texts: Vec<&str> = files.iter().flat_map(|(name, text)| [*name, *text]).collect();
    format!("sha256:{}", sha256(&texts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_blueprints_are_in_order() {
        for Shipped { name, files, .. } in SHIPPED {
            let text = files.iter().find(|(file, _)| *file == "blueprint.yaml").unwrap().1;
            let checked = Blueprint::load(name, text).unwrap_or_else(|faults| panic!("{faults:#?}"));
            assert_eq!(shipped(name).unwrap().0, checked);
        }
        assert!(shipped("nothing").is_err());
    }
}
