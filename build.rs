//! Turns the shipped checklist and blueprint descriptions into JSON, which a run reads ten times
//! faster than YAML. A test holds the two against each other.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

/// The files that are embedded, and their names as JSON.
const FILES: &[(&str, &str)] =
    &[("blueprints/checklist/production.yaml", "production.json"), ("blueprints/web-service/blueprint.yaml", "web-service.json")];

fn main() -> Result<(), Box<dyn Error>> {
    let out = env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?;
    for (yaml, json) in FILES {
        println!("cargo::rerun-if-changed={yaml}");
        let value: serde_json::Value = serde_yaml::from_str(&fs::read_to_string(yaml)?)?;
        fs::write(Path::new(&out).join(json), value.to_string())?;
    }
    Ok(())
}
