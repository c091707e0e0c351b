//! The items that the blueprint's comments name around a field of what it renders.

use std::rc::Rc;

use crate::notation::{Field, FieldStep, ObjectKey};
use crate::yaml::edit::comments_above;
use crate::yaml::{Node, Value, YamlText};

/// A comment that names items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// How many steps of the field lead to what it stands above.
    pub depth: usize,
    /// The items.
    pub items: Vec<String>,
    /// Whether it stands above the field or something around it, and not above what comes before.
    pub is_around: bool,
}

/// The comments that name items around a field of an object, the nearest first, in the first text that
/// has any; `is_item` tells items from other words.
pub fn around(texts: &[Rc<YamlText<'_>>], object: &ObjectKey, field: &Field, is_item: impl Fn(&str) -> bool) -> Vec<Level> {
    let documents = texts.iter().flat_map(|text| text.documents.iter().map(move |document| (&**text, &document.root)));
    documents
        .filter(|(_, root)| is_object(root, object))
        .map(|(text, root)| levels(text, root, field, &is_item))
        .find(|levels| !levels.is_empty())
        .unwrap_or_default()
}

fn is_object(root: &Node, object: &ObjectKey) -> bool {
    let name = root.get("metadata").and_then(|metadata| metadata.get("name"));
    root.get("kind").and_then(Node::as_str) == Some(&object.kind) && name.and_then(Node::as_str) == Some(&object.name)
}

fn levels(text: &YamlText<'_>, root: &Node, field: &Field, is_item: &impl Fn(&str) -> bool) -> Vec<Level> {
    let mut levels = Vec::new();
    let named = |at: u32| items_in(text, at, is_item);
    let mut node = root;
    if let Some(first) = node.entries().first().filter(|_| field.steps().is_empty()) {
        levels.extend(named(first.span.start).map(|items| Level { depth: 0, items, is_around: true }));
    }
    for (depth, step) in (1..).zip(field.steps()) {
        let Some(position) = position(node, step) else { break };
        // What stands above the first entry of all speaks of the object.
        let first = usize::from(depth == 1);
        let above = (first..=position).rev().find_map(|at| Some((at, named(start(node, at)?)?)));
        levels.extend(above.map(|(at, items)| Level { depth, items, is_around: at == position }));
        node = match &node.value {
            Value::Map(entries) => &entries[position].node,
            _ => &node.items()[position],
        };
    }
    levels.reverse();
    levels
}

/// The items that the comment above a byte begins with, as in `# zone-spread, host-spread: why`.
fn items_in(text: &YamlText<'_>, at: u32, is_item: &impl Fn(&str) -> bool) -> Option<Vec<String>> {
    comments_above(text.source, at)?.iter().rev().find_map(|line| {
        let ids: Vec<&str> = line.trim_start_matches('#').split(':').next()?.split(',').map(str::trim).collect();
        ids.iter().all(|id| is_item(id)).then(|| ids.into_iter().map(str::to_owned).collect())
    })
}

/// Where an entry or element begins.
fn start(node: &Node, at: usize) -> Option<u32> {
    match &node.value {
        Value::Map(entries) => entries.get(at).map(|entry| entry.span.start),
        _ => node.items().get(at)?.writing.dash,
    }
}

fn position(node: &Node, step: &FieldStep) -> Option<usize> {
    match step {
        FieldStep::Key(key) => node.entries().iter().position(|entry| entry.key == *key),
        FieldStep::Element(label) => {
            let fits = |(_, value): (&str, &str), item: &Node| item.entries().iter().any(|entry| is(&entry.node, value));
            let is_it = |item: &Node| {
                is(item, label) || label.split(',').all(|part| part.split_once('=').is_some_and(|part| fits(part, item)))
            };
            node.items().iter().position(is_it).or_else(|| label.parse().ok().filter(|at| *at < node.items().len()))
        }
    }
}

/// Whether a node, or something in it, is a scalar of this text.
fn is(node: &Node, text: &str) -> bool {
    match &node.value {
        Value::String(value) => value == text,
        Value::Int(value) => value.to_string() == text,
        Value::Map(entries) => entries.iter().any(|entry| is(&entry.node, text)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::read;

    #[test]
    fn the_nearest_comment_comes_first() {
        let text = "# whole: x\nkind: Deployment\nmetadata:\n  name: cart\nspec:\n  # a, b: why\n  one: 1\n  two: 2\n  # not an item\n  \
                    list:\n    # c\n    - name: app\n      # b\n      image: x\n      port: 1\n";
        let object = ObjectKey { group: String::new(), kind: "Deployment".into(), namespace: None, name: "cart".into() };
        let levels = |steps: &[&str]| {
            let step = |text: &&str| match text.strip_prefix('[') {
                Some(label) => FieldStep::Element(label.to_owned()),
                None => FieldStep::Key((*text).to_owned()),
            };
            let field = Field::new(steps.iter().map(step).collect());
            let levels =
                around(&[Rc::new(read("f", text).unwrap())], &object, &field, |word| ["whole", "a", "b", "c"].contains(&word));
            levels
                .iter()
                .map(|level| format!("{} {} {}", level.depth, level.items.join("+"), level.is_around))
                .collect::<Vec<_>>()
        };
        assert_eq!(levels(&[]), ["0 whole true"]);
        assert_eq!(levels(&["spec", "one"]), ["2 a+b true"]);
        assert_eq!(levels(&["spec", "two"]), ["2 a+b false"]);
        assert_eq!(levels(&["spec", "list", "[name=app", "port"]), ["4 b false", "3 c true", "2 a+b false"]);
        assert_eq!(levels(&["metadata", "name"]), [""; 0]);
    }
}
