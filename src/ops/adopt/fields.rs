//! Fields of objects in texts: which there are, where they stand, and texts without them.

use serde_json::Value as Json;

use crate::formats::{Field, FieldPattern, ObjectKey, Step};
use crate::merge::{File, object_key};
use crate::yaml::{self, Node, Place, write};

/// The objects of files with what identifies them.
pub fn objects(files: &[File<'_>]) -> Vec<(ObjectKey, Node)> {
    let mut found = Vec::new();
    for file in files {
        for document in yaml::load(file.path, file.text).unwrap_or_default() {
            if let Some(key) = object_key(&document.root) {
                found.push((key, document.root));
            }
        }
    }
    found
}

/// The value of a field.
pub fn node_at(files: &[File<'_>], object: &ObjectKey, field: &Field) -> Option<Node> {
    let (_, root) = objects(files).into_iter().find(|(key, _)| key == object)?;
    field.steps().iter().try_fold(root, |node, step| step_into(&node, step).cloned())
}

/// One step into a node; an element is the one in which everything that its label says is found.
fn step_into<'n>(node: &'n Node, step: &Step) -> Option<&'n Node> {
    match step {
        Step::Key(key) => node.get(key),
        Step::Element(label) => {
            let says = |item: &&Node| {
                label.split(',').all(|part| part.split_once('=').is_some_and(|(key, value)| holds(item, key, value)))
            };
            node.items().iter().find(says).or_else(|| node.items().get(label.parse::<usize>().ok()?))
        }
    }
}

fn holds(node: &Node, key: &str, value: &str) -> bool {
    let is_it = |found: &Node| found.as_str().or(found.written.as_deref()) == Some(value);
    node.get(key).is_some_and(is_it) || node.entries().iter().any(|entry| holds(&entry.node, key, value))
}

/// The fields of people's objects that fit patterns.
pub fn fields_of(ours: &[File<'_>], patterns: &[&str]) -> Vec<(ObjectKey, Field)> {
    let patterns: Vec<FieldPattern> = patterns.iter().filter_map(|text| FieldPattern::parse(text).ok()).collect();
    let mut found = Vec::new();
    for (key, root) in objects(ours) {
        walk(&root, &mut Field::default(), &mut |field, _| {
            if patterns.iter().any(|pattern| pattern.depth() == field.steps().len() && pattern.covers(&key, field)) {
                found.push((key.clone(), field.clone()));
            }
        });
    }
    found
}

/// Visits every field; elements of lists go by their index.
fn walk(node: &Node, field: &mut Field, visit: &mut impl FnMut(&Field, &Node)) {
    visit(field, node);
    for entry in node.entries() {
        field.push(Step::Key(entry.key.clone()));
        walk(&entry.node, field, visit);
        field.pop();
    }
    for (index, item) in node.items().iter().enumerate() {
        field.push(Step::Element(index.to_string()));
        walk(item, field, visit);
        field.pop();
    }
}

/// Where a field stands in an object, or the nearest thing around it that does.
pub fn place(root: &Node, field: &Field) -> Place {
    let (mut node, mut place) = (root, root.place);
    for step in field.steps() {
        let Some(next) = step_into(node, step) else { break };
        place = match step {
            Step::Key(name) => node.entries().iter().find(|entry| entry.key == *name).map_or(next.place, |entry| entry.place),
            Step::Element(_) => next.place,
        };
        node = next;
    }
    place
}

/// A text written anew, without its comments, and without some fields of its objects.
pub fn written_without(file: &File<'_>, gone: &[(ObjectKey, Field)]) -> String {
    let documents = yaml::load(file.path, file.text).unwrap_or_default();
    let written = documents.iter().map(|document| {
        let mut root = document.root.to_json();
        let key = objects(&[*file]).into_iter().find(|(_, other)| *other == document.root).map(|(key, _)| key);
        for (_, field) in gone.iter().filter(|(object, _)| Some(object) == key.as_ref()) {
            take_out(&mut root, field.steps());
        }
        write::document(&root)
    });
    written.collect::<Vec<_>>().join("---\n")
}

fn take_out(node: &mut Json, steps: &[Step]) {
    match steps {
        [Step::Key(key)] => {
            if let Some(map) = node.as_object_mut() {
                map.shift_remove(key);
            }
        }
        [Step::Key(key), rest @ ..] => node.get_mut(key).into_iter().for_each(|next| take_out(next, rest)),
        [Step::Element(index), rest @ ..] => {
            let index = index.parse::<usize>().unwrap_or(usize::MAX);
            node.get_mut(index).into_iter().for_each(|next| take_out(next, rest));
        }
        [] => {}
    }
}
