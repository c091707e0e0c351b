//! Turns the shipped checklists and blueprint descriptions into JSON, which a run reads ten times
//! faster than YAML, and takes the checklists' digests. A test holds both against the files.
#![allow(clippy::disallowed_methods, reason = "no files of others are read here")]

use std::error::Error;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::{env, fs};

#[allow(dead_code, reason = "the build needs less of it than the crate")]
#[path = "src/formats/digest.rs"]
mod digest;

const CHECKLISTS: &str = "blueprints/checklist";
const BLUEPRINTS: &str = "blueprints";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={BLUEPRINTS}");
    println!("cargo::rerun-if-changed=src/formats/digest.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    for entry in fs::read_dir(CHECKLISTS)? {
        let path = entry?.path();
        let text = fs::read_to_string(&path)?;
        let id = name(path.file_stem())?;
        fs::write(out.join(format!("{id}.json")), json(&text)?)?;
        fs::write(out.join(format!("{id}.digest")), format!("sha256:{}", digest::sha256(&[&text])))?;
    }
    for entry in fs::read_dir(BLUEPRINTS)? {
        let folder = entry?.path();
        let Ok(text) = fs::read_to_string(folder.join("blueprint.yaml")) else { continue };
        fs::write(out.join(format!("{}.json", name(folder.file_name())?)), json(&text)?)?;
    }
    Ok(())
}

fn name(name: Option<&OsStr>) -> Result<&str, &'static str> {
    name.and_then(OsStr::to_str).ok_or("a file whose name cannot be read")
}

fn json(yaml: &str) -> Result<String, Box<dyn Error>> {
    Ok(serde_yaml::from_str::<serde_json::Value>(yaml)?.to_string())
}
