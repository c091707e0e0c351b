//! Operations of git that take several steps.

use std::fmt;
use std::fs;

use git2::{Repository, RepositoryState};

/// An operation that git began and did not end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// `git merge`
    Merge,
    /// `git revert`
    Revert,
    /// `git cherry-pick`
    CherryPick,
    /// `git bisect`
    Bisect,
    /// `git rebase`
    Rebase,
    /// `git am`
    Mailbox,
}

impl Operation {
    /// What is in progress in `repo`, if anything is.
    pub(super) fn in_progress(repo: &Repository) -> Option<Self> {
        match repo.state() {
            RepositoryState::Clean => between_picks(repo),
            RepositoryState::Merge => Some(Self::Merge),
            RepositoryState::Revert | RepositoryState::RevertSequence => Some(Self::Revert),
            RepositoryState::CherryPick | RepositoryState::CherryPickSequence => Some(Self::CherryPick),
            RepositoryState::Bisect => Some(Self::Bisect),
            RepositoryState::Rebase
            | RepositoryState::RebaseInteractive
            | RepositoryState::RebaseMerge
            | RepositoryState::ApplyMailboxOrRebase => Some(Self::Rebase),
            RepositoryState::ApplyMailbox => Some(Self::Mailbox),
        }
    }

    /// The commands that end the operation.
    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::Merge => "git merge --continue, or git merge --abort",
            Self::Revert => "git revert --continue, or git revert --abort",
            Self::CherryPick => "git cherry-pick --continue, or git cherry-pick --abort",
            Self::Bisect => "git bisect reset",
            Self::Rebase => "git rebase --continue, or git rebase --abort",
            Self::Mailbox => "git am --continue, or git am --abort",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Merge => "merge",
            Self::Revert => "revert",
            Self::CherryPick => "cherry-pick",
            Self::Bisect => "bisect",
            Self::Rebase => "rebase",
            Self::Mailbox => "git am",
        })
    }
}

/// Once one of several picks is committed by hand, only the list of those to
/// come tells that more are.
fn between_picks(repo: &Repository) -> Option<Operation> {
    let todo = fs::read_to_string(repo.path().join("sequencer/todo")).ok()?;
    Some(if todo.starts_with("revert") { Operation::Revert } else { Operation::CherryPick })
}
