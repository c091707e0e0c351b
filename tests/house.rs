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
    }
}

/// Where else a kind of workload needs to be told from the others, `manifest::Workload` tells it.
#[test]
fn kinds_of_workloads_are_listed_in_one_table() {
    let tables = ["manifest/workload.rs", "notation/kinds.rs"];
    for (_, path, code) in modules().into_iter().filter(|(_, path, _)| !tables.iter().any(|table| path.ends_with(table))) {
        // `Pod` stands for the Pods of every workload, too.
        let kinds = WORKLOADS.iter().map(|workload| workload.kind).filter(|kind| *kind != "Pod");
        let is_named = |kind: &&str| ["\"", ".", "/"].iter().any(|end| code.contains(&format!("\"{kind}{end}")));
        let named: Vec<&str> = kinds.filter(is_named).collect();
        assert!(named.len() < 2, "{} lists {named:?}: see src/manifest/workload.rs", path.display());
    }
}

/// The same name is a kind of others in another group: `known_kind` alone tells which one an object is.
#[test]
fn objects_are_matched_by_kind_and_group_together() {
    for (_, path, code) in modules() {
        for by_kind_alone in
            ["id.kind ==", "id.kind.as_str()", "object.kind ==", "object.kind.as_str()", "key.kind ==", "of_kind(&object"]
        {
            // Two objects of one service, of which both groups are looked at too; and words that are only shown.
            let exempt = ["ops/update/standing.rs", "manifest/secrets.rs", "change/words.rs"];
            // What was rendered is of no other group.
            let found = code.matches(by_kind_alone).count() - code.matches(&format!("manifest.{by_kind_alone}")).count();
            let is_exempt = exempt.iter().any(|file| path.ends_with(file));
            assert!(found == 0 || is_exempt, "{} has `{by_kind_alone}`: take `known_kind()`", path.display());
        }
    }
}

/// Files of one folder that import each other in a circle, with the reason why they may.
const CIRCLES: &[(&str, &[&str], &str)] = &[(
    "src/service",
    &["account", "config", "env", "identity", "model", "ports", "probes", "resources", "scale", "stop", "storage", "upkeep"],
    "`Service` is flat and holds the struct of each topic, whose file also says what it does not go with in a `Service`",
)];

/// The words of a text of Rust, with `::` between those of a path, without comments.
fn words(code: &str) -> Vec<&str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(|line| line.split(|c: char| !is_word(c) && c != ':')).filter(|word| !word.is_empty()).collect()
}

/// The paths that a text imports, each from its beginning: those in braces one by one.
fn imported(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("use ") {
        let before = code[..at].rsplit('\n').next().unwrap_or_default().trim();
        if !(before.is_empty() || before.starts_with("pub")) {
            continue;
        }
        let list = code[at + 4..].split(';').next().unwrap_or_default();
        let (mut prefixes, mut path) = (Vec::<String>::new(), String::new());
        for c in list.chars().chain([',']).filter(|c| !c.is_whitespace() || *c == ' ') {
            match c {
                '{' => prefixes.push(std::mem::take(&mut path)),
                ',' | '}' => {
                    let name = path.split(" as ").next().unwrap_or_default().trim();
                    if !name.is_empty() {
                        found.push(format!("{}{name}", prefixes.concat()));
                    }
                    path.clear();
                    if c == '}' {
                        prefixes.pop();
                    }
                }
                ' ' if path.is_empty() => {}
                c => path.push(c),
            }
        }
    }
    found
}

/// The file beside it whose name, or what its folder takes out of it, begins a path from that folder.
fn beside<'f>(rest: &str, files: &'f BTreeMap<String, String>, shown: &BTreeMap<String, &'f String>) -> Option<&'f String> {
    let first = rest.split("::").next().unwrap_or_default();
    files.get_key_value(first).map(|(name, _)| name).or_else(|| shown.get(first).copied())
}

#[test]
fn files_of_a_folder_import_in_no_circle() {
    let mut folders: BTreeMap<PathBuf, BTreeMap<String, String>> = BTreeMap::new();
    for (_, path, code) in modules() {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        folders.entry(path.parent().unwrap().to_owned()).or_default().insert(name, code);
    }
    let mut circles = Vec::new();
    for (folder, mut files) in folders {
        let below = folder.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
        let way = format!("{}::", below.replacen("src", "crate", 1).replace('/', "::"));
        // `functions.rs` beside the folder `functions/` does what `mod.rs` does in it.
        let head = files.remove("mod").or_else(|| fs::read_to_string(folder.with_extension("rs")).ok()).unwrap_or_default();
        // What the folder shows of its files is theirs, under whichever path it is imported.
        let shown: BTreeMap<String, &String> = imported(&head)
            .into_iter()
            .filter_map(|path| {
                let (file, _) = files.get_key_value(path.trim_start_matches("self::").split("::").next()?)?;
                Some((path.rsplit("::").next()?.to_owned(), file))
            })
            .collect();
        let uses: BTreeMap<&String, BTreeSet<&String>> = files
            .iter()
            .map(|(name, code)| {
                let paths = imported(code).into_iter();
                let inline = words(code).into_iter().filter(|word| word.contains("::")).map(str::to_owned);
                let from_here = |path: String| {
                    let rest = path.strip_prefix("super::").or_else(|| path.strip_prefix(&way))?;
                    beside(rest, &files, &shown)
                };
                (name, paths.chain(inline).filter_map(from_here).filter(|other| *other != name).collect())
            })
            .collect();
        let mut left: BTreeSet<&String> = files.keys().collect();
        // What uses none of the others, or is used by none, stands in no circle.
        while let Some(free) = left
            .iter()
            .copied()
            .find(|file| uses[file].is_disjoint(&left) || !left.iter().any(|other| uses[other].contains(file)))
        {
            left.remove(free);
        }
        if !left.is_empty() {
            circles.push((below, left.into_iter().cloned().collect::<Vec<_>>()));
        }
    }
    let known: BTreeSet<(String, Vec<String>)> = CIRCLES
        .iter()
        .map(|(folder, files, _)| ((*folder).to_owned(), files.iter().map(ToString::to_string).collect()))
        .collect();
    assert_eq!(circles.into_iter().collect::<BTreeSet<_>>(), known, "files that import each other in a circle");
}

/// A name of a type says what it is, wherever one reads it.
#[test]
fn no_two_types_share_a_name() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (_, path, code) in modules() {
        for line in code.lines() {
            let mut words = line.trim_start().split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
            let is_qualifier = |word: &&str| matches!(*word, "pub" | "crate" | "super" | "in");
            let kind = words.find(|word| !is_qualifier(word));
            // A `type` in an `impl` is named by its trait.
            let is_type =
                matches!(kind, Some("struct" | "enum" | "trait" | "union")) || (kind == Some("type") && !line.starts_with(' '));
            if let (true, Some(name)) = (is_type && !line.trim_start().starts_with("//"), words.next()) {
                places.entry(name.to_owned()).or_default().push(path.strip_prefix(root()).unwrap().display().to_string());
            }
        }
    }
    let twice: Vec<_> = places.into_iter().filter(|(_, places)| places.len() > 1).collect();
    assert!(twice.is_empty(), "types that stand twice under one name: {twice:#?}");
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
    let path = |name: &str| root().join("schemas").join(format!("{name}.schema.json"));
    let stale: Vec<String> =
        schemas.iter().filter_map(|(name, schema)| golden::compare(&path(name), &format!("{schema:#}\n")).err()).collect();
    assert!(
        stale.is_empty(),
        "{}\nhint: if this is meant, write them anew with `UPDATE_GOLDEN=1 cargo test --test integration \
         house::published_schemas_are_those_of_the_code`",
        stale.join("\n")
    );
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
