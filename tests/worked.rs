//! The worked examples of CONTRIBUTING.md do what they say, in no more lines and files than they promise.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use plimsoll::check::Rules;

use crate::check::{faults_of_cases, fields_of_one_kind};
use crate::released::newest_checklist_with;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn contributing() -> String {
    fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap()
}

/// What a worked example adds: for each block of code that begins with a path as its comment, the path
/// and the lines for that file.
fn example(title: &str) -> Vec<(String, String)> {
    let text = contributing();
    let section = text.split(&format!("### {title}\n")).nth(1).unwrap_or_else(|| panic!("no example `{title}`"));
    let section = section.split("\n## ").next().unwrap().split("\n### ").next().unwrap();
    let blocks = section.split("\n```").skip(1).step_by(2).filter_map(|block| {
        let (_, block) = block.split_once('\n')?;
        let (path, lines) = block.split_once('\n')?;
        let path = path.strip_prefix("# ").or_else(|| path.strip_prefix("// "))?;
        Some((path.to_owned(), format!("{lines}\n")))
    });
    blocks.collect()
}

/// Holds an example to so many lines in so many files.
fn is_small(blocks: &[(String, String)], lines: usize, files: usize) {
    let all: usize = blocks.iter().map(|(_, text)| text.lines().count()).sum();
    assert!((1..=lines).contains(&all) && blocks.len() <= files, "{all} lines in {} files", blocks.len());
}

#[test]
fn an_item_with_its_rule() {
    let blocks = example("An item with its rule");
    is_small(&blocks, 60, 3);
    let before = newest_checklist_with(|_| {});
    let mut checklist = newest_checklist_with(|files| {
        for (path, text) in blocks.iter().filter_map(|(path, text)| Some((path.strip_prefix("blueprints/")?, text))) {
            files.get_mut(path).unwrap().push_str(&format!("\n{text}"));
        }
    });
    checklist.items.retain(|item| before.item(&item.id).is_none());
    assert_eq!(checklist.items.len(), 1);
    let rules = Rules::compile(checklist).unwrap_or_else(|faults| panic!("{faults:#?}"));
    assert_eq!(rules.misspelt().iter().map(ToString::to_string).collect::<Vec<_>>(), [""; 0]);
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in blocks.iter().filter_map(|(path, text)| Some((path.strip_prefix("golden/check/")?, text))) {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    assert_eq!(faults_of_cases(&rules, folder.path()), [""; 0]);
    assert_eq!(fields_of_one_kind(&rules.checklist), [""; 0]);
}

/// The files below a folder that hold a text.
fn files_with(folder: &Path, found: &mut BTreeSet<String>, holds: &impl Fn(&str) -> bool) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_with(&path, found, holds);
        } else if fs::read_to_string(&path).is_ok_and(|text| holds(&text)) {
            found.insert(path.strip_prefix(root()).unwrap().display().to_string());
        }
    }
}

#[test]
fn an_option_that_a_template_has_as_it_is() {
    let blocks = example("An option that a template has as it is");
    is_small(&blocks, 25, 4);
    for (path, text) in &blocks {
        assert!(fs::read_to_string(root().join(path)).unwrap().contains(text), "{path} does not have\n{text}");
    }
    // Nothing else needs to know of it.
    let mut found = BTreeSet::new();
    let names = ["runtime_class", "runtime-class"];
    for folder in ["src", "blueprints/web-service", "blueprints/parts"] {
        files_with(&root().join(folder), &mut found, &|text| names.iter().any(|name| text.contains(name)));
    }
    assert_eq!(found, blocks.into_iter().map(|(path, _)| path).collect());
}

#[test]
fn tests_that_are_named_exist() {
    let text = contributing();
    let commands = text.lines().filter_map(|line| line.trim_start().strip_prefix("cargo test --test integration "));
    let names: Vec<&str> = commands.flat_map(|names| names.split_whitespace()).filter(|name| name.contains("::")).collect();
    assert!(!names.is_empty());
    for name in names {
        let (module, function) = name.split_once("::").unwrap();
        let code = fs::read_to_string(root().join("tests").join(format!("{module}.rs"))).unwrap();
        assert!(code.contains(&format!("fn {function}")), "no test {name}");
    }
}
