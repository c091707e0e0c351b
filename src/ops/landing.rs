//! The one place where files are written and committed: all or nothing.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::OpError;
use crate::change::Changeset;
use crate::workspace::{Commit, CommitRequest, Ready, Repo, Session, WriteSet};

/// For how long another run is waited for: hooks of its commit may take their time.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What shall become of the files in git.
#[derive(Clone, Debug, Default)]
pub struct CommitChoice {
    /// Whether they are committed at all.
    pub commit: bool,
    /// Whether a repository is made where there is none.
    pub init: bool,
    /// The branch to start and commit to.
    pub branch: Option<String>,
    /// Whether paths that carry uncommitted edits may be written.
    pub allow_dirty: bool,
}

/// A changeset with the folder of its service.
pub struct Placed<'f> {
    /// The folder.
    pub dir: &'f Path,
    /// What is written there.
    pub changeset: Changeset<'f>,
}

/// Where files go, and what becomes of them there.
pub struct Landing<'a> {
    /// Keeps other runs out.
    pub session: &'a Session<'a>,
    /// The folder from which files are named.
    pub base: &'a Path,
    /// The folder out of which no symbolic link may lead.
    pub boundary: &'a Path,
    /// Whether and how they are committed.
    pub choice: &'a CommitChoice,
}

/// Files that nothing is in the way of.
pub struct Clear {
    set: WriteSet,
    ready: Option<Ready>,
}

/// Finds everything in the way of changesets.
pub type Preflight<'p> = &'p dyn Fn(&[Placed<'_>]) -> Result<Clear, OpError>;

impl Landing<'_> {
    /// Writes what `make` lets through, and commits it with its message where that is chosen; nothing if it lets
    /// nothing through. Where somebody moves HEAD meanwhile, `make` is asked again.
    ///
    /// # Errors
    /// What `make` finds in the way, and what the disk or the repository say; all is then as it was.
    pub fn land(
        &self,
        mut make: impl FnMut(Preflight<'_>) -> Result<Option<(Clear, String)>, OpError>,
    ) -> Result<Option<Commit>, OpError> {
        if self.choice.commit {
            return self.session.land(|repo| {
                let granted = make(&|placed| self.clear(Some(repo), placed))?;
                Ok(granted.and_then(|(clear, message)| Some((clear.set, clear.ready?, message))))
            });
        }
        if let Some((clear, _)) = make(&|placed| self.clear(None, placed))? {
            self.session.write(&clear.set)?;
        }
        Ok(None)
    }

    /// The files of changesets and, in a repository, the way to commit them; or everything that is in the way.
    fn clear(&self, repo: Option<&Repo>, placed: &[Placed<'_>]) -> Result<Clear, OpError> {
        let set = write_set(self.base, self.boundary, placed);
        let mut faults = set.preflight();
        let ready = repo.map(|repo| Ok::<_, OpError>(repo.preflight(&request(self.choice, placed)?))).transpose()?;
        let ready = match ready.transpose() {
            Ok(ready) => ready,
            Err(more) => {
                faults.extend(more);
                None
            }
        };
        if faults.is_empty() { Ok(Clear { set, ready }) } else { Err(OpError::Workspace(faults)) }
    }
}

/// The files of changesets, named from a folder.
pub fn write_set(base: &Path, boundary: &Path, placed: &[Placed<'_>]) -> WriteSet {
    let mut set = WriteSet::new(base).within(boundary);
    for Placed { dir, changeset } in placed {
        let below = dir.strip_prefix(base).unwrap_or(dir);
        for file in &changeset.files {
            let path = below.join(&file.path);
            match &file.text {
                Some(text) => set.put(&path, text.clone().into_bytes()),
                None => set.remove(&path),
            }
            set.expect(&path, file.before.clone().map(String::into_bytes));
        }
        for (path, text) in &changeset.read {
            set.rely_on(below.join(path), text.map(|text| text.as_bytes().to_vec()));
        }
    }
    set
}

/// What git is asked to commit.
fn request(choice: &CommitChoice, placed: &[Placed<'_>]) -> Result<CommitRequest, OpError> {
    let mut request =
        CommitRequest { branch: choice.branch.clone(), allow_dirty: choice.allow_dirty, ..CommitRequest::default() };
    for Placed { dir, changeset } in placed {
        let dir = absolute(dir)?;
        let written = changeset.files.iter().map(|file| file.path.as_str());
        let relied_on = changeset.relied_on.iter().filter(|path| choice.allow_dirty || !changeset.missing.contains(path));
        request.paths.extend(written.chain(relied_on.copied()).map(|path| dir.join(path)));
        request.missing.extend(changeset.missing.iter().map(|path| dir.join(path)));
        request.inputs.extend(changeset.inputs.iter().map(|path| dir.join(path)));
    }
    Ok(request)
}

/// A folder by its whole path; it need not exist.
pub fn absolute(dir: &Path) -> Result<PathBuf, OpError> {
    std::path::absolute(dir).map_err(|source| OpError::Unreadable { path: dir.to_owned(), source })
}
