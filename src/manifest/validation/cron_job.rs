//! `CronJobs`.

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::job::job_spec;
use super::metadata::{Lives, metadata};
use crate::notation::{dns_subdomain, schedule, time_zone};
use crate::yaml::Node;

/// The kind, its API and its judge.
pub(super) const KINDS: super::Kinds = &[("batch/v1", "CronJob", cron_job)];

/// How long a name may be, so that there is room for the time behind it.
const MOST_CHARACTERS: usize = 52;

/// Judges a `CronJob`.
pub(super) fn cron_job<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    metadata(root, Lives::InNamespace, dns_subdomain, faults);
    let length = root.at("metadata").text("name").len();
    if length > MOST_CHARACTERS {
        faults.at(root, "metadata.name", format!("is {length} characters long; {MOST_CHARACTERS} are allowed for a CronJob"));
    }
    let spec = root.at("spec");
    if root.has("spec") {
        faults.needs_judged(spec, "schedule", schedule);
    } else {
        faults.lacks(root, "spec.schedule");
    }
    if spec.has("timeZone") && faults.needs(spec, "timeZone") {
        faults.judge(spec.at("timeZone"), time_zone);
    }
    faults.not_negative(spec, &["startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"]);
    faults.one_of(spec, "concurrencyPolicy", &["Allow", "Forbid", "Replace"]);
    let template = spec.at("jobTemplate");
    if spec.has("jobTemplate") {
        job_spec(template, faults);
    } else {
        faults.lacks(root, "spec.jobTemplate");
    }
    faults.forbid(template.at("spec"), &["selector"], "in a CronJob: it is made for each Job");
    if template.at("spec").flag("manualSelector") {
        faults.at(template, "spec.manualSelector", "must not be true in a CronJob");
    }
}
