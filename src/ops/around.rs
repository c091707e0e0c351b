//! Reads the kustomizations around a service's manifests.

use std::path::Path;

use crate::change::kustomize::{Around, Kustomization, NAMES, folders};
use crate::workspace::{is_file, read_below, real, stands};

/// The kustomizations around manifests, by their paths below a service's folder, up to the repository's root.
pub fn around<'p>(dir: &Path, paths: impl Iterator<Item = &'p str>) -> Around {
    let mut around = Around::default();
    let mut known: Vec<&str> = Vec::new();
    for path in paths {
        for folder in folders(path) {
            if !known.contains(&folder) {
                known.push(folder);
                if let Some(found) = read(dir, folder) {
                    around.add(found);
                }
            }
        }
    }
    if !known.is_empty() {
        add_above(dir, &mut around);
    }
    around
}

fn add_above(dir: &Path, around: &mut Around) {
    let dir = if dir == Path::new("") { Path::new(".") } else { dir };
    let Some(dir) = real(dir) else { return };
    let Some(root) = dir.ancestors().find(|folder| stands(&folder.join(".git"))) else { return };
    for (up, folder) in (1..).zip(dir.ancestors().skip(1).take_while(|folder| folder.starts_with(root))) {
        let Some(below) = dir.strip_prefix(folder).ok().and_then(Path::to_str) else { return };
        if let Some(found) = read(folder, "") {
            around.add_above(up, below, found);
        }
    }
}

fn read(dir: &Path, folder: &str) -> Option<Kustomization> {
    let is_there = |name: &&&str| is_file(&dir.join(folder).join(name));
    let file = format!("{folder}{}", NAMES.iter().find(is_there)?);
    // What cannot be read builds nothing.
    let text = read_below(dir, &file).ok()??;
    Kustomization::of(folder, &file, text)
}
