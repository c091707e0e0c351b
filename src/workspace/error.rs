//! What can go wrong between computed files and a commit.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::dirty_file::DirtyFile;
use super::operation::Operation;
use super::remote::without_credentials;
use crate::limits::INPUT_BYTES;

/// A fault of the file or git layer.
///
/// `Display` is one line that says what failed and where;
/// [`hint`](WorkspaceError::hint) gives the command or flag that resolves it.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// A path is absolute or leaves its root folder by `..`.
    #[error("`{}` is no path below its folder", path.display())]
    PathEscapes {
        /// The path as it was put into the write set.
        path: PathBuf,
    },

    /// A name is no path below its folder on every system.
    #[error("{} is not a portable file name: it must be UTF-8 without backslashes or drive letters", path.display())]
    NotPortable {
        /// The path.
        path: PathBuf,
    },

    /// A file is larger than what is read.
    #[error("{} is too large: at most {} MiB are read", path.display(), INPUT_BYTES >> 20)]
    TooLarge {
        /// The file.
        path: PathBuf,
    },

    /// There is no private folder to keep the state of a run in.
    #[error("no private folder for state: {why}")]
    NoStateFolder {
        /// What is wrong, as half a sentence.
        why: String,
    },

    /// A file was changed by somebody else after it was read.
    #[error("{} was changed while plimsoll was running", path.display())]
    ChangedMeanwhile {
        /// The file.
        path: PathBuf,
    },

    /// git was told to leave a file alone that would change.
    #[error("git was told to leave {} alone ({flag})", path.display())]
    LeftAlone {
        /// The file, relative to the work tree.
        path: PathBuf,
        /// The flag in the index: `skip-worktree` or `assume-unchanged`.
        flag: &'static str,
    },

    /// The repository has a format that libgit2 cannot open.
    #[error("the repository at {} has a format that plimsoll cannot commit to ({format})", path.display())]
    UnknownFormat {
        /// The work tree.
        path: PathBuf,
        /// The extensions that its configuration names.
        format: String,
    },

    /// The index has a format that libgit2 cannot read.
    #[error("cannot read the index of {}: {}", root.display(), source.message())]
    UnreadableIndex {
        /// The work tree.
        root: PathBuf,
        /// What libgit2 says.
        source: git2::Error,
    },

    /// A symbolic link on the way to a file leads outside the boundary.
    #[error("symbolic link {} leads to {}, outside {}", link.display(), target.display(), boundary.display())]
    LinkLeaves {
        /// The link.
        link: PathBuf,
        /// Where it leads.
        target: PathBuf,
        /// The folder that must not be left.
        boundary: PathBuf,
    },

    /// Something other than a regular file stands where a file is to be written.
    #[error("{} is a {found}, not a regular file", path.display())]
    NotAFile {
        /// The file to be written.
        path: PathBuf,
        /// What stands there: a folder or a special file.
        found: &'static str,
    },

    /// A file stands where a folder is needed.
    #[error("cannot create {}: {} is not a folder", path.display(), parent.display())]
    ParentNotAFolder {
        /// The file to be written.
        path: PathBuf,
        /// The part of its path that is not a folder.
        parent: PathBuf,
    },

    /// Something else stands where a folder of our own is needed.
    #[error("{} is a {found}, not a folder", path.display())]
    NotAFolder {
        /// The folder.
        path: PathBuf,
        /// What stands there.
        found: &'static str,
    },

    /// A file that would change is read-only.
    #[error("{} is read-only", path.display())]
    ReadOnlyFile {
        /// The file.
        path: PathBuf,
    },

    /// No file can be created in a folder.
    #[error("folder {} is read-only", path.display())]
    ReadOnlyFolder {
        /// The folder.
        path: PathBuf,
    },

    /// An operation of the file system failed.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },

    /// After a failure something could not be put back as it was.
    #[error("{}could not put back {}", cause.as_ref().map(|cause| format!("{cause}; then ")).unwrap_or_default(), items.join(", "))]
    NotRestored {
        /// What is not as before, each with the reason.
        items: Vec<String>,
        /// The failure that made restoring necessary, if it came first.
        cause: Option<Box<WorkspaceError>>,
    },

    /// No program that builds kustomizations is installed.
    #[error("neither `kubectl` nor `kustomize` is found on PATH")]
    NoKustomize,

    /// A kustomization cannot be built.
    #[error("`{command} {}` fails: {why}", folder.display())]
    Kustomize {
        /// The command.
        command: String,
        /// The folder of the kustomization.
        folder: PathBuf,
        /// What it says.
        why: String,
    },

    /// After a failure some files were left as they are: a person or a hook has edited them since they were
    /// written.
    #[error("{cause}; {} changed since it was written, and stays as it is", files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(", "))]
    EditsLeft {
        /// The files.
        files: Vec<PathBuf>,
        /// The failure for which everything else was put back.
        cause: Box<WorkspaceError>,
    },

    /// A path names nothing.
    #[error("{} does not exist", path.display())]
    NothingThere {
        /// The path, or the pattern that matches nothing.
        path: PathBuf,
    },

    /// A folder is in no git repository.
    #[error("{} is not in a git repository", dir.display())]
    NoRepository {
        /// The folder.
        dir: PathBuf,
    },

    /// The repository has no work tree.
    #[error("{} is a bare repository, which has no files to commit", path.display())]
    BareRepository {
        /// The repository.
        path: PathBuf,
    },

    /// The repository belongs to another user, so git does not trust it.
    #[error("the repository at {} belongs to another user", path.display())]
    ForeignOwner {
        /// The repository.
        path: PathBuf,
    },

    /// A merge, rebase or the like is not finished.
    #[error("a {operation} is in progress in {}", root.display())]
    OperationInProgress {
        /// The work tree.
        root: PathBuf,
        /// What is in progress.
        operation: Operation,
    },

    /// HEAD is on no branch and none was asked for.
    #[error("HEAD is detached at {commit}: a commit there would be on no branch")]
    DetachedHead {
        /// The commit HEAD points at.
        commit: String,
    },

    /// git does not allow the branch name.
    #[error("`{name}` is not a valid branch name")]
    InvalidBranch {
        /// The name.
        name: String,
    },

    /// The branch to be started exists and is at another commit than HEAD.
    #[error("branch `{name}` exists at {at}, while HEAD is at {head}")]
    BranchElsewhere {
        /// The branch.
        name: String,
        /// Where it is.
        at: String,
        /// Where HEAD is.
        head: String,
    },

    /// Another linked work tree has the branch checked out.
    #[error("branch `{name}` is checked out in {}", worktree.display())]
    BranchInUse {
        /// The branch.
        name: String,
        /// The other work tree.
        worktree: PathBuf,
    },

    /// git cannot hold both branches, as `a` and `a/b`.
    #[error("branch `{name}` cannot be created beside branch `{existing}`")]
    BranchClash {
        /// The branch to be created.
        name: String,
        /// The branch that is in its way.
        existing: String,
    },

    /// git does not know who commits.
    #[error("git does not know who commits: {} not set", missing.join(" and "))]
    NoIdentity {
        /// The configuration keys that are missing.
        missing: Vec<&'static str>,
    },

    /// A path that is to be committed is ignored by git.
    #[error("{} is ignored by git", path.display())]
    Ignored {
        /// The path, relative to the work tree.
        path: PathBuf,
    },

    /// Files that are to be written carry edits that are not committed.
    #[error("uncommitted edits in {}", files.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))]
    Dirty {
        /// Every such file.
        files: Vec<DirtyFile>,
    },

    /// A path is not among the files the repository can commit.
    #[error("{} is not in the work tree {}", path.display(), root.display())]
    OutsideWorkTree {
        /// The path.
        path: PathBuf,
        /// The work tree.
        root: PathBuf,
    },

    /// A path belongs to a submodule or another repository in the work tree.
    #[error("{} is in the nested repository {}", path.display(), repository.display())]
    NestedRepository {
        /// The path, relative to the work tree.
        path: PathBuf,
        /// The folder of the nested repository, relative to the work tree.
        repository: PathBuf,
    },

    /// The last commit has a folder where a file is to go, or the reverse.
    #[error("{} cannot be committed: the last commit has something else at {}", path.display(), tracked.display())]
    KindClash {
        /// The path, relative to the work tree.
        path: PathBuf,
        /// What is in its way in the last commit.
        tracked: PathBuf,
    },

    /// Another process holds the index of the repository.
    #[error("another git process is at work in {}", root.display())]
    IndexLocked {
        /// The work tree.
        root: PathBuf,
        /// The lock file.
        lock: PathBuf,
    },

    /// Another run of Plimsoll did not end.
    #[error("another run of plimsoll is at work in {} and did not end within {} s", place.display(), waited.as_secs())]
    Busy {
        /// The repository or folder.
        place: PathBuf,
        /// How long was waited.
        waited: Duration,
    },

    /// A run that was killed left a journal that this version cannot read.
    #[error("{} was left by a run that was killed, and by another version of plimsoll", path.display())]
    ForeignJournal {
        /// The journal.
        path: PathBuf,
    },

    /// HEAD changed after the checks.
    #[error("HEAD of {} moved while files were being written", root.display())]
    HeadMoved {
        /// The work tree.
        root: PathBuf,
    },

    /// Every file is already committed with the same content.
    #[error("nothing to commit: every file is already committed as it is")]
    NothingToCommit,

    /// The `git` program, which hooks, signing and filters need, was not found.
    #[error("this repository needs the `git` program to commit, and it was not found")]
    GitNotFound,

    /// The `git` program or one of its hooks refused.
    #[error("`git {command}` failed in {}: {}", root.display(), first_line(output))]
    UserGit {
        /// The git command.
        command: &'static str,
        /// The work tree.
        root: PathBuf,
        /// All that git and its hooks printed.
        output: String,
        /// How it ended: 128 where git itself gave up, else what a hook or check ended with.
        code: Option<i32>,
    },

    /// Reading or writing the repository failed.
    #[error("cannot {action}: {}", without_credentials(source.message()))]
    Git {
        /// What was tried, as a verb with its object.
        action: &'static str,
        /// Why it failed.
        source: git2::Error,
    },
}

impl WorkspaceError {
    /// The file or folder that the fault is about, where it is about one that is read.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::PathEscapes { path }
            | Self::NotPortable { path }
            | Self::TooLarge { path }
            | Self::NotAFile { path, .. }
            | Self::Io { path, .. }
            | Self::NothingThere { path }
            | Self::OutsideWorkTree { path, .. }
            | Self::LinkLeaves { link: path, .. } => Some(path),
            _ => None,
        }
    }

    /// Names what was tried on `path`, to be given to `map_err`.
    pub(super) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }

    /// Names what was tried in the repository, to be given to `map_err`.
    pub(super) fn git(action: &'static str) -> impl FnOnce(git2::Error) -> Self {
        move |source| Self::Git { action, source }
    }

    /// Whether everything is as it was before.
    #[must_use]
    pub fn is_restored(&self) -> bool {
        !matches!(self, Self::NotRestored { .. } | Self::EditsLeft { .. })
    }

    /// What failed first.
    #[must_use]
    pub fn root_cause(&self) -> &Self {
        match self {
            Self::NotRestored { cause: Some(cause), .. } | Self::EditsLeft { cause, .. } => cause.root_cause(),
            _ => self,
        }
    }

    /// The error to report once everything was to be put back after `self`.
    pub(super) fn after_restoring(self, outcome: Result<(), Self>) -> Self {
        match outcome {
            Ok(()) => self,
            Err(error) => Self::NotRestored { items: vec![error.to_string()], cause: Some(Box::new(self)) },
        }
    }
}

fn first_line(output: &str) -> &str {
    output.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("no output")
}
