//! Equality of CEL values, whether they are trees or CEL's own.
//!
//! CEL's own lists and maps know only their like, and only the left side is asked.

use cel::ExecutionError;
use cel::common::types::{CelList, CelOptional, Kind};
use cel::common::value::Val;

use super::Tree;

/// Whether two values are equal as CEL means it: numbers by value, lists and maps deeply.
pub(super) fn same(left: &dyn Val, right: &dyn Val) -> bool {
    match (left.get_type().kind(), right.get_type().kind()) {
        (Kind::List, Kind::List) => same_lists(left, right).unwrap_or(false),
        (Kind::Map, Kind::Map) => same_maps(left, right).unwrap_or(false),
        _ => match (left.downcast_ref::<CelOptional>(), right.downcast_ref::<CelOptional>()) {
            (Some(left), Some(right)) => match (left.option(), right.option()) {
                (Some(left), Some(right)) => same(left, right),
                (left, right) => left.is_none() && right.is_none(),
            },
            _ => left.downcast_ref::<Tree>().is_none() && left.equals(right),
        },
    }
}

/// `None` where one is no list after all.
fn same_lists(left: &dyn Val, right: &dyn Val) -> Option<bool> {
    if left.as_sizer()?.size() != right.as_sizer()?.size() {
        return Some(false);
    }
    let (mut lefts, mut rights) = (left.as_iterable()?.iter(), right.as_iterable()?.iter());
    while let (Some(left), Some(right)) = (lefts.next(), rights.next()) {
        if !same(left, right) {
            return Some(false);
        }
    }
    Some(true)
}

fn same_maps(left: &dyn Val, right: &dyn Val) -> Option<bool> {
    if left.as_sizer()?.size() != right.as_sizer()?.size() {
        return Some(false);
    }
    let (values, others) = (left.as_indexer()?, right.as_indexer()?);
    let mut keys = left.as_iterable()?.iter();
    while let Some(key) = keys.next() {
        match (values.get(key), others.get(key)) {
            (Ok(value), Ok(other)) if same(value.as_ref(), other.as_ref()) => {}
            _ => return Some(false),
        }
    }
    Some(true)
}

/// Whether a list has a value, or a map a key.
pub(super) fn within(value: &dyn Val, container: &dyn Val) -> Result<bool, ExecutionError> {
    if let Some(list) = container.downcast_ref::<CelList>() {
        return Ok(list.inner().iter().any(|item| same(item.as_ref(), value)));
    }
    let name = |value: &dyn Val| value.get_type().name().to_owned();
    let refuse = || ExecutionError::no_such_overload("@in", vec![name(value), name(container)]);
    container.as_container().ok_or_else(refuse)?.contains(value)
}
