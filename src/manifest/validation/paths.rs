//! Paths and modes of files.

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use crate::yaml::Node;

/// Judges a path that has to stay below where it starts; reserved are names that begin with `..`.
pub(super) fn path_below<'n>(path: &'n Node, reserved: bool, faults: &mut Complaints<'n>) {
    let text = path.words();
    if text.starts_with('/') {
        faults.add(path, format!("must be a relative path, and is `{text}`"));
    }
    no_steps_back(path, faults);
    if reserved && text.starts_with("..") && !text.starts_with("../") && text != ".." {
        faults.add(path, format!("must not start with `..`, and is `{text}`"));
    }
}

/// Judges that a path holds no `..`.
pub(super) fn no_steps_back<'n>(path: &'n Node, faults: &mut Complaints<'n>) {
    let text = path.words();
    if text.split('/').any(|part| part == "..") {
        faults.add(path, format!("must not hold `..`, and is `{text}`"));
    }
}

/// Judges the mode of a file, where it is there.
pub(super) fn mode<'n>(node: &'n Node, field: &str, faults: &mut Complaints<'n>) {
    if let Some(mode) = node.int(field).filter(|mode| !(0..=0o777).contains(mode)) {
        faults.add(node.at(field), format!("must be 0 to 0777, in octal digits, and is 0{mode:o}"));
    }
}
