//! Whether two values mean the same to Kubernetes.

use crate::formats::Quantity;
use crate::yaml::{Node, Value};

/// Fields that hold a number or the name of a port, and take `80` and `"80"` for the same number.
const NUMBERS_AS_TEXT: &[&str] =
    &["containerPort", "hostPort", "maxSurge", "maxUnavailable", "minAvailable", "nodePort", "port", "targetPort"];

/// Fields that hold a quantity, wherever they stand.
const QUANTITIES: &[&str] = &["averageValue", "cpu", "divisor", "ephemeral-storage", "memory", "sizeLimit", "storage"];

/// Fields whose values are all quantities.
const OF_QUANTITIES: &[&str] = &["capacity", "hard", "limits", "overhead", "requests"];

/// Whether two values are the same tree.
#[must_use]
pub fn equal(one: &Node, other: &Node) -> bool {
    match (&one.value, &other.value) {
        (Value::Float(one), Value::Float(other)) => one.total_cmp(other).is_eq(),
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| equal(one, other))
        }
        (Value::Map(one), Value::Map(others)) => {
            one.len() == others.len()
                && one.iter().all(|entry| other.get(&entry.key).is_some_and(|node| equal(&entry.node, node)))
        }
        (one, other) => one == other,
    }
}

/// Whether two values at the end of these keys, the nearest last, mean the same.
#[must_use]
pub fn same(one: &Node, other: &Node, keys: (&str, &str)) -> bool {
    match (&one.value, &other.value) {
        (Value::List(ones), Value::List(others)) => {
            ones.len() == others.len() && ones.iter().zip(others).all(|(one, other)| same(one, other, keys))
        }
        (Value::Map(ones), Value::Map(others)) => {
            ones.len() == others.len()
                && ones
                    .iter()
                    .all(|entry| other.get(&entry.key).is_some_and(|node| same(&entry.node, node, (keys.1, &entry.key))))
        }
        _ => equal(one, other) || same_scalar(one, other, keys),
    }
}

fn same_scalar(one: &Node, other: &Node, (parent, key): (&str, &str)) -> bool {
    if QUANTITIES.contains(&key) || OF_QUANTITIES.contains(&parent) {
        return matches!((quantity(one), quantity(other)), (Some(one), Some(other)) if one == other);
    }
    let number = |node: &Node| match &node.value {
        Value::Int(number) => Some(*number),
        Value::String(text) if !text.starts_with(['+', '0']) => text.parse().ok(),
        _ => None,
    };
    NUMBERS_AS_TEXT.contains(&key) && number(one).is_some_and(|one| number(other) == Some(one))
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
            ("targetPort: 80", "targetPort: '80'", true),
            ("targetPort: '080'", "targetPort: 80", false),
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
