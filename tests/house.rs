//! Rules of the house: layers, schemas and what the documents say.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use plimsoll::blueprint::source::SHIPPED;
use plimsoll::checklist;
use plimsoll::limits::Limit;
use plimsoll::manifest::WORKLOADS;

use crate::support::golden;

/// Outside crates that belong to one module alone.
const OWNERS: &[(&str, &[&str])] = &[
    ("granit_parser", &["yaml"]),
    ("serde_yaml", &["yaml", "manifest"]),
    ("k8s_openapi", &["manifest"]),
    ("minijinja", &["blueprint"]),
    ("git2", &["workspace"]),
    ("tempfile", &["workspace"]),
    ("cel", &["check"]),
    ("regex", &["check"]),
    ("rustix", &["workspace"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("dialoguer", &["cli"]),
    ("console", &["cli"]),
    ("signal_hook", &["workspace", "cli"]),
];

/// Who may print what is not made harmless on its way: data, and notations that have escapes of their own.
const AS_IT_IS: &[(&str, &[&str])] = &[
    ("ui::data(", &["render", "merge", "schema", "shell", "export", "check", "checklist"]),
    ("ui::help(", &["mod"]),
    ("ui::styled_elsewhere(", &["mod", "prompt"]),
];

/// What layers 0 to 4 must not touch.
const IMPURE: &[&str] =
    &["std::fs", "std::env::var", "std::process", "std::net", "SystemTime", "Instant::now", "jiff::Zoned", "println!"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every source file with its module and its text up to the unit tests.
fn modules() -> Vec<(String, PathBuf, String)> {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    files
        .into_iter()
        .filter_map(|path| {
            let below = path.strip_prefix(root().join("src")).unwrap();
            let module = below.components().next()?.as_os_str().to_str()?.to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
            below.parent().is_some_and(|parent| parent.components().count() > 0).then_some((module, path, code))
        })
        .collect()
}

/// Every template of every version of a blueprint, with its path.
fn templates() -> impl Iterator<Item = (String, &'static str)> {
    SHIPPED.iter().flat_map(|shipped| shipped.templates.iter().map(|(file, text)| (format!("{}/{file}", shipped.id), *text)))
}

/// The modules from the bottom, as `src/lib.rs` lists them, each with its layer.
fn layers() -> Vec<(String, String)> {
    let text = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("//! | ")?.split_once(" | [`"));
    let modules = rows.filter_map(|(layer, rest)| Some((layer.to_owned(), rest.split_once('`')?.0.to_owned())));
    modules.filter(|(layer, _)| layer.parse::<u8>().is_ok()).collect()
}

#[test]
fn layers_import_upward_only() {
    let layers = layers();
    // Those of layer 3 do not know each other, so they stand side by side.
    let beside = layers.iter().position(|(layer, _)| layer == "3").unwrap();
    let layer = |module: &str| {
        let at = layers.iter().position(|(_, name)| name == module)?;
        Some(if layers[at].0 == "3" { beside } else { at })
    };
    for (module, path, code) in modules() {
        let own = layer(&module).unwrap_or_else(|| panic!("{module} stands in no layer"));
        for (at, _) in code.match_indices("crate::") {
            let used: String = code[at + 7..].chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            let Some(theirs) = layer(&used) else { continue };
            assert!(theirs < own || used == module, "{} uses {used}, which stands below it", path.display());
        }
        for (name, owners) in OWNERS {
            let uses = code.contains(&format!("{name}::")) || code.contains(&format!("use {name}"));
            assert!(!uses || owners.contains(&module.as_str()), "{} uses {name}, which belongs to {owners:?}", path.display());
        }
        if own <= layer("change").unwrap() {
            for word in IMPURE {
                assert!(!code.contains(word), "{} is not pure: {word}", path.display());
            }
        }
        if !path.ends_with("cli/ui.rs") {
            let prints = ["anstream::", "io::stdout().", "io::stderr().write"].into_iter().find(|word| code.contains(word));
            assert_eq!(prints, None, "{} prints", path.display());
        }
        for (word, files) in AS_IT_IS {
            let may = files.iter().any(|file| path.ends_with(format!("cli/{file}.rs")));
            assert!(may || !code.contains(word), "{} writes text as it is by {word}", path.display());
        }
    }
}

/// Where else a kind of workload needs to be told from the others, `manifest::Workload` tells it.
#[test]
fn kinds_of_workloads_are_listed_in_one_table() {
    for (_, path, code) in modules().into_iter().filter(|(_, path, _)| !path.ends_with("manifest/workload.rs")) {
        // `Pod` stands for the Pods of every workload, too.
        let kinds = WORKLOADS.iter().map(|workload| workload.kind).filter(|kind| *kind != "Pod");
        let is_named = |kind: &&str| ["\"", ".", "/"].iter().any(|end| code.contains(&format!("\"{kind}{end}")));
        let named: Vec<&str> = kinds.filter(is_named).collect();
        assert!(named.len() < 2, "{} lists {named:?}: see src/manifest/workload.rs", path.display());
    }
}

/// Files of one folder that still import each other in a circle; to be cut, and no others to be added.
const CIRCLES: &[(&str, &[&str])] = &[("src/yaml", &["load", "loader", "scan"])];

/// Whether a file imports one that stands beside it, by its name.
fn imports(code: &str, folder: &str, beside: &str) -> bool {
    let is_whole = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '(');
    let by_path = [format!("super::{beside}"), format!("{folder}{beside}")].into_iter().any(|path| {
        code.match_indices(&path).any(|(at, _)| !code[..at].ends_with("super::") && is_whole(&code[at + path.len()..]))
    });
    let lists = code.split("use super::{").skip(1).filter_map(|rest| rest.split(';').next());
    let mut words = lists.flat_map(|list| list.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
    by_path || words.any(|word| word == beside)
}

#[test]
fn files_of_a_folder_import_in_no_circle() {
    let mut folders: BTreeMap<PathBuf, BTreeMap<String, String>> = BTreeMap::new();
    for (_, path, code) in modules() {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if name != "mod" {
            folders.entry(path.parent().unwrap().to_owned()).or_default().insert(name, code);
        }
    }
    let mut circles = Vec::new();
    for (folder, files) in folders {
        let below = folder.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
        let way = format!("{}::", below.replacen("src", "crate", 1).replace('/', "::"));
        let mut left: BTreeSet<&String> = files.keys().collect();
        let uses = |file: &String, other: &String| file != other && imports(&files[file], &way, other);
        // What imports none of the others, or is imported by none, stands in no circle.
        while let Some(free) = left
            .iter()
            .copied()
            .find(|file| !left.iter().any(|other| uses(file, other)) || !left.iter().any(|other| uses(other, file)))
        {
            left.remove(free);
        }
        if !left.is_empty() {
            circles.push((below, left.into_iter().cloned().collect::<Vec<_>>()));
        }
    }
    let known: Vec<_> =
        CIRCLES.iter().map(|(folder, files)| ((*folder).to_owned(), files.iter().map(ToString::to_string).collect())).collect();
    assert_eq!(circles, known, "files that import each other in a circle");
}

#[test]
fn comments_in_templates_name_items_of_the_checklist() {
    let checklists: Vec<_> = checklist::SHIPPED.iter().map(|shipped| shipped.load().unwrap()).collect();
    for (file, text) in templates() {
        for line in text.lines().filter_map(|line| line.trim_start().strip_prefix("# ")) {
            let items = line.split(':').next().unwrap_or_default();
            for item in items.split(", ") {
                assert!(checklists.iter().any(|checklist| checklist.item(item).is_some()), "{file}: `{item}` is no item");
            }
        }
    }
}

#[test]
fn templates_hold_no_number_of_the_checklist() {
    let fields = ["replicas", "Seconds", "Skew", "Surge", "Unavailable", "Replicas", "History", "Utilization"];
    for (file, text) in templates() {
        for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
            let Some((key, value)) = line.split_once(':') else { continue };
            let is_number = value.trim().chars().next().is_some_and(|c| c.is_ascii_digit());
            assert!(!(is_number && fields.iter().any(|field| key.contains(field))), "{file}: {line}");
        }
    }
}

#[test]
fn published_schemas_are_those_of_the_code() {
    let schemas = [
        ("service", plimsoll::service::schema_of_type()),
        ("checklist", checklist::schema_of_type()),
        ("own-checklist", checklist::own_schema_of_type()),
        ("blueprint", plimsoll::blueprint::schema_of_type()),
        ("plan", plimsoll::plan::schema()),
        ("lock", plimsoll::change::lock_schema_of_type()),
        ("report", plimsoll::cli::report::schema_of_type()),
        ("update", plimsoll::cli::update_report::schema_of_type()),
    ];
    for (name, schema) in schemas {
        let path = root().join("schemas").join(format!("{name}.schema.json"));
        golden::compare(&path, &format!("{schema:#}\n")).unwrap();
    }
}

#[test]
fn the_minimum_rust_version_is_stated_as_it_is() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let version = manifest.lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap().trim_matches('"');
    for file in ["README.md", "CONTRIBUTING.md"] {
        assert!(fs::read_to_string(root().join(file)).unwrap().contains(&format!("Rust {version}")), "{file}");
    }
}

#[test]
fn the_limits_stand_in_the_readme() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for limit in Limit::ALL {
        let start = format!("| `{}` | {} | {} |", limit.word(), limit.refusal().trim_start_matches("more than "), limit.why());
        assert!(readme.contains(&start), "README.md, \"Limits\", lacks the row\n{start}");
    }
}

#[test]
fn the_limit_of_items_tells_how_many_are_shipped() {
    let shipped = checklist::SHIPPED.last().unwrap().load().unwrap().items.len();
    let why = Limit::Items.why();
    assert!(why.ends_with(&format!("the shipped checklist has {shipped}.")), "{shipped} items: {why}");
}

#[test]
fn paths_in_the_documents_exist() {
    for file in ["README.md", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(root().join(file)).unwrap();
        let code = text.split('`').skip(1).step_by(2);
        let tops = ["src/", "blueprints/", "tests/", "golden/", "schemas/", "examples/", "benches/"];
        for path in code.filter(|code| tops.iter().any(|top| code.starts_with(top)) && !code.contains(['<', '*', ' ', '\n'])) {
            assert!(root().join(path).exists(), "{file} names {path}, which does not exist");
        }
    }
}

#[test]
fn every_test_file_is_run() {
    let main = fs::read_to_string(root().join("tests/main.rs")).unwrap();
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    for entry in fs::read_dir(root().join("tests")).unwrap() {
        let path = entry.unwrap().path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".rs")) else {
            continue;
        };
        let is_own = manifest.contains(&format!("path = \"tests/{name}.rs\""));
        assert!(is_own || main.contains(&format!("mod {name};")), "tests/{name}.rs is forgotten");
    }
}

#[test]
fn a_merge_driver_leaves_git_alone() {
    // git holds the lock of its index while a driver runs.
    for file in ["src/ops/merge.rs", "src/cli/merge.rs"] {
        let code = fs::read_to_string(root().join(file)).unwrap();
        for word in ["Repo", "Session", "Landing", "landing::"] {
            assert!(!code.contains(word), "{file} uses {word}");
        }
    }
}
