//! What an expression reaches in a value: its fields, its elements, and what an optional holds.

use cel::ExecutionError;
use cel::common::ast::{Expr, SelectExpr};
use cel::common::types::{CelBool, CelOptional, CelString};
use cel::common::value::{CowVal, Val};

use super::cost;
use super::foreign::{Evaluated, foreign, keep, numbered, placeholder};
use super::meter::{limit, spend};

pub(super) fn bool<'e>(value: bool) -> CowVal<'e, 'static> {
    CowVal::owned(CelBool::from(value))
}

/// What an optional holds; the value itself where it is none.
pub(super) enum OptionalValue<'e> {
    Plain(CowVal<'e, 'static>),
    Some(CowVal<'e, 'static>),
    None,
}

pub(super) fn held<'e>(value: CowVal<'e, 'static>) -> Result<OptionalValue<'e>, ExecutionError> {
    let inner = match value.downcast_ref::<CelOptional>() {
        None => return Ok(OptionalValue::Plain(value)),
        Some(optional) => match optional.option() {
            None => return Ok(OptionalValue::None),
            Some(inner) => {
                spend(cost::of_copy(inner))?;
                inner.clone_as_boxed()
            }
        },
    };
    Ok(OptionalValue::Some(CowVal::Owned(inner)))
}

/// What a value has at an index or key; the way to say what is wrong where it has none.
pub(super) fn index_into<'e>(
    value: CowVal<'e, 'static>,
    index: &dyn Val,
    wrong: impl FnOnce(CowVal<'e, 'static>) -> Evaluated<'e>,
) -> Evaluated<'e> {
    match value {
        CowVal::Borrowed(value) => match value.as_indexer().map(|indexer| indexer.get(index)) {
            Some(Ok(found)) => Ok(found),
            Some(Err(error)) if limit(&error).is_some() => Err(error),
            _ => wrong(CowVal::Borrowed(value)),
        },
        CowVal::Owned(value) => {
            let found = match value.as_indexer().map(|indexer| indexer.get(index)) {
                Some(Ok(found)) => Some(keep(found)?),
                Some(Err(error)) if limit(&error).is_some() => return Err(error),
                _ => None,
            };
            found.map_or_else(|| wrong(CowVal::Owned(value)), |found| Ok(CowVal::Owned(found)))
        }
    }
}

pub(super) fn select<'e>(left: CowVal<'e, 'static>, field: &SelectExpr) -> Evaluated<'e> {
    let key = CelString::from(field.field.clone());
    let wrong = |left: CowVal<'e, 'static>| {
        let select = SelectExpr { operand: Box::new(placeholder(0)), field: field.field.clone(), test: field.test };
        foreign(&numbered(Expr::Select(select)), vec![left])
    };
    match (held(left)?, field.test) {
        (OptionalValue::None, true) => Ok(bool(false)),
        (OptionalValue::None, false) => Ok(CowVal::owned(CelOptional::none())),
        (OptionalValue::Some(left), false) if left.as_indexer().is_some() => at_most_optional(index_into(left, &key, not_there)),
        (OptionalValue::Plain(left), false) => index_into(left, &key, wrong),
        (OptionalValue::Some(left), true) => {
            let found = left.as_indexer().map(|indexer| indexer.get(&key).map(|_| ()));
            match found {
                Some(Err(error)) if limit(&error).is_some() => Err(error),
                Some(found) => Ok(bool(found.is_ok())),
                None => Err(ExecutionError::no_such_key(&field.field)),
            }
        }
        (OptionalValue::Some(_), false) => Err(ExecutionError::no_such_key(&field.field)),
        (OptionalValue::Plain(left), true) => match left.as_indexer().map(|indexer| indexer.get(&key).map(|_| ())) {
            Some(Ok(())) => Ok(bool(true)),
            Some(Err(ExecutionError::NoSuchKey(_))) => Ok(bool(false)),
            Some(Err(error)) if limit(&error).is_some() => Err(error),
            _ => wrong(left),
        },
    }
}

pub(super) fn not_there<'e>(_: CowVal<'e, 'static>) -> Evaluated<'e> {
    Err(ExecutionError::no_such_key(""))
}

/// The value in an optional, which is empty where there is none.
pub(super) fn at_most_optional(value: Evaluated<'_>) -> Evaluated<'_> {
    match value {
        Ok(value) => Ok(CowVal::owned(CelOptional::of(keep(value)?))),
        Err(error) if limit(&error).is_some() => Err(error),
        Err(_) => Ok(CowVal::owned(CelOptional::none())),
    }
}
