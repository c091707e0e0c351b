//! What no expression can say.

use super::api_versions::stable_version;
use super::at;
use super::objects::Object;
use super::rule::{Failure, Verdict};
use crate::yaml::Route;

/// The functions that a rule may name.
pub const NAMES: &[&str] = &["removed-api-versions"];

/// Judges an object by a function of Plimsoll.
#[must_use]
pub fn judge(name: &str, object: &Object) -> Verdict {
    match name {
        "removed-api-versions" => removed_api_version(object),
        other => Verdict::Error(Failure::new(format!("there is no function `{other}`"))),
    }
}

/// An API version with a stable successor, which servers drop sooner or later.
fn removed_api_version(object: &Object) -> Verdict {
    match stable_version(&object.id.api_version, &object.id.kind) {
        Some(_) => Verdict::Fail(vec![at::spot(&object.tree, &Route::root().key("apiVersion"))]),
        None => Verdict::Pass,
    }
}
