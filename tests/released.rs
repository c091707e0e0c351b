//! Versions of checklist and blueprints: the working copies, what was released, and what is embedded.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use plimsoll::blueprint::{Blueprint, source};
use plimsoll::checklist::{self, Checklist};
use plimsoll::yaml::{Fault, Source};

use versions::{Files, Kind, Status, Version};

#[path = "../build/release.rs"]
mod release;
#[path = "../build/versions.rs"]
pub mod versions;

/// The files below `blueprints/`.
pub fn files() -> Files {
    versions::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("blueprints")).unwrap()
}

/// Every version of a kind.
fn all(files: &Files, kind: Kind) -> Vec<Version> {
    let all = versions::all(files).unwrap_or_else(|error| panic!("{error}"));
    all.into_iter().filter(|version| version.kind == kind).collect()
}

/// The newest checklist, with more files or other ones below `blueprints/`.
///
/// # Panics
/// It is not in order: every fault stands with its file and line.
pub fn newest_checklist_with(edit: impl FnOnce(&mut Files)) -> Checklist {
    let mut files = files();
    edit(&mut files);
    loaded(&all(&files, Kind::Checklist).pop().unwrap())
}

fn loaded(version: &Version) -> Checklist {
    Checklist::load(&version.id(), &whole(version))
        .unwrap_or_else(|faults| panic!("{}", faults.iter().map(|fault| placed(version, fault)).collect::<Vec<_>>().join("\n")))
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
        let checklist = loaded(version);
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

/// The working copies with the next versions, and one small change in an item and in a template.
fn changed(files: &mut Files, number: usize) {
    let mut edit = |path: &str, start: &str, line: String| {
        let text = files.get_mut(path).unwrap();
        let old = text.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{path}: no {start}"));
        *text = text.replacen(&format!("{old}\n"), &format!("{line}\n"), 1);
    };
    edit("checklist/checklist.yaml", "version: ", format!("version: \"2040.{number}\""));
    edit("checklist/checklist.yaml", "blueprints: ", format!("blueprints: {{ web-service: 40.{number}.0 }}"));
    edit("web-service/blueprint.yaml", "version: ", format!("version: 40.{number}.0"));
    edit("checklist/availability.yaml", "  sources: ", format!("  sources: [Z] # release {number}"));
    edit("web-service/deployment.yaml.j2", "kind: ", format!("kind: Deployment # {number}"));
}

#[test]
fn locks_do_not_hear_of_a_version_being_frozen() {
    let open = files();
    let (frozen, written) = release::release(&open).unwrap();
    let digests = |files: &Files| -> Vec<String> { versions::all(files).unwrap().iter().map(Version::digest).collect() };
    assert!(!written.is_empty());
    assert_eq!(digests(&open), digests(&frozen));
}

/// The digest that a list states.
fn digest_in(list: &str) -> String {
    list.lines().find_map(|line| line.strip_prefix("digest: ")).unwrap().to_owned()
}

#[test]
fn twenty_releases_cost_lists_only() {
    let folder = tempfile::tempdir().unwrap();
    let (mut files, _) = release::release(&files()).unwrap();
    release::write(folder.path(), &Files::new(), &files).unwrap();
    let size = |files: &Files, below: &str, of: fn(&String) -> usize| -> usize {
        files.iter().filter(|(path, _)| path.starts_with(below)).map(|(_, text)| of(text)).sum()
    };
    let lines: fn(&String) -> usize = |text| text.lines().count();
    let digests = |files: &Files| -> BTreeMap<String, String> {
        versions::all(files).unwrap().iter().map(|version| (version.id(), version.digest())).collect()
    };
    let (before, mut known) = (files.clone(), digests(&files));
    for number in 1..=20 {
        changed(&mut files, number);
        let standing = versions::read(folder.path()).unwrap();
        release::write(folder.path(), &standing, &files).unwrap();
        let (released, written) = release::release(&files).unwrap();
        assert_eq!(written, [format!("production@2040.{number}"), format!("web-service@40.{number}.0")]);
        release::write(folder.path(), &files, &released).unwrap();
        files = versions::read(folder.path()).unwrap();
        assert_eq!(files, released);
        known.extend(written.iter().map(|id| (id.clone(), digest_in(&files[&format!("released/{id}.yaml")]))));
    }
    assert_eq!(digests(&files), known, "a release changes an earlier one");
    // Each release brings one item and one template, beside two lists.
    let one = lines(&before["web-service/deployment.yaml.j2"]) + 60;
    let of_contents = size(&files, versions::CONTENTS, lines) - size(&before, versions::CONTENTS, lines);
    assert!(of_contents < 20 * one, "{of_contents} lines of contents");
    let of_all = size(&files, "released/", lines) - size(&before, "released/", lines);
    let of_version: usize =
        [Kind::Checklist, Kind::Blueprint].iter().map(|kind| all(&files, *kind).pop().unwrap().contents.len()).sum();
    assert!(of_all - of_contents < 20 * (of_version + 20), "{} lines of lists", of_all - of_contents);
    let bytes = size(&files, versions::CONTENTS, String::len) - size(&before, versions::CONTENTS, String::len);
    assert!(bytes < 20 * 20_000, "{bytes} bytes are embedded");
    let newest = all(&files, Kind::Checklist).pop().unwrap();
    assert_eq!(newest.id(), "production@2040.20");
    Checklist::load("newest", &whole(&newest)).unwrap();
}

#[test]
fn what_is_frozen_stays_as_it_was() {
    let (files, _) = release::release(&files()).unwrap();
    let refusal = |edit: &dyn Fn(&mut Files)| {
        let mut edited = files.clone();
        edit(&mut edited);
        versions::all(&edited).map(|versions| versions.len()).unwrap_err()
    };
    let find = |start: &str| files.keys().find(|path| path.starts_with(start)).unwrap().clone();
    let (item, list) = (find("released/contents/hpa-calm@"), find("released/production@2026.11"));
    assert!(refusal(&|files| files.get_mut(&item).unwrap().push('\n')).contains("was edited after its release"));
    assert!(refusal(&|files| drop(files.remove(&item))).contains("is missing"));
    let without_last = |list: &str| list.trim_end().rsplit_once('\n').unwrap().0.to_owned();
    assert!(refusal(&|files| *files.get_mut(&list).unwrap() = without_last(&files[&list])).contains("not what was released"));
    let opened = |files: &mut Files| *files.get_mut(&list).unwrap() = files[&list].replace("status: frozen", "status: open");
    assert!(refusal(&opened).contains("its status was edited\n  hint: put it back"));
    let other = |files: &mut Files| files.get_mut("checklist/network.yaml").unwrap().push_str("  set-by: [name]\n");
    let error = refusal(&other);
    assert!(
        error.contains("was released (frozen), and the working copy differs") && error.contains("hint: write the next version")
    );
    let taken = release::take(&files, "production@2026.11").unwrap();
    assert!(release::put(&files, &taken).unwrap_err().contains("production@2026.11 is not open"));
}

#[test]
fn an_open_version_is_corrected_in_a_folder() {
    let files = files();
    let Some(open) = versions::released(&files).unwrap().into_iter().find(|version| version.status == Status::Open) else {
        return;
    };
    let mut taken = release::take(&files, &open.id()).unwrap();
    assert_eq!(release::put(&files, &taken).unwrap().0, files);
    let (path, text) = taken.iter_mut().next().unwrap();
    assert!(path.ends_with("availability.yaml"), "{path}");
    *text = text.replacen("  why: >-\n", "  why: >-\n    Corrected.\n", 1);
    let (corrected, written) = release::put(&files, &taken).unwrap();
    assert_eq!(written, [open.id()]);
    assert_eq!(release::take(&corrected, &open.id()).unwrap(), taken);
    let contents = |files: &Files| files.keys().filter(|path| path.starts_with(versions::CONTENTS)).count();
    assert_eq!(contents(&corrected), contents(&files), "the old text is gone");
}
