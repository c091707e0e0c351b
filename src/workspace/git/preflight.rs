//! Everything that is checked before files are written for a commit.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::super::error::WorkspaceError;
use super::super::operation::Operation;
use super::super::resolve::Links;
use super::conversions::Conversions;
use super::head::{Head, Start};
use super::tree_lookup::TreeLookup;
use super::user_git::{NAMES_OF_USER, is_configured_elsewhere};
use super::{Repo, branch, dirty, paths, user_git};

/// What is to be committed.
#[derive(Debug, Clone, Default)]
pub struct CommitRequest {
    /// The files that will be written, absolute or relative to the work tree.
    pub paths: Vec<PathBuf>,
    /// Files that stand already and are committed as they are, uncommitted edits included:
    /// what the other files were made from.
    pub inputs: Vec<PathBuf>,
    /// Files that were looked for and are not there. One that the last commit or the index has is an
    /// uncommitted edit like any other.
    pub missing: Vec<PathBuf>,
    /// The branch to start at HEAD and commit to, instead of the current one.
    pub branch: Option<String>,
    /// Whether files with uncommitted edits may be overwritten.
    pub allow_dirty: bool,
}

/// A request that passed every check of [`Repo::preflight`].
#[derive(Debug, Clone)]
pub struct Ready {
    pub(super) paths: Vec<PathBuf>,
    pub(super) start: Start,
}

impl Repo {
    /// Finds everything that would keep [`HeldSession::commit`](super::super::HeldSession::commit) from committing
    /// the files of the request. Changes nothing. What it finds holds as long as git's lock is held.
    ///
    /// # Errors
    ///
    /// Every fault: first those of the repository, then those of the paths,
    /// sorted by path. While an operation such as a rebase is in progress, a
    /// detached HEAD is part of it and not reported by itself.
    pub fn preflight(&self, request: &CommitRequest) -> Result<Ready, Vec<WorkspaceError>> {
        let mut faults = Vec::new();
        let operation = Operation::in_progress(&self.inner);
        if let Some(operation) = operation {
            let root = self.root.clone();
            faults.push(WorkspaceError::OperationInProgress { root, operation });
        }
        let head = keep(Head::read(&self.inner), &mut faults);
        let branch = head.as_ref().and_then(|head| match branch::choose(self, head, request.branch.as_deref()) {
            Err(WorkspaceError::DetachedHead { .. }) if operation.is_some() => None,
            choice => keep(choice, &mut faults),
        });
        keep(self.check_identity(), &mut faults);
        let paths = self.check_paths(request, head.as_ref(), &mut faults);
        let start = head.zip(branch).and_then(|(head, branch)| keep(Start::of(&self.inner, head, branch), &mut faults));
        match start {
            Some(start) if faults.is_empty() => Ok(Ready { paths, start }),
            _ => Err(faults),
        }
    }

    /// The paths of the request that are in order, relative to the work tree.
    fn check_paths(&self, request: &CommitRequest, head: Option<&Head>, faults: &mut Vec<WorkspaceError>) -> Vec<PathBuf> {
        let (mut located, mut of_inputs) = (BTreeSet::new(), BTreeSet::new());
        let mut links = Links::default();
        let inputs: BTreeSet<&PathBuf> = request.inputs.iter().collect();
        for path in request.paths.iter().chain(&request.inputs).collect::<BTreeSet<_>>() {
            let Some(found) = keep(paths::locate(self, &mut links, path), faults) else { continue };
            if inputs.contains(path) {
                of_inputs.insert(found.clone());
            }
            located.insert(found);
        }
        let tree =
            TreeLookup::of(&self.inner, head.and_then(|head| head.commit)).map_err(WorkspaceError::git("read the last commit"));
        let unreadable = |source| WorkspaceError::UnreadableIndex { root: self.root.clone(), source };
        let index = self.inner.index().and_then(|mut index| index.read(false).map(|()| index)).map_err(unreadable);
        let (Some(tree), Some(index)) = (keep(tree, faults), keep(index, faults)) else {
            return Vec::new();
        };
        let folders: BTreeSet<&Path> = located.iter().flat_map(|path| path.ancestors().skip(1)).collect();
        if folders.into_iter().any(|folder| keep(paths::check_rules(self, folder), faults).is_none()) {
            return Vec::new();
        }
        located.retain(|path| keep(paths::check(self, &index, &tree, path), faults).is_some());
        let paths = Vec::from_iter(located);
        if !request.allow_dirty {
            // An input is committed as it is on disk; what of it is staged and stands nowhere else would be lost.
            let is_staged = |path: &PathBuf| index.get_path(path, 0).map(|entry| entry.id) != tree.get(path).map(|item| item.id);
            let is_asked =
                |path: &&PathBuf| !of_inputs.contains(*path) || (is_staged(path) && dirty::differs_from_index(self, path));
            let others: Vec<PathBuf> = paths.iter().filter(is_asked).cloned().collect();
            let mut dirty =
                keep(dirty::find(self, &others, &Conversions::of(self, &index, &others).foreign), faults).unwrap_or_default();
            for path in &request.missing {
                let found = keep(paths::locate(self, &mut links, path), faults);
                dirty.extend(found.and_then(|path| dirty::missing(&index, &tree, path)));
            }
            dirty.sort_by(|a, b| a.path.cmp(&b.path));
            dirty.dedup();
            if !dirty.is_empty() {
                faults.push(WorkspaceError::Dirty { files: dirty });
            }
        }
        paths
    }

    /// Whether author and committer are known, from the configuration or the
    /// environment.
    fn check_identity(&self) -> Result<(), WorkspaceError> {
        if is_configured_elsewhere() {
            return user_git::check_identity(self);
        }
        let Err(error) = self.inner.author_from_env() else {
            return Ok(());
        };
        let failed = || WorkspaceError::git("read who commits");
        let config = self.inner.config().map_err(failed())?;
        let is_missing = |key: &&str| config.get_string(key).map_or(true, |it| it.is_empty());
        let missing: Vec<_> = NAMES_OF_USER.into_iter().filter(is_missing).collect();
        if missing.is_empty() { Err(failed()(error)) } else { Err(WorkspaceError::NoIdentity { missing }) }
    }
}

fn keep<T>(outcome: Result<T, WorkspaceError>, faults: &mut Vec<WorkspaceError>) -> Option<T> {
    outcome.map_err(|fault| faults.push(fault)).ok()
}
