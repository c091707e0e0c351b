//! Where in an object a field stands.

use super::rule::{Spot, Tree};
use crate::yaml::{Place, Route, RouteStep};

/// The field at a route, or the nearest part of the route that exists.
#[must_use]
pub fn spot(root: &Tree, route: &Route) -> Spot {
    let mut tree = root;
    let mut missing = false;
    for step in route.steps() {
        let next = match step {
            RouteStep::Key(key) => tree.get(key),
            RouteStep::Index(index) => tree.items().get(*index),
        };
        let Some(next) = next else {
            missing = true;
            break;
        };
        tree = next;
    }
    let nothing = || Spot { object: 0, route: Route::root(), place: Place { line: 1, column: 1 }, missing: true };
    let found = tree.spot().or_else(|| root.spot()).unwrap_or_else(nothing);
    Spot { route: route.clone(), missing, ..found }
}

/// The lists of a Pod that hold containers.
const CONTAINERS: &[&str] = &["containers", "initContainers", "ephemeralContainers"];

/// The name of the container to which a field belongs.
#[must_use]
pub fn container(root: &Tree, route: &Route) -> Option<String> {
    let mut tree = root;
    let mut in_list = false;
    for step in route.steps() {
        match step {
            RouteStep::Key(key) => {
                in_list = CONTAINERS.contains(&key.as_str());
                tree = tree.get(key)?;
            }
            RouteStep::Index(index) => {
                tree = tree.items().get(*index)?;
                if in_list {
                    return tree.get("name").and_then(Tree::as_str).map(str::to_owned);
                }
            }
        }
    }
    None
}
