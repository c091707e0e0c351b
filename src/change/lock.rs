//! The lock file: what Plimsoll wrote last, so that the next run can merge against it.
//!
//! Git merges it by lines, as a forge does that knows no merge driver. So it holds nothing that two branches
//! may both change and that can be worked out from the rest: no digest of the service file, of a base or of
//! what ships. What git puts together cleanly is the lock of both, or is refused.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::notation::sha256;
use crate::yaml::{Fault, load_one, write};

/// The name of the lock file in a service's folder.
pub const LOCK_FILE: &str = "plimsoll.lock";

/// The version of the lock's format that is written.
const FORMAT: u32 = 2;

const HEADER: &str = "# What Plimsoll wrote last, for the next update to merge against. Not to be edited; commit it.\n";

/// What Plimsoll wrote last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Lock {
    /// The version of this file's format.
    pub lock: u32,
    /// The version of Plimsoll that wrote the files.
    pub plimsoll: String,
    /// The blueprint that was rendered.
    pub blueprint: Locked,
    /// The checklist that was asked.
    pub checklist: Locked,
    /// The digest of the service file, as locks of the first format have it. It says nothing.
    #[serde(skip_serializing, default)]
    #[schemars(skip)]
    pub service: Option<String>,
    /// The files, each with its text as it was rendered.
    pub files: Vec<LockedFile>,
}

/// A blueprint or checklist, exactly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Locked {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The shipped checklist that an organisation's own extends, by name and version.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub extends: Option<String>,
    /// The digest of its content, for an organisation's own checklist. What ships never changes under its
    /// version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

impl Locked {
    /// What ships under a name and version.
    #[must_use]
    pub fn shipped(name: &str, version: &str) -> Self {
        Self { name: name.to_owned(), version: version.to_owned(), extends: None, digest: None }
    }

    /// Its name and version.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }

    /// Whether two are the same, as far as both tell.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        let digests = self.digest.as_ref().zip(other.digest.as_ref());
        self.name == other.name && self.version == other.version && digests.is_none_or(|(one, other)| one == other)
    }
}

/// A file that was rendered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LockedFile {
    /// The path below the service's folder, with `/`.
    pub path: String,
    /// The digest of `base`, as locks of the first format have it. Where it stands, it has to be right.
    #[serde(skip_serializing, default)]
    #[schemars(skip)]
    pub digest: Option<String>,
    /// The text as it was rendered; the base of the next merge.
    pub base: String,
}

impl LockedFile {
    /// A file with its text.
    #[must_use]
    pub fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), digest: None, base: text.to_owned() }
    }
}

/// Why a lock cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LockFault {
    /// A newer Plimsoll wrote it.
    #[error(
        "was written by Plimsoll {by} in format {format}; this one ({own}) is older, and knows formats up to {FORMAT}",
        own = env!("CARGO_PKG_VERSION")
    )]
    Newer {
        /// The version that wrote it.
        by: String,
        /// The version of its format.
        format: u64,
    },
    /// It is not as Plimsoll wrote it.
    #[error("is not as Plimsoll wrote it: {what}")]
    Damaged {
        /// What is wrong, as half a sentence.
        what: String,
    },
}

impl Lock {
    /// Reads the text of a lock file.
    ///
    /// # Errors
    /// A newer Plimsoll wrote it, or it was edited since.
    pub fn read(text: &str) -> Result<Self, LockFault> {
        let damaged = |what: String| LockFault::Damaged { what };
        let in_words = |faults: Vec<Fault>| faults.first().map(ToString::to_string).unwrap_or_default();
        if text.lines().any(|line| ["<<<<<<< ", "||||||| ", ">>>>>>> "].iter().any(|marker| line.starts_with(marker))) {
            return Err(damaged("it has a conflict marker of git".to_owned()));
        }
        let json = load_one(LOCK_FILE, text).map_err(|faults| damaged(in_words(faults)))?.to_json();
        let by = json.get("plimsoll").and_then(Json::as_str).unwrap_or_default().to_owned();
        let format = json.get("lock").and_then(Json::as_u64).unwrap_or_default();
        if format > u64::from(FORMAT) || numbers(&by) > numbers(env!("CARGO_PKG_VERSION")) {
            return Err(LockFault::Newer { by, format });
        }
        if !text.ends_with('\n') {
            return Err(damaged("its end is missing".to_owned()));
        }
        let lock: Self = serde_json::from_value(json).map_err(|error| damaged(error.to_string()))?;
        let mut paths = BTreeSet::new();
        if let Some(file) = lock.files.iter().find(|file| !paths.insert(&file.path)) {
            return Err(damaged(format!("it has {} twice", file.path)));
        }
        // What is written is named so, whoever has edited the lock since.
        let is_below = |path: &str| {
            let steps = |step: &str| !matches!(step, "" | "." | "..") && !step.eq_ignore_ascii_case(".git");
            path.split('/').all(steps) && !path.contains(['\\', ':']) && !path.contains(char::is_control)
        };
        if let Some(file) = lock.files.iter().find(|file| !is_below(&file.path)) {
            return Err(damaged(format!("{:?} is no path below the folder of the service", file.path)));
        }
        let is_other = |file: &&LockedFile| file.digest.as_ref().is_some_and(|known| *known != digest(&file.base));
        match lock.files.iter().find(is_other) {
            Some(file) => Err(damaged(format!("the text of {} does not have its digest", file.path))),
            None => Ok(lock.without_digests()),
        }
    }

    /// The same without the digests of the first format.
    fn without_digests(mut self) -> Self {
        self.service = None;
        self.files.iter_mut().for_each(|file| file.digest = None);
        self
    }

    /// A lock in the format of this version.
    #[must_use]
    pub fn new(blueprint: Locked, checklist: Locked, files: Vec<LockedFile>) -> Self {
        let plimsoll = env!("CARGO_PKG_VERSION").to_owned();
        Self { lock: FORMAT, plimsoll, blueprint, checklist, service: None, files }
    }

    /// The text of the lock file.
    ///
    /// # Errors
    /// A lock that cannot be put into words, which is a bug.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        Ok(format!("{HEADER}{}", write::document(&serde_json::to_value(self)?)))
    }
}

/// The numbers of a version, for comparison.
fn numbers(version: &str) -> Vec<u64> {
    version.split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect()
}

/// The JSON Schema of the lock file, made from [`Lock`]: what the shipped file has to be.
#[must_use]
pub fn lock_schema_of_type() -> Json {
    schemars::schema_for!(Lock).to_value()
}

/// The digest of a text, as locks of the first format hold it.
fn digest(text: &str) -> String {
    format!("sha256:{}", sha256(&[text]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_reads_back_what_it_was_given() {
        let locked = |name: &str, digest: Option<&str>| Locked {
            name: name.to_owned(),
            version: "1".to_owned(),
            extends: None,
            digest: digest.map(str::to_owned),
        };
        let files = vec![LockedFile::new("k8s/a.yaml", "# a\na: \"1\"\n\nb: |\n  x\n"), LockedFile::new("b", "no newline")];
        let lock = Lock::new(locked("web-service", None), locked("acme", Some("sha256:1")), files);
        let text = lock.text().unwrap();
        assert_eq!(Lock::read(&text).unwrap(), lock);
        assert!(text.contains("\n    base: |\n      # a\n      a: \"1\"\n"), "{text}");
        assert_eq!(text.matches("digest").count(), 1, "{text}");

        let damaged = |from: &str, to: &str| Lock::read(&text.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(damaged("plimsoll: ", "plimsoll: 99.").contains("was written by Plimsoll 99."));
        assert!(damaged("lock: 2", "lock: 3").contains("in format 3; this one"));
        for path in ["../b", "/b", "k8s/../../b", ".git/hooks/b", "'k8s\\b'", "''"] {
            assert!(damaged("- path: b\n", &format!("- path: {path}\n")).contains("is no path below the folder"), "{path}");
        }
        assert!(damaged("- path: b\n", "- path: k8s/a.yaml\n").contains("it has k8s/a.yaml twice"));
        assert!(Lock::read(text.trim_end()).unwrap_err().to_string().contains("its end is missing"));
        assert!(damaged("files:", "filse:").contains("is not as Plimsoll wrote it"));
        assert!(damaged("files:", "<<<<<<< ours\nfiles:").contains("conflict marker"));
        assert!(damaged("files:", ">>>>>>> theirs\nfiles:").contains("conflict marker"));
    }

    #[test]
    fn a_lock_of_the_first_format_is_read_and_its_digests_are_held() {
        let first = |digest: &str| {
            format!(
                "lock: 1\nplimsoll: 0.1.0\nblueprint: {{name: b, version: '1', digest: sha256:b}}\nchecklist: {{name: c, version: '1', \
                 digest: sha256:c}}\nservice: sha256:d\nfiles:\n  - path: a\n    digest: {digest}\n    base: text\n"
            )
        };
        let lock = Lock::read(&first(&digest("text"))).unwrap();
        assert_eq!(lock.files, [LockedFile::new("a", "text")]);
        assert!(lock.blueprint.is(&Locked { digest: None, ..lock.blueprint.clone() }));
        assert!(Lock::read(&first("sha256:0")).unwrap_err().to_string().contains("the text of a does not have its digest"));
    }
}
