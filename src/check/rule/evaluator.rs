//! The evaluator: expressions to values, step by step, each of which is paid for.
//!
//! `cel` parses, and has the values, operators and functions; its own evaluator has no way to stop. What
//! an operator or a function says of values that it does not take is left to it ([`foreign`]).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, ListExpr, MapExpr, SelectExpr, operators};
use cel::common::types::{CelBool, CelList, CelMap, CelMapKey, CelOptional, CelString};
use cel::common::value::{CowVal, Val};
use cel::{Context, Env, ExecutionError, Value, extensions};

use super::meter::{beyond, limit, spend};
use super::{cost, functions, syntax};
use crate::limits::Limit;

pub(super) type Here<'c> = Context<'c, 'static>;
pub(super) type Evaluated<'e> = Result<CowVal<'e, 'static>, ExecutionError>;

/// The functions and types of the language.
pub(super) fn environment() -> &'static Arc<Env> {
    static ENVIRONMENT: OnceLock<Arc<Env>> = OnceLock::new();
    ENVIRONMENT.get_or_init(|| {
        let mut env = Env::stdlib();
        let declared = env
            .add_extension(extensions::strings)
            .and_then(|()| env.add_extension(extensions::lists))
            .and_then(|()| env.add_extension(functions::declare));
        debug_assert_eq!(declared, Ok(()), "every function is declared once");
        Arc::new(env)
    })
}

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

fn bool<'e>(value: bool) -> CowVal<'e, 'static> {
    CowVal::owned(CelBool::from(value))
}

/// The truth of a value, which must have one.
fn truth(value: Evaluated<'_>) -> Result<bool, ExecutionError> {
    let value = value?;
    let wrong = || ExecutionError::UnexpectedType { got: value.get_type().name().to_owned(), want: "bool".to_owned() };
    value.downcast_ref::<CelBool>().map(|value| *value.inner()).ok_or_else(wrong)
}

/// A value to keep: where it is somebody else's, the copy is paid for.
fn keep(value: CowVal<'_, 'static>) -> Result<Box<dyn Val>, ExecutionError> {
    if value.is_borrowed() {
        spend(cost::of_copy(value.as_ref()))?;
    }
    Ok(value.into_owned())
}

fn paid(price: Result<usize, Limit>) -> Result<(), ExecutionError> {
    spend(price.map_err(beyond)?)
}

/// What an optional holds; the value itself where it is none.
enum OptionalValue<'e> {
    Plain(CowVal<'e, 'static>),
    Some(CowVal<'e, 'static>),
    None,
}

fn held<'e>(value: CowVal<'e, 'static>) -> Result<OptionalValue<'e>, ExecutionError> {
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
fn index_into<'e>(
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

fn select<'e>(left: CowVal<'e, 'static>, field: &SelectExpr) -> Evaluated<'e> {
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

fn not_there<'e>(_: CowVal<'e, 'static>) -> Evaluated<'e> {
    Err(ExecutionError::no_such_key(""))
}

/// The value in an optional, which is empty where there is none.
fn at_most_optional(value: Evaluated<'_>) -> Evaluated<'_> {
    match value {
        Ok(value) => Ok(CowVal::owned(CelOptional::of(keep(value)?))),
        Err(error) if limit(&error).is_some() => Err(error),
        Err(_) => Ok(CowVal::owned(CelOptional::none())),
    }
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

/// What stands for an argument in an expression that is made for a call.
fn placeholder(number: usize) -> IdedExpr {
    numbered(Expr::Ident(format!("@{number}")))
}

fn numbered(expr: Expr) -> IdedExpr {
    IdedExpr { id: 0, expr }
}

/// A call: whether it is on a target, with how many arguments, the target among them.
type CallShape = (bool, usize, Rc<IdedExpr>);

thread_local! {
    /// The calls that have been made, by their names, as expressions of which the arguments are open.
    static SHAPES: RefCell<BTreeMap<String, Vec<CallShape>>> = const { RefCell::new(BTreeMap::new()) };
}

/// A call as an expression of which the arguments are open.
fn shape(name: &str, on_target: bool, arguments: usize) -> Rc<IdedExpr> {
    SHAPES.with_borrow_mut(|shapes| {
        let is_it = |known: &&CallShape| (known.0, known.1) == (on_target, arguments);
        if let Some((_, _, known)) = shapes.get(name).and_then(|known| known.iter().find(is_it)) {
            return Rc::clone(known);
        }
        let mut args: Vec<IdedExpr> = (0..arguments).map(placeholder).collect();
        let target = on_target.then(|| Box::new(args.remove(0)));
        let made = Rc::new(numbered(Expr::Call(CallExpr { func_name: name.to_owned(), target, args })));
        shapes.entry(name.to_owned()).or_default().push((on_target, arguments, Rc::clone(&made)));
        made
    })
}

/// What `cel` makes of an expression of which these are the arguments: member functions can only be called
/// so, and errors have its words.
fn foreign<'e>(expression: &IdedExpr, values: Vec<CowVal<'e, 'static>>) -> Evaluated<'e> {
    let mut context: Context<'_, 'static> = Context::with_env(Arc::clone(environment()));
    for (number, value) in values.into_iter().enumerate() {
        context.add_variable_as_val(format!("@{number}"), keep(value)?);
    }
    let value = Value::resolve_val(expression, &context)?.into_owned();
    Ok(CowVal::Owned(value))
}
