//! Texts to be checked: files, folders and patterns, read in a stable order.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::error::WorkspaceError;

/// Endings of files that hold manifests.
const ENDINGS: &[&str] = &["yaml", "yml", "json"];

/// Files that Plimsoll itself keeps beside manifests.
const OWN: &[&str] = &["plimsoll.yaml", "plimsoll.lock"];

/// Finds the files that paths name: a file as it is, a folder with all manifests below it, and a
/// pattern with `*`, `?` or `[…]` where nothing of that name exists. Sorted, each once.
///
/// # Errors
/// Every path that names nothing, or that cannot be read.
pub fn find_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Vec<WorkspaceError>> {
    let (mut found, mut faults) = (BTreeSet::new(), Vec::new());
    for path in paths {
        let outcome = if path.is_dir() {
            walk(path, &mut found)
        } else if path.exists() {
            found.insert(path.clone());
            Ok(())
        } else {
            expand(path, &mut found)
        };
        faults.extend(outcome.err());
    }
    if faults.is_empty() { Ok(found.into_iter().collect()) } else { Err(faults) }
}

/// Finds the folders at and below others that hold a file of this name, sorted, each once.
///
/// # Errors
/// Every folder that is not there or cannot be read.
pub fn find_folders_with(folders: &[PathBuf], name: &str) -> Result<Vec<PathBuf>, Vec<WorkspaceError>> {
    let (mut found, mut faults) = (BTreeSet::new(), Vec::new());
    for folder in folders {
        faults.extend(walk_folders(folder, name, &mut found).err());
    }
    if faults.is_empty() { Ok(found.into_iter().collect()) } else { Err(faults) }
}

fn walk_folders(folder: &Path, name: &str, found: &mut BTreeSet<PathBuf>) -> Result<(), WorkspaceError> {
    if folder.join(name).is_file() {
        found.insert(folder.to_owned());
    }
    for entry in fs::read_dir(folder).map_err(WorkspaceError::io("read", folder))? {
        let entry = entry.map_err(WorkspaceError::io("read", folder))?;
        let path = entry.path();
        let kind = entry.file_type().map_err(WorkspaceError::io("read", &path))?;
        // Hidden folders are git's and other tools'; links are not followed, so that no loop is.
        if kind.is_dir() && !entry.file_name().to_string_lossy().starts_with('.') {
            walk_folders(&path, name, found)?;
        }
    }
    Ok(())
}

/// Reads a file as text; what is not UTF-8 is an error of the file, not of the run.
///
/// # Errors
/// The file cannot be read or is not UTF-8.
pub fn read_text(path: &Path) -> Result<String, WorkspaceError> {
    fs::read_to_string(path).map_err(WorkspaceError::io("read", path))
}

fn walk(folder: &Path, found: &mut BTreeSet<PathBuf>) -> Result<(), WorkspaceError> {
    for entry in fs::read_dir(folder).map_err(WorkspaceError::io("read", folder))? {
        let entry = entry.map_err(WorkspaceError::io("read", folder))?;
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        // Hidden folders are git's and other tools'; links are not followed, so that no loop is.
        let kind = entry.file_type().map_err(WorkspaceError::io("read", &path))?;
        if kind.is_dir() {
            if !name.starts_with('.') {
                walk(&path, found)?;
            }
        } else if is_manifest(&path) && !OWN.contains(&name.as_ref()) {
            found.insert(path);
        }
    }
    Ok(())
}

fn is_manifest(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

fn expand(path: &Path, found: &mut BTreeSet<PathBuf>) -> Result<(), WorkspaceError> {
    let nothing = || WorkspaceError::NothingThere { path: path.to_owned() };
    let pattern = path.to_str().filter(|text| text.contains(['*', '?', '['])).ok_or_else(nothing)?;
    let matches = glob::glob(pattern).map_err(|_| nothing())?;
    let before = found.len();
    for path in matches.flatten() {
        if path.is_dir() {
            walk(&path, found)?;
        } else {
            found.insert(path);
        }
    }
    if found.len() == before { Err(nothing()) } else { Ok(()) }
}
