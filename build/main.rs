//! Embeds every version of checklist and blueprints: each content once, as JSON where a run parses it, which
//! is ten times faster than YAML; and for each version the list of what it is made of. And the types of Kubernetes.
#![allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::Value as Json;
use versions::{Kind, Version};

mod types;
mod versions;

const BLUEPRINTS: &str = "blueprints";
const TYPES: &str = "src/manifest/types/table.txt";

fn main() {
    println!("cargo::rerun-if-changed={BLUEPRINTS}");
    println!("cargo::rerun-if-changed={TYPES}");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=src/notation/digest.rs");
    if let Err(error) = embed() {
        for line in error.to_string().lines() {
            println!("cargo::error={line}");
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "cargo tells a build by its environment")]
fn embed() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let versions = versions::all(&versions::read(Path::new(BLUEPRINTS))?).map_err(|error| format!("{BLUEPRINTS}/{error}"))?;
    let (mut checklists, mut checklist_contents) = (String::new(), Embedded::default());
    let (mut blueprints, mut blueprint_contents) = (String::new(), Embedded::default());
    for version in &versions {
        match version.kind {
            Kind::Checklist => checklists += &checklist(version, &mut checklist_contents)?,
            Kind::Blueprint => blueprints += &blueprint(version, &mut blueprint_contents)?,
        }
    }
    write(&out, "checklists.rs", &format!("&[{checklists}]"))?;
    write(&out, "checklist-contents.rs", &checklist_contents.table())?;
    write(&out, "blueprints.rs", &format!("&[{blueprints}]"))?;
    write(&out, "blueprint-contents.rs", &blueprint_contents.table())?;
    let types = types::statics(&read(TYPES)?).map_err(|error| format!("{TYPES}: {error}"))?;
    write(&out, "types.rs", &types)
}

/// Texts of which each is embedded once.
#[derive(Default)]
struct Embedded {
    positions: BTreeMap<String, usize>,
    texts: Vec<String>,
}

impl Embedded {
    /// Where a text stands in the table.
    fn position(&mut self, text: String) -> usize {
        let next = self.texts.len();
        *self.positions.entry(text).or_insert_with_key(|text| {
            self.texts.push(text.clone());
            next
        })
    }

    fn table(&self) -> String {
        format!("&{:?}", self.texts)
    }
}

/// A row of the table of checklists.
fn checklist(version: &Version, embedded: &mut Embedded) -> Result<String, Box<dyn Error>> {
    let mut contents = Vec::new();
    for (position, content) in version.contents.iter().enumerate() {
        let json = yaml(&content.text, &content.place.0)?;
        let json = match &json {
            Json::Array(items) if items.len() == 1 && position > 0 => items[0].to_string(),
            _ => fields(&json),
        };
        contents.push(embedded.position(json));
    }
    let head = fields(&yaml(&version.head, &version.path())?);
    let (id, digest) = (version.id(), version.digest());
    Ok(format!("ShippedChecklist {{ id: {id:?}, digest: {digest:?}, head: {head:?}, contents: &{contents:?} }},"))
}

/// A row of the table of blueprints.
fn blueprint(version: &Version, embedded: &mut Embedded) -> Result<String, Box<dyn Error>> {
    let (main, templates) = version.contents.split_first().ok_or("a blueprint without files")?;
    let description = embedded.position(fields(&yaml(&main.text, &main.place.0)?));
    let head = fields(&yaml(&version.head, &version.path())?);
    let templates: String = templates
        .iter()
        .map(|template| format!("({:?}, CONTENTS[{}]),", template.name, embedded.position(template.text.clone())))
        .collect();
    let (id, digest) = (version.id(), version.digest());
    Ok(format!(
        "ShippedBlueprint {{ id: {id:?}, digest: {digest:?}, head: {head:?}, description: CONTENTS[{description}], templates: &[{templates}] }},"
    ))
}

fn yaml(text: &str, path: &str) -> Result<Json, String> {
    serde_yaml::from_str(text).map_err(|error| format!("{BLUEPRINTS}/{path}: {error}"))
}

/// The fields of an object, without its braces.
fn fields(object: &Json) -> String {
    let json = object.to_string();
    json.strip_prefix('{').and_then(|json| json.strip_suffix('}')).unwrap_or(&json).to_owned()
}

#[allow(clippy::disallowed_methods, reason = "it is the build that reads")]
fn read(path: &str) -> Result<String, Box<dyn Error>> {
    Ok(fs::read_to_string(path)?)
}

#[allow(clippy::disallowed_methods, reason = "it is the build that writes")]
fn write(out: &Path, name: &str, text: &str) -> Result<(), Box<dyn Error>> {
    Ok(fs::write(out.join(name), text)?)
}
