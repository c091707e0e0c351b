//! Templates of Pods.

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use super::labels::{is_empty, is_right, labels, matches, selector};
use super::metadata::annotations;
use super::network::host_name;
use super::pod_spec::pod_spec;
use super::profile_annotations::pod_annotations;
use crate::yaml::Node;

/// Judges the template of an object that keeps its Pods running: they start again whenever they end.
pub(super) fn lasting_template<'n>(parent: &'n Node, faults: &mut Complaints<'n>) {
    pod_template(parent, faults);
    lasts(parent, faults);
}

/// Judges that Pods start again whenever they end, and run on.
pub(super) fn lasts<'n>(parent: &'n Node, faults: &mut Complaints<'n>) {
    let spec = parent.at("template").at("spec");
    let policy = spec.text("restartPolicy");
    if !policy.is_empty() && policy != "Always" {
        faults.at(spec, "restartPolicy", format!("must be `Always` for Pods that are to run on, and is `{policy}`"));
    }
    faults.forbid(spec, &["activeDeadlineSeconds"], "for Pods that are to run on");
}

/// Judges the `template` of Pods in what makes them.
pub(super) fn pod_template<'n>(parent: &'n Node, faults: &mut Complaints<'n>) {
    let spec = template_metadata(parent, faults);
    template_spec(parent, &[], faults);
    host_name(spec, faults);
}

/// Judges labels and annotations of a template, and gives the `spec` of its Pods.
pub(super) fn template_metadata<'n>(parent: &'n Node, faults: &mut Complaints<'n>) -> &'n Node {
    let template = parent.at("template");
    let (metadata, spec) = (template.at("metadata"), template.at("spec"));
    labels(metadata, "labels", faults);
    annotations(metadata, faults);
    pod_annotations(metadata, spec, faults);
    spec
}

/// Judges the `spec` in a template; `claimed` are the names of volumes that a `StatefulSet` claims.
pub(super) fn template_spec<'n>(parent: &'n Node, claimed: &[&'n str], faults: &mut Complaints<'n>) {
    let template = parent.at("template");
    if !template.has("spec") {
        return faults.lacks(parent, "template.spec.containers");
    }
    let spec = template.at("spec");
    pod_spec(spec, claimed, faults);
    if !spec.list("ephemeralContainers").is_empty() {
        faults.at(spec, "ephemeralContainers", "are not allowed in a template; they are added to Pods that run");
    }
}

/// Judges the `selector` of what keeps Pods, against the labels of its template.
pub(super) fn selected<'n>(root: &'n Node, faults: &mut Complaints<'n>) {
    let spec = root.at("spec");
    let by = spec.at("selector");
    if !spec.has("selector") {
        return faults.lacks(root, "spec.selector");
    }
    if is_empty(by) {
        return faults.add(by, "is empty, and must not be: it says which Pods are its own");
    }
    selector(by, faults);
    fits(root, by, faults);
}

/// Judges that a selector that is right fits the labels of a template.
pub(super) fn fits<'n>(root: &'n Node, by: &'n Node, faults: &mut Complaints<'n>) {
    let template = root.at("spec").at("template");
    if is_right(by) && !matches(by, template.at("metadata")) {
        faults.at(root, "spec.template.metadata.labels", "must be selected by `spec.selector`, and are not");
    }
}
