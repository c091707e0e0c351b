//! What a pattern of fields names in an object.
//!
//! `Pod` stands for the Pods of every workload: `Pod.spec.containers` is `spec.template.spec.containers` of a
//! `Deployment`, and another field of a `CronJob`.

use super::Workload;
use crate::notation::{Field, FieldPattern, FieldStep, ObjectKey, fits, step_fits};

/// What stands for the Pods of every workload, unless one Pod is named.
const PODS: &str = "Pod";

impl FieldPattern {
    /// Whether the pattern names the field, or something around it.
    #[must_use]
    pub fn covers(&self, object: &ObjectKey, field: &Field) -> bool {
        self.touches(object, field) && self.depth_in(object) <= field.steps().len()
    }

    /// Whether the pattern names the field, something around it or something in it.
    #[must_use]
    pub fn touches(&self, object: &ObjectKey, field: &Field) -> bool {
        let Some(mut lead) = self.lead(object) else { return false };
        let mut steps = field.steps().iter();
        let leads = |key: &str| steps.next().is_none_or(|step| matches!(step, FieldStep::Key(step) if step == key));
        lead.all(leads) && self.steps().iter().zip(steps).all(|(pattern, step)| step_fits(pattern, step))
    }

    /// Whether the pattern names the object, or something in it.
    #[must_use]
    pub fn names(&self, object: &ObjectKey) -> bool {
        self.lead(object).is_some()
    }

    /// How many steps lead from an object to what the pattern names in it.
    #[must_use]
    pub fn depth_in(&self, object: &ObjectKey) -> usize {
        self.lead(object).into_iter().flatten().count() + self.steps().len()
    }

    /// The field that the pattern names in an object, its `*` as they stand.
    #[must_use]
    pub fn field_in(&self, object: &ObjectKey) -> Field {
        let lead = self.lead(object).into_iter().flatten().map(|key| FieldStep::Key(key.to_owned()));
        Field::new(lead.chain(self.steps().iter().cloned()).collect())
    }

    /// The same pattern as it is written for objects of one kind alone.
    #[must_use]
    pub fn of_kind_of(&self, object: &ObjectKey) -> Self {
        let workload = Workload::of(object).filter(|workload| self.is_of_pods() && !workload.template.is_empty());
        let of_kind = workload.zip(self.as_str().strip_prefix(PODS));
        let text = of_kind.map(|(workload, rest)| format!("{}.{}{rest}", workload.kind, workload.template));
        text.and_then(|text| Self::parse(&text).ok()).unwrap_or_else(|| self.clone())
    }

    /// Whether the pattern is about the Pods of every workload.
    fn is_of_pods(&self) -> bool {
        self.object() == (PODS, None)
    }

    /// The keys that lead to the Pod in an object, where the pattern is about Pods; `None` where it does not
    /// name the object.
    fn lead(&self, object: &ObjectKey) -> Option<impl Iterator<Item = &'static str>> {
        let (kind, name) = self.object();
        let workload = if self.is_of_pods() { Workload::of(object) } else { None };
        let is_of_kind = || kind == "*" || object.known_kind().is_some_and(|known| fits(kind, known));
        let is_named = || is_of_kind() && name.is_none_or(|name| fits(name, &object.name));
        (workload.is_some() || is_named()).then(|| workload.into_iter().flat_map(Workload::template_keys))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notation::{Word, route_words};

    fn object(group: &str, kind: &str) -> ObjectKey {
        ObjectKey { group: group.to_owned(), kind: kind.to_owned(), namespace: None, name: "cart".to_owned() }
    }

    fn field(text: &str) -> Field {
        let step = |word| match word {
            Word::Plain(key) | Word::Quoted(key) => FieldStep::Key(key),
            Word::Bracketed(label) => FieldStep::Element(label),
        };
        Field::new(route_words(text).unwrap().into_iter().map(step).collect())
    }

    fn covers(pattern: &str, object: &ObjectKey, text: &str) -> bool {
        FieldPattern::parse(pattern).unwrap().covers(object, &field(text))
    }

    #[test]
    fn patterns_cover_fields_and_what_is_in_them() {
        let deployment = object("apps", "Deployment");
        let covers = |pattern: &str| covers(pattern, &deployment, "spec.containers[name=app].image");
        assert!(covers("Deployment.spec.containers[*].image"));
        assert!(covers("Deployment/cart.spec.containers[name=app].image"));
        assert!(covers("*.spec.containers[app].im*"));
        assert!(covers("Deployment.spec"));
        assert!(!covers("Deployment.spec.containers[*].image.tag"));
        assert!(!covers("Deployment/basket.spec"));
        assert!(!covers("Service.spec.containers[*].image"));
        let annotation = field("metadata.annotations[\"example.com/a.b\"]");
        let pattern = FieldPattern::parse("Deployment.metadata.annotations[\"example.com/*\"]").unwrap();
        assert!(pattern.covers(&deployment, &annotation));
    }

    #[test]
    fn pod_stands_for_the_pods_of_every_workload() {
        let image = "Pod.spec.containers[*].image";
        let cases = [
            (object("apps", "Deployment"), "spec.template"),
            (object("apps", "StatefulSet"), "spec.template"),
            (object("batch", "CronJob"), "spec.jobTemplate.spec.template"),
            (object("argoproj.io", "Rollout"), "spec.template"),
        ];
        for (object, template) in &cases {
            assert!(covers(image, object, &format!("{template}.spec.containers[name=app].image")), "{object}");
            assert!(covers("Pod.metadata.labels", object, &format!("{template}.metadata.labels.app")), "{object}");
            assert!(covers("Pod", object, &format!("{template}.spec")), "{object}");
            assert!(!covers(image, object, "spec.containers[name=app].image"), "{object}");
            assert!(!covers(image, object, &format!("{template}.spec.containers")), "{object}");
            assert!(!covers("Pod.metadata.labels", object, "metadata.labels.app"), "{object}");
            let pattern = FieldPattern::parse(image).unwrap();
            for around in ["spec", template, &format!("{template}.spec.containers")] {
                assert!(pattern.touches(object, &field(around)), "{object} {around}");
            }
            assert!(!pattern.touches(object, &field("spec.selector")), "{object}");
            assert_eq!(pattern.field_in(object).to_string(), format!("{template}.spec.containers[*].image"));
            assert_eq!(pattern.depth_in(object), pattern.field_in(object).steps().len());
            let own = pattern.of_kind_of(object);
            assert_eq!(own.as_str(), format!("{}.{template}.spec.containers[*].image", object.kind));
            assert_eq!((own.field_in(object), own.depth_in(object)), (pattern.field_in(object), pattern.depth_in(object)));
        }
        let pod = object("", "Pod");
        assert!(covers(image, &pod, "spec.containers[name=app].image"));
        assert_eq!(FieldPattern::parse(image).unwrap().of_kind_of(&pod).as_str(), image);
        assert!(!covers("Pod", &object("", "Service"), "spec"));
        assert!(!covers("Pod", &object("batch.volcano.sh", "Job"), "spec.template"));
    }

    #[test]
    fn a_pod_with_a_name_is_that_pod_alone() {
        assert!(covers("Pod/cart.spec", &object("", "Pod"), "spec.containers"));
        assert!(!covers("Pod/cart.spec", &object("apps", "Deployment"), "spec.template.spec.containers"));
        assert!(covers("Deployment.spec.template.spec", &object("apps", "Deployment"), "spec.template.spec.containers"));
        assert!(!covers("Deployment.spec.template.spec", &object("apps", "StatefulSet"), "spec.template.spec.containers"));
    }
}
