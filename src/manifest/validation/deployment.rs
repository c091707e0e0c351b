//! Deployments.

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::replica_set::replica_set;
use super::rollout::surge_or_wait;
use crate::yaml::Node;

/// The kind, its API and its judge.
pub(super) const KINDS: super::Kinds = &[("apps/v1", "Deployment", deployment)];

/// How long a rollout may take where it is not said, in seconds.
const DEADLINE: i64 = 600;

/// Judges a `Deployment`.
pub(super) fn deployment<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    replica_set(root, faults);
    let spec = root.at("spec");
    strategy(spec, faults);
    faults.not_negative(spec, &["revisionHistoryLimit", "progressDeadlineSeconds"]);
    let deadline = spec.int("progressDeadlineSeconds").unwrap_or(DEADLINE);
    let ready = spec.int("minReadySeconds").unwrap_or_default();
    if deadline <= ready {
        let field = if spec.has("progressDeadlineSeconds") { "progressDeadlineSeconds" } else { "minReadySeconds" };
        let must = if field == "minReadySeconds" {
            "must be less than `progressDeadlineSeconds`"
        } else {
            "must be more than `minReadySeconds`"
        };
        faults.at(spec, field, format!("{must}: {ready} seconds ready, and {deadline} to get there"));
    }
}

fn strategy<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    let strategy = spec.at("strategy");
    if !faults.one_of(strategy, "type", &["Recreate", "RollingUpdate"]) {
        return;
    }
    if strategy.text("type") == "Recreate" {
        faults.forbid(strategy, &["rollingUpdate"], "where `type` is `Recreate`");
    } else {
        surge_or_wait(strategy.at("rollingUpdate"), faults);
    }
}
