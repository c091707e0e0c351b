//! Texts that are read: what a person named, what was found in folders, and what lies below a service.

use std::collections::BTreeSet;
use std::fs::{self, File, FileType};
use std::io;
use std::path::{Component, Path, PathBuf};

use super::below::{Bounds, read_bounded, read_regular, resolve_typed, text_of, work_tree_around};
use super::error::WorkspaceError;

/// Endings of files that hold manifests.
const ENDINGS: &[&str] = &["yaml", "yml", "json"];

/// Files that Plimsoll itself keeps beside manifests.
const OWN: &[&str] = &["plimsoll.yaml", "plimsoll.lock"];

/// What makes a name a pattern.
const WILD: [char; 3] = ['*', '?', '['];

/// A file to be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Input {
    /// The path, from where the person is.
    pub path: PathBuf,
    /// Where a file really is that was found in a folder; none if a person typed its name.
    found_at: Option<PathBuf>,
}

impl Input {
    /// A file that a person typed, as on a command line; it may be a pipe.
    #[must_use]
    pub fn typed(path: &Path) -> Self {
        Self { path: path.to_owned(), found_at: None }
    }

    /// Reads the file.
    ///
    /// # Errors
    /// It is not there, too large or not UTF-8; or it was found, and is no regular file.
    pub fn read(&self) -> Result<String, WorkspaceError> {
        let bytes = match &self.found_at {
            Some(real) => read_regular(real, &self.path)?.ok_or_else(|| nothing_at(&self.path))?,
            None => read_typed(&self.path)?,
        };
        text_of(bytes, &self.path)
    }
}

/// Reads what a person typed: anything that can be read, a pipe included, up to the bound.
///
/// # Errors
/// It cannot be read, or is too large; or it lies in a work tree only by its name, as a link leads out.
pub fn read_typed(path: &Path) -> Result<Vec<u8>, WorkspaceError> {
    resolve_typed(path)?;
    let file = File::open(path).map_err(WorkspaceError::io("read", path))?;
    read_bounded(file, 0, path)
}

/// Reads all of standard input, up to the bound.
///
/// # Errors
/// It cannot be read, is too large or not UTF-8.
pub fn read_standard_input() -> Result<String, WorkspaceError> {
    let shown = Path::new("standard input");
    text_of(read_bounded(io::stdin().lock(), 0, shown)?, shown)
}

fn nothing_at(path: &Path) -> WorkspaceError {
    WorkspaceError::NothingThere { path: path.to_owned() }
}

/// Finds the files that paths name: a file as it is, a folder with all manifests below it, and a
/// pattern with `*`, `?` or `[…]` where nothing of that name exists. Sorted, each once; and with them every
/// path that names nothing or cannot be read, and every link that leads out of the work tree, or where there
/// is none out of the folder.
#[must_use]
pub fn find_files(paths: &[PathBuf]) -> (Vec<Input>, Vec<WorkspaceError>) {
    let mut search = Search::default();
    for path in paths {
        if path.is_dir() {
            search.folder(path);
        } else if path.exists() {
            search.found.insert(Input::typed(path));
        } else {
            search.pattern(path);
        }
    }
    (search.found.into_iter().collect(), search.faults)
}

/// Reads the manifests in folders below a service's own, or in that one as `.`, by their paths from there
/// with `/`.
///
/// # Errors
/// Every file that cannot be read, that is none of the work tree, or whose name another system would
/// read as another path.
pub fn read_manifests(service: &mut Bounds, folders: &[&str]) -> Result<Vec<(String, String)>, Vec<WorkspaceError>> {
    let bounds = service;
    let dir = bounds.root().to_owned();
    let (found, mut faults) = find_within(&dir, folders, bounds);
    let read = |input: Input| {
        let below = input.path.strip_prefix(&dir).unwrap_or(&input.path);
        let file = bounds.at(below)?;
        let name = below.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
        Ok(file.read_text()?.map(|text| (name, text)))
    };
    let mut texts = Vec::new();
    for outcome in found.into_iter().map(read) {
        match outcome {
            Ok(text) => texts.extend(text),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(texts) } else { Err(faults) }
}

/// Finds the manifests in a folder below a service's own; and with them every file or folder that cannot be
/// read, and every link that leads out of the work tree, or where there is none out of the service's folder.
#[must_use]
pub fn find_manifests(dir: &Path, folder: &str) -> (Vec<Input>, Vec<WorkspaceError>) {
    match Bounds::of_folder(dir) {
        Ok(mut bounds) => find_within(dir, &[folder], &mut bounds),
        Err(fault) => (Vec::new(), vec![fault]),
    }
}

fn find_within(dir: &Path, folders: &[&str], bounds: &mut Bounds) -> (Vec<Input>, Vec<WorkspaceError>) {
    let mut search = Search::default();
    for folder in folders {
        if *folder == "." {
            search.below(dir, bounds);
            continue;
        }
        match bounds.at(Path::new(folder)) {
            Ok(below) if below.real().is_dir() => search.below(&dir.join(folder), bounds),
            Ok(_) => {}
            Err(fault) => search.faults.push(fault),
        }
    }
    (search.found.into_iter().collect(), search.faults)
}

/// Reads a file below a folder that a person named, such as a service's own; `None` where nothing is.
///
/// # Errors
/// It is no regular file, too large or not UTF-8; or a link leads out of the work tree.
pub fn read_below(dir: &Path, name: &str) -> Result<Option<String>, WorkspaceError> {
    Bounds::of_folder(dir)?.read(name)
}

/// Reads a file that a text in `dir` names, such as an organisation's own checklist: the name may lead up
/// within the work tree, and not out of it.
///
/// # Errors
/// It is not there, no regular file of the work tree, too large or not UTF-8.
pub fn read_near(dir: &Path, name: &Path) -> Result<String, WorkspaceError> {
    let text = Bounds::of_folder(dir)?.near(name)?.read_text()?;
    let path: PathBuf = dir.join(name).components().collect();
    text.ok_or_else(|| WorkspaceError::io("read", path)(io::ErrorKind::NotFound.into()))
}

/// Where a file really is that a text in `dir` names, if it may be read and is there.
#[must_use]
pub fn place_near(dir: &Path, name: &Path) -> Option<PathBuf> {
    let place = Bounds::of_folder(dir).ok()?.near(name).ok()?;
    place.exists().then(|| place.real().to_owned())
}

/// Finds the folders at and below others that hold a file of this name, sorted, each once.
///
/// # Errors
/// Every folder that is not there or cannot be read.
pub fn find_folders_with(folders: &[PathBuf], name: &str) -> Result<Vec<PathBuf>, Vec<WorkspaceError>> {
    let (mut found, mut faults) = (BTreeSet::new(), Vec::new());
    for folder in folders {
        let mut note = |path: &Path, _: FileType| {
            if path.file_name().is_some_and(|file| file == name) {
                found.extend(path.parent().map(Path::to_owned));
            }
        };
        // Another repository in this one has its own updates, hooks and people.
        let own = |real: PathBuf| work_tree_around(&real).map(Path::to_owned);
        let walked = resolve_typed(folder).and_then(|real| walk(folder, own(real).is_some(), &mut note));
        faults.extend(walked.err());
    }
    if faults.is_empty() { Ok(found.into_iter().collect()) } else { Err(faults) }
}

/// What a search has come to.
#[derive(Default)]
struct Search {
    found: BTreeSet<Input>,
    faults: Vec<WorkspaceError>,
}

impl Search {
    /// The manifests below a folder.
    fn folder(&mut self, folder: &Path) {
        match Bounds::of_folder(folder) {
            Ok(mut bounds) => self.below(folder, &mut bounds),
            Err(fault) => self.faults.push(fault),
        }
    }

    /// The manifests below a folder that is in these bounds.
    fn below(&mut self, folder: &Path, bounds: &mut Bounds) {
        let (found, faults) = (&mut self.found, &mut self.faults);
        let mut take = |path: &Path, kind: FileType| {
            let is_own = path.file_name().is_some_and(|name| OWN.iter().any(|own| name == *own));
            if is_own || !is_manifest(path) {
                return;
            }
            match real_place(path, kind, bounds) {
                Ok(real) => _ = found.insert(Input { path: path.to_owned(), found_at: Some(real) }),
                Err(fault) => faults.push(fault),
            }
        };
        let walked = walk(folder, false, &mut take);
        self.faults.extend(walked.err());
    }

    /// What matches a pattern was found, not typed; its folder is that in front of the first wildcard.
    fn pattern(&mut self, path: &Path) {
        let before = self.found.len();
        let matches = path.to_str().filter(|text| text.contains(WILD)).and_then(|text| glob::glob(text).ok());
        let is_plain = |part: &Component<'_>| !part.as_os_str().to_string_lossy().contains(WILD);
        let root: PathBuf = path.components().take_while(is_plain).collect();
        let mut bounds = match Bounds::of_folder(&root) {
            Ok(bounds) => bounds,
            Err(fault) => return self.faults.push(fault),
        };
        for path in matches.into_iter().flatten().flatten() {
            let place = bounds.found(path.strip_prefix(&root).unwrap_or(&path));
            match place {
                Ok(place) if place.real().is_dir() => self.below(&path, &mut bounds),
                Ok(place) => _ = self.found.insert(Input { path, found_at: Some(place.real().to_owned()) }),
                Err(fault) => self.faults.push(fault),
            }
        }
        if self.found.len() == before && self.faults.is_empty() {
            self.faults.push(nothing_at(path));
        }
    }
}

/// Where a file really is that a walk has met. A walk follows no links: only the last part may be one.
fn real_place(path: &Path, kind: FileType, bounds: &mut Bounds) -> Result<PathBuf, WorkspaceError> {
    if !kind.is_symlink() {
        return Ok(path.to_owned());
    }
    let name = path.strip_prefix(bounds.root()).unwrap_or(path).to_owned();
    Ok(bounds.found(&name)?.real().to_owned())
}

/// Shows every file below a folder, those of other repositories in it only if it is said so. Hidden folders are git's and other tools'; links to folders are not
/// followed, so that no loop is.
fn walk(folder: &Path, stays_in_repository: bool, show: &mut dyn FnMut(&Path, FileType)) -> Result<(), WorkspaceError> {
    for entry in fs::read_dir(folder).map_err(WorkspaceError::io("read", folder))? {
        let entry = entry.map_err(WorkspaceError::io("read", folder))?;
        let path = entry.path();
        let kind = entry.file_type().map_err(WorkspaceError::io("read", &path))?;
        if kind.is_dir() {
            let is_other = stays_in_repository && fs::symlink_metadata(path.join(".git")).is_ok();
            if !entry.file_name().as_encoded_bytes().starts_with(b".") && !is_other {
                walk(&path, stays_in_repository, show)?;
            }
        } else if !kind.is_symlink() || !path.is_dir() {
            show(&path, kind);
        }
    }
    Ok(())
}

fn is_manifest(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "Kustomization")
        || path.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}
