//! Operators that know trees, and the reversal of lists.

use cel::common::types::{CelBool, CelList, DYN_TYPE, LIST_TYPE};
use cel::common::value::{CowVal, Val};
use cel::{DeclarationError, Env};

use super::{Arguments, CallResult, arguments, elements};
use crate::check::rule::equality::{same, within};
use crate::check::rule::operator_names::{EQUAL, REVERSE, UNEQUAL, WITHIN};

pub(super) fn declare(env: &mut Env) -> Result<(), DeclarationError> {
    env.add_overload(EQUAL, EQUAL, vec![DYN_TYPE, DYN_TYPE], equal)?;
    env.add_overload(UNEQUAL, UNEQUAL, vec![DYN_TYPE, DYN_TYPE], unequal)?;
    env.add_overload(WITHIN, WITHIN, vec![DYN_TYPE, DYN_TYPE], member)?;
    env.add_member_overload(REVERSE, REVERSE, LIST_TYPE, Vec::new(), reverse)
}

fn equal<'b, 'v>(values: Arguments<'b, 'v>) -> CallResult<'b, 'v> {
    let [left, right] = arguments(values)?;
    Ok(CowVal::owned(CelBool::from(same(left.as_ref(), right.as_ref()))))
}

fn unequal<'b, 'v>(values: Arguments<'b, 'v>) -> CallResult<'b, 'v> {
    let [left, right] = arguments(values)?;
    Ok(CowVal::owned(CelBool::from(!same(left.as_ref(), right.as_ref()))))
}

fn member<'b, 'v>(values: Arguments<'b, 'v>) -> CallResult<'b, 'v> {
    let [value, container] = arguments(values)?;
    within(value.as_ref(), container.as_ref()).map(|found| CowVal::owned(CelBool::from(found)))
}

fn reverse<'b, 'v>(values: Arguments<'b, 'v>) -> CallResult<'b, 'v> {
    let [list] = arguments(values)?;
    let items = elements(list.as_ref())?;
    Ok(CowVal::owned(CelList::from(items.into_iter().rev().map(Val::clone_as_boxed).collect::<Vec<_>>())))
}
