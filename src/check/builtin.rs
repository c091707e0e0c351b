//! What no expression can say.

use super::api_versions::stable_version;
use super::at;
use super::objects::Object;
use super::rule::{Failure, Spot, Verdict};
use crate::yaml::Route;

/// The functions that a rule may name.
pub const NAMES: &[&str] = &["duplicate-keys", "removed-api-versions"];

/// Judges an object by a function of Plimsoll.
#[must_use]
pub fn judge(name: &str, object: &Object) -> Verdict {
    match name {
        "duplicate-keys" => duplicate_keys(object),
        "removed-api-versions" => removed_api_version(object),
        other => Verdict::Error(Failure::new(format!("there is no function `{other}`"))),
    }
}

/// A key that stands twice: Kubernetes takes the last one, silently.
fn duplicate_keys(object: &Object) -> Verdict {
    let number = object.tree.spot().map_or(0, |spot| spot.object);
    let spot = |(route, place): &(_, _)| Spot { object: number, route: Clone::clone(route), place: *place, missing: false };
    let spots: Vec<Spot> = object.duplicate_keys.iter().map(spot).collect();
    if spots.is_empty() { Verdict::Pass } else { Verdict::Fail(spots) }
}

/// An API version with a stable successor, which servers drop sooner or later.
fn removed_api_version(object: &Object) -> Verdict {
    match stable_version(&object.id.api_version, &object.id.kind) {
        Some(_) => Verdict::Fail(vec![at::spot(&object.tree, &Route::root().key("apiVersion"))]),
        None => Verdict::Pass,
    }
}
