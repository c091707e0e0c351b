//! What went wrong in an evaluation, in the words of Kubernetes.

use cel::{ExecutionError, Value};

/// Half a sentence, without a full stop.
pub(super) fn describe(error: &ExecutionError) -> String {
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
