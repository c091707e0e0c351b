//! The user's own `git` program, and what only it can do.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use git2::{AttrCheckFlags, AttrValue, Config, Repository};

use super::super::error::WorkspaceError;
use super::super::remote::without_credentials;
use super::Repo;

/// The hooks that `git commit` runs.
const HOOKS: [&str; 4] = ["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit"];

/// Keys that take precedence over `user.*` in git but not in libgit2.
const IDENTITY_KEYS: [&str; 4] = ["author.name", "author.email", "committer.name", "committer.email"];

/// Attributes that change what is stored and that libgit2 does not apply.
const FOREIGN_FILTERS: [&str; 2] = ["filter", "working-tree-encoding"];

/// Variables that lead git to another repository than the one that was found,
/// as when the command runs in a hook.
const LOCAL_VARIABLES: [&str; 8] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
];

/// Configuration that git includes for certain remotes, often with another
/// identity, and that libgit2 leaves out.
const REMOTE_INCLUDES: &str = r"^includeif\.hasconfig:";

/// Whether `git commit` would do more here than libgit2 does. libgit2 runs no
/// hooks, does not sign, and knows neither external filters (LFS, git-crypt) nor
/// every key of the identity; skipping any of them would make a commit that the
/// user's rules forbid, that names the wrong person or holds the wrong bytes.
pub(super) fn needs_user_git(repo: &Repo, paths: &[PathBuf]) -> Result<bool, WorkspaceError> {
    let config =
        repo.inner.config().and_then(|mut config| config.snapshot()).map_err(WorkspaceError::git("read the configuration"))?;
    let signs = config.get_entry("commit.gpgsign").is_ok() && config.get_bool("commit.gpgsign").unwrap_or(true);
    let includes_by_remote = config.entries(Some(REMOTE_INCLUDES)).is_ok_and(|mut entries| entries.next().is_some());
    Ok(signs
        || includes_by_remote
        || has_hook(repo, &config)
        || IDENTITY_KEYS.iter().any(|key| config.get_entry(key).is_ok())
        || paths.iter().any(|path| has_foreign_filter(&repo.inner, path)))
}

/// Whether git stores the file through a filter that libgit2 does not have.
pub(super) fn has_foreign_filter(repo: &Repository, path: &Path) -> bool {
    FOREIGN_FILTERS.iter().any(|name| {
        repo.get_attr(path, name, AttrCheckFlags::FILE_THEN_INDEX)
            .is_ok_and(|value| matches!(AttrValue::from_string(value), AttrValue::String(_)))
    })
}

fn has_hook(repo: &Repo, config: &Config) -> bool {
    let folder = match config.get_path("core.hooksPath") {
        Ok(path) => repo.root.join(path),
        Err(_) => repo.inner.commondir().join("hooks"),
    };
    HOOKS.iter().any(|hook| is_executable(&folder.join(hook)))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;

    fs::metadata(path).is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|it| it.is_file())
}

/// `path` as an argument in which git reads no wildcards.
pub(super) fn pathspec(path: &Path) -> OsString {
    let mut argument = OsString::from(":(literal)");
    argument.push(path);
    argument
}

/// Runs `git OPTIONS NAME` in the work tree and returns what it prints to stdout.
///
/// # Errors
///
/// If git is not installed, or if it fails: then with all it printed.
pub(super) fn run(
    repo: &Repo,
    options: &[&str],
    name: &'static str,
    prepare: impl FnOnce(&mut Command),
) -> Result<Vec<u8>, WorkspaceError> {
    let mut git = Command::new("git");
    for variable in LOCAL_VARIABLES {
        git.env_remove(variable);
    }
    git.current_dir(&repo.root).stdin(Stdio::null());
    // A work tree named by core.worktree does not lead back to its repository.
    // Elsewhere the options stay away, because hooks inherit them.
    if !repo.root.join(".git").exists() {
        git.arg("--git-dir").arg(repo.inner.path());
        git.arg("--work-tree").arg(&repo.root);
    }
    git.args(options).arg(name);
    prepare(&mut git);
    let output = git.output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => WorkspaceError::GitNotFound,
        _ => WorkspaceError::io("run git in", &repo.root)(error),
    })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let printed = [output.stderr, output.stdout].concat();
    Err(WorkspaceError::UserGit {
        command: name,
        root: repo.root.clone(),
        output: without_credentials(String::from_utf8_lossy(&printed).trim()),
    })
}
