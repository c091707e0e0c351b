//! A checklist by what it is read from.

use std::path::{Component, Path, PathBuf};

use crate::check::Rules;
use crate::checklist::{self, Checklist, OwnChecklist};
use crate::workspace::{Input, WorkspaceError, place_near, read_near, stands};
use crate::yaml::{Fault, Route};

/// A checklist by what it is read from. Nothing has been read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChecklistName {
    /// One that ships with Plimsoll.
    Shipped(&'static checklist::ShippedChecklist),
    /// An organisation's own, in a file that a person named on the command line.
    Typed(PathBuf),
    /// An organisation's own, in a file that the service file in a folder names: it lies in the same work
    /// tree.
    Named {
        /// The folder of the service.
        dir: PathBuf,
        /// The file as seen from there.
        name: PathBuf,
        /// The version that it extends, where the file leaves that open and a lock does not.
        locked: Option<String>,
    },
}

/// A checklist that is in order.
pub struct LoadedChecklist {
    /// The checklist.
    pub checklist: Checklist,
    /// The digest of all that it was read from.
    pub digest: String,
    /// The file, where it is an organisation's own.
    pub file: Option<PathBuf>,
    /// Its rules, where they have been compiled to see that they can be.
    pub rules: Option<Rules>,
}

impl ChecklistName {
    /// The checklist of that name, or in that file, which a person typed.
    ///
    /// # Errors
    /// None of that name ships; the fault has neither field nor source.
    pub(super) fn typed(name: &str) -> Result<Self, Fault> {
        Ok(Self::shipped(name)?.unwrap_or_else(|| Self::Typed(PathBuf::from(name))))
    }

    /// The checklist that a service file in `dir` names.
    ///
    /// # Errors
    /// As for [`typed`](Self::typed).
    pub(super) fn seen(name: &str, dir: &Path) -> Result<Self, Fault> {
        let named = || Self::Named { dir: dir.to_owned(), name: PathBuf::from(name), locked: None };
        Ok(Self::shipped(name)?.unwrap_or_else(named))
    }

    fn shipped(name: &str) -> Result<Option<Self>, Fault> {
        if !is_path(name) {
            return checklist::ShippedChecklist::named(name).map(|shipped| Some(Self::Shipped(shipped))).map_err(|fault| {
                let hint = fault.hint.clone().unwrap_or_default();
                fault.hint(format!("{hint}; a file is written with its ending, as in ./acme.yaml"))
            });
        }
        Ok(None)
    }

    /// The same over the version that a lock says it extends.
    pub(super) fn over(mut self, version: Option<String>) -> Self {
        if let Self::Named { locked, .. } = &mut self {
            *locked = version;
        }
        self
    }

    /// The same as it is for every folder that names it.
    pub(super) fn canonical(&self) -> Self {
        let Self::Named { dir, name, locked } = self else { return self.clone() };
        // Seen from its own folder, a file that may be read has one name.
        let place = place_near(dir, name);
        place.map_or_else(|| self.clone(), |place| Self::Named { dir: PathBuf::new(), name: place, locked: locked.clone() })
    }

    /// The file, where it is an organisation's own.
    pub(super) fn file(&self) -> Option<PathBuf> {
        match self {
            Self::Shipped(_) => None,
            Self::Typed(path) => Some(path.clone()),
            Self::Named { dir, name, .. } => {
                let path = dir.join(name);
                // The folder of a service that is yet to be made cannot be walked out of.
                Some(if stands(&path) { path } else { tidy(&path) })
            }
        }
    }

    fn text(&self) -> Result<String, WorkspaceError> {
        match self {
            Self::Named { dir, name, .. } => read_near(dir, name),
            other => Input::typed(&other.file().unwrap_or_default()).read(),
        }
    }

    /// Reads the checklist.
    ///
    /// # Errors
    /// The checklist is not there or not in order. What is not about the text of a file has no source.
    pub(super) fn load(&self) -> Result<LoadedChecklist, Vec<Fault>> {
        match self {
            Self::Shipped(shipped) => {
                let faulty = |error| vec![Fault::new(Route::root(), format!("{} is faulty: {error}", shipped.id))];
                let checklist = shipped.load().map_err(faulty)?;
                Ok(LoadedChecklist { checklist, digest: shipped.digest.to_owned(), file: None, rules: None })
            }
            Self::Typed(_) | Self::Named { .. } => {
                let file = self.file();
                let text = self.text().map_err(|error| vec![Fault::new(Route::root(), error.to_string())])?;
                let locked = if let Self::Named { locked, .. } = self { locked.as_deref() } else { None };
                let name = tidy(file.as_deref().unwrap_or(Path::new(""))).display().to_string();
                let own = OwnChecklist::over(&name, &text, locked)?;
                let rules = Rules::compile_own(&own)?;
                let digest = format!("sha256:{}", own.digest);
                Ok(LoadedChecklist { checklist: own.checklist, digest, file, rules: Some(rules) })
            }
        }
    }
}

/// Reads an organisation's checklist.
pub(super) fn read_own(path: &Path) -> Result<OwnChecklist, Vec<Fault>> {
    let text = Input::typed(path).read().map_err(|error| vec![Fault::new(Route::root(), error.to_string())])?;
    OwnChecklist::load(&tidy(path).display().to_string(), &text)
}

/// The name of a checklist as a service file in `dir` has it: a path is one from there.
#[must_use]
pub fn seen_from(name: &str, dir: &Path) -> String {
    let absolute = |path: &Path| std::path::absolute(path).map(|path| tidy(&path));
    if !is_path(name) || Path::new(name).is_absolute() {
        return name.to_owned();
    }
    let (Ok(file), Ok(dir)) = (absolute(Path::new(name)), absolute(dir)) else { return name.to_owned() };
    let shared = file.components().zip(dir.components()).take_while(|(one, other)| one == other).count();
    let up = dir.components().skip(shared).map(|_| "..".to_owned());
    let down = file.components().skip(shared).map(|part| part.as_os_str().to_string_lossy().into_owned());
    let parts: Vec<String> = up.chain(down).collect();
    let path = parts.join("/");
    if path.starts_with("..") { path } else { format!("./{path}") }
}

/// Whether a checklist is named by a path, not by name and version.
pub(super) fn is_path(name: &str) -> bool {
    name.contains(['/', '\\']) || [".yaml", ".yml", ".json"].iter().any(|ending| name.ends_with(ending))
}

/// A path without `.` and, where they can be told to be needless, `..`.
fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(tidy.components().next_back(), Some(Component::Normal(_))) => _ = tidy.pop(),
            other => tidy.push(other),
        }
    }
    tidy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checklist_is_named_as_the_service_file_sees_it() {
        let seen = |name: &str, dir: &str| seen_from(name, Path::new(dir));
        assert_eq!(seen("acme.yaml", "."), "./acme.yaml");
        assert_eq!(seen("acme.yaml", "services/cart"), "../../acme.yaml");
        assert_eq!(seen("services/lists/acme.yaml", "services/cart"), "../lists/acme.yaml");
        assert_eq!(seen("production@2026.11", "services/cart"), "production@2026.11");
        assert_eq!(seen("/etc/acme.yaml", "services/cart"), "/etc/acme.yaml");
    }

    #[test]
    fn paths_are_shown_as_short_as_they_are() {
        let shown = |path: &str| tidy(Path::new(path)).display().to_string();
        assert_eq!(shown("./services/cart/../../acme.yaml"), "acme.yaml");
        assert_eq!(shown("../acme.yaml"), "../acme.yaml");
    }
}
