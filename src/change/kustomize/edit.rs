//! The text of a kustomization with other files in its list.

use std::path::{Component, Path};

use serde_json::Value as Json;

use crate::merge::{MergePolicy, SourceFile, merge};
use crate::yaml::{self, write};

/// The field that lists files.
const LIST: &str = "resources";

/// What becomes of a text.
#[derive(Debug, PartialEq, Eq)]
pub enum EditedKustomization {
    /// It lists what it shall list.
    Same,
    /// It becomes another one.
    Text {
        /// The text.
        text: String,
        /// The entries that are new in it.
        added: Vec<String>,
        /// The entries that it has no longer, as they were written.
        removed: Vec<String>,
    },
    /// It cannot be edited safely: why, as half a sentence.
    ByHand(String),
}

/// A text that lists files as `add` names them and no longer those of `remove`; both are paths from the
/// folder of the kustomization. All else stays byte for byte.
#[must_use]
pub fn edit(name: &str, text: &str, add: &[String], remove: &[String]) -> EditedKustomization {
    let documents = match yaml::load(name, text) {
        Ok(documents) => documents,
        Err(fault) => return EditedKustomization::ByHand(fault.to_string()),
    };
    let mut roots = documents.iter().filter(|document| document.holds_something).map(|document| document.root.to_json());
    let before = roots.next().unwrap_or_else(|| serde_json::json!({}));
    if roots.next().is_some() {
        return EditedKustomization::ByHand("holds several documents".to_owned());
    }
    let Some(fields) = before.as_object() else { return EditedKustomization::ByHand("is no mapping".to_owned()) };
    let listed = match fields.get(LIST) {
        None | Some(Json::Null) => Vec::new(),
        Some(Json::Array(entries)) if entries.iter().all(Json::is_string) => entries.clone(),
        Some(_) => return EditedKustomization::ByHand(format!("has {LIST} that is no list of paths")),
    };
    let is_listed = |wanted: &str| listed.iter().filter_map(Json::as_str).any(|entry| is_same(entry, wanted));
    let is_removed = |entry: &Json| entry.as_str().is_some_and(|entry| remove.iter().any(|path| is_same(entry, path)));
    let added: Vec<String> = add.iter().filter(|path| !is_listed(path)).cloned().collect();
    let (removed, mut left): (Vec<Json>, Vec<Json>) = listed.iter().cloned().partition(is_removed);
    let removed: Vec<String> = removed.iter().filter_map(Json::as_str).map(str::to_owned).collect();
    if added.is_empty() && removed.is_empty() {
        return EditedKustomization::Same;
    }
    left.extend(added.iter().map(|path| Json::from(path.as_str())));
    let mut after = fields.clone();
    after.insert(LIST.to_owned(), Json::Array(left));
    match spliced(name, text, &before, &Json::Object(after)) {
        Ok(text) => EditedKustomization::Text { text, added, removed },
        Err(why) => EditedKustomization::ByHand(why),
    }
}

/// The files that a text lists, as it writes them; nothing for a text that is no kustomization.
#[must_use]
pub fn listed(name: &str, text: &str) -> Option<Vec<String>> {
    let documents = yaml::load(name, text).ok()?;
    let root = documents.iter().find(|document| document.holds_something).map(|document| &document.root)?;
    let entries = root.get(LIST).map(yaml::Node::items).unwrap_or_default();
    Some(entries.iter().filter_map(yaml::Node::as_str).map(str::to_owned).collect())
}

/// Whether a text is for kustomize; other tools have kinds and files of the same name.
#[must_use]
pub fn is_kustomization(name: &str, text: &str) -> bool {
    // What cannot be read is told by whoever wants to edit it.
    let Ok(documents) = yaml::load(name, text) else { return true };
    let version = documents.iter().find_map(|document| document.root.get("apiVersion")?.as_str());
    version.is_none_or(|version| version.starts_with("kustomize.config.k8s.io/"))
}

/// Whether two paths from the same folder name the same file.
#[must_use]
pub fn is_same(one: &str, other: &str) -> bool {
    let plain = |path: &str| -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        for part in Path::new(path).components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir if words.last().is_some_and(|last| last != "..") => _ = words.pop(),
                part => words.push(part.as_os_str().to_string_lossy().into_owned()),
            }
        }
        words
    };
    plain(one) == plain(other)
}

/// The text with what changes between two values, by the merge that verifies what it has edited.
fn spliced(name: &str, text: &str, before: &Json, after: &Json) -> Result<String, String> {
    let (base, theirs) = (write::document(before), write::document(after));
    if text.trim().is_empty() || before.as_object().is_some_and(serde_json::Map::is_empty) {
        let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        return Ok(format!("{text}{gap}{theirs}"));
    }
    let file = |text| SourceFile { path: name, text };
    let merged = merge(&[file(&base)], &[file(text)], &[file(&theirs)], &MergePolicy::default());
    let merged = merged.map_err(|refusals| refusals.first().map(ToString::to_string).unwrap_or_default())?;
    if let Some(conflict) = merged.conflicts.first() {
        return Err(format!("{} {}", conflict.field, conflict.reason));
    }
    let edited = merged.files.into_iter().find_map(|file| file.text).ok_or_else(|| "cannot be edited".to_owned())?;
    let lists = |text: &str| yaml::load_one(name, text).map(|root| root.to_json()).ok();
    if lists(&edited).as_ref() == Some(after) { Ok(edited) } else { Err("cannot be edited".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(text: &str, add: &[&str], remove: &[&str]) -> Result<String, String> {
        let owned = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>();
        match edit("kustomization.yaml", text, &owned(add), &owned(remove)) {
            EditedKustomization::Same => Ok(text.to_owned()),
            EditedKustomization::Text { text, .. } => Ok(text),
            EditedKustomization::ByHand(why) => Err(why),
        }
    }

    #[test]
    fn only_the_list_changes() {
        let head = "# ours\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";
        let cases = [
            // In a block, with comments and quotes.
            (
                "resources:\n  - a.yaml # first\n  # second\n  - \"b.yaml\"\nnamePrefix: prod-\n",
                "resources:\n  - a.yaml # first\n  # second\n  - \"b.yaml\"\n  - c.yaml\nnamePrefix: prod-\n",
            ),
            // Not indented, at the end, without a line break.
            ("resources:\n- a.yaml\n- ./b.yaml", "resources:\n- a.yaml\n- ./b.yaml\n- c.yaml"),
            (
                "resources: [a.yaml, b.yaml]\nimages: [{name: a, newTag: \"2.0\"}]\n",
                "resources: [a.yaml, b.yaml, c.yaml]\nimages: [{name: a, newTag: \"2.0\"}]\n",
            ),
            ("resources: []\n", "resources:\n  - c.yaml\n"),
            ("commonLabels: {a: b}\n", "commonLabels: {a: b}\nresources:\n  - c.yaml\n"),
            ("resources:\n  - ./c.yaml\n", "resources:\n  - ./c.yaml\n"),
            ("resources:\n  - ../base\n", "resources:\n  - ../base\n  - c.yaml\n"),
        ];
        for (text, expected) in cases {
            let (text, expected) = (format!("{head}{text}"), format!("{head}{expected}"));
            assert_eq!(edited(&text, &["c.yaml"], &[]), Ok(expected));
        }
        assert_eq!(edited("", &["c.yaml"], &[]).as_deref(), Ok("resources:\n  - c.yaml\n"));
        assert_eq!(edited("# mine\n", &["c.yaml"], &[]).as_deref(), Ok("# mine\nresources:\n  - c.yaml\n"));
        assert_eq!(
            edited("resources:\r\n- a.yaml\r\n", &["c.yaml"], &[]).as_deref(),
            Ok("resources:\r\n- a.yaml\r\n- c.yaml\r\n")
        );
    }

    #[test]
    fn what_goes_is_taken_out_however_it_is_written() {
        let text = "resources:\n  - a.yaml\n  # the budget\n  - ./b.yaml\n  - x/../c.yaml\n";
        assert_eq!(edited(text, &[], &["c.yaml"]).as_deref(), Ok("resources:\n  - a.yaml\n  # the budget\n  - ./b.yaml\n"));
        assert_eq!(edited(text, &[], &["b.yaml"]).as_deref(), Ok("resources:\n  - a.yaml\n  - x/../c.yaml\n"));
        assert_eq!(edited("resources: [a.yaml]\n", &["b.yaml"], &["a.yaml"]).as_deref(), Ok("resources:\n  - b.yaml\n"));
        assert_eq!(edited(text, &[], &["d.yaml"]).as_deref(), Ok(text));
    }

    #[test]
    fn what_cannot_be_edited_safely_says_why() {
        for (text, why) in [
            ("resources: &all [a.yaml]\ncrds: *all\n", "tied"),
            ("resources: a.yaml\n", "no list of paths"),
            ("resources:\n  - {a: b}\n", "no list of paths"),
            ("- a\n", "no mapping"),
            ("a: [\n", "YAML"),
            ("resources: [a.yaml]\nresources: [b.yaml]\n", "twice"),
            ("resources: []\n---\nresources: []\n", "several documents"),
        ] {
            let said = edited(text, &["c.yaml"], &[]).unwrap_err();
            assert!(said.contains(why), "{text}{said}");
        }
    }

    #[test]
    fn others_have_files_of_the_same_name() {
        assert!(
            is_kustomization("k", "resources: []\n") && is_kustomization("k", "apiVersion: kustomize.config.k8s.io/v1alpha1\n")
        );
        assert!(!is_kustomization("k", "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"));
    }
}
