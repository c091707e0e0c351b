//! Goldens: raw files that a test compares with what it got.
//!
//! `UPDATE_GOLDEN=1 cargo test` rewrites them; the diff is then read before it is committed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The cases of a kind: the folders below `golden/<kind>`, sorted.
pub fn cases(kind: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(kind);
    let mut cases: Vec<PathBuf> =
        fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    cases.sort();
    assert!(!cases.is_empty(), "{} holds no case", root.display());
    cases
}

/// Whether goldens are to be rewritten.
pub fn updating() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some()
}

/// Compares one file, or rewrites it.
pub fn compare(path: &Path, got: &str) -> Result<(), String> {
    if updating() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, got).unwrap();
        return Ok(());
    }
    let expected = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    if expected == got {
        return Ok(());
    }
    let diff = similar::TextDiff::from_lines(expected.as_str(), got);
    Err(format!("{} differs:\n{}", path.display(), diff.unified_diff().header("golden", "got")))
}

/// Compares a folder of files, or rewrites it; files that are not got any more are faults too.
pub fn compare_folder(folder: &Path, got: &BTreeMap<String, String>) -> Vec<String> {
    let standing = fs::read_dir(folder)
        .map(|entries| entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect::<Vec<_>>());
    let mut faults = Vec::new();
    for name in standing.unwrap_or_default().into_iter().filter(|name| !got.contains_key(name)) {
        if updating() {
            fs::remove_file(folder.join(&name)).unwrap();
        } else {
            faults.push(format!("{} is not rendered any more", folder.join(&name).display()));
        }
    }
    faults.extend(got.iter().filter_map(|(name, text)| compare(&folder.join(name), text).err()));
    faults
}
