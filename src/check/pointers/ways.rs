//! Ways into a tree.

use crate::check::rule::Tree;

/// The text of a key.
pub fn text<'t>(tree: &'t Tree, key: &str) -> Option<&'t str> {
    tree.get(key).and_then(Tree::as_str)
}

/// What stands at the end of a way, in which `*` is each element of a list.
pub fn walk<'t>(tree: &'t Tree, way: &str) -> impl Iterator<Item = &'t Tree> {
    let mut found = vec![tree];
    for word in way.split('.') {
        found = match word {
            "*" => found.into_iter().flat_map(Tree::items).collect(),
            key => found.into_iter().filter_map(|tree| tree.get(key)).collect(),
        };
    }
    found.into_iter()
}
