//! What is written below `released/`, and taken out of it.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use super::versions::{self, Files, Kind, Status, Version};

/// The files with the working copies released, and all that was open frozen; the second value names them.
///
/// # Errors
/// What is not in order, or a working copy that differs from what was released under its version.
pub fn release(files: &Files) -> Result<(Files, Vec<String>), String> {
    let mut all = versions::all(files)?;
    let mut written = Vec::new();
    for version in all.iter_mut().filter(|version| version.status != Status::Frozen) {
        version.status = Status::Frozen;
        written.push(version.id());
    }
    Ok((with_released(files, &all), written))
}

/// The files with open versions as the working copies of another folder have them; the second value names
/// them.
///
/// # Errors
/// What is not in order, or a version there that is not open.
pub fn put(files: &Files, corrected: &Files) -> Result<(Files, Vec<String>), String> {
    let mut released = versions::released(files)?;
    let mut written = Vec::new();
    for mut version in versions::all(corrected)? {
        let id = version.id();
        let open = released.iter_mut().find(|released| released.id() == id && released.status == Status::Open);
        let standing = open.ok_or_else(|| format!("{id} is not open: it was never released, or is frozen"))?;
        version.status = Status::Open;
        *standing = version;
        written.push(id);
    }
    Ok((with_released(files, &released), written))
}

/// The working copy of a released version, as it was when it was released.
///
/// # Errors
/// There is no such version.
pub fn take(files: &Files, id: &str) -> Result<Files, String> {
    let all = versions::released(files)?;
    let known: Vec<String> = all.iter().map(Version::id).collect();
    let version = all.into_iter().find(|version| version.id() == id);
    let version = version.ok_or_else(|| format!("{id} was not released\n  hint: these were: {}", known.join(", ")))?;
    let main = version.kind.main_file();
    match version.kind {
        Kind::Blueprint => {
            Ok(version.files().into_iter().map(|(name, text)| (format!("{}/{name}", version.name), text)).collect())
        }
        Kind::Checklist => {
            let mut taken = Files::new();
            let whole = version.files().remove(0).1;
            let shared = whole.split_once("\nitems:\n").map_or(whole.as_str(), |(shared, _)| shared);
            taken.insert(format!("checklist/{main}"), format!("{shared}\n"));
            for item in &version.contents[1..] {
                let group = item.text.lines().find_map(|line| line.strip_prefix("  group: ")).unwrap_or_default();
                let text = taken.entry(format!("checklist/{group}.yaml")).or_default();
                let gap = if text.is_empty() { "" } else { "\n" };
                *text += &format!("{gap}{}", item.text);
            }
            Ok(taken)
        }
    }
}

/// The files with these versions below `released/`, and no content there that none of them names.
fn with_released(files: &Files, versions: &[Version]) -> Files {
    let mut written: Files = files.clone();
    let contents: BTreeSet<String> = versions.iter().flat_map(|version| &version.contents).map(versions::Content::path).collect();
    written.retain(|path, _| !path.starts_with(versions::CONTENTS) || contents.contains(path));
    for version in versions {
        written.insert(version.path(), list(version));
        written.extend(version.contents.iter().map(|content| (content.path(), content.text.clone())));
    }
    written
}

/// The list of what a version is made of.
fn list(version: &Version) -> String {
    let (kind, name, head, status) =
        (version.kind.main_file().trim_end_matches(".yaml"), &version.name, &version.head, version.status);
    let contents = version.contents.iter().map(|content| format!("  - {}\n", content.path().replace(versions::CONTENTS, "")));
    format!(
        "# Written by `cargo run --example release`.\n{kind}: {name}\n{head}status: {status}\ndigest: {}\nseal: {}\ncontents:\n{}",
        version.digest(),
        version.seal(),
        contents.collect::<String>()
    )
}

/// Brings a folder from some files to others.
#[allow(clippy::disallowed_methods, reason = "these are no files of others")]
pub fn write(folder: &Path, old: &Files, new: &Files) -> io::Result<()> {
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
