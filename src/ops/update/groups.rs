//! Services by the repository that they are in, as they are written together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::choice::UpdateRequest;
use crate::change::LOCK_FILE;
use crate::ops::OpError;
use crate::workspace::{Repo, WorkspaceError, stands};

/// The services of one repository, or one that is in none, by their positions in the request.
pub struct RepositoryGroup {
    /// The repository, where there is one.
    pub repo: Option<Repo>,
    /// The positions.
    pub members: Vec<usize>,
}

/// The groups of the services in these folders; those that are to be committed and are in no repository go to
/// `blocked`.
pub fn groups(
    request: &UpdateRequest,
    dirs: &[PathBuf],
    reals: &[PathBuf],
    blocked: &mut BTreeMap<usize, OpError>,
) -> Vec<RepositoryGroup> {
    let mut found: Vec<RepositoryGroup> = Vec::new();
    let mut known: BTreeMap<PathBuf, usize> = BTreeMap::new();
    let mut repositories: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for (at, (dir, real)) in dirs.iter().zip(reals).enumerate() {
        if let Some(group) = group_around(&mut repositories, real) {
            found[group].members.push(at);
            continue;
        }
        let repo = match Repo::discover(dir) {
            Ok(repo) => Some(repo),
            // What has no repository cannot be committed, but looked at, and written without.
            Err(_) if request.dry_run || !request.commit.commit => None,
            Err(error) => {
                // That there is no service says more.
                if stands(&dir.join(LOCK_FILE)) {
                    let error = match error {
                        WorkspaceError::NoRepository { dir } => OpError::NotInRepository(dir),
                        error => error.into(),
                    };
                    blocked.insert(at, error);
                }
                continue;
            }
        };
        let root = repo.as_ref().map_or_else(|| dir.clone(), |repo| repo.root().to_owned());
        let in_work_tree = repo.is_some() && stands(&root.join(".git"));
        let group = *known.entry(root.clone()).or_insert_with(|| {
            found.push(RepositoryGroup { repo, members: Vec::new() });
            found.len() - 1
        });
        if in_work_tree {
            repositories.insert(root, group);
        }
        found[group].members.push(at);
    }
    found
}

/// The group of the repository around a folder, if that one is known: to open it again for every service
/// would take longer than its update. The folders between them become known, too.
fn group_around(known: &mut BTreeMap<PathBuf, usize>, real: &Path) -> Option<usize> {
    let mut between = Vec::new();
    for folder in real.ancestors() {
        if let Some(group) = known.get(folder).copied() {
            known.extend(between.into_iter().map(|folder: &Path| (folder.to_owned(), group)));
            return Some(group);
        }
        if stands(&folder.join(".git")) {
            return None;
        }
        between.push(folder);
    }
    None
}
