//! Comprehensions over two variables: `all`, `exists`, `existsOne` and `transformList` with key and
//! value of a map, or index and element of a list.
//!
//! `m.all(k, v, test)` becomes `@entries(m).all(@entry, test)` with `k` and `v` bound to the two
//! halves of an entry.

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, ListExpr, LiteralValue, operators};
use cel::common::types::{CelInt, CelList, DYN_TYPE, Kind};
use cel::common::value::{CowVal, Val};
use cel::parser::{Macro, MacroExprHelper, ParseError};
use cel::{DeclarationError, Env};
use serde_json::Value as Json;

use super::{Arguments, CallResult, arguments};
use crate::check::rule::Tree;

pub(in crate::check::rule) const ENTRIES: &str = "@entries";
const ENTRY: &str = "@entry";
const RESULT: &str = "@result";

pub(super) fn declare(env: &mut Env) -> Result<(), DeclarationError> {
    env.add_overload(ENTRIES, ENTRIES, vec![DYN_TYPE], entries)?;
    for (name, arguments, form) in [
        ("all", 3, PairForm::All),
        ("exists", 3, PairForm::Exists),
        ("existsOne", 3, PairForm::ExistsOne),
        ("exists_one", 3, PairForm::ExistsOne),
        ("transformList", 3, PairForm::TransformList),
        ("transformList", 4, PairForm::TransformList),
    ] {
        env.add_macro(Macro::receiver(name, arguments, move |helper, target, args| {
            let Some(target) = target.take() else { return Ok(None) };
            expand(form, &mut Maker(helper), target, std::mem::take(args)).map(Some)
        }))?;
    }
    Ok(())
}

/// The entries of a map, or the elements of a list with their indices, as lists of two.
fn entries<'b, 'v>(values: Arguments<'b, 'v>) -> CallResult<'b, 'v> {
    let [value] = arguments(values)?;
    if let Some(tree) = value.downcast_ref::<Tree>() {
        let pair = |key: Json, value: &Tree| Tree::list(vec![Tree::from_json(&key), value.clone()]);
        let mut pairs: Vec<Tree> = tree.entries().map(|(key, value)| pair(key.into(), value)).collect();
        pairs.extend(tree.items().iter().enumerate().map(|(index, item)| pair(index.into(), item)));
        return Ok(CowVal::owned(Tree::list(pairs)));
    }
    let refuse = || cel::ExecutionError::no_such_overload(ENTRIES, vec![value.get_type().name().to_owned()]);
    let mut items = value.as_iterable().ok_or_else(refuse)?.iter();
    let mut pairs: Vec<Box<dyn Val + 'v>> = Vec::new();
    while let Some(item) = items.next() {
        let pair = if value.get_type().kind() == Kind::Map {
            let held = value.as_indexer().ok_or_else(refuse)?.get(item)?.into_owned();
            vec![item.clone_as_boxed(), held]
        } else {
            let index = CelInt::from(i64::try_from(pairs.len()).unwrap_or(i64::MAX));
            vec![Box::new(index) as Box<dyn Val + 'v>, item.clone_as_boxed()]
        };
        pairs.push(Box::new(CelList::from(pair)));
    }
    Ok(CowVal::owned(CelList::from(pairs)))
}

#[derive(Clone, Copy)]
enum PairForm {
    All,
    Exists,
    ExistsOne,
    TransformList,
}

/// Makes the parts of an expansion.
struct Maker<'m, 'h>(&'m mut MacroExprHelper<'h>);

impl Maker<'_, '_> {
    fn name(&mut self, name: &str) -> IdedExpr {
        self.0.next_expr(Expr::Ident(name.to_owned()))
    }

    fn literal(&mut self, value: LiteralValue) -> IdedExpr {
        self.0.next_expr(Expr::Literal(value))
    }

    fn call(&mut self, function: &str, args: Vec<IdedExpr>) -> IdedExpr {
        self.0.next_expr(Expr::Call(CallExpr { func_name: function.to_owned(), target: None, args }))
    }

    fn list(&mut self, elements: Vec<IdedExpr>) -> IdedExpr {
        self.0.next_expr(Expr::List(ListExpr::new(elements)))
    }

    /// `inner`, in which `name` is half of the entry.
    fn bind(&mut self, name: String, half: i64, inner: IdedExpr) -> IdedExpr {
        let (entry, index) = (self.name(ENTRY), self.literal(LiteralValue::Int(half.into())));
        let fold = ComprehensionExpr {
            iter_range: self.list(Vec::new()),
            iter_var: "#unused".to_owned(),
            iter_var2: None,
            accu_init: self.call(operators::INDEX, vec![entry, index]),
            loop_cond: self.literal(LiteralValue::Boolean(false.into())),
            loop_step: self.name(&name),
            accu_var: name,
            result: inner,
        };
        self.0.next_expr(Expr::Comprehension(Box::new(fold)))
    }
}

fn expand(form: PairForm, make: &mut Maker<'_, '_>, target: IdedExpr, args: Vec<IdedExpr>) -> Result<IdedExpr, ParseError> {
    let mut args = args.into_iter();
    let mut names = Vec::new();
    for argument in args.by_ref().take(2) {
        match argument.expr {
            Expr::Ident(name) => names.push(name),
            _ => return Err(make.0.new_error(argument.id, "argument must be a simple name")),
        }
    }
    let mut parts: Vec<IdedExpr> = Vec::new();
    for part in args {
        let bound = names.iter().cloned().zip([0, 1]).rev().fold(part, |inner, (name, half)| make.bind(name, half, inner));
        parts.push(bound);
    }
    let (last, filter) = (parts.pop().unwrap_or_default(), parts.pop());
    let (so_far, again) = (make.name(RESULT), make.name(RESULT));
    let yes = |make: &mut Maker<'_, '_>, value: bool| make.literal(LiteralValue::Boolean(value.into()));
    let always = yes(make, true);
    let (accu_init, loop_cond, loop_step, result) = match form {
        PairForm::All => {
            let go_on = make.call(operators::NOT_STRICTLY_FALSE, vec![so_far]);
            (always, go_on, make.call(operators::LOGICAL_AND, vec![again, last]), make.name(RESULT))
        }
        PairForm::Exists => {
            let not_yet = make.call(operators::LOGICAL_NOT, vec![so_far]);
            let go_on = make.call(operators::NOT_STRICTLY_FALSE, vec![not_yet]);
            (yes(make, false), go_on, make.call(operators::LOGICAL_OR, vec![again, last]), make.name(RESULT))
        }
        PairForm::ExistsOne => {
            let [zero, one, only] = [0, 1, 1].map(|number: i64| make.literal(LiteralValue::Int(number.into())));
            let more = make.call(operators::ADD, vec![so_far, one]);
            let step = make.call(operators::CONDITIONAL, vec![last, more, again]);
            let count = make.name(RESULT);
            (zero, always, step, make.call(operators::EQUALS, vec![count, only]))
        }
        PairForm::TransformList => {
            let added = make.list(vec![last]);
            let more = make.call(operators::ADD, vec![so_far, added]);
            let step = match filter {
                Some(filter) => make.call(operators::CONDITIONAL, vec![filter, more, again]),
                None => more,
            };
            (make.list(Vec::new()), always, step, make.name(RESULT))
        }
    };
    let fold = ComprehensionExpr {
        iter_range: make.call(ENTRIES, vec![target]),
        iter_var: ENTRY.to_owned(),
        iter_var2: None,
        accu_var: RESULT.to_owned(),
        accu_init,
        loop_cond,
        loop_step,
        result,
    };
    Ok(make.0.next_expr(Expr::Comprehension(Box::new(fold))))
}
