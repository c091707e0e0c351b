//! The branch a commit goes to.

use std::fs;
use std::path::{Path, PathBuf};

use git2::{Branch, ErrorCode, Oid, Repository};

use super::super::error::WorkspaceError;
use super::Repo;
use super::branch_name::{BRANCHES, short_name};
use super::head::{Head, target_of};

/// The full name of the branch that a commit goes to: the one HEAD is on, or
/// `asked`, which is new or already where HEAD is.
pub(super) fn choose(repo: &Repo, head: &Head, asked: Option<&str>) -> Result<String, WorkspaceError> {
    let Some(name) = asked else {
        return head.branch.clone().ok_or_else(|| WorkspaceError::DetachedHead { commit: short(head.commit) });
    };
    if !Branch::name_is_valid(name).unwrap_or(false) {
        return Err(WorkspaceError::InvalidBranch { name: name.into() });
    }
    let full = format!("{BRANCHES}{name}");
    if head.branch.as_ref() == Some(&full) {
        return Ok(full);
    }
    let at = target_of(&repo.inner, &full)?;
    if at.is_some() && at != head.commit {
        return Err(WorkspaceError::BranchElsewhere { name: name.into(), at: short(at), head: short(head.commit) });
    }
    if let Some(worktree) = checked_out_in(&repo.inner, &full) {
        let name = name.into();
        return Err(WorkspaceError::BranchInUse { name, worktree });
    }
    if let Some(existing) = clash(&repo.inner, name)? {
        let name = name.into();
        return Err(WorkspaceError::BranchClash { name, existing });
    }
    Ok(full)
}

fn short(commit: Option<Oid>) -> String {
    commit.map_or_else(|| "no commit".into(), |id| id.to_string().chars().take(10).collect())
}

/// The other work tree that has the branch checked out. The files are read as
/// they are, because a work tree whose folder is away still counts for git.
fn checked_out_in(repo: &Repository, branch: &str) -> Option<PathBuf> {
    let line = format!("ref: {branch}");
    let is_on_branch = |folder: &Path| fs::read_to_string(folder.join("HEAD")).is_ok_and(|head| head.trim_end() == line);
    let common = repo.commondir();
    if repo.is_worktree()
        && is_on_branch(common)
        && let Ok(main) = Repository::open(common)
        && let Some(root) = main.workdir()
    {
        return Some(root.to_owned());
    }
    let linked = fs::read_dir(common.join("worktrees")).ok()?;
    let other = linked
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|folder| folder.as_path() != repo.path() && is_on_branch(folder))?;
    let git_file = fs::read_to_string(other.join("gitdir")).unwrap_or_default();
    let root = Path::new(git_file.trim_end()).parent().map(Path::to_owned);
    Some(root.unwrap_or(other))
}

/// A branch whose name is a folder of `name`, or the reverse.
fn clash(repo: &Repository, name: &str) -> Result<Option<String>, WorkspaceError> {
    let failed = || WorkspaceError::git("list the branches");
    for (end, _) in name.match_indices('/') {
        let folder = &name[..end];
        match repo.find_reference(&format!("{BRANCHES}{folder}")) {
            Ok(_) => return Ok(Some(folder.to_owned())),
            Err(error) if error.code() == ErrorCode::NotFound => {}
            Err(error) => return Err(failed()(error)),
        }
    }
    let mut below = repo.references_glob(&format!("{BRANCHES}{name}/*")).map_err(failed())?;
    match below.names().next() {
        Some(existing) => Ok(Some(short_name(existing.map_err(failed())?).to_owned())),
        None => Ok(None),
    }
}
