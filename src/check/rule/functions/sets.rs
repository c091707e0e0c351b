//! `sets.*`: lists taken as sets.

use cel::common::types::{CelBool, LIST_TYPE};
use cel::common::value::CowVal;
use cel::{DeclarationError, Env, ExecutionError};

use super::{Arguments, CallResult, arguments, elements};
use crate::check::rule::equality::same;

pub(super) fn declare(env: &mut Env) -> Result<(), DeclarationError> {
    let lists = || vec![LIST_TYPE, LIST_TYPE];
    env.add_overload("sets.contains", "sets.contains", lists(), contains)?;
    env.add_overload("sets.equivalent", "sets.equivalent", lists(), equivalent)?;
    env.add_overload("sets.intersects", "sets.intersects", lists(), intersects)
}

/// How many elements of the first list the second has, and how many the first has.
fn shared(left: &CowVal<'_, '_>, right: &CowVal<'_, '_>) -> Result<(usize, usize), ExecutionError> {
    let (left, right) = (elements(left.as_ref())?, elements(right.as_ref())?);
    let found = left.iter().filter(|value| right.iter().any(|other| same(**value, *other))).count();
    Ok((found, left.len()))
}

fn contains<'b, 'v>(values: Arguments<'b, 'v>) -> CallResult<'b, 'v> {
    let [set, subset] = arguments(values)?;
    let (found, all) = shared(&subset, &set)?;
    Ok(CowVal::owned(CelBool::from(found == all)))
}

fn equivalent<'b, 'v>(values: Arguments<'b, 'v>) -> CallResult<'b, 'v> {
    let [left, right] = arguments(values)?;
    let ((found, all), (found_back, all_back)) = (shared(&left, &right)?, shared(&right, &left)?);
    Ok(CowVal::owned(CelBool::from(found == all && found_back == all_back)))
}

fn intersects<'b, 'v>(values: Arguments<'b, 'v>) -> CallResult<'b, 'v> {
    let [left, right] = arguments(values)?;
    Ok(CowVal::owned(CelBool::from(shared(&left, &right)?.0 > 0)))
}
