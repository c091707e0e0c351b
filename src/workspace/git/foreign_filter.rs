//! Filters of git that libgit2 does not have.

use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};

use git2::{AttrCheckFlags, AttrValue, Index};

use super::Repo;

/// Attributes that change what is stored and that libgit2 does not apply.
const ATTRIBUTES: [&str; 2] = ["filter", "working-tree-encoding"];

/// Where rules of attributes stand in a folder.
const RULES: &str = ".gitattributes";

/// Those of `paths`, relative to the work tree, that git stores through a filter that libgit2 does not have.
pub(super) fn stored_through(repo: &Repo, index: &Index, paths: &[PathBuf]) -> BTreeSet<PathBuf> {
    // Looking attributes up takes many looks at the disk for each path, and most repositories have none.
    if !may_have_rules(repo, index, paths) {
        return BTreeSet::new();
    }
    let has_filter = |path: &Path| {
        ATTRIBUTES.iter().any(|name| {
            let value = repo.inner.get_attr(path, name, AttrCheckFlags::FILE_THEN_INDEX);
            value.is_ok_and(|value| matches!(AttrValue::from_string(value), AttrValue::String(_)))
        })
    };
    paths.iter().filter(|path| has_filter(path)).cloned().collect()
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
