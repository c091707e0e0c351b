//! Verdicts: what a rule says of an object.

use cel::common::types::{CelBool, CelString};
use cel::common::value::CowVal;

use super::evaluator::resolve;
use super::spot::Spot;
use super::{Expression, Failure, Scope, blame};
use crate::limits::Limit;

/// What a rule says of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The rule holds.
    Pass,
    /// The rule does not hold, because of these fields; never none, and none twice.
    Fail(Vec<Spot>),
    /// The rule could not be evaluated, which is its own fault.
    Error(Failure),
}

/// Evaluates a rule.
#[must_use]
pub fn evaluate(expression: &Expression, scope: &Scope<'_>) -> Verdict {
    match truth(expression, scope) {
        Ok(true) => Verdict::Pass,
        Ok(false) => Verdict::Fail(blame::spots(expression, scope)),
        Err(failure) => Verdict::Error(failure),
    }
}

/// Evaluates an expression that gives true or false.
///
/// # Errors
/// What went wrong, or that it gives something else, as half a sentence.
pub fn truth(expression: &Expression, scope: &Scope<'_>) -> Result<bool, Failure> {
    result(expression, scope, |value| value.downcast_ref::<CelBool>().map(|value| *value.inner()), "true or false")
}

/// Evaluates an expression that gives a string.
///
/// # Errors
/// What went wrong, or that it gives something else, as half a sentence.
pub fn text(expression: &Expression, scope: &Scope<'_>) -> Result<String, Failure> {
    let text =
        result(expression, scope, |value| value.downcast_ref::<CelString>().map(|value| value.inner().to_owned()), "a string")?;
    if text.len() > Limit::MessageBytes.most() {
        return Err(Failure { message: Limit::MessageBytes.refusal(), limit: Some(Limit::MessageBytes) });
    }
    Ok(text)
}

fn result<T>(
    expression: &Expression,
    scope: &Scope<'_>,
    convert: impl FnOnce(&CowVal<'_, '_>) -> Option<T>,
    wanted: &str,
) -> Result<T, Failure> {
    let context = expression.bind(&scope.context);
    let evaluate = || resolve(expression.root(), &context);
    let value = scope.variables.account().metered(Limit::ExpressionCost.most(), evaluate);
    let value = value.map_err(|error| Failure::from(&error))?;
    let wrong = || Failure::new(format!("gives a value of type {}, not {wanted}", value.get_type().name()));
    convert(&value).ok_or_else(wrong)
}
