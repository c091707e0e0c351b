//! Fields of objects in texts: which there are, where they stand, and texts without them.

use serde_json::{Map, Value as Json};

use crate::merge::{self, MergePolicy, MergeRefusal, Merged, SourceFile, element_name, object_key};
use crate::notation::{Field, FieldPattern, FieldStep, ObjectKey};
use crate::yaml::{self, Node, Place, write};

/// The objects of files with what identifies them.
pub fn objects(files: &[SourceFile<'_>]) -> Vec<(ObjectKey, Node)> {
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
pub fn node_at(files: &[SourceFile<'_>], object: &ObjectKey, field: &Field) -> Option<Node> {
    let (_, root) = objects(files).into_iter().find(|(key, _)| key == object)?;
    field.steps().iter().try_fold(root, |node, step| step_into(&node, step).cloned())
}

/// One step into a node; an element is the one in which everything that its label says is found.
fn step_into<'n>(node: &'n Node, step: &FieldStep) -> Option<&'n Node> {
    match step {
        FieldStep::Key(key) => node.get(key),
        FieldStep::Element(label) => {
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

/// The fields of objects that fit patterns.
pub fn fields_of(files: &[SourceFile<'_>], patterns: &[FieldPattern]) -> Vec<(ObjectKey, Field)> {
    let mut found = Vec::new();
    for (key, root) in objects(files) {
        visit(&root.to_json(), &mut Field::default(), &mut |field, _| {
            if patterns.iter().any(|pattern| pattern.depth_in(&key) == field.steps().len() && pattern.covers(&key, field)) {
                found.push((key.clone(), field.clone()));
            }
        });
    }
    found
}

/// Visits a value and everything in it.
pub fn visit(value: &Json, field: &mut Field, visitor: &mut impl FnMut(&Field, &Json)) {
    visitor(field, value);
    match value {
        Json::Object(map) => {
            for (key, value) in map {
                field.push(FieldStep::Key(key.clone()));
                visit(value, field, visitor);
                field.pop();
            }
        }
        Json::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                let label = label(field, list, index);
                field.push(FieldStep::Element(label));
                visit(value, field, visitor);
                field.pop();
            }
        }
        _ => {}
    }
}

/// What names an element of the list at a field, as merges name it: the keys that no other has, or else
/// its index.
fn label(field: &Field, list: &[Json], index: usize) -> String {
    let mut keys = field.keys().rev();
    let key = keys.next().unwrap_or_default();
    let parent = keys.next().unwrap_or_default();
    let name = |element: &Json| {
        let at = |path: &str| element.pointer(&format!("/{}", path.replace('.', "/"))).filter(|it| is_scalar(it)).map(plain);
        element_name(parent, key, at)
    };
    let own = name(&list[index]).filter(|own| list.iter().filter(|other| name(other).as_ref() == Some(own)).count() == 1);
    own.unwrap_or_else(|| index.to_string())
}

fn is_scalar(value: &Json) -> bool {
    !value.is_object() && !value.is_array() && !value.is_null()
}

fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The value at a field.
pub fn value_at<'v>(value: &'v Json, steps: &[FieldStep]) -> Option<&'v Json> {
    steps.iter().try_fold(value, |value, step| match step {
        FieldStep::Key(key) => value.get(key),
        FieldStep::Element(label) => {
            let list = value.as_array()?;
            list.get(element(list, label)?)
        }
    })
}

/// The index of an element by what names it.
fn element(list: &[Json], label: &str) -> Option<usize> {
    let says =
        |element: &Json| label.split(',').all(|part| part.split_once('=').is_some_and(|(key, value)| has(element, key, value)));
    list.iter().position(says).or_else(|| label.parse().ok().filter(|index| *index < list.len()))
}

/// Where a field stands in an object, or the nearest thing around it that does.
pub fn place(root: &Node, field: &Field) -> Place {
    let (mut node, mut place) = (root, root.place);
    for step in field.steps() {
        let Some(next) = step_into(node, step) else { break };
        place = match step {
            FieldStep::Key(name) => {
                node.entries().iter().find(|entry| entry.key == *name).map_or(next.place, |entry| entry.place)
            }
            FieldStep::Element(_) => next.place,
        };
        node = next;
    }
    place
}

/// Whether an element, or something in it, has a key with this value.
fn has(element: &Json, key: &str, value: &str) -> bool {
    let Some(map) = element.as_object() else { return false };
    map.get(key).is_some_and(|found| is_scalar(found) && plain(found) == value)
        || map.values().any(|inner| has(inner, key, value))
}

/// Texts without some fields of their objects; what those leave empty goes too. Comments stay, but for
/// those of what goes.
///
/// # Errors
/// Every text that cannot be edited safely.
pub fn without(texts: &[(String, String)], gone: &[(ObjectKey, Field)]) -> Result<Merged, Vec<MergeRefusal>> {
    if gone.is_empty() {
        return Ok(Merged::default());
    }
    let files: Vec<SourceFile<'_>> = texts.iter().map(|(path, text)| SourceFile { path, text }).collect();
    // Both sides are written anew and carry no comments, so that none of people's is lost.
    let written = |gone: &[(ObjectKey, Field)]| -> Vec<(String, String)> {
        files.iter().map(|file| (file.path.to_owned(), written_without(file, gone))).collect()
    };
    let (base, less) = (written(&[]), written(gone));
    let base: Vec<SourceFile<'_>> = base.iter().map(|(path, text)| SourceFile { path, text }).collect();
    let less: Vec<SourceFile<'_>> = less.iter().map(|(path, text)| SourceFile { path, text }).collect();
    merge::merge(&base, &files, &less, &MergePolicy::default())
}

/// The outermost mappings that go with fields, as nothing else is in them.
pub fn emptied_by(files: &[SourceFile<'_>], gone: &[(ObjectKey, Field)]) -> Vec<(ObjectKey, Field)> {
    let mut found = Vec::new();
    for (key, root) in objects(files) {
        let (full, less) = (root.to_json(), json_without(&root, gone));
        for (_, field) in gone.iter().filter(|(object, _)| *object == key) {
            let around = (1..field.steps().len()).map(|depth| &field.steps()[..depth]);
            let is_emptied =
                |steps: &&[FieldStep]| value_at(&full, steps).is_some_and(Json::is_object) && value_at(&less, steps).is_none();
            found.extend(around.into_iter().find(is_emptied).map(|steps| (key.clone(), Field::new(steps.to_vec()))));
        }
    }
    found
}

/// A text written anew, without its comments, and without some fields of its objects.
fn written_without(file: &SourceFile<'_>, gone: &[(ObjectKey, Field)]) -> String {
    let documents = yaml::load(file.path, file.text).unwrap_or_default();
    let written = documents.iter().map(|document| write::document(&json_without(&document.root, gone)));
    written.collect::<Vec<_>>().join("---\n")
}

fn json_without(root: &Node, gone: &[(ObjectKey, Field)]) -> Json {
    let mut value = root.to_json();
    let key = object_key(root);
    // Elements go from the last on, as the others are known by their index.
    for (_, field) in gone.iter().rev().filter(|(object, _)| Some(object) == key.as_ref()) {
        take_out(&mut value, field.steps());
    }
    value
}

/// Takes a field out, and what it leaves empty.
fn take_out(node: &mut Json, steps: &[FieldStep]) {
    let Some((step, rest)) = steps.split_first() else { return };
    let is_empty = |value: &Json| value.as_object().is_some_and(Map::is_empty) || value.as_array().is_some_and(Vec::is_empty);
    match step {
        FieldStep::Key(key) => {
            let Some(value) = node.get_mut(key) else { return };
            take_out(value, rest);
            if (rest.is_empty() || is_empty(value))
                && let Some(map) = node.as_object_mut()
            {
                map.shift_remove(key);
            }
        }
        FieldStep::Element(label) => {
            let Some(list) = node.as_array_mut() else { return };
            let Some(index) = element(list, label) else { return };
            take_out(&mut list[index], rest);
            if rest.is_empty() || is_empty(&list[index]) {
                list.remove(index);
            }
        }
    }
}
