//! Paths that are proved to lie below a folder, and the only way from a name to a file.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

use super::error::WorkspaceError;
use super::resolve::{Links, resolve};
use crate::limits::INPUT_BYTES;

/// The largest file that is read, in bytes.
pub(super) const MOST_BYTES: u64 = INPUT_BYTES as u64;

/// A folder that is worked in, and how far symbolic links may lead from it.
#[derive(Debug, Clone)]
pub struct Bounds {
    root: PathBuf,
    real_root: PathBuf,
    /// The folder that links must not leave, with every link followed.
    boundary: PathBuf,
    links: Links,
}

/// A path below a folder: without `..`, not absolute, not in `.git`, and no link on it leads out.
/// Only [`Bounds::at`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Below {
    shown: PathBuf,
    real: PathBuf,
}

impl Bounds {
    /// What lies below `root`, which need not exist; links may lead anywhere in `boundary`.
    pub(super) fn new(root: &Path, boundary: &Path) -> Result<Self, WorkspaceError> {
        let real = |path: &Path| resolve(path).map_err(WorkspaceError::io("follow", path));
        Ok(Self { root: root.to_owned(), real_root: real(root)?, boundary: real(boundary)?, links: Links::default() })
    }

    /// What lies below a folder that a person named: links may lead anywhere in the work tree around
    /// it, and outside of a repository nowhere out of the folder.
    ///
    /// # Errors
    /// The folder lies in a work tree only by its name, as a link leads out of it.
    pub fn of_folder(dir: &Path) -> Result<Self, WorkspaceError> {
        let real = resolve_typed(if dir.as_os_str().is_empty() { Path::new(".") } else { dir })?;
        let boundary = work_tree_around(&real).unwrap_or(&real).to_owned();
        Ok(Self { root: dir.to_owned(), real_root: real, boundary, links: Links::default() })
    }

    /// The folder as it was named.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The path of this name below the folder, or up from it as far as the boundary.
    fn within(&mut self, name: &Path, up: bool) -> Result<Below, WorkspaceError> {
        let shown = self.root.join(name);
        let real = self.links.resolve(&shown).map_err(WorkspaceError::io("follow", &shown))?;
        let inner = real.strip_prefix(&self.boundary).ok();
        let is_inside = inner.is_some_and(|inner| !inner.iter().any(is_git_folder));
        // Without links nothing has led out in between.
        if is_inside && (up || real == self.real_root.join(name) || self.outer_link(name)?.is_none()) {
            return Ok(Below { shown, real });
        }
        Err(self.why_outside(name, shown, &real))
    }

    /// The path of this name below the folder; nothing needs to be there.
    ///
    /// # Errors
    /// [`WorkspaceError::PathEscapes`] for an absolute path, one with `..`, or one in `.git`;
    /// [`WorkspaceError::NotPortable`] for a name that is not UTF-8 or that another system reads as a
    /// path; [`WorkspaceError::LinkLeaves`] where a symbolic link leads out.
    pub fn at(&mut self, name: &Path) -> Result<Below, WorkspaceError> {
        self.check_name(name, false)?;
        self.within(name, false)
    }

    /// As [`at`](Self::at), but the name may lead up by `..` as far as links may lead.
    ///
    /// # Errors
    /// As for [`at`](Self::at).
    pub fn near(&mut self, name: &Path) -> Result<Below, WorkspaceError> {
        self.check_name(name, true)?;
        self.within(name, true)
    }

    /// Reads the file of this name below the folder; `None` where nothing is.
    ///
    /// # Errors
    /// As for [`at`](Self::at) and [`Below::read_text`].
    pub fn read(&mut self, name: &str) -> Result<Option<String>, WorkspaceError> {
        self.at(Path::new(name))?.read_text()
    }

    /// As [`check_name`], with the whole path in the fault.
    fn check_name(&self, name: &Path, up: bool) -> Result<(), WorkspaceError> {
        check_name(name, up).map_err(|fault| match fault {
            WorkspaceError::NotPortable { path } => WorkspaceError::NotPortable { path: self.root.join(path) },
            fault => fault,
        })
    }

    /// The path of something that was found on disk, whatever its name is.
    pub(super) fn found(&mut self, name: &Path) -> Result<Below, WorkspaceError> {
        self.within(name, false)
    }

    /// The first link on the way that leaves the boundary, wherever the next one leads.
    fn outer_link(&self, name: &Path) -> Result<Option<(PathBuf, PathBuf)>, WorkspaceError> {
        let mut link = self.root.clone();
        for component in name.components() {
            link.push(component);
            if !link.is_symlink() {
                continue;
            }
            let target = resolve(&link).map_err(WorkspaceError::io("follow", &link))?;
            if !target.starts_with(&self.boundary) {
                return Ok(Some((link, target)));
            }
        }
        Ok(None)
    }

    fn why_outside(&self, name: &Path, shown: PathBuf, real: &Path) -> WorkspaceError {
        let boundary = self.boundary.clone();
        if real.strip_prefix(&self.boundary).is_ok_and(|inner| inner.iter().any(is_git_folder)) {
            return WorkspaceError::PathEscapes { path: shown };
        }
        match self.outer_link(name) {
            Ok(Some((link, target))) => WorkspaceError::LinkLeaves { link, target, boundary },
            Ok(None) => WorkspaceError::OutsideWorkTree { path: shown, root: boundary },
            Err(error) => error,
        }
    }
}

impl Below {
    /// Where the file really is, with every link followed.
    pub(super) fn real(&self) -> &Path {
        &self.real
    }

    /// Reads the file; `None` where nothing is.
    ///
    /// # Errors
    /// It is no regular file, larger than what is read, or not UTF-8.
    pub fn read_text(&self) -> Result<Option<String>, WorkspaceError> {
        match read_regular(&self.real, &self.shown)? {
            Some(bytes) => text_of(bytes, &self.shown).map(Some),
            None => Ok(None),
        }
    }

    /// Whether anything is there.
    #[must_use]
    pub fn exists(&self) -> bool {
        fs::symlink_metadata(&self.real).is_ok()
    }
}

/// What a name must be that came with a repository: a path below its folder on every system.
fn check_name(name: &Path, up: bool) -> Result<(), WorkspaceError> {
    let portable = name.to_str().is_some_and(|text| !text.contains('\\') && !text.split('/').any(has_drive));
    if !portable {
        return Err(WorkspaceError::NotPortable { path: name.to_owned() });
    }
    let is_fine = |component: Component<'_>| match component {
        Component::Normal(part) => !is_git_folder(part),
        Component::CurDir => true,
        Component::ParentDir => up,
        Component::RootDir | Component::Prefix(_) => false,
    };
    let is_below = name.file_name().is_some() && name.components().all(is_fine);
    if is_below { Ok(()) } else { Err(WorkspaceError::PathEscapes { path: name.to_owned() }) }
}

/// Whether a path, as a lock or a journal holds it, stays below its folder on every system. Nothing is
/// looked up on disk.
#[must_use]
pub fn is_below(name: &Path) -> bool {
    check_name(name, false).is_ok()
}

fn has_drive(text: &str) -> bool {
    matches!(text.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}

/// Whether some system takes the name for git's own folder: case is folded, NTFS drops dots and spaces at
/// the end and has a short name, and HFS+ overlooks invisible characters.
pub(super) fn is_git_folder(name: &OsStr) -> bool {
    const OVERLOOKED: &[char] = &[
        '\u{200c}', '\u{200d}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{206a}',
        '\u{206b}', '\u{206c}', '\u{206d}', '\u{206e}', '\u{206f}', '\u{feff}',
    ];
    let name: String = name.to_string_lossy().chars().filter(|c| !OVERLOOKED.contains(c)).collect();
    let name = name.split(':').next().unwrap_or_default().trim_end_matches(['.', ' ']).to_ascii_lowercase();
    name == ".git" || name == "git~1"
}

/// The nearest folder at or above `path` that has a `.git`: the work tree that it lies in.
pub(super) fn work_tree_around(path: &Path) -> Option<&Path> {
    path.ancestors().find(|folder| fs::symlink_metadata(folder.join(".git")).is_ok())
}

/// Where a path that a person typed really is. One that lies in a work tree by its name must lie there in
/// truth: it may have been typed by a script that took it from a list of changed files.
pub(super) fn resolve_typed(path: &Path) -> Result<PathBuf, WorkspaceError> {
    let failed = || WorkspaceError::io("follow", path);
    let named = without_parents(&std::path::absolute(path).map_err(failed())?).map_err(failed())?;
    let real = resolve(&named).map_err(failed())?;
    // Without links the name is the truth.
    if real == named {
        return Ok(real);
    }
    // The work tree that the name was in before it met its first link: another one behind a link is not it.
    let link = named.ancestors().filter(|ancestor| ancestor.is_symlink()).last();
    let Some(work_tree) = link.and_then(Path::parent).and_then(work_tree_around) else { return Ok(real) };
    let boundary = resolve(work_tree).map_err(failed())?;
    match real.strip_prefix(&boundary) {
        Ok(inner) if !inner.iter().any(is_git_folder) => Ok(real),
        _ => Err(WorkspaceError::LinkLeaves { link: path.to_owned(), target: real, boundary }),
    }
}

/// The path without `..`: where they lead is no matter of names.
fn without_parents(path: &Path) -> io::Result<PathBuf> {
    let parts: Vec<Component<'_>> = path.components().collect();
    let Some(last) = parts.iter().rposition(|part| *part == Component::ParentDir) else { return Ok(path.to_owned()) };
    let (led, named) = parts.split_at(last + 1);
    Ok(resolve(&led.iter().collect::<PathBuf>())?.join(named.iter().collect::<PathBuf>()))
}

/// Reads a regular file; `None` where nothing is. Nothing else is opened: a device may have no end, and a
/// pipe nobody who writes to it.
pub(super) fn read_regular(real: &Path, shown: &Path) -> Result<Option<Vec<u8>>, WorkspaceError> {
    match regular(real, shown)? {
        Some(metadata) if metadata.len() > MOST_BYTES => Err(WorkspaceError::TooLarge { path: shown.to_owned() }),
        Some(metadata) => {
            let file = File::open(real).map_err(WorkspaceError::io("read", shown))?;
            read_bounded(file, usize::try_from(metadata.len()).unwrap_or_default(), shown).map(Some)
        }
        None => Ok(None),
    }
}

/// What is known of the regular file at `path`, or `None` if nothing is there.
pub(super) fn regular(real: &Path, shown: &Path) -> Result<Option<Metadata>, WorkspaceError> {
    let found = match fs::symlink_metadata(real) {
        Ok(metadata) if metadata.is_file() => return Ok(Some(metadata)),
        Ok(metadata) if metadata.is_dir() => "folder",
        Ok(_) => "special file",
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(None),
        Err(error) => return Err(WorkspaceError::io("read", shown)(error)),
    };
    Err(WorkspaceError::NotAFile { path: shown.to_owned(), found })
}

/// Reads to the end, or to where it is too much; `expected` is how many bytes there probably are.
pub(super) fn read_bounded(from: impl io::Read, expected: usize, shown: &Path) -> Result<Vec<u8>, WorkspaceError> {
    // One more, so that the end is seen without growing.
    let mut bytes = Vec::with_capacity(expected + 1);
    from.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(WorkspaceError::io("read", shown))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(WorkspaceError::TooLarge { path: shown.to_owned() });
    }
    Ok(bytes)
}

pub(super) fn text_of(bytes: Vec<u8>, shown: &Path) -> Result<String, WorkspaceError> {
    let invalid = |_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8");
    String::from_utf8(bytes).map_err(invalid).map_err(WorkspaceError::io("read", shown))
}
