//! What may have been meant by a field that its type does not have.

use super::table::{FieldRow, TypeRow, ValueShape};
use crate::notation::KubeVersion;
use crate::yaml::{Node, Route, RouteStep, suggest};

/// What was meant by the last step of a route, as half a sentence: a field of a map within or around, which is
/// then indented wrong, or one with nearly that name.
pub fn meant(root: &Node, of: u16, route: &Route, version: KubeVersion) -> Option<String> {
    let (RouteStep::Key(name), around) = route.steps().split_last()? else { return None };
    let chain = chain(of, around, version);
    let (here, outer) = chain.split_last()?;
    let has = |of: u16| fields(of, version).any(|field| field.name() == name);
    let within = fields(here.of, version).find(|field| object_in(field.shape()).is_some_and(has));
    let near = suggest(name, fields(here.of, version).map(FieldRow::name));
    // A name that differs in its case alone is what was meant, wherever else it may stand.
    if let Some(near) = near.filter(|near| near.eq_ignore_ascii_case(name)) {
        return Some(format!("did you mean `{near}`?"));
    }
    if let Some(outer) = outer.iter().rev().find(|outer| outer.depth > 0 && has(outer.of)) {
        return Some(format!("it belongs in `{}`", Route::from_steps(&around[..outer.depth])));
    }
    if let Some(within) = within {
        return Some(format!("it belongs in `{}`", within.name()));
    }
    let is_free = |near: &&str| root.find(&Route::from_steps(around)).is_none_or(|node| node.get(near).is_none());
    near.filter(is_free).or(near).map(|near| format!("did you mean `{near}`?"))
}

/// The type that a part of a route leads to.
struct TypeLink {
    of: u16,
    depth: usize,
}

/// The types along a route.
fn chain(of: u16, steps: &[RouteStep], version: KubeVersion) -> Vec<TypeLink> {
    let mut chain = vec![TypeLink { of, depth: 0 }];
    let mut shape = ValueShape::Object(of);
    for (depth, step) in (1..).zip(steps) {
        let next = match (shape, step) {
            (ValueShape::Object(of), RouteStep::Key(key)) => {
                fields(of, version).find(|field| field.name() == key).map(FieldRow::shape)
            }
            (ValueShape::Map(of), RouteStep::Key(_)) | (ValueShape::List(of), RouteStep::Index(_)) => Some(ValueShape::of(of)),
            _ => None,
        };
        let Some(next) = next else { break };
        shape = next;
        if let ValueShape::Object(of) = shape {
            chain.push(TypeLink { of, depth });
        }
    }
    chain
}

fn fields(of: u16, version: KubeVersion) -> impl Iterator<Item = &'static FieldRow> {
    TypeRow::fields(of).iter().filter(move |field| field.is_in(version))
}

/// The type of a shape, or of the elements of a list.
fn object_in(shape: ValueShape) -> Option<u16> {
    match shape {
        ValueShape::Object(of) => Some(of),
        ValueShape::List(of) => object_in(ValueShape::of(of)),
        _ => None,
    }
}
