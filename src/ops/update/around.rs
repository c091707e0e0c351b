//! What stands around the manifests of an update.

use super::standing::on_disk;
use crate::change::{Surroundings, Update, takes_away, touched};
use crate::ops::around::around;
use crate::workspace::find_files;

/// Reads what is around the manifests of an update; `standing` are those as they are.
pub fn surroundings(update: &Update, standing: &[(String, String)]) -> Surroundings {
    let kustomizations = around(&update.dir, touched(update).into_iter());
    let beside = if takes_away(update) { beside(update, standing) } else { Vec::new() };
    Surroundings { kustomizations, beside }
}

/// The other files of the service's folder. What stands there and cannot be read is nobody's manifest.
fn beside(update: &Update, standing: &[(String, String)]) -> Vec<(String, String)> {
    let folder = on_disk(&update.dir);
    let mut beside = Vec::new();
    for input in find_files(&[folder.to_owned()]).0 {
        let path = &input.path;
        let below = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/");
        if let (false, Ok(text)) = (standing.iter().any(|(known, _)| *known == below), input.read()) {
            beside.push((below, text));
        }
    }
    beside
}
