//! Blame of a search that found nothing: `list.exists(element, …)` where it had to hold.
//!
//! A person looks at the element that came nearest, or else at the value that was looked for; only
//! where there is neither, at the list.

use cel::common::ast::{ComprehensionExpr, Expr, IdedExpr, operators};

use super::{BlameWalk, Fold, Here, elements, parts, truth, value};
use crate::check::rule::{Spot, Tree, syntax};

impl BlameWalk<'_> {
    /// The spots to blame for a search through the given list.
    pub(super) fn why_not_found(
        &mut self,
        fold: &ComprehensionExpr,
        test: &IdedExpr,
        list: Vec<Spot>,
        here: &Here<'_>,
    ) -> Vec<Spot> {
        let nearest = self.why_nearest(fold, test, &list, here);
        if !nearest.is_empty() {
            return nearest;
        }
        let wanted = self.looked_for(test, &mut vec![fold.iter_var.clone()], here);
        if wanted.is_empty() { list } else { wanted }
    }

    /// What is wrong with the first of the elements for which most of the leading conditions hold.
    fn why_nearest(&mut self, fold: &ComprehensionExpr, test: &IdedExpr, list: &[Spot], here: &Here<'_>) -> Vec<Spot> {
        let conditions = conditions(test);
        let Ok(range) = value(&fold.iter_range, here) else { return Vec::new() };
        let (mut most, mut nearest) = (0, None);
        for (element, tree) in elements(range.as_ref()) {
            if self.exhausted() {
                return Vec::new();
            }
            let mut inner = here.new_inner_scope();
            inner.add_variable_as_val(fold.iter_var.clone(), element);
            let held = conditions.iter().take_while(|condition| truth(condition, &inner) == Some(true)).count();
            if most < held {
                (most, nearest) = (held, Some((inner, tree)));
            }
        }
        let (Some((inner, tree)), Some(broken)) = (nearest, conditions.get(most)) else { return Vec::new() };
        let origin = tree.as_ref().and_then(Tree::spot).map_or_else(|| list.to_vec(), |spot| vec![spot]);
        self.origins.push((fold.iter_var.clone(), origin));
        let found = self.why(broken, true, &inner);
        self.origins.pop();
        found
    }

    /// The value with which the elements are compared. `sought` are the names that stand for what is
    /// searched: elements, and what is inside them.
    fn looked_for(&mut self, test: &IdedExpr, sought: &mut Vec<String>, here: &Here<'_>) -> Vec<Spot> {
        if self.exhausted() || !mentions(test, sought) {
            return Vec::new();
        }
        match &test.expr {
            Expr::Call(call) if is_logical(&call.func_name) => {
                parts(call).map(|part| self.looked_for(part, sought, here)).find(|found| !found.is_empty()).unwrap_or_default()
            }
            Expr::Call(call) => {
                let compared = parts(call).filter(|part| !mentions(part, sought)).map(|part| self.sources(part, here));
                compared.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
            }
            Expr::Comprehension(fold) => {
                let (Fold::Exists(inner) | Fold::All(inner)) = Fold::of(fold) else { return Vec::new() };
                if mentions(&fold.iter_range, sought) {
                    sought.push(fold.iter_var.clone());
                    let found = self.looked_for(inner, sought, here);
                    sought.pop();
                    found
                } else {
                    let origin = self.sources(&fold.iter_range, here);
                    self.origins.push((fold.iter_var.clone(), origin));
                    let found = self.looked_for(inner, sought, here);
                    self.origins.pop();
                    found
                }
            }
            _ => Vec::new(),
        }
    }
}

/// The parts that `&&` joins, in the order of the text.
fn conditions(test: &IdedExpr) -> Vec<&IdedExpr> {
    match &test.expr {
        Expr::Call(call) if call.func_name == operators::LOGICAL_AND => call.args.iter().flat_map(conditions).collect(),
        _ => vec![test],
    }
}

fn is_logical(function: &str) -> bool {
    [operators::LOGICAL_AND, operators::LOGICAL_OR, operators::LOGICAL_NOT, operators::CONDITIONAL].contains(&function)
}

fn mentions(expression: &IdedExpr, names: &[String]) -> bool {
    let mut found = false;
    syntax::visit(expression, &mut |part| {
        found |= syntax::name(part).is_some_and(|name| names.iter().any(|sought| sought == name));
    });
    found
}
