//! What is said of a file with edits that are not committed.

use std::fmt;
use std::path::PathBuf;

/// A file with edits that are not committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirtyFile {
    /// The path, relative to the work tree.
    pub path: PathBuf,
    /// What happened to it.
    pub edit: Dirtiness,
}

impl fmt::Display for DirtyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.path.display(), self.edit)
    }
}

/// How a file differs from the last commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dirtiness {
    /// Merged with conflicts.
    Conflicted,
    /// Present and unknown to git.
    Untracked,
    /// Deleted from the work tree.
    Deleted,
    /// Modified in the work tree.
    Modified,
    /// Changed in the index.
    Staged,
    /// Left out of the work tree by a sparse checkout.
    NotCheckedOut,
}

impl fmt::Display for Dirtiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Conflicted => "conflicted",
            Self::Untracked => "untracked",
            Self::Deleted => "deleted",
            Self::Modified => "modified",
            Self::Staged => "staged",
            Self::NotCheckedOut => "not in this sparse checkout",
        })
    }
}
