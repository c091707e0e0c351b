//! The least that any tool does to renew services: render their files, write them, and commit once.
//!
//! `benches/update_fleet.py` holds `plimsoll update` against it. It plans nothing, merges nothing,
//! checks nothing, and keeps no lock.
//!
//! ```text
//! bare_loop TEMPLATES REPOSITORY COUNT
//! ```
//!
//! `TEMPLATES` holds files in which `{{ name }}` stands for the service's name.
#![allow(clippy::disallowed_methods, reason = "no files of others are read here")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a measuring stick, not a tool")]

use std::fs;
use std::path::{Path, PathBuf};

use git2::{IndexAddOption, Repository};
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, context};
use rayon::prelude::*;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, templates, repository, count] = arguments.as_slice() else {
        panic!("usage: bare_loop TEMPLATES REPOSITORY COUNT");
    };
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().keep_trailing_newline(true).build().unwrap());
    let mut names = Vec::new();
    for path in files(Path::new(templates)) {
        let name = path.strip_prefix(templates).unwrap().to_str().unwrap().to_owned();
        environment.add_template_owned(name.clone(), fs::read_to_string(&path).unwrap()).unwrap();
        names.push(name);
    }
    let services: Vec<String> = (0..count.parse().unwrap()).map(|number: u32| format!("service-{number:04}")).collect();
    services.par_iter().for_each(|service| {
        for name in &names {
            let text = environment.get_template(name).unwrap().render(context! { name => service }).unwrap();
            let path = Path::new(repository).join("services").join(service).join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    });
    commit(Path::new(repository));
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

fn commit(repository: &Path) {
    let repository = Repository::open(repository).unwrap();
    let mut index = repository.index().unwrap();
    index.add_all(["services"], IndexAddOption::DEFAULT, None).unwrap();
    let tree = repository.find_tree(index.write_tree().unwrap()).unwrap();
    index.write().unwrap();
    let author = repository.signature().unwrap();
    let head = repository.head().unwrap().peel_to_commit().unwrap();
    repository.commit(Some("HEAD"), &author, &author, "Renew the services", &tree, &[&head]).unwrap();
}
