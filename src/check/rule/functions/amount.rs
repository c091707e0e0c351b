//! `quantity`: amounts of a resource.

use cel::common::types::{CelBool, CelDouble, CelInt, CelString};
use cel::{DeclarationError, Env, ExecutionError, add_member_overload, add_overload};

use super::{failed, opaque};
use crate::notation::Quantity;

const NANO: i128 = 1_000_000_000;

/// An amount in billionths: what is finer is rounded up, as Kubernetes does.
#[derive(Clone, Debug, PartialEq)]
struct Amount(i128);

opaque!(Amount, "kubernetes.Quantity");

pub(super) fn declare(env: &mut Env) -> Result<(), DeclarationError> {
    env.add_type(<Amount as cel::common::value::Val>::cel_type().to_owned())?;
    add_overload!(env, fn quantity: (CelString) -> Result<Amount>)?;
    // In a file `cpu: 1` is a number; the API server makes a string of it.
    add_overload!(env, fn of_int: (CelInt) -> Amount, name = "quantity")?;
    add_overload!(env, fn of_double: (CelDouble) -> Result<Amount>, name = "quantity")?;
    add_overload!(env, fn is_quantity: (CelString) -> CelBool)?;
    add_overload!(env, fn is_quantity_int: (CelInt) -> CelBool, name = "isQuantity")?;
    add_member_overload!(env, fn sign: (Amount) -> CelInt)?;
    add_member_overload!(env, fn is_integer: (Amount) -> CelBool)?;
    add_member_overload!(env, fn as_integer: (Amount) -> Result<CelInt>)?;
    add_member_overload!(env, fn as_approximate_float: (Amount) -> CelDouble)?;
    add_member_overload!(env, fn add: (Amount, Amount) -> Result<Amount>)?;
    add_member_overload!(env, fn add_int: (Amount, CelInt) -> Result<Amount>, name = "add")?;
    add_member_overload!(env, fn sub: (Amount, Amount) -> Result<Amount>)?;
    add_member_overload!(env, fn sub_int: (Amount, CelInt) -> Result<Amount>, name = "sub")?;
    add_member_overload!(env, fn compare_to: (Amount, Amount) -> CelInt)?;
    add_member_overload!(env, fn is_less_than: (Amount, Amount) -> CelBool)?;
    add_member_overload!(env, fn is_greater_than: (Amount, Amount) -> CelBool)
}

fn parse(text: &str) -> Result<Amount, ExecutionError> {
    let parsed = text.parse::<Quantity>().map(|quantity| Amount(quantity.nanos()));
    parsed.map_err(|message| failed("quantity", format!("`{text}` {message}")))
}

fn quantity(text: &CelString<'_>) -> Result<Amount, ExecutionError> {
    parse(text.inner())
}

fn of_int(number: &CelInt) -> Amount {
    Amount(i128::from(*number.inner()) * NANO)
}

fn of_double(number: &CelDouble) -> Result<Amount, ExecutionError> {
    parse(&number.inner().to_string())
}

fn is_quantity(text: &CelString<'_>) -> CelBool {
    text.inner().parse::<Quantity>().is_ok().into()
}

fn is_quantity_int(_: &CelInt) -> CelBool {
    true.into()
}

fn sign(amount: &Amount) -> CelInt {
    i64::try_from(amount.0.signum()).unwrap_or_default().into()
}

fn whole(amount: &Amount) -> Option<i64> {
    (amount.0 % NANO == 0).then(|| i64::try_from(amount.0 / NANO).ok()).flatten()
}

fn is_integer(amount: &Amount) -> CelBool {
    whole(amount).is_some().into()
}

fn as_integer(amount: &Amount) -> Result<CelInt, ExecutionError> {
    whole(amount).map(CelInt::from).ok_or_else(|| failed("asInteger", "cannot convert value to integer"))
}

#[expect(clippy::cast_precision_loss, reason = "approximate by name")]
fn as_approximate_float(amount: &Amount) -> CelDouble {
    (amount.0 as f64 / NANO as f64).into()
}

fn sum(function: &str, sum: Option<i128>) -> Result<Amount, ExecutionError> {
    sum.map(Amount).ok_or_else(|| failed(function, "the amount is too large"))
}

fn add(left: &Amount, right: &Amount) -> Result<Amount, ExecutionError> {
    sum("add", left.0.checked_add(right.0))
}

fn add_int(left: &Amount, right: &CelInt) -> Result<Amount, ExecutionError> {
    add(left, &of_int(right))
}

fn sub(left: &Amount, right: &Amount) -> Result<Amount, ExecutionError> {
    sum("sub", left.0.checked_sub(right.0))
}

fn sub_int(left: &Amount, right: &CelInt) -> Result<Amount, ExecutionError> {
    sub(left, &of_int(right))
}

fn compare_to(left: &Amount, right: &Amount) -> CelInt {
    (left.0.cmp(&right.0) as i64).into()
}

fn is_less_than(left: &Amount, right: &Amount) -> CelBool {
    (left.0 < right.0).into()
}

fn is_greater_than(left: &Amount, right: &Amount) -> CelBool {
    (left.0 > right.0).into()
}
