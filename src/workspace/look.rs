//! What stands at a path, without a look into it.

use std::fs;
use std::path::{Path, PathBuf};

/// Whether anything stands at a path, a dangling link included.
#[must_use]
pub fn stands(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Whether a folder stands at a path, or a link to one.
#[must_use]
pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// Whether a file stands at a path, or a link to one.
#[must_use]
pub fn is_file(path: &Path) -> bool {
    path.is_file()
}

/// A path with every link followed, where something stands there.
#[must_use]
pub fn real(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok()
}
