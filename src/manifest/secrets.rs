//! What is secret in objects and service files, and stars in its place.
//!
//! Reports, diffs and commit messages show what was masked here; files are written as they are.

use serde_json::Value as Json;

use crate::checklist::{Checklist, Param};
use crate::notation::{Field, FieldStep, ObjectKey};
use crate::service::Tier;
use crate::yaml::{Entry, Node, Path, Route, RouteStep, Style, Value};

/// What stands for a value that is not shown.
pub const MASK: &str = "***";
/// What stands for a value that changes, as `kubectl diff` has it.
pub(super) const MASKS: [&str; 2] = ["*** (before)", "*** (after)"];
/// The item that says which variables are secret.
const ITEM: &str = "secrets-by-reference";
/// Where kubectl keeps the whole object a second time.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// What the checklist calls a secret, beside the data of Secrets.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    words: Vec<String>,
    suffixes: Vec<String>,
    prefixes: Vec<String>,
    public: Vec<String>,
    /// The checklist's items, which comments name.
    items: Vec<String>,
}

/// An object that holds values by name.
#[derive(Clone, Copy, PartialEq)]
enum Holder {
    Secret,
    ConfigMap,
    Other,
}

impl Secrets {
    /// What a checklist calls a secret, at whatever tier.
    #[must_use]
    pub fn of(checklist: &Checklist) -> Self {
        let item = checklist.item(ITEM);
        let words = |name: &str| {
            let param: Option<&Param> = item.and_then(|item| item.params.get(name));
            let lists = Tier::ALL.map(|tier| param.and_then(|param| param.at(tier)?.as_array()));
            let mut words: Vec<String> =
                lists.into_iter().flatten().flatten().filter_map(|word| Some(word.as_str()?.to_owned())).collect();
            words.sort();
            words.dedup();
            words
        };
        let items = checklist.items.iter().map(|item| item.id.clone()).collect();
        Self {
            items,
            ..Self::new(words("name-words"), words("public-suffixes"), words("value-prefixes"), words("public-prefixes"))
        }
    }

    /// Whether a word is the name of an item.
    pub(super) fn is_item(&self, word: &str) -> bool {
        self.items.iter().any(|item| item == word)
    }

    /// The same from the item's parameters: words in names, endings that make a name harmless, beginnings
    /// of values, and those among them that are public.
    #[must_use]
    pub fn new(words: Vec<String>, suffixes: Vec<String>, prefixes: Vec<String>, public: Vec<String>) -> Self {
        Self { words, suffixes, prefixes, public, items: Vec::new() }
    }

    /// Whether a variable holds a secret in plain sight. Without a name, the value alone decides.
    #[must_use]
    pub fn is_secret(&self, name: &str, value: &str) -> bool {
        let begins = |prefixes: &[String]| prefixes.iter().any(|prefix| value.starts_with(prefix.as_str()));
        if holds_password(value) || (begins(&self.prefixes) && !begins(&self.public)) {
            return true;
        }
        let name = format!("-{}-", name.to_lowercase().replace(['_', '.'], "-"));
        let is_harmless = value.is_empty() || self.suffixes.iter().any(|suffix| name.ends_with(&format!("-{suffix}-")));
        !is_harmless && self.words.iter().any(|word| name.contains(&format!("-{word}-")))
    }

    /// The secret scalars of a document, each with the way to it.
    #[must_use]
    pub fn within<'n>(&self, root: &'n Node) -> Vec<(Route, &'n Node)> {
        let mut found = Vec::new();
        self.walk(root, &Path::Root, &mut found);
        found
    }

    /// The same of a document that stands in no text.
    #[must_use]
    pub fn routes(&self, root: &Json) -> Vec<Route> {
        let root = node(root);
        self.within(&root).into_iter().map(|(route, _)| route).collect()
    }

    fn walk<'n>(&self, node: &'n Node, path: &Path<'_>, found: &mut Vec<(Route, &'n Node)>) {
        if let Value::String(text) = &node.value
            && self.is_secret("", text)
        {
            found.push((path.route(), node));
        }
        for (index, item) in node.items().iter().enumerate() {
            self.walk(item, &Path::Index(path, index), found);
        }
        let holder = match node.get("kind").and_then(Node::as_str) {
            Some("Secret") => Holder::Secret,
            Some("ConfigMap") => Holder::ConfigMap,
            _ => Holder::Other,
        };
        let name = node.get("name").and_then(Node::as_str).unwrap_or_default();
        for entry in node.entries() {
            let (key, here) = (entry.key.as_str(), Path::Key(path, &entry.key));
            match (holder, key) {
                (Holder::Secret, "data" | "stringData") => leaves(&entry.node, &here, found),
                (Holder::ConfigMap, "data") => self.by_name(&entry.node, &here, found),
                (_, "env") if matches!(path, Path::Key(Path::Root, "config")) => self.by_name(&entry.node, &here, found),
                (_, "args" | "command") if entry.node.as_str().is_none() => self.arguments(&entry.node, &here, found),
                (_, "value") if self.is_secret(name, &plain(&entry.node)) => leaves(&entry.node, &here, found),
                (_, LAST_APPLIED) if self.reveals(&entry.node) => leaves(&entry.node, &here, found),
                _ => self.walk(&entry.node, &here, found),
            }
        }
    }

    /// The arguments of a program.
    fn arguments<'n>(&self, node: &'n Node, path: &Path<'_>, found: &mut Vec<(Route, &'n Node)>) {
        let secret = self.in_arguments(node.items().iter().map(Node::as_str));
        for (index, (item, is_secret)) in node.items().iter().zip(secret).enumerate() {
            let here = Path::Index(path, index);
            if is_secret { found.push((here.route(), item)) } else { self.walk(item, &here, found) }
        }
        if node.items().is_empty() {
            self.walk(node, path, found);
        }
    }

    /// Values by their names.
    fn by_name<'n>(&self, node: &'n Node, path: &Path<'_>, found: &mut Vec<(Route, &'n Node)>) {
        for Entry { key, node, .. } in node.entries() {
            if self.is_secret(key, &plain(node)) {
                leaves(node, &Path::Key(path, key), found);
            }
        }
        if node.entries().is_empty() {
            self.walk(node, path, found);
        }
    }

    /// Whether an object as kubectl has it holds a secret, or cannot be read.
    fn reveals(&self, node: &Node) -> bool {
        let object = node.as_str().map(serde_json::from_str::<Json>);
        object.is_some_and(|object| object.map_or(true, |object| !self.routes(&object).is_empty()))
    }

    /// A document without its secrets.
    #[must_use]
    pub fn masked(&self, mut document: Json) -> Json {
        for route in self.routes(&document) {
            put(&mut document, &route, MASK);
        }
        document
    }

    /// A value of a service file, by its field, without its secrets.
    #[must_use]
    pub fn masked_answer(&self, field: &Route, value: &Json) -> Json {
        let place = route_in(&mut Json::Null, field.steps(), value);
        taken(self.masked(place), field.steps())
    }

    /// Both values of a field without their secrets; one that changes is said to.
    pub fn mask_change(&self, object: Option<&ObjectKey>, field: &Field, before: &mut Option<Json>, after: &mut Option<Json>) {
        let were = (before.clone(), after.clone());
        for value in [&mut *before, &mut *after].into_iter().flatten() {
            *value = self.masked_at(object, field, value);
        }
        if were.0 != were.1 && *before == *after && before.as_ref().is_some_and(Json::is_string) {
            (*before, *after) = (Some(MASKS[0].into()), Some(MASKS[1].into()));
        }
    }

    /// A value of an object, by its field, without its secrets.
    #[must_use]
    pub fn masked_at(&self, object: Option<&ObjectKey>, field: &Field, value: &Json) -> Json {
        let mut steps = Vec::new();
        let mut whole = Json::Null;
        let mut here = &mut whole;
        for (number, step) in field.steps().iter().enumerate() {
            here = match step {
                FieldStep::Key(key) => {
                    steps.push(RouteStep::Key(key.clone()));
                    &mut here[key.as_str()]
                }
                FieldStep::Element(label) => {
                    steps.push(RouteStep::Index(0));
                    let name = label.strip_prefix("name=").filter(|_| number + 1 < field.steps().len());
                    *here = Json::Array(vec![name.map_or(Json::Null, |name| serde_json::json!({"name": name}))]);
                    &mut here[0]
                }
            };
        }
        *here = value.clone();
        if let (Some(object), Json::Object(whole)) = (object, &mut whole) {
            whole.entry("kind").or_insert_with(|| object.kind.as_str().into());
        }
        taken(self.masked(whole), &steps)
    }
}

/// All scalars in a node that hold anything.
fn leaves<'n>(node: &'n Node, path: &Path<'_>, found: &mut Vec<(Route, &'n Node)>) {
    match &node.value {
        Value::Null => {}
        Value::String(text) if text.is_empty() && node.writing.style == Style::Plain => {}
        Value::List(items) => {
            items.iter().enumerate().for_each(|(index, item)| leaves(item, &Path::Index(path, index), found));
        }
        Value::Map(entries) => entries.iter().for_each(|entry| leaves(&entry.node, &Path::Key(path, &entry.key), found)),
        _ => found.push((path.route(), node)),
    }
}

/// A scalar as text.
pub(super) fn plain(node: &Node) -> String {
    match &node.value {
        Value::String(text) => text.clone(),
        _ => node.to_json().to_string(),
    }
}

/// Whether a value is a URL with a password in it.
fn holds_password(value: &str) -> bool {
    let Some((_, rest)) = value.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let password = authority.rsplit_once('@').and_then(|(user, _)| user.split_once(':')).map(|(_, password)| password);
    password.is_some_and(|password| !password.is_empty() && !password.starts_with("$("))
}

/// A value as a node that stands in no text.
fn node(json: &Json) -> Node {
    Node::new(match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => number.as_i64().map_or_else(|| Value::Float(number.as_f64().unwrap_or_default()), Value::Int),
        Json::String(text) => Value::String(text.clone()),
        Json::Array(items) => Value::List(items.iter().map(node).collect()),
        Json::Object(map) => Value::Map(map.iter().map(|(key, value)| Entry::new(key, node(value))).collect()),
    })
}

/// Puts a text at a place that is there.
fn put(document: &mut Json, route: &Route, text: &str) {
    let mut here = document;
    for step in route.steps() {
        let next = match step {
            RouteStep::Key(key) => here.get_mut(key.as_str()),
            RouteStep::Index(index) => here.get_mut(*index),
        };
        let Some(next) = next else { return };
        here = next;
    }
    *here = text.into();
}

/// A value in the place of a document that steps lead to, in lists the first.
fn route_in(document: &mut Json, steps: &[RouteStep], value: &Json) -> Json {
    let mut here = &mut *document;
    for step in steps {
        here = match step {
            RouteStep::Key(key) => &mut here[key.as_str()],
            RouteStep::Index(_) => {
                *here = Json::Array(vec![Json::Null]);
                &mut here[0]
            }
        };
    }
    *here = value.clone();
    document.take()
}

/// What stands where steps lead to, in lists the first.
fn taken(mut document: Json, steps: &[RouteStep]) -> Json {
    for step in steps {
        document = match step {
            RouteStep::Key(key) => document[key.as_str()].take(),
            RouteStep::Index(_) => document[0].take(),
        };
    }
    document
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::checklist::production;

    fn secrets() -> Secrets {
        Secrets::of(&production().unwrap())
    }

    #[test]
    fn names_and_values_tell_a_secret() {
        let secrets = secrets();
        for (name, value) in [
            ("DB_PASSWORD", "x"),
            ("api.key", "x"),
            ("X", "AKIA123"),
            ("URL", "postgres://app:s3cret@db/app"),
            ("CERT", "-----BEGIN PRIVATE KEY"),
        ] {
            assert!(secrets.is_secret(name, value), "{name}");
        }
        for (name, value) in [
            ("PASSWORD_FILE", "/run/x"),
            ("TOKENS_PER_SECOND", "5"),
            ("DB_PASSWORD", ""),
            ("URL", "postgres://app@db:5432/app"),
            ("URL", "http://a/b:c@d"),
            ("URL", "postgres://app:$(PW)@db"),
            ("CERT", "-----BEGIN CERTIFICATE"),
        ] {
            assert!(!secrets.is_secret(name, value), "{name}={value}");
        }
    }

    #[test]
    fn a_value_is_judged_by_its_field() {
        let key = |kind: &str| ObjectKey { group: String::new(), kind: kind.to_owned(), namespace: None, name: "a".to_owned() };
        let field = |steps: &[&str]| {
            let step = |text: &&str| match text.strip_prefix('[') {
                Some(label) => FieldStep::Element(label.to_owned()),
                None => FieldStep::Key((*text).to_owned()),
            };
            Field::new(steps.iter().map(step).collect())
        };
        let masked = |kind: &str, steps: &[&str], value: Json| secrets().masked_at(Some(&key(kind)), &field(steps), &value);
        assert_eq!(masked("Secret", &["data", "a"], json!("x")), json!("***"));
        assert_eq!(masked("Secret", &["data"], json!({"a": "x"})), json!({"a": "***"}));
        assert_eq!(masked("Secret", &["metadata", "name"], json!("x")), json!("x"));
        assert_eq!(masked("ConfigMap", &["data", "API_TOKEN"], json!("x")), json!("***"));
        let env = ["spec", "template", "spec", "containers", "[name=app", "env", "[name=DB_PASSWORD"];
        assert_eq!(masked("Deployment", &[&env[..], &["value"]].concat(), json!("x")), json!("***"));
        assert_eq!(
            masked("Deployment", &env, json!({"name": "DB_PASSWORD", "value": 5})),
            json!({"name": "DB_PASSWORD", "value": "***"})
        );
        assert_eq!(masked("Deployment", &["spec", "replicas"], json!(2)), json!(2));
        let whole = json!({"kind": "Secret", "stringData": {"a": "x"}});
        assert_eq!(secrets().masked_at(None, &field(&[]), &whole), json!({"kind": "Secret", "stringData": {"a": "***"}}));
        let answer = |field: &str, value| secrets().masked_answer(&Route::parse(field).unwrap(), &value);
        assert_eq!(answer("env[3]", json!({"name": "A_TOKEN", "value": "x"})), json!({"name": "A_TOKEN", "value": "***"}));
        assert_eq!(answer("config.env", json!({"A_TOKEN": "x"})), json!({"A_TOKEN": "***"}));
    }
}
