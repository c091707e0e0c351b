//! What went wrong in an evaluation, in the words of Kubernetes.

use std::fmt;

use cel::{ExecutionError, Value};

use super::meter;
use crate::limits::Limit;

/// Why a rule could not be evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Half a sentence, without a full stop.
    pub message: String,
    /// The limit that was gone beyond, where that is why.
    pub limit: Option<Limit>,
}

impl Failure {
    /// A failure that has nothing to do with a limit.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), limit: None }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<&ExecutionError> for Failure {
    fn from(error: &ExecutionError) -> Self {
        match meter::limit(error) {
            Some(limit) => Self { message: limit.refusal(), limit: Some(limit) },
            None => Self::new(describe(error)),
        }
    }
}

/// Half a sentence, without a full stop.
fn describe(error: &ExecutionError) -> String {
    match error {
        ExecutionError::NoSuchKey(key) => format!("no such key: {key}"),
        ExecutionError::IndexOutOfBounds(index) => match index {
            Value::Int(index) => format!("index out of bounds: {index}"),
            Value::UInt(index) => format!("index out of bounds: {index}"),
            _ => "index out of bounds".to_owned(),
        },
        ExecutionError::NoSuchOverload(overload) => format!("no such overload: {overload}"),
        ExecutionError::UnexpectedType { got, want } => format!("no such overload: found {got} where {want} is expected"),
        ExecutionError::DivisionByZero(_) => "division by zero".to_owned(),
        ExecutionError::RemainderByZero(_) => "modulus by zero".to_owned(),
        ExecutionError::Overflow(..) => "integer overflow".to_owned(),
        ExecutionError::UndeclaredReference(name) => format!("undeclared reference to '{name}'"),
        ExecutionError::FunctionError { function, message } => format!("{function}: {message}"),
        ExecutionError::DuplicateKey(_) => "a map literal has a key twice".to_owned(),
        ExecutionError::UnsupportedBinaryOperator(operator, ..) => format!("no such overload: {operator}"),
        ExecutionError::ValuesNotComparable(..) => "no such overload: values cannot be compared".to_owned(),
        ExecutionError::UnsupportedKeyType(_) => "no such overload: unsupported type of key".to_owned(),
        other => other.to_string(),
    }
}
