//! How values leave a template: as YAML scalars that nothing in them can break out of.

use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, Output, State, Value};

use crate::limits::Limit;
use crate::yaml::write;

/// Writes a value where a template names it.
pub fn format(out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.kind() {
        ValueKind::String if value.is_safe() => write(out, value.as_str().unwrap_or_default()),
        ValueKind::String => write(out, &write::scalar(value.as_str().unwrap_or_default())),
        ValueKind::Number => write(out, &value.to_string()),
        ValueKind::Bool => write(out, if value.is_true() { "true" } else { "false" }),
        ValueKind::Undefined => Err(Error::from(ErrorKind::UndefinedError)),
        kind => Err(Error::new(ErrorKind::InvalidOperation, format!("a {kind} cannot be written as one scalar"))),
    }
}

fn write(out: &mut Output<'_>, text: &str) -> Result<(), Error> {
    out.write_str(text).map_err(Error::from)
}

/// The filter `block`: a text of several lines as a literal block indented by so many spaces.
///
/// # Errors
/// The block would be longer than any manifest may be: the engine counts only what a filter has made.
pub fn block(text: &str, indent: usize) -> Result<Value, Error> {
    let lines = text.matches('\n').count() + 1;
    if lines.saturating_mul(indent).saturating_add(text.len()) > Limit::OutputBytes.most() {
        return Err(Error::from(ErrorKind::OutOfFuel));
    }
    Ok(Value::from_safe_string(write::literal(text, indent).unwrap_or_else(|| write::scalar(text))))
}
