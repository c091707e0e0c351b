//! `cargo run --example release`: writes versions of checklist and blueprints below `blueprints/released/`.
#![allow(clippy::disallowed_methods, reason = "these are no files of others")]
#![allow(clippy::print_stdout, reason = "a tool for people who work on Plimsoll")]

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use versions::Files;

mod release;
mod versions;

const USAGE: &str = "usage: cargo run --example release
       releases the working copies, and freezes every version
   or: cargo run --example release -- take VERSION FOLDER
       writes the working copy of a released version into a folder
   or: cargo run --example release -- put FOLDER
       corrects open versions by the working copies in that folder";

fn main() -> Result<(), Box<dyn Error>> {
    let blueprints = Path::new(env!("CARGO_MANIFEST_DIR")).join("blueprints");
    let files = versions::read(&blueprints)?;
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (written, ids) = match arguments[..] {
        [] => release::release(&files)?,
        ["take", id, folder] => return write(Path::new(folder), &Files::new(), &release::take(&files, id)?),
        ["put", folder] => release::put(&files, &versions::read(Path::new(folder))?)?,
        _ => return Err(USAGE.into()),
    };
    write(&blueprints, &files, &written)?;
    for id in ids {
        println!("Wrote {id}");
    }
    Ok(())
}

/// Brings a folder from one state to another.
fn write(folder: &Path, old: &Files, new: &Files) -> Result<(), Box<dyn Error>> {
    for path in old.keys().filter(|path| !new.contains_key(*path)) {
        fs::remove_file(folder.join(path))?;
    }
    for (path, text) in new.iter().filter(|(path, text)| old.get(*path) != Some(text)) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, text)?;
    }
    Ok(())
}
