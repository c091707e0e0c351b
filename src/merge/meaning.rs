//! Whether two values mean the same to Kubernetes.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::notation::Quantity;
use crate::yaml::{Entry, Node, Value};

/// Fields that hold a quantity, wherever they stand.
const QUANTITIES: &[&str] = &["averageValue", "cpu", "divisor", "ephemeral-storage", "memory", "sizeLimit", "storage"];

/// Fields whose values are all quantities.
const OF_QUANTITIES: &[&str] = &["capacity", "hard", "limits", "overhead", "requests"];

/// Whether two values are the same tree, down to the types of its scalars.
#[must_use]
pub fn equal(one: &Node, other: &Node) -> bool {
    same_tree(one, other, ("", ""), &|one, other, _| one.value == other.value)
}

/// Whether two values at the end of these keys, the nearest last, mean the same: quantities may be
/// written in several ways.
#[must_use]
pub fn same(one: &Node, other: &Node, keys: (&str, &str)) -> bool {
    same_tree(one, other, keys, &|one, other, keys| one.value == other.value || same_quantity(one, other, keys))
}

/// Whether two scalars below these keys are the same.
type SameScalar<'a> = &'a dyn Fn(&Node, &Node, (&str, &str)) -> bool;

fn same_tree(one: &Node, other: &Node, keys: (&str, &str), scalars: SameScalar<'_>) -> bool {
    match (&one.value, &other.value) {
        (Value::Float(one), Value::Float(other)) if one.total_cmp(other).is_eq() => true,
        (Value::List(ones), Value::List(others)) => {
            ones.len() == others.len() && ones.iter().zip(others).all(|(one, other)| same_tree(one, other, keys, scalars))
        }
        (Value::Map(ones), Value::Map(others)) => {
            let in_other = OnceCell::new();
            let find = |at: usize, key: &str| {
                let beside = others.get(at).filter(|entry| entry.key == key);
                beside.or_else(|| in_other.get_or_init(|| Index::of(other)).entry(key))
            };
            let same = |(at, entry): (usize, &Entry)| {
                find(at, &entry.key).is_some_and(|other| same_tree(&entry.node, &other.node, (keys.1, &entry.key), scalars))
            };
            ones.len() == others.len() && ones.iter().enumerate().all(same)
        }
        _ => scalars(one, other, keys),
    }
}

/// From how many entries on they are found by an index.
const MANY_ENTRIES: usize = 32;

/// The entries of a mapping by their keys, so that a large one takes no longer for each.
pub struct Index<'n> {
    entries: &'n [Entry],
    positions: BTreeMap<&'n str, usize>,
}

impl<'n> Index<'n> {
    /// The entries of a node; none of what is no mapping.
    #[must_use]
    pub fn of(node: &'n Node) -> Self {
        let entries = node.entries();
        let many = if entries.len() < MANY_ENTRIES { &[][..] } else { entries };
        Self { entries, positions: many.iter().enumerate().map(|(at, entry)| (entry.key.as_str(), at)).collect() }
    }

    /// The place of a key among the entries.
    #[must_use]
    pub fn position(&self, key: &str) -> Option<usize> {
        if self.entries.len() < MANY_ENTRIES {
            return self.entries.iter().position(|entry| entry.key == key);
        }
        self.positions.get(key).copied()
    }

    /// The entry of a key.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&'n Entry> {
        self.position(key).map(|at| &self.entries[at])
    }
}

fn same_quantity(one: &Node, other: &Node, (parent, key): (&str, &str)) -> bool {
    let is_quantity = QUANTITIES.contains(&key) || OF_QUANTITIES.contains(&parent);
    is_quantity && matches!((quantity(one), quantity(other)), (Some(one), Some(other)) if one == other)
}

/// Whether two values at the end of these keys are the same quantity.
#[must_use]
pub fn same_amount(one: &Json, other: &Json, (parent, key): (&str, &str)) -> bool {
    let amount = |value: &Json| match value {
        Json::String(text) => text.parse::<Quantity>().ok(),
        Json::Number(number) => number.to_string().parse().ok(),
        _ => None,
    };
    (QUANTITIES.contains(&key) || OF_QUANTITIES.contains(&parent)) && amount(one).is_some_and(|one| amount(other) == Some(one))
}

fn quantity(node: &Node) -> Option<Quantity> {
    match &node.value {
        Value::String(text) => text.parse().ok(),
        Value::Int(_) | Value::Float(_) => node.written.as_deref()?.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::load_one;

    #[test]
    fn values_are_compared_by_meaning_where_the_field_tells_it() {
        let cases = [
            ("memory: 1Gi", "memory: 1024Mi", true),
            ("limits: {example.com/gpu: 1}", "limits: {example.com/gpu: '1'}", true),
            ("cpu: 0.5", "cpu: 500m", true),
            ("cpu: 0.5", "cpu: 501m", false),
            ("x: 1Gi", "x: 1024Mi", false),
            ("targetPort: 80", "targetPort: '80'", false),
            ("value: 80", "value: '80'", false),
            ("a: yes", "a: true", true),
            ("a: 'yes'", "a: true", false),
            ("{a: 1, b: 2}", "{b: 2, a: 1}", true),
            ("a: [1, 2]", "a: [2, 1]", false),
        ];
        for (one, other, expected) in cases {
            let (one, other) = (load_one("a", one).unwrap(), load_one("b", other).unwrap());
            assert_eq!(same(&one, &other, ("", "")), expected, "{one:?} {other:?}");
        }
    }
}
