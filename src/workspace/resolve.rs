//! Where a path really is, whether or not it exists yet.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// As many links as Linux follows before it reports a loop.
const MAX_LINKS: u32 = 40;

/// Follows every symbolic link of `path`, also links to nothing; parts that do
/// not exist are kept. (`fs::canonicalize` fails for both.)
///
/// # Errors
///
/// If links form a loop, or a relative path meets an unreadable current folder.
pub(super) fn resolve(path: &Path) -> io::Result<PathBuf> {
    let mut real = PathBuf::new();
    let mut links = 0;
    follow(&mut real, &std::path::absolute(path)?, &mut links)?;
    Ok(real)
}

/// Follows the links of many paths, those of each folder once. For a moment in which nobody moves folders.
#[derive(Debug, Clone, Default)]
pub(super) struct Links {
    folders: BTreeMap<PathBuf, PathBuf>,
}

impl Links {
    /// As [`resolve`].
    ///
    /// # Errors
    ///
    /// As for [`resolve`].
    pub(super) fn resolve(&mut self, path: &Path) -> io::Result<PathBuf> {
        let path = &std::path::absolute(path)?;
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return resolve(path) };
        let known = self.folders.get(folder).cloned();
        let mut real = known.map_or_else(|| resolve(folder), Ok)?;
        self.folders.entry(folder.to_owned()).or_insert_with(|| real.clone());
        real.push(name);
        if fs::read_link(&real).is_ok() { resolve(path) } else { Ok(real) }
    }
}

fn follow(real: &mut PathBuf, path: &Path, links: &mut u32) -> io::Result<()> {
    for component in path.components() {
        match component {
            Component::Prefix(_) | Component::RootDir => real.push(component),
            Component::CurDir => {}
            Component::ParentDir => {
                real.pop();
            }
            Component::Normal(name) => {
                real.push(name);
                if let Ok(target) = fs::read_link(&real) {
                    *links += 1;
                    if *links > MAX_LINKS {
                        return Err(io::Error::other("too many levels of symbolic links"));
                    }
                    real.pop();
                    follow(real, &target, links)?;
                }
            }
        }
    }
    Ok(())
}

/// The nearest ancestor of `path`, or `path` itself, that exists.
pub(super) fn nearest_existing(path: &Path) -> &Path {
    path.ancestors().find(|ancestor| fs::symlink_metadata(ancestor).is_ok()).unwrap_or(path)
}
