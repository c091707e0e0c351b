//! Which parameters of the checklist a field is made of: those that are its value, and of which another value makes it
//! another one when it is rendered again.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::Value as Json;

use super::fields::{objects, value_at};
use crate::blueprint::Renderer;
use crate::merge::SourceFile;
use crate::notation::{Field, ObjectKey};
use crate::plan::{Decision, Origin, Plan};
use crate::yaml::Node;

/// The files of a render, by their paths.
type Texts = Rc<Vec<(String, String)>>;

/// Renders of a plan in which one decision is another one.
pub struct Roots<'p> {
    renderer: &'p Renderer,
    plan: &'p Plan,
    /// By the position of the decision that is another one; `None` for the plan as it is. Nothing for a render that
    /// fails.
    renders: RefCell<BTreeMap<Option<usize>, Option<Texts>>>,
}

impl<'p> Roots<'p> {
    /// Nothing is rendered before it is asked for.
    pub fn new(renderer: &'p Renderer, plan: &'p Plan) -> Self {
        Self { renderer, plan, renders: RefCell::default() }
    }

    /// Those of the items that have a parameter of which a field with this value is made: one that is this value,
    /// and with another value of which the field is another one, where another can be tried.
    pub fn of(&self, items: &BTreeSet<&str>, object: &ObjectKey, field: &Field, value: Option<&Json>) -> BTreeSet<&'p str> {
        let mut found = BTreeSet::new();
        for (at, decision) in self.plan.decisions.iter().enumerate().filter(|(_, decision)| value == Some(&decision.value)) {
            let Some(item) = item_of(decision).filter(|item| items.contains(item) && !found.contains(item)) else { continue };
            if self.moves(at, object, field).unwrap_or(true) {
                found.insert(item);
            }
        }
        found
    }

    /// Whether a field is another one with another value of a decision; nothing where that cannot be tried.
    fn moves(&self, at: usize, object: &ObjectKey, field: &Field) -> Option<bool> {
        let (plain, other) = (self.render(None)?, self.render(Some(at))?);
        let among = |texts: &Texts, path: &str| texts.iter().find(|(known, _)| known == path).map(|(_, text)| text.clone());
        let paths: BTreeSet<&str> = plain.iter().chain(other.iter()).map(|(path, _)| path.as_str()).collect();
        Some(paths.into_iter().any(|path| {
            let (plain, other) = (among(&plain, path), among(&other, path));
            plain != other && value_in(plain.as_deref(), object, field) != value_in(other.as_deref(), object, field)
        }))
    }

    fn render(&self, other: Option<usize>) -> Option<Texts> {
        if let Some(known) = self.renders.borrow().get(&other) {
            return known.clone();
        }
        let rendered = self.rendered(other);
        self.renders.borrow_mut().insert(other, rendered.clone());
        rendered
    }

    fn rendered(&self, other: Option<usize>) -> Option<Texts> {
        let mut plan = Plan { comments: false, ..self.plan.clone() };
        if let Some(at) = other {
            plan.decisions[at].value = another(&plan.decisions[at].value)?;
        }
        Some(Rc::new(self.renderer.texts(&plan).ok()?))
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

/// What a file has in a field of an object: of the one of this name, or under another name of its kind.
fn value_in(text: Option<&str>, object: &ObjectKey, field: &Field) -> Option<Json> {
    let of_kind = |(key, _): &(ObjectKey, Node)| (&key.kind, &key.group) == (&object.kind, &object.group);
    let mut found: Vec<(ObjectKey, Node)> =
        objects(&[SourceFile { path: "a manifest", text: text? }]).into_iter().filter(of_kind).collect();
    found.sort_by_key(|(key, _)| key.name != object.name);
    let (_, root) = found.first()?;
    value_at(&root.to_json(), field.steps()).cloned()
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
        let of = |field: &[&str], decision: &str| {
            let field = Field::new(field.iter().map(|key| FieldStep::Key((*key).to_owned())).collect());
            roots.of(&BTreeSet::from(["min-replicas", "hpa-calm"]), &object, &field, plan.value(decision))
        };
        assert_eq!(of(&["spec", "minReplicas"], "replicas.min"), BTreeSet::from(["min-replicas"]));
        assert_eq!(of(&["spec", "maxReplicas"], "replicas.min"), BTreeSet::new());
        let calm = ["spec", "behavior", "scaleDown", "stabilizationWindowSeconds"];
        assert_eq!(of(&calm, "hpa.scale_down_seconds"), BTreeSet::from(["hpa-calm"]));
        assert_eq!(of(&calm, "replicas.min"), BTreeSet::new());
    }
}
