//! What of a merge may break a service that runs, and how it is held back.

use serde_json::Value as Json;

use crate::adopt::{Risk, When, counts, touching};
use crate::change::fields::{value_at, visit};
use crate::merge::FieldChange;
use crate::notation::{Field, FieldPattern, FieldStep, ObjectKey};
use crate::service::Answers;
use crate::yaml::Route;

/// Which of the risks a person takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Accepted {
    /// None but those that an answer asks for.
    #[default]
    None,
    /// These, by their names.
    These(Vec<String>),
    /// All.
    All,
}

/// A risk with what it is about in a service.
#[derive(Clone, Debug)]
pub struct Risky {
    /// The risk.
    pub risk: &'static Risk,
    /// Whether the person takes it; what is not taken stays as people wrote it.
    pub taken: bool,
    /// What to try first, with the name of the workload.
    pub first: String,
    /// What would change.
    pub fields: Vec<RiskyField>,
    /// The items that find fault with what stays.
    pub items: Vec<String>,
    /// What the service file leaves to others while it is held back.
    pub owned: Vec<String>,
}

/// A field whose change may break a service.
#[derive(Clone, Debug, PartialEq)]
pub struct RiskyField {
    /// The object.
    pub object: ObjectKey,
    /// The field; the root for a whole object.
    pub field: Field,
    /// What people have; `None` for nothing.
    pub before: Option<Json>,
    /// What is rendered; `None` where it goes.
    pub after: Option<Json>,
    /// The pattern that names it, or what stays with it, in the service file.
    pub pattern: FieldPattern,
}

impl Risky {
    /// Whether it is held back.
    #[must_use]
    pub fn is_held(&self) -> bool {
        !self.taken
    }

    /// Why its items are not kept meanwhile.
    #[must_use]
    pub fn excuse(&self) -> String {
        format!("we have not tried {} yet", self.risk.what)
    }
}

/// The risks in what a merge changes, in the order of their table.
pub fn risks_in(changes: &[FieldChange], accepted: &Accepted, given: &Answers) -> Vec<Risky> {
    let mut found: Vec<Risky> = Vec::new();
    for change in changes {
        for (risk, field) in risky_fields(change) {
            if let Some(known) = found.iter_mut().find(|known| known.risk.id == risk.id) {
                known.fields.push(field);
            } else {
                let taken = takes(risk, accepted, given);
                found.push(Risky {
                    risk,
                    taken,
                    first: String::new(),
                    fields: vec![field],
                    items: Vec::new(),
                    owned: Vec::new(),
                });
            }
        }
    }
    found.sort_by_key(|risky| crate::adopt::RISKS.iter().position(|risk| risk.id == risky.risk.id));
    found
}

fn takes(risk: &Risk, accepted: &Accepted, given: &Answers) -> bool {
    let is_answered = risk.answers.iter().any(|answer| given.has(&Route::root().key(*answer)));
    is_answered
        || match accepted {
            Accepted::None => false,
            Accepted::These(ids) => ids.iter().any(|id| id == risk.id),
            Accepted::All => true,
        }
}

/// The fields of one change that a risk is about: the outermost of them.
fn risky_fields(change: &FieldChange) -> Vec<(&'static Risk, RiskyField)> {
    let Some(object) = &change.object else { return Vec::new() };
    let patterns: Vec<_> = touching(object, &change.field).collect();
    let mut found: Vec<(&'static Risk, RiskyField)> = Vec::new();
    let risky = |risk: &'static Risk, pattern: &FieldPattern, field: &Field, before: Option<&Json>, after: Option<&Json>| {
        let whole = risk.whole.and_then(|whole| FieldPattern::parse(whole).ok());
        let pattern = whole.unwrap_or_else(|| exact(&pattern.of_kind_of(object), field));
        (
            risk,
            RiskyField { object: object.clone(), field: field.clone(), before: before.cloned(), after: after.cloned(), pattern },
        )
    };
    let depth = change.field.steps().len();
    // A part of what the pattern names changes: it was there, and is there.
    for &(risk, pattern, when) in patterns.iter().filter(|(_, pattern, _)| pattern.depth_in(object) < depth) {
        let (before, after) = (change.before.as_ref(), change.after.as_ref());
        if matches!(when, When::Always | When::Stood | When::Holds(_)) && counts(when, Some(&Json::Null), after.or(before)) {
            found.push(risky(risk, pattern, &change.field, before, after));
        }
    }
    if depth == 0 {
        let whole = patterns.iter().filter(|(_, _, when)| counts(*when, change.before.as_ref(), change.after.as_ref()));
        found.extend(
            whole.map(|&(risk, pattern, _)| risky(risk, pattern, &change.field, change.before.as_ref(), change.after.as_ref())),
        );
        return found;
    }
    let Some(shown) = change.after.as_ref().or(change.before.as_ref()) else { return found };
    visit(shown, &mut change.field.clone(), &mut |field, _| {
        let is_inside = |(_, known): &(&Risk, RiskyField)| field.steps().starts_with(known.field.steps());
        if found.iter().any(is_inside) {
            return;
        }
        let at = |side: &Option<Json>| side.as_ref().and_then(|side| value_at(side, &field.steps()[depth..])).cloned();
        let (before, after) = (at(&change.before), at(&change.after));
        let fits = patterns.iter().find(|(_, pattern, when)| {
            pattern.depth_in(object) == field.steps().len()
                && pattern.covers(object, field)
                && counts(*when, before.as_ref(), after.as_ref())
        });
        if let Some(&(risk, pattern, _)) = fits {
            found.push(risky(risk, pattern, field, before.as_ref(), after.as_ref()));
        }
    });
    found
}

/// The pattern of one kind, with the element that is meant where it ends with any.
fn exact(pattern: &FieldPattern, field: &Field) -> FieldPattern {
    let element = match field.steps().get(pattern.steps().len().wrapping_sub(1)) {
        Some(FieldStep::Element(label)) => pattern.as_str().strip_suffix("[*]").map(|start| format!("{start}[{label}]")),
        _ => None,
    };
    element.and_then(|text| FieldPattern::parse(&text).ok()).unwrap_or_else(|| pattern.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merge::ChangeKind;
    use serde_json::json;

    fn change(field: &[&str], before: Option<Json>, after: Option<Json>) -> FieldChange {
        let step = |text: &&str| match text.strip_prefix('[') {
            Some(label) => FieldStep::Element(label.to_owned()),
            None => FieldStep::Key((*text).to_owned()),
        };
        let kind = if field.first() == Some(&"spec") && before.is_some() { ChangeKind::Changed } else { ChangeKind::Added };
        let object = ObjectKey { group: "apps".into(), kind: "Deployment".into(), namespace: None, name: "a".into() };
        FieldChange {
            file: "f".into(),
            object: Some(object),
            field: Field::new(field.iter().map(step).collect()),
            kind,
            before,
            after,
        }
    }

    fn told(change: &FieldChange) -> Vec<String> {
        let all = risks_in(std::slice::from_ref(change), &Accepted::None, &Answers::default());
        let fields = all.iter().flat_map(|risky| risky.fields.iter().map(|field| format!("{} {}", risky.risk.id, field.field)));
        fields.collect()
    }

    #[test]
    fn what_is_risky_is_found_at_any_depth_of_a_change() {
        let pod = ["spec", "template", "spec"];
        let at = |rest: &[&'static str]| [&pod[..], rest].concat();
        let block = json!({"privileged": false, "readOnlyRootFilesystem": true, "runAsUser": 7});
        let whole = json!([{"name": "a", "securityContext": block}]);
        assert_eq!(
            told(&change(&at(&["containers"]), None, Some(whole))),
            [
                "read-only-root spec.template.spec.containers[name=a].securityContext.readOnlyRootFilesystem",
                "user spec.template.spec.containers[name=a].securityContext.runAsUser",
                "privileges spec.template.spec.containers[name=a].securityContext.privileged",
            ]
        );
        // The outermost counts, and what is new as a whole is no change of its parts.
        let volume = json!({"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}});
        assert_eq!(
            told(&change(&at(&["volumes", "[name=tmp"]), None, Some(volume))),
            ["read-only-root spec.template.spec.volumes[name=tmp]"]
        );
        let size = at(&["volumes", "[name=tmp", "emptyDir", "sizeLimit"]);
        assert_eq!(
            told(&change(&size, None, Some(json!("64Mi")))),
            ["volume-size spec.template.spec.volumes[name=tmp].emptyDir.sizeLimit"]
        );
        // A part of what a row names.
        let amount = at(&["containers", "[name=a", "resources", "limits", "memory"]);
        let raised = change(&amount, Some(json!("1Gi")), Some(json!("512Mi")));
        assert_eq!(told(&raised), ["resources spec.template.spec.containers[name=a].resources.limits.memory"]);
        assert_eq!(
            risks_in(&[raised], &Accepted::None, &Answers::default())[0].fields[0].pattern.as_str(),
            "Deployment.spec.template.spec.containers[*].resources"
        );
        assert_eq!(told(&change(&at(&["dnsConfig"]), None, None)), Vec::<String>::new());
        assert_eq!(
            told(&change(&at(&["containers", "[name=a", "image"]), Some(json!("a")), Some(json!("b")))),
            Vec::<String>::new()
        );
    }
}
