//! The worked examples of CONTRIBUTING.md do what they say, in no more lines and files than they promise.

use std::fs;
use std::path::Path;

use plimsoll::check::Rules;

use crate::check::faults_of_cases;
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
        Some((path.strip_prefix("# ")?.to_owned(), format!("{lines}\n")))
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
}

#[test]
fn tests_that_are_named_exist() {
    let text = contributing();
    let commands = text.lines().filter_map(|line| line.trim_start().strip_prefix("cargo test --test integration "));
    let names: Vec<&str> = commands.flat_map(|names| names.split_whitespace()).filter(|name| name.contains("::")).collect();
    assert!(!names.is_empty());
    for name in names {
        let (module, test) = name.split_once("::").unwrap();
        let code = fs::read_to_string(root().join("tests").join(format!("{module}.rs"))).unwrap();
        assert!(code.contains(&format!("fn {test}")), "no test {name}");
    }
}
