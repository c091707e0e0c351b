//! Which parameters of the checklist a field is made of, found by rendering again with another value for each.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::Value as Json;

use super::fields::{objects, value_at};
use crate::blueprint::Renderer;
use crate::merge::SourceFile;
use crate::notation::{Field, ObjectKey};
use crate::plan::{Decision, Origin, Plan};

/// The objects of a render, with what each holds.
type Objects = Rc<Vec<(ObjectKey, Json)>>;

/// Renders of a plan in which one decision is another one.
pub struct Roots<'p> {
    renderer: &'p Renderer,
    plan: &'p Plan,
    /// By the position of the decision that is another one; `None` for the plan as it is. Nothing for a render that
    /// fails.
    renders: RefCell<BTreeMap<Option<usize>, Option<Objects>>>,
}

impl<'p> Roots<'p> {
    /// Nothing is rendered before it is asked for.
    pub fn new(renderer: &'p Renderer, plan: &'p Plan) -> Self {
        Self { renderer, plan, renders: RefCell::default() }
    }

    /// Those of the items that have a parameter of which a field with this value is made. For a value that is no
    /// scalar, and where no other value can be tried, these are the ones whose parameter is the value.
    pub fn of(&self, items: &BTreeSet<&str>, object: &ObjectKey, field: &Field, value: Option<&Json>) -> BTreeSet<&'p str> {
        let is_scalar = value.is_none_or(|value| !value.is_array() && !value.is_object());
        let is_tried = is_scalar && !field.steps().is_empty();
        let mut found = BTreeSet::new();
        for (at, decision) in self.plan.decisions.iter().enumerate() {
            let Some(item) = item_of(decision).filter(|item| items.contains(item) && !found.contains(item)) else { continue };
            let moves = if is_tried { self.moves(at, object, field) } else { None };
            if moves.unwrap_or_else(|| value == Some(&decision.value)) {
                found.insert(item);
            }
        }
        found
    }

    /// Whether a field is another one with another value of a decision; nothing where that cannot be tried.
    fn moves(&self, at: usize, object: &ObjectKey, field: &Field) -> Option<bool> {
        let (plain, other) = (self.render(None)?, self.render(Some(at))?);
        let in_plain = of_object(&plain, object)?;
        let in_other = of_object(&other, object);
        Some(value_at(in_plain, field.steps()) != in_other.and_then(|other| value_at(other, field.steps())))
    }

    fn render(&self, other: Option<usize>) -> Option<Objects> {
        if let Some(known) = self.renders.borrow().get(&other) {
            return known.clone();
        }
        let rendered = self.rendered(other);
        self.renders.borrow_mut().insert(other, rendered.clone());
        rendered
    }

    fn rendered(&self, other: Option<usize>) -> Option<Objects> {
        let mut plan = Plan { comments: false, ..self.plan.clone() };
        if let Some(at) = other {
            plan.decisions[at].value = another(&plan.decisions[at].value)?;
        }
        let texts = self.renderer.texts(&plan).ok()?;
        let files: Vec<SourceFile<'_>> = texts.iter().map(|(path, text)| SourceFile { path, text }).collect();
        Some(Rc::new(objects(&files).into_iter().map(|(key, root)| (key, root.to_json())).collect()))
    }
}

/// The item whose parameter a decision is.
fn item_of(decision: &Decision) -> Option<&str> {
    match &decision.origin {
        Origin::Checklist { item, .. } | Origin::Tier { item, .. } => Some(item),
        _ => None,
    }
}

/// Another value of the same type; nothing where there is none to think of.
fn another(value: &Json) -> Option<Json> {
    match value {
        Json::Null => None,
        Json::Bool(value) => Some((!value).into()),
        Json::Number(value) => Some(value.as_i64()?.checked_add(1)?.into()),
        Json::String(value) => Some(format!("{value}0").into()),
        Json::Array(items) => Some(items.split_last()?.1.to_vec().into()),
        Json::Object(map) => {
            let last = map.keys().next_back()?;
            Some(Json::Object(
                map.iter().filter(|(key, _)| *key != last).map(|(key, value)| (key.clone(), value.clone())).collect(),
            ))
        }
    }
}

/// What an object of a render holds: the one of this name, or under another name the only one of its kind.
fn of_object<'o>(objects: &'o Objects, object: &ObjectKey) -> Option<&'o Json> {
    let mut of_kind = objects.iter().filter(|(key, _)| key.kind == object.kind && key.group == object.group);
    let by_name = of_kind.clone().find(|(key, _)| key.name == object.name);
    let (_, value) = match (by_name, of_kind.next(), of_kind.next()) {
        (Some(found), ..) | (None, Some(found), None) => found,
        _ => return None,
    };
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::Edition;
    use crate::notation::FieldStep;
    use crate::service::Answers;

    #[test]
    fn a_field_has_its_roots_by_what_changes_it_and_not_by_what_is_equal() {
        let edition = Edition::newest().unwrap();
        let mut answers = Answers::default();
        let service = "name: cart\nimage: registry.example.com/shop/cart:1.0.0\nports: [{ port: 8080 }]\n";
        answers.add_file("plimsoll.yaml", service).unwrap();
        let (_, plan) = edition.plan(&answers).unwrap();
        let roots = Roots::new(&edition.renderer, &plan);
        let object = ObjectKey {
            group: "autoscaling".into(),
            kind: "HorizontalPodAutoscaler".into(),
            namespace: None,
            name: "cart".into(),
        };
        let of = |field: &[&str]| {
            let field = Field::new(field.iter().map(|key| FieldStep::Key((*key).to_owned())).collect());
            let value = plan.value("replicas.min").cloned();
            roots.of(&BTreeSet::from(["min-replicas", "hpa-calm"]), &object, &field, value.as_ref())
        };
        assert_eq!(of(&["spec", "minReplicas"]), BTreeSet::from(["min-replicas"]));
        assert_eq!(of(&["spec", "maxReplicas"]), BTreeSet::new());
        assert_eq!(
            of(&["spec", "behavior", "scaleDown", "stabilizationWindowSeconds"]),
            BTreeSet::from(["hpa-calm"]),
            "whatever its value"
        );
    }
}
