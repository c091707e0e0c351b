//! The command or flag that resolves a fault.

use std::path::Path;

use super::error::WorkspaceError;
use crate::limits::Limit;
use crate::notation::{shell_path, shell_word};

impl WorkspaceError {
    /// The limit that something goes beyond, where that is the fault.
    #[must_use]
    pub fn limit(&self) -> Option<Limit> {
        matches!(self, Self::TooLarge { .. }).then_some(Limit::InputBytes)
    }

    /// The exact command or flag that resolves the fault, if there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NotAFile { path, .. } | Self::NotAFolder { path, .. } => moved_away(path),
            Self::ParentNotAFolder { parent, .. } => moved_away(parent),
            Self::ReadOnlyFile { path } | Self::ReadOnlyFolder { path } => {
                format!("chmod u+w {}", quoted(path))
            }
            Self::NoRepository { .. } => "pass `--init` to create a repository, or `--no-commit` to write files only".into(),
            Self::BareRepository { path } => format!("run it in a work tree: git -C {} worktree add ../work", quoted(path)),
            Self::ForeignOwner { path } => {
                format!("git config --global --add safe.directory {}", quoted(path))
            }
            Self::OperationInProgress { operation, .. } => operation.ending().into(),
            Self::DetachedHead { .. } => "pass `--branch NAME` to commit on a new branch".into(),
            Self::InvalidBranch { .. } => "pass a `--branch` name that `git check-ref-format --branch NAME` accepts".into(),
            Self::BranchElsewhere { name, .. } => {
                format!("git switch {}, or pass another name with `--branch`", shell_word(name))
            }
            Self::BranchInUse { worktree, .. } => format!("run it in {}, or pass another name with `--branch`", quoted(worktree)),
            Self::BranchClash { .. } => "pass another name with `--branch`".into(),
            Self::NoIdentity { missing } => missing
                .iter()
                .map(|key| match *key {
                    "user.name" => "git config --global user.name \"Your Name\"",
                    _ => "git config --global user.email you@example.com",
                })
                .collect::<Vec<_>>()
                .join(" && "),
            Self::Ignored { path } => format!("git check-ignore -v {}", quoted(path)),
            Self::Dirty { .. } => "commit or stash them, or pass `--allow-dirty`".into(),
            Self::NestedRepository { repository, .. } => {
                format!("run it in {}", quoted(repository))
            }
            Self::KindClash { tracked, .. } => {
                format!("commit its removal first: git commit -- {}", quoted(tracked))
            }
            Self::IndexLocked { lock, .. } => format!("wait for it to end; if none is running: rm {}", quoted(lock)),
            Self::Busy { .. } => "wait for it to end, then run the command again".into(),
            Self::ForeignJournal { path } => {
                let folder = path.parent().unwrap_or(path);
                format!(
                    "run the version that was killed once more; or, to keep the files as they are now: rm -r {}",
                    quoted(folder)
                )
            }
            Self::HeadMoved { .. } | Self::ChangedMeanwhile { .. } => "run the command again".into(),
            Self::LeftAlone { path, flag } => format!("git update-index --no-{flag} {}", quoted(path)),
            Self::NotPortable { path } if path.to_str().is_some() => format!("git mv {} NAME", quoted(path)),
            Self::NotPortable { .. } => "rename it with `git mv`".into(),
            Self::NoStateFolder { .. } => "set XDG_STATE_HOME to a folder of your own, as in `export XDG_STATE_HOME=/var/lib/plimsoll`".into(),
            Self::UnknownFormat { .. } => {
                "pass `--no-commit` to write files only, and commit them with `git add` and `git commit`".into()
            }
            Self::UnreadableIndex { .. } => {
                "make it one file: `git update-index --no-split-index`, `git sparse-checkout init --no-sparse-index`; or pass `--no-commit`".into()
            }
            Self::LinkLeaves { .. } => "name the file that it leads to, or put a file in its place".into(),
            Self::TooLarge { .. } => return Limit::InputBytes.way_out().map(str::to_owned),
            Self::GitNotFound => "install git, or pass `--no-commit` to write files only".into(),
            Self::UserGit { .. } => "mend what git reports, or pass `--no-commit` to write files only".into(),
            Self::NotRestored { cause, .. } => {
                return cause.as_ref().and_then(|cause| cause.hint());
            }
            Self::NoKustomize => "install one of them, or build elsewhere: `kustomize build FOLDER | plimsoll check -`".into(),
            Self::Kustomize { .. } => "mend what it reports; nothing was checked".into(),
            Self::EditsLeft { files, cause } => {
                let files = files.iter().map(|file| quoted(file)).collect::<Vec<_>>().join(" ");
                let look = format!("look at what was left: git diff HEAD -- {files}");
                match cause.hint() {
                    Some(hint) => format!("{hint}; {look}"),
                    None => look,
                }
            }
            Self::NothingThere { .. } => "name a file, a folder, a pattern in quotes, or `-` for standard input".into(),
            Self::PathEscapes { .. }
            | Self::Io { .. }
            | Self::OutsideWorkTree { .. }
            | Self::NothingToCommit
            | Self::Git { .. } => return None,
        })
    }
}

fn quoted(path: &Path) -> String {
    shell_path(&path.to_string_lossy())
}

fn moved_away(path: &Path) -> String {
    format!("mv {} {}", quoted(path), shell_path(&format!("{}.old", path.to_string_lossy())))
}
