//! What readers of YAML 1.1 and 1.2 take for the same.

use super::{Node, Path, Place, Route, Style, Tie, Value};

/// The first value that some reader takes for another one than Kubernetes does, such as `yes`, `0755`, `1_000` or a
/// merge key.
#[must_use]
pub fn read_differently(root: &Node) -> Option<(Place, Route)> {
    find(root, root.place, &Path::Root)
}

fn find(node: &Node, place: Place, path: &Path<'_>) -> Option<(Place, Route)> {
    if node.writing.tie == Tie::MergeKey || !is_alike(node) {
        return Some((place, path.route()));
    }
    let item = |(index, item): (usize, &Node)| find(item, item.place, &Path::Index(path, index));
    let in_items = || node.items().iter().enumerate().find_map(item);
    let mut in_entries = node.entries().iter().map(|entry| {
        let path = Path::Key(path, &entry.key);
        if entry.written.is_some() { Some((entry.place, path.route())) } else { find(&entry.node, entry.place, &path) }
    });
    in_entries.find_map(|found| found).or_else(in_items)
}

/// Whether a scalar that is not a string is written as all readers know it.
fn is_alike(node: &Node) -> bool {
    let written = node.written.as_deref().unwrap_or_default();
    let digits = written.trim_start_matches(['-', '+']);
    match node.value {
        _ if node.writing.style != Style::Plain => true,
        Value::Bool(_) => written.eq_ignore_ascii_case("true") || written.eq_ignore_ascii_case("false"),
        Value::Int(_) => digits == "0" || (!digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())),
        Value::Float(_) => !written.contains('_') && written.contains(['.', 'e', 'E']),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::load_one;

    #[test]
    fn what_is_read_differently_is_found() {
        let found = |text: &str| read_differently(&load_one("f", text).unwrap()).map(|(_, route)| route.to_string());
        for text in ["a: yes\n", "a: [1, 0755]\n", "a: 1_000\n", "a: 0b1\n", "a: {b: Off}\n", "a: 1_0.5\n"] {
            assert!(found(text).is_some(), "{text}");
        }
        for text in ["a: 'yes'\n", "a: true\nb: FALSE\n", "a: [0, -12, 1.5, 1e3, ~, null]\n", "a: yes it is\n", "{}\n", "80: x\n"]
        {
            assert_eq!(found(text), None, "{text}");
        }
        assert_eq!(found("a: {b: [1, y]}\n").as_deref(), Some("a.b[1]"));
        assert_eq!(found("on: 1\n").as_deref(), Some("true"));
        assert!(found("a: &a {b: 1}\nc: {<<: *a}\n").is_some());
    }
}
