//! A file with waivers alone, for manifests that have no service file.

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::Waiver;
use crate::yaml::{Fault, Route, Source, load_one, shape};

/// Waivers for manifests that have no service file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WaiverFile {
    /// Checklist items that the manifests do not keep, for a stated reason and time.
    waivers: Vec<Waiver>,
}

/// What the service file says of its waivers, for a file of its own.
fn schema() -> Json {
    let service = super::schema();
    json!({
        "type": "object",
        "properties": {"waivers": service["properties"]["waivers"]},
        "required": ["waivers"],
        "additionalProperties": false,
        "$defs": service["$defs"],
    })
}

/// Reads a file with waivers.
///
/// # Errors
/// Every fault of the file.
pub fn load_waivers(name: &str, text: &str) -> Result<Vec<Waiver>, Vec<Fault>> {
    let root = load_one(name, text)?;
    let mut mended = root.clone();
    let mut faults = shape::check(&schema(), &mut mended);
    if faults.is_empty() {
        match serde_json::from_value::<WaiverFile>(mended.to_json()) {
            Ok(file) => return Ok(file.waivers),
            Err(error) => faults.push(Fault::new(Route::root(), format!("cannot be read as waivers: {error}"))),
        }
    }
    for fault in &mut faults {
        fault.source = Some(Source::File(name.into(), root.locate(&fault.route).0));
    }
    Err(faults)
}
