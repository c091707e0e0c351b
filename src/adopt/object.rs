//! The objects that people have, and the way into them.

use std::sync::Arc;

use crate::manifest::ObjectId;
use crate::yaml::{self, Fault, Node, Place, RENDER_FIRST, Route, Source, Value};

/// A text of YAML or JSON, and what people call it.
#[derive(Clone, Debug)]
pub struct AdoptedText {
    /// What faults and reports call it, such as its path.
    pub name: Arc<str>,
    /// What it holds.
    pub text: String,
}

/// One object, and where it stands.
#[derive(Clone, Debug)]
pub struct AdoptedObject {
    /// What identifies it.
    pub id: ObjectId,
    /// The text that it stands in.
    pub file: Arc<str>,
    /// The number of its document in the text, from 0.
    pub document: usize,
    /// Whether it stands in a list beside others, as `kubectl get` prints them.
    pub listed: bool,
    /// The object, with the places of its fields.
    pub root: Node,
}

impl AdoptedObject {
    /// The object as people name it: Kind/name.
    #[must_use]
    pub fn label(&self) -> String {
        let ObjectId { kind, name, .. } = &self.id;
        if name.is_empty() { kind.clone() } else { format!("{kind}/{name}") }
    }

    /// The way into the object.
    #[must_use]
    pub fn at(&self) -> ObjectField<'_> {
        ObjectField { object: self, route: Route::root(), node: &self.root }
    }

    /// Whether it was read from a cluster, which writes every default out.
    #[must_use]
    pub fn is_live(&self) -> bool {
        let metadata = self.root.get("metadata");
        let written = |key: &str| metadata.and_then(|metadata| metadata.get(key)).is_some_and(|node| node.value != Value::Null);
        ["uid", "resourceVersion", "managedFields", "creationTimestamp"].into_iter().any(written)
    }

    /// The labels of the object itself.
    #[must_use]
    pub fn labels(&self) -> Vec<(String, ObjectField<'_>)> {
        self.at().find("metadata.labels").map(|labels| labels.words()).unwrap_or_default()
    }

    /// The annotations of the object itself.
    #[must_use]
    pub fn annotations(&self) -> Vec<(String, ObjectField<'_>)> {
        self.at().find("metadata.annotations").map(|annotations| annotations.words()).unwrap_or_default()
    }

    /// A fault of the object as a whole.
    pub(super) fn fault(&self, message: impl Into<String>) -> Fault {
        let mut fault = Fault::new(Route::root(), message);
        fault.source = Some(Source::File(Arc::clone(&self.file), self.root.place));
        fault
    }
}

/// A field of an object.
#[derive(Clone, Debug)]
pub struct ObjectField<'o> {
    /// The object.
    pub object: &'o AdoptedObject,
    /// The way to the field.
    pub route: Route,
    /// What it holds.
    pub node: &'o Node,
}

impl<'o> ObjectField<'o> {
    /// The value behind a key, where there is one that is not null.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<ObjectField<'o>> {
        let node = self.node.get(key).filter(|node| node.value != Value::Null)?;
        Some(ObjectField { object: self.object, route: self.route.key(key), node })
    }

    /// The field behind keys with dots between them.
    #[must_use]
    pub fn find(&self, keys: &str) -> Option<ObjectField<'o>> {
        keys.split('.').try_fold(self.clone(), |at, key| at.get(key))
    }

    /// The elements, where it is a list.
    #[must_use]
    pub fn items(&self) -> Vec<ObjectField<'o>> {
        let element = |(index, node)| ObjectField { object: self.object, route: self.route.index(index), node };
        self.node.items().iter().enumerate().map(element).collect()
    }

    /// The elements of the list behind keys with dots between them.
    #[must_use]
    pub fn list(&self, keys: &str) -> Vec<ObjectField<'o>> {
        self.find(keys).map(|list| list.items()).unwrap_or_default()
    }

    /// The entries, where it is a mapping of strings; a key that stands twice counts as the last.
    #[must_use]
    pub fn words(&self) -> Vec<(String, ObjectField<'o>)> {
        let entry = |entry: &'o yaml::Entry| {
            let at = ObjectField { object: self.object, route: self.route.key(entry.key.as_str()), node: &entry.node };
            entry.node.as_str().map(|_| (entry.key.clone(), at))
        };
        self.node.entries().iter().filter_map(entry).collect()
    }

    /// The string, where it is one.
    #[must_use]
    pub fn text(&self) -> Option<&'o str> {
        self.node.as_str()
    }

    /// The whole number, where it is one.
    #[must_use]
    pub fn number(&self) -> Option<i64> {
        match self.node.value {
            Value::Int(number) => Some(number),
            _ => None,
        }
    }

    /// A string or a number as people write it, such as a quantity or the name or number of a port.
    #[must_use]
    pub fn scalar(&self) -> Option<String> {
        match &self.node.value {
            Value::String(text) => Some(text.clone()),
            Value::Int(_) | Value::Float(_) => self.node.written.as_deref().map(str::to_owned),
            _ => None,
        }
    }

    /// Whether it is the given flag.
    #[must_use]
    pub fn is_flag(&self, flag: bool) -> bool {
        self.node.value == Value::Bool(flag)
    }

    /// Where it stands: the place of its key.
    #[must_use]
    pub fn place(&self) -> Place {
        self.object.root.locate(&self.route).0
    }
}

/// Reads the objects of texts.
///
/// # Errors
/// Everything that cannot be read: what is no YAML, templates, keys that stand twice, and two objects
/// of one identity.
pub fn read(texts: &[AdoptedText]) -> Result<Vec<AdoptedObject>, Vec<Fault>> {
    let (mut objects, mut faults) = (Vec::new(), Vec::new());
    for text in texts {
        match yaml::load(&text.name, &text.text) {
            Ok(documents) => {
                for (number, document) in documents.into_iter().enumerate() {
                    let twice = |(route, place)| placed(text, place, Fault::new(route, "stands twice").hint("keep one of them"));
                    faults.extend(document.duplicate_keys.into_iter().map(twice));
                    collect(&document.root, text, number, false, &mut objects);
                }
            }
            Err(fault) if text.text.contains("{{") => faults.push(fault.of_text(&text.text)),
            Err(fault) => faults.push(fault.hint("mend the file; nothing was changed")),
        }
    }
    for (number, object) in objects.iter().enumerate() {
        let name = object.id.name.as_str();
        if name.contains("{{") {
            faults.push(object.fault(format!("the name `{name}` is that of a template")).hint(RENDER_FIRST));
        } else if let Some(before) = objects[..number].iter().find(|before| !name.is_empty() && before.id == object.id) {
            let message = format!("{} stands twice: it is in {} too", object.label(), before.file);
            faults.push(object.fault(message).hint("adopt the files of one environment, with each object once"));
        }
    }
    if faults.is_empty() { Ok(objects) } else { Err(faults) }
}

fn placed(text: &AdoptedText, place: Place, mut fault: Fault) -> Fault {
    fault.source = Some(Source::File(Arc::clone(&text.name), place));
    fault
}

fn collect(root: &Node, text: &AdoptedText, document: usize, listed: bool, objects: &mut Vec<AdoptedObject>) {
    let word = |key: &str| root.get(key).and_then(Node::as_str);
    let (Some(_), Some(kind)) = (word("apiVersion"), word("kind")) else { return };
    if let Some(items) = root.get("items").filter(|_| kind.ends_with("List")) {
        items.items().iter().for_each(|item| collect(item, text, document, true, objects));
        return;
    }
    objects.push(AdoptedObject { id: ObjectId::of(root), file: Arc::clone(&text.name), document, listed, root: root.clone() });
}
