//! `PodDisruptionBudgets`.

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::labels::selector;
use super::metadata::{Lives, metadata};
use super::rollout::amount;
use crate::notation::path_segment;
use crate::yaml::Node;

/// Judges a `PodDisruptionBudget`.
pub(super) fn budget<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    metadata(root, Lives::InNamespace, path_segment, faults);
    let spec = root.at("spec");
    if spec.has("minAvailable") && spec.has("maxUnavailable") {
        faults.at(spec, "maxUnavailable", "is not allowed beside `minAvailable`; a budget has one bound");
    }
    for bound in ["minAvailable", "maxUnavailable"] {
        amount(spec, bound, Some(100), faults);
    }
    selector(spec.at("selector"), faults);
    faults.given_one_of(spec, "unhealthyPodEvictionPolicy", &["IfHealthyBudget", "AlwaysAllow"]);
}
