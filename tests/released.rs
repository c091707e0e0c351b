//! Versions of checklist and blueprints: the working copies, what was released, and what is embedded.

use std::collections::BTreeSet;
use std::path::Path;

use plimsoll::blueprint::{Blueprint, source};
use plimsoll::checklist::{self, Checklist};
use plimsoll::yaml::{Fault, Source};

use versions::{Files, Kind, Version};

#[path = "../build/versions.rs"]
mod versions;

/// The files below `blueprints/`.
fn files() -> Files {
    versions::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("blueprints")).unwrap()
}

/// Every version of a kind.
fn all(files: &Files, kind: Kind) -> Vec<Version> {
    let all = versions::all(files).unwrap_or_else(|error| panic!("{error}"));
    all.into_iter().filter(|version| version.kind == kind).collect()
}

/// The text of every version of the checklist, in one file each.
pub fn checklists() -> Vec<String> {
    all(&files(), Kind::Checklist).iter().map(whole).collect()
}

fn whole(version: &Version) -> String {
    version.files().remove(0).1
}

/// A fault of a version in words, with the place in the file that is edited.
fn placed(version: &Version, fault: &Fault) -> String {
    let Some(Source::File(_, place)) = &fault.source else { return fault.to_string() };
    let mut line = place.line as usize;
    for (position, content) in version.contents.iter().enumerate() {
        // Behind the first stands `items:`.
        let beside = if position == 0 { version.head.lines().count() + 1 } else { 0 };
        let lines = content.text.lines().count() + beside;
        if line <= lines {
            return format!("{}:{}: {} [{fault}]", content.place.0, content.place.1 + line - 1, fault.message);
        }
        line -= lines;
    }
    fault.to_string()
}

#[test]
fn every_version_is_in_order_and_embedded() {
    let files = files();
    let checklists = all(&files, Kind::Checklist);
    assert_eq!(checklists.len(), checklist::SHIPPED.len());
    for (version, shipped) in checklists.iter().zip(checklist::SHIPPED) {
        assert_eq!((shipped.id, shipped.digest), (version.id().as_str(), version.digest().as_str()));
        let checklist = Checklist::load(shipped.id, &whole(version)).unwrap_or_else(|faults| {
            panic!("{}", faults.iter().map(|fault| placed(version, fault)).collect::<Vec<_>>().join("\n"))
        });
        assert_eq!(shipped.load().unwrap(), checklist, "{}", shipped.id);
        for (name, number) in checklist.blueprints {
            let needed = format!("{name}@{number}");
            assert!(source::SHIPPED.iter().any(|blueprint| blueprint.id == needed), "{}: {needed} does not ship", shipped.id);
        }
    }
    let blueprints = all(&files, Kind::Blueprint);
    assert_eq!(blueprints.len(), source::SHIPPED.len());
    for (version, shipped) in blueprints.iter().zip(source::SHIPPED) {
        assert_eq!((shipped.id, shipped.digest), (version.id().as_str(), version.digest().as_str()));
        let of_version = version.files();
        let blueprint = Blueprint::load(shipped.id, &of_version[0].1).unwrap_or_else(|faults| {
            panic!("{}", faults.iter().map(|fault| placed(version, fault)).collect::<Vec<_>>().join("\n"))
        });
        assert_eq!(shipped.load().unwrap(), blueprint, "{}", shipped.id);
        let templates: Vec<(&str, &str)> = of_version[1..].iter().map(|(name, text)| (*name, text.as_str())).collect();
        assert_eq!(shipped.templates, templates, "{}", shipped.id);
    }
}

#[test]
fn released_contents_are_all_in_use() {
    let files = files();
    let released = versions::released(&files).unwrap();
    let named: BTreeSet<String> = released.iter().flat_map(|version| &version.contents).map(versions::Content::path).collect();
    for path in files.keys().filter(|path| path.starts_with(versions::CONTENTS)) {
        assert!(named.contains(path), "blueprints/{path} is in no version");
    }
}
