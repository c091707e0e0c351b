//! Functions of lists that Kubernetes adds to those of CEL.

use std::cmp::Ordering;

use cel::common::types::{CelBool, CelInt, CelOptional, DYN_TYPE, LIST_TYPE};
use cel::common::value::{CowVal, Val};
use cel::{DeclarationError, Env, ExecutionError};

use super::{Arguments, CallResult, arguments, elements, failed};
use crate::check::rule::equality::same;

pub(super) fn declare(env: &mut Env) -> Result<(), DeclarationError> {
    env.add_member_overload("isSorted", "list.isSorted()", LIST_TYPE, Vec::new(), is_sorted)?;
    env.add_member_overload("sum", "list.sum()", LIST_TYPE, Vec::new(), sum)?;
    env.add_member_overload("min", "list.min()", LIST_TYPE, Vec::new(), min)?;
    env.add_member_overload("max", "list.max()", LIST_TYPE, Vec::new(), max)?;
    env.add_member_overload("first", "list.first()", LIST_TYPE, Vec::new(), first)?;
    env.add_member_overload("last", "list.last()", LIST_TYPE, Vec::new(), last)?;
    env.add_member_overload("indexOf", "list.indexOf(dyn)", LIST_TYPE, vec![DYN_TYPE], index_of)?;
    env.add_member_overload("lastIndexOf", "list.lastIndexOf(dyn)", LIST_TYPE, vec![DYN_TYPE], last_index_of)
}

fn compare(function: &str, left: &dyn Val, right: &dyn Val) -> Result<Ordering, ExecutionError> {
    let name = |value: &dyn Val| value.get_type().name().to_owned();
    let refuse = || ExecutionError::no_such_member_overload(function, vec![name(left), name(right)]);
    left.as_comparer().ok_or_else(refuse)?.compare(right).map_err(|_| refuse())
}

fn is_sorted<'b, 'v>(values: Arguments<'b, 'v>) -> CallResult<'b, 'v> {
    let [list] = arguments(values)?;
    let mut sorted = true;
    for (left, right) in elements(list.as_ref())?.iter().zip(elements(list.as_ref())?.iter().skip(1)) {
        sorted &= compare("isSorted", *left, *right)? != Ordering::Greater;
    }
    Ok(CowVal::owned(CelBool::from(sorted)))
}

fn sum<'b, 'v>(values: Arguments<'b, 'v>) -> CallResult<'b, 'v> {
    let [list] = arguments(values)?;
    let mut sum: Box<dyn Val + 'v> = Box::new(CelInt::from(0));
    for (position, item) in elements(list.as_ref())?.into_iter().enumerate() {
        if position == 0 {
            // Text can be added too, but is no sum.
            item.as_subtractor().ok_or_else(|| failed("sum", "the elements are not numbers"))?;
            sum = item.clone_as_boxed();
            continue;
        }
        let added = sum.as_adder().ok_or_else(|| failed("sum", "the elements are not numbers"))?.add(item)?.into_owned();
        sum = added;
    }
    Ok(CowVal::Owned(sum))
}

fn extreme<'v>(function: &str, list: &CowVal<'_, 'v>, wanted: Ordering) -> Result<Box<dyn Val + 'v>, ExecutionError> {
    let mut best: Option<&(dyn Val + 'v)> = None;
    for item in elements(list.as_ref())? {
        match best {
            Some(best) if compare(function, item, best)? != wanted => {}
            _ => best = Some(item),
        }
    }
    best.map(Val::clone_as_boxed).ok_or_else(|| failed(function, "called on an empty list"))
}

fn min<'b, 'v>(values: Arguments<'b, 'v>) -> CallResult<'b, 'v> {
    let [list] = arguments(values)?;
    extreme("min", &list, Ordering::Less).map(CowVal::Owned)
}

fn max<'b, 'v>(values: Arguments<'b, 'v>) -> CallResult<'b, 'v> {
    let [list] = arguments(values)?;
    extreme("max", &list, Ordering::Greater).map(CowVal::Owned)
}

fn optional<'b, 'v>(value: Option<&(dyn Val + 'v)>) -> CowVal<'b, 'v> {
    CowVal::owned(value.map_or_else(CelOptional::none, |value| CelOptional::of(value.clone_as_boxed())))
}

fn first<'b, 'v>(values: Arguments<'b, 'v>) -> CallResult<'b, 'v> {
    let [list] = arguments(values)?;
    Ok(optional(elements(list.as_ref())?.first().copied()))
}

fn last<'b, 'v>(values: Arguments<'b, 'v>) -> CallResult<'b, 'v> {
    let [list] = arguments(values)?;
    Ok(optional(elements(list.as_ref())?.last().copied()))
}

fn index<'b, 'v>(position: Option<usize>) -> CowVal<'b, 'v> {
    CowVal::owned(CelInt::from(position.and_then(|position| i64::try_from(position).ok()).unwrap_or(-1)))
}

fn index_of<'b, 'v>(values: Arguments<'b, 'v>) -> CallResult<'b, 'v> {
    let [list, value] = arguments(values)?;
    Ok(index(elements(list.as_ref())?.iter().position(|item| same(*item, value.as_ref()))))
}

fn last_index_of<'b, 'v>(values: Arguments<'b, 'v>) -> CallResult<'b, 'v> {
    let [list, value] = arguments(values)?;
    Ok(index(elements(list.as_ref())?.iter().rposition(|item| same(*item, value.as_ref()))))
}
