//! Labels and what selects by them.

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use crate::notation::{annotation_or_label_key, label_value};
use crate::yaml::Node;

/// The operators of a selector.
pub(super) const OPERATORS: &[&str] = &["In", "NotIn", "Exists", "DoesNotExist"];

/// Judges labels, or a selector that is a mapping of labels.
pub(super) fn labels<'n>(node: &'n Node, field: &str, faults: &mut Complaints<'n>) {
    for entry in node.map(field) {
        if let Err(fault) = annotation_or_label_key(&entry.key) {
            faults.add(&entry.node, format!("has the key `{}`, which {fault}", entry.key));
        }
        faults.judge(&entry.node, label_value);
    }
}

/// Judges a selector of labels and expressions; one that is not there is right.
pub(super) fn selector<'n>(selector: &'n Node, faults: &mut Complaints<'n>) {
    labels(selector, "matchLabels", faults);
    for expression in selector.list("matchExpressions") {
        operator(expression, OPERATORS, faults);
        key(expression, "key", faults);
        for value in expression.list("values") {
            faults.judge(value, label_value);
        }
    }
}

/// Judges the operator of an expression, and that it has as many values as that wants.
pub(super) fn operator<'n>(expression: &'n Node, allowed: &[&str], faults: &mut Complaints<'n>) {
    let values = expression.list("values");
    if !faults.needs_one_of(expression, "operator", allowed) {
        return;
    }
    let wants = match expression.text("operator") {
        "In" | "NotIn" if values.is_empty() => "must hold a value where `operator` is `In` or `NotIn`",
        "Exists" | "DoesNotExist" if !values.is_empty() => "must be empty where `operator` is `Exists` or `DoesNotExist`",
        "Gt" | "Lt" if values.len() != 1 => "must hold one value where `operator` is `Gt` or `Lt`",
        _ => return,
    };
    faults.at(expression, "values", wants);
}

/// Judges a field with the key of a label.
pub(super) fn key<'n>(node: &'n Node, field: &'static str, faults: &mut Complaints<'n>) {
    faults.needs_judged(node, field, annotation_or_label_key);
}

/// Whether a selector selects nothing in particular.
pub(super) fn is_empty(selector: &Node) -> bool {
    selector.map("matchLabels").is_empty() && selector.list("matchExpressions").is_empty()
}

/// Whether a selector fits labels; of a selector that is not right itself it is not said that it does not fit.
pub(super) fn matches(selector: &Node, metadata: &Node) -> bool {
    let labels = metadata.at("labels");
    let value = |key: &str| labels.get(key).map(ObjectFields::words);
    let equal = selector.map("matchLabels").iter().all(|entry| value(&entry.key) == Some(entry.node.words()));
    equal
        && selector.list("matchExpressions").iter().all(|expression| {
            let value = value(expression.text("key"));
            let listed = || value.is_some_and(|value| expression.list("values").iter().any(|item| item.words() == value));
            match expression.text("operator") {
                "In" => listed(),
                "NotIn" => !listed(),
                "Exists" => value.is_some(),
                "DoesNotExist" => value.is_none(),
                _ => true,
            }
        })
}

/// Whether a selector is right itself.
pub(super) fn is_right(node: &Node) -> bool {
    let label =
        |entry: &crate::yaml::Entry| annotation_or_label_key(&entry.key).is_ok() && label_value(entry.node.words()).is_ok();
    node.map("matchLabels").iter().all(label)
        && node.list("matchExpressions").iter().all(|expression| {
            let values = expression.list("values");
            let number = match expression.text("operator") {
                "In" | "NotIn" => !values.is_empty(),
                "Exists" | "DoesNotExist" => values.is_empty(),
                _ => false,
            };
            let values = values.iter().all(|value| label_value(value.words()).is_ok());
            number && values && annotation_or_label_key(expression.text("key")).is_ok()
        })
}
