//! Trees: values of a YAML text that rules read, each with its place.

use std::sync::Arc;

use cel::common::types::{CelBool, CelDouble, CelInt, CelNull, CelString};
use serde_json::Value as Json;

use super::Spot;
use crate::yaml::{self, Place, Route, RouteStep};

/// A value that a rule can read, and where it stands: of which object, at which route and place.
///
/// Clones share their content.
#[derive(Clone, Debug)]
pub struct Tree(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    origin: Option<TreeSource>,
    data: Data,
}

#[derive(Debug)]
pub(super) enum Data {
    Scalar(Scalar),
    List(Vec<Tree>),
    Map(Fields),
}

/// The fields of a map in the order of the text, found by their keys without going through all of them.
#[derive(Debug)]
pub(super) struct Fields {
    list: Vec<TreeField>,
    /// Their positions in the order of the keys, where they are many.
    sorted: Vec<usize>,
}

/// From how many fields on a map is searched by its sorted keys.
const MANY_FIELDS: usize = 64;

impl FromIterator<TreeField> for Fields {
    fn from_iter<Given: IntoIterator<Item = TreeField>>(fields: Given) -> Self {
        let list: Vec<TreeField> = fields.into_iter().collect();
        let mut sorted: Vec<usize> = if list.len() < MANY_FIELDS { Vec::new() } else { (0..list.len()).collect() };
        sorted.sort_by(|one, other| list[*one].key.inner().cmp(list[*other].key.inner()));
        Self { list, sorted }
    }
}

impl std::ops::Deref for Fields {
    type Target = [TreeField];

    fn deref(&self) -> &[TreeField] {
        &self.list
    }
}

impl Fields {
    /// The first field of a key.
    fn find(&self, key: &str) -> Option<&TreeField> {
        if self.sorted.is_empty() {
            return self.list.iter().find(|field| field.key.inner() == key);
        }
        let before = self.sorted.partition_point(|at| self.list.get(*at).is_some_and(|field| field.key.inner() < key));
        let field = self.list.get(*self.sorted.get(before)?)?;
        (field.key.inner() == key).then_some(field)
    }
}

#[derive(Debug)]
pub(super) enum Scalar {
    Null(CelNull),
    Bool(CelBool),
    Int(CelInt),
    Float(CelDouble),
    Text(CelString<'static>),
}

#[derive(Debug)]
pub(super) struct TreeField {
    pub(super) key: CelString<'static>,
    pub(super) tree: Tree,
}

/// Where a tree was read from.
#[derive(Clone, Debug)]
struct TreeSource {
    object: usize,
    place: Place,
    way: Option<Arc<SharedRoute>>,
}

/// A route that shares its beginning with those of its neighbours.
#[derive(Debug)]
struct SharedRoute {
    parent: Option<Arc<SharedRoute>>,
    step: RouteStep,
}

impl Tree {
    /// The tree of a whole object; `object` is what its spots call it.
    #[must_use]
    pub fn new(object: usize, node: &yaml::Node) -> Self {
        Self::placed(object, node, node.place, None)
    }

    fn placed(object: usize, node: &yaml::Node, place: Place, way: Option<Arc<SharedRoute>>) -> Self {
        let below = |step: RouteStep| Some(Arc::new(SharedRoute { parent: way.clone(), step }));
        let data = match &node.value {
            yaml::Value::Null => Data::Scalar(Scalar::Null(CelNull)),
            yaml::Value::Bool(value) => Data::Scalar(Scalar::Bool((*value).into())),
            yaml::Value::Int(value) => Data::Scalar(Scalar::Int((*value).into())),
            yaml::Value::Float(value) => Data::Scalar(Scalar::Float((*value).into())),
            yaml::Value::String(value) => Data::Scalar(Scalar::Text(value.clone().into())),
            yaml::Value::List(items) => {
                let item =
                    |(index, item): (usize, &yaml::Node)| Self::placed(object, item, item.place, below(RouteStep::Index(index)));
                Data::List(items.iter().enumerate().map(item).collect())
            }
            yaml::Value::Map(entries) => {
                let field = |entry: &yaml::Entry| TreeField {
                    key: entry.key.clone().into(),
                    tree: Self::placed(object, &entry.node, entry.place, below(RouteStep::Key(entry.key.clone()))),
                };
                // Kubernetes drops a field that is null, as if it were not there.
                let given = entries.iter().filter(|entry| entry.node.value != yaml::Value::Null);
                Data::Map(given.map(field).collect())
            }
        };
        Self(Arc::new(Inner { origin: Some(TreeSource { object, place, way }), data }))
    }

    /// A value that stands in no text.
    #[must_use]
    pub fn from_json(json: &Json) -> Self {
        let data = match json {
            Json::Null => Data::Scalar(Scalar::Null(CelNull)),
            Json::Bool(value) => Data::Scalar(Scalar::Bool((*value).into())),
            Json::Number(number) => Data::Scalar(match number.as_i64() {
                Some(whole) => Scalar::Int(whole.into()),
                None => Scalar::Float(number.as_f64().unwrap_or(f64::NAN).into()),
            }),
            Json::String(text) => Data::Scalar(Scalar::Text(text.clone().into())),
            Json::Array(items) => Data::List(items.iter().map(Self::from_json).collect()),
            Json::Object(map) => Data::Map(
                map.iter().map(|(key, value)| TreeField { key: key.clone().into(), tree: Self::from_json(value) }).collect(),
            ),
        };
        Self::unplaced(data)
    }

    /// A map of trees, which itself stands in no text; of equal keys the first one counts.
    #[must_use]
    pub fn map(entries: impl IntoIterator<Item = (String, Tree)>) -> Self {
        Self::unplaced(Data::Map(entries.into_iter().map(|(key, tree)| TreeField { key: key.into(), tree }).collect()))
    }

    /// A list of trees, which itself stands in no text.
    #[must_use]
    pub fn list(items: Vec<Tree>) -> Self {
        Self::unplaced(Data::List(items))
    }

    /// An empty list that stands where another value does: of what should belong to that value there is
    /// nothing.
    #[must_use]
    pub fn nothing_at(value: &Tree) -> Self {
        Self(Arc::new(Inner { origin: value.0.origin.clone(), data: Data::List(Vec::new()) }))
    }

    fn unplaced(data: Data) -> Self {
        Self(Arc::new(Inner { origin: None, data }))
    }

    /// The value of a key, if this is a map that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Tree> {
        match &self.0.data {
            Data::Map(fields) => fields.find(key).map(|field| &field.tree),
            _ => None,
        }
    }

    /// The value at the end of a chain of keys.
    #[must_use]
    pub fn at(&self, keys: &[&str]) -> Option<&Tree> {
        keys.iter().try_fold(self, |tree, key| tree.get(key))
    }

    /// The string, if this is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.0.data {
            Data::Scalar(Scalar::Text(text)) => Some(text.inner()),
            _ => None,
        }
    }

    /// The whole number, if this is one.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match &self.0.data {
            Data::Scalar(Scalar::Int(number)) => Some(*number.inner()),
            _ => None,
        }
    }

    /// Whether this is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(&self.0.data, Data::Scalar(Scalar::Null(_)))
    }

    /// The elements, if this is a list; else none.
    #[must_use]
    pub fn items(&self) -> &[Tree] {
        match &self.0.data {
            Data::List(items) => items,
            _ => &[],
        }
    }

    /// The keys and values in the order of the text, if this is a map; else none.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Tree)> {
        let fields: &[TreeField] = match &self.0.data {
            Data::Map(fields) => fields,
            _ => &[],
        };
        fields.iter().map(|field| (field.key.inner(), &field.tree))
    }

    /// The value as JSON; numbers that JSON lacks become `null`.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match &self.0.data {
            Data::Scalar(Scalar::Null(_)) => Json::Null,
            Data::Scalar(Scalar::Bool(value)) => (*value.inner()).into(),
            Data::Scalar(Scalar::Int(value)) => (*value.inner()).into(),
            Data::Scalar(Scalar::Float(value)) => serde_json::Number::from_f64(*value.inner()).into(),
            Data::Scalar(Scalar::Text(value)) => value.inner().into(),
            Data::List(items) => items.iter().map(Tree::to_json).collect(),
            Data::Map(_) => {
                self.entries().map(|(key, tree)| (key.to_owned(), tree.to_json())).collect::<serde_json::Map<_, _>>().into()
            }
        }
    }

    /// How many values it holds, itself among them.
    #[must_use]
    pub fn values(&self) -> usize {
        match &self.0.data {
            Data::Scalar(_) => 1,
            Data::List(items) => 1 + items.iter().map(Tree::values).sum::<usize>(),
            Data::Map(fields) => 1 + fields.iter().map(|field| field.tree.values()).sum::<usize>(),
        }
    }

    /// Where the value stands; `None` for one that stands in no text.
    #[must_use]
    pub fn spot(&self) -> Option<Spot> {
        let TreeSource { object, place, way } = self.0.origin.as_ref()?;
        let mut steps = Vec::new();
        let mut rest = way.as_deref();
        while let Some(way) = rest {
            steps.push(way.step.clone());
            rest = way.parent.as_deref();
        }
        steps.reverse();
        Some(Spot { object: *object, route: Route::from_steps(&steps), place: *place, missing: false })
    }

    /// Where the value of a key that is not there would stand.
    #[must_use]
    pub fn spot_of_missing(&self, key: &str) -> Option<Spot> {
        self.spot().map(|spot| Spot { route: spot.route.key(key), missing: true, ..spot })
    }

    pub(super) fn data(&self) -> &Data {
        &self.0.data
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Tree {
        Tree::new(3, &yaml::load_one("f", text).unwrap())
    }

    #[test]
    fn trees_know_where_they_stand() {
        let tree = tree("a:\n  - b: 1\n    c.d/e: x\n");
        let spot = tree.get("a").unwrap().items()[0].get("c.d/e").unwrap().spot().unwrap();
        assert_eq!((spot.object, spot.route.to_string().as_str(), spot.place.line), (3, "a[0][\"c.d/e\"]", 3));
        let missing = tree.get("a").unwrap().items()[0].spot_of_missing("z").unwrap();
        assert_eq!((missing.route.to_string().as_str(), missing.place.line, missing.missing), ("a[0].z", 2, true));
        assert_eq!(Tree::from_json(&serde_json::json!({"a": 1})).get("a").unwrap().spot(), None);
    }

    #[test]
    fn values_are_those_of_the_text() {
        let text = "a: [1, 2.5, yes, ~, x, {}]\nb: {c: 0755}\n";
        let node = yaml::load_one("f", text).unwrap();
        let tree = Tree::new(0, &node);
        assert_eq!(tree.to_json(), node.to_json());
        assert_eq!(Tree::from_json(&node.to_json()).to_json(), node.to_json());
        assert_eq!(tree.at(&["b", "c"]).and_then(Tree::as_i64), Some(493));
        assert_eq!(tree.get("a").unwrap().items()[4].as_str(), Some("x"));
        assert!(tree.get("a").unwrap().items()[3].is_null());
        assert!(tree.at(&["a", "c"]).is_none());
    }
}
