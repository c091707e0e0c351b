//! What stands around the manifests of an update.

use crate::change::{self, Surroundings, Update};
use crate::ops::around::around;
use crate::workspace::find_files;

use super::standing::on_disk;

/// Works out what an update means for what is around it, and adds the kustomizations to what it writes;
/// `standing` are the manifests as they are, of which `rendered` were rendered last.
pub fn complete(update: &mut Update, standing: &[(String, String)], rendered: &[&str]) {
    change::refuse_immutable(update, standing);
    let kustomizations = around(&update.dir, change::touched(update).into_iter());
    let beside = if change::takes_away(update) { beside(update, standing) } else { Vec::new() };
    change::complete(update, standing, rendered, &Surroundings { kustomizations, beside });
}

/// The other files of the service's folder. What stands there and cannot be read is nobody's manifest.
fn beside(update: &Update, standing: &[(String, String)]) -> Vec<(String, String)> {
    let folder = on_disk(&update.dir);
    let mut beside = Vec::new();
    for input in find_files(&[folder.to_owned()]).unwrap_or_default() {
        let path = &input.path;
        let below = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/");
        if let (false, Ok(text)) = (standing.iter().any(|(known, _)| *known == below), input.read()) {
            beside.push((below, text));
        }
    }
    beside
}
