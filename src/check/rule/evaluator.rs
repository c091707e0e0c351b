//! The evaluator: expressions to values, step by step, each of which is paid for.
//!
//! `cel` parses, and has the values, operators and functions; its own evaluator has no way to stop. What
//! an operator or a function says of values that it does not take is left to it ([`foreign`](super::foreign)).

use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, ListExpr, MapExpr, operators};
use cel::common::types::{CelBool, CelList, CelMap, CelMapKey, CelOptional};
use cel::common::value::{CowVal, Val};
use cel::{Context, ExecutionError, Value};

use super::foreign::{Evaluated, environment, foreign, keep, shape};
use super::meter::{beyond, limit, spend};
use super::reach::{OptionalValue, at_most_optional, bool, held, index_into, not_there, select};
use super::{cost, functions, syntax};
use crate::limits::Limit;

pub(super) type Here<'c> = Context<'c, 'static>;

/// The value of an expression.
pub(super) fn resolve<'e>(expression: &'e IdedExpr, here: &'e Here<'_>) -> Evaluated<'e> {
    match &expression.expr {
        Expr::Literal(literal) => Ok(literal.to_val()),
        Expr::Ident(name) => {
            spend(1)?;
            // What is no variable may be a type.
            here.get_variable(name).map_or_else(|| Value::resolve_val(expression, here), Ok)
        }
        Expr::Select(field) => {
            spend(1)?;
            match resolve(&field.operand, here) {
                Ok(operand) => select(operand, field),
                // Types have names of several words.
                Err(ExecutionError::UndeclaredReference(_)) if syntax::is_words(&field.operand) => {
                    Value::resolve_val(expression, here)
                }
                Err(error) => Err(error),
            }
        }
        Expr::Call(call) => {
            spend(1)?;
            resolve_call(call, here)
        }
        Expr::Comprehension(fold) => {
            spend(1)?;
            resolve_fold(fold, here)
        }
        Expr::List(list) => resolve_list(list, here),
        Expr::Map(map) => resolve_map(map, here),
        Expr::Struct(_) | Expr::Unspecified => Err(ExecutionError::InternalError("no expression".to_owned())),
    }
}

/// The truth of a value, which must have one.
fn truth(value: Evaluated<'_>) -> Result<bool, ExecutionError> {
    let value = value?;
    let wrong = || ExecutionError::UnexpectedType { got: value.get_type().name().to_owned(), want: "bool".to_owned() };
    value.downcast_ref::<CelBool>().map(|value| *value.inner()).ok_or_else(wrong)
}

fn paid(price: Result<usize, Limit>) -> Result<(), ExecutionError> {
    spend(price.map_err(beyond)?)
}

fn resolve_list<'e>(list: &'e ListExpr, here: &'e Here<'_>) -> Evaluated<'e> {
    spend(1)?;
    let mut elements: Vec<Box<dyn Val>> = Vec::with_capacity(list.elements.len());
    for (index, element) in list.elements.iter().enumerate() {
        let value = resolve(element, here)?;
        spend(cost::MADE)?;
        let value = if list.optional_indices.contains(&index) {
            match held(value)? {
                OptionalValue::Plain(value) | OptionalValue::Some(value) => value,
                OptionalValue::None => continue,
            }
        } else {
            value
        };
        elements.push(keep(value)?);
    }
    Ok(CowVal::owned(CelList::from(elements)))
}

fn resolve_map<'e>(map: &'e MapExpr, here: &'e Here<'_>) -> Evaluated<'e> {
    spend(1)?;
    let mut made = CelMap::default().into_inner();
    for entry in &map.entries {
        let EntryExpr::MapEntry(entry) = &entry.expr else {
            return Err(ExecutionError::InternalError("no entry of a map".to_owned()));
        };
        spend(2 * cost::MADE)?;
        let key: CelMapKey<'static> = CowVal::Owned(keep(resolve(&entry.key, here)?)?).try_into()?;
        let value = resolve(&entry.value, here)?;
        let value = match if entry.optional { held(value)? } else { OptionalValue::Plain(value) } {
            OptionalValue::Plain(value) | OptionalValue::Some(value) => value,
            OptionalValue::None => continue,
        };
        if made.insert(key, keep(value)?).is_some() {
            return Err(ExecutionError::DuplicateKey(Value::Null));
        }
    }
    Ok(CowVal::owned(CelMap::from(made)))
}

/// What an `all` or `exists` makes of errors: an element that decides comes before them.
#[derive(Clone, Copy)]
enum Decides {
    Yes,
    No,
}

impl Decides {
    fn of(fold: &ComprehensionExpr) -> Option<Self> {
        let Expr::Call(step) = &fold.loop_step.expr else { return None };
        if step.target.is_some() || syntax::name(step.args.first()?) != Some(&fold.accu_var) {
            return None;
        }
        match step.func_name.as_str() {
            operators::LOGICAL_AND => Some(Self::No),
            operators::LOGICAL_OR => Some(Self::Yes),
            _ => None,
        }
    }

    fn is(self, value: &dyn Val) -> bool {
        value.downcast_ref::<CelBool>().is_some_and(|value| *value.inner() == matches!(self, Self::Yes))
    }
}

/// The list that is added, if an expression adds one.
fn added_list(expression: &IdedExpr) -> Option<&ListExpr> {
    let Expr::Call(call) = &expression.expr else { return None };
    match &call.args.get(1)?.expr {
        Expr::List(list) if list.optional_indices.is_empty() => Some(list),
        _ => None,
    }
}

/// The one element that each round of a `map` or `filter` adds, and the condition for it.
fn appends(fold: &ComprehensionExpr) -> Option<(Option<&IdedExpr>, &ListExpr)> {
    let is_sum = |expression: &IdedExpr| syntax::name(expression) == Some(&fold.accu_var);
    let added = |expression: &'_ IdedExpr| matches!(&expression.expr, Expr::Call(call) if call.func_name == operators::ADD && call.target.is_none() && matches!(call.args.as_slice(), [sum, _] if is_sum(sum)));
    let starts_empty = matches!(&fold.accu_init.expr, Expr::List(list) if list.elements.is_empty());
    if !starts_empty || !is_sum(&fold.result) || !matches!(fold.loop_cond.expr, Expr::Literal(_)) {
        return None;
    }
    if added(&fold.loop_step) {
        return Some((None, added_list(&fold.loop_step)?));
    }
    match &fold.loop_step.expr {
        Expr::Call(CallExpr { func_name, target: None, args }) if func_name == operators::CONDITIONAL => match args.as_slice() {
            [condition, step, otherwise] if added(step) && is_sum(otherwise) => Some((Some(condition), added_list(step)?)),
            _ => None,
        },
        _ => None,
    }
}

fn resolve_fold<'e>(fold: &'e ComprehensionExpr, here: &'e Here<'_>) -> Evaluated<'e> {
    let start = keep(resolve(&fold.accu_init, here)?)?;
    let range = resolve(&fold.iter_range, here)?;
    let wrong = || ExecutionError::UnexpectedType { got: range.get_type().name().to_owned(), want: "iterable".to_owned() };
    let mut items = range.as_iterable().ok_or_else(wrong)?.iter();
    let mut inner = here.new_inner_scope();
    if let Some((condition, list)) = appends(fold) {
        let mut made: Vec<Box<dyn Val>> = Vec::new();
        while let Some(item) = items.next() {
            if !truth(resolve(&fold.loop_cond, &inner))? {
                break;
            }
            spend(cost::of_copy(item))?;
            inner.add_variable_as_val(&fold.iter_var, item.clone_as_boxed());
            if let Some(condition) = condition
                && !truth(resolve(condition, &inner))?
            {
                continue;
            }
            for element in &list.elements {
                spend(cost::MADE)?;
                made.push(keep(resolve(element, &inner)?)?);
            }
            if made.len() > Limit::MadeElements.most() {
                return Err(beyond(Limit::MadeElements));
            }
        }
        return Ok(CowVal::owned(CelList::from(made)));
    }
    inner.add_variable_as_val(&fold.accu_var, start);
    let (decides, mut pending) = (Decides::of(fold), None);
    while let Some(item) = items.next() {
        if !truth(resolve(&fold.loop_cond, &inner))? {
            break;
        }
        spend(cost::of_copy(item))?;
        inner.add_variable_as_val(&fold.iter_var, item.clone_as_boxed());
        match (resolve(&fold.loop_step, &inner), decides) {
            (Err(error), Some(_)) if limit(&error).is_none() => pending = Some(error),
            (Err(error), _) => return Err(error),
            (Ok(value), Some(decides)) if pending.is_some() && !decides.is(value.as_ref()) => {}
            (Ok(value), _) => {
                pending = None;
                let value = keep(value)?;
                inner.add_variable_as_val(&fold.accu_var, value);
            }
        }
    }
    if let Some(error) = pending {
        return Err(error);
    }
    Ok(CowVal::Owned(keep(resolve(&fold.result, &inner)?)?))
}

fn resolve_call<'e>(call: &'e CallExpr, here: &'e Here<'_>) -> Evaluated<'e> {
    let CallExpr { func_name: name, target, args } = call;
    match (target.as_deref(), args.as_slice()) {
        (None, [condition, yes, no]) if name == operators::CONDITIONAL => {
            resolve(if truth(resolve(condition, here))? { yes } else { no }, here)
        }
        (None, [left, right]) if name == operators::LOGICAL_AND => either(name, left, right, false, here),
        (None, [left, right]) if name == operators::LOGICAL_OR => either(name, left, right, true, here),
        (None, [value]) if name == operators::NOT_STRICTLY_FALSE => match truth(resolve(value, here)) {
            Err(error) if limit(&error).is_some() => Err(error),
            value => Ok(bool(value.unwrap_or(true))),
        },
        // Where there is nothing to look into, what is looked for is not read.
        (None, [left, right]) if name == operators::OPT_SELECT || name == operators::OPT_INDEX => {
            match held(resolve(left, here)?)? {
                OptionalValue::None => Ok(CowVal::owned(CelOptional::none())),
                OptionalValue::Plain(left) | OptionalValue::Some(left) => {
                    let right = resolve(right, here)?;
                    at_most_optional(index_into(left, right.as_ref(), not_there))
                }
            }
        }
        (None, [left, right]) if name == operators::INDEX => match held(resolve(left, here)?)? {
            OptionalValue::None => Ok(CowVal::owned(CelOptional::none())),
            OptionalValue::Some(left) => {
                let right = resolve(right, here)?;
                at_most_optional(index_into(left, right.as_ref(), not_there))
            }
            OptionalValue::Plain(left) => {
                let right = resolve(right, here)?;
                let wrong = |left| foreign(&shape(name, false, 2), vec![left, CowVal::Owned(keep(right.clone())?)]);
                index_into(left, right.as_ref(), wrong)
            }
        },
        (None, args) => {
            let values: Vec<CowVal<'e, 'static>> = args.iter().map(|arg| resolve(arg, here)).collect::<Result<_, _>>()?;
            operate(name, values)
        }
        (Some(target), args) => resolve_member(name, target, args, here),
    }
}

/// `left && right`, where no decides, or `left || right`, where yes does: whichever decides comes before
/// the error of the other.
fn either<'e>(name: &str, left: &'e IdedExpr, right: &'e IdedExpr, decides: bool, here: &'e Here<'_>) -> Evaluated<'e> {
    let left = truth(resolve(left, here));
    match &left {
        Ok(left) if *left == decides => return Ok(bool(decides)),
        Err(error) if limit(error).is_some() => return left.map(bool),
        _ => {}
    }
    let right = resolve(right, here)?;
    let right_is = right.downcast_ref::<CelBool>().map(|right| *right.inner());
    let no_overload = |got: String| ExecutionError::no_such_overload(name, vec![got, right.get_type().name().to_owned()]);
    match (left, right_is) {
        (Ok(_), Some(right)) => Ok(bool(right)),
        (Err(_), Some(right)) if right == decides => Ok(bool(decides)),
        (Err(ExecutionError::UnexpectedType { got, want }), _) if want == "bool" => Err(no_overload(got)),
        (Err(error), _) => Err(error),
        (Ok(_), None) => Err(no_overload("bool".to_owned())),
    }
}

/// An operator or a function on values.
fn operate<'e>(name: &str, values: Vec<CowVal<'e, 'static>>) -> Evaluated<'e> {
    let compared = |wanted: fn(std::cmp::Ordering) -> bool, left: &dyn Val, right: &dyn Val| {
        left.as_comparer().and_then(|comparer| comparer.compare(right).ok()).map(wanted)
    };
    if let [left, right] = values.as_slice() {
        let (left, right) = (left.as_ref(), right.as_ref());
        let found = match name {
            operators::EQUALS | operators::NOT_EQUALS => {
                spend(cost::of_comparison(left, right))?;
                Some(left.equals(right) == (name == operators::EQUALS))
            }
            operators::LESS | operators::LESS_EQUALS | operators::GREATER | operators::GREATER_EQUALS => {
                spend(cost::of_comparison(left, right))?;
                let wanted = match name {
                    operators::LESS => std::cmp::Ordering::is_lt,
                    operators::LESS_EQUALS => std::cmp::Ordering::is_le,
                    operators::GREATER => std::cmp::Ordering::is_gt,
                    _ => std::cmp::Ordering::is_ge,
                };
                compared(wanted, left, right)
            }
            operators::IN => {
                spend(cost::of_search(left, right))?;
                right.as_container().and_then(|container| container.contains(left).ok())
            }
            _ => None,
        };
        if let Some(found) = found {
            return Ok(bool(found));
        }
        if name == operators::ADD {
            paid(cost::of_sum(left, right))?;
        }
        let made = match name {
            operators::ADD => left.as_adder().map(|left| left.add(right)),
            operators::SUBSTRACT => left.as_subtractor().map(|left| left.sub(right)),
            operators::MULTIPLY => left.as_multiplier().map(|left| left.mul(right)),
            operators::DIVIDE => left.as_divider().map(|left| left.div(right)),
            operators::MODULO => left.as_modder().map(|left| left.modulo(right)),
            _ => None,
        };
        if let Some(Ok(made)) = made {
            return Ok(CowVal::Owned(made.into_owned()));
        }
    }
    if !name.starts_with(|c: char| c.is_alphabetic() || c == '@') {
        return foreign(&shape(name, false, values.len()), values);
    }
    paid(cost::of_call(name.rsplit('.').next().unwrap_or(name), &values))?;
    match environment().find_overload(name, &values) {
        Some(function) => function(values),
        None => foreign(&shape(name, false, values.len()), values),
    }
}

fn resolve_member<'e>(name: &str, target: &'e IdedExpr, args: &'e [IdedExpr], here: &'e Here<'_>) -> Evaluated<'e> {
    let values: Vec<CowVal<'e, 'static>> = args.iter().map(|arg| resolve(arg, here)).collect::<Result<_, _>>()?;
    if let Some(namespace) = syntax::name(target).filter(|namespace| functions::NAMESPACES.contains(namespace)) {
        let whole = format!("{namespace}.{name}");
        if environment().find_overload(&whole, &values).is_some() {
            return operate(&whole, values);
        }
        if here.get_variable(namespace).is_none() {
            let types = values.iter().map(|value| value.get_type().name().to_owned()).collect();
            return Err(ExecutionError::no_such_overload(&whole, types));
        }
    }
    let mut all = vec![resolve(target, here)?];
    all.extend(values);
    paid(cost::of_call(name, &all))?;
    foreign(&shape(name, true, all.len()), all)
}
