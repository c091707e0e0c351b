//! The lock file: what Plimsoll wrote last, so that the next run can merge against it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::formats::sha256;
use crate::yaml::write;

/// The name of the lock file in a service's folder.
pub const LOCK_FILE: &str = "plimsoll.lock";

/// The version of the lock's format that is written.
const FORMAT: u32 = 1;

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
    /// The digest of the service file.
    pub service: String,
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
    /// The digest of its content.
    pub digest: String,
}

/// A file that was rendered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LockedFile {
    /// The path below the service's folder, with `/`.
    pub path: String,
    /// The digest of `base`.
    pub digest: String,
    /// The text as it was rendered; the base of the next merge.
    pub base: String,
}

impl LockedFile {
    /// A file with its digest.
    #[must_use]
    pub fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), digest: digest(text), base: text.to_owned() }
    }
}

impl Lock {
    /// A lock in the format of this version.
    #[must_use]
    pub fn new(blueprint: Locked, checklist: Locked, service: &str, files: Vec<LockedFile>) -> Self {
        let plimsoll = env!("CARGO_PKG_VERSION").to_owned();
        Self { lock: FORMAT, plimsoll, blueprint, checklist, service: digest(service), files }
    }

    /// The text of the lock file.
    ///
    /// # Errors
    /// A lock that cannot be put into words, which is a bug.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        Ok(format!("{HEADER}{}", write::document(&serde_json::to_value(self)?)))
    }
}

/// The JSON Schema of the lock file.
#[must_use]
pub fn lock_schema() -> Json {
    schemars::schema_for!(Lock).to_value()
}

/// The digest of a text, as locks hold it.
#[must_use]
pub fn digest(text: &str) -> String {
    format!("sha256:{}", sha256(&[text]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_reads_back_what_it_was_given() {
        let locked = |name: &str| Locked { name: name.to_owned(), version: "1".to_owned(), digest: digest(name) };
        let files = vec![LockedFile::new("k8s/a.yaml", "# a\na: \"1\"\n\nb: |\n  x\n"), LockedFile::new("b", "no newline")];
        let lock = Lock::new(locked("web-service"), locked("production"), "name: a\n", files);
        let text = lock.text().unwrap();
        let node = crate::yaml::load_one("plimsoll.lock", &text).unwrap();
        assert_eq!(serde_json::from_value::<Lock>(node.to_json()).unwrap(), lock);
        assert!(text.contains("\n    base: |\n      # a\n      a: \"1\"\n"), "{text}");
    }
}
