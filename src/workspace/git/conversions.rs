//! What git makes of the bytes of files before it stores them.

use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};

use git2::{AttrCheckFlags, AttrValue, Index};

use super::Repo;

/// Attributes that change what is stored and that libgit2 does not apply.
const FOREIGN: [&str; 2] = ["filter", "working-tree-encoding"];

/// Where rules of attributes stand in a folder.
const RULES: &str = ".gitattributes";

/// What is made of some files.
#[derive(Debug, Clone, Default)]
pub(super) struct Conversions {
    /// Whether it is certain that all of them are stored as they are.
    pub(super) none: bool,
    /// Those that are stored through a filter that libgit2 does not have.
    pub(super) foreign: BTreeSet<PathBuf>,
}

impl Conversions {
    /// What is made of `paths`, which are relative to the work tree.
    pub(super) fn of(repo: &Repo, index: &Index, paths: &[PathBuf]) -> Self {
        // Looking attributes up takes many looks at the disk for each path, and most repositories have none.
        if !may_have_rules(repo, index, paths) {
            return Self { none: !converts_line_ends(repo), foreign: BTreeSet::new() };
        }
        let is_foreign = |path: &Path| {
            FOREIGN.iter().any(|name| {
                let value = repo.inner.get_attr(path, name, AttrCheckFlags::FILE_THEN_INDEX);
                value.is_ok_and(|value| matches!(AttrValue::from_string(value), AttrValue::String(_)))
            })
        };
        Self { none: false, foreign: paths.iter().filter(|path| is_foreign(path)).cloned().collect() }
    }
}

/// Whether line ends are converted without any rule.
fn converts_line_ends(repo: &Repo) -> bool {
    repo.inner
        .config()
        .map_or(true, |config| config.get_entry("core.autocrlf").is_ok() && config.get_bool("core.autocrlf").unwrap_or(true))
}

/// Whether anything stands in one of the places from which libgit2 reads the attributes of the paths.
fn may_have_rules(repo: &Repo, index: &Index, paths: &[PathBuf]) -> bool {
    // Elsewhere the places of the system and the user are others.
    if !cfg!(unix) {
        return true;
    }
    let folders: BTreeSet<&Path> = paths.iter().flat_map(|path| path.ancestors().skip(1)).collect();
    let in_folder = |folder: &Path| {
        let rules = folder.join(RULES);
        repo.root.join(&rules).exists() || index.get_path(&rules, 0).is_some()
    };
    let of_user = [env::var_os("XDG_CONFIG_HOME").map(PathBuf::from), env::home_dir().map(|home| home.join(".config"))];
    let is_configured = || repo.inner.config().map_or(true, |config| config.get_entry("core.attributesFile").is_ok());
    Path::new("/etc/gitattributes").exists()
        || repo.inner.commondir().join("info/attributes").exists()
        || of_user.into_iter().flatten().any(|folder| folder.join("git/attributes").exists())
        || is_configured()
        || folders.into_iter().any(in_folder)
}
