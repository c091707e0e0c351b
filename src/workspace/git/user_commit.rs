//! Commits by the user's own `git`, with hooks, signing and filters.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use git2::Oid;
use tempfile::NamedTempFile;

use super::super::error::WorkspaceError;
use super::Repo;
use super::head::Head;
use super::index_file::IndexBackup;
use super::paths::is_tracked;
use super::user_git::{pathspec, run};

/// Our messages are UTF-8, whatever encoding the user has set for their own.
const UTF8_MESSAGE: &[&str] = &["-c", "i18n.commitEncoding=UTF-8"];

/// Commits `paths` on top of `head`, which HEAD points at. After an error the
/// index is as before.
pub(super) fn commit(repo: &Repo, head: &Head, paths: &[PathBuf], message: &str) -> Result<Oid, WorkspaceError> {
    let backup = IndexBackup::take(repo)?;
    add_and_commit(repo, head, paths, message).map_err(|cause| cause.after_restoring(backup.restore(repo)))
}

fn add_and_commit(repo: &Repo, head: &Head, paths: &[PathBuf], message: &str) -> Result<Oid, WorkspaceError> {
    let mut index = repo.inner.index().map_err(WorkspaceError::git("read the index"))?;
    index.read(true).map_err(WorkspaceError::git("read the index"))?;
    let (tracked, untracked): (Vec<&Path>, Vec<&Path>) =
        paths.iter().map(PathBuf::as_path).partition(|path| is_tracked(&index, path));
    let is_on_disk = |path: &&Path| fs::symlink_metadata(repo.root.join(path)).is_ok();
    let new: Vec<_> = untracked.into_iter().filter(is_on_disk).map(pathspec).collect();
    if !new.is_empty() {
        // `git commit -- PATH` takes only paths that the index knows.
        run(repo, &[], "add", |git| {
            git.arg("--intent-to-add").arg("--").args(&new);
        })?;
    }
    let all: Vec<_> = tracked.into_iter().map(pathspec).chain(new).collect();
    if all.is_empty() || is_committed(repo, head, &all)? {
        return Err(WorkspaceError::NothingToCommit);
    }
    let file = message_file(message).map_err(WorkspaceError::io("write", std::env::temp_dir()))?;
    run(repo, UTF8_MESSAGE, "commit", |git| {
        git.args(["--only", "--quiet", "--cleanup=whitespace", "-F"]).arg(file.path()).arg("--").args(&all);
    })?;
    Head::read(&repo.inner)?.commit.ok_or(WorkspaceError::NothingToCommit)
}

/// Whether the files are in the last commit as they are on disk.
fn is_committed(repo: &Repo, head: &Head, paths: &[OsString]) -> Result<bool, WorkspaceError> {
    if head.commit.is_none() {
        return Ok(false);
    }
    let changed = run(repo, &[], "diff", |git| {
        git.args(["--name-only", "--no-ext-diff", "HEAD", "--"]).args(paths);
    })?;
    Ok(changed.is_empty())
}

fn message_file(message: &str) -> io::Result<NamedTempFile> {
    let mut file = NamedTempFile::new()?;
    file.write_all(message.as_bytes())?;
    Ok(file)
}
