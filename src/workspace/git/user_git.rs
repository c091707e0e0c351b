//! The user's own `git` program, and what only it can do.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use git2::{Config, Repository};

use super::super::error::WorkspaceError;
use super::super::remote::without_credentials;
use super::Repo;

/// The hooks that `git commit` and what it does to references and the index run.
const HOOKS: [&str; 6] =
    ["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "reference-transaction", "post-index-change"];

/// Hooks by configuration, which newer versions of git run.
const CONFIGURED_HOOKS: &str = r"^hook\..*\.(command|event)$";

/// Who commits, in the configuration.
pub(super) const NAMES_OF_USER: [&str; 2] = ["user.name", "user.email"];

/// What of a configuration matters to a commit.
const OF_COMMITS: &str = r"^(author|commit|committer|core|extensions|filter|gpg|hook|i18n|include|includeif|user)\.";

/// Keys that take precedence over `user.*` in git but not in libgit2.
const IDENTITY_KEYS: [&str; 4] = ["author.name", "author.email", "committer.name", "committer.email"];

/// Variables that lead git to another repository than the one that was found,
/// as when the command runs in a hook.
const LOCAL_VARIABLES: [&str; 12] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    // Or that make other paths of ours.
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
];

/// Configuration that git includes for certain remotes, often with another
/// identity, and that libgit2 leaves out.
const REMOTE_INCLUDES: &str = r"^includeif\.hasconfig:";

/// Whether `git commit` would do more here than libgit2 does, [conversions](super::conversions) aside. libgit2
/// runs no hooks, does not sign, and does not know every key of the identity; skipping any of them would
/// make a commit that the user's rules forbid or that names the wrong person.
pub(super) fn needs_user_git(repo: &Repo) -> Result<bool, WorkspaceError> {
    let config =
        repo.inner.config().and_then(|mut config| config.snapshot()).map_err(WorkspaceError::git("read the configuration"))?;
    let signs = config.get_entry("commit.gpgsign").is_ok() && config.get_bool("commit.gpgsign").unwrap_or(true);
    Ok(signs
        || is_configured_elsewhere()
        || has_key(&config, REMOTE_INCLUDES)
        || has_key(&config, CONFIGURED_HOOKS)
        || replaces_objects(&repo.inner)
        || has_hook(repo, &config)
        || IDENTITY_KEYS.iter().any(|key| config.get_entry(key).is_ok()))
}

/// Whether git reads other objects in the place of some, which libgit2 does not.
fn replaces_objects(repo: &Repository) -> bool {
    repo.references_glob("refs/replace/*").is_ok_and(|mut found| found.next().is_some())
}

fn has_key(config: &Config, pattern: &str) -> bool {
    config.entries(Some(pattern)).is_ok_and(|mut entries| entries.next().is_some())
}

/// Whether variables give git another configuration than the files that libgit2 reads.
pub(super) fn is_configured_elsewhere() -> bool {
    let set = |variable: &str| env::var(variable).ok().filter(|value| !value.is_empty());
    let counted = set("GIT_CONFIG_COUNT").is_some_and(|count| count != "0") || set("GIT_CONFIG_PARAMETERS").is_some();
    let matters = |file: Result<PathBuf, git2::Error>| {
        file.and_then(|file| Config::open(&file)).is_ok_and(|config| has_key(&config, OF_COMMITS))
    };
    // Files in place of the usual ones, which then do not count.
    let global = || matters(Config::find_global()) || matters(Config::find_xdg());
    let system = || matters(Config::find_system());
    let replaced =
        |variable: &str, usual: &dyn Fn() -> bool| set(variable).is_some_and(|file| matters(Ok(PathBuf::from(file))) || usual());
    let no_system = set("GIT_CONFIG_NOSYSTEM").is_some_and(|value| !["0", "false", "no", "off"].contains(&value.as_str()));
    counted || replaced("GIT_CONFIG_GLOBAL", &global) || replaced("GIT_CONFIG_SYSTEM", &system) || no_system && system()
}

/// Whether git itself knows author and committer.
pub(super) fn check_identity(repo: &Repo) -> Result<(), WorkspaceError> {
    let knows = |variable: &str| run(repo, &[], "var", |git| _ = git.arg(variable));
    let Err(error) = knows("GIT_AUTHOR_IDENT").and_then(|_| knows("GIT_COMMITTER_IDENT")) else { return Ok(()) };
    if matches!(error, WorkspaceError::GitNotFound) {
        return Err(error);
    }
    let is_missing = |key: &&str| run(repo, &[], "config", |git| _ = git.args(["--get", key])).is_err();
    let missing: Vec<_> = NAMES_OF_USER.into_iter().filter(is_missing).collect();
    if missing.is_empty() { Err(error) } else { Err(WorkspaceError::NoIdentity { missing }) }
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
        code: output.status.code(),
    })
}
