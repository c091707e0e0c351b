//! What was answered, and where: files below flags below the wizard.

use std::sync::Arc;

use super::schema;
use crate::yaml::{Fault, Node, Route, Source, Value, load_one, resolve_plain, shape};

/// Answers from files, flags and the wizard; what is given later stands over what was given before.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    files: Vec<AnswerFile>,
    given: Vec<Given>,
}

/// A file in the shape of a service file.
#[derive(Clone, Debug)]
struct AnswerFile {
    name: Arc<str>,
    text: String,
    node: Node,
}

/// One answer that stands in no file.
#[derive(Clone, Debug)]
struct Given {
    key: String,
    text: String,
    route: Route,
    node: Node,
    by: GivenBy,
}

/// How an answer was given.
#[derive(Clone, Copy, Debug)]
enum GivenBy {
    Set,
    Answer,
}

impl Given {
    fn new(key: &str, text: &str, route: Route, by: GivenBy) -> Result<Self, Fault> {
        let takes_text = shape::at(schema(), &route).is_some_and(shape::is_string);
        let node = if takes_text {
            Node::new(Value::String(text.to_owned()))
        } else if text.starts_with(['[', '{', '"', '\'']) {
            load_one("value", text).map_err(|mut faults| faults.remove(0))?
        } else {
            scalar(text)
        };
        Ok(Self { key: key.to_owned(), text: text.to_owned(), route, node, by })
    }

    fn label(&self) -> String {
        match self.by {
            GivenBy::Set => format!("--set {}", without_value(&format!("{}={}", self.key, self.text))),
            GivenBy::Answer => format!("the answer `{}`", self.text),
        }
    }
}

impl Answers {
    /// Adds the answers of a file in the shape of a service file.
    ///
    /// # Errors
    /// What is not YAML, with its place.
    pub fn add_file(&mut self, name: &str, text: &str) -> Result<(), Vec<Fault>> {
        self.files.push(AnswerFile { name: name.into(), text: text.to_owned(), node: load_one(name, text)? });
        Ok(())
    }

    /// Adds a file below all others: what any of them says stands over it.
    ///
    /// # Errors
    /// What is not YAML, with its place.
    pub fn add_file_below(&mut self, name: &str, text: &str) -> Result<(), Vec<Fault>> {
        self.files.insert(0, AnswerFile { name: name.into(), text: text.to_owned(), node: load_one(name, text)? });
        Ok(())
    }

    /// Adds one answer of the form `scale.max=12`, as `--set` takes it.
    ///
    /// The value is taken as a string where the field is one; else it is read as YAML, so that
    /// `labels={a: b}` works.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn set(&mut self, assignment: &str) -> Result<(), Fault> {
        let label = format!("--set {}", without_value(assignment));
        let fault = |message: String| {
            let mut fault = Fault::new(Route::root(), message);
            fault.source = Some(Source::Given(label.clone()));
            fault
        };
        let Some((key, text)) = assignment.split_once('=') else {
            return Err(fault("is not of the form KEY=VALUE".to_owned()).hint("write for example --set scale.max=12"));
        };
        let route = Route::parse(key).map_err(|error| fault(format!("the key {error}")))?;
        self.given.push(Given::new(key, text, route, GivenBy::Set).map_err(|error| fault(error.message))?);
        Ok(())
    }

    /// Adds the answer to a question about a field; `key` is the field as `--set` takes it.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn answer(&mut self, key: &str, text: &str) -> Result<(), Fault> {
        let route = Route::parse(key).map_err(|error| Fault::new(Route::root(), error))?;
        self.given.push(Given::new(key, text, route, GivenBy::Answer)?);
        Ok(())
    }

    /// Takes back the last answer to a question about a field.
    pub fn forget(&mut self, key: &str) {
        if let Some(last) = self.given.iter().rposition(|given| given.key == key) {
            self.given.remove(last);
        }
    }

    /// What was given outside files, as `--set` takes it.
    pub fn assignments(&self) -> impl Iterator<Item = String> {
        self.given.iter().map(|given| format!("{}={}", given.key, given.text))
    }

    /// Whether something was answered for the field or inside it.
    #[must_use]
    pub fn has(&self, route: &Route) -> bool {
        let in_file = |node: &Node| node.locate(route).1;
        self.files.iter().any(|file| in_file(&file.node))
            || self.given.iter().any(|given| route.contains(&given.route) || given.route.contains(route))
    }

    /// What was answered last for a field at the top of the service file, as a whole.
    #[must_use]
    pub fn at_top(&self, field: &str) -> Option<&Node> {
        let route = Route::root().key(field);
        let given = self.given.iter().rev().find(|given| given.route == route).map(|given| &given.node);
        given.or_else(|| self.files.iter().rev().find_map(|file| file.node.find(&route)))
    }

    /// Whether nothing was answered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.given.is_empty()
    }

    /// The text of the one file that holds all answers, if it is so.
    #[must_use]
    pub fn only_file(&self) -> Option<&str> {
        match self.files.as_slice() {
            [file] if self.given.is_empty() => Some(&file.text),
            _ => None,
        }
    }

    /// All answers in one tree, and what could not be put together.
    #[must_use]
    pub fn merged(&self) -> (Node, Vec<Fault>) {
        let mut faults = Vec::new();
        let mut tree = Node::new(Value::Map(Vec::new()));
        for file in &self.files {
            overlay(&mut tree, &file.node);
        }
        for given in &self.given {
            match tree.make(&given.route) {
                Ok(node) => {
                    node.value = given.node.value.clone();
                    node.written.clone_from(&given.node.written);
                }
                Err(around) => {
                    let fault = Fault::new(
                        given.route.clone(),
                        format!("cannot be set: `{around}` is no mapping or list with room for it"),
                    );
                    faults.push(fault.hint("an index counts from 0 and may be at most one past the last"));
                }
            }
        }
        (tree, faults)
    }

    /// Fills in where the field of a fault was read from.
    pub fn locate(&self, fault: &mut Fault) {
        if fault.source.is_some() {
            return;
        }
        if let Some(given) = self.given.iter().rev().find(|given| given.route.contains(&fault.route)) {
            fault.source = Some(Source::Given(given.label()));
            return;
        }
        let places = self.files.iter().rev().map(|file| (&file.name, file.node.locate(&fault.route)));
        let (exact, around): (Vec<_>, Vec<_>) = places.partition(|(_, (_, exists))| *exists);
        if let Some((name, (place, _))) = exact.first().or(around.first()) {
            fault.source = Some(Source::File(Arc::clone(name), *place));
        }
    }
}

/// A scalar as YAML reads it, with its text.
fn scalar(text: &str) -> Node {
    let value = resolve_plain(text);
    let written = if matches!(value, Value::String(_)) { None } else { Some(text.into()) };
    Node { written, ..Node::new(value) }
}

fn overlay(below: &mut Node, above: &Node) {
    match (&mut below.value, &above.value) {
        (Value::Map(entries), Value::Map(over)) => {
            for entry in over {
                match entries.iter_mut().find(|below| below.is(&entry.key)) {
                    Some(below) => overlay(&mut below.node, &entry.node),
                    None => entries.push(entry.clone()),
                }
            }
        }
        _ => *below = above.clone(),
    }
}

/// An assignment as messages name it. What a variable holds may be a secret, and is left out.
fn without_value(assignment: &str) -> String {
    match assignment.split_once('=') {
        Some((key, _)) if ["env", "config"].iter().any(|holder| key.trim_start().starts_with(holder)) => format!("{key}=…"),
        _ => assignment.to_owned(),
    }
}
