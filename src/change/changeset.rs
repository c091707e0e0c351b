//! Files that are written and committed together.

use super::shown::shown_file;
use crate::manifest::Secrets;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Objects for a cluster; merged by their structure.
    Manifest,
    /// What people have answered: the service file.
    Values,
    /// What only tools read beside the manifests: the lock, a kustomization.
    Text,
}

/// A file with its text before and after; `None` where there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutFile {
    /// The path below the service's folder, with `/`.
    pub path: String,
    /// What it holds.
    pub kind: FileKind,
    /// Its text before.
    pub before: Option<String>,
    /// Its text after.
    pub text: Option<String>,
}

impl OutFile {
    /// A file that comes, changes or goes.
    #[must_use]
    pub fn new(path: &str, kind: FileKind, before: Option<String>, text: Option<String>) -> Self {
        Self { path: path.to_owned(), kind, before, text }
    }

    /// The file as reports may have it: without its secrets.
    #[must_use]
    pub fn shown(&self, secrets: &Secrets) -> Self {
        let (before, text) = shown_file(secrets, &self.path, self.before.as_deref(), self.text.as_deref());
        Self { path: self.path.clone(), kind: self.kind, before, text }
    }
}

/// What is written for one service, by paths below its folder.
#[derive(Clone, Debug, Default)]
pub struct Changeset<'f> {
    /// The files that are written.
    pub files: Vec<&'f OutFile>,
    /// Files that it was worked out from, and that go into the commit as they stand.
    pub inputs: Vec<&'f str>,
    /// Files that are as they shall be already, and have to be committed with the others.
    pub relied_on: Vec<&'f str>,
    /// Files of the last render that are not on disk.
    pub missing: Vec<&'f str>,
    /// Other files that it was worked out from, with what was read; nothing where there was none. If they are
    /// not so any more, nothing is written.
    pub read: Vec<(&'f str, Option<&'f str>)>,
}
