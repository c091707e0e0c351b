//! Layer 3: from a plan to manifests.
//!
//! A blueprint is a folder: `blueprint.yaml` with its name, version, [`Defaults`] and the list of
//! objects, and one template for each of them. [`source`] knows the blueprints that ship with
//! Plimsoll; [`Renderer`] turns a plan into manifests.

mod error;
mod render;
mod scalars;
pub mod source;

use std::sync::OnceLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

pub use error::BlueprintError;
pub use render::Renderer;

use crate::checklist::Text;
use crate::plan::Defaults;
use crate::yaml::{Fault, Route, Source, load_one, shape};

/// The folder of manifests below a service's folder.
const FOLDER: &str = "k8s";

/// What `blueprint.yaml` says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Blueprint {
    /// The version of this file's format: 1.
    #[schemars(range(min = 1, max = 1))]
    pub schema: u32,
    /// The name of the blueprint.
    #[schemars(extend("format" = "dns-label"))]
    pub name: String,
    /// The version of the blueprint.
    #[schemars(extend("format" = "label-value"))]
    pub version: String,
    /// What it renders.
    pub title: Text,
    /// What it decides where nobody else does.
    pub defaults: Defaults,
    /// What it renders, in order.
    pub objects: Vec<ObjectTemplate>,
}

/// One object that a blueprint renders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ObjectTemplate {
    /// The name of the file under `k8s/`.
    pub file: String,
    /// The name of the template.
    pub template: String,
    /// The value of the plan without which the object is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
}

/// The JSON Schema of `blueprint.yaml`, as it ships.
pub fn schema() -> &'static Json {
    static SCHEMA: OnceLock<Json> = OnceLock::new();
    SCHEMA.get_or_init(|| shape::shipped(include_str!("../../schemas/blueprint.schema.json")))
}

/// The same, made from [`Blueprint`]: what the shipped file has to be.
#[must_use]
pub fn schema_of_type() -> Json {
    schemars::schema_for!(Blueprint).to_value()
}

impl ObjectTemplate {
    /// The path of the manifest below a service's folder.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{FOLDER}/{}", self.file)
    }
}

impl Blueprint {
    /// Reads `blueprint.yaml`; `name` is what faults call the text.
    ///
    /// # Errors
    /// Every fault of the text.
    pub fn load(name: &str, text: &str) -> Result<Self, Vec<Fault>> {
        let root = load_one(name, text)?;
        let mut mended = root.clone();
        let mut faults = shape::check(schema(), &mut mended);
        if faults.is_empty() {
            match serde_json::from_value(mended.to_json()) {
                Ok(blueprint) => return Ok(blueprint),
                Err(error) => faults.push(Fault::new(Route::root(), format!("cannot be read as a blueprint: {error}"))),
            }
        }
        for fault in &mut faults {
            fault.source = Some(Source::File(name.into(), root.locate(&fault.route).0));
        }
        Err(faults)
    }
}
