//! The objects of `golden/verdicts/`: people wrote them, and what is said of each is equal.

use std::fs;

use plimsoll::manifest::ObjectId;

use super::Mutant;
use crate::support::golden;

/// All objects, as if they were mutants.
pub fn all() -> Vec<Mutant> {
    let mut written = Vec::new();
    for folder in golden::cases("verdicts") {
        let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files.iter().filter(|file| file.extension().is_some_and(|end| end == "yaml")) {
            let text = fs::read_to_string(file).unwrap();
            for (number, object) in text.split("\n---\n").enumerate() {
                let root = plimsoll::yaml::load_one("", object).unwrap();
                let ObjectId { api_version, kind, .. } = ObjectId::of(&root);
                let name = file.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap();
                let how = format!("{}, object {}", name.display(), number + 1);
                written.push(Mutant { api_version, kind, how, text: object.to_owned() });
            }
        }
    }
    written
}
