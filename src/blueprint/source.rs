//! The blueprints that ship with Plimsoll.

use super::{Blueprint, BlueprintError};
use crate::formats::sha256;

/// The files of a blueprint, by name: `blueprint.yaml` and its templates.
pub type Files = &'static [(&'static str, &'static str)];

macro_rules! files {
    ($folder:literal: $($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../blueprints/", $folder, "/", $name)))),+]
    };
}

/// The shipped blueprints, by name. A test holds each list against its folder.
pub const SHIPPED: &[(&str, Files)] = &[(
    "web-service",
    files!("web-service":
        "blueprint.yaml", "configmap-env.yaml.j2", "configmap-files.yaml.j2", "deployment.yaml.j2", "hpa.yaml.j2",
        "metadata.j2", "networkpolicy.yaml.j2", "own-annotations.j2", "pdb.yaml.j2", "probe.j2", "service.yaml.j2",
        "serviceaccount.yaml.j2",
    ),
)];

/// The blueprint of that name, with its files.
///
/// # Errors
/// There is none of that name, or it is faulty.
pub fn shipped(name: &str) -> Result<(Blueprint, Files), BlueprintError> {
    let found = SHIPPED.iter().find(|(shipped, _)| *shipped == name);
    let (_, files) = found.ok_or_else(|| BlueprintError::Unknown(name.to_owned()))?;
    let text = files.iter().find(|(file, _)| *file == "blueprint.yaml").map_or("", |(_, text)| text);
    let blueprint = Blueprint::load(&format!("blueprints/{name}/blueprint.yaml"), text).map_err(BlueprintError::Faulty)?;
    Ok((blueprint, files))
}

/// A digest of all files of a blueprint.
#[must_use]
pub fn digest(files: Files) -> String {
    let texts: Vec<&str> = files.iter().flat_map(|(name, text)| [*name, *text]).collect();
    format!("sha256:{}", sha256(&texts))
}
