//! What `cel` itself evaluates: calls of which every argument has its value already.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use cel::common::ast::{CallExpr, Expr, IdedExpr};
use cel::common::value::{CowVal, Val};
use cel::{Context, Env, ExecutionError, Value, extensions};

use super::meter::spend;
use super::{cost, functions};

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

/// A value to keep: where it is somebody else's, the copy is paid for.
pub(super) fn keep(value: CowVal<'_, 'static>) -> Result<Box<dyn Val>, ExecutionError> {
    if value.is_borrowed() {
        spend(cost::of_copy(value.as_ref()))?;
    }
    Ok(value.into_owned())
}

/// What stands for an argument in an expression that is made for a call.
pub(super) fn placeholder(number: usize) -> IdedExpr {
    numbered(Expr::Ident(format!("@{number}")))
}

pub(super) fn numbered(expr: Expr) -> IdedExpr {
    IdedExpr { id: 0, expr }
}

/// A call: whether it is on a target, with how many arguments, the target among them.
type CallShape = (bool, usize, Rc<IdedExpr>);

thread_local! {
    /// The calls that have been made, by their names, as expressions of which the arguments are open.
    static SHAPES: RefCell<BTreeMap<String, Vec<CallShape>>> = const { RefCell::new(BTreeMap::new()) };
}

/// A call as an expression of which the arguments are open.
pub(super) fn shape(name: &str, on_target: bool, arguments: usize) -> Rc<IdedExpr> {
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
pub(super) fn foreign<'e>(expression: &IdedExpr, values: Vec<CowVal<'e, 'static>>) -> Evaluated<'e> {
    let mut context: Context<'_, 'static> = Context::with_env(Arc::clone(environment()));
    for (number, value) in values.into_iter().enumerate() {
        context.add_variable_as_val(format!("@{number}"), keep(value)?);
    }
    let value = Value::resolve_val(expression, &context)?.into_owned();
    Ok(CowVal::Owned(value))
}
