//! Amounts that cannot be as they are written.

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use crate::yaml::Node;

/// Warns of an amount that is no whole number of bytes.
pub(super) fn parts_of_a_byte<'n>(amounts: &'n Node, name: &str, faults: &mut Complaints<'n>) {
    let Some(amount) = amounts.at(name).quantity() else { return };
    // What is finer than a thousandth is rounded up first.
    let milli = amount.nanos().div_euclid(1_000_000) + i128::from(amount.nanos().rem_euclid(1_000_000) != 0);
    if milli > i128::from(i64::MAX) {
        faults.add(amounts.at(name), format!("is {amount}, which is more than can be counted in thousandths"));
    } else if milli % 1000 != 0 {
        faults.add(amounts.at(name), format!("is {amount}, a part of a byte; it must be a whole number of bytes"));
    }
}

/// Warns of what the `spec` of a claim asks for.
pub(super) fn claim_spec<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    for field in ["requests", "limits"] {
        parts_of_a_byte(spec.at("resources").at(field), "storage", faults);
    }
}
