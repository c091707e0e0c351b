//! Everything about a work tree that a commit of ours must not change.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::git_sandbox::git;

/// What others see: status, differences, stashes, index entries and files.
#[derive(Debug, PartialEq, Eq)]
pub struct Snapshot {
    seen: Vec<String>,
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Snapshot {
    /// Takes everything but the files in `ours`.
    pub fn take(root: &Path, ours: &[&str]) -> Self {
        let mut entries = git(root, ["ls-files", "--stage", "-t", "-v"]);
        entries = entries
            .lines()
            .filter(|line| !ours.iter().any(|path| line.ends_with(&format!("\t{path}"))))
            .collect::<Vec<_>>()
            .join("\n");
        let mut files = BTreeMap::new();
        collect(root, &mut files);
        files.retain(|path, _| {
            let inside = path.strip_prefix(root).unwrap();
            !inside.starts_with(".git") && !ours.iter().any(|ours| inside == Path::new(ours))
        });
        let seen = vec![
            git(root, ["status", "--porcelain=v2", "-z", "--untracked-files=all"]),
            git(root, ["diff", "--cached"]),
            git(root, ["diff"]),
            git(root, ["stash", "list"]),
            entries,
        ];
        Self { seen, files }
    }
}

/// Collects the files at and below `path`, links by their targets.
pub fn collect(path: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    if path.is_symlink() {
        let target = fs::read_link(path).unwrap();
        files.insert(path.to_owned(), target.as_os_str().as_encoded_bytes().to_vec());
    } else if path.is_dir() {
        if path.file_name() == Some(OsStr::new("objects")) {
            return;
        }
        for entry in fs::read_dir(path).unwrap() {
            collect(&entry.unwrap().path(), files);
        }
    } else if let Ok(bytes) = fs::read(path) {
        files.insert(path.to_owned(), bytes);
    }
}
