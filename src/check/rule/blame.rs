//! Blame: the fields that made a rule fail.
//!
//! The walk goes down to the smallest parts that are not as they should be (through `&&`, `||`,
//! `!`, `?:`, the elements of `all` and `exists`, optionals, variables) and asks of each what it
//! reads first: that is where a person looks.

mod search;

use std::collections::BTreeSet;

use cel::ExecutionError;
use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, LiteralValue, operators};
use cel::common::types::{CelBool, CelOptional};
use cel::common::value::{CowVal, Val};

use super::evaluator::{Here, resolve};
use super::meter::spend;
use super::scope::Variables;
use super::tree::Data;
use super::{Expression, OWN_FUNCTIONS, Scope, Spot, Tree, operator_names, reads, syntax};
use crate::limits::Limit;
use crate::yaml::{Place, Route};

/// How many parts are looked at before the whole object is blamed.
const MOST_STEPS: usize = 100_000;

/// The spots to point at when a rule does not hold: at least one, none twice.
pub(super) fn spots(expression: &Expression, scope: &Scope<'_>) -> Vec<Spot> {
    let context = expression.bind(&scope.context);
    let mut steps = MOST_STEPS;
    let mut walk = BlameWalk { variables: &scope.variables, origins: Vec::new(), judged: None, steps: &mut steps };
    // What is wrong has been found out; the walk may cost as much again, and if it costs more, what it has
    // found by then is told.
    let spots = scope.variables.of_blame().metered(usize::MAX, || walk.why(expression.root(), true, &context));
    let mut known = BTreeSet::new();
    let mut found: Vec<Spot> = spots.into_iter().filter(|spot| known.insert((spot.object, spot.route.clone()))).collect();
    if found.is_empty() {
        let nowhere = Spot { object: 0, route: Route::root(), place: Place { line: 1, column: 1 }, missing: false };
        found.push(scope.variables.object().spot().unwrap_or(nowhere));
    }
    found
}

struct BlameWalk<'w> {
    variables: &'w Variables,
    /// Where the values of names that the expression binds itself come from.
    origins: Vec<(String, Vec<Spot>)>,
    /// The object whose fields are preferred where several are read.
    judged: Option<usize>,
    steps: &'w mut usize,
}

/// What a comprehension was written as.
enum Fold<'e> {
    All(&'e IdedExpr),
    Exists(&'e IdedExpr),
    ExistsOne(&'e IdedExpr),
    /// A name for a value, as `optMap` makes it.
    Bind,
    Other,
}

impl<'e> Fold<'e> {
    fn of(fold: &'e ComprehensionExpr) -> Self {
        if matches!(&fold.iter_range.expr, Expr::List(list) if list.elements.is_empty()) && fold.iter_var == "#unused" {
            return Self::Bind;
        }
        let Expr::Call(step) = &fold.loop_step.expr else { return Self::Other };
        match (&fold.accu_init.expr, step.func_name.as_str(), step.args.as_slice()) {
            (Expr::Literal(LiteralValue::Boolean(_)), operators::LOGICAL_AND, [_, test]) => Self::All(test),
            (Expr::Literal(LiteralValue::Boolean(_)), operators::LOGICAL_OR, [_, test]) => Self::Exists(test),
            (Expr::Literal(LiteralValue::Int(_)), operators::CONDITIONAL, [test, ..]) => Self::ExistsOne(test),
            _ => Self::Other,
        }
    }
}

fn value<'e>(expression: &'e IdedExpr, here: &'e Here<'_>) -> Result<CowVal<'e, 'static>, ExecutionError> {
    resolve(expression, here)
}

fn truth(expression: &IdedExpr, here: &Here<'_>) -> Option<bool> {
    value(expression, here).ok()?.downcast_ref::<CelBool>().map(|value| *value.inner())
}

/// Whether an optional holds a value.
fn is_some(expression: &IdedExpr, here: &Here<'_>) -> bool {
    value(expression, here).is_ok_and(|value| value.downcast_ref::<CelOptional>().is_some_and(|held| held.option().is_some()))
}

fn parts(call: &CallExpr) -> impl Iterator<Item = &IdedExpr> {
    call.target.as_deref().into_iter().chain(&call.args)
}

/// The elements that a comprehension goes through, with the values whose spots they have.
fn elements(range: &(dyn Val + 'static)) -> Vec<(Box<dyn Val>, Option<Tree>)> {
    if let Some(tree) = range.downcast_ref::<Tree>() {
        return match tree.data() {
            Data::Map(fields) => fields.iter().map(|field| (field.key.clone_as_boxed(), Some(field.tree.clone()))).collect(),
            _ => tree.items().iter().map(|item| (item.boxed(), Some(item.clone()))).collect(),
        };
    }
    let Some(list) = range.as_iterable() else { return Vec::new() };
    let mut items = list.iter();
    std::iter::from_fn(|| items.next()).map(|item| (item.clone_as_boxed(), item.downcast_ref::<Tree>().cloned())).collect()
}

impl BlameWalk<'_> {
    fn exhausted(&mut self) -> bool {
        *self.steps = self.steps.saturating_sub(1);
        *self.steps == 0 || spend(1).is_err()
    }

    /// Why an expression is not `wanted`.
    fn why(&mut self, expression: &IdedExpr, wanted: bool, here: &Here<'_>) -> Vec<Spot> {
        if self.exhausted() {
            return Vec::new();
        }
        match &expression.expr {
            Expr::Call(call) => self.why_call(expression, call, wanted, here),
            Expr::Comprehension(fold) => self.why_fold(expression, fold, wanted, here),
            _ => match syntax::variable(expression) {
                Some(name) => self.in_variable(name, |walk, root, here| walk.why(root, wanted, here)),
                None => self.sources(expression, here),
            },
        }
    }

    fn why_call(&mut self, expression: &IdedExpr, call: &CallExpr, wanted: bool, here: &Here<'_>) -> Vec<Spot> {
        match (call.func_name.as_str(), call.target.as_deref(), call.args.as_slice()) {
            (operators::LOGICAL_NOT, None, [negated]) => self.why(negated, !wanted, here),
            (operators::LOGICAL_AND | operators::LOGICAL_OR, None, [left, right]) => {
                let one_decides = (call.func_name == operators::LOGICAL_AND) == wanted;
                self.why_either(left, right, wanted, one_decides, here)
            }
            (operators::CONDITIONAL, None, [condition, yes, no]) => {
                let Some(holds) = truth(condition, here) else { return self.why(condition, true, here) };
                let found = self.why(if holds { yes } else { no }, wanted, here);
                if found.is_empty() { self.why(condition, !holds, here) } else { found }
            }
            ("orValue" | "value", Some(optional), _) if is_some(optional, here) => self.why(optional, wanted, here),
            ("or", Some(first), [_]) if is_some(first, here) => self.why(first, wanted, here),
            ("or", Some(_), [second]) if is_some(second, here) => self.why(second, wanted, here),
            ("of", Some(_), [inner]) | ("dyn", None, [inner]) => self.why(inner, wanted, here),
            _ => self.sources(expression, here),
        }
    }

    /// Why `left && right` or `left || right` is not as wanted. Where one of the two decides, each
    /// that does is to blame; where both had to agree, the last is: the first is mostly its guard.
    fn why_either(&mut self, left: &IdedExpr, right: &IdedExpr, wanted: bool, one_decides: bool, here: &Here<'_>) -> Vec<Spot> {
        let (left_is, right_is) = (truth(left, here), truth(right, here));
        let wrong = |is: Option<bool>| is == Some(!wanted);
        if one_decides {
            let mut found = Vec::new();
            for (part, _) in [(left, left_is), (right, right_is)].into_iter().filter(|(_, is)| wrong(*is)) {
                found.extend(self.why(part, wanted, here));
            }
            if !found.is_empty() || wrong(left_is) || wrong(right_is) {
                return found;
            }
            return self.why(if left_is.is_none() { left } else { right }, wanted, here);
        }
        let order = if right_is.is_none() && left_is.is_some() { [left, right] } else { [right, left] };
        order.into_iter().map(|part| self.why(part, wanted, here)).find(|found| !found.is_empty()).unwrap_or_default()
    }

    fn why_fold(&mut self, expression: &IdedExpr, fold: &ComprehensionExpr, wanted: bool, here: &Here<'_>) -> Vec<Spot> {
        match (Fold::of(fold), wanted) {
            (Fold::Bind, _) => self.in_binding(fold, here, |walk, here| walk.why(&fold.result, wanted, here)),
            (Fold::All(test), true) => self.why_elements(fold, test, true, here),
            (Fold::Exists(test), false) => self.why_elements(fold, test, false, here),
            (Fold::Exists(test), true) => {
                let list = self.sources(&fold.iter_range, here);
                if !list.is_empty() {
                    return self.why_not_found(fold, test, list, here);
                }
                let own = self.variables.object().spot().map(|spot| spot.object);
                let mut found = self.why_elements(fold, test, true, here);
                if found.iter().any(|spot| Some(spot.object) == own) {
                    found.retain(|spot| Some(spot.object) == own);
                }
                found
            }
            (Fold::ExistsOne(test), _) => {
                let several = self.why_elements(fold, test, false, here);
                if several.is_empty() { self.sources(&fold.iter_range, here) } else { several }
            }
            _ => self.sources(expression, here),
        }
    }

    /// Why the test is not as wanted, for each element for which it is not.
    fn why_elements(&mut self, fold: &ComprehensionExpr, test: &IdedExpr, wanted: bool, here: &Here<'_>) -> Vec<Spot> {
        let Ok(range) = value(&fold.iter_range, here) else { return self.sources(&fold.iter_range, here) };
        let list = self.sources(&fold.iter_range, here);
        let mut found = Vec::new();
        for (element, tree) in elements(range.as_ref()) {
            // One more than are told, so that it is known that there are more.
            if found.len() > Limit::Places.most() || self.exhausted() {
                break;
            }
            let mut inner = here.new_inner_scope();
            inner.add_variable_as_val(fold.iter_var.clone(), element);
            if truth(test, &inner) == Some(wanted) {
                continue;
            }
            let origin = tree.as_ref().and_then(Tree::spot).map_or_else(|| list.clone(), |spot| vec![spot]);
            self.origins.push((fold.iter_var.clone(), origin.clone()));
            let judged = std::mem::replace(&mut self.judged, origin.first().map(|spot| spot.object));
            let spots = self.why(test, wanted, &inner);
            self.judged = judged;
            self.origins.pop();
            found.extend(if spots.is_empty() { origin } else { spots });
        }
        found
    }

    /// The spots of what an expression reads first.
    #[expect(clippy::redundant_closure_for_method_calls, reason = "the method is of one lifetime alone")]
    fn sources(&mut self, expression: &IdedExpr, here: &Here<'_>) -> Vec<Spot> {
        if self.exhausted() {
            return Vec::new();
        }
        if let Some(name) = syntax::variable(expression)
            && name != "params"
        {
            return self.in_variable(name, |walk, root, here| walk.sources(root, here));
        }
        if let Some((operand, field)) = syntax::selection(expression) {
            let around = self.sources(operand, here);
            if let [Spot { missing: true, route, .. }] = around.as_slice() {
                return around.iter().map(|spot| Spot { route: route.key(field), ..spot.clone() }).collect();
            }
            return last_read(expression, here).map_or(around, |spot| vec![spot]);
        }
        match &expression.expr {
            Expr::Ident(name) => match self.origins.iter().rev().find(|(bound, _)| bound == name) {
                Some((_, origin)) => origin.clone(),
                None => value(expression, here).ok().and_then(|value| value.downcast_ref::<Tree>()?.spot()).into_iter().collect(),
            },
            Expr::Call(call) => self.sources_of_call(expression, call, here),
            Expr::Comprehension(fold) => match Fold::of(fold) {
                Fold::Bind => self.in_binding(fold, here, |walk, here| walk.sources(&fold.result, here)),
                _ => self.sources(&fold.iter_range, here),
            },
            _ => self.first(syntax::parts(expression).into_iter(), here),
        }
    }

    fn sources_of_call(&mut self, expression: &IdedExpr, call: &CallExpr, here: &Here<'_>) -> Vec<Spot> {
        match (call.func_name.as_str(), call.target.as_deref(), call.args.as_slice()) {
            (operators::CONDITIONAL, None, [condition, yes, no]) => {
                let branch = if truth(condition, here) == Some(true) { yes } else { no };
                self.first([branch, condition].into_iter(), here)
            }
            (operators::INDEX | operators::OPT_INDEX, None, [list, _]) => {
                last_read(expression, here).map_or_else(|| self.sources(list, here), |spot| vec![spot])
            }
            ("or", Some(first), [second]) if !is_some(first, here) && is_some(second, here) => self.sources(second, here),
            (name, ..) => {
                let found = self.first(parts(call), here);
                let looks_inside = [operators::IN, operator_names::WITHIN, operator_names::EQUAL].contains(&name)
                    || OWN_FUNCTIONS.contains(&name);
                match found.as_slice() {
                    [spot] if looks_inside && !spot.missing => {
                        let (_, reads) = reads::recorded(|| value(expression, here).is_ok());
                        let inside = |read: &Spot| read.object == spot.object && spot.route.contains(&read.route);
                        reads.into_iter().rev().find(inside).map_or(found, |read| vec![read])
                    }
                    _ => found,
                }
            }
        }
    }

    /// The sources of the first part that has any; of one in the judged object, if there is one.
    fn first<'e>(&mut self, parts: impl Iterator<Item = &'e IdedExpr>, here: &Here<'_>) -> Vec<Spot> {
        let mut first = Vec::new();
        for part in parts {
            let found = self.sources(part, here);
            let preferred = found.first().is_some_and(|spot| self.judged.is_none_or(|judged| judged == spot.object));
            if preferred {
                return found;
            }
            if first.is_empty() {
                first = found;
            }
        }
        first
    }

    /// Goes on inside the definition of a variable.
    fn in_variable(&mut self, name: &str, go: impl FnOnce(&mut BlameWalk<'_>, &IdedExpr, &Here<'_>) -> Vec<Spot>) -> Vec<Spot> {
        let Some((expression, context, variables)) = self.variables.definition(name) else { return Vec::new() };
        let context = expression.bind(&context);
        let mut walk = BlameWalk { variables: &variables, origins: Vec::new(), judged: self.judged, steps: self.steps };
        go(&mut walk, expression.root(), &context)
    }

    /// Goes on where a name is bound to a value.
    fn in_binding(
        &mut self,
        fold: &ComprehensionExpr,
        here: &Here<'_>,
        go: impl FnOnce(&mut Self, &Here<'_>) -> Vec<Spot>,
    ) -> Vec<Spot> {
        let origin = self.sources(&fold.accu_init, here);
        let Ok(bound) = value(&fold.accu_init, here) else { return origin };
        let mut inner = here.new_inner_scope();
        inner.add_variable_as_val(fold.accu_var.clone(), bound.into_owned());
        self.origins.push((fold.accu_var.clone(), origin));
        let found = go(self, &inner);
        self.origins.pop();
        found
    }
}

fn last_read(expression: &IdedExpr, here: &Here<'_>) -> Option<Spot> {
    reads::recorded(|| value(expression, here).is_ok()).1.pop()
}
