//! `cargo run --example release`: writes versions of checklist and blueprints below `blueprints/released/`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool for people who work on Plimsoll")]

use std::env;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use versions::Files;

mod release;
mod versions;

const USAGE: &str = "usage: cargo run --example release
       releases the working copies, and freezes every version
   or: cargo run --example release -- take VERSION FOLDER
       writes the working copy of a released version into a folder
   or: cargo run --example release -- put FOLDER
       corrects open versions by the working copies in that folder";

fn main() -> ExitCode {
    let Err(error) = run() else { return ExitCode::SUCCESS };
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

#[allow(clippy::disallowed_methods, reason = "a command of those who work here")]
fn run() -> Result<(), Box<dyn Error>> {
    let blueprints = Path::new(env!("CARGO_MANIFEST_DIR")).join("blueprints");
    let files = versions::read(&blueprints)?;
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (written, ids) = match arguments[..] {
        [] => release::release(&files)?,
        ["take", id, folder] => return Ok(release::write(Path::new(folder), &Files::new(), &release::take(&files, id)?)?),
        ["put", folder] => release::put(&files, &versions::read(Path::new(folder))?)?,
        _ => return Err(USAGE.into()),
    };
    release::write(&blueprints, &files, &written)?;
    for id in ids {
        println!("Wrote {id}");
    }
    Ok(())
}
