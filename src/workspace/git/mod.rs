//! The repository that files are committed to.

mod branch;
mod branch_name;
mod commit;
mod conversions;
mod dirty;
mod fast_commit;
mod head;
mod index_draft;
mod index_file;
mod kept;
mod new_repo;
mod paths;
mod preflight;
mod tree_lookup;
mod user_commit;
mod user_git;

use std::cell::OnceCell;
use std::fs;
use std::path::{Path, PathBuf};

use git2::{Config, ConfigEntry, ErrorCode, Repository, RepositoryInitOptions};

use super::below::work_tree_around;
use super::error::WorkspaceError;
use super::resolve::{nearest_existing, resolve};

pub use commit::Commit;
pub(super) use commit::CommitDraft;
pub(super) use index_file::IndexLock;
pub use new_repo::NewRepo;
pub use preflight::{CommitRequest, Ready};

/// The folder of our own that a repository has while a run writes to it.
const STATE: &str = "plimsoll";

/// A git repository with a work tree. In a linked work tree or a submodule it is
/// that one's, not the repository around it.
pub struct Repo {
    inner: Repository,
    root: PathBuf,
    second: OnceCell<Repository>,
}

impl Repo {
    /// Finds the repository that `dir` is in. `dir` need not exist yet.
    ///
    /// # Errors
    ///
    /// If there is none, if it is bare or belongs to another user, or if it
    /// cannot be read.
    pub fn discover(dir: &Path) -> Result<Self, WorkspaceError> {
        let real = resolve(dir).map_err(WorkspaceError::io("follow", dir))?;
        let start = nearest_existing(&real);
        let Some(work_tree) = work_tree_around(start) else {
            // A folder that looks like a repository without a work tree may have come with a work tree, and its
            // configuration and hooks with it: it is never opened for work.
            return Err(match Repository::discover(start) {
                Ok(bare) => WorkspaceError::BareRepository { path: bare.path().to_owned() },
                Err(_) => WorkspaceError::NoRepository { dir: dir.into() },
            });
        };
        let git = work_tree.join(".git");
        let inner = Repository::open(&git).map_err(|source| match source.code() {
            ErrorCode::Owner => WorkspaceError::ForeignOwner { path: work_tree.to_owned() },
            _ => match unknown_format(&git) {
                Some(format) => WorkspaceError::UnknownFormat { path: work_tree.to_owned(), format },
                None => WorkspaceError::git("open the repository")(source),
            },
        })?;
        Self::with_work_tree(inner)
    }

    /// Creates a repository at `dir`, and the folder itself, with the branch
    /// that `init.defaultBranch` names. An existing repository stays as it is.
    ///
    /// # Errors
    ///
    /// If the folder or the repository cannot be created.
    pub fn init(dir: &Path) -> Result<Self, WorkspaceError> {
        let mut options = RepositoryInitOptions::new();
        options.mkpath(true).external_template(true);
        let inner = Repository::init_opts(dir, &options).map_err(WorkspaceError::git("create a repository"))?;
        Self::with_work_tree(inner)
    }

    fn with_work_tree(inner: Repository) -> Result<Self, WorkspaceError> {
        let Some(workdir) = inner.workdir() else {
            let path = inner.path().to_owned();
            return Err(WorkspaceError::BareRepository { path });
        };
        let root = resolve(workdir).map_err(WorkspaceError::io("follow", workdir))?;
        Ok(Self { inner, root, second: OnceCell::new() })
    }

    /// Another handle of the repository, at the same work tree, that can take another file for its index.
    fn second_handle(&self) -> Result<&Repository, git2::Error> {
        if let Some(handle) = self.second.get() {
            return Ok(handle);
        }
        let handle = Repository::open(self.inner.path())?;
        // One that is opened by git's folder alone would take the folder around that for the work tree.
        handle.set_workdir(&self.root, false)?;
        Ok(self.second.get_or_init(|| handle))
    }

    /// The work tree, with every symbolic link followed.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The repository that `dir` is in, if a run is at work on it, or was and was killed.
    #[must_use]
    pub fn find_open(dir: &Path) -> Option<Self> {
        let real = resolve(dir).ok()?;
        let git = work_tree_around(nearest_existing(&real))?.join(".git");
        let is_there = |name: &str| fs::symlink_metadata(git.join(name)).is_ok();
        // A repository with one work tree has all of it here.
        if git.is_dir() && !is_there("commondir") && !is_there(STATE) {
            return None;
        }
        Self::discover(dir).ok().filter(|repo| {
            let (folder, lock_folder) = repo.state_folders();
            folder.exists() || lock_folder.exists()
        })
    }

    /// Where a run keeps what is about this work tree, and where runs in all work trees of the
    /// repository lock each other out: the branches are theirs together.
    pub(super) fn state_folders(&self) -> (PathBuf, PathBuf) {
        (self.inner.path().join(STATE), self.inner.commondir().join(STATE))
    }

    /// The address of the remote `origin`, else of the only remote.
    #[must_use]
    pub fn remote_url(&self) -> Option<String> {
        let origin = self.inner.find_remote("origin").or_else(|missing| {
            let names = self.inner.remotes()?;
            match names.iter().collect::<Vec<_>>().as_slice() {
                [Ok(Some(only))] => self.inner.find_remote(only),
                _ => Err(missing),
            }
        });
        origin.ok()?.url().ok().map(str::to_owned)
    }
}

/// The extensions of a repository's format, which libgit2 does not all know: the reason why it cannot open one.
fn unknown_format(git: &Path) -> Option<String> {
    let config = Config::open(&git.join("config")).ok()?;
    let mut named = Vec::new();
    config.entries(Some("^extensions\\.")).ok()?.for_each(|entry| named.extend(entry_text(entry))).ok()?;
    (!named.is_empty()).then(|| named.join(", "))
}

fn entry_text(entry: &ConfigEntry<'_>) -> Option<String> {
    Some(format!("{}={}", entry.name().ok()?, entry.value().ok()?))
}
