//! Verdicts: what a rule says of an object.

use cel::common::types::{CelBool, CelString};
use cel::common::value::CowVal;
use cel::{ExecutionError, Value};

use super::{Expression, Scope, blame, failure};
use crate::yaml::{Place, Route};

/// A place that a verdict points at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The object, by the number its [`Tree`](super::Tree) was made with.
    pub object: usize,
    /// The field.
    pub route: Route,
    /// Where the field stands, or what is around it where it is missing.
    pub place: Place,
    /// Whether the field is not there.
    pub missing: bool,
}

/// What a rule says of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The rule holds.
    Pass,
    /// The rule does not hold, because of these fields; never none, and none twice.
    Fail(Vec<Spot>),
    /// The rule could not be evaluated, which is its own fault.
    Error(String),
}

/// Evaluates a rule.
#[must_use]
pub fn evaluate(expression: &Expression, scope: &Scope<'_>) -> Verdict {
    match truth(expression, scope) {
        Ok(true) => Verdict::Pass,
        Ok(false) => Verdict::Fail(blame::spots(expression, scope)),
        Err(message) => Verdict::Error(message),
    }
}

/// Evaluates an expression that gives true or false.
///
/// # Errors
/// What went wrong, or that it gives something else, as half a sentence.
pub fn truth(expression: &Expression, scope: &Scope<'_>) -> Result<bool, String> {
    result(expression, scope, |value| value.downcast_ref::<CelBool>().map(|value| *value.inner()), "true or false")
}

/// Evaluates an expression that gives a string.
///
/// # Errors
/// What went wrong, or that it gives something else, as half a sentence.
pub fn text(expression: &Expression, scope: &Scope<'_>) -> Result<String, String> {
    result(expression, scope, |value| value.downcast_ref::<CelString>().map(|value| value.inner().to_owned()), "a string")
}

fn result<T>(
    expression: &Expression,
    scope: &Scope<'_>,
    convert: impl FnOnce(&CowVal<'_, '_>) -> Option<T>,
    wanted: &str,
) -> Result<T, String> {
    let context = expression.bind(&scope.context);
    let value: Result<CowVal<'_, '_>, ExecutionError> = Value::resolve_val(expression.root(), &context);
    let value = value.map_err(|error| failure::describe(&error))?;
    convert(&value).ok_or_else(|| format!("gives a value of type {}, not {wanted}", value.get_type().name()))
}
