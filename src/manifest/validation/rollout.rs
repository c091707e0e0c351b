//! How many Pods are replaced at a time.

use super::super::complaints::Complaints;
use super::super::fields::{ObjectFields, whole};
use crate::yaml::{Node, Value};

/// A number of Pods or a share of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PodAmount {
    /// So many.
    Number(i64),
    /// So many of a hundred.
    Percent(u64),
}

impl PodAmount {
    /// Whether it is nothing.
    pub(super) fn is_zero(self) -> bool {
        matches!(self, Self::Number(0) | Self::Percent(0))
    }
}

/// An amount that is right; `None` where the field is absent or wrong.
pub(super) fn amount<'n>(node: &'n Node, field: &str, most: Option<u64>, faults: &mut Complaints<'n>) -> Option<PodAmount> {
    let amount = node.at(field);
    match (&amount.value, whole(amount)) {
        (_, Some(number)) if number < 0 => faults.add(amount, format!("must not be negative, and is {number}")),
        (_, Some(number)) => return Some(PodAmount::Number(number)),
        (Value::String(text), _) => {
            let digits =
                text.strip_suffix('%').filter(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
            let Some(percent) = digits.map(|digits| digits.parse().unwrap_or(u64::MAX)) else {
                faults.add(amount, format!("must be a whole number or a percentage such as `25%`, and is `{text}`"));
                return None;
            };
            if most.is_some_and(|most| percent > most) {
                faults.add(amount, format!("must not be more than 100%, and is {text}"));
            }
            return Some(PodAmount::Percent(percent));
        }
        _ => {}
    }
    None
}

/// Judges `maxSurge` and `maxUnavailable`, of which both must not be 0.
pub(super) fn surge_or_wait<'n>(rolling: &'n Node, faults: &mut Complaints<'n>) {
    let unavailable = amount(rolling, "maxUnavailable", Some(100), faults);
    let surge = amount(rolling, "maxSurge", None, faults);
    let is_zero = |amount: Option<PodAmount>| amount.is_some_and(PodAmount::is_zero);
    if is_zero(unavailable) && is_zero(surge) {
        faults.at(rolling, "maxUnavailable", "must not be 0 where `maxSurge` is 0: no Pod could be replaced");
    }
}
