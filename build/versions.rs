//! Every version of checklist and blueprints: those below `blueprints/released/`, and the working copies.
//!
//! A released version is a list of what it is made of. Items, parts and templates stand below
//! `released/contents/`, each once, under a name with the digest of its text; what did not change from
//! one version to the next is named by both lists. This is shared by the build, which embeds all of it,
//! the command that releases, and tests.

use std::collections::BTreeMap;
use std::{fmt, fs, io, path::Path};

#[path = "../src/notation/digest.rs"]
mod digest;
#[path = "working.rs"]
mod working;

/// Files by their paths below a folder such as `blueprints/`.
pub type Files = BTreeMap<String, String>;

/// Where released versions stand.
const LISTS: &str = "released/";
/// Where their contents stand.
pub const CONTENTS: &str = "released/contents/";
/// How many digits of a content's digest its name has. The digest of the version covers the rest.
const DIGITS: usize = 16;

/// What a version is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The checklist: its first content is all but the items, and each other one an item.
    Checklist,
    /// A blueprint: its first content is `blueprint.yaml`, and each other one a template.
    Blueprint,
}

/// Whether a version may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is the working copy.
    Working,
    /// It stands below `released/`, and may be corrected.
    Open,
    /// It never changes again.
    Frozen,
}

/// One version.
#[derive(Clone, Debug)]
pub struct Version {
    /// What it is of.
    pub kind: Kind,
    /// The name, such as `production`.
    pub name: String,
    /// The lines that differ in each version, and are therefore kept out of the contents: `version`, and of a
    /// checklist the `blueprints` that go with it.
    pub head: String,
    /// Whether it may change.
    pub status: Status,
    /// What it is made of, in order.
    pub contents: Vec<Content>,
}

/// An item, a part, a template, or what the items share.
#[derive(Clone, Debug)]
pub struct Content {
    /// The name of its file, such as `hpa-calm.yaml`.
    pub name: String,
    /// The text, without the head of a version.
    pub text: String,
    /// The file from which it was read, and the line there at which it begins.
    pub place: (String, usize),
}

impl Kind {
    /// The file that says what the whole is.
    pub fn main_file(self) -> &'static str {
        match self {
            Self::Checklist => "checklist.yaml",
            Self::Blueprint => "blueprint.yaml",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Working => "working copy",
            Self::Open => "open",
            Self::Frozen => "frozen",
        })
    }
}

impl Content {
    /// The path at which it is released.
    pub fn path(&self) -> String {
        let (stem, endings) = self.name.split_once('.').unwrap_or((&self.name, ""));
        let digest = digest::sha256(&[&self.text]);
        format!("{CONTENTS}{stem}@{}.{endings}", &digest[..DIGITS])
    }
}

impl Version {
    /// The name and version.
    pub fn id(&self) -> String {
        format!("{}@{}", self.name, self.number())
    }

    /// The version, such as 2026.12.
    pub fn number(&self) -> &str {
        let value = self.head.lines().find_map(|line| line.strip_prefix("version: "));
        value.unwrap_or_default().trim().trim_matches('"')
    }

    /// Its files as people read them: the checklist in one, a blueprint as `blueprint.yaml` and templates.
    pub fn files(&self) -> Vec<(&str, String)> {
        let Some((main, others)) = self.contents.split_first() else { return Vec::new() };
        let main_text = with_head(&main.text, &self.head);
        match self.kind {
            Kind::Checklist => {
                let items: String = others.iter().map(|item| item.text.as_str()).collect();
                vec![(&main.name, format!("{main_text}items:\n{items}"))]
            }
            Kind::Blueprint => {
                let templates = others.iter().map(|content| (content.name.as_str(), content.text.clone()));
                std::iter::once((main.name.as_str(), main_text)).chain(templates).collect()
            }
        }
    }

    /// The digest of all its files, as locks hold it.
    pub fn digest(&self) -> String {
        let files = self.files();
        let texts: Vec<&str> = match self.kind {
            Kind::Checklist => files.iter().map(|(_, text)| text.as_str()).collect(),
            Kind::Blueprint => files.iter().flat_map(|(name, text)| [*name, text.as_str()]).collect(),
        };
        format!("sha256:{}", digest::sha256(&texts))
    }

    /// What its list holds against an edit of its status by hand. The digest leaves the status out: what a version
    /// says is the same before and after it is frozen, and no lock is to hear of that.
    pub fn seal(&self) -> String {
        digest::sha256(&[&self.digest(), &self.status.to_string()])[..DIGITS].to_owned()
    }

    /// The path of its list.
    pub fn path(&self) -> String {
        format!("{LISTS}{}.yaml", self.id())
    }
}

/// The files below a folder.
#[allow(clippy::disallowed_methods, reason = "these are no files of others")]
pub fn read(folder: &Path) -> io::Result<Files> {
    let mut files = Files::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            files.extend(read(&path)?.into_iter().map(|(below, text)| (format!("{name}/{below}"), text)));
        } else {
            let text = fs::read_to_string(&path).map_err(|error| io::Error::other(format!("{}: {error}", path.display())))?;
            files.insert(name, text);
        }
    }
    Ok(files)
}

/// Every version, each kind and name from the oldest to the newest.
///
/// # Errors
/// A list that is not in order, a content that was edited, or a working copy that is not in order or differs
/// from what was released under its version.
pub fn all(files: &Files) -> Result<Vec<Version>, String> {
    let mut versions = released(files)?;
    for working in working::copies(files)? {
        match versions.iter().find(|version| version.id() == working.id()) {
            Some(released) if released.digest() == working.digest() => {}
            Some(released) => {
                return Err(format!(
                    "{}: {} was released ({}), and the working copy differs from it\n  hint: write the next version there",
                    working.contents[0].place.0,
                    released.id(),
                    released.status
                ));
            }
            None => versions.push(working),
        }
    }
    versions.sort_by_cached_key(|version| (version.kind, version.name.clone(), order(version.number())));
    Ok(versions)
}

/// The versions below `released/`.
///
/// # Errors
/// A list that is not in order, or a content that was edited.
pub fn released(files: &Files) -> Result<Vec<Version>, String> {
    let lists = files.iter().filter(|(path, _)| path.strip_prefix(LISTS).is_some_and(|name| !name.contains('/')));
    lists.map(|(path, text)| listed(files, text).map_err(|error| format!("{path}: {error}"))).collect()
}

/// The version of which this is the list.
fn listed(files: &Files, list: &str) -> Result<Version, String> {
    let value = |key: &str| list.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
    let (kind, name) = match (value("checklist"), value("blueprint")) {
        (Some(name), None) => (Kind::Checklist, name),
        (None, Some(name)) => (Kind::Blueprint, name),
        _ => return Err("names neither a checklist nor a blueprint".to_owned()),
    };
    let status = match value("status") {
        Some("open") => Status::Open,
        Some("frozen") => Status::Frozen,
        _ => return Err("status: is neither open nor frozen".to_owned()),
    };
    let head = list.lines().filter(|line| is_head(line)).map(|line| format!("{line}\n")).collect();
    let contents = list.lines().filter_map(|line| line.strip_prefix("  - ")).map(|name| content(files, name));
    let version = Version { kind, name: name.to_owned(), head, status, contents: contents.collect::<Result<_, _>>()? };
    if value("digest") != Some(version.digest().as_str()) {
        return Err("what it lists is not what was released\n  hint: put the list back".to_owned());
    }
    if value("seal") != Some(version.seal().as_str()) {
        return Err("its status was edited\n  hint: put it back; `cargo run --example release` freezes what is open, and \
                    nothing opens what is frozen"
            .to_owned());
    }
    Ok(version)
}

/// The content with this name below `released/contents/`.
fn content(files: &Files, file: &str) -> Result<Content, String> {
    let path = format!("{CONTENTS}{file}");
    let text = files.get(&path).ok_or_else(|| format!("{path} is missing"))?;
    let (stem, rest) = file.split_once('@').ok_or_else(|| format!("{path} has no digest in its name"))?;
    let (_, endings) = rest.split_once('.').unwrap_or_default();
    let content = Content { name: format!("{stem}.{endings}"), text: text.clone(), place: (path.clone(), 1) };
    if content.path() != path {
        return Err(format!(
            "{path} was edited after its release\n  hint: put it back; an open version is corrected with \
             `cargo run --example release -- take VERSION FOLDER`"
        ));
    }
    Ok(content)
}

/// Whether a line differs in each version.
fn is_head(line: &str) -> bool {
    line.starts_with("version: ") || line.starts_with("blueprints: ")
}

/// The text with the head of a version, which stands behind the name.
fn with_head(text: &str, head: &str) -> String {
    let put = |line: &str| if line.starts_with("name: ") { format!("{line}{head}") } else { line.to_owned() };
    text.split_inclusive('\n').map(put).collect()
}

/// What sorts versions from the oldest to the newest.
fn order(number: &str) -> Vec<(u64, String)> {
    number.split('.').map(|part| (part.parse().unwrap_or_default(), part.to_owned())).collect()
}
