//! The service file as it grows: fields that were found, each with what says so.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::object::ObjectField;
use crate::yaml::{Place, Route, RouteStep};

/// What says that a field of the service file has its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The object, as Kind/name.
    pub object: String,
    /// The field in it.
    pub field: Route,
    /// The text that it stands in.
    pub file: Arc<str>,
    /// Its place there.
    pub place: Place,
}

impl Evidence {
    fn of(at: &ObjectField<'_>) -> Self {
        Self { object: at.object.label(), field: at.route.clone(), file: Arc::clone(&at.object.file), place: at.place() }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { object, field, file, place } = self;
        write!(f, "{object} {field} ({file}:{}:{})", place.line, place.column)
    }
}

/// A field of the service file with the value that the objects tell.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundField {
    /// The field.
    pub field: Route,
    /// Its value.
    pub value: Json,
    /// What says so; `None` where the value is only needed beside another, and is the blueprint's default.
    pub origin: Option<Evidence>,
}

/// All fields that were found.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    found: Vec<FoundField>,
}

impl Draft {
    /// Notes a field, as a person writes it, with what says so.
    pub fn say(&mut self, field: &str, value: impl Into<Json>, at: &ObjectField<'_>) {
        self.say_at(Route::parse(field).unwrap_or_default(), value, at);
    }

    /// Notes the field at a route.
    pub fn say_at(&mut self, field: Route, value: impl Into<Json>, at: &ObjectField<'_>) {
        self.put(FoundField { field, value: value.into(), origin: Some(Evidence::of(at)) });
    }

    /// Notes a field that is needed beside others and that no object tells.
    pub fn add(&mut self, field: &str, value: impl Into<Json>) {
        self.put(FoundField { field: Route::parse(field).unwrap_or_default(), value: value.into(), origin: None });
    }

    /// The last word counts.
    pub fn put(&mut self, found: FoundField) {
        self.found.retain(|before| before.field != found.field);
        self.found.push(found);
    }

    /// Whether the field, or something inside it, was found.
    pub fn has(&self, field: &str) -> bool {
        let route = Route::parse(field).unwrap_or_default();
        self.found.iter().any(|found| route.contains(&found.field))
    }

    /// Takes back everything that the test picks.
    pub fn take_back(&mut self, picked: impl Fn(&FoundField) -> bool) -> Vec<FoundField> {
        let (taken, kept) = std::mem::take(&mut self.found).into_iter().partition(|found| picked(found));
        self.found = kept;
        taken
    }

    /// The fields in the order in which they were found.
    pub fn found(&self) -> &[FoundField] {
        &self.found
    }

    /// The service file, in which the elements of a list follow each other without gaps, and where
    /// each field that was found stands in it.
    pub fn built(&self) -> (Json, Vec<Route>) {
        let routes: Vec<Route> = self.found.iter().map(|found| self.without_gaps(&found.field)).collect();
        let mut order: Vec<usize> = (0..routes.len()).collect();
        order.sort_by_key(|number| indexes(&routes[*number]));
        let mut tree = Json::Object(Map::new());
        for number in order {
            set(&mut tree, routes[number].steps(), self.found[number].value.clone());
        }
        (tree, routes)
    }

    /// A route whose indexes count only the elements that are there.
    fn without_gaps(&self, route: &Route) -> Route {
        let mut steps = route.steps().to_vec();
        for (depth, step) in steps.iter_mut().enumerate() {
            let RouteStep::Index(index) = step else { continue };
            let list = &route.steps()[..depth];
            let before: BTreeSet<usize> = self
                .found
                .iter()
                .filter(|found| found.field.steps().starts_with(list))
                .filter_map(|found| match found.field.steps().get(depth) {
                    Some(RouteStep::Index(other)) if *other < *index => Some(*other),
                    _ => None,
                })
                .collect();
            *index = before.len();
        }
        Route::from_steps(&steps)
    }
}

/// The indexes in a route: lists are filled from their first element on.
fn indexes(route: &Route) -> Vec<usize> {
    let index = |step: &RouteStep| if let RouteStep::Index(index) = step { Some(*index) } else { None };
    route.steps().iter().filter_map(index).collect()
}

fn set(tree: &mut Json, steps: &[RouteStep], value: Json) {
    let Some((step, rest)) = steps.split_first() else {
        *tree = value;
        return;
    };
    let next = match step {
        RouteStep::Key(key) => {
            if !tree.is_object() {
                *tree = Json::Object(Map::new());
            }
            tree.as_object_mut().map(|map| map.entry(key.as_str()).or_insert(Json::Null))
        }
        RouteStep::Index(index) => {
            if !tree.is_array() {
                *tree = Json::Array(Vec::new());
            }
            tree.as_array_mut().and_then(|list| {
                while list.len() <= *index {
                    list.push(Json::Null);
                }
                list.get_mut(*index)
            })
        }
    };
    if let Some(next) = next {
        set(next, rest, value);
    }
}
